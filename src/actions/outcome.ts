import { type Job } from '../github/job.ts';
import { code } from '../github/markdown.ts';
import { restoreCommand, type SummaryRestore } from '../github/summary.ts';
import { type Deps } from './deps.ts';
import { type RestoreResult } from './restoring.ts';

/** "Restored" may be said: the restore began, it ended, and what was to be checked is well. */
export function isRestored(result: RestoreResult): boolean {
  return result.confirmed && result.health !== 'failed';
}

/** What a confirmed restore amounts to, without a word more than was seen. */
function describeRestored({ health, serverStatus, target }: RestoreResult): string {
  const server =
    serverStatus === 'stopped' && !target.startIfStopped
      ? 'server is stopped, as it was before the snapshot'
      : 'server is active again';
  return `restored: ${server}, ${health === 'passed' ? 'health check passed' : 'application not checked'}`;
}

/**
 * Tells the end of one restore in the log and as an annotation. `asError` is for a rollback, which is the end
 * of a failed deploy; a restore that a person asked for is told as a notice.
 */
export function tellResult(
  result: RestoreResult,
  apiUrl: string,
  deps: Pick<Deps, 'log'>,
  asError: boolean,
): void {
  const { target, snapshot, reason } = result;
  const { label, snapshotId } = target;
  const since = snapshot?.createdAt ?? 'the snapshot was taken';
  if (isRestored(result)) {
    deps.log.event(label, describeRestored(result));
    deps.log[asError ? 'error' : 'notice'](
      asError ? 'Rolled back' : 'Restored',
      `${label}, snapshot ${snapshotId}: ${describeRestored(result)}. Everything written to the server since ${since} is gone.`,
    );
    return;
  }
  const title = result.confirmed
    ? 'Restored, but not well'
    : result.requested
      ? 'Restore requested, not confirmed'
      : 'Not restored';
  deps.log.event(label, reason);
  deps.log.error(title, `${label}, snapshot ${snapshotId}: ${reason}. ${nextStep(result, apiUrl)}`);
}

function nextStep({ requested, confirmed, target, serverStatus }: RestoreResult, apiUrl: string): string {
  if (confirmed) return 'The server itself is back; look at the application.';
  const command = `To restore by hand (overwrites the server): ${restoreCommand(apiUrl, target.snapshotId)}`;
  if (!requested) return command;
  const status = serverStatus === null ? 'unknown' : `'${serverStatus}'`;
  return `The server's state is ${status}. Look at it in the panel of VPS.org before anything else; only if no restore is running there: ${command}`;
}

/** The rows of the summary. */
export function toSummary(results: readonly RestoreResult[]): SummaryRestore[] {
  return results.map((result) => ({
    server: result.target.label,
    snapshotId: result.target.snapshotId,
    requested: result.requested,
    confirmed: result.confirmed,
    started: result.started,
    health: result.health,
    serverStatus: result.serverStatus,
    reason: isRestored(result)
      ? ''
      : result.reason || (result.requested ? 'requested, not confirmed yet' : ''),
  }));
}

/** The comment on GitHub: ids in code spans and our own words, no text of the API (design §3.8). */
export function describeForGithub(results: readonly RestoreResult[], job: Job): string {
  const lines = results.map((result) => {
    const { serverId, snapshotId } = result.target;
    const what = isRestored(result)
      ? '✅ restored'
      : result.confirmed
        ? '⚠️ restored, but the health check failed'
        : result.requested
          ? '⚠️ restore requested, **not confirmed**'
          : '❌ **not restored**';
    return `- server ${code(serverId)}, snapshot ${code(snapshotId)}: ${what}`;
  });
  const run = job.runUrl === '' ? `run ${code(job.origin.runId)}` : `[this run](${job.runUrl})`;
  return [
    `### VPS.org rollback\n`,
    ...lines,
    '',
    `By ${run}, job ${code(job.origin.job)}, commit ${code(job.sha.slice(0, 12))}. What was written to a restored server since its snapshot is gone.`,
  ].join('\n');
}
