import type { FaultScript } from '../../simulator/fault-script.ts';
import { DEMO_TOKEN, Machine } from '../../simulator/machine.ts';
import { Random } from '../../simulator/random.ts';
import { createMachineTransport } from '../../simulator/transport.ts';
import { VirtualClock } from '../../simulator/virtual-clock.ts';
import type { Clock } from '../../src/vps/clock.ts';
import type { Transport } from '../../src/vps/transport.ts';
import { createFakeHealth, markerOf, START } from '../integration/harness/test-environment.ts';
import type { Plan } from './plan.ts';
import type { Effect, Exchange, ProcessRecord } from './record.ts';

export const REPOSITORIES = [
  { repositoryId: '7001', repository: 'acme/shop' },
  { repositoryId: '7002', repository: 'acme/blog' },
] as const;

/** Of a millisecond: what a floating-point number holds exactly beside the milliseconds since 1970. */
const PARTS = 1024;

/** The same for every life of a server: what a UUID looks like does not matter. */
function uuidOf(server: number): string {
  return `5f0c9f6e-3a51-4c0b-9d3f-00000000000${server}`;
}

/** What is common to all processes of a life: time, chance, the simulated API, and the record of what it did. */
export class LifeWorld {
  readonly clock = new VirtualClock({ startAt: START });
  /** For processes: in parts of a millisecond, so that two times that are meant to be one are one. */
  readonly wholeClock: Clock;
  readonly random: Random;
  readonly machine: Machine;
  readonly plan: Plan;
  readonly effects: Effect[] = [];
  readonly notes: { at: number; text: string }[] = [];
  #snapshots: number;
  #restores = 0;
  #power = 0;
  #requests = 0;
  #instants = 0;

  constructor(plan: Plan) {
    this.plan = plan;
    this.random = new Random(plan.seed);
    const { clock } = this;
    this.wholeClock = {
      now: () => clock.now(),
      wall: () => clock.wall(),
      sleep: (ms, signal) => clock.sleep(Math.round(ms * PARTS) / PARTS, signal),
    };
    this.machine = new Machine({
      clock: this.clock.world,
      seed: plan.seed,
      switches: plan.switches,
      servers: plan.servers.map(({ id, status }, index) => ({
        id,
        status,
        uuid: uuidOf(index),
        name: `web-${index + 1}`,
      })),
      snapshots: plan.snapshots.map(({ server, by, minutes, status, takesName }, index) => ({
        server_id: plan.servers[server]?.id ?? 'none',
        name: takesName === true ? 'deploy-shop-9000-1' : `old-${index}`,
        description: by === 'nobody' ? 'made by hand' : this.#marker(index, by),
        created_at: START - minutes * 60_000,
        status,
      })),
    });
    this.#snapshots = plan.snapshots.length;
  }

  get now(): number {
    return this.clock.now();
  }

  note(text: string): void {
    this.notes.push({ at: this.now, text });
  }

  serverId(index: number): string {
    return this.plan.servers[index]?.id ?? 'none';
  }

  typedId(index: number, typed: 'id' | 'uuid'): string {
    return typed === 'id' ? this.serverId(index) : uuidOf(index);
  }

  /** The id of a snapshot that was there before. */
  oldId(index: number): string | undefined {
    return this.machine.state().snapshots[index]?.id;
  }

  /** A part of a millisecond that no other request has: two in the very same instant would have no order. */
  #nextInstant(): number {
    this.#instants += 1;
    return (2 * this.#instants) / PARTS;
  }

  /** The way of one process to the API: notes every exchange and what the API did for it. */
  transport(life: Clock, script: FaultScript, by: ProcessRecord, onMoment: OnMoment): Transport {
    const { pageSize } = this.plan;
    const [low, high] = this.plan.latency;
    let current: Exchange | undefined;
    const open = new Map<number, Exchange>();
    const send = createMachineTransport({
      machine: this.machine,
      clock: life,
      world: this.clock,
      faults: script,
      latencyMs: () => this.random.integer(low, high) + this.#nextInstant(),
      onRequest: (record, moment) => {
        if (moment === 'sent') {
          const exchange: Exchange = {
            record,
            order: (this.#requests += 1),
            sentAt: this.now,
            processedAt: Number.POSITIVE_INFINITY,
            endedAt: Number.POSITIVE_INFINITY,
            retryAfter: undefined,
          };
          by.exchanges.push(exchange);
          open.set(record.n, exchange);
          current = exchange;
        }
        const exchange = open.get(record.n);
        if (exchange === undefined) return;
        if (moment === 'processed') {
          exchange.processedAt = this.now;
          if (record.method !== 'GET') this.#noteEffects(record, by, exchange);
        } else if (moment === 'ended') {
          // Kept: a late API may act on it yet.
          exchange.endedAt = this.now;
        }
        onMoment(record.n, moment);
      },
    });
    return async (request) => {
      const answer = send(
        pageSize === undefined ? request : { ...request, url: resize(request.url, pageSize) },
      );
      // `sent` has just been told, in the same turn.
      const exchange = current;
      const response = await answer;
      if (exchange !== undefined) exchange.retryAfter = response.headers['retry-after'];
      return response;
    };
  }

  health(life: Clock, urls: readonly string[]): Transport {
    // The n-th address passes after n minutes from the beginning of the process; a fourth never does.
    const begun = life.now();
    return createFakeHealth(life, (url, at) => {
      const minutes = urls.indexOf(url);
      if (minutes > 2) return 'reset';
      return at - begun >= minutes * 60_000 ? 204 : 503;
    });
  }

  /** A request by a person in the panel, which no fault meets. */
  ask(method: string, path: string, body = ''): number {
    const headers = { authorization: `Bearer ${DEMO_TOKEN}`, 'content-type': 'application/json' };
    const request = { method, path: `/api/v1${path}`, headers, body };
    const { status } = this.machine.handle(request);
    this.#noteEffects(request, null, null);
    return status;
  }

  #noteEffects(
    request: { readonly method: string; readonly path: string },
    by: ProcessRecord | null,
    exchange: Exchange | null,
  ): void {
    const { snapshots, restores, power } = this.machine.state();
    const at = this.now;
    const add = (kind: Effect['kind'], serverId: string, snapshotId: string): void => {
      this.effects.push({ kind, at, by, exchange, serverId, snapshotId });
    };
    for (const { serverId, id } of snapshots.slice(this.#snapshots)) add('create', serverId, id);
    for (const { serverId, snapshotId } of restores.slice(this.#restores))
      add('restore', serverId, snapshotId);
    for (const { serverId, action, accepted } of power.slice(this.#power))
      if (accepted) add('power', serverId, action);
    this.#snapshots = snapshots.length;
    this.#restores = restores.length;
    this.#power = power.length;
    if (request.method !== 'DELETE') return;
    const gone = idInPath(request.path);
    const deleted = snapshots.find(({ id, deletedAt }) => id === gone && deletedAt === this.machine.now());
    if (deleted !== undefined) add('delete', deleted.serverId, deleted.id);
  }

  #marker(index: number, by: 'own' | 'other'): string {
    const key = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
    return markerOf({ ...REPOSITORIES[by === 'own' ? 0 : 1], runId: String(8000 + index), key });
  }
}

export type OnMoment = (request: number, moment: 'sent' | 'processed' | 'ended') => void;

/** The snapshot that a request for one snapshot names. */
export function idInPath(path: string): string | undefined {
  return /^\/api\/v1\/snapshots\/([^/]+)\//.exec(path)?.[1];
}

function resize(url: string, pageSize: number): string {
  return url.replace(/([?&]page_size=)\d+/, `$1${pageSize}`);
}
