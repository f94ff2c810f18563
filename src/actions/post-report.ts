import { type Alert, type Event } from '../github/log.ts';
import { type StepRecord } from '../github/state.ts';
import { renderSummary, restoreCommand, type SummaryRow } from '../github/summary.ts';
import { type Decision } from '../snapshots/policy.ts';
import { type Pruned } from './cleanup.ts';
import { isCompleted, type Leftover } from './leftovers.ts';
import { isRestored, toSummary } from './outcome.ts';
import { type Restore } from './restore-request.ts';
import { labelOf } from './track.ts';

/** What the post step has done so far, for its summary. */
export interface PostReport {
  readonly step: StepRecord;
  readonly decision: Decision;
  leftovers: readonly Leftover[];
  restores: readonly Restore[];
  pruned: readonly Pruned[];
  deleted: readonly string[];
}

/** The decision as a sentence without its reason. */
export function describeDecision({ action }: Decision, { policy }: StepRecord): string {
  switch (action) {
    case 'keep':
      return 'The snapshot is kept';
    case 'restore':
      return 'A restore is due';
    case 'delete':
      return 'The snapshot is to be deleted';
    case 'clean_up': {
      if (policy.onSuccess === 'delete') return 'The snapshot is to be deleted';
      if (policy.keepLast === 0) return 'The snapshot is kept';
      return `The snapshot is kept, and of this repository's older ones as many as make ${policy.keepLast}`;
    }
  }
}

/** The job summary of the post step. */
export function summarizePost(
  report: PostReport,
  alerts: readonly Alert[],
  events: readonly Event[],
): string {
  const { decision, leftovers, restores, step } = report;
  return renderSummary({
    headline: headlineOf(report),
    explanation: `${describeDecision(decision, step)}, because ${decision.why}.`,
    restores: toSummary(restores),
    rows: leftovers.map((leftover) => rowOf(leftover, report)),
    retention: report.pruned,
    alerts,
    events,
    commands: leftovers
      .filter((leftover) => isOffered(leftover, report))
      .map(({ id }) => restoreCommand(step.apiUrl, id ?? '')),
  });
}

/** A command to restore is shown only for what is there and complete. */
function isOffered(leftover: Leftover, { deleted, restores }: PostReport): boolean {
  const { id } = leftover;
  if (id === null || deleted.includes(id)) return false;
  return (
    isCompleted(leftover) ||
    restores.some((r) => r.target.snapshotId === id && r.snapshot?.status === 'completed')
  );
}

function rowOf(leftover: Leftover, { deleted, restores }: PostReport): SummaryRow {
  const { record, id } = leftover;
  const seen = leftover.found ?? restores.find((r) => r.target.snapshotId === id)?.snapshot ?? null;
  const saved = record.phase === 'created' ? 'requested, not waited for' : record.phase;
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
  if (decision.action === 'restore') return headlineOfRestore(restores);
  if (decision.action === 'keep' && decision.red === true) return '❌ Not rolled back';
  const deleted = report.deleted.length;
  const pruned = report.pruned.reduce((sum, each) => sum + each.deleted.length, 0);
  const older = pruned === 0 ? '' : `, ${pruned} older ${pruned === 1 ? 'one' : 'ones'} deleted`;
  if (deleted > 0) return `🧹 VPS.org ${deleted === 1 ? 'snapshot' : 'snapshots'} deleted${older}`;
  return `${pruned === 0 ? '📸' : '🧹'} VPS.org ${report.leftovers.length === 1 ? 'snapshot' : 'snapshots'} kept${older}`;
}

function headlineOfRestore(restores: readonly Restore[]): string {
  if (restores.length === 0) return '⏪ VPS.org rollback: not begun';
  if (restores.every(isRestored)) return '⏪ Rolled back: the deploy was undone, the job stays red';
  const restored = restores.filter(isRestored).length;
  if (restored > 0) return `⚠️ Rolled back in part: ${restored} of ${restores.length} servers`;
  return restores.some((r) => r.requested) ? '⚠️ Rollback requested, not confirmed' : '❌ Not rolled back';
}
