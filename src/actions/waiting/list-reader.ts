import { type Limits } from '../../vps/api.ts';
import { type SnapshotList } from '../../vps/model.ts';
import { type Deps } from '../common/deps.ts';
import { joinLists, mostPagesFor } from '../common/lists.ts';

/** Reads what shows the snapshots of these servers; `null` stands for a server that nobody knows. */
export type ListReader = (servers: readonly (string | null)[], limits: Limits) => Promise<SnapshotList>;

/**
 * One list for all servers: the server's own for one, the account's for several, as long as its pages are no more
 * requests than one for each server; else those.
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
    if (!isKnown) return await api.listSnapshots({}, limits);
    if (!readsEach) {
      const mostPages = mostPagesFor(known.length);
      const list = await api.listSnapshots({ mostPages }, limits);
      readsEach = list.pages > mostPages;
      if (!readsEach || list.complete) return list;
    }
    const lists: SnapshotList[] = [];
    for (const serverId of known) lists.push(await api.listSnapshots({ serverId }, limits));
    return joinLists(lists);
  };
}
