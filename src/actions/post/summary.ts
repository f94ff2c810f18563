import { type Alert, type LogEvent } from '../../github/log.ts';
import { type StepRecord } from '../../github/state.ts';
import { renderSummary, restoreCommand, type SummaryRow } from '../../github/summary.ts';
import { type Decision } from '../../snapshots/policy.ts';
import { isFailed, isCompleted as isCompletedStatus } from '../../snapshots/status.ts';
import { type Pruned } from '../retention/pruning.ts';
import { isCompleted, isLossless, type RecoveredRecord } from './recovery.ts';
import { labelOf } from '../common/labels.ts';
import { toSummary, withoutRollbacks } from '../restoring/report.ts';
import { isConfirmed, isRequested, isRestored, type Restore } from '../restoring/restore.ts';

/** What the post step has done so far, for its summary. */
export interface PostReport {
  readonly step: StepRecord;
  readonly decision: Decision;
  /** Another step of this job has requested a restore of one of the servers. */
  readonly isRestoredByJob: boolean;
  /** There is work, and no token to do it with. */
  readonly isMissingToken: boolean;
  recovered: readonly RecoveredRecord[];
  restores: readonly Restore[];
  pruned: readonly Pruned[];
  deleted: readonly string[];
}

/** The decision as a sentence without its reason. */
export function describeDecision({ action }: Decision, { policy }: StepRecord): string {
  switch (action) {
    case 'keep':
      return 'Keeping the snapshot';
    case 'restore':
      return 'Restoring the server';
    case 'delete':
      return 'Deleting the snapshot';
    case 'clean_up': {
      if (policy.onSuccess === 'delete') return 'Deleting the snapshot';
      if (policy.keepLast === 0) return 'Keeping the snapshot';
      return `Keeping the snapshot and deleting this repository's older ones beyond its newest ${policy.keepLast}`;
    }
  }
}

/** The job summary of the post step. */
export function summarizePost(
  report: PostReport,
  alerts: readonly Alert[],
  events: readonly LogEvent[],
): string {
  const { recovered, restores, step } = report;
  // What was restored has its line already.
  const others = recovered.filter(({ id }) => !restores.some((each) => each.target.snapshotId === id));
  return renderSummary({
    headline: headlineOf(report),
    explanation: explain(report),
    restores: toSummary(restores),
    rows: others.map((recovered) => rowOf(recovered, report)),
    retention: report.pruned,
    alerts: withoutRollbacks(alerts),
    events,
    commands: others
      .flatMap((recovered) => {
        const { id } = recovered;
        return id !== null && isOffered(recovered, report) ? [restoreCommand(step.apiUrl, id)] : [];
      })
      // An alert that offers the command already says what it does.
      .filter((command) => !alerts.some((alert) => alert.command?.includes(command) === true)),
  });
}

function explain({ decision, restores, step }: PostReport): string {
  const reason = decision.reason.charAt(0).toUpperCase() + decision.reason.slice(1);
  if (decision.action !== 'restore' || step.dryRun) return `${reason}.`;
  const [servers, were] = restores.length > 1 ? ['the servers', 'were'] : ['the server', 'was'];
  const done = restores.length > 0 && restores.every(isConfirmed) ? '' : ' to be';
  return `${reason}, so ${servers} ${were}${done} restored to the state before the deploy. This step stays red.`;
}

/** A command to restore is shown only for what is there, complete and certain of its id. */
function isOffered(recovered: RecoveredRecord, { deleted, restores }: PostReport): boolean {
  const { id } = recovered;
  if (id === null || deleted.includes(id) || !isLossless(recovered)) return false;
  return (
    isCompleted(recovered) ||
    restores.some((r) => r.target.snapshotId === id && r.snapshot !== null && isCompletedStatus(r.snapshot))
  );
}

