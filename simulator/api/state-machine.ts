import type { Random } from './random.ts';
import type { Range, Switches } from './switches.ts';
import type {
  ServerPhase,
  ServerSeed,
  SimPower,
  SimRestore,
  SimServer,
  SimSnapshot,
  SnapshotSeed,
  ActualState,
} from './actual-state.ts';

/** Virtual epoch milliseconds. */
export interface ApiClock {
  now(): number;
}

/** Beyond 2^53, where a number that is read as a double loses its last digits. */
const HUGE_ID = 9_007_199_254_740_993n;
const FIRST_ID = 801n;

/**
 * Servers and snapshots as they really are. Nothing here runs by itself: every change that has come due since
 * the last call is made by {@link StateMachine.advance}, in the order of their times.
 */
export class StateMachine {
  readonly servers: SimServer[] = [];
  readonly snapshots: SimSnapshot[] = [];
  readonly restores: SimRestore[] = [];
  readonly power: SimPower[] = [];
  readonly switches: Switches;
  readonly random: Random;
  readonly #clock: ApiClock;
  #nextDue = Number.POSITIVE_INFINITY;
  #ids = 0n;

  constructor(clock: ApiClock, random: Random, switches: Switches) {
    this.#clock = clock;
    this.random = random;
    this.switches = switches;
  }

  now(): number {
    return this.#clock.now();
  }

  /** Makes every change that is due by now. */
  advance(): void {
    const now = this.now();
    while (this.#nextDue <= now) this.#applyDue(this.#nextDue);
  }

  #applyDue(at: number): void {
    for (const snapshot of this.snapshots) {
      if (snapshot.phase !== 'in_progress' || snapshot.deletedAt !== null || snapshot.endsAt > at) continue;
      snapshot.phase = snapshot.willFail ? 'failed' : 'completed';
      snapshot.endedAt = snapshot.endsAt;
    }
    for (const server of this.servers) {
      if (server.change === null || server.change.at > at) continue;
      const { to } = server.change;
      if (server.phase === 'restoring' && server.restore !== null) {
        server.restore.endedAt = at;
        const isComplete = server.restore.endsAs !== 'error';
        this.#setContent(server, isComplete ? server.restore.content : `part of ${server.restore.content}`);
      }
      this.#setPhase(server, to, at);
      server.change = null;
    }
    this.#scheduleNext();
  }

