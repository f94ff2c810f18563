import { type RestoreSelection } from '../../github/inputs/commands.ts';
import { type ListFilter } from '../../vps/api.ts';
import { isOfServer, matchServer } from '../../snapshots/server.ts';
import { type SnapshotList } from '../../vps/model.ts';
import { type Deps } from '../common/deps.ts';
import { requireList } from '../common/lists.ts';
import { type SelectionFacts } from '../restoring/selection.ts';
import { learnIds } from '../server/confirmation.ts';
import { refuseUnlistable } from '../server/unknown-server.ts';

/**
 * What is needed beside one list to find the snapshots of each server. A list for all shows servers by the API's ids:
 * one that was typed in another form needs its ids, and for its latest one a list of its own.
 */
export async function readServersOf(
  list: SnapshotList,
  serverIds: readonly string[],
  { kind }: RestoreSelection,
  deps: Deps,
): Promise<Required<Pick<SelectionFacts, 'ownLists' | 'knownIds'>>> {
  const ownLists = new Map<string, SnapshotList>();
  const knownIds = new Map<string, readonly string[]>();
  for (const serverId of serverIds) {
    if (list.snapshots.some(({ server }) => isOfServer(server, [serverId]))) continue;
    if (kind === 'named') {
      if (serverIds.length > 1) knownIds.set(serverId, await learnIds(serverId, deps));
      continue;
    }
    const own =
      serverIds.length === 1
        ? list
        : await readList({ serverId }, `the latest snapshot of server ${serverId}`, deps);
    ownLists.set(serverId, own);
    if (matchServer(own.snapshots, [serverId]).unknown)
      knownIds.set(serverId, await learnIds(serverId, deps));
  }
  return { ownLists, knownIds };
}

/** A rollback is not given up for one stray answer. */
export async function readList(filter: ListFilter, what: string, deps: Deps): Promise<SnapshotList> {
  const typed = filter.serverId === undefined ? [] : [filter.serverId];
  return await requireList(
    (limits) => deps.api.listSnapshots(filter, limits),
    deps,
    'Nothing restored',
    `no restore was requested: ${what}`,
    'standing',
  ).catch(refuseUnlistable(typed, deps));
}
