import { SLOT_LIMIT } from '../../../src/snapshots/slots.ts';
import { within } from '../../../src/actions/common/deps.ts';
import { idsOf, matchServer } from '../../../src/snapshots/server.ts';
import { type Server } from '../../../src/vps/model.ts';
import { type Connection } from './connection.ts';
import { type Facts } from '../recording.ts';
import { LARGE_IDS } from './session.ts';

interface FactsOptions {
  readonly apiUrl: string;
  readonly token: string;
  readonly serverId: string;
  readonly secondServerId: string | null;
}

/** A server, or its snapshots, that cannot be used; the message says why. */
export class UnfitError extends Error {
  override readonly name = 'UnfitError';
}

const MINUTE = 60_000;
/** Free slots that the plays need. */
const FREE_SLOTS = 3;

/** What is known of the server before anything is asked. */
export async function readFacts({ deps, recorder }: Connection, options: FactsOptions): Promise<Facts> {
  recorder.probe = 'facts';
  const limits = { until: deps.clock.now() + 2 * MINUTE, patience: 'twice' as const };
  const { serverId, secondServerId, token } = options;
  const { server, readsList } = await findServer(deps, serverId, limits);
  return {
    token: { hasPrefix: token.startsWith('vps_') },
    server: { id: server?.id ?? serverId, uuid: server?.uuid ?? null, name: server?.name ?? null },
    status: server?.status ?? '',
    secondServerId,
    origin: new URL(options.apiUrl).origin,
    readsList,
    content: null,
  };
}

/** The server by its own address, else from the list; null where the token may read neither. */
export async function findServer(
  deps: Connection['deps'],
  id: string,
  limits: Parameters<Connection['deps']['api']['getServer']>[1],
): Promise<{ readonly server: Server | null; readonly readsList: boolean }> {
  const single = await orNull(deps, () => deps.api.getServer(id, limits));
  if (single !== null) return { server: single, readsList: false };
  const list = await orNull(deps, () => deps.api.listServers(limits));
  return { server: list?.servers.find((each) => idsOf(each).includes(id)) ?? null, readsList: true };
}

/** What the API gives, null where it gives nothing. */
async function orNull<T>({ cancelled }: Connection['deps'], read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (cancelled.aborted) throw error;
    return null;
  }
}

/** Throws where the server is in no state to be lost: not active, or without room for a few snapshots. */
export async function checkServer(
  { deps }: Connection,
  { server, status }: Facts,
  serverId: string,
): Promise<void> {
  if (server.name === null) throw new UnfitError(`the API shows no server ${serverId}`);
  if (status !== 'active') throw new UnfitError(`the server is '${status}': start it first`);
  const list = await deps.api.listSnapshots({ serverId }, within(deps, 2 * MINUTE));
  if (list.snapshots.some(({ idIsLossless }) => !idIsLossless)) throw new UnfitError(LARGE_IDS);
  const { snapshots } = matchServer(list.snapshots, [serverId, ...idsOf(server)]);
  if (snapshots.length > SLOT_LIMIT - FREE_SLOTS)
    throw new UnfitError(
      `the server has ${snapshots.length} snapshots, and ${FREE_SLOTS} of ${SLOT_LIMIT} slots have to be free`,
    );
}
