import { createHeartbeat } from '../../../src/actions/common/heartbeat.ts';
import { joinLists } from '../../../src/actions/common/lists.ts';
import { within } from '../../../src/actions/common/deps.ts';
import { poll } from '../../../src/actions/common/poll.ts';
import { type ServerReader } from '../../../src/actions/server/reader.ts';
import { idForBody } from '../../../src/vps/api.ts';
import { idsOf, matchServer } from '../../../src/snapshots/server.ts';
import { type Server, type Snapshot, type SnapshotList } from '../../../src/vps/model.ts';
import { parseJson, parseSnapshot, SchemaError } from '../../../src/vps/schemas.ts';
import { type Connection, readerOf } from './connection.ts';
import { type Facts, isOk, isRefusal } from '../recording.ts';
import { type Exchange } from '../exchange.ts';
import { follow, isAwaitingSize, startFollowing } from './follow.ts';
import { markerOf, nameOf, type OpenJournal } from './journal.ts';

/** A snapshot of this run. */
export interface Created {
  readonly id: string;
  readonly name: string;
  readonly serverId: string;
}

export interface NewSnapshot {
  readonly serverId?: string;
  /** A name in place of the usual one; it gets the usual one, which has the run in it. */
  readonly name?: (usual: string) => string;
  /** The whole description in place of the marker alone; `null` for none. */
  readonly description?: ((marker: string) => string) | null;
  /** Fields that are left out. */
  readonly without?: readonly string[];
}

/** As in the actions: such an id may have changed on its way, and is used to delete nothing. */
export const LARGE_IDS = 'the API has ids beyond 2^53, which nothing can be deleted by';
const MINUTE = 60_000;
/** The longest that one snapshot is waited for: three times the documented time. */
const SNAPSHOT_MS = 30 * MINUTE;
/** How often the server is read while a snapshot is waited for. */
const SERVER_READ_MS = 30_000;

/** What the parts of a run work with: requests that are written down first, and waits that are recorded. */
export class Session {
  readonly connection: Connection;
  readonly facts: Facts;
  readonly journal: OpenJournal;
  readonly serverId: string;
  readonly reader: ServerReader;
  #count = 0;

  constructor(connection: Connection, facts: Facts, journal: OpenJournal) {
    this.connection = connection;
    this.facts = facts;
    this.journal = journal;
    ({ serverId: this.serverId } = journal.content);
    this.reader = readerOf(connection, facts.readsList);
  }

  get ids(): readonly string[] {
    return [...new Set([this.serverId, ...idsOf(this.facts.server)])];
  }

  /** What the reads from now on are about. */
  watch(name: string): void {
    this.connection.recorder.probe = `watch.${name}`;
  }

