import type {
  ServerPhase,
  ServerSeed,
  SimChange,
  SimRestore,
  SimServer,
  SimSnapshot,
} from './actual-state.ts';
import type { StateMachine } from './state-machine.ts';

const FIRST_HOST = 10;

export function addServer(state: StateMachine, seed: ServerSeed): SimServer {
  const now = state.now();
  const id = String(seed.id);
  const phase = seed.status ?? 'active';
  const updatedAt = now - 3_600_000;
  const server: SimServer = {
    id,
    uuid: seed.uuid ?? state.random.uuid(),
    name: seed.name ?? `server-${id}`,
    location: seed.location ?? 'ams1',
    ipAddress: seed.ip_address ?? `203.0.113.${FIRST_HOST + state.servers.length}`,
    createdAt: now - 90 * 86_400_000,
    updatedAt,
    phase,
    history: [{ phase, at: updatedAt, cause: 'seed' }],
    content: seed.content ?? 'generation-0',
    generation: 0,
    change: null,
    restore: null,
  };
  if (state.server(server.id) !== undefined || state.server(server.uuid) !== undefined) {
    throw new Error(`there is a server ${id} already`);
  }
  state.servers.push(server);
  return server;
}

export interface RestoreOptions {
  readonly by: SimRestore['by'];
  /** How long it takes; as `restore_seconds` says when left out. */
  readonly durationMs?: number;
}

/** A restore that is running on the server is given up. */
export function startRestore(
  state: StateMachine,
  server: SimServer,
  snapshot: SimSnapshot,
  { by, durationMs }: RestoreOptions,
): SimRestore {
  const now = state.now();
  const { after_restore: ending, after_restore_late: late } = state.switches;
  const endsAt = now + (durationMs ?? state.duration('restore_seconds'));
  const endsAs = ending === 'as_before' ? restingPhase(server) : ending;
  const restore: SimRestore = {
    serverId: server.id,
    snapshotId: snapshot.id,
    content: snapshot.content,
    torn: snapshot.torn,
    startedAt: now,
    endsAt,
    endsAs,
    by,
    broken: false,
    endedAt: null,
  };
  if (server.restore !== null) server.restore.endedAt ??= now;
  state.restores.push(restore);
  server.restore = restore;
  const end: SimChange = { at: endsAt + late * 1000, to: endsAs, cause: 'restore', next: null };
  const first = late === 0 ? undefined : OTHER[endsAs];
  server.change =
    first === undefined ? { ...end, at: endsAt } : { at: endsAt, to: first, cause: 'restore', next: end };
  state.setPhase(server, 'restoring', now, 'restore');
  state.scheduleNext();
  return restore;
}

const OTHER: Partial<Record<ServerPhase, ServerPhase>> = { active: 'stopped', stopped: 'active' };

/** The phase that a server had before it was busy. */
function restingPhase({ history }: SimServer): ServerPhase {
  const resting: readonly ServerPhase[] = ['active', 'stopped', 'suspended', 'error'];
  return history.findLast(({ phase }) => resting.includes(phase))?.phase ?? 'active';
}

/** A server is `via` at once, or after `delayMs`, and `to` after the time of a power action. */
export function startPowerAction(
  state: StateMachine,
  server: SimServer,
  { via, to, delayMs }: { readonly via: ServerPhase; readonly to: ServerPhase; readonly delayMs: number },
): void {
  const now = state.now();
  const endsAt = now + delayMs + state.duration('power_seconds');
  const end: SimChange = { at: endsAt, to, cause: 'power', next: null };
  if (delayMs > 0) {
    server.change = { at: now + delayMs, to: via, cause: 'power', next: end };
  } else {
    server.change = end;
    state.setPhase(server, via, now, 'power');
  }
  state.scheduleNext();
}

/** An active server restarts by itself, for instance at the end of a deploy; whether it did. */
export function restart(state: StateMachine, server: SimServer, seconds: number): boolean {
  if (server.phase !== 'active' || server.change !== null) return false;
  const now = state.now();
  server.change = { at: now + seconds * 1000, to: 'active', cause: 'restart', next: null };
  state.setPhase(server, 'restarting', now, 'restart');
  state.scheduleNext();
  return true;
}

/** Changes what is on a server's disk, as a deploy does. */
export function deploy(state: StateMachine, server: SimServer, content?: string): void {
  server.generation += 1;
  state.setContent(server, content ?? `generation-${server.generation}`);
  const { deploy_restarts: seconds } = state.switches;
  if (seconds > 0) restart(state, server, seconds);
}
