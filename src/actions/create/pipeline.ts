import { formatDuration } from '../../github/format.ts';
import { contradicts } from '../../snapshots/server.ts';
import { hasId, isAddressable, type Snapshot, type SnapshotWithId } from '../../vps/model.ts';
import { createLimiter, NotStartedError, settleAll } from '../common/concurrency.ts';
import { type Deps, within } from '../common/deps.ts';
import { labelOf, printId } from '../common/labels.ts';
import { publish, type ServerProgress } from '../creating/progress.ts';
import { createSnapshot } from '../creating/request.ts';
import { createSnapshotWaiter, type SnapshotWaiter } from '../waiting/snapshot-wait.ts';
import { type WaitTarget } from '../waiting/wait-target.ts';
import { refuseSameServer } from './identity.ts';
import { type PlanOptions, type ServerPlan } from './plan.ts';
import { type Starter, stopForSnapshot } from './power.ts';
import { warnOfMissingWait, warnOfRefusals, warnOfRefusalsUnwaited } from './preflight.ts';
import { rotateSlot } from './rotation.ts';

/** What all servers of a step share once the first create request is about to be sent. */
interface Waiting {
  readonly deps: Deps;
  readonly waiter: SnapshotWaiter;
}

/**
 * Makes and waits for the planned snapshots. Each server goes its own way, stopped, snapshotted and started by
 * itself, so that none is down while others are worked on. The first failure stops what has not begun.
 */
export async function makeSnapshots(
  plans: readonly ServerPlan[],
  servers: readonly ServerProgress[],
  deps: Deps,
  options: PlanOptions & { readonly start: Starter },
): Promise<void> {
  const { inputs, start } = options;
  const limit = createLimiter();
  const publishAll = (): void => publish(deps, servers);
  const publishNew = atMostOnceIn(deps.schedule.fastPoll, deps, publishAll);
  const startWaiting = createWaiting(deps, options, publishAll);
  for (const plan of plans) {
    if (plan.kind === 'reuse') warnOfRefusals(plan.progress, plan.server, plan.list, inputs, deps);
  }
  const made = plans.filter((plan) => plan.kind !== 'reuse');
  let hasFailed = false;
  /** The step is red by now: another snapshot, and a deletion to make room for it, would serve nobody. */
  const refuseAfterFailure = (progress: ServerProgress): void => {
    if (!hasFailed) return;
    deps.log.event(labelOf(progress.record), 'no snapshot is requested, because another server failed');
    throw new NotStartedError('another server failed');
  };
  const making = settleAll(
    made.map(async (plan) => {
      const { progress } = plan;
      try {
        const id = await limit(async () => {
          refuseAfterFailure(progress);
          if (inputs.stopServer) await stopForSnapshot(progress, deps);
          refuseAfterFailure(progress);
          const rotatedAt = await rotateSlot(plan, deps, options);
          const made = await createSnapshot(progress, startWaiting().deps, {
            text: inputs.description,
            origin: options.origin,
            flags: { isProtected: inputs.isProtected, isUnwaited: !inputs.wait, isUndo: false },
            rotatedAt,
            whenFull: inputs.whenFull,
          });
          publishNew();
          if (!inputs.wait) warnOfRefusalsUnwaited(progress, plan, inputs, deps);
          return made;
        });
        if (inputs.wait) await startWaiting().waiter.wait(waitTargetOf(id, plan, deps, options));
      } catch (error) {
        hasFailed = true;
        throw error;
      } finally {
        // It need not be down while the others are worked on.
        await start(progress);
      }
    }),
  );
  await making.finally(publishAll);
  refuseSameServer(servers);
  if (!inputs.wait) warnOfMissingWait(servers, inputs, deps);
}

/** Outputs hold all servers of a fleet: written for each of them they would grow with its square. */
function atMostOnceIn(ms: number, { clock }: Pick<Deps, 'clock'>, act: () => void): () => void {
  let actedAt = Number.NEGATIVE_INFINITY;
  return () => {
    if (clock.now() - actedAt < ms) return;
    actedAt = clock.now();
    act();
  };
}

/** `wait_timeout` begins with the first create request, after a stop; all servers share it, and one poll. */
function createWaiting(deps: Deps, { inputs }: PlanOptions, onRound: () => void): () => Waiting {
  let waiting: Waiting | null = null;
  return () => {
    if (waiting === null) {
      const budget = within(deps, inputs.waitTimeout);
      const timeout = formatDuration(inputs.waitTimeout);
      waiting = {
        deps: budget,
        waiter: createSnapshotWaiter(budget, {
          timeout,
          timeoutInput: 'wait_timeout',
          firstPatience: 'standing',
          onRound,
        }),
      };
    }
    return waiting;
  };
}

function waitTargetOf(
  id: string,
  { progress, server }: ServerPlan,
  deps: Deps,
  { inputs }: PlanOptions,
): WaitTarget {
  return {
    id,
    key: progress.record.key,
    serverId: progress.record.server,
    label: () => labelOf(progress.record),
    onSeen: (snapshot) => {
      progress.recordSnapshot(snapshot);
      progress.save({
        ...progress.record,
        snapshotId: snapshot.id,
        idIsLossless: snapshot.idIsLossless,
        shown: progress.record.shown || !contradicts(snapshot.server, progress.record.ids),
        createdAt: snapshot.createdAt ?? progress.record.createdAt,
        sizeMb: snapshot.sizeMb,
        serverName: snapshot.server.name ?? progress.record.serverName,
      });
    },
    onDuplicates: (snapshot, duplicates) => reportDuplicates(progress, snapshot, duplicates, deps),
    onCompleted: (_snapshot, list) => {
      progress.save({ ...progress.record, phase: 'completed', completedAt: deps.clock.wall() });
      warnOfRefusals(progress, server, list, inputs, deps);
    },
  };
}

function reportDuplicates(
  progress: ServerProgress,
  snapshot: SnapshotWithId,
  duplicates: readonly Snapshot[],
  { log }: Pick<Deps, 'log'>,
): void {
  progress.save({ ...progress.record, duplicates: duplicates.filter(hasId).map(({ id }) => id) });
  for (const duplicate of duplicates) {
    const fate = isAddressable(duplicate)
      ? 'will be deleted by the post step'
      : 'is kept, because its id cannot be used safely; delete it in the panel of VPS.org';
    log.warning(
      'Two snapshots were made',
      `${labelOf(progress.record)}: the API carried out a request whose answer was lost. Snapshot ${snapshot.id} is used; the second one, ${printId(duplicate.id)}, ${fate}.`,
    );
  }
}
