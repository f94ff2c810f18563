import { type Job } from '../../github/job.ts';
import { type Alert } from '../../github/log.ts';
import { code } from '../../github/markdown.ts';
import { restoreCommand, startCommand, type SummaryRestore } from '../../github/summary.ts';
import { isCompleted } from '../../snapshots/status.ts';
import { type Deps } from '../common/deps.ts';
import {
  type FinishedRestore,
  isConfirmed,
  isRequested,
  isRestored,
  reasonOf,
  type Restore,
} from './restore.ts';

/** The titles of what became of a restore. */
const TITLES = {
  rolledBack: 'Rolled back',
  restored: 'Restored',
  unhealthy: 'Restored, health check failed',
  down: 'Server stopped after the restore',
  unconfirmed: 'Restore requested, not confirmed',
  mismatch: 'VPS.org restores something else',
  refused: 'Not restored',
  again: 'Not restored again',
} as const;

const TWICE =
  ' Two requests may be under way, because the answer to the first was lost: a second restore may follow.';

/** What a confirmed restore amounts to, without a word more than was seen. */
function describeRestored({ serverStatus, target, isStarted, wasUp, health }: Confirmed): string {
  const isAsBefore = serverStatus === 'stopped' && !target.startIfStopped;
  const server = isAsBefore
    ? 'server is stopped, as it was before the snapshot'
    : `server is active${wasUp ? ' again' : ''}${isStarted ? ' (started by this step)' : ''}`;
  return `${server}, ${health?.ok === true ? 'health check passed' : 'application not checked'}`;
}

function describeLoss({ target, snapshot }: Confirmed): string {
  const since = snapshot?.createdAt ?? target.createdAt ?? 'the snapshot was taken';
  return `Everything written to the server since ${since} is gone.`;
}

function describeUndo({ target }: Confirmed): string {
  const id = target.undoSnapshotId ?? null;
  return id === null ? '' : ` Snapshot ${id} is the server as it was before: restore it to undo this.`;
}

type Confirmed = Extract<FinishedRestore, { readonly stage: 'restored' }>;

/**
 * Reports the end of one restore in the log and as an annotation. `asError` is for a rollback, which is the end
 * of a failed deploy; a restore that a person asked for is a notice.
 */
export function reportRestore(
  restore: FinishedRestore,
  apiUrl: string,
  { log }: Pick<Deps, 'log'>,
  asError: boolean,
): void {
  const { label, snapshotId } = restore.target;
  if (isConfirmed(restore) && isRestored(restore)) {
    log.event(label, `restored: ${describeRestored(restore)}`);
    const text = `${label} was restored from snapshot ${snapshotId}: ${describeRestored(restore)}. ${describeLoss(restore)}${describeUndo(restore)}${restore.isSentTwice ? TWICE : ''}`;
    if (asError) log.error(TITLES.rolledBack, text, undefined, { isRollback: true });
    else log.notice(TITLES.restored, text);
    return;
  }
  const title = titleOf(restore);
  log.event(label, title.toLowerCase());
  const { advice, command } = nextStep(restore, apiUrl);
  log.error(
    title,
    `${label}: ${stateOf(restore)}. Snapshot ${snapshotId}: ${reasonOf(restore)}. ${advice}`.trimEnd(),
    command,
  );
}

function titleOf(restore: FinishedRestore): string {
  switch (restore.stage) {
    case 'restored':
      return restore.isForeign ? TITLES.refused : TITLES.unhealthy;
    case 'down':
      return TITLES.down;
    case 'unconfirmed':
      if (restore.isMismatch) return TITLES.mismatch;
      return restore.isForeign ? TITLES.refused : TITLES.unconfirmed;
    case 'refused':
      return restore.isByJob ? TITLES.again : TITLES.refused;
  }
}

/** The first thing that somebody woken up wants to know: whether the server is up. */
function stateOf(restore: FinishedRestore): string {
  const { serverStatus, stage } = restore;
  if (serverStatus === 'stopped') return 'the server is STOPPED';
  if (stage === 'down') return 'the server was last seen STOPPED';
  const status = serverStatus === null || serverStatus === '' ? 'in an unknown state' : `'${serverStatus}'`;
  if (stage !== 'refused') return `the server is ${status}`;
  return `${restore.isByJob ? 'not restored again' : 'NOT restored'}, the server is ${status}`;
}

