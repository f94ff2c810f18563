import { type Alert } from '../../github/log.ts';
import { type Phase, type ServerRecord, type StepRecord } from '../../github/state.ts';
import { restoreCommand, type SummaryRow } from '../../github/summary.ts';
import { type Decision } from '../../snapshots/policy.ts';
import { isFailed } from '../../snapshots/status.ts';
import { type Pruned } from '../retention/pruning.ts';
import { type Deletions } from './clean-up.ts';
import {
  describeLastSeen,
  isKnownComplete,
  isLossless,
  isUncertain,
  type RecoveredRecord,
} from './recovery.ts';
import { labelOf } from '../common/labels.ts';
import { type Deps } from '../common/deps.ts';
import { onlyError } from '../common/errors.ts';
import { renderReport } from '../common/report.ts';
import { headlineOfRestores } from '../restoring/headline.ts';
import { leadOf, toSummary, withoutRepeats } from '../restoring/report.ts';
import { type Restore } from '../restoring/restore.ts';
import { RESTORE_BY_JOB } from './errors.ts';

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
  /** Requested by this step or an earlier one of the job. */
  deletions: Deletions;
  /** What a rollback is reported to follow. */
  readonly occasion: 'Deploy failed' | 'Job cancelled';
  /** The job succeeded, and nothing is to be done. */
  readonly isGoodEnd: boolean;
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

/** The same of a dry run. */
function describePlan({ action }: Decision, { policy }: StepRecord): string {
  if (action === 'restore') return 'the server would be restored';
  if (action === 'delete' || (action === 'clean_up' && policy.onSuccess === 'delete'))
    return 'the snapshot would be deleted';
  if (action === 'clean_up' && policy.keepLast > 0)
    return `the snapshot would be kept, and this repository's older ones deleted beyond its newest ${policy.keepLast}`;
  return 'the snapshot would be kept';
}

/**
 * The job summary of the post step; empty where it would say what main's says already: a good deploy after which nothing
 * was to be done.
 */
export function summarizePost(
  report: PostReport,
  alerts: readonly Alert[],
  deps: Pick<Deps, 'log' | 'job'>,
): string {
  const { recovered, restores, decision } = report;
  if (report.isGoodEnd && alerts.length === 0) return '';
  const lead = findLead(report, alerts);
  // A restore is of all of them, and has their lines.
  const others = restores.length > 0 ? [] : recovered;
  const summary = {
    headline: headlineOf(report, lead),
    lead,
    ...(decision.action === 'restore' ? { trigger: decision.reason } : { explanation: decision.reason }),
    restores: toSummary(restores),
    rows: others.map((recovered) => rowOf(recovered, report)),
    retention: report.pruned,
    alerts: withoutRepeats(alerts, lead),
    commands: others
      .flatMap((recovered) => commandsFor(recovered, report))
      // An alert that offers the command already says what it does.
      .filter((command) => !alerts.some((alert) => alert.command?.includes(command) === true)),
  };
  return renderReport(summary, deps);
}

function findLead({ restores }: PostReport, alerts: readonly Alert[]): Alert | undefined {
  return restores.length > 0
    ? leadOf(restores, alerts)
    : (onlyError(alerts) ?? alerts.find(({ headline }) => headline !== undefined));
}

/** A command to restore is shown only for what is there, complete and certain of its id. */
function commandsFor(recovered: RecoveredRecord, { step, deletions }: PostReport): string[] {
  const { id } = recovered;
  const isOffered = id !== null && !deletions.has(id) && isLossless(recovered) && isKnownComplete(recovered);
  return isOffered ? [restoreCommand(step.apiUrl, id)] : [];
}

function rowOf(recovered: RecoveredRecord, { deletions }: PostReport): SummaryRow {
  const { record, id, found } = recovered;
  const known = isKnownComplete(recovered) ? describeLastSeen(recovered) : PHASES[phaseOf(record)];
  const saved = recovered.wasRead ? 'not listed' : known;
  const deletion = id === null ? undefined : deletions.get(id);
  return {
    server: labelOf(record),
    snapshotId: id,
    name: id === null ? null : record.name,
    status: deletion === undefined ? (found?.status ?? saved) : DELETIONS[deletion],
    sizeMb: found?.sizeMb ?? record.sizeMb,
    createdAt: found?.createdAt ?? record.createdAt,
  };
}

const DELETIONS = { deleted: 'deleted', unknown: 'deletion requested, outcome unknown' } as const;

