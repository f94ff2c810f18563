import { type Server } from '../../vps/model.ts';
import { CERTAIN_READS, hasStood, type Schedule, stand, type Standing } from './schedule.ts';

/**
 * A requested restore as the reads of its server show it (`docs/how-it-works/restoring.md`, "Confirming a restore").
 */
export interface Restoration {
  /** The server just before the request, `null` where it could not be read. */
  readonly before: Pick<Server, 'status' | 'updatedAt'> | null;
  /** `accepted` the API took the request · `unclear` it may have · `foreign` somebody else requested the restore. */
  readonly request: 'accepted' | 'unclear' | 'foreign';
  /** The answer to the request said that the server is `restoring`. */
  readonly isAnnounced: boolean;
  /** The request was sent twice, so that a second restore may follow the first. */
  readonly isSentTwice: boolean;
  /** Monotonic. */
  readonly requestedAt: number;
  readonly sawRestoring: boolean;
  readonly hasStarted: boolean;
  /** Reads in a row since it started that said `active`, and reads in a row since the request that said `stopped`. */
  readonly active: Standing | null;
  readonly stopped: Standing | null;
  /** Reads in a row that said it is broken, in a way in which it was not before. */
  readonly broken: Standing | null;
  /** After `restoring` a read said that it was down or broken, and the next one took that back: some reads are stale. */
  readonly wavered: boolean;
}

/**
 * `requested` nothing shows that it started · `unseen` nothing showed it for so long that people should know ·
 * `running` · `active` it ended, and the server is up · `stopped` it ended, and the server is down · `broken` it ended
 * in a state that is neither.
 */
export type RestorePhase = 'requested' | 'unseen' | 'running' | 'active' | 'stopped' | 'broken';

const BROKEN: ReadonlySet<string> = new Set(['suspended', 'error', 'failed']);

/** A restore that was just requested, or is known to run. */
export function startRestoration(
  known: Pick<Restoration, 'before' | 'request' | 'requestedAt'> & Partial<Restoration>,
): Restoration {
  const running = known.before?.status === 'restoring' || known.sawRestoring === true;
  return {
    isAnnounced: false,
    isSentTwice: false,
    active: null,
    stopped: null,
    broken: null,
    wavered: false,
    ...known,
    sawRestoring: running,
    hasStarted: running,
  };
}

/**
 * What one more read of the server says, which was answered at `now` and sent at `readAt` (monotonic).
 *
 * A changed `updated_at` is no sign of anything: agents and other jobs touch it. And `stopped` alone may be the
 * restore's own stop, so that a start would come while the disk is being written.
 */
export function observeServer(
  state: Restoration,
  server: Server,
  now: number,
  schedule: Pick<Schedule, 'span'>,
  readAt = now,
): { readonly state: Restoration; readonly phase: RestorePhase } {
  const { status } = server;
  const sawRestoring = state.sawRestoring || status === 'restoring';
  const hasStarted = state.hasStarted || sawRestoring || showsStart(state, status);
  const isTakenBack =
    (state.stopped !== null && status !== 'stopped') || (state.broken !== null && !BROKEN.has(status));
  const next: Restoration = {
    ...state,
    sawRestoring,
    hasStarted,
    wavered: state.wavered || (state.sawRestoring && isTakenBack),
    active: hasStarted && status === 'active' ? stand(state.active, now, readAt) : null,
    stopped: status === 'stopped' ? stand(state.stopped, now, readAt) : null,
    broken:
      BROKEN.has(status) && (hasStarted || status !== state.before?.status)
        ? stand(state.broken, now, readAt)
        : null,
  };
  return { state: next, phase: phaseOf(next, readAt, schedule) };
}

/** What a read for another server has shown of this one: it proves nothing, and may take back that the server is down. */
export function hearOfServer(state: Restoration, { status }: Server): Restoration {
  if (state.stopped === null || status === 'stopped') return state;
  return { ...state, stopped: null, wavered: state.wavered || state.sawRestoring };
}

/** A state in which the server was not before, after a request that the API took. */
function showsStart({ before, request }: Restoration, status: string): boolean {
  return request === 'accepted' && before !== null && status !== '' && status !== before.status;
}

function phaseOf(state: Restoration, now: number, { span }: Pick<Schedule, 'span'>): RestorePhase {
  if (hasStood(state.broken, span('restoreEnd'))) return 'broken';
  if (!state.hasStarted) return now - state.requestedAt >= span('restoreStart') ? 'unseen' : 'requested';
  const isCertain = state.sawRestoring && !state.isSentTwice;
  if (hasStood(state.active, span(isCertain ? 'restoreEnd' : 'uncertainRestoreEnd'))) return 'active';
  return hasEndedStopped(state, now, span) ? 'stopped' : 'running';
}

function hasEndedStopped(state: Restoration, now: number, span: Schedule['span']): boolean {
  const { stopped, requestedAt } = state;
  if (stopped === null) return false;
  if (state.sawRestoring) {
    return state.wavered ? hasStood(stopped, span('restoreEnd')) : stopped.reads >= CERTAIN_READS;
  }
  // The longest documented restore is over, and the server has said nothing else since it went down.
  const wentDownForIt = stopped.since - requestedAt <= span('restoreStart');
  return state.isAnnounced && wentDownForIt && now - requestedAt >= span('unseenRestore');
}

/** What reads after an unclear answer have shown: nothing that happened, for how long, or something. */
export type UnclearRestore =
  | { readonly kind: 'unchanged'; readonly standing: Standing | null }
  /** `restoring`: the request was taken. */
  | { readonly kind: 'taken' }
  /** Something happened, or cannot be told; it confirms nothing, and forbids a second request. */
  | { readonly kind: 'changed' };

/** Whether nothing shows that a restore came or went: without a status and a time nobody could tell. */
export function isUnchanged(
  before: Pick<Server, 'status' | 'updatedAt'>,
  { status, updatedAt }: Pick<Server, 'status' | 'updatedAt'>,
): boolean {
  const isKnown = before.status !== '' && before.updatedAt !== null;
  return isKnown && status === before.status && updatedAt === before.updatedAt;
}

/** One more read after an unclear answer to the request. */
export function observeUnclear(
  state: UnclearRestore,
  before: Pick<Server, 'status' | 'updatedAt'>,
  server: Server,
  now: number,
  { span }: Pick<Schedule, 'span'>,
  readAt = now,
): UnclearRestore {
  if (server.status === 'restoring') return { kind: 'taken' };
  if (state.kind !== 'unchanged') return state;
  if (!isUnchanged(before, server)) return { kind: 'changed' };
  // Nobody looked for a while: a restore may have come and gone.
  const isGap = state.standing !== null && readAt - state.standing.until > span('freshness');
  return { kind: 'unchanged', standing: stand(isGap ? null : state.standing, now, readAt) };
}

/** Whether the request may be sent once more: nothing at all has happened for long enough. */
export function mayRequestAgain(state: UnclearRestore, { span }: Pick<Schedule, 'span'>): boolean {
  return state.kind === 'unchanged' && hasStood(state.standing, span('unclearRestore'));
}