interface Advice {
  readonly advice: string;
  /** What to type, where something is left to be done by hand. */
  readonly command?: string;
}

function nextStep(restore: FinishedRestore, apiUrl: string): Advice {
  const { target, stage } = restore;
  if (stage === 'restored' && !restore.isForeign)
    return { advice: `${describeLoss(restore)} Check the application.` };
  if (stage === 'down') return adviseStart(restore, apiUrl);
  if (stage === 'refused' && restore.byHand === 'none')
    return { advice: 'Check the server in the panel of VPS.org; do not restore this snapshot by hand.' };
  if (stage === 'restored' || (stage === 'unconfirmed' && restore.isForeign))
    return { advice: 'Check the server in the panel of VPS.org.' };
  if (!target.idIsLossless)
    return {
      advice: 'The id of this snapshot may have lost digits, so look for it in the panel of VPS.org.',
    };
  return { advice: adviseRestore(restore), command: restoreCommand(apiUrl, target.snapshotId) };
}

function adviseStart({ target }: FinishedRestore, apiUrl: string): Advice {
  return {
    advice:
      'Do not restore again: START THE SERVER BY HAND once no restore is running there, in the panel of VPS.org or with this command:',
    command: startCommand(apiUrl, target.serverId),
  };
}

/** What to know before the command to restore is typed. */
function adviseRestore(restore: FinishedRestore): string {
  const { snapshot, target } = restore;
  if (restore.stage !== 'refused')
    return 'Look at the server in the panel of VPS.org first. Restore by hand only if no restore is running there (this overwrites the server):';
  if (restore.byHand === 'find')
    return 'Nothing was overwritten. Look for the snapshot in the panel of VPS.org; only if it is there can it be restored by hand (this overwrites the server):';
  const isComplete = snapshot === null ? target.seenCompleted !== null : isCompleted(snapshot);
  const when = isComplete ? '' : ', and not before the snapshot is complete';
  return `Nothing was overwritten. If you decide to restore anyway${when}, by hand (this overwrites the server):`;
}

/** The summary says a rollback that went well in its own way and place, not a second time as an alert. */
export function withoutRollbacks(alerts: readonly Alert[]): Alert[] {
  return alerts.filter(({ isRollback }) => isRollback !== true);
}

/** The rows of the summary. */
export function toSummary(restores: readonly Restore[]): SummaryRestore[] {
  return restores.map((restore) => ({
    server: restore.target.label,
    snapshotId: restore.target.snapshotId,
    name: restore.snapshot?.name ?? restore.target.name,
    createdAt: restore.snapshot?.createdAt ?? restore.target.createdAt,
    requested: isRequested(restore),
    confirmed: isConfirmed(restore),
    ...endOf(restore),
    serverStatus: restore.serverStatus,
  }));
}

/** What followed the restore itself, in the words of the outputs. */
export function endOf(restore: Restore): { started: boolean; health: 'passed' | 'failed' | 'not_checked' } {
  if (restore.stage !== 'restored') return { started: false, health: 'not_checked' };
  const { health, isStarted } = restore;
  return { started: isStarted, health: health === null ? 'not_checked' : health.ok ? 'passed' : 'failed' };
}

/** The comment on GitHub: ids in code spans and our own words, no text of the API. */
export function describeForGithub(restores: readonly Restore[], job: Job): string {
  const lines = restores.map((restore) => {
    const { serverId, snapshotId } = restore.target;
    return `- server ${code(serverId)}, snapshot ${code(snapshotId)}: ${signOf(restore)}`;
  });
  const run = job.runUrl === '' ? `run ${code(job.origin.runId)}` : `[this run](${job.runUrl})`;
  return [
    `### VPS.org restore\n`,
    ...lines,
    '',
    `By ${run}, job ${code(job.origin.job)}, commit ${code(job.sha.slice(0, 12))}. Everything written to a restored server since its snapshot is gone.`,
  ].join('\n');
}

function signOf(restore: Restore): string {
  if (isRestored(restore)) return '✅ restored';
  if (isConfirmed(restore)) return '⚠️ restored, but the health check failed';
  if (restore.stage === 'down') return '❌ **the server is stopped after the restore**';
  if (restore.stage === 'refused' && restore.isByJob)
    return '❌ not restored again: an earlier step of the job has requested it';
  return isRequested(restore) ? '⚠️ restore requested, **not confirmed**' : '❌ **not restored**';
}
