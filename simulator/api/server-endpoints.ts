import { json, refuse, reject, unknownAddress, type Answer } from './response.ts';
import { answerList, type PageRequest } from './pagination.ts';
import type { ServerPhase, SimServer } from './actual-state.ts';
import { serverWord, shownPhase, viewServer } from './views.ts';
import type { World } from './state-machine.ts';

/** `GET /servers/` [D], with the filters `status` and `location`. */
export function listServers(world: World, request: PageRequest): Answer {
  const status = request.query.get('status');
  const location = request.query.get('location');
  const listed = world.servers.filter(
    (server) =>
      (status === null || serverWord(world, shownPhase(world, server)) === status) &&
      (location === null || server.location === location),
  );
  return answerList(world, request, listed, (server) => viewServer(world, server));
}

/** `GET /servers/{id}/` [C], by id or uuid. */
export function getServer(world: World, reference: string): Answer {
  const server = world.server(reference);
  return server === undefined ? refuse(404, 'Server not found.') : json(200, viewServer(world, server));
}

interface Way {
  readonly from: readonly ServerPhase[];
  readonly via: ServerPhase;
  readonly to: ServerPhase;
}

const WAYS: Readonly<Record<string, Way>> = {
  start: { from: ['stopped'], via: 'starting', to: 'active' },
  stop: { from: ['active'], via: 'stopping', to: 'stopped' },
  restart: { from: ['active'], via: 'restarting', to: 'active' },
  hard_stop: { from: ['active', 'stopping', 'starting', 'restarting'], via: 'stopping', to: 'stopped' },
};

/** `POST /servers/{id}/power/` [C]; the body of the answer is not known [?]. */
export function powerServer(world: World, reference: string, body: string): Answer {
  if (world.switches.power === 'absent') return unknownAddress();
  const server = world.server(reference);
  if (server === undefined) return refuse(404, 'Server not found.');
  const action = readAction(body);
  const way = action !== undefined && Object.hasOwn(WAYS, action) ? WAYS[action] : undefined;
  if (action === undefined || way === undefined) {
    return reject({
      action: action === undefined ? 'This field is required.' : `"${action}" is not a valid choice.`,
    });
  }
  const from = server.phase;
  const moves = way.from.includes(from);
  const idle = from === way.to && world.switches.power_repeat === 'accepted';
  world.power.push({ serverId: server.id, action, at: world.now(), from, accepted: moves || idle });
  if (!moves && !idle) return refuse(400, `Server cannot ${action.replace('_', ' ')} while it is ${from}.`);
  if (moves) world.beginPower(server, way.via, way.to);
  return answerPower(world, server, action);
}

function readAction(body: string): string | undefined {
  try {
    const parsed = JSON.parse(body) as { readonly action?: unknown } | null;
    return typeof parsed?.action === 'string' ? parsed.action : undefined;
  } catch {
    return undefined;
  }
}

function answerPower(world: World, server: SimServer, action: string): Answer {
  const { power_answer: form } = world.switches;
  if (form === 'empty') return { status: 204, headers: {}, body: '' };
  if (form === 'server') return json(200, viewServer(world, server));
  return json(200, { status: 'success', message: `Power action ${action} was accepted.` });
}