  #scheduleNext(): void {
    let next = Number.POSITIVE_INFINITY;
    for (const { phase, deletedAt, endsAt } of this.snapshots) {
      if (phase === 'in_progress' && deletedAt === null && endsAt < next) next = endsAt;
    }
    for (const { change } of this.servers) {
      if (change !== null && change.at < next) next = change.at;
    }
    this.#nextDue = next;
  }

  #setPhase(server: SimServer, phase: ServerPhase, at: number): void {
    server.phase = phase;
    server.updatedAt = at;
  }

  #setContent(server: SimServer, content: string): void {
    if (server.content === content) return;
    server.content = content;
    for (const snapshot of this.snapshots) {
      if (snapshot.serverId === server.id && snapshot.phase === 'in_progress') snapshot.torn = true;
    }
  }

  #duration([low, high]: Range): number {
    return this.random.integer(Math.round(low * 1000), Math.round(high * 1000));
  }

  #newId(): string {
    const { snapshot_ids: form } = this.switches;
    const uuid = this.random.uuid();
    if (form === 'uuid') return uuid;
    for (;;) {
      const id = String((form === 'huge' ? HUGE_ID : FIRST_ID) + this.#ids);
      this.#ids += 1n;
      if (this.snapshots.every((snapshot) => snapshot.id !== id)) return id;
    }
  }

  /** The server with this id or uuid. */
  server(reference: string): SimServer | undefined {
    return this.servers.find(({ id, uuid }) => id === reference || uuid === reference);
  }

  /** The snapshot with this id that was not deleted, nor gone because it failed. */
  snapshot(id: string): SimSnapshot | undefined {
    return this.snapshots.find((snapshot) => snapshot.id === id && this.exists(snapshot));
  }

  exists({ deletedAt, phase }: SimSnapshot): boolean {
    return deletedAt === null && (phase !== 'failed' || this.switches.failed_snapshots === 'listed');
  }

  /** How many of a server's slots are taken, as the API counts. */
  slots(server: SimServer): number {
    const freedBefore = this.now() - this.switches.slot_late * 1000;
    return this.snapshots.filter((snapshot) => {
      if (snapshot.serverId !== server.id) return false;
      if (snapshot.deletedAt !== null) return snapshot.deletedAt > freedBefore;
      return this.exists(snapshot) && (snapshot.phase !== 'in_progress' || this.switches.in_progress_counts);
    }).length;
  }

  addServer(seed: ServerSeed): SimServer {
    const now = this.now();
    const id = String(seed.id);
    const server: SimServer = {
      id,
      uuid: seed.uuid ?? this.random.uuid(),
      name: seed.name ?? `server-${id}`,
      location: seed.location ?? 'ams1',
      createdAt: now - 90 * 86_400_000,
      updatedAt: now - 3_600_000,
      phase: seed.status ?? 'active',
      content: seed.content ?? 'generation-0',
      generation: 0,
      change: null,
      restore: null,
    };
    if (this.server(server.id) !== undefined || this.server(server.uuid) !== undefined) {
      throw new Error(`there is a server ${id} already`);
    }
    this.servers.push(server);
    return server;
  }

  addSnapshot(seed: SnapshotSeed): SimSnapshot {
    const reference = seed.server_id ?? this.servers[0]?.id ?? 'none';
    const server = this.server(String(reference));
    if (server === undefined) throw new Error(`no server ${reference}`);
    const id = seed.id === undefined ? this.#newId() : String(seed.id);
    if (this.snapshots.some((snapshot) => snapshot.id === id))
      throw new Error(`there is a snapshot ${id} already`);
    const now = this.now();
    const createdAt = seed.created_at === undefined ? now : new Date(seed.created_at).getTime();
    if (Number.isNaN(createdAt)) throw new Error(`created_at "${seed.created_at}" is not a time`);
    const phase = seed.status ?? 'completed';
    const duration = this.#duration(this.switches.snapshot_seconds);
    return this.#add({
      id,
      serverId: server.id,
      name: seed.name,
      description: seed.description ?? '',
      createdAt,
      endsAt: phase === 'in_progress' ? now + duration : createdAt + duration,
      listedAt: createdAt,
      willFail: phase === 'failed',
      sizeMb: seed.size_mb ?? this.random.integer(2048, 8192),
      content: seed.content ?? server.content,
      serverPhase: server.phase,
      madeBy: 'seed',
      phase,
      endedAt: phase === 'in_progress' ? null : createdAt + duration,
      deletedAt: null,
      torn: false,
    });
  }

  #add(snapshot: SimSnapshot): SimSnapshot {
    this.snapshots.push(snapshot);
    this.#scheduleNext();
    return snapshot;
  }

  startSnapshot(server: SimServer, name: string, description: string): SimSnapshot {
    const now = this.now();
    const failsByChance = this.random.chance(this.switches.fail_share);
    const failsByCount = this.switches.fail_next > 0;
    if (failsByCount) this.switches.fail_next -= 1;
    return this.#add({
      id: this.#newId(),
      serverId: server.id,
      name,
      description: description.slice(0, this.switches.description_kept),
      createdAt: now,
      endsAt: now + this.#duration(this.switches.snapshot_seconds),
      listedAt: now + this.switches.listed_late * 1000,
      willFail: failsByChance || failsByCount,
      sizeMb: this.random.integer(2048, 8192),
      content: server.content,
      serverPhase: server.phase,
      madeBy: 'api',
      phase: 'in_progress',
      endedAt: null,
      deletedAt: null,
      torn: false,
    });
  }

  deleteSnapshot(snapshot: SimSnapshot): void {
    snapshot.deletedAt = this.now();
    this.#scheduleNext();
  }

  startRestore(server: SimServer, snapshot: SimSnapshot): SimRestore {
    const now = this.now();
    const { after_restore: ending } = this.switches;
    const restore: SimRestore = {
      serverId: server.id,
      snapshotId: snapshot.id,
      content: snapshot.content,
      torn: snapshot.torn,
      startedAt: now,
      endsAt: now + this.#duration(this.switches.restore_seconds),
      phaseBefore: server.phase,
      updatedAtBefore: server.updatedAt,
      endsAs: ending === 'as_before' ? server.phase : ending,
      endedAt: null,
    };
    this.restores.push(restore);
    server.restore = restore;
    server.change = { at: restore.endsAt, to: restore.endsAs };
    this.#setPhase(server, 'restoring', now);
    this.#scheduleNext();
    return restore;
  }

  /** A server is `via` at once and `to` after the time of a power action. */
  startPowerAction(server: SimServer, via: ServerPhase, to: ServerPhase): void {
    const now = this.now();
    server.change = { at: now + this.#duration(this.switches.power_seconds), to };
    this.#setPhase(server, via, now);
    this.#scheduleNext();
  }

  /** Changes what is on a server's disk, as a deploy does. */
  deploy(server: SimServer, content?: string): void {
    server.generation += 1;
    this.#setContent(server, content ?? `generation-${server.generation}`);
  }

  /** A copy, for tests to inspect. */
  actualState(): ActualState {
    return {
      now: this.now(),
      servers: this.servers.map((server) => ({
        ...server,
        restore: server.restore && { ...server.restore },
      })),
      snapshots: this.snapshots.map((snapshot) => ({ ...snapshot })),
      restores: this.restores.map((restore) => ({ ...restore })),
      power: this.power.map((power) => ({ ...power })),
    };
  }
}
