import { type Limits } from '../../vps/api.ts';
import { type SnapshotList } from '../../vps/model.ts';
import { type Deps } from '../common/deps.ts';
import { joinLists } from '../common/lists.ts';

/** Pages of the account's list that are cheaper than a request for each server. */
const FEW_PAGES = 2;
/** A list of so many pages was not read to its end. */
const MOST_PAGES = 50;

/** Reads what shows the snapshots of these servers; `null` stands for a server that nobody knows. */
export type ListReader = (servers: readonly (string | null)[], limits: Limits) => Promise<SnapshotList>;

/**
 * One list for all servers: the server's own for one, the account's for several, as long as that has few pages; else
 * one for each server.
 */
export function createListReader({ api }: Pick<Deps, 'api'>): ListReader {
  let readsEach = false;
  return async (servers, limits) => {
    const distinct = [...new Set(servers)];
    const known = distinct.filter((id) => id !== null);
    const [only] = known;
    if (only !== undefined && distinct.length === 1)
      return await api.listSnapshots({ serverId: only }, limits);
    const isKnown = known.length === distinct.length;
    if (readsEach && isKnown) {
      const lists: SnapshotList[] = [];
      for (const serverId of known) lists.push(await api.listSnapshots({ serverId }, limits));
      return joinLists(lists);
    }
    const list = await api.listSnapshots({}, limits);
    const isLong = list.pages > FEW_PAGES && list.pages >= distinct.length;
    readsEach = isKnown && (isLong || list.pages >= MOST_PAGES);
    return list;
  };
}
