import { detailError, htmlNotFound, json, type ApiResponse } from '../api/response.ts';
import type { StateMachine } from '../api/state-machine.ts';
import { listResponse, type PageRequest } from './pagination.ts';
import { serializeServer, statusWord } from './serializers.ts';
import { viewServer } from './server-view.ts';

/** `GET /servers/`, with the filters `status` and `location`. */
export function listServers(state: StateMachine, request: PageRequest): ApiResponse {
  const denied = denial(state.switches.server_list);
  if (denied !== undefined) return denied;
  const status = request.query.get('status');
  const location = request.query.get('location');
  const listed = state.servers
    .map((server) => ({ server, view: viewServer(state, server) }))
    .filter(
      ({ server, view }) =>
        (status === null || statusWord(state, view.phase) === status) &&
        (location === null || server.location === location),
    );
  return listResponse(state, request, listed, ({ server, view }) => serializeServer(state, server, view));
}

/** `GET /servers/{id}/`, by id or uuid. */
export function getServer(state: StateMachine, reference: string): ApiResponse {
  const denied = denial(state.switches.server_detail);
  if (denied !== undefined) return denied;
  const server = state.server(reference);
  return server === undefined
    ? detailError(404, 'Server not found.')
    : json(200, serializeServer(state, server, viewServer(state, server)));
}

function denial(form: 'present' | 'absent' | 'refused'): ApiResponse | undefined {
  if (form === 'absent') return htmlNotFound();
  return form === 'refused' ? permissionDenied() : undefined;
}

/** How a token is refused that may not make a call. */
export function permissionDenied(): ApiResponse {
  return detailError(403, 'You do not have permission to perform this action.');
}
