import { formatDuration } from '../../github/format.ts';
import { cleanValue, NAME_LIMIT } from '../../snapshots/name.ts';
import { BUDGETS } from '../../snapshots/polling/schedule.ts';
import { SLOT_LIMIT } from '../../snapshots/slots.ts';
import { matchServer } from '../../snapshots/server.ts';
import { settleAll } from '../common/concurrency.ts';
import { type Deps, within } from '../common/deps.ts';
import { FailedError } from '../common/errors.ts';
import { createProgress, type ServerProgress } from '../creating/progress.ts';
import { createSnapshot } from '../creating/request.ts';
import { serverFull } from '../creating/errors.ts';
import { idsOfTarget, type RestoreTarget } from '../restoring/restore.ts';
import { createSnapshotWaiter } from '../waiting/snapshot-wait.ts';

export interface UndoOptions {
  /** Until when (monotonic) the lists that show free slots may be read; the snapshots have a budget of their own. */
  readonly slotsUntil: number;
  /** Called with the id of each undo snapshot as soon as it is known. */
  readonly onUndo: (target: RestoreTarget, snapshotId: string) => void;
}

/**
 * Takes a snapshot of each server as it is now and waits for it, so that the restore that follows can be undone
 * (`snapshot_first`). Throws a FailedError where one is not to be had: nothing has been overwritten then.
 */
export async function takeUndoSnapshots(
  targets: readonly RestoreTarget[],
  deps: Deps,
  { slotsUntil, onUndo }: UndoOptions,
): Promise<void> {
  const servers = targets.map((target, index) => ({ target, progress: describeUndo(target, index, deps) }));
  await settleAll(
    servers.map(async ({ progress }) => await requireSlot(progress, { ...deps, until: slotsUntil })),
  );
  const budget = within(deps, BUDGETS.undo);
  const timeout = formatDuration(BUDGETS.undo);
  const waiter = createSnapshotWaiter(budget, { timeout, timeoutInput: null, firstPatience: 'standing' });
  await settleAll(
    servers.map(async ({ target, progress }) => {
      const id = await createSnapshot(progress, budget, {
        text: `Before the restore of snapshot ${target.snapshotId}`,
        origin: deps.job.origin,
        flags: { isProtected: false, isUnwaited: false, isUndo: true },
        rotatedAt: null,
        whenFull: null,
      });
      onUndo(target, id);
      deps.log.event(
        target.label,
        `snapshot ${id} of the server as it is now is being created, to undo the restore`,
      );
      await waiter.wait({
        id,
        key: progress.record.key,
        serverId: target.serverId,
        label: () => target.label,
        onSeen: () => undefined,
        onCompleted: (snapshot) => onUndo(target, snapshot.id),
      });
    }),
  );
}

/** Its record is no state: a `restore` step has no post step that could read it. */
function describeUndo(target: RestoreTarget, index: number, deps: Deps): ServerProgress {
  const { runId, runAttempt } = deps.job.origin;
  const name = cleanValue(`undo-${target.serverId}-${runId}-${runAttempt}-${target.snapshotId}`).slice(
    0,
    NAME_LIMIT,
  );
  const start = { server: target.serverId, key: deps.newKey(), name };
  const runner = { ...deps.runner, saveState: () => undefined };
  const progress = createProgress({ job: deps.job, runner }, index, start);
  progress.save({ ...progress.record, ids: idsOfTarget(target) });
  return progress;
}

async function requireSlot(progress: ServerProgress, deps: Deps): Promise<void> {
  const list = await deps.api
    .listSnapshots({ serverId: progress.record.server }, deps)
    .catch((cause: unknown) => {
      throw new FailedError(
        'Nothing restored',
        `${progress.record.server}: 'snapshot_first' needs the list of snapshots, which could not be read. Nothing was requested.`,
        { cause },
      );
    });
  const { snapshots } = matchServer(list.snapshots, progress.record.ids);
  progress.recordBefore(snapshots);
  if (snapshots.length < SLOT_LIMIT) return;
  const now = list.now ?? deps.clock.wall();
  throw serverFull(progress, deps, snapshots, ", so 'snapshot_first' has no slot, and nothing was restored", {
    now,
    whenFull: null,
  });
}
