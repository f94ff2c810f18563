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

/** A snapshot's id as people read it. */
export function printId(id: string | null): string {
  return id ?? 'without a usable id';
}