function rowOf(recovered: RecoveredRecord, { deleted, restores }: PostReport): SummaryRow {
  const { record, id } = recovered;
  const seen = recovered.found ?? restores.find((r) => r.target.snapshotId === id)?.snapshot ?? null;
  const waited = record.phase === 'created' ? 'requested, not waited for' : record.phase;
  const known = isCompleted(recovered) ? 'last seen completed' : waited;
  const saved = recovered.looked ? 'not listed' : known;
  return {
    server: labelOf(record),
    snapshotId: id,
    name: id === null ? null : record.name,
    status: id !== null && deleted.includes(id) ? 'deleted' : (seen?.status ?? saved),
    sizeMb: seen?.sizeMb ?? record.sizeMb,
    createdAt: seen?.createdAt ?? record.createdAt,
  };
}

function headlineOf(report: PostReport): string {
  const { decision, restores, step } = report;
  if (step.dryRun) return '🔎 VPS.org snapshot: dry run, nothing was changed';
  if (report.isMissingToken) return '❌ The post step could not do anything';
  if (decision.action === 'restore') return headlineOfRestore(restores);
  if (decision.action === 'keep' && decision.alarm === 'red') return '❌ Server NOT restored';
  const uncertain = headlineOfUncertain(report);
  if (uncertain !== null) return uncertain;
  const deleted = report.deleted.length;
  const pruned = report.pruned.reduce((sum, each) => sum + each.deleted.length, 0);
  const older = pruned === 0 ? '' : `, ${pruned} older ${pruned === 1 ? 'one' : 'ones'} deleted`;
  if (deleted > 0) return `🧹 VPS.org ${deleted === 1 ? 'snapshot' : 'snapshots'} deleted${older}`;
  return `${pruned === 0 ? '📸' : '🧹'} VPS.org ${report.recovered.length === 1 ? 'snapshot' : 'snapshots'} kept${older}`;
}

/** What stays is not called a kept snapshot where it failed, is gone or was not seen. */
function headlineOfUncertain({ recovered, deleted }: PostReport): string | null {
  const left = recovered.filter(({ id }) => id === null || !deleted.includes(id));
  if (left.some(({ found }) => found !== null && isFailed(found))) {
    return '❌ A failed VPS.org snapshot is left and uses a slot';
  }
  const missing = left.filter(({ looked, found, id }) => looked && found === null && id !== null);
  if (missing.length > 0) {
    const wasListed = missing.some(({ record }) => record.phase === 'completed');
    return `❓ VPS.org snapshot not listed${wasListed ? ' any more' : ''}`;
  }
  if (left.some(({ looked, found, id }) => looked && found === null && id === null)) {
    return '❓ No list shows a VPS.org snapshot of this step';
  }
  if (left.some(({ record, looked }) => !looked && record.phase === 'intent')) {
    return '❓ Unknown whether a VPS.org snapshot was made';
  }
  return null;
}

/** The state of the servers comes first: whoever is woken up reads no further before that. */
function headlineOfRestore(restores: readonly Restore[]): string {
  if (restores.length === 0) return '⏪ VPS.org rollback: not started';
  const [servers, are] = restores.length === 1 ? ['Server', 'is'] : ['A server', 'is'];
  if (restores.some(({ stage }) => stage === 'down'))
    return `🛑 ${servers} ${are} STOPPED after the rollback: start it`;
  if (restores.every(isRestored)) return '⏪ Rolled back';
  if (restores.every(isConfirmed)) return '⚠️ Rolled back, but the health check failed';
  const restored = restores.filter(isRestored).length;
  if (restored > 0) return `⚠️ Partly rolled back: ${restored} of ${restores.length} servers`;
  if (restores.some(isRequested)) return '⚠️ Rollback requested, not confirmed';
  return restores.every((each) => each.stage === 'refused' && each.isByJob)
    ? '❌ Not restored again: an earlier step of this job has requested the restore'
    : '❌ Deploy failed, server NOT restored';
}
