import type { SimServer, SimSnapshot, SnapshotSeed } from './actual-state.ts';
import type { StateMachine } from './state-machine.ts';

/** A snapshot that existed before. */
export function addSnapshot(state: StateMachine, seed: SnapshotSeed): SimSnapshot {
  const reference = seed.server_id ?? state.servers[0]?.id ?? 'none';
  const server = state.server(String(reference));
  if (server === undefined) throw new Error(`no server ${reference}`);
  const id = seed.id === undefined ? state.newSnapshotId() : String(seed.id);
  if (state.snapshots.some((snapshot) => snapshot.id === id))
    throw new Error(`there is a snapshot ${id} already`);
  const now = state.now();
  const createdAt = seed.created_at === undefined ? now : new Date(seed.created_at).getTime();
  if (Number.isNaN(createdAt)) throw new Error(`created_at "${seed.created_at}" is not a time`);
  const phase = seed.status === 'deleting' ? 'completed' : (seed.status ?? 'completed');
  const usual = state.duration('snapshot_seconds');
  const left = seed.seconds === undefined ? usual : seed.seconds * 1000;
  const snapshot = add(state, {
    id,
    serverId: server.id,
    name: seed.name,
    description: seed.description ?? '',
    createdAt,
    endsAt: phase === 'in_progress' ? now + left : createdAt + usual,
    listedAt: createdAt,
    willFail: phase === 'failed',
    sizeMb: seed.size_mb ?? state.random.integer(2048, 8192),
    content: seed.content ?? server.content,
    serverPhase: server.phase,
    madeBy: 'seed',
    phase,
    endedAt: phase === 'in_progress' ? null : createdAt + usual,
    deletingAt: seed.status === 'deleting' ? now : null,
    deletedAt: null,
    torn: false,
  });
  if (seed.status === 'deleting' && seed.seconds !== undefined) endDeletion(state, snapshot, left);
  return snapshot;
}

function add(state: StateMachine, snapshot: SimSnapshot): SimSnapshot {
  state.snapshots.push(snapshot);
  state.scheduleNext();
  return snapshot;
}

export interface NewSnapshot {
  readonly name: string;
  readonly description: string;
  readonly madeBy: SimSnapshot['madeBy'];
}

/** The characters of a description that are not stored. */
const DROPPED = { all: /(?!)/g, bmp: /[\u{10000}-\u{10FFFF}]/gu, ascii: /[^\0-\x7F]/gu } as const;

export function startSnapshot(
  state: StateMachine,
  server: SimServer,
  { name, description, madeBy }: NewSnapshot,
): SimSnapshot {
  const { switches } = state;
  const now = state.now();
  const failsByChance = state.random.chance(switches.fail_share);
  const failsByCount = switches.fail_next > 0;
  if (failsByCount) switches.fail_next -= 1;
  return add(state, {
    id: state.newSnapshotId(),
    serverId: server.id,
    name,
    description: description
      .replaceAll(DROPPED[switches.description_characters], '')
      .slice(0, switches.description_kept),
    createdAt: now,
    endsAt: now + state.duration('snapshot_seconds'),
    listedAt: now + switches.listed_late * 1000,
    willFail: failsByChance || failsByCount,
    sizeMb: state.random.integer(2048, 8192),
    content: server.content,
    serverPhase: server.phase,
    madeBy,
    phase: 'in_progress',
    endedAt: null,
    deletingAt: null,
    deletedAt: null,
    // While a restore writes, nothing on the disk is whole.
    torn: server.phase === 'restoring',
  });
}

/** Deletes at once, or `delete_seconds` later. */
export function deleteSnapshot(state: StateMachine, snapshot: SimSnapshot): void {
  if (snapshot.deletingAt !== null) return;
  const ms = state.switches.delete_seconds * 1000;
  if (ms === 0) {
    snapshot.deletedAt = state.now();
    state.scheduleNext();
    return;
  }
  snapshot.deletingAt = state.now();
  endDeletion(state, snapshot, ms);
}

function endDeletion(state: StateMachine, snapshot: SimSnapshot, ms: number): void {
  const at = state.now() + ms;
  state.schedule(at, () => {
    snapshot.deletedAt = at;
  });
}
