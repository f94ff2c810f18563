import { formatClock } from '../../github/format.ts';
import { type AlertParts, type AlertTopic } from '../../github/log.ts';
import { restoreCommand, startCommand } from '../../github/summary.ts';
import { isCompleted } from '../../snapshots/status.ts';
import { capitalize } from '../../vps/text.ts';
import { lossOf, sinceOf } from './loss.ts';
import {
  type FinishedRestore,
  isConfirmed,
  isRequested,
  isRestored,
  reasonOf,
  type Restore,
} from './restore.ts';

/** The titles of what became of a restore. */
export const TITLES = {
  rolledBack: 'Rolled back',
  restored: 'Restored',
  unhealthy: 'Restored, health check failed',
  down: 'Server stopped after the restore',
  unconfirmed: 'Restore requested, not confirmed',
  mismatch: 'VPS.org restores something else',
  refused: 'Not restored',
  again: 'Not restored again',
} as const;

/** How a restore is reported: why a rollback was asked for (`Deploy failed`), or `null` for one that a person asked for. */
export type Occasion = 'Deploy failed' | 'Job cancelled' | null;

/** What is reported of one restore, in the order of urgency: the state of the server, what to do, the rest. */
export interface RestoreMessage extends AlertParts {
  readonly title: string;
  readonly headline: string;
  readonly text: string;
  readonly details: string;
}

type Confirmed = Extract<FinishedRestore, { readonly stage: 'restored' }>;

/** The words for one server: the state without its name, what to do now, the command for it, and causes. */
interface Words {
  readonly headline: string;
  /** Follows the server's name. */
  readonly state: string;
  readonly advice: string;
  readonly command?: string | undefined;
  readonly details: readonly string[];
}

export function describeRestore(
  restore: FinishedRestore,
  apiUrl: string,
  occasion: Occasion,
): RestoreMessage {
  const { headline, state, advice, command, details } = wordsOf(restore, apiUrl, occasion);
  const { label } = restore.target;
  const text = [`${label}${state}.`, advice].filter((line) => line !== '').join('\n');
  const fate = `Snapshot ${restore.target.snapshotId} is ${fateOf(restore)}.`;
  return {
    title: titleOf(restore, occasion),
    headline,
    text,
    command,
    details: [...details, fate].filter((line) => line !== '').join(' '),
    topic: topicOf(restore, occasion),
  };
}

/** A restore that may not be at its end, in a few words. */
export function describeSoFar(restore: Restore): string {
  if (isConfirmed(restore)) return 'restored';
  if (restore.stage === 'down') return 'STOPPED after the restore';
  const { snapshotId } = restore.target;
  return isRequested(restore)
    ? `restore of snapshot ${snapshotId} requested, not confirmed; check in the panel of VPS.org that it has ended and the server runs`
    : `NOT restored, no restore of snapshot ${snapshotId} is requested`;
}

/** What is with the snapshot now: no restore deletes one. */
export function fateOf(restore: Restore): string {
  return restore.stage === 'refused' && restore.byHand === 'find' ? 'not listed' : 'kept';
}

function titleOf(restore: FinishedRestore, occasion: Occasion): string {
  switch (restore.stage) {
    case 'restored':
      if (restore.isForeign) return TITLES.refused;
      if (restore.health?.ok === false) return TITLES.unhealthy;
      return occasion === null ? TITLES.restored : TITLES.rolledBack;
    case 'down':
      return TITLES.down;
    case 'unconfirmed':
      if (restore.isMismatch) return TITLES.mismatch;
      return restore.isForeign ? TITLES.refused : TITLES.unconfirmed;
    case 'refused':
      return restore.isByJob ? TITLES.again : TITLES.refused;
  }
}

function topicOf(restore: FinishedRestore, occasion: Occasion): AlertTopic | undefined {
  if (restore.stage === 'down') return 'down_after_restore';
  return isRestored(restore) && occasion !== null ? 'rolled_back' : undefined;
}

