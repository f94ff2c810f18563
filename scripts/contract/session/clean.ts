import { within } from '../../../src/actions/common/deps.ts';
import { createHeartbeat } from '../../../src/actions/common/heartbeat.ts';
import { joinLists } from '../../../src/actions/common/lists.ts';
import { poll } from '../../../src/actions/common/poll.ts';
import { followServer } from '../../../src/actions/server/reader.ts';
import { startServer } from '../../../src/actions/server/start.ts';
import { LOST_ANSWER_READS } from '../../../src/snapshots/polling/schedule.ts';
import { isMomentary, outcomeOf, VpsError } from '../../../src/vps/errors.ts';
import { isAddressable, type SnapshotList } from '../../../src/vps/model.ts';
import { type Connection, readerOf } from './connection.ts';
import { findServer } from './facts.ts';
import { isOfRun, type OpenJournal } from './journal.ts';
import { endRestore } from './restore-end.ts';

const MINUTE = 60_000;
/** A snapshot in progress may have to end before it can be deleted. */
const DELETE_MS = 40 * MINUTE;
/** How long the API may be away before a clean-up is given up. */
const VISIBLE_MS = 10 * MINUTE;
const START_MS = 30 * MINUTE;

/**
 * Brings the server up and deletes every snapshot of a run, whatever state the run was left in; gives what is left,
 * for people. The journal goes with the last of it.
 */
export async function cleanUp(connection: Connection, journal: OpenJournal): Promise<readonly string[]> {
  connection.recorder.probe = 'clean';
  const { serverId } = journal.content;
  const limits = { until: connection.deps.clock.now() + VISIBLE_MS, patience: 'standing' as const };
  const { server } = await findServer(connection.deps, serverId, limits);
  // Lists of another account show nothing of this run either.
  if (server === null)
    return [`the API shows no server ${serverId} to this token, so that nothing was cleaned up`];
  const left: string[] = [];
  for (const part of [bringUp, deleteAll]) {
    try {
      left.push(...(await part(connection, journal)));
    } catch (error) {
      if (connection.deps.cancelled.aborted) throw error;
      left.push(error instanceof Error ? error.message : String(error));
    }
  }
  if (left.length === 0) journal.close();
  return left;
}

/** The server as it was found: active, with no restore under way. */
async function bringUp(connection: Connection, journal: OpenJournal): Promise<readonly string[]> {
  if (journal.content.restore !== 'none') {
    const failure = await endRestore(connection, journal, 'clean');
    if (failure !== null) return [failure];
  }
  if (journal.content.isPowerUncertain) await start(connection, journal);
  return [];
}

/** Starts the server as the actions do, until it is up and will stay so. */
export async function start(
  connection: Connection,
  journal: OpenJournal,
  wasSeenStopped = false,
): Promise<void> {
  const deps = within(connection.deps, START_MS);
  const { serverId: id, readsList } = journal.content;
  const read = followServer(readerOf(connection, readsList), [id], deps.clock.now());
  const stop = { wasSeen: wasSeenStopped, acceptedAt: deps.clock.now() };
  await startServer({ id, label: 'server' }, deps, stop, async (limits) => (await read(limits)).value);
  journal.change({ isPowerUncertain: false });
}

async function deleteAll(connection: Connection, journal: OpenJournal): Promise<readonly string[]> {
  const { deps } = connection;
  const budget = within(deps, DELETE_MS);
  const heartbeat = createHeartbeat('deleting snapshots', deps);
  const refusals = new Map<string, string>();
  let unseen = 0;
  let left: readonly string[] = [];
  const { snapshots } = journal.content;
  if (snapshots.length === 0) return [];
  // A request without an answer may still be carried out, and show later.
  const isUncertain = snapshots.some(({ state }) => state === 'requested');
  const reads = isUncertain ? LOST_ANSWER_READS.slow : 1;
  const result = await poll<SnapshotList, true>(budget, {
    patience: 'never',
    read: async (limits) => await readLists(connection, journal, limits),
    pause: () => (refusals.size > 0 ? deps.schedule.resend : deps.schedule.fastPoll),
    beat: () => heartbeat.beat(),
    decide: async (list) => {
      const found = findLeft(list, journal);
      left = [...found.keys()];
      unseen = left.length === 0 && list.complete ? unseen + 1 : 0;
      if (unseen >= reads) return true;
      for (const [id, isLossless] of found) {
        const refusal = isLossless ? await deleteOne(connection, journal, id) : 'its id has lost digits';
        if (refusal === null) refusals.delete(id);
        else refusals.set(id, refusal);
        heartbeat.set(id, refusal ?? 'deleted');
      }
      return null;
    },
  });
  if (result.kind === 'done') return [];
  return left.map((id) => `snapshot ${id} is still there${reasonFor(refusals.get(id))}`);
}

function reasonFor(refusal: string | undefined): string {
  return refusal === undefined ? '' : `: ${refusal}`;
}

/** The lists of the servers, and the whole one: a server that a request named may not be the one that took it. */
async function readLists(
  { deps }: Connection,
  journal: OpenJournal,
  limits: Parameters<Connection['deps']['api']['listSnapshots']>[1],
): Promise<SnapshotList> {
  const { serverId, secondServerId } = journal.content;
  const lists = [await deps.api.listSnapshots({}, limits)];
  for (const each of [serverId, secondServerId]) {
    if (each !== null) lists.push(await deps.api.listSnapshots({ serverId: each }, limits));
  }
  return joinLists(lists);
}

/** What lists show of the run, and what they do not show yet; whether each id may be used. */
function findLeft(list: SnapshotList, journal: OpenJournal): Map<string, boolean> {
  const { run, snapshots } = journal.content;
  const listed = list.snapshots.filter((each) => isOfRun(each, run));
  const known = snapshots.filter(({ state }) => state === 'created').flatMap(({ id }) => id ?? []);
  return new Map([
    ...known.map((id) => [id, true] as const),
    ...listed.flatMap((each) => (each.id === null ? [] : [[each.id, isAddressable(each)] as const])),
  ]);
}

/** Deletes one snapshot; gives why it was not, null where it was or where lists have to tell. */
async function deleteOne({ deps }: Connection, journal: OpenJournal, id: string): Promise<string | null> {
  try {
    const answer = await deps.api.deleteSnapshot(id, { until: deps.clock.now() + MINUTE, once: true });
    // The API knows it no more; lists that still show it lag behind.
    if (answer !== 'accepted') journal.noteDeleted(id);
    return null;
  } catch (error) {
    if (!(error instanceof VpsError) || deps.cancelled.aborted) throw error;
    return isMomentary(error) || outcomeOf(error) === 'unclear' ? error.message : `refused: ${error.message}`;
  }
}
