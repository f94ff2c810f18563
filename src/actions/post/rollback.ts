import { formatDuration } from '../../github/format.ts';
import { BUDGETS } from '../../snapshots/polling/schedule.ts';
import { checkRollback } from '../../snapshots/interlocks.ts';
import { type Deps, within } from '../common/deps.ts';
import { FailedError } from '../common/errors.ts';
import { labelOf } from '../common/labels.ts';
import { restoreServers } from '../restoring/fleet.ts';
import { type Occasion } from '../restoring/message.ts';
import { describeForGithub, reportRestore } from '../restoring/report.ts';
import { type FinishedRestore, idsOfTarget, type Restore, type RestoreTarget } from '../restoring/restore.ts';
import { type StepRecord } from '../../github/state.ts';
import { isLossless, type RecoveredRecord } from './recovery.ts';

/**
 * Restores every server of the step, and reports each. `onChange` is called whenever a request may have been taken,
 * before it is confirmed.
 */
export async function rollBack(
  recoveredRecords: readonly RecoveredRecord[],
  { step, occasion }: { readonly step: StepRecord; readonly occasion: Occasion },
  deps: Deps,
  onChange: (restores: readonly Restore[]) => Promise<void>,
): Promise<readonly FinishedRestore[]> {
  const isCut = deps.until < deps.clock.now() + step.restoreTimeout;
  const budget = within(deps, step.restoreTimeout);
  const limit = isCut
    ? `a cancelled job leaves only ${formatDuration(BUDGETS.afterCancel)} to watch it`
    : `restore_timeout (${formatDuration(step.restoreTimeout)}) exceeded`;
  const restores = await restoreServers(recoveredRecords.map(restoreTargetOf), budget, {
    check: checkRollback,
    maxAge: step.restoreMaxAge,
    whenRestoring: 'refuse',
    isRestoredByJob: (target) => deps.restoreRecords.has(idsOfTarget(target)),
    healthUrls: step.healthUrls,
    limit,
    onRequested: onChange,
  });
  for (const each of restores) reportRestore(each, step.apiUrl, deps, occasion);
  await onChange(restores);
  await deps.comment?.post(describeForGithub(restores, deps, occasion), {
    serverIds: restores.map(({ target }) => target.serverId),
    leg: step.leg,
    use: step.use,
  });
  return restores;
}

function restoreTargetOf(recovered: RecoveredRecord): RestoreTarget {
  const { record, id, isProvenByWait } = recovered;
  if (id === null) {
    throw new FailedError(
      'Not restored',
      `${labelOf(record)}: no snapshot of this step is known for this server, so no server was restored.`,
    );
  }
  const byWait = isProvenByWait ? 'by the wait action of this job' : null;
  return {
    label: labelOf(record),
    serverId: record.server,
    serverIds: record.ids,
    snapshotId: id,
    idIsLossless: isLossless(recovered),
    name: record.name,
    createdAt: record.createdAt,
    key: record.key,
    seenCompleted: record.phase === 'completed' ? 'by the snapshot step' : byWait,
    startIfStopped: record.power?.found !== 'stopped',
    undoSnapshotId: null,
  };
}
