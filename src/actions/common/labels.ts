import { type ServerRecord } from '../../github/state.ts';
import { type ServerRef } from '../../vps/model.ts';

/** A server as people know it: `web-server-01 (12345)`. */
export function labelOf(record: Pick<ServerRecord, 'server' | 'serverName'>): string {
  return record.serverName ? `${record.serverName} (${record.server})` : record.server;
}

/** The server of a snapshot as people know it; `fallback` where the API names none. */
export function labelOfServer(server: ServerRef | undefined, fallback = 'an unknown server'): string {
  return labelOf({ server: server?.id ?? server?.uuid ?? fallback, serverName: server?.name ?? null });
}

/** At most so many of what there is are named in an error. */
const MOST_NAMED = 10;

export function nameSome(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  return names.slice(0, MOST_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** A snapshot's id as people read it. */
export function printId(id: string | null): string {
  return id ?? 'without a usable id';
}
