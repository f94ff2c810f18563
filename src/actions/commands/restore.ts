import { type RestoreInputs } from '../../github/inputs/commands.ts';
import { formatDuration } from '../../github/format.ts';
import { type Alert } from '../../github/log.ts';
import { checkRequestedRestore } from '../../snapshots/interlocks.ts';
import { hashCalledLeg } from '../../snapshots/marker.ts';
import { isOfServer } from '../../snapshots/server.ts';
import { type SnapshotList } from '../../vps/model.ts';
import { apiTime } from '../common/api-time.ts';
import { type Deps, within } from '../common/deps.ts';
import { AlreadyReportedError, FailedError, onlyError } from '../common/errors.ts';
import { describeFailedPlan, renderReport, writeReport } from '../common/report.ts';
import {
  checkRestore,
  type CheckOptions,
  createRestoreReaders,
  reportCheck,
  type ReportedCheck,
} from '../restoring/check.ts';
import { readCompleteList } from '../restoring/complete-list.ts';
import { holdsBackOthers, restoreServers } from '../restoring/fleet.ts';
import { headlineOfRestores } from '../restoring/headline.ts';
import { describeForGithub, endOf, leadOf, reportRestore, toSummary } from '../restoring/report.ts';
import {
  cutOff,
  type FinishedRestore,
  isConfirmed,
  isRequested,
  isRestored,
  reasonOf,
  refuseRestore,
  type Restore,
  type RestoreTarget,
} from '../restoring/restore.ts';
import { selectSnapshots } from '../restoring/selection.ts';
import { refuseUnlistedServers } from '../server/unknown-server.ts';
import { describeListed } from '../waiting/wait-errors.ts';
import { readList, readServersOf } from './restore-lists.ts';
import { takeUndoSnapshots } from './undo.ts';

/**
 * The `restore` action: restores the named snapshots, each onto the server it was taken of, and verifies it.
 * Throws unless every restore was confirmed.
 */
export async function restore(inputs: RestoreInputs, deps: Deps): Promise<void> {
  const { selection } = inputs;
  if (selection.kind === 'named' && selection.words.length === 0)
    return deps.log.notice('Nothing to restore', "'snapshot_id' is empty.");
  const report: RestoreReport = { inputs, restores: [], order: [], undo: new Map(), planned: [] };
  await writeReport(
    deps,
    async () => {
      try {
        const budget = within(deps, inputs.restoreTimeout);
        const targets = await findTargets(inputs, budget);
        report.order = targets.map(({ snapshotId }) => snapshotId);
        if (inputs.dryRun) return await planOnly(targets, report, budget);
        await restoreAll(targets, report, inputs.snapshotFirst ? deps : budget);
      } finally {
        setOutputs(report, deps);
      }
    },
    (alerts) => summarize(report, alerts, deps),
  );
}

interface RestoreReport {
  readonly inputs: RestoreInputs;
  restores: readonly Restore[];
  /** The snapshots to restore, in the order of the outputs. */
  order: readonly string[];
  /** Ids of the undo snapshots by the snapshot that was to be restored. */
  readonly undo: Map<string, string>;
  /** Of a dry run: what would be restored. */
  planned: readonly string[];
}

async function restoreAll(
  targets: readonly RestoreTarget[],
  report: RestoreReport,
  deps: Deps,
): Promise<void> {
  const { inputs } = report;
  const undoable = inputs.snapshotFirst ? await takeUndo(targets, report, deps) : targets;
  // It begins with the first read, or anew after the undo snapshots.
  const budget = within(deps, inputs.restoreTimeout);
  const restoring = restoreServers(undoable, budget, {
    ...checksOf(inputs, deps),
    healthUrls: inputs.healthUrls,
    limit: `restore_timeout (${formatDuration(inputs.restoreTimeout)}) exceeded`,
    async onRequested(restores) {
      report.restores = restores;
      setOutputs(report, deps);
      await deps.runner.writeSummary(summarize(report, deps.log.alerts(), deps));
    },
  });
  const finished = await restoring.catch((cause: unknown) => {
    // No post step follows that could tell what became of a request.
    if (deps.cancelled.aborted) reportAll(report.restores.map(cutOff), report, deps);
    throw cause;
  });
  reportAll(finished, report, deps);
  await deps.comment?.post(describeForGithub(finished, deps, null), {
    serverIds: finished.map(({ target }) => target.serverId),
    leg: hashCalledLeg('', deps.job.call ?? ''),
    use: 1,
  });
  const left = report.restores.filter((each) => !isRestored(each)).length;
  if (left > 0) throw new AlreadyReportedError(`${left} of ${report.restores.length} not restored`);
}

