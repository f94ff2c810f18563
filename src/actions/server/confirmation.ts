import { idsOf, isOfServer } from '../../snapshots/server.ts';
import { type Snapshot } from '../../vps/model.ts';
import { type Deps } from '../common/deps.ts';
import { readServer } from './reader.ts';

/**
 * Asks the API which server the typed id means, before anything is deleted of a server that was only assumed to
 * be that one. Throws where it is another one, or where nobody can tell.
 */
export async function confirmServer(
  serverId: string,
  snapshots: readonly Snapshot[],
  deps: Pick<Deps, 'api' | 'clock' | 'schedule' | 'until'>,
): Promise<void> {
  const ids = [serverId, ...idsOf(await readServer(serverId, deps)({ until: deps.until }))];
  const mismatch = snapshots.find((snapshot) => !isOfServer(snapshot.server, ids));
  if (mismatch === undefined) return;
  throw new Error(
    `snapshot ${mismatch.id} belongs to server ${mismatch.server.id ?? 'unknown'}, and nothing shows that this is server ${serverId}; write 'server_id' as the API lists it`,
  );
}
