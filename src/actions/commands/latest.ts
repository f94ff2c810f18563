import { isOfServer, matchServer } from '../../snapshots/server.ts';
import { type SnapshotList } from '../../vps/model.ts';
import { type Deps } from '../common/deps.ts';
import { requireList } from '../common/lists.ts';
import { type SelectionFacts } from '../restoring/selection.ts';
import { learnIds } from '../server/confirmation.ts';

/**
 * What is needed beside one list to find the latest snapshot of each server. A list for all shows servers by the API's
 * ids: one that was typed in another form needs a list of its own, and its ids where that shows other servers alone.
 */
export async function readServersOf(
  list: SnapshotList,
  serverIds: readonly string[],
  deps: Deps,
): Promise<Required<Pick<SelectionFacts, 'ownLists' | 'knownIds'>>> {
  const ownLists = new Map<string, SnapshotList>();
  const knownIds = new Map<string, readonly string[]>();
  for (const serverId of serverIds) {
    if (list.snapshots.some(({ server }) => isOfServer(server, [serverId]))) continue;
    const own = serverIds.length === 1 ? list : await readOwnList(serverId, deps);
    ownLists.set(serverId, own);
    if (matchServer(own.snapshots, [serverId]).unknown)
      knownIds.set(serverId, await learnIds(serverId, deps));
  }
  return { ownLists, knownIds };
}

async function readOwnList(serverId: string, deps: Deps): Promise<SnapshotList> {
  return await requireList(
    (limits) => deps.api.listSnapshots({ serverId }, limits),
    deps,
    'Nothing restored',
    `no restore was requested: the latest snapshot of server ${serverId}`,
    'standing',
  );
}
