import { idsOf, isOfServer } from '../../snapshots/server.ts';
import { type Server, type Snapshot } from '../../vps/model.ts';
import { type Deps } from '../common/deps.ts';
import { printId } from '../common/labels.ts';
import { readServer } from './reader.ts';

/**
 * Asks the API which server the typed id means, before anything is deleted of a server that was only assumed to
 * be that one, and gives that server. Throws where it is another one, or where nobody can tell.
 */
export async function confirmServer(
  serverId: string,
  snapshots: readonly Snapshot[],
  deps: Pick<Deps, 'api' | 'clock' | 'schedule' | 'until'>,
): Promise<Server> {
  const server = await readServer(serverId, deps)({ until: deps.until });
  const ids = [serverId, ...idsOf(server)];
  const mismatch = snapshots.find((snapshot) => !isOfServer(snapshot.server, ids));
  if (mismatch === undefined) return server;
  throw new Error(
    `snapshot ${printId(mismatch.id)} belongs to server ${mismatch.server.id ?? 'unknown'}, and nothing shows that this is server ${serverId}; write 'server_id' as the API lists it`,
  );
}
