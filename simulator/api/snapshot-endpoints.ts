import { json, refuse, reject, type Answer } from './response.ts';
import { answerList, type PageRequest } from './pagination.ts';
import type { SimServer, SimSnapshot } from './actual-state.ts';
import { isListed, serverId, serverWord, viewRestored, viewSnapshot } from './views.ts';
import type { World } from './state-machine.ts';

const NAME = /^[A-Za-z0-9_-]+$/;

/** `GET /snapshots/` [D]; its order is not promised. */
export function listSnapshots(world: World, request: PageRequest): Answer {
  const wanted = world.switches.server_filter === 'honoured' ? request.query.get('server_id') : null;
  const server = wanted === null ? undefined : world.server(wanted);
  const listed = world.snapshots.filter(
    (snapshot) => isListed(world, snapshot) && (wanted === null || snapshot.serverId === server?.id),
  );
  return answerList(world, request, sort(world, listed), (snapshot) => viewSnapshot(world, snapshot));
}

function sort(world: World, snapshots: readonly SimSnapshot[]): readonly SimSnapshot[] {
  const { order } = world.switches;
  if (order === 'shuffled') {
    return snapshots
      .map((snapshot) => ({ snapshot, place: world.random.next() }))
      .toSorted((one, other) => one.place - other.place)
      .map(({ snapshot }) => snapshot);
  }
  const oldest = snapshots.toSorted((one, other) => one.createdAt - other.createdAt);
  return order === 'oldest' ? oldest : oldest.toReversed();
}

/** `POST /snapshots/` [D]. The two causes of a 400, bad parameters and a full server, have one status. */
export function createSnapshot(
  world: World,
  headers: Readonly<Record<string, string>>,
  body: string,
): Answer {
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  if (!/^application\/json\b/i.test(type)) return refuse(415, `Unsupported media type "${type}" in request.`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return refuse(400, 'JSON parse error - Expecting value: line 1 column 1 (char 0)');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return reject({ non_field_errors: 'Invalid data. Expected a dictionary.' });
  }
  const fields = parsed as Readonly<Record<string, unknown>>;
  const faults = checkFields(world, fields);
  if (Object.keys(faults).length > 0) return reject(faults);

  const server = world.server(String(fields['server_id']));
  if (server === undefined) return refuse(404, 'Server not found.');
  const name = String(fields['name']);
  const refusal = refuseSnapshot(world, server, name);
  if (refusal !== undefined) return refusal;
  const { description } = fields;
  const snapshot = world.beginSnapshot(server, name, typeof description === 'string' ? description : '');
  return json(201, {
    ...viewSnapshot(world, snapshot),
    message: 'Snapshot is being created. This may take 3-10 minutes depending on server size.',
  });
}

function checkFields(world: World, fields: Readonly<Record<string, unknown>>): Record<string, string> {
  const faults: Record<string, string> = {};
  const { server_id: server, name, description } = fields;
  if (server === undefined) faults['server_id'] = 'This field is required.';
  else if (server === null) faults['server_id'] = 'This field may not be null.';
  else if (!(typeof server === 'string' ? server !== '' : Number.isSafeInteger(server))) {
    faults['server_id'] = 'A valid integer is required.';
  }
  const nameFault = checkName(world, name);
  if (nameFault !== undefined) faults['name'] = nameFault;
  if (description !== undefined && typeof description !== 'string') {
    faults['description'] = description === null ? 'This field may not be null.' : 'Not a valid string.';
  } else if (description !== undefined && Array.from(description).length > world.switches.description_limit) {
    faults['description'] = tooLong(world.switches.description_limit);
  }
  return faults;
}

function checkName(world: World, name: unknown): string | undefined {
  if (name === undefined) return 'This field is required.';
  if (name === null) return 'This field may not be null.';
  if (typeof name !== 'string') return 'Not a valid string.';
  if (name === '') return 'This field may not be blank.';
  if (name.length > world.switches.name_limit) return tooLong(world.switches.name_limit);
  return NAME.test(name) ? undefined : 'Name may only contain letters, numbers, hyphens and underscores.';
}

function tooLong(limit: number): string {
  return `Ensure this field has no more than ${limit} characters.`;
}

function refuseSnapshot(world: World, server: SimServer, name: string): Answer | undefined {
  const { switches } = world;
  const own = world.snapshots.filter((snapshot) => snapshot.serverId === server.id && world.exists(snapshot));
  if (world.slots(server) >= switches.limit) {
    return refuse(400, `Snapshot limit reached. Maximum ${switches.limit} snapshots per server.`);
  }
  const scope =
    switches.unique_names === 'account' ? world.snapshots.filter((each) => world.exists(each)) : own;
  if (switches.unique_names !== 'no' && scope.some((snapshot) => snapshot.name === name)) {
    return reject({ name: 'A snapshot with this name already exists.' });
  }
  if (!switches.parallel_snapshots && own.some(({ phase }) => phase === 'in_progress')) {
    return refuse(400, 'Another snapshot of this server is in progress.');
  }
  if (['restoring', 'suspended', 'error'].includes(server.phase)) {
    return refuse(400, 'Server is not in a valid state for a snapshot.');
  }
  return undefined;
}

/** `POST /snapshots/{id}/restore/` [D]: the server stops by itself and is overwritten. */
export function restoreSnapshot(world: World, id: string): Answer {
  const snapshot = world.snapshot(id);
  if (snapshot === undefined) return refuse(404, 'Snapshot not found.');
  const server = world.server(snapshot.serverId);
  if (server === undefined) return refuse(404, 'Server not found.');
  if (snapshot.phase !== 'completed') return refuse(400, 'Snapshot is not completed.');
  if (server.phase !== 'active' && server.phase !== 'stopped') {
    return refuse(400, 'Server is not in a valid state for restoration.');
  }
  world.beginRestore(server, snapshot);
  return json(200, {
    status: 'success',
    message: 'Server is being restored from snapshot. This may take 5-15 minutes.',
    snapshot: viewRestored(world, snapshot),
    server: { id: serverId(world, server), name: server.name, status: serverWord(world, 'restoring') },
  });
}

/** `DELETE /snapshots/{id}/` [D]. Whether a busy one may go is not known [?]. */
export function deleteSnapshot(world: World, id: string): Answer {
  const snapshot = world.snapshot(id);
  if (snapshot === undefined) return refuse(404, 'Snapshot not found.');
  const busy =
    snapshot.phase === 'in_progress' ||
    world.restores.some(({ snapshotId, endedAt }) => snapshotId === snapshot.id && endedAt === null);
  if (busy && world.switches.delete_busy === 'refused') return refuse(400, 'Snapshot is in use.');
  world.deleteSnapshot(snapshot);
  return { status: 204, headers: {}, body: '' };
}
