import { isOfServer } from '../../snapshots/server.ts';
import { type Limits } from '../../vps/api.ts';
import { isDenied, isLimited, VpsError } from '../../vps/errors.ts';
import { type Server, type ServerList } from '../../vps/model.ts';
import { type Deps } from '../common/deps.ts';
import { createSharedRead, type SharedValue } from '../common/shared-read.ts';

/** A list that was refused or did not come so often in a row is not asked for again. */
const MOST_FAILURES = 2;

/** Reads servers: one by its own address, several by one list for all who ask at the same time. */
export interface ServerReader {
  /** The server in an answer to a request that was sent after `newerThan` (monotonic milliseconds). */
  read(serverIds: readonly string[], newerThan: number, limits: Limits): Promise<SharedValue<Server>>;
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
  const failures = new Set<VpsError>();

  async function fromList(
    serverIds: readonly string[],
    newerThan: number,
    limits: Limits,
  ): Promise<SharedValue<Server> | null> {
    try {
      const { value, readAt } = await readListInTime(newerThan, limits);
      failures.clear();
      const server = value.servers.find((each) => isOfServer(each, serverIds));
      return server === undefined ? null : { value: server, readAt };
    } catch (error) {
      if (!(error instanceof VpsError) || error.kind === 'cancelled') throw error;
      // One failure reaches all who waited for the list.
      failures.add(error);
      if (failures.size >= MOST_FAILURES) prefersList = false;
      return null;
    }
  }

  async function readListInTime(newerThan: number, limits: Limits): Promise<SharedValue<ServerList>> {
    const until = Math.min(limits.until, clock.now() + schedule.span('sharedRead'));
    try {
      return await readList(newerThan, { ...limits, until });
    } catch (error) {
      // Where requests are limited, one for each server would have to wait all the longer.
      if (isLimited(error)) return await readList(newerThan, limits);
      throw error;
    }
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
