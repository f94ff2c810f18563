import { idsOf, isOfServer, printServer } from '../../snapshots/server.ts';
import { type Server, type Snapshot } from '../../vps/model.ts';
import { type Deps } from '../common/deps.ts';
import { apiFailureOf } from '../common/errors.ts';
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
    `snapshot ${printId(mismatch.id)} belongs to server ${printServer(mismatch.server)}, and nothing shows that this is server ${serverId}; write 'server_id' as the API lists it`,
  );
}

/** All ids of a server of which a list shows nothing by the typed one; that alone where the API does not say more. */
export async function learnIds(
  serverId: string,
  deps: Pick<Deps, 'api' | 'cancelled' | 'clock' | 'schedule' | 'until'>,
): Promise<readonly string[]> {
  try {
    const server = await readServer(serverId, deps)({ until: deps.until, patience: 'twice' });
    return [serverId, ...idsOf(server)];
  } catch (error) {
    apiFailureOf(error, deps);
    return [serverId];
  }
}
