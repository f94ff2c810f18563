import { isOfServer } from '../../snapshots/server.ts';
import { isDenied, VpsError } from '../../vps/errors.ts';
import { type Server, type ServerRef } from '../../vps/model.ts';
import { type Deps } from '../common/deps.ts';
import { CancelledError, FailedError } from '../common/errors.ts';
import { type ServerProgress } from '../creating/progress.ts';
import { createServerReader, type ServerReader } from '../server/reader.ts';

/** Which server a typed id means: a number and a UUID may be one server, and a list names servers by number only. */

/** All servers of a step are read at its beginning, and one list may serve them all. */
const RECENT_MS = 5_000;

/** What the API says of the server, or why it says nothing. */
export type Met =
  | { readonly kind: 'met'; readonly server: Server }
  /** The token may not read it, or there is no such server or no such call. */
  | { readonly kind: 'denied'; readonly cause: VpsError }
  | { readonly kind: 'silent'; readonly cause: VpsError };

/** Reads the server and learns its ids and name; that it cannot be read stops nothing. */
export async function meetServer(
  progress: ServerProgress,
  deps: Deps,
  servers: ServerReader = createServerReader(1, deps),
): Promise<Met> {
  try {
    const limits = { until: deps.until, patience: 'at_once' } as const;
    const { value: server } = await servers.read(
      [progress.record.server],
      deps.clock.now() - RECENT_MS,
      limits,
    );
    progress.recordIds(server);
    return { kind: 'met', server };
  } catch (cause) {
    if (deps.cancelled.aborted) throw new CancelledError();
    if (!(cause instanceof VpsError)) throw cause;
    return { kind: isDenied(cause) ? 'denied' : 'silent', cause };
  }
}

/** At most so many servers are named in an error. */
const MOST_NAMED = 10;

/**
 * For a typed word that the API knows no server by, and lists no snapshots for: throws a {@link FailedError} that
 * names the server meant, or those that there are. Throws nothing where the API does not say which servers there are.
 */
export async function refuseUnknownServer(progress: ServerProgress, deps: Deps): Promise<void> {
  const typed = progress.record.server;
  const servers = await listServers(deps);
  if (servers === null || servers.some((server) => isOfServer(server, [typed]))) return;
  const named = servers.find(({ name }) => name === typed);
  const hint =
    named === undefined
      ? `The token sees ${describeServers(servers)}.`
      : `That is the name of server ${idOf(named)}: write server_id: ${idOf(named)}.`;
  throw new FailedError(
    'Unknown server',
    `'server_id': VPS.org knows no server ${typed}, so nothing was requested. ${hint}`,
  );
}

async function listServers(deps: Deps): Promise<readonly Server[] | null> {
  try {
    const { servers, complete } = await deps.api.listServers({ until: deps.until, patience: 'at_once' });
    return complete ? servers : null;
  } catch (error) {
    if (deps.cancelled.aborted) throw new CancelledError();
    if (!(error instanceof VpsError)) throw error;
    return null;
  }
}

function describeServers(servers: readonly ServerRef[]): string {
  if (servers.length === 0) return 'no servers';
  const named = servers.slice(0, MOST_NAMED).map((server) => `${idOf(server)} (${server.name ?? 'no name'})`);
  const more = servers.length > MOST_NAMED ? ` and ${servers.length - MOST_NAMED} more` : '';
  return `${named.join(', ')}${more}`;
}

function idOf({ id, uuid }: ServerRef): string {
  return id ?? uuid ?? 'without an id';
}

/** One server typed in two forms, as a number and as a UUID, would get two snapshots and lose two slots. */
export function refuseSameServer(servers: readonly ServerProgress[]): void {
  for (const [index, { record }] of servers.entries()) {
    const same = servers
      .slice(0, index)
      .find((other) => other.record.ids.some((id) => record.ids.includes(id)));
    if (same === undefined) continue;
    const made = [same.record.snapshotId, record.snapshotId].filter((id) => id !== null);
    const state =
      made.length === 0
        ? 'Nothing was requested.'
        : `Made before that was known: ${made.join(' and ')}. Delete one of them.`;
    throw new FailedError(
      'Same server given twice',
      `'server_id': ${same.record.server} and ${record.server} are the same server (${record.serverName ?? 'no name'}); give it once. ${state}`,
    );
  }
}
