import { json, detailError, fieldErrors, htmlNotFound, type ApiResponse } from '../api/response.ts';
import { listResponse, type PageRequest } from './pagination.ts';
import type { ServerPhase, SimServer } from '../api/actual-state.ts';
import { statusWord, visiblePhase, serializeServer } from './serializers.ts';
import type { StateMachine } from '../api/state-machine.ts';

/** `GET /servers/`, with the filters `status` and `location`. */
export function listServers(state: StateMachine, request: PageRequest): ApiResponse {
  const status = request.query.get('status');
  const location = request.query.get('location');
  const listed = state.servers.filter(
    (server) =>
      (status === null || statusWord(state, visiblePhase(state, server)) === status) &&
      (location === null || server.location === location),
  );
  return listResponse(state, request, listed, (server) => serializeServer(state, server));
}

/** `GET /servers/{id}/`, by id or uuid. */
export function getServer(state: StateMachine, reference: string): ApiResponse {
  const server = state.server(reference);
  return server === undefined
    ? detailError(404, 'Server not found.')
    : json(200, serializeServer(state, server));
}

interface Transition {
  readonly from: readonly ServerPhase[];
  readonly via: ServerPhase;
  readonly to: ServerPhase;
}

const POWER_TRANSITIONS: Readonly<Record<string, Transition>> = {
  start: { from: ['stopped'], via: 'starting', to: 'active' },
  stop: { from: ['active'], via: 'stopping', to: 'stopped' },
  restart: { from: ['active'], via: 'restarting', to: 'active' },
  hard_stop: { from: ['active', 'stopping', 'starting', 'restarting'], via: 'stopping', to: 'stopped' },
};

/** `POST /servers/{id}/power/`; what its response holds is not known, see the switch `power_answer`. */
export function powerServer(state: StateMachine, reference: string, body: string): ApiResponse {
  if (state.switches.power === 'absent') return htmlNotFound();
  const server = state.server(reference);
  if (server === undefined) return detailError(404, 'Server not found.');
  const action = readAction(body);
  const transition =
    action !== undefined && Object.hasOwn(POWER_TRANSITIONS, action) ? POWER_TRANSITIONS[action] : undefined;
  if (action === undefined || transition === undefined) {
    return fieldErrors({
      action: action === undefined ? 'This field is required.' : `"${action}" is not a valid choice.`,
    });
  }
  const from = server.phase;
  const changes = transition.from.includes(from);
  const isRepeat = from === transition.to && state.switches.power_repeat === 'accepted';
  state.power.push({ serverId: server.id, action, at: state.now(), from, accepted: changes || isRepeat });
  if (!changes && !isRepeat)
    return detailError(400, `Server cannot ${action.replace('_', ' ')} while it is ${from}.`);
  if (changes) state.startPowerAction(server, transition.via, transition.to);
  return powerResponse(state, server, action);
}

function readAction(body: string): string | undefined {
  try {
    const parsed = JSON.parse(body) as { readonly action?: unknown } | null;
    return typeof parsed?.action === 'string' ? parsed.action : undefined;
  } catch {
    return undefined;
  }
}

function powerResponse(state: StateMachine, server: SimServer, action: string): ApiResponse {
  const { power_answer: form } = state.switches;
  if (form === 'empty') return { status: 204, headers: {}, body: '' };
  if (form === 'server') return json(200, serializeServer(state, server));
  return json(200, { status: 'success', message: `Power action ${action} was accepted.` });
}
