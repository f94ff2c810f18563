import { isOfServer } from '../../snapshots/server.ts';
import { type Limits } from '../../vps/api.ts';
import { isDenied, VpsError } from '../../vps/errors.ts';
import { type Server } from '../../vps/model.ts';
import { causeOf, isRefusal } from '../../vps/client/retry.ts';
import { type Deps } from '../common/deps.ts';
import { createSharedRead, type SharedValue } from '../common/shared-read.ts';
import { createShortcut } from '../common/shortcut.ts';

/** Reads servers: one by its own address, several by one list for all who ask at the same time. */
export interface ServerReader {
  /** The server in an answer to a request that was sent after `newerThan` (monotonic milliseconds). */
  read(serverIds: readonly string[], newerThan: number, limits: Limits): Promise<SharedValue<Server>>;
}

export interface SharedServerReader extends ServerReader {
  /** Tells of this server in every list that is read, whoever asked for it; gives what ends that. */
  listen(serverIds: readonly string[], note: (seen: SharedValue<Server>) => void): () => void;
}

/** Reads one server again and again, each time by a request that was sent after the last one, first after `newerThan`. */
export function followServer(
  reader: ServerReader,
  serverIds: readonly string[],
  newerThan: number,
): (limits: Limits) => Promise<SharedValue<Server>> {
  let last = newerThan;
  return async (limits) => {
    const read = await reader.read(serverIds, last, limits);
    last = read.readAt;
    return read;
  };
}

/** A reader that reports what it has read, for whoever has to know the last word when nothing can be read any more. */
export function noteServers(reader: ServerReader, note: (server: Server) => void): ServerReader {
  return {
    async read(...request) {
      const read = await reader.read(...request);
      note(read.value);
      return read;
    },
  };
}

/** Reads one server again and again, for whoever does not ask when that was. */
export function readServer(
  serverId: string,
  deps: Pick<Deps, 'api' | 'clock' | 'schedule'>,
): (limits: Limits) => Promise<Server> {
  const follow = followServer(createServerReader('address', deps), [serverId], Number.NEGATIVE_INFINITY);
  return async (limits) => (await follow(limits)).value;
}

/**
 * A reader that asks first for the list of servers, which serves several with one request, or for a server's own address.
 * A list that does not show the server is no answer; then it is asked for by its own address. Where that address is
 * refused (a token may see the list and no single server; a proxy may know one address only) it is looked for in the
 * list, which is asked first from then on. A refusal that stood is believed at once when it comes again.
 */
export function createServerReader(
  first: 'address' | 'list',
  { api, clock, schedule }: Pick<Deps, 'api' | 'clock' | 'schedule'>,
): SharedServerReader {
  const listeners = new Set<(servers: readonly Server[], readAt: number) => void>();
  const list = createShortcut(
    async (limits) => {
      const readAt = clock.now();
      const all = await api.listServers(limits);
      for (const listener of listeners) listener(all.servers, readAt);
      return all;
    },
    { clock, schedule },
  );
  const singles = new Map<string, ReturnType<typeof createSharedRead<Server>>>();
  const denied = new Set<string>();
  let prefersList = first === 'list';

  async function fromList(
    serverIds: readonly string[],
    newerThan: number,
    limits: Limits,
  ): Promise<SharedValue<Server> | null> {
    const all = await list.read(newerThan, limits);
    const server = all?.value.servers.find((each) => isOfServer(each, serverIds));
    return all === null || server === undefined ? null : { value: server, readAt: all.readAt };
  }

  async function fromAddress(id: string, newerThan: number, limits: Limits): Promise<SharedValue<Server>> {
    const single = singles.get(id) ?? createSharedRead((each: Limits) => api.getServer(id, each), clock);
    singles.set(id, single);
    const isKnownDenial = denied.has(id) && limits.patience !== 'never';
    return await single(newerThan, isKnownDenial ? { ...limits, patience: 'at_once' } : limits);
  }

  /**
   * By its address after all, but not for ever where the list may be the one to answer. Where the address is closed to the
   * token, the list is asked once more: what it answered just once is no verdict.
   */
  const fromAddressForNow: ServerReader['read'] = async (serverIds, newerThan, limits) => {
    const [id = ''] = serverIds;
    const isEndless = limits.patience === 'never';
    const end = isEndless ? clock.now() + schedule.span('sharedRead') : limits.until;
    try {
      const given = { ...limits, until: Math.min(limits.until, end) };
      return await fromAddress(id, newerThan, given);
    } catch (error) {
      if (limits.patience === 'at_once' || !isDenied(error)) throw error;
      denied.add(id);
      const listed = await fromList(serverIds, newerThan, limits);
      if (listed === null) throw error;
      prefersList = true;
      return listed;
    }
  };

  /** By its address, and where that is refused once, or gives a web page, by the list. */
  const fromEither: ServerReader['read'] = async (serverIds, newerThan, limits) => {
    const [id = ''] = serverIds;
    try {
      return await fromAddress(id, newerThan, { ...limits, patience: 'elsewhere' });
    } catch (error) {
      const cause = error instanceof VpsError ? causeOf(error) : null;
      // A framework gives a page where the API has no such call; one of a firewall passes, and is no answer.
      const isPage = cause === 'html';
      if (cause === null || !(isPage || isRefusal(cause)) || denied.has(id)) throw error;
      const found = await fromList(serverIds, newerThan, limits);
      if (found !== null) {
        prefersList = true;
        return found;
      }
      if (limits.patience === 'at_once' && !isPage) throw error;
      return await fromAddressForNow(serverIds, newerThan, limits);
    }
  };

  return {
    async read(serverIds, newerThan, limits) {
      if (!prefersList) return await fromEither(serverIds, newerThan, limits);
      const listed = await fromList(serverIds, newerThan, limits);
      if (listed !== null) return listed;
      const single = await fromAddressForNow(serverIds, newerThan, limits);
      list.noteDetour();
      return single;
    },
    listen(serverIds, note) {
      const listener = (servers: readonly Server[], readAt: number): void => {
        const server = servers.find((each) => isOfServer(each, serverIds));
        if (server !== undefined) note({ value: server, readAt });
      };
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
