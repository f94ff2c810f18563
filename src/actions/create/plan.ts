import { type RootInputs } from '../../github/inputs/root.ts';
import { formatDuration } from '../../github/format.ts';
import { isOfRun, nameRepository, type Origin } from '../../snapshots/marker.ts';
import { BUDGETS } from '../../snapshots/polling/schedule.ts';
import { findReusable } from '../../snapshots/reuse.ts';
import { matchServer } from '../../snapshots/server.ts';
import { findRunning, planSlot, type Running, SLOT_LIMIT, type SlotPlan } from '../../snapshots/slots.ts';
import { type Server, type Snapshot, type SnapshotList, type SnapshotWithId } from '../../vps/model.ts';
import { apiTime } from '../common/api-time.ts';
import { type Deps } from '../common/deps.ts';
import { FailedError } from '../common/errors.ts';
import { createHeartbeat } from '../common/heartbeat.ts';
import { labelOf, printId } from '../common/labels.ts';
import { requireList } from '../common/lists.ts';
import { type SharedValue } from '../common/shared-read.ts';
import { serverFull } from '../creating/errors.ts';
import { idsShownBy, type ServerProgress } from '../creating/progress.ts';
import { refuseUnknownServer, refuseUnlistable } from '../server/unknown-server.ts';
import { createServerReader, type ServerReader } from '../server/reader.ts';
import { waitForRest } from '../server/rest.ts';
import { findListedServer, identifyServer } from './identity.ts';
import { refuseOwnServer, warnUnread } from './preflight.ts';
import { type PlanReaders } from './readers.ts';
import { confirmReuse, reuse } from './reuse.ts';

/** What the main step will do on one server, and what it has read of it. */
export type ServerPlan = {
  readonly progress: ServerProgress;
  readonly server: Server | null;
  /** The list that it rests on, and when that was read (monotonic). */
  readonly list: SnapshotList;
  readonly readAt: number;
} & (
  | { readonly kind: 'create' }
  | ({ readonly kind: 'rotate'; readonly assumed: boolean } & Omit<
      Extract<SlotPlan, { readonly kind: 'rotate' }>,
      'kind'
    >)
  | { readonly kind: 'reuse'; readonly snapshot: SnapshotWithId }
);

/** A plan that cannot be made before the end of a restore, which this waits for. */
export type LatePlan = () => Promise<ServerPlan>;

export interface PlanOptions {
  readonly inputs: RootInputs;
  readonly origin: Origin;
}

/**
 * Reads the server and its snapshots side by side, and decides; changes nothing but what is saved of a reused
 * snapshot. Throws a FailedError where the server is full, unknown, or the list cannot be about it.
 */
export async function planServer(
  progress: ServerProgress,
  deps: Deps,
  options: PlanOptions,
  readers: PlanReaders,
): Promise<ServerPlan | LatePlan> {
  const [first, list] = await Promise.all([
    identifyServer(progress, deps, readers.servers),
    listSnapshots(progress, deps, readers.list),
  ]);
  // The list may have taken its time, and a restore may have begun meanwhile.
  const isOld =
    first.kind === 'identified' && deps.clock.now() - first.answeredAt > deps.schedule.span('freshness');
  const identified = isOld ? await identifyServer(progress, deps, readers.servers) : first;
  const { snapshots } = list.value;
  const before = matchServer(snapshots, progress.record.ids).snapshots;
  const server = identified.kind === 'identified' ? identified.server : null;
  const seen =
    server ??
    (snapshots.length === 0
      ? await refuseUnknownServer(progress.record.server, deps)
      : await findListedServer({ record: progress.record, before }, deps, readers.listed));
  warnUnread(progress, identified, deps, options.inputs);
  if (server !== null) {
    refuseOwnServer(progress, server, deps, options.inputs);
    recordPower(progress, server);
  }
  if (seen?.status === 'restoring') {
    progress.recordBefore(before);
    // What a restore leaves stopped is started by whoever requested it: it is not how the server was found.
    // What only the list has shown is read from the list.
    const reader = createServerReader(server === null ? 'list' : 'address', deps);
    return async () => await planAfterRestore(progress, deps, options, reader);
  }
  return await decideServer(progress, server, list, deps, options);
}

