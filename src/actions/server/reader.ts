import { isOfServer } from '../../snapshots/server.ts';
import { type Limits } from '../../vps/api.ts';
import { isDenied, VpsError } from '../../vps/errors.ts';
import { type Server } from '../../vps/model.ts';
import { type Deps } from '../common/deps.ts';
import { createSharedRead, type SharedValue } from '../common/shared-read.ts';
import { createShortcut } from '../common/shortcut.ts';

/** Reads servers: one by its own address, several by one list for all who ask at the same time. */
export interface ServerReader {
  /** The server in an answer to a request that was sent after `newerThan` (monotonic milliseconds). */
  read(serverIds: readonly string[], newerThan: number, limits: Limits): Promise<SharedValue<Server>>;
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

/**
 * A reader for `count` servers. A list that does not show the server is no answer; then it is asked for by its own
 * address, and where the API has no such address, by the list. A refusal that stood is believed at once when it comes
 * again.
 */
export function createServerReader(
  count: number,
  { api, clock, schedule }: Pick<Deps, 'api' | 'clock' | 'schedule'>,
): ServerReader {
  const list = createShortcut((limits) => api.listServers(limits), { clock, schedule });
  const singles = new Map<string, ReturnType<typeof createSharedRead<Server>>>();
  const denied = new Set<string>();
  let prefersList = count > 1;

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
    try {
      return await single(newerThan, isKnownDenial ? { ...limits, patience: 'at_once' } : limits);
    } catch (error) {
      const hasStood = limits.patience !== 'at_once';
      if (hasStood && error instanceof VpsError && isDenied(error)) denied.add(id);
      throw error;
    }
  }

  return {
    async read(serverIds, newerThan, limits) {
      const listed = prefersList ? await fromList(serverIds, newerThan, limits) : null;
      if (listed !== null) return listed;
      try {
        const single = await fromAddress(serverIds[0] ?? '', newerThan, limits);
        list.noteDetour();
        return single;
      } catch (error) {
        const isUnknown = error instanceof VpsError && (error.status === 404 || error.status === 405);
        const found = isUnknown && !prefersList ? await fromList(serverIds, newerThan, limits) : null;
        if (found === null) throw error;
        prefersList = true;
        return found;
      }
    },
  };
}
