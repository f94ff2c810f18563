import type { Random } from './random.ts';
import type { Switches } from './switches.ts';
import type {
  ActualState,
  ServerPhase,
  SimChange,
  SimEventRecord,
  SimPower,
  SimRestore,
  SimServer,
  SimSnapshot,
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
  readonly events: SimEventRecord[] = [];
  readonly switches: Switches;
  readonly random: Random;
  readonly #clock: ApiClock;
  /** By time, the next one first. */
  readonly #scheduled: { readonly at: number; readonly run: () => void }[] = [];
  #nextDue = Number.POSITIVE_INFINITY;
  /** The time of the change that is being made, which is past. */
  #changeAt: number | undefined;
  #ids = 0n;

  constructor(clock: ApiClock, random: Random, switches: Switches) {
    this.#clock = clock;
    this.random = random;
    this.switches = switches;
  }

  now(): number {
    return this.#changeAt ?? this.#clock.now();
  }

  /** Makes every change that is due by now. */
  advance(): void {
    const now = this.now();
    while (this.#nextDue <= now) {
      this.#changeAt = this.#nextDue;
      try {
        this.#applyDue(this.#nextDue);
      } finally {
        this.#changeAt = undefined;
      }
    }
  }

  /** Calls back at this time, after the other changes of that time. */
  schedule(at: number, run: () => void): void {
    const index = this.#scheduled.findIndex((other) => other.at > at);
    this.#scheduled.splice(index === -1 ? this.#scheduled.length : index, 0, { at, run });
    this.scheduleNext();
  }

  #applyDue(at: number): void {
    for (const snapshot of this.snapshots) {
      if (snapshot.phase !== 'in_progress' || snapshot.deletedAt !== null || snapshot.endsAt > at) continue;
      snapshot.phase = snapshot.willFail ? 'failed' : 'completed';
      snapshot.endedAt = snapshot.endsAt;
    }
    for (const server of this.servers) {
      const { change } = server;
      if (change === null || change.at > at) continue;
      if (server.phase === 'restoring' && server.restore !== null)
        this.#endRestore(server, server.restore, at);
      this.setPhase(server, change.to, at, change.cause);
      server.change = change.next;
    }
    while (this.#scheduled[0] !== undefined && this.#scheduled[0].at <= at) this.#scheduled.shift()?.run();
    this.scheduleNext();
  }

  #endRestore(server: SimServer, restore: SimRestore, at: number): void {
    restore.endedAt = at;
    const isComplete = restore.endsAs !== 'error' && !restore.broken;
    this.setContent(server, isComplete ? restore.content : `part of ${restore.content}`);
  }

  /** Finds the time of the next change; to be called after each change of what is due. */
  scheduleNext(): void {
    let next = this.#scheduled[0]?.at ?? Number.POSITIVE_INFINITY;
    for (const { phase, deletedAt, endsAt } of this.snapshots) {
      if (phase === 'in_progress' && deletedAt === null && endsAt < next) next = endsAt;
    }
    for (const { change } of this.servers) {
      if (change !== null && change.at < next) next = change.at;
    }
    this.#nextDue = next;
  }

  setPhase(server: SimServer, phase: ServerPhase, at: number, cause: SimChange['cause']): void {
    server.phase = phase;
    server.updatedAt = at;
    server.history.push({ phase, at, cause });
  }

  setContent(server: SimServer, content: string): void {
    if (server.content === content) return;
    server.content = content;
    for (const snapshot of this.snapshots) {
      if (snapshot.serverId === server.id && snapshot.phase === 'in_progress') snapshot.torn = true;
    }
  }

  /** Milliseconds, drawn from a switch in seconds. */
  duration(name: 'snapshot_seconds' | 'restore_seconds' | 'power_seconds'): number {
    const [low, high] = this.switches[name];
    return this.random.integer(Math.round(low * 1000), Math.round(high * 1000));
  }

  newSnapshotId(): string {
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

  /** Whether a snapshot of this server is in progress. */
  isBeingSnapshotted({ id }: SimServer): boolean {
    return this.snapshots.some(
      ({ serverId, phase, deletedAt }) => serverId === id && phase === 'in_progress' && deletedAt === null,
    );
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

  /** A copy, for tests to inspect. */
  actualState(): ActualState {
    return {
      now: this.now(),
      servers: this.servers.map((server) => ({
        ...server,
        history: [...server.history],
        restore: server.restore && { ...server.restore },
      })),
      snapshots: this.snapshots.map((snapshot) => ({ ...snapshot })),
      restores: this.restores.map((restore) => ({ ...restore })),
      power: this.power.map((power) => ({ ...power })),
      events: [...this.events],
    };
  }
}