function reportAll(restores: readonly FinishedRestore[], report: RestoreReport, deps: Deps): void {
  report.restores = restores;
  for (const each of restores) reportRestore(each, report.inputs.apiUrl, deps, null);
  reportUndo(report, deps);
}

function reportUndo({ restores, undo }: RestoreReport, { log }: Deps): void {
  for (const each of restores) {
    const id = undo.get(each.target.snapshotId);
    if (id === undefined) continue;
    const use = isRequested(each)
      ? `to undo the restore, restore snapshot ${id}`
      : `snapshot ${id}, which was taken to undo the restore, is not needed`;
    log.event(each.target.label, use);
  }
}

/** Undo snapshots come after the checks and before any restore: what is refused anyway needs none. */
async function takeUndo(
  targets: readonly RestoreTarget[],
  report: RestoreReport,
  deps: Deps,
): Promise<RestoreTarget[]> {
  const budget = within(deps, report.inputs.restoreTimeout);
  const checked = await checkAll(targets, report.inputs, budget);
  const isHeldBack = checked.some(holdsBackOthers);
  const ready = checked.flatMap(({ stage, target }) => (stage === 'ready' && !isHeldBack ? [target] : []));
  try {
    await takeUndoSnapshots(ready, deps, {
      slotsUntil: budget.until,
      onUndo(target, id) {
        report.undo.set(target.snapshotId, id);
        setOutputs(report, deps);
      },
    });
  } catch (cause) {
    const why = deps.cancelled.aborted
      ? "the step was ended before the snapshot of 'snapshot_first' was complete"
      : "'snapshot_first' was not to be had";
    report.restores = checked.map((each) =>
      refuseRestore(each, each.stage === 'refused' ? each.reason : why, {
        isOfServerAlone: false,
        byHand: 'none',
      }),
    );
    reportUndo(report, deps);
    if (!(cause instanceof FailedError)) throw cause;
    const ids = targets.map(({ snapshotId }) => snapshotId).join(', ');
    throw new FailedError(
      'Nothing restored',
      `Nothing was overwritten: no restore of snapshot ${ids} was requested, because the snapshot before it ('snapshot_first') was not to be had.\n${cause.message}`,
      { cause: cause.cause, ...cause.more },
    );
  }
  return targets.map((target) => ({ ...target, undoSnapshotId: report.undo.get(target.snapshotId) ?? null }));
}

/** What stands against a restore that a person asked for. */
function checksOf(inputs: RestoreInputs, deps: Deps): Omit<CheckOptions, 'readers'> {
  return {
    check: (facts) => checkRequestedRestore(facts, deps.job.origin, inputs.allowOlder),
    maxAge: inputs.maxAge,
    whenRestoring: 'wait',
    // Whoever writes a second restore step into a job wants it.
    isRestoredByJob: () => false,
  };
}

async function checkAll(
  targets: readonly RestoreTarget[],
  inputs: RestoreInputs,
  deps: Deps,
): Promise<ReportedCheck[]> {
  const readers = createRestoreReaders(targets, deps);
  return await Promise.all(
    targets.map(async (target) => await checkRestore(target, deps, { ...checksOf(inputs, deps), readers })),
  );
}