function wordsOf(restore: FinishedRestore, apiUrl: string, occasion: Occasion): Words {
  if (isConfirmed(restore))
    return isRestored(restore) ? restored(restore, occasion) : unhealthy(restore, occasion);
  if (restore.stage === 'down') return down(restore, apiUrl, occasion);
  if (restore.stage === 'unconfirmed' && !restore.isForeign) return unconfirmed(restore, apiUrl, occasion);
  return notRestored(restore, apiUrl, occasion);
}

function restored(restore: Confirmed, occasion: Occasion): Words {
  const done = describeDone(restore, occasion);
  const advice = [
    ...(restore.health?.ok === true ? [] : ['check the application']),
    ...(occasion === null ? [] : ['fix the deploy, and run the job again']),
  ].join(', ');
  return {
    headline: capitalize(done),
    state: `: ${done}; ${describeEnd(restore)}`,
    advice: advice === '' ? '' : `${capitalize(advice)}.`,
    details: detailsOf(restore),
  };
}

function unhealthy(restore: Confirmed, occasion: Occasion): Words {
  const done = describeDone(restore, occasion);
  return {
    headline: `${capitalize(done)}, health check FAILED`,
    state: `: ${done}, and the health check FAILED; the server is '${restore.serverStatus ?? 'unknown'}'`,
    advice: `Check the application: ${reasonOf(restore).replace(/^health check failed: /, '')}.`,
    details: detailsOf(restore),
  };
}

/** What was done, and what it went back to. */
function describeDone(restore: Confirmed, occasion: Occasion): string {
  const { to, lost } = lossOf(restore);
  return `${occasion === null ? 'restored' : 'rolled back'}${to}, ${lost}`;
}

/** What is gone, how to undo it, and what may follow. */
function detailsOf(restore: Confirmed): string[] {
  const { undoSnapshotId: undo } = restore.target;
  return [
    describeLoss(restore),
    undo === null ? '' : `To undo this, restore snapshot ${undo}: the server as it was before.`,
    restore.isSentTwice
      ? 'Two requests may be under way, because the answer to the first was lost: a second restore may follow.'
      : '',
  ];
}

function down(
  restore: Extract<FinishedRestore, { readonly stage: 'down' }>,
  apiUrl: string,
  occasion: Occasion,
): Words {
  const what = occasion === null ? 'restore' : 'rollback';
  const isStopped = restore.serverStatus === 'stopped';
  return {
    headline: `Server ${isStopped ? 'is' : 'was last seen'} STOPPED after the ${what}: start it`,
    state: ` ${isStopped ? 'is' : 'was last seen'} STOPPED after the ${what}`,
    advice: restore.hasEnded
      ? 'The restore itself has ended: START IT BY HAND, in the panel of VPS.org or, with a token that may start servers, with this command:'
      : 'START IT BY HAND once the panel of VPS.org shows that no restore is running there, and do not restore again. In the panel, or with this command:',
    command: startCommand(apiUrl, restore.target.serverId),
    details: [`Why: ${restore.reason}.`, restore.isForeign ? '' : describeDownLoss(restore)],
  };
}

/** What is gone is known only where the restore was seen to end. */
function describeDownLoss(restore: Extract<FinishedRestore, { readonly stage: 'down' }>): string {
  return restore.hasEnded ? describeLoss(restore) : `If it was carried out: ${lossOf(restore).lost}.`;
}

type Unconfirmed = Extract<FinishedRestore, { readonly stage: 'unconfirmed' }>;

function unconfirmed(restore: Unconfirmed, apiUrl: string, occasion: Occasion): Words {
  const what = occasion === null ? 'restore' : 'rollback';
  const state = `${what} requested, not confirmed; the server is ${describeStatus(restore)}`;
  const { lost } = lossOf(restore);
  return {
    headline: restore.isMismatch
      ? `VPS.org restores something else; the server is ${describeStatus(restore)}`
      : capitalize(state),
    state: `: ${state}`,
    ...byHand(restore, apiUrl, `${adviseToWait(restore)}${describeCost(restore)}:`),
    details: [`Why: ${restore.reason}.`, `If it was carried out: ${lost}.`],
  };
}

