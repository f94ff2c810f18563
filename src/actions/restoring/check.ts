import { describeError } from '../../github/log.ts';
import { type Refusal, type RestoreCheck, type RestoreFacts } from '../../snapshots/interlocks.ts';
import { idsOf } from '../../snapshots/server.ts';
import { isDenied } from '../../vps/errors.ts';
import { type Server, type SnapshotList } from '../../vps/model.ts';
import { apiTime } from '../common/api-time.ts';
import { type Deps } from '../common/deps.ts';
import { CancelledError } from '../common/errors.ts';
import { mostPagesFor } from '../common/lists.ts';
import { createSharedRead, type SharedRead, type SharedValue } from '../common/shared-read.ts';
import { createShortcut } from '../common/shortcut.ts';
import { createServerReader, type ServerReader, type SharedServerReader } from '../server/reader.ts';
import { settleList } from './complete-list.ts';
import { type CheckedRestore, idsOfTarget, refuseRestore, type RestoreTarget } from './restore.ts';

/** What the checks read with, shared by all servers of a step. */
export interface RestoreReaders {
  readonly servers: SharedServerReader;
  /** Shows the snapshots of the target's server, and perhaps others. */
  readonly lists: (target: RestoreTarget) => SharedRead<SnapshotList>;
  /** Servers whose list was incomplete for so long that nobody waits for a complete one any more. */
  readonly incomplete: Set<string>;
  /** The API's time at the first read: a restore that has to wait does not make its snapshot too old. */
  readonly age: { firstNow: number | null };
}

/** A check with what is not said by its stage. */
export type ReportedCheck = CheckedRestore & Pick<RestoreCheck, 'warnings' | 'undos' | 'isUnwaited'>;

export interface CheckOptions {
  readonly readers: RestoreReaders;
  readonly check: (facts: RestoreFacts) => RestoreCheck;
  readonly maxAge: number | null;
  /** What to do with a server that is being restored by somebody else: refuse, or wait for its end. */
  readonly whenRestoring: 'refuse' | 'wait';
  /** Whether this job has requested a restore of the server before this step did. */
  readonly isRestoredByJob: (target: RestoreTarget) => boolean;
}

/** The readers for all servers of a step, which begin to be shared with the first read. */
export function createRestoreReaders(targets: readonly RestoreTarget[], deps: Deps): RestoreReaders {
  return {
    servers: createServerReader(targets.length > 1 ? 'list' : 'address', deps),
    lists: shareLists(targets, deps),
    incomplete: new Set(),
    age: { firstNow: null },
  };
}

/** Lists for one server, or the account's list for all of them while it shows them. */
function shareLists(
  targets: readonly RestoreTarget[],
  { api, clock, schedule }: Pick<Deps, 'api' | 'clock' | 'schedule'>,
): RestoreReaders['lists'] {
  const mostPages = mostPagesFor(targets.length);
  const account = createShortcut((limits) => api.listSnapshots({ mostPages }, limits), { clock, schedule });
  const singles = new Map<string, SharedRead<SnapshotList>>();
  return (target) => {
    const single =
      singles.get(target.serverId) ??
      createSharedRead((limits) => api.listSnapshots({ serverId: target.serverId }, limits), clock);
    singles.set(target.serverId, single);
    if (targets.length === 1) return single;
    return async (newerThan, limits) => {
      const shared = await account.read(newerThan, limits);
      if (shared?.value.complete === true) return shared;
      const own = await single(newerThan, limits);
      account.noteDetour();
      return own;
    };
  };
}

/**
 * Reads what the interlocks need, at most as old as the schedule allows, and says whether the restore may be
 * requested. Throws {@link CancelledError}; everything else that fails is a refusal.
 */
export async function checkRestore(
  target: RestoreTarget,
  deps: Deps,
  options: CheckOptions,
): Promise<ReportedCheck> {
  const { readers } = options;
  const known = { target, snapshot: null, serverStatus: null, warnings: [], undos: [], isUnwaited: false };
  try {
    const { list, server } = await readBoth(target, deps, readers);
    const before = server?.value ?? null;
    const serverIds = [...target.serverIds, ...(before === null ? [] : idsOf(before))];
    const isForeign = before?.status === 'restoring' && options.whenRestoring === 'wait';
    const isRestoredByJob = options.isRestoredByJob(target);
    const now = apiTime(list.value, deps);
    readers.age.firstNow ??= now;
    const { snapshot, refusals, ...remarks } = options.check({
      snapshotId: target.snapshotId,
      key: target.key,
      serverIds,
      list: list.value,
      serverStatus: isForeign ? null : (before?.status ?? null),
      seenCompleted: target.seenCompleted,
      maxAge: options.maxAge,
      now: readers.age.firstNow,
      isRestoredByJob,
      isRunnersOwn: before?.ipAddress != null && deps.ownAddresses.has(before.ipAddress),
      undoSnapshotId: target.undoSnapshotId,
    });
    const read = { target, snapshot, serverStatus: before?.status ?? null, ...remarks };
    if (refusals.length > 0) {
      const reasons = refusals.map(({ reason }) => reason).join('; ');
      const refused = refuseRestore(read, reasons, {
        isOfServerAlone: refusals.every(({ isOfServerAlone }) => isOfServerAlone),
        byHand: byHandOf(refusals, snapshot === null && list.value.complete),
        isByJob: isRestoredByJob,
      });
      return { ...read, ...refused };
    }
    if (isForeign) return { ...read, stage: 'foreign' };
    const readAt = Math.min(list.readAt, server?.readAt ?? list.readAt);
    return { ...read, stage: 'ready', before, readAt, now };
  } catch (error) {
    if (deps.cancelled.aborted) throw new CancelledError();
    const reason = `the safety checks could not be completed: ${describeError(error)}`;
    return { ...known, ...refuseRestore(known, reason) };
  }
}

