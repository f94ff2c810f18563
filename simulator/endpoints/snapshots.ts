import { json, detailError, fieldErrors, type ApiResponse } from '../api/response.ts';
import { deleteSnapshot, startSnapshot } from '../api/snapshot-changes.ts';
import type { SimServer, SimSnapshot } from '../api/actual-state.ts';
import type { StateMachine } from '../api/state-machine.ts';
import { listResponse, type PageRequest } from './pagination.ts';
import { isListed, serializeSnapshot } from './serializers.ts';

const NAME = /^[A-Za-z0-9_-]+$/;

/** `GET /snapshots/`; the documentation promises no order. */
export function listSnapshots(state: StateMachine, request: PageRequest): ApiResponse {
  const { server_filter: filter, server_filter_unknown: unknown } = state.switches;
  const requested = filter === 'honoured' ? request.query.get('server_id') : null;
  const server = requested === null ? undefined : filteredServer(state, requested);
  if (requested !== null && server === undefined) {
    if (unknown === 'not_found') return detailError(404, 'Server not found.');
    if (unknown === 'refused') return fieldErrors({ server_id: 'Select a valid choice.' });
  }
  const showsAll = requested === null || (server === undefined && unknown === 'ignored');
  const listed = state.snapshots.filter(
    (snapshot) => isListed(state, snapshot) && (showsAll || snapshot.serverId === server?.id),
  );
  return listResponse(state, request, sort(state, listed), (snapshot) => serializeSnapshot(state, snapshot));
}

function filteredServer(state: StateMachine, reference: string): SimServer | undefined {
  const server = state.server(reference);
  const isByUuid = server !== undefined && server.id !== reference;
  return isByUuid && state.switches.server_filter_uuid === 'unknown' ? undefined : server;
}

function sort(state: StateMachine, snapshots: readonly SimSnapshot[]): readonly SimSnapshot[] {
  const { order } = state.switches;
  if (order === 'shuffled') {
    return snapshots
      .map((snapshot) => ({ snapshot, key: state.random.next() }))
      .toSorted((one, other) => one.key - other.key)
      .map(({ snapshot }) => snapshot);
  }
  const oldest = snapshots.toSorted((one, other) => one.createdAt - other.createdAt);
  return order === 'oldest' ? oldest : oldest.toReversed();
}

/** `POST /snapshots/`. Bad parameters and a full server are both a 400. */
export function answerCreate(
  state: StateMachine,
  headers: Readonly<Record<string, string>>,
  body: string,
): ApiResponse {
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  if (!/^application\/json\b/i.test(type))
    return detailError(415, `Unsupported media type "${type}" in request.`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return detailError(400, 'JSON parse error - Expecting value: line 1 column 1 (char 0)');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return fieldErrors({ non_field_errors: 'Invalid data. Expected a dictionary.' });
  }
  const fields = parsed as Readonly<Record<string, unknown>>;
  const errors = checkFields(state, fields);
  if (Object.keys(errors).length > 0) return fieldErrors(errors);

  const server = state.server(String(fields['server_id']));
  if (server === undefined) return detailError(404, 'Server not found.');
  const name = String(fields['name']);
  const refused = checkCreate(state, server, name);
  if (refused !== undefined) return refused;
  const { description } = fields;
  const snapshot = startSnapshot(state, server, {
    name,
    description: typeof description === 'string' ? description : '',
    madeBy: 'api',
  });
  return json(201, {
    ...serializeSnapshot(state, snapshot),
    message: 'Snapshot is being created. This may take 3-10 minutes depending on server size.',
  });
}

function checkFields(state: StateMachine, fields: Readonly<Record<string, unknown>>): Record<string, string> {
  const errors: Record<string, string> = {};
  const { server_id: server, name, description } = fields;
  if (server === undefined) errors['server_id'] = 'This field is required.';
  else if (server === null) errors['server_id'] = 'This field may not be null.';
  else if (!(typeof server === 'string' ? server !== '' : Number.isSafeInteger(server))) {
    errors['server_id'] = 'A valid integer is required.';
  }
  const nameError = checkName(state, name);
  if (nameError !== undefined) errors['name'] = nameError;
  if (description !== undefined && typeof description !== 'string') {
    errors['description'] = description === null ? 'This field may not be null.' : 'Not a valid string.';
  } else if (description !== undefined && Array.from(description).length > state.switches.description_limit) {
    errors['description'] = tooLong(state.switches.description_limit);
  }
  return errors;
}

function checkName(state: StateMachine, name: unknown): string | undefined {
  if (name === undefined) return 'This field is required.';
  if (name === null) return 'This field may not be null.';
  if (typeof name !== 'string') return 'Not a valid string.';
  if (name === '') return 'This field may not be blank.';
  if (name.length > state.switches.name_limit) return tooLong(state.switches.name_limit);
  return NAME.test(name) ? undefined : 'Name may only contain letters, numbers, hyphens and underscores.';
}

function tooLong(limit: number): string {
  return `Ensure this field has no more than ${limit} characters.`;
}

function checkCreate(state: StateMachine, server: SimServer, name: string): ApiResponse | undefined {
  const { switches } = state;
  const own = state.snapshots.filter((snapshot) => snapshot.serverId === server.id && state.exists(snapshot));
  if (state.slots(server) >= switches.limit) {
    return detailError(400, `Snapshot limit reached. Maximum ${switches.limit} snapshots per server.`);
  }
  const scope =
    switches.unique_names === 'account' ? state.snapshots.filter((each) => state.exists(each)) : own;
  if (switches.unique_names !== 'no' && scope.some((snapshot) => snapshot.name === name)) {
    return fieldErrors({ name: 'A snapshot with this name already exists.' }, switches.unique_names_status);
  }
  if (!switches.parallel_snapshots && own.some(({ phase }) => phase === 'in_progress')) {
    return detailError(switches.refusal_status, 'Another snapshot of this server is in progress.');
  }
  if (!switches.snapshot_while.includes(server.phase)) {
    return detailError(switches.refusal_status, 'Server is not in a valid state for a snapshot.');
  }
  return undefined;
}

/** `DELETE /snapshots/{id}/`. Whether a busy one may be deleted is not known: see the switch `delete_busy`. */
export function answerDelete(state: StateMachine, id: string): ApiResponse {
  const { switches } = state;
  const snapshot = state.snapshot(id);
  if (snapshot === undefined) return detailError(404, 'Snapshot not found.');
  const isBusy =
    snapshot.phase === 'in_progress' ||
    state.restores.some(({ snapshotId, endedAt }) => snapshotId === snapshot.id && endedAt === null);
  if (isBusy && switches.delete_busy === 'refused') {
    return detailError(switches.refusal_status, 'Snapshot is in use.');
  }
  deleteSnapshot(state, snapshot);
  const { delete_answer: status } = switches;
  if (status === 204) return { status, headers: {}, body: '' };
  return json(status, { status: 'success', message: 'Snapshot is being deleted.' });
}
