import { jsonId } from '../api/response.ts';
import type { ServerPhase, SimServer, SimSnapshot } from '../api/actual-state.ts';
import type { StateMachine } from '../api/state-machine.ts';

type Fields = Record<string, unknown>;

const EXTRA: Fields = { tags: [], retention: null, region: { code: 'eu', zones: [1, 2] } };
const FUTURE_MS = 86_400_000;

/** A time as the API writes it: ISO 8601, with `Z` as documented or in another form. */
function formatTime(state: StateMachine, at: number): string {
  const { timestamps: form } = state.switches;
  if (form === 'micros') return `${new Date(at).toISOString().slice(0, 23)}000Z`;
  if (form === 'offset') return `${new Date(at + 7_200_000).toISOString().slice(0, 19)}+02:00`;
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

function omitFields(
  fields: Fields,
  missing: readonly string[],
  empty: readonly string[],
  extra: boolean,
): Fields {
  if (extra) Object.assign(fields, EXTRA);
  for (const field of empty) if (field in fields) fields[field] = null;
  for (const field of missing) Reflect.deleteProperty(fields, field);
  return fields;
}

/** The id by which the API shows a server. */
export function visibleServerId(state: StateMachine, server: SimServer): unknown {
  return jsonId(state.switches.server_ids === 'uuid' ? server.uuid : server.id);
}

/** The API's word for a phase of a server. */
export function statusWord(state: StateMachine, phase: ServerPhase): string {
  return state.switches[`word_${phase}`];
}

function isRestoreHidden(state: StateMachine, { phase, restore }: SimServer): boolean {
  return (
    phase === 'restoring' &&
    restore !== null &&
    state.now() < restore.startedAt + state.switches.restoring_late * 1000
  );
}

/** The phase that the API shows, which may lag behind the actual one. */
export function visiblePhase(state: StateMachine, server: SimServer): ServerPhase {
  return server.restore !== null && isRestoreHidden(state, server)
    ? server.restore.phaseBefore
    : server.phase;
}

/** A server as its own call and the list show it. */
export function serializeServer(state: StateMachine, server: SimServer): Fields {
  const { switches } = state;
  const keepsTime = switches.restoring_late_updated_at === 'unchanged' && isRestoreHidden(state, server);
  const updatedAt = keepsTime && server.restore !== null ? server.restore.updatedAtBefore : server.updatedAt;
  const fields: Fields = {
    id: visibleServerId(state, server),
    uuid: server.uuid,
    name: server.name,
    hostname: `${server.id}.example.com`,
    status: statusWord(state, visiblePhase(state, server)),
    ip_address: '203.0.113.10',
    location: server.location,
    plan: 'vps-2',
    os: 'debian-12',
    created_at: formatTime(state, server.createdAt),
    updated_at: formatTime(state, updatedAt),
  };
  if (switches.server_ids === 'integer') delete fields['uuid'];
  return omitFields(fields, switches.server_missing, switches.server_null, switches.extra_fields);
}

function snapshotWord(state: StateMachine, { phase, createdAt, endsAt }: SimSnapshot): string {
  const { switches } = state;
  if (phase === 'completed') return switches.word_completed;
  if (phase === 'failed') return switches.word_failed;
  const words = switches.word_in_progress;
  const progress = (state.now() - createdAt) / Math.max(1, endsAt - createdAt);
  return words[Math.min(words.length - 1, Math.max(0, Math.floor(progress * words.length)))] ?? 'in_progress';
}

function snapshotTime(state: StateMachine, { createdAt }: SimSnapshot): string {
  const { created_at: form } = state.switches;
  if (form === 'unreadable') return 'a moment ago';
  return formatTime(state, form === 'future' ? createdAt + FUTURE_MS : createdAt);
}

/** A snapshot as list and create show it. */
export function serializeSnapshot(state: StateMachine, snapshot: SimSnapshot): Fields {
  const { switches } = state;
  const server = state.server(snapshot.serverId);
  return omitFields(
    {
      id: jsonId(snapshot.id),
      server: server === undefined ? null : { id: visibleServerId(state, server), name: server.name },
      name: snapshot.name,
      status: snapshotWord(state, snapshot),
      size_mb: snapshot.phase === 'completed' ? snapshot.sizeMb : null,
      created_at: snapshotTime(state, snapshot),
      description: snapshot.description,
    },
    switches.snapshot_missing,
    switches.snapshot_null,
    switches.extra_fields,
  );
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
