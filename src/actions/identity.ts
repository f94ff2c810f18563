import { idsOf, isOfServer } from '../snapshots/server.ts';
import { VpsError } from '../vps/errors.ts';
import { type Snapshot } from '../vps/model.ts';
import { type Deps } from './deps.ts';
import { type Track } from './track.ts';

/** Which server a typed id means: a number and a UUID may be one server, and a list names servers by number only [D]. */

/** Learns the server's ids and name; gives why that was not possible, which alone stops nothing. */
export async function meetServer(track: Track, deps: Deps, until: number): Promise<VpsError | null> {
  try {
    track.meet(await deps.api.getServer(track.record.server, until));
    return null;
  } catch (error) {
    if (error instanceof VpsError) return error;
    throw error;
  }
}

/**
 * Asks the API which server the typed id means, before anything is deleted of a server that was only assumed to
 * be that one. Throws where it is another one, or where nobody can tell.
 */
export async function confirmServer(
  serverId: string,
  snapshots: readonly Snapshot[],
  deps: Pick<Deps, 'api'>,
  until: number,
): Promise<void> {
  const ids = [serverId, ...idsOf(await deps.api.getServer(serverId, until))];
  const stranger = snapshots.find((snapshot) => !isOfServer(snapshot.server, ids));
  if (stranger === undefined) return;
  throw new Error(
    `snapshot ${stranger.id} is of server ${stranger.server.id ?? 'unknown'}, and nothing shows that this is server ${serverId}; give 'server_id' in the form in which the API lists it`,
  );
}
