import { formatMinutes } from '../../github/format.ts';
import { type Alert } from '../../github/log.ts';
import { code, link } from '../../github/markdown.ts';
import { type SummaryRestore } from '../../github/summary.ts';
import { type Deps } from '../common/deps.ts';
import { createdAtOf, lossOf } from './loss.ts';
import { describeEnd, describeRestore, fateOf, type Occasion } from './message.ts';
import { type FinishedRestore, isConfirmed, isRequested, isRestored, type Restore } from './restore.ts';

/**
 * Reports the end of one restore in the log and as an annotation. A rollback is the end of a failed deploy, and always
 * an error; a restore that a person asked for and that went well is a notice.
 */
export function reportRestore(
  restore: FinishedRestore,
  apiUrl: string,
  { log }: Pick<Deps, 'log'>,
  occasion: Occasion,
): void {
  const { title, text, ...more } = describeRestore(restore, apiUrl, occasion);
  const { label } = restore.target;
  const isWell = isConfirmed(restore) && isRestored(restore);
  log.event(label, isWell ? `restored: ${describeEnd(restore)}` : title.toLowerCase());
  if (isWell && occasion === null) log.notice(title, text, more);
  else log.error(title, text, more);
}

/** What stands below a card's headline: the annotation of its only restore, or what to do after several that went well. */
export function leadOf(restores: readonly Restore[], alerts: readonly Alert[]): Alert | undefined {
  const [lead, other] = alerts.filter(({ headline }) => headline !== undefined);
  if (lead === undefined) return undefined;
  if (restores.length === 1) return other === undefined ? lead : undefined;
  if (!restores.every(isRestored)) return undefined;
  // What to do is the same for all; what is so of each is in its row.
  const { kind, title, text } = lead;
  return { kind, title, text: text.split('\n').slice(1).join('\n') };
}

/**
 * Without what the rows of several servers that are well say already, and without the warning of a start that was not
 * taken at first, where the server is still not up.
 */
export function withoutRepeats(alerts: readonly Alert[], lead: Alert | undefined): Alert[] {
  const isDown = lead?.topic === 'down_after_restore';
  return alerts.filter(({ topic }) => topic !== 'rolled_back' && !(isDown && topic === 'not_started_yet'));
}

/** The rows of the summary. */
export function toSummary(restores: readonly Restore[]): SummaryRestore[] {
  return restores.map((restore) => ({
    server: restore.target.label,
    snapshotId: restore.target.snapshotId,
    name: restore.snapshot?.name ?? restore.target.name,
    createdAt: createdAtOf(restore),
    loss: describeSpan(lossOf(restore).ms),
    fate: fateOf(restore),
    requested: isRequested(restore),
    confirmed: isConfirmed(restore),
    hasEnded: restore.stage === 'down' && restore.hasEnded,
    ...endOf(restore),
    // What was read before the request is not the server's state now.
    serverStatus: restore.stage === 'requested' ? null : restore.serverStatus,
  }));
}

function describeSpan(ms: number | null): string {
  return ms === null ? 'all since the snapshot' : formatMinutes(ms);
}

/** What followed the restore itself, in the words of the outputs. */
export function endOf(restore: Restore): { started: boolean; health: 'passed' | 'failed' | 'not_checked' } {
  if (restore.stage !== 'restored') return { started: false, health: 'not_checked' };
  const { health, isStarted } = restore;
  return { started: isStarted, health: health === null ? 'not_checked' : health.ok ? 'passed' : 'failed' };
}

/** The comment on GitHub: ids in code spans and our own words, no text of the API. */
export function describeForGithub(
  restores: readonly FinishedRestore[],
  { job, log }: Pick<Deps, 'job' | 'log'>,
  occasion: Occasion,
): string {
  const lines = restores.map((restore) => {
    const { serverId, snapshotId } = restore.target;
    const { title } = describeRestore(restore, '', occasion);
    const more = isRestored(restore) ? '' : link('what to do', log.linkTo(title));
    return `- server ${code(serverId)}, snapshot ${code(snapshotId)}: ${signOf(restore)}${more === '' ? '' : `, ${more}`}`;
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
  const { to, lost } = lossOf(restore);
  if (isRestored(restore)) return `✅ restored${to}, ${lost}`;
  if (isConfirmed(restore)) return `⚠️ restored${to}, ${lost}, but the health check failed`;
  if (restore.stage === 'down') return '🛑 **the server is stopped after the restore**: start it';
  if (restore.stage === 'refused' && restore.isByJob)
    return '❌ not restored again: an earlier step of the job has requested it';
  return isRequested(restore) ? '⚠️ restore requested, **not confirmed**' : '❌ **not restored**';
}