/** What is said of a snapshot that nobody has read since main. */
const PHASES: Readonly<Record<Phase, string>> = {
  planned: 'not requested',
  intent: 'requested, outcome unknown',
  refused: 'refused, not made',
  created: 'requested, not waited for',
  completed: 'completed',
};

function phaseOf(record: ServerRecord): Phase {
  return record.snapshotId === null && isUncertain(record) ? 'intent' : record.phase;
}

/** The state of the servers comes first: whoever is woken up reads no further before that. */
function headlineOf(report: PostReport, lead: Alert | undefined): string {
  const { decision, deletions, restores, step, occasion } = report;
  if (step.dryRun) return `🔎 Dry run: ${describePlan(decision, step)}`;
  if (lead?.topic === 'not_started') return '🛑 Server NOT started again after the stop: start it';
  if (report.isMissingToken)
    return decision.action === 'restore'
      ? `❌ ${occasion}, server NOT restored: the post step has no token`
      : '❌ The post step has no token and did nothing';
  if (decision.action === 'restore')
    return restores.length === 0
      ? '⏪ VPS.org rollback: not started'
      : headlineOfRestores(restores, lead, occasion);
  const uncertain = headlineOfUncertain(report);
  const isRed = decision.action === 'keep' && decision.alarm === 'red';
  if (uncertain !== null && !isRed) return uncertain;
  if (lead?.headline !== undefined) return `${SIGNS[lead.kind]} ${lead.headline}`;
  const deleted = [...deletions.values()].filter((state) => state === 'deleted').length;
  const pruned = report.pruned.reduce((sum, each) => sum + each.deleted.length, 0);
  const older = pruned === 0 ? '' : `, ${pruned} older ${pruned === 1 ? 'one' : 'ones'} deleted`;
  if (deleted > 0) return `🧹 VPS.org ${deleted === 1 ? 'snapshot' : 'snapshots'} deleted${older}`;
  const state = report.isRestoredByJob ? `; ${RESTORE_BY_JOB}` : ', the server is as the job left it';
  const asLeft = decision.action === 'keep' && step.succeeded ? state : '';
  return `${headlineOfKept(report, pruned)}${older}${asLeft}`;
}

/** "Kept" is said only of what was made. */
function headlineOfKept({ recovered }: PostReport, pruned: number): string {
  const kept = recovered.filter(({ id, found }) => id !== null || found !== null).length;
  if (kept === 0) return 'ℹ️ No VPS.org snapshot was made';
  const sign = pruned === 0 ? '📸' : '🧹';
  return `${sign} VPS.org ${kept === 1 ? 'snapshot' : 'snapshots'} kept${ofServers(kept, recovered.length)}`;
}

/** Which part of a table a headline is about; nothing where it is all of it. */
function ofServers(part: number, all: number): string {
  return part === all ? '' : ` on ${part} of ${all} servers`;
}

const SIGNS = { error: '❌', warning: '⚠️', notice: 'ℹ️' } as const;

/** What stays is not called a kept snapshot where it failed, is gone, may be gone or was not seen. */
function headlineOfUncertain({ recovered, deletions }: PostReport): string | null {
  const all = recovered.length;
  const left = recovered.filter(({ id }) => id === null || deletions.get(id) !== 'deleted');
  const about = (text: string, part: readonly RecoveredRecord[]): string =>
    `❓ ${text}${ofServers(part.length, all)}`;
  if ([...deletions.values()].includes('unknown')) return '❓ Unknown whether a VPS.org snapshot was deleted';
  if (left.some(({ found }) => found !== null && isFailed(found))) {
    return '❌ A failed VPS.org snapshot is left and uses a slot';
  }
  const missing = left.filter(({ wasRead, found, id }) => wasRead && found === null && id !== null);
  if (missing.length > 0) {
    const wasListed = missing.some(({ record }) => record.phase === 'completed');
    return about(`VPS.org snapshot not listed${wasListed ? ' any more' : ''}`, missing);
  }
  const unlisted = left.filter(({ wasRead, found }) => wasRead && found === null);
  if (unlisted.length > 0) return about('No list shows a VPS.org snapshot of this step', unlisted);
  const unclear = left.filter(({ record, wasRead }) => !wasRead && record.phase === 'intent');
  return unclear.length > 0 ? about('Unknown whether a VPS.org snapshot was made', unclear) : null;
}