/** What a person may do about a refusal. */
function byHandOf(refusals: readonly Refusal[], isAbsent: boolean): 'restore' | 'find' | 'none' {
  if (refusals.some(({ forbidsByHand }) => forbidsByHand === true)) return 'none';
  return isAbsent ? 'find' : 'restore';
}

interface Read {
  readonly list: SharedValue<SnapshotList>;
  readonly server: SharedValue<Server> | null;
}

/** Reads side by side; what a list for other servers has shown of this one meanwhile is newer than its own read. */
async function readBoth(target: RestoreTarget, deps: Deps, readers: RestoreReaders): Promise<Read> {
  const seen: SharedValue<Server>[] = [];
  const stop = readers.servers.listen(idsOfTarget(target), (each) => seen.push(each));
  const { list, server } = await readFresh(target, deps, readers).finally(stop);
  const last = seen.at(-1);
  return {
    list,
    server: last !== undefined && server !== null && last.readAt > server.readAt ? last : server,
  };
}

/** What an outage of the other read has made too old meanwhile is read again. */
async function readFresh(target: RestoreTarget, deps: Deps, readers: RestoreReaders): Promise<Read> {
  const newerThan = (): number => deps.clock.now() - deps.schedule.span('freshness');
  const readList = async (): Promise<Read['list']> => await readSettledList(target, newerThan, deps, readers);
  const readIt = async (): Promise<Read['server']> =>
    await readIfAllowed(target, newerThan(), deps, readers.servers);
  let [list, server] = await Promise.all([readList(), readIt()]);
  // An API that takes that long for every answer shows nothing fresher.
  for (let again = 0; again < MOST_READS_AGAIN; again += 1) {
    if (list.readAt < newerThan()) list = await readList();
    else if (server !== null && server.readAt < newerThan()) server = await readIt();
    else break;
  }
  return { list, server };
}

const MOST_READS_AGAIN = 3;

/** The list; one that is incomplete is read again for a while, once. */
async function readSettledList(
  target: RestoreTarget,
  newerThan: () => number,
  deps: Deps,
  { lists, incomplete }: RestoreReaders,
): Promise<SharedValue<SnapshotList>> {
  let last = Number.NEGATIVE_INFINITY;
  const list = await settleList(
    async () => {
      const read = await lists(target)(Math.max(last, newerThan()), deps);
      last = read.readAt;
      return read;
    },
    ({ value }) => value.complete || incomplete.has(target.serverId),
    deps,
  );
  if (list.value.complete) incomplete.delete(target.serverId);
  else incomplete.add(target.serverId);
  return list;
}

/** The server, or `null` where the token may not read it or the API has no such call. */
async function readIfAllowed(
  target: RestoreTarget,
  newerThan: number,
  deps: Deps,
  servers: ServerReader,
): Promise<SharedValue<Server> | null> {
  try {
    return await servers.read(idsOfTarget(target), newerThan, deps);
  } catch (error) {
    if (isDenied(error)) return null;
    throw error;
  }
}

/** Prints how the checks of one server stand. */
export function reportCheck(checked: ReportedCheck, { log }: Pick<Deps, 'log'>): void {
  const { target, snapshot, serverStatus } = checked;
  const { label } = target;
  for (const warning of checked.warnings)
    log.warning('Newer snapshot on the server', `${label}: ${warning}.`);
  for (const undo of checked.undos) log.notice('Undo snapshot on the server', `${label}: ${undo}.`);
  if (checked.isUnwaited) {
    log.warning(
      'Snapshot was not waited for',
      `${label}: snapshot ${target.snapshotId} was made with wait: false, so it may hold part of the deploy that followed.`,
    );
  }
  const seen = snapshot && `${snapshot.status}, created ${snapshot.createdAt ?? 'at an unknown time'}`;
  const isUnreadable = checked.stage === 'ready' && checked.before === null;
  log.group(`Safety checks for ${label}`, [
    `snapshot ${target.snapshotId}: ${seen ?? 'not listed'}`,
    ...(target.key === null ? [] : [`confirmed complete before the deploy: ${target.seenCompleted ?? 'no'}`]),
    `server: ${serverStatus ?? 'could not be read'}`,
    checked.stage === 'refused'
      ? `REFUSED: ${checked.reason}`
      : isUnreadable
        ? 'all other checks passed'
        : 'all passed',
  ]);
  if (isUnreadable) {
    log.warning(
      'Server cannot be read',
      `${label}: the token may not read the server, or the API has no such call, so a restore cannot be confirmed.`,
    );
  }
}
