import { jsonId } from '../api/response.ts';
import type { ServerPhase, SimServer, SimSnapshot } from '../api/actual-state.ts';
import type { StateMachine } from '../api/state-machine.ts';
import type { ServerView } from './server-view.ts';

type Fields = Record<string, unknown>;

const EXTRA: Fields = { tags: [], retention: null, region: { code: 'eu', zones: [1, 2] } };
const FUTURE_MS = 86_400_000;

/** A time as the API writes it: ISO 8601, with `Z` as documented or in another form. */
function formatTime(state: StateMachine, at: number): string {
  const { timestamps: form } = state.switches;
  if (form === 'micros') return `${new Date(at).toISOString().slice(0, 23)}000Z`;
  if (form === 'offset') return `${new Date(at + 7_200_000).toISOString().slice(0, 19)}+02:00`;
  return `${new Date(at).toISOString().slice(0, 19)}${form === 'naive' ? '' : 'Z'}`;
}

function omitFields(fields: Fields, missing: readonly string[], empty: readonly string[]): Fields {
  for (const field of empty) if (field in fields) fields[field] = null;
  for (const field of missing) Reflect.deleteProperty(fields, field);
  return fields;
}

/** Whether the switches of fields apply to this item; the items are in the order in which they were made. */
function isAffected<T>({ switches }: StateMachine, items: readonly T[], item: T): boolean {
  switch (switches.fields_on) {
    case 'all':
      return true;
    case 'oldest':
      return items[0] === item;
    case 'newest':
      return items.at(-1) === item;
    case 'every_other':
      return items.indexOf(item) % 2 === 1;
  }
}

/** The snapshots of a server, as far as lists may show them, in the order of their times. */
function isSnapshotAffected(state: StateMachine, snapshot: SimSnapshot): boolean {
  if (state.switches.fields_on === 'all') return true;
  const shown = state.snapshots.filter(
    (each) => each.serverId === snapshot.serverId && (each === snapshot || state.exists(each)),
  );
  const oldestFirst = shown.toSorted((one, other) => one.createdAt - other.createdAt);
  return isAffected(state, oldestFirst, snapshot);
}

/** The id by which the API shows a server. */
export function visibleServerId(state: StateMachine, server: SimServer): unknown {
  return jsonId(state.switches.server_ids === 'uuid' ? server.uuid : server.id);
}

/** The API's word for a phase of a server. */
export function statusWord(state: StateMachine, phase: ServerPhase): string {
  return state.switches[`word_${phase}`];
}

/** A server as its own call and the list show it. */
export function serializeServer(state: StateMachine, server: SimServer, view: ServerView): Fields {
  const { switches } = state;
  const fields: Fields = {
    id: visibleServerId(state, server),
    uuid: server.uuid,
    name: server.name,
    hostname: `${server.id}.example.com`,
    status: statusWord(state, view.phase),
    ip_address: server.ipAddress,
    location: server.location,
    plan: 'vps-2',
    os: 'debian-12',
    created_at: formatTime(state, server.createdAt),
    updated_at: formatTime(state, view.updatedAt),
  };
  if (switches.server_ids === 'integer') delete fields['uuid'];
  if (switches.extra_fields) Object.assign(fields, EXTRA);
  return isAffected(state, state.servers, server)
    ? omitFields(fields, switches.server_missing, switches.server_null)
    : fields;
}

function snapshotWord(state: StateMachine, { phase, createdAt, endsAt, deletingAt }: SimSnapshot): string {
  const { switches } = state;
  if (deletingAt !== null) return switches.word_deleting;
  if (phase === 'completed') return switches.word_completed;
  if (phase === 'failed') return switches.word_failed;
  const words = switches.word_in_progress;
  const progress = (state.now() - createdAt) / Math.max(1, endsAt - createdAt);
  return words[Math.min(words.length - 1, Math.max(0, Math.floor(progress * words.length)))] ?? 'in_progress';
}

function snapshotTime(state: StateMachine, snapshot: SimSnapshot): string {
  const { created_at: form } = state.switches;
  const { createdAt } = snapshot;
  if (form === 'true' || !isSnapshotAffected(state, snapshot)) return formatTime(state, createdAt);
  return form === 'future' ? formatTime(state, createdAt + FUTURE_MS) : 'a moment ago';
}

function showsSize(state: StateMachine, { phase, endedAt }: SimSnapshot): boolean {
  const ended = phase === 'completed' ? (endedAt ?? 0) : Number.POSITIVE_INFINITY;
  return ended + state.switches.size_late * 1000 <= state.now();
}

/** A snapshot as list and create show it. */
export function serializeSnapshot(state: StateMachine, snapshot: SimSnapshot): Fields {
  const { switches } = state;
  const server = state.server(snapshot.serverId);
  const fields: Fields = {
    id: jsonId(snapshot.id),
    server: server === undefined ? null : { id: visibleServerId(state, server), name: server.name },
    name: snapshot.name,
    status: snapshotWord(state, snapshot),
    size_mb: showsSize(state, snapshot) ? snapshot.sizeMb : null,
    created_at: snapshotTime(state, snapshot),
    description: snapshot.description,
  };
  if (switches.extra_fields) Object.assign(fields, EXTRA);
  return isSnapshotAffected(state, snapshot)
    ? omitFields(fields, switches.snapshot_missing, switches.snapshot_null)
    : fields;
}

/** The snapshot in the response of the restore call. */
export function serializeRestoredSnapshot(state: StateMachine, snapshot: SimSnapshot): Fields {
  return { id: jsonId(snapshot.id), name: snapshot.name, created_at: snapshotTime(state, snapshot) };
}

/** Whether a list shows this snapshot. */
export function isListed(state: StateMachine, snapshot: SimSnapshot): boolean {
  const now = state.now();
  if (snapshot.listedAt > now) return false;
  if (snapshot.deletedAt !== null) return snapshot.deletedAt + state.switches.deleted_late * 1000 > now;
  return state.exists(snapshot);
}
