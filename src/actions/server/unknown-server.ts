import { idsOf, isOfServer, mayBe } from '../../snapshots/server.ts';
import { VpsError } from '../../vps/errors.ts';
import { type Server, type ServerRef } from '../../vps/model.ts';
import { type Deps } from '../common/deps.ts';
import { apiFailureOf, FailedError } from '../common/errors.ts';
import { nameSome } from '../common/labels.ts';

/**
 * For a typed word that the API shows no server by, and lists no snapshots for: throws a {@link FailedError} that
 * names the server meant, or those that there are. Gives the server where the list shows it after all, `null` where the
 * API does not say which servers there are.
 */
export async function refuseUnknownServer(typed: string, deps: Deps): Promise<Server | null> {
  return refuse(typed, await listServers(deps));
}

/** The same where nobody asked for the servers themselves: a list that may show one by another id proves nothing. */
export async function refuseUnlistedServers(typed: readonly string[], deps: Deps): Promise<void> {
  if (typed.length === 0) return;
  const servers = await listServers(deps);
  for (const each of typed)
    if (servers?.some((server) => mayBe(server, each)) !== true) refuse(each, servers);
}

/** For a list of these servers that was not to be had: an id may be why the API refuses it. */
export function refuseUnlistable(typed: readonly string[], deps: Deps): (failure: unknown) => Promise<never> {
  return async (failure) => {
    const cause = failure instanceof FailedError ? failure.cause : null;
    if (cause instanceof VpsError && (cause.status === 400 || cause.status === 404))
      await refuseUnlistedServers(typed, deps);
    throw failure;
  };
}

function refuse(typed: string, servers: readonly Server[] | null): Server | null {
  const known = servers?.find((server) => isOfServer(server, [typed])) ?? null;
  if (servers === null || known !== null) return known;
  const [id] = servers.filter(({ name }) => name === typed).flatMap(idsOf);
  const hint =
    id === undefined
      ? `The token sees ${describeServers(servers)}.`
      : `That is the name of server ${id}: write server_id: ${id}.`;
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
    apiFailureOf(error, deps);
    return null;
  }
}

function describeServers(servers: readonly ServerRef[]): string {
  if (servers.length === 0) return 'no servers';
  return nameSome(
    servers.map((server) => `${idsOf(server)[0] ?? 'without an id'} (${server.name ?? 'no name'})`),
  );
}
