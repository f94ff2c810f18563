import { CERTAIN_READS, hasStood, type Schedule, stand, type Standing } from './schedule.ts';

/**
 * A server on its way back up after a stop of ours (`docs/how-it-works/power.md`, "Starting"). `active` alone proves
 * nothing then: the guest may take minutes to go down, and a read may be stale.
 */
export interface Starting {
  /** A restore has stopped it: that it has ended takes as long to be sure of as where it ends `active`. */
  readonly isOfRestore: boolean;
  /** `stopped` was seen since the stop. */
  readonly sawStopped: boolean;
  /** It was down for certain: `stopped` in two reads in a row, or the API took a start after one. */
  readonly wasDown: boolean;
  /** When the API took the stop, monotonic: until when it may still take effect follows from it. */
  readonly stopAcceptedAt: number;
  /** The API took a start: where `stopped` was seen, one that was sent after that. */
  readonly isStartAccepted: boolean;
  readonly lastStart: { readonly at: number; readonly isAccepted: boolean } | null;
  /** Reads in a row that said `active`. */
  readonly active: Standing | null;
  /** The last word, and the reads in a row that said it. */
  readonly word: string | null;
  readonly wordStanding: Standing | null;
  /** `restoring` was seen, and nothing has shown since that the restore has ended. */
  readonly mayBeRestoring: boolean;
}

/** What is known of the stop that a start is to undo. */
export interface KnownStop {
  /** The server was seen `stopped`. */
  readonly wasSeen: boolean;
  /** When the API took the stop, or may have: monotonic milliseconds. */
  readonly acceptedAt: number;
  /** It was a restore that stopped the server. */
  readonly isOfRestore?: boolean;
}

export function createStarting(stop: KnownStop): Starting {
  return {
    sawStopped: stop.wasSeen,
    wasDown: stop.wasSeen,
    isOfRestore: stop.isOfRestore === true,
    stopAcceptedAt: stop.acceptedAt,
    isStartAccepted: false,
    lastStart: null,
    active: null,
    word: null,
    wordStanding: null,
    mayBeRestoring: false,
  };
}

/** One more read of the server. */
export function observeStart(state: Starting, status: string, now: number): Starting {
  const isFirstStopped = status === 'stopped' && !state.sawStopped;
  const wordStanding = stand(status === state.word ? state.wordStanding : null, now);
  return {
    ...state,
    sawStopped: state.sawStopped || status === 'stopped',
    wasDown: state.wasDown || (status === 'stopped' && wordStanding.reads >= CERTAIN_READS),
    // What was accepted before the server went down may have been carried out before it, too.
    isStartAccepted: state.isStartAccepted && !isFirstStopped,
    lastStart: isFirstStopped ? null : state.lastStart,
    active: status === 'active' ? stand(state.active, now) : null,
    word: status,
    wordStanding,
    mayBeRestoring: state.mayBeRestoring || status === 'restoring',
  };
}

/** The API took a start, or refused it because the server is up already, which is as good. */
export function noteStart(state: Starting, isAccepted: boolean, now: number): Starting {
  return {
    ...state,
    wasDown: state.wasDown || (isAccepted && state.word === 'stopped'),
    lastStart: { at: now, isAccepted },
    isStartAccepted: state.isStartAccepted || isAccepted,
    active: isAccepted && !state.isStartAccepted ? null : state.active,
  };
}

/** Whether the server is up again, and stays so. */
export function isUp(state: Starting, now: number, { span }: Pick<Schedule, 'span'>): boolean {
  if (!state.isStartAccepted || state.active === null) return false;
  if (state.isOfRestore) return hasStood(state.active, span('restoreEnd'));
  if (state.wasDown) return state.active.reads >= CERTAIN_READS;
  return hasStood(state.active, span('activeAgain')) && !mayStillStop(state, now, { span });
}

/** Whether a stop that was accepted, and not seen for certain, may still take effect. */
export function mayStillStop(state: Starting, now: number, { span }: Pick<Schedule, 'span'>): boolean {
  return !state.wasDown && now - state.stopAcceptedAt < span('lateStop');
}

/** Whether a start is to be sent now. It costs nothing where the server is up. */
export function wantsStart(
  state: Starting,
  now: number,
  { span, resend }: Pick<Schedule, 'span' | 'resend'>,
): boolean {
  const { lastStart, word } = state;
  if (lastStart !== null && now - lastStart.at < (lastStart.isAccepted ? span('startAgain') : resend))
    return false;
  if (state.mayBeRestoring && !hasEndedRestoring(state, now, { span })) return false;
  if (word === null || word === 'stopped') return true;
  if (word === 'active') return !(state.wasDown && state.isStartAccepted);
  return now - (state.wordStanding?.since ?? now) >= span('startAgain');
}

/** After a read that said `restoring` one other may be stale, and a start would come while the disk is written. */
function hasEndedRestoring(
  { word, wordStanding }: Starting,
  now: number,
  { span }: Pick<Schedule, 'span'>,
): boolean {
  if (word === null || wordStanding === null || word === 'restoring') return false;
  return word === 'stopped'
    ? wordStanding.reads >= CERTAIN_READS
    : now - wordStanding.since >= span('restoreEnd');
}