/** Whether a restore may have begun, or a slot been taken, since it was made. */
export function isStale({ readAt }: ServerPlan, { clock, schedule }: Deps): boolean {
  return clock.now() - readAt > schedule.span('freshness');
}

/** The plan's budget once more: the wait for a restore, which is no part of it, has used it up. */
export function renewBudget(deps: Deps): Deps {
  return { ...deps, until: deps.clock.now() + BUDGETS.beforeChange };
}

/** Plans again on a fresh list. A server that was to be stopped was read for that, and rests. */
export async function planAgain(
  { progress, server }: ServerPlan,
  deps: Deps,
  options: PlanOptions,
): Promise<ServerPlan> {
  const again = { ...options, inputs: { ...options.inputs, onRerun: 'create' as const } };
  if (!options.inputs.stopServer) {
    const identified = await identifyServer(progress, deps);
    if (identified.kind === 'identified' && identified.server.status === 'restoring')
      return await planAfterRestore(progress, deps, again, createServerReader('address', deps));
  }
  return await decideServer(progress, server, await listSnapshots(progress, deps), deps, again);
}

async function planAfterRestore(
  progress: ServerProgress,
  deps: Deps,
  options: PlanOptions,
  reader: ServerReader,
): Promise<ServerPlan> {
  const restored = await waitForRestore(progress, deps, options, reader);
  const budget = renewBudget(deps);
  return await decideServer(progress, restored, await listSnapshots(progress, budget), budget, options);
}

async function listSnapshots(
  { record }: ServerProgress,
  deps: Deps,
  read: PlanReaders['list'] = (serverId, limits) => deps.api.listSnapshots({ serverId }, limits),
): Promise<SharedValue<SnapshotList>> {
  const readAt = deps.clock.now();
  const value = await requireList(
    (limits) => read(record.server, limits),
    deps,
    'No snapshot was made',
    `no snapshot was requested of server ${record.server}`,
  ).catch(refuseUnlistable([record.server], deps));
  return { value, readAt };
}

/** A server that was stopped before the snapshot stays so after a rollback. */
function recordPower(progress: ServerProgress, { status }: Server): void {
  if (status !== 'stopped') return;
  progress.save({
    ...progress.record,
    power: { found: 'stopped', stop: 'none', stopAcceptedAt: null, started: false },
  });
}

/** A deploy onto a server that is being restored would be wiped: its end is waited for, within `wait_timeout`. */
async function waitForRestore(
  progress: ServerProgress,
  deps: Deps,
  { inputs }: PlanOptions,
  reader: ServerReader,
): Promise<Server> {
  const label = labelOf(progress.record);
  deps.log.event(label, 'the server is being restored; waiting for its end');
  const rest = await waitForRest(
    reader,
    { ...deps, until: deps.clock.now() + inputs.waitTimeout },
    {
      serverIds: idsShownBy(progress),
      label,
      newerThan: deps.clock.now() - 1,
      patience: 'never',
      heartbeat: createHeartbeat('waiting for a restore', deps, 'it usually takes 5 to 15 minutes'),
      unknownWords: 'wait',
    },
  );
  if (rest.kind === 'done') return rest.value.server;
  throw new FailedError(
    'Server is being restored',
    `${label}: a restore was still running when wait_timeout (${formatDuration(inputs.waitTimeout)}) ended. A deploy would be overwritten by it, so no snapshot was made. Look at the server in the panel of VPS.org, and run the job again.`,
  );
}

