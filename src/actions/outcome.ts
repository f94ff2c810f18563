import { type Job } from '../github/job.ts';
import { type Alert } from '../github/log.ts';
import { code } from '../github/markdown.ts';
import { restoreCommand, type SummaryRestore } from '../github/summary.ts';
import { type Deps } from './deps.ts';
import { type Restore } from './restore-request.ts';

const ROLLED_BACK = 'Rolled back';

/** "Restored" may be said: the restore began, it ended, and what was to be checked is well. */
export function isRestored(restore: Restore): boolean {
  return restore.confirmed && restore.health !== 'failed';
}

/** What a confirmed restore amounts to, without a word more than was seen. */
function describeRestored({ health, serverStatus, target }: Restore): string {
  const asBefore = serverStatus === 'stopped' && !target.startIfStopped;
  const server = asBefore ? 'server is stopped, as it was before the snapshot' : 'server is active again';
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
export function tellRestore(
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
  const since = snapshot?.createdAt ?? 'the snapshot was taken';
  log[asError ? 'error' : 'notice'](
    asError ? ROLLED_BACK : 'Restored',
    `${label} was restored from snapshot ${snapshotId}: ${describeRestored(restore)}. Everything written to the server since ${since} is gone.`,
  );
}

function nextStep(restore: Restore, apiUrl: string): { readonly advice: string; readonly command?: string } {
  const { requested, confirmed, stage, target, serverStatus, snapshot } = restore;
  if (confirmed) return { advice: 'The server itself is back; look at the application.' };
  if (stage === 'other' || stage === 'ended')
    return { advice: 'Look at the server in the panel of VPS.org.' };
  if (!target.exact)
    return {
      advice:
        'The id of this snapshot may have lost digits on its way, so look for it in the panel of VPS.org.',
    };
  const command = restoreCommand(apiUrl, target.snapshotId);
  if (!requested) {
    const when = snapshot?.status === 'completed' ? '' : ', and not before the snapshot is completed';
    return {
      advice: `Nothing was requested. If you decide to restore all the same${when}, by hand (overwrites the server):`,
      command,
    };
  }
  const status = serverStatus === null ? 'unknown' : `'${serverStatus}'`;
  return {
    advice: `The server's state is ${status}. Look at it in the panel of VPS.org before anything else, and only if no restore is running there, restore by hand (overwrites the server):`,
    command,
  };
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
    name: restore.snapshot?.name ?? null,
    createdAt: restore.snapshot?.createdAt ?? null,
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