/** Finds each snapshot's server; every mistake is reported before anything is requested. */
async function findTargets(inputs: RestoreInputs, deps: Deps): Promise<readonly RestoreTarget[]> {
  const { serverIds, selection } = inputs;
  const [only] = serverIds;
  const filter = only !== undefined && serverIds.length === 1 ? { serverId: only } : {};
  const what = selection.kind === 'latest' ? 'the latest snapshot' : selection.words.join(', ');
  const list = await readCompleteList(
    async () => await readList(filter, what, deps),
    (each) => each.complete || showsAll(each, selection),
    deps,
  );
  const { targets, problems } = selectSnapshots({
    selection,
    serverIds,
    list,
    ...(await readServersOf(list, serverIds, selection, deps)),
    origin: deps.job.origin,
    now: apiTime(list, deps),
  });
  if (problems.length === 0) return targets;
  await refuseUnlistedServers(
    serverIds.filter((id) => !list.snapshots.some(({ server }) => isOfServer(server, [id]))),
    deps,
  );
  throw new FailedError(
    'Nothing restored',
    `Nothing was requested:\n${problems.map((p) => `- ${p}`).join('\n')}\n${describeListed(list)}`,
  );
}

/** What is named is there, whether or not there is more. */
function showsAll({ snapshots }: SnapshotList, selection: RestoreInputs['selection']): boolean {
  if (selection.kind === 'latest') return false;
  return selection.words.every((word) => snapshots.some(({ id }) => id === word));
}

/** The dry run: checks as the restore itself would, and requests nothing. */
async function planOnly(targets: readonly RestoreTarget[], report: RestoreReport, deps: Deps): Promise<void> {
  const { inputs } = report;
  const words = {
    ready: 'would be restored',
    foreign: 'would not be restored: another restore is running, and its end would be waited for',
    refused: 'would be refused',
    held_back: 'would not be restored, because another one would be refused',
  };
  const refused: string[] = [];
  const checks = await checkAll(targets, inputs, deps);
  const isHeldBack = checks.some(holdsBackOthers);
  for (const checked of checks) {
    reportCheck(checked, deps);
    const { target } = checked;
    const stage = checked.stage === 'ready' && isHeldBack ? 'held_back' : checked.stage;
    if (stage === 'ready') report.planned = [...report.planned, target.snapshotId];
    if (checked.stage === 'refused')
      refused.push(`${target.label}, snapshot ${target.snapshotId}: ${checked.reason}`);
    const first =
      inputs.snapshotFirst && stage === 'ready' ? ', after a snapshot of the server as it is now' : '';
    deps.log.event(target.label, `dry run: snapshot ${target.snapshotId} ${words[stage]}${first}`);
  }
  if (refused.length > 0) throw new FailedError('Would not be restored', refused.join('\n'));
}

function setOutputs({ restores, undo, order, inputs }: RestoreReport, { runner }: Deps): void {
  runner.setOutput('restored', String(restores.length > 0 && restores.every(isRestored)));
  runner.setOutput(
    'restores',
    JSON.stringify(
      restores.map((each) => ({
        server_id: each.target.serverId,
        server_name: each.snapshot?.server.name ?? null,
        snapshot_id: each.target.snapshotId,
        requested: isRequested(each),
        confirmed: isConfirmed(each),
        started: endOf(each).started,
        undo_snapshot_id: undo.get(each.target.snapshotId) ?? null,
        health: endOf(each).health,
        server_status: each.serverStatus,
        reason: reasonOf(each),
      })),
    ),
  );
  if (inputs.snapshotFirst)
    runner.setOutput('undo_snapshot_id', order.map((id) => undo.get(id) ?? '').join(','));
}

function summarize(report: RestoreReport, alerts: readonly Alert[], deps: Deps): string {
  const { restores } = report;
  const lead = restores.length === 0 ? onlyError(alerts) : leadOf(restores, alerts);
  const headline = headlineOf(report, lead);
  return renderReport({ headline, lead, restores: toSummary(restores), alerts }, deps);
}

function headlineOf({ inputs, restores, order, planned }: RestoreReport, lead: Alert | undefined): string {
  const isPlanned = order.length > 0 && planned.length === order.length;
  if (inputs.dryRun && isPlanned) return `🔎 Dry run: snapshot ${order.join(', ')} would be restored`;
  if (inputs.dryRun && lead === undefined) return '🔎 Dry run: nothing was restored';
  if (restores.length > 0 || lead === undefined) return headlineOfRestores(restores, lead, null);
  return inputs.dryRun ? describeFailedPlan(lead) : `❌ ${lead.title}`;
}