async function decideServer(
  progress: ServerProgress,
  server: Server | null,
  { value: list, readAt }: SharedValue<SnapshotList>,
  deps: Deps,
  { inputs, origin }: PlanOptions,
): Promise<ServerPlan> {
  const { snapshots, assumed } = matchList(progress, list, server, deps);
  const now = apiTime(list, deps);
  warnAboutOthers(progress, findRunning(snapshots, progress.record.key, now), deps, origin);
  if (inputs.onRerun === 'reuse') {
    const found = findReusable({
      snapshots,
      complete: list.complete,
      origin,
      isCallKnown: deps.job.call !== null,
      flags: { isProtected: inputs.isProtected, isUnwaited: !inputs.wait },
      maxAge: inputs.restoreMaxAge,
      now,
    });
    const reusable = found.kind === 'reuse' && assumed ? await confirmReuse(found, progress, deps) : found;
    if (reusable.kind === 'reuse') {
      reuse(progress, reusable, deps, inputs.wait);
      return { kind: 'reuse', progress, server, list, readAt, snapshot: reusable.snapshot };
    }
    deps.log.event(labelOf(progress.record), `no snapshot is reused: ${reusable.reason}`);
  }
  const plan = planSlot({ snapshots, complete: list.complete, whenFull: inputs.whenFull, origin, now });
  if (plan.kind === 'free') return { kind: 'create', progress, server, list, readAt };
  if (plan.kind === 'full') {
    const { whenFull } = inputs;
    throw serverFull(progress, deps, snapshots, `: ${plan.reason}`, { now, whenFull });
  }
  return { ...plan, progress, server, list, readAt, assumed };
}

/** The server's own part of a list. `assumed`: nobody said that these are the server's, see `ServerMatch`. */
function matchList(
  progress: ServerProgress,
  list: SnapshotList,
  server: Server | null,
  deps: Deps,
): { readonly snapshots: readonly Snapshot[]; readonly assumed: boolean } {
  const { record } = progress;
  const match = matchServer(list.snapshots, record.ids);
  if (match.unknown) {
    throw new FailedError(
      'Server not recognized',
      `The list of snapshots for server ${record.server} shows only snapshots of other servers, so it is unknown which slots are used, and nothing was requested. Check 'server_id': write the id as the API does in its list of snapshots (${list.snapshots[0]?.server.id ?? 'unknown'} is one).`,
    );
  }
  if (match.filterIgnored)
    deps.log.debug('the API ignored the server_id filter; snapshots were matched by their server');
  if (!list.complete) deps.log.info(`The list of snapshots for server ${record.server} is incomplete`);
  progress.recordBefore(match.snapshots);
  if (!match.assumed)
    progress.save({ ...progress.record, ids: match.ids, serverName: match.name ?? record.serverName });
  // Of a server that nobody has seen an empty list says nothing.
  const count =
    server === null && match.snapshots.length === 0
      ? 'no snapshots are listed, and the server could not be read'
      : `${match.snapshots.length} of ${SLOT_LIMIT} snapshots before this one`;
  deps.log.event(labelOf(progress.record), count);
  return { snapshots: match.snapshots, assumed: match.assumed };
}

function warnAboutOthers(
  progress: ServerProgress,
  running: readonly Running[],
  deps: Deps,
  origin: Origin,
): void {
  if (running.length === 0) return;
  const label = labelOf(progress.record);
  const makers = running.map(({ snapshot, marker }) => {
    const { runAttempt, runId } = marker;
    const maker = isOfRun(marker, origin) ? `attempt ${runAttempt} of this run` : `run ${runId}`;
    return `${printId(snapshot.id)} of ${maker} (${nameRepository(marker, origin)})`;
  });
  const advice = running.some(({ marker }) => isOfRun(marker, origin))
    ? 'strategy:\n  max-parallel: 1'
    : `concurrency:\n  group: deploy-${progress.record.server}\n  cancel-in-progress: false`;
  deps.log.warning(
    'Another run is using this server',
    `${label}: still in progress: ${makers.join(', ')}. A run that has ended may have left it. Two deploys at a time spoil each other's restore points, so make them wait for each other:`,
    { command: advice },
  );
}
