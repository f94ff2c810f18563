import { type Job } from '../../github/job.ts';
import { type Alert } from '../../github/log.ts';
import { code } from '../../github/markdown.ts';
import { restoreCommand, startCommand, type SummaryRestore } from '../../github/summary.ts';
import { type Deps } from '../common/deps.ts';
import { type Restore } from './request.ts';

const ROLLED_BACK = 'Rolled back';

/** "Restored" may be said: the restore began, it ended, and what was to follow is well. */
export function isRestored({ confirmed, reason }: Restore): boolean {
  return confirmed && reason === '';
}

/** What a confirmed restore amounts to, without a word more than was seen. */
function describeRestored({ before, health, serverStatus, target }: Restore): string {
  const asBefore = serverStatus === 'stopped' && !target.startIfStopped;
  const active =
    before === null || before.status === 'active' ? 'server is active again' : 'server is active';
  const server = asBefore ? 'server is stopped, as it was before the snapshot' : active;
  return `${server}, ${health === 'passed' ? 'health check passed' : 'application not checked'}`;
}

/** The title of a restore that did not end well. */
function titleOf({ confirmed, requested }: Restore): string {
  if (confirmed) return 'Restored, but not well';
  return requested ? 'Restore requested, not confirmed' : 'Not restored';
}

/**
 * Tells the end of one restore in the log and as an annotation. `asError` is for a rollback, which is the end
 * of a failed deploy; a restore that a person asked for is told as a notice.
 */
export function reportRestore(
  restore: Restore,
  apiUrl: string,
  { log }: Pick<Deps, 'log'>,
  asError: boolean,
): void {
  const { target, snapshot, reason } = restore;
  const { label, snapshotId } = target;
  if (!isRestored(restore)) {
    const title = titleOf(restore);
    log.event(label, title.toLowerCase());
    const { advice, command } = nextStep(restore, apiUrl);
    return log.error(title, `${label}, snapshot ${snapshotId}: ${reason}. ${advice}`.trimEnd(), command);
  }
  log.event(label, `restored: ${describeRestored(restore)}`);
  const since = snapshot?.createdAt ?? target.createdAt ?? 'the snapshot was taken';
  log[asError ? 'error' : 'notice'](
    asError ? ROLLED_BACK : 'Restored',
    `${label} was restored from snapshot ${snapshotId}: ${describeRestored(restore)}. Everything written to the server since ${since} is gone.`,
  );
}

interface Advice {
  readonly advice: string;
  /** What to type, where something is left to be done by hand. */
  readonly command?: string;
}

function nextStep(restore: Restore, apiUrl: string): Advice {
  const { requested, confirmed, stage, target } = restore;
  if (confirmed) return { advice: 'The server itself is back; look at the application.' };
  if (stage === 'ended' && requested) {
    return {
      advice: 'Do not restore again: START THE SERVER BY HAND, in the panel of VPS.org or so:',
      command: startCommand(apiUrl, target.serverId),
    };
  }
  if (stage === 'other' || stage === 'ended')
    return { advice: 'Look at the server in the panel of VPS.org.' };
  if (!target.idIsLossless)
    return {
      advice:
        'The id of this snapshot may have lost digits on its way, so look for it in the panel of VPS.org.',
    };
  return { advice: adviseRestore(restore), command: restoreCommand(apiUrl, target.snapshotId) };
}

/** What to know before the command to restore is typed. */
function adviseRestore({ absent, requested, serverStatus, snapshot, target }: Restore): string {
  if (requested) {
    const status = serverStatus === null ? 'unknown' : `'${serverStatus}'`;
    return `The server's state is ${status}. Look at it in the panel of VPS.org first. Restore by hand only if no restore is running there (overwrites the server):`;
  }
  if (absent)
    return 'Nothing was requested. Look for it in the panel of VPS.org; only if it is there can it be restored by hand (overwrites the server):';
  const isCompleted = snapshot === null ? target.seenCompleted !== null : snapshot.status === 'completed';
  const when = isCompleted ? '' : ', and not before the snapshot is completed';
  return `Nothing was requested. If you decide to restore all the same${when}, by hand (overwrites the server):`;
}

/** The summary says a rollback that went well in its own way and place, not a second time as an alert. */
export function withoutRollbacks(alerts: readonly Alert[]): Alert[] {
  return alerts.filter(({ title }) => title !== ROLLED_BACK);
}

/** The rows of the summary. */
export function toSummary(restores: readonly Restore[]): SummaryRestore[] {
  return restores.map((restore) => ({
    server: restore.target.label,
    snapshotId: restore.target.snapshotId,
    name: restore.snapshot?.name ?? restore.target.name,
    createdAt: restore.snapshot?.createdAt ?? restore.target.createdAt,
    requested: restore.requested,
    confirmed: restore.confirmed,
    started: restore.started,
    health: restore.health,
    serverStatus: restore.serverStatus,
  }));
}

/** The comment on GitHub: ids in code spans and our own words, no text of the API (design §3.8). */
export function describeForGithub(restores: readonly Restore[], job: Job): string {
  const lines = restores.map((restore) => {
    const { serverId, snapshotId } = restore.target;
    return `- server ${code(serverId)}, snapshot ${code(snapshotId)}: ${signOf(restore)}`;
  });
  const run = job.runUrl === '' ? `run ${code(job.origin.runId)}` : `[this run](${job.runUrl})`;
  return [
    `### VPS.org rollback\n`,
    ...lines,
    '',
    `By ${run}, job ${code(job.origin.job)}, commit ${code(job.sha.slice(0, 12))}. What was written to a restored server since its snapshot is gone.`,
  ].join('\n');
}

function signOf(restore: Restore): string {
  if (isRestored(restore)) return '✅ restored';
  if (restore.confirmed) return '⚠️ restored, but the health check failed';
  return restore.requested ? '⚠️ restore requested, **not confirmed**' : '❌ **not restored**';
}
