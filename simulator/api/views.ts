import { showId } from './response.ts';
import type { ServerPhase, SimServer, SimSnapshot } from './actual-state.ts';
import type { World } from './state-machine.ts';

type Fields = Record<string, unknown>;

const EXTRA: Fields = { tags: [], retention: null, region: { code: 'eu', zones: [1, 2] } };
const FUTURE_MS = 86_400_000;

/** A time as the API writes it [D: ISO 8601, Z]. */
function showTime(world: World, at: number): string {
  const { timestamps: form } = world.switches;
  if (form === 'micros') return `${new Date(at).toISOString().slice(0, 23)}000Z`;
  if (form === 'offset') return `${new Date(at + 7_200_000).toISOString().slice(0, 19)}+02:00`;
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

function trim(fields: Fields, missing: readonly string[], empty: readonly string[], extra: boolean): Fields {
  if (extra) Object.assign(fields, EXTRA);
  for (const field of empty) if (field in fields) fields[field] = null;
  for (const field of missing) Reflect.deleteProperty(fields, field);
  return fields;
}

/** The id that the API calls a server by. */
export function serverId(world: World, server: SimServer): unknown {
  return showId(world.switches.server_ids === 'uuid' ? server.uuid : server.id);
}

/** What the API says that a server's status is, which may lag behind the truth. */
export function serverWord(world: World, phase: ServerPhase): string {
  return world.switches[`word_${phase}`];
}

function isRestoringUnseen(world: World, { phase, restore }: SimServer): boolean {
  return (
    phase === 'restoring' &&
    restore !== null &&
    world.now() < restore.begunAt + world.switches.restoring_late * 1000
  );
}

/** The phase that the API shows. */
export function shownPhase(world: World, server: SimServer): ServerPhase {
  return server.restore !== null && isRestoringUnseen(world, server)
    ? server.restore.phaseBefore
    : server.phase;
}

/** A server as its own call and the list show it [D]; `uuid` [C]. */
export function viewServer(world: World, server: SimServer): Fields {
  const { switches } = world;
  const keepsTime = switches.restoring_late_updated_at === 'unchanged' && isRestoringUnseen(world, server);
  const updatedAt = keepsTime && server.restore !== null ? server.restore.updatedAtBefore : server.updatedAt;
  const fields: Fields = {
    id: serverId(world, server),
    uuid: server.uuid,
    name: server.name,
    hostname: `${server.id}.example.com`,
    status: serverWord(world, shownPhase(world, server)),
    ip_address: '203.0.113.10',
    location: server.location,
    plan: 'vps-2',
    os: 'debian-12',
    created_at: showTime(world, server.createdAt),
    updated_at: showTime(world, updatedAt),
  };
  if (switches.server_ids === 'integer') delete fields['uuid'];
  return trim(fields, switches.server_missing, switches.server_null, switches.extra_fields);
}

function snapshotWord(world: World, { phase, createdAt, endsAt }: SimSnapshot): string {
  const { switches } = world;
  if (phase === 'completed') return switches.word_completed;
  if (phase === 'failed') return switches.word_failed;
  const words = switches.word_in_progress;
  const passed = (world.now() - createdAt) / Math.max(1, endsAt - createdAt);
  return words[Math.min(words.length - 1, Math.max(0, Math.floor(passed * words.length)))] ?? 'in_progress';
}

function snapshotTime(world: World, { createdAt }: SimSnapshot): string {
  const { created_at: form } = world.switches;
  if (form === 'unreadable') return 'a moment ago';
  return showTime(world, form === 'future' ? createdAt + FUTURE_MS : createdAt);
}

/** A snapshot as list and create show it [D]. */
export function viewSnapshot(world: World, snapshot: SimSnapshot): Fields {
  const { switches } = world;
  const server = world.server(snapshot.serverId);
  return trim(
    {
      id: showId(snapshot.id),
      server: server === undefined ? null : { id: serverId(world, server), name: server.name },
      name: snapshot.name,
      status: snapshotWord(world, snapshot),
      size_mb: snapshot.phase === 'completed' ? snapshot.sizeMb : null,
      created_at: snapshotTime(world, snapshot),
      description: snapshot.description,
    },
    switches.snapshot_missing,
    switches.snapshot_null,
    switches.extra_fields,
  );
}

/** What the restore call says of the snapshot [D]. */
export function viewRestored(world: World, snapshot: SimSnapshot): Fields {
  return { id: showId(snapshot.id), name: snapshot.name, created_at: snapshotTime(world, snapshot) };
}

/** Whether a list shows this snapshot. */
export function isListed(world: World, snapshot: SimSnapshot): boolean {
  const now = world.now();
  if (snapshot.listedAt > now) return false;
  if (snapshot.deletedAt !== null) return snapshot.deletedAt + world.switches.deleted_late * 1000 > now;
  return world.exists(snapshot);
}
