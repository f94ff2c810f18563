import { EXTRA_READ_MS } from '../../snapshots/polling/schedule.ts';
import { isDenied, type VpsError } from '../../vps/errors.ts';
import { type Server } from '../../vps/model.ts';
import { type Deps } from '../common/deps.ts';
import { apiFailureOf, FailedError } from '../common/errors.ts';
import { idsShownBy, type ServerProgress } from '../creating/progress.ts';
import { createServerReader, type ServerReader } from '../server/reader.ts';

/** Which server a typed id means: a number and a UUID may be one server, and a list names servers by number only. */

/** All servers of a step are read at its beginning, and one list may serve them all. */
const RECENT_MS = 5_000;

/** What the API says of the server, or why it says nothing. */
export type Identification =
  | { readonly kind: 'identified'; readonly server: Server; readonly answeredAt: number }
  /** The token may not read it, or there is no such server or no such call. */
  | { readonly kind: 'denied'; readonly cause: VpsError }
  | { readonly kind: 'silent'; readonly cause: VpsError };

/** Reads the server and learns its ids and name; that it cannot be read stops nothing. */
export async function identifyServer(
  progress: ServerProgress,
  deps: Deps,
  servers: ServerReader = createServerReader('address', deps),
): Promise<Identification> {
  try {
    const limits = { until: deps.until, patience: 'at_once' } as const;
    const { value: server } = await servers.read(
      [progress.record.server],
      deps.clock.now() - RECENT_MS,
      limits,
    );
    progress.recordIds(server);
    return { kind: 'identified', server, answeredAt: deps.clock.now() };
  } catch (error) {
    const cause = apiFailureOf(error, deps);
    return { kind: isDenied(cause) ? 'denied' : 'silent', cause };
  }
}

/**
 * A server that its own address does not show, by the id that its snapshots name. Good enough to see that it is being
 * restored, and for nothing else: it is the one that was typed only because the list names no other.
 */
export async function findListedServer(
  progress: Pick<ServerProgress, 'record' | 'before'>,
  deps: Deps,
  listed: ServerReader,
): Promise<Server | null> {
  const serverIds = idsShownBy(progress);
  if (serverIds.length === progress.record.ids.length) return null;
  const now = deps.clock.now();
  // The address may have used up all the time there was.
  const limits = { until: Math.max(deps.until, now + EXTRA_READ_MS), patience: 'at_once' } as const;
  try {
    return (await listed.read(serverIds, now - RECENT_MS, limits)).value;
  } catch (error) {
    apiFailureOf(error, deps);
    return null;
  }
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