  /** Requests a snapshot, which is written down before; null where the API refused it. */
  async create(probe: string, options: NewSnapshot = {}): Promise<Created | null> {
    const { run } = this.journal.content;
    const { serverId = this.serverId, without = [] } = options;
    const usual = nameOf(run, (this.#count += 1));
    const name = options.name?.(usual) ?? usual;
    const { description = (marker) => marker } = options;
    const body: Record<string, unknown> = {
      server_id: idForBody(serverId),
      name,
      ...(description !== null && { description: description(markerOf(run)) }),
    };
    for (const field of without) Reflect.deleteProperty(body, field);
    const note = this.journal.request(name, serverId);
    const answer = await this.connection.ask(probe, { method: 'POST', path: '/snapshots/', body });
    if (!isOk(answer)) {
      if (isRefusal(answer)) note({ state: 'refused' });
      return null;
    }
    const { id, idIsLossless } = readSnapshot(answer);
    if (id === null) return null;
    note({ state: 'created', id });
    if (!idIsLossless) throw new Error(LARGE_IDS);
    return { id, name, serverId };
  }

  /** Deletes a snapshot of this run, as a question; the answer says what became of it. */
  async delete(probe: string, { id }: Created): Promise<Exchange> {
    const answer = await this.connection.ask(probe, { method: 'DELETE', path: `/snapshots/${id}/` });
    if (answer.status === 204) this.journal.noteDeleted(id);
    return answer;
  }

  /** Reads the server. */
  async readServer(): Promise<Server> {
    const { deps } = this.connection;
    const limits = { until: deps.clock.now() + 2 * MINUTE };
    return (await this.reader.read(this.ids, deps.clock.now(), limits)).value;
  }

  /** What the run has made of its server and not deleted, in order. */
  made(): readonly Created[] {
    return this.journal.content.snapshots.flatMap(({ id, name, state, serverId }) =>
      state === 'created' && id !== null && serverId === this.serverId ? [{ id, name, serverId }] : [],
    );
  }

  /** How many snapshots the server has, those included that lists do not show yet. */
  async count(name: string): Promise<number> {
    this.watch(name);
    const listed = await this.list();
    return new Set([...listed, ...this.made()].map(({ id }) => id)).size;
  }

  /** Reads the list of a server; gives its snapshots, whatever else the list shows. */
  async list(serverId = this.serverId): Promise<readonly Snapshot[]> {
    const { deps } = this.connection;
    const list = await deps.api.listSnapshots({ serverId }, { until: deps.clock.now() + 2 * MINUTE });
    return matchServer(list.snapshots, serverId === this.serverId ? this.ids : [serverId]).snapshots;
  }

  /**
   * Follows snapshots until each has ended or is gone, and the server meanwhile; gives those that are completed.
   */
  async waitFor(name: string, snapshots: readonly Created[]): Promise<readonly Snapshot[]> {
    if (snapshots.length === 0) return [];
    this.watch(name);
    const deps = within(this.connection.deps, SNAPSHOT_MS);
    const { clock, schedule } = deps;
    const startedAt = clock.now();
    const heartbeat = createHeartbeat('waiting for snapshots', deps, 'usually 3 to 10 minutes');
    const pending = new Map(snapshots.map(({ id }) => [id, startFollowing(id)]));
    const completed: Snapshot[] = [];
    const servers = [...new Set(snapshots.map(({ serverId }) => serverId))];
    let serverReadAt = Number.NEGATIVE_INFINITY;
    await poll<SnapshotList, true>(deps, {
      read: async (limits) => {
        if (clock.now() - serverReadAt >= SERVER_READ_MS * schedule.scale) {
          serverReadAt = clock.now();
          await this.reader.read(this.ids, serverReadAt, limits);
        }
        const lists: SnapshotList[] = [];
        for (const serverId of servers) lists.push(await deps.api.listSnapshots({ serverId }, limits));
        return joinLists(lists);
      },
      pause: () => {
        const isUncertain = [...pending.values()].some((each) => !each.watch.seen || isAwaitingSize(each));
        return isUncertain ? schedule.fastPoll : schedule.work('snapshot', clock.now() - startedAt);
      },
      beat: () => heartbeat.beat(),
      decide: (list, now) => {
        for (const [id, followed] of pending) {
          const next = follow(followed, list, now, schedule);
          pending.set(id, next);
          heartbeat.set(id, next.snapshot?.status ?? 'not listed');
          if (next.end === 'pending') continue;
          pending.delete(id);
          heartbeat.remove(id);
          if (next.snapshot === null) this.journal.noteDeleted(id);
          if (next.end === 'completed' && next.snapshot !== null) completed.push(next.snapshot);
        }
        return pending.size === 0 ? true : null;
      },
    });
    return completed;
  }
}

/** The snapshot in the answer to its request; without an id where it has none. */
function readSnapshot({ text }: Exchange): Pick<Snapshot, 'id' | 'idIsLossless'> {
  try {
    return parseSnapshot(parseJson(text));
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    return { id: null, idIsLossless: false };
  }
}