/** What to look at before anything is restored by hand, and when that would be right. */
function adviseToWait({ isMismatch, serverStatus, requestedAt }: Unconfirmed): string {
  const whenFailed = 'Restore by hand ONLY IF VPS.org shows that this restore';
  if (isMismatch)
    return `Check both servers in the panel of VPS.org before anything else. ${whenFailed} never began or has failed`;
  if (serverStatus !== 'restoring')
    return `Look at the server in the panel of VPS.org first. ${whenFailed} never began or has failed`;
  const since = requestedAt === undefined ? '' : ` from ${formatClock(requestedAt)} on`;
  return `Wait: the restore has begun, and takes 5 to 15 minutes${since}. Once VPS.org shows the server active it is restored; if it ends stopped, start it there. ${whenFailed} has failed`;
}

function notRestored(restore: FinishedRestore, apiUrl: string, occasion: Occasion): Words {
  const before = occasion === null ? '' : `${occasion}, `;
  const isAgain = restore.stage === 'refused' && restore.isByJob;
  const not = isAgain ? 'not restored again' : 'NOT restored';
  return {
    headline: isAgain
      ? 'Not restored again: an earlier step of this job has requested the restore'
      : capitalize(`${before}server ${not}`),
    state: `: ${before.toLowerCase()}server ${not}; it is ${describeStatus(restore)}`,
    ...adviseOnRefusal(restore, apiUrl),
    details: [
      isReasonInAdvice(restore) ? '' : `Why: ${reasonOf(restore)}.`,
      restore.stage === 'refused' ? 'Nothing was overwritten by this step.' : '',
    ],
  };
}

/** Where there is something to decide, the reason stands before the command. */
function isReasonInAdvice(restore: FinishedRestore): boolean {
  return restore.stage === 'refused' && restore.byHand !== 'none' && restore.byHand !== 'find';
}

type Advice = Pick<Words, 'advice' | 'command'>;

/** What a restore by hand costs; follows what is offered. */
function describeCost(restore: FinishedRestore): string {
  const since = sinceOf(restore);
  const lost = since === null ? 'everything written since the snapshot' : `everything written since ${since}`;
  return ` (this overwrites the server, loses ${lost}, and cannot be undone)`;
}

function adviseOnRefusal(restore: FinishedRestore, apiUrl: string): Advice {
  const { snapshot, target } = restore;
  if (restore.stage !== 'refused') return { advice: 'Check the server in the panel of VPS.org.' };
  if (restore.byHand === 'none')
    return { advice: 'Check the server in the panel of VPS.org; do not restore this snapshot by hand.' };
  if (restore.byHand === 'find')
    return byHand(
      restore,
      apiUrl,
      `Look for the snapshot in the panel of VPS.org; only if it is there can it be restored by hand${describeCost(restore)}:`,
    );
  const isComplete = snapshot === null ? target.seenCompleted !== null : isCompleted(snapshot);
  const when = isComplete ? '' : ', and not before the snapshot is complete';
  return byHand(
    restore,
    apiUrl,
    `Refused: ${restore.reason}. If the server works, leave it as it is. To restore anyway${when}${describeCost(restore)}:`,
  );
}

function byHand({ target }: FinishedRestore, apiUrl: string, advice: string): Advice {
  if (target.idIsLossless) return { advice, command: restoreCommand(apiUrl, target.snapshotId) };
  return { advice: 'The id of this snapshot may have lost digits, so look for it in the panel of VPS.org.' };
}

/** What a confirmed restore amounts to, without a word more than was seen. */
export function describeEnd({ serverStatus, target, isStarted, wasUp, health }: Confirmed): string {
  const isAsBefore = serverStatus === 'stopped' && !target.startIfStopped;
  const server = isAsBefore
    ? 'server is stopped, as it was before the snapshot'
    : `server is active${wasUp ? ' again' : ''}${isStarted ? ' (started by this step)' : ''}`;
  return `${server}, ${health?.ok === true ? 'health check passed' : 'application not checked'}`;
}

function describeStatus({ serverStatus }: FinishedRestore): string {
  return serverStatus === null || serverStatus === '' ? 'in an unknown state' : `'${serverStatus}'`;
}

function describeLoss(restore: FinishedRestore): string {
  return `Everything written to the server since ${sinceOf(restore) ?? 'the snapshot was taken'} is gone.`;
}
