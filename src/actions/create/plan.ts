import { apiTime } from '../common/api-time.ts';
import { type RootInputs } from '../../github/inputs/actions.ts';
import { describeError } from '../../github/log.ts';
import { normalizeOrigin, parseMarker } from '../../snapshots/marker.ts';
import { findReusable } from '../../snapshots/reuse.ts';
import { matchServer } from '../../snapshots/server.ts';
import { findRunning, planSlot, SLOT_LIMIT, type SlotPlan } from '../../snapshots/slots.ts';
import { type Snapshot, type SnapshotList } from '../../vps/model.ts';
import { type Deps } from '../common/deps.ts';
import { FailedError } from '../common/errors.ts';
import { confirmServer } from '../server/confirmation.ts';
import { requireList } from '../common/lists.ts';
import { serverFull } from '../creating/errors.ts';
import { type ServerProgress } from '../creating/progress.ts';
import { labelOf } from '../common/labels.ts';

/** What the main step will do on one server. */
export type ServerPlan =
  | { readonly kind: 'create'; readonly progress: ServerProgress }
  | ({ readonly kind: 'rotate'; readonly progress: ServerProgress; readonly assumed: boolean } & Omit<
      Extract<SlotPlan, { kind: 'rotate' }>,
      'kind'
    >)
  | { readonly kind: 'reuse'; readonly progress: ServerProgress; readonly snapshot: Snapshot };

export type PlanInputs = Pick<RootInputs, 'whenFull' | 'onRerun'>;

/**
 * Lists the server's snapshots and decides; changes nothing but what is saved of a reused snapshot. Throws
 * {@link FailedError} where the server is full or the list cannot be about it.
 */
export async function planServer(
  progress: ServerProgress,
  inputs: PlanInputs,
  deps: Deps,
  until: number,
): Promise<ServerPlan> {
  const { list, snapshots, now, assumed } = await readSlots(progress, deps, until);
  const { origin } = deps.job;
  warnAboutOthers(progress, snapshots, deps);
  if (inputs.onRerun === 'reuse') {
    const reusable = findReusable({ snapshots, complete: list.complete, origin, now });
    const fastPoll =
      'snapshot' in reusable && assumed ? await findMismatch(progress, reusable.snapshot, deps, until) : null;
    if ('snapshot' in reusable && fastPoll === null) return reuse(progress, reusable.snapshot, deps);
    const why = 'snapshot' in reusable ? fastPoll : reusable.why;
    deps.log.event(labelOf(progress.record), `no snapshot is reused: ${why}`);
  }
  const plan = planSlot({ snapshots, complete: list.complete, whenFull: inputs.whenFull, origin, now });
  if (plan.kind === 'free') return { kind: 'create', progress };
  if (plan.kind === 'full') {
    throw serverFull(progress, deps, snapshots, `: ${plan.why}`, {
      now,
      rotates: inputs.whenFull === 'rotate',
    });
  }
  return { ...plan, progress, assumed };
}

interface Slots {
  readonly list: SnapshotList;
  readonly snapshots: readonly Snapshot[];
  readonly now: number;
  /** Nobody said that these are the server's, see `ServerMatch`. */
  readonly assumed: boolean;
}

/** The server's own part of a fresh list. */
async function readSlots(progress: ServerProgress, deps: Deps, until: number): Promise<Slots> {
  const { server } = progress.record;
  const list = await requireList(
    () => deps.api.listSnapshots({ serverId: server }, until),
    'No snapshot was made',
    `The snapshots of server ${server} could not be listed, so none was requested.`,
  );
  const match = matchServer(list.snapshots, progress.record.ids);
  if (match.unknown) {
    throw new FailedError(
      'Server not recognized',
      `The list of snapshots for server ${progress.record.server} shows only snapshots of other servers, so nobody can tell which slots are used, and nothing was requested. Check 'server_id': give the id in the form that the API uses in its list of snapshots (${list.snapshots[0]?.server.id ?? 'unknown'} is one).`,
    );
  }
  if (match.filterIgnored)
    deps.log.debug('the API ignored the server_id filter; snapshots were matched by their server');
  if (!list.complete)
    deps.log.info(`The list of snapshots for server ${progress.record.server} is incomplete`);
  progress.show({ before: match.snapshots });
  if (!match.assumed) progress.save({ ids: match.ids, serverName: match.name });
  deps.log.event(
    labelOf(progress.record),
    `${match.snapshots.length} of ${SLOT_LIMIT} snapshots before this one`,
  );
  return { list, snapshots: match.snapshots, now: apiTime(list, deps), assumed: match.assumed };
}

function warnAboutOthers(progress: ServerProgress, snapshots: readonly Snapshot[], deps: Deps): void {
  const running = findRunning(snapshots, progress.record.key);
  if (running.length === 0) return;
  const { runId } = normalizeOrigin(deps.job.origin);
  const makers = running.map((snapshot) => {
    const marker = parseMarker(snapshot.description);
    const maker =
      marker?.runId === runId ? `attempt ${marker.runAttempt} of this run` : `run ${marker?.runId}`;
    return `${snapshot.id} of ${maker} (${marker?.repository})`;
  });
  deps.log.warning(
    'Another run works on this server',
    `${labelOf(progress.record)}: still in progress: ${makers.join(', ')}. A run that has ended may have left it; two deploys at a time spoil each other's restore points, so let them wait for each other:`,
    `concurrency:\n  group: deploy-${progress.record.server}\n  cancel-in-progress: false`,
  );
}

function reuse(progress: ServerProgress, snapshot: Snapshot, deps: Deps): ServerPlan {
  const marker = parseMarker(snapshot.description);
  progress.show({ snapshot });
  progress.save({
    phase: 'completed',
    snapshotId: snapshot.id,
    shown: true,
    key: marker?.key ?? progress.record.key,
    name: snapshot.name ?? progress.record.name,
    createdAt: snapshot.createdAt,
    sizeMb: snapshot.sizeMb,
    reused: true,
  });
  progress.meet(snapshot.server);
  deps.log.event(
    labelOf(progress.record),
    `reusing snapshot ${snapshot.id}, which attempt ${marker?.runAttempt} of this run made`,
  );
  return { kind: 'reuse', progress, snapshot };
}

/** Why a snapshot may be of another server than the typed one; `null` where the API says that it is not. */
async function findMismatch(
  progress: ServerProgress,
  snapshot: Snapshot,
  deps: Deps,
  until: number,
): Promise<string | null> {
  try {
    await confirmServer(progress.record.server, [snapshot], deps, until);
    return null;
  } catch (error) {
    return describeError(error);
  }
}
