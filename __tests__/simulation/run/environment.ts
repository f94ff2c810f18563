import type { FaultScript } from '../../../simulator/faults/fault-script.ts';
import { DEMO_TOKEN, SimulatedApi } from '../../../simulator/api/simulated-api.ts';
import { Random } from '../../../simulator/api/random.ts';
import { createSimulatedTransport } from '../../../simulator/transports/in-process.ts';
import { VirtualClock } from '../../../simulator/clock/virtual-clock.ts';
import type { Clock } from '../../../src/vps/clock.ts';
import type { Transport } from '../../../src/vps/transport.ts';
import { createFakeHealth, markerOf, START } from '../../integration/harness/test-environment.ts';
import type { ExistingSnapshot, Plan } from '../plan/plan.ts';
import type { Effect, Exchange, ProcessRecord, ShownServer } from './record.ts';

export const FORGES = ['github.com', 'git.example.org'] as const;

export const REPOSITORIES = [
  { repositoryId: '7001', repository: 'acme/shop' },
  { repositoryId: '7002', repository: 'acme/blog' },
] as const;

/** Keys of what others make beside what exists before the run. */
const EVENT_KEYS = 5000;

/** Parts of a millisecond, which a floating-point number holds exactly beside the milliseconds since 1970. */
const PARTS = 1024;

/** The UUID of a server; the same in every run, since only its form matters. */
function uuidOf(server: number): string {
  return `5f0c9f6e-3a51-4c0b-9d3f-00000000000${server}`;
}

/** What all processes of a run share: time, random numbers, the simulated API, and the record of what it did. */
export class RunEnvironment {
  readonly clock = new VirtualClock({ startAt: START });
  /** The clock for processes: rounds to parts of a millisecond, so that times that should be equal are equal. */
  readonly processClock: Clock;
  readonly random: Random;
  readonly api: SimulatedApi;
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
    this.processClock = {
      now: () => clock.now(),
      wall: () => clock.wall(),
      sleep: (ms, signal) => clock.sleep(Math.round(ms * PARTS) / PARTS, signal),
    };
    this.api = new SimulatedApi({
      clock: this.clock.apiClock,
      seed: plan.seed,
      switches: plan.switches,
      servers: plan.servers.map(({ id, status }, index) => ({
        id,
        status,
        uuid: uuidOf(index),
        name: `web-${index + 1}`,
      })),
      snapshots: plan.snapshots.map(({ server, owner, ageMinutes, status, takesName, flag }, index) => ({
        server_id: plan.servers[server]?.id ?? 'none',
        name: takesName === true ? 'deploy-shop-9000-1' : `old-${index}`,
        description: this.#description(index, owner, flag),
        created_at: START - ageMinutes * 60_000,
        status,
      })),
      events: (plan.events ?? []).map((event, index) =>
        event.kind === 'snapshot'
          ? { ...event, description: this.#description(EVENT_KEYS + index, event.owner) }
          : event,
      ),
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

  idInForm(index: number, idForm: 'id' | 'uuid'): string {
    return idForm === 'id' ? this.serverId(index) : uuidOf(index);
  }

  /** The id of a snapshot that exists before the run. */
  existingId(index: number): string | undefined {
    return this.api.state().snapshots[index]?.id;
  }

  /** The names of these snapshots, each once; an unknown id stands for itself. */
  namesOf(ids: readonly string[]): string[] {
    const { snapshots } = this.api.state();
    return [...new Set(ids.map((id) => snapshots.find((s) => s.id === id)?.name ?? id))];
  }

  /** A part of a millisecond that no other request has: two requests at the same time would have no order. */
  #nextInstant(): number {
    this.#instants += 1;
    return (2 * this.#instants) / PARTS;
  }

  /** The transport of one process: records every exchange and what the API did. */
  transport(clock: Clock, script: FaultScript, by: ProcessRecord, onMoment: OnMoment): Transport {
    const { pageSize } = this.plan;
    const [low, high] = this.plan.latency;
    let current: Exchange | undefined;
    const open = new Map<number, Exchange>();
    const send = createSimulatedTransport({
      api: this.api,
      clock,
      apiClock: this.clock,
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
            shown: NOTHING_SHOWN,
            word: undefined,
          };
          by.exchanges.push(exchange);
          open.set(record.n, exchange);
          current = exchange;
        }
        const exchange = open.get(record.n);
        if (exchange === undefined) return;
        if (moment === 'processed') {
          exchange.processedAt = this.now;
          if (record.method !== 'GET') this.#recordEffects(record, by, exchange);
        } else if (moment === 'ended') {
          // Stays in `open`: a late API may still process it.
          exchange.endedAt = this.now;
        }
        onMoment(record.n, moment);
      },
    });
    return async (request) => {
      const sent = send(
        pageSize === undefined ? request : { ...request, url: withPageSize(request.url, pageSize) },
      );
      // `onRequest` was called with `sent` in this same turn.
      const exchange = current;
      const response = await sent;
      if (exchange !== undefined) {
        exchange.retryAfter = response.headers['retry-after'];
        this.#recordShown(exchange, response.status, response.body);
      }
      return response;
    };
  }

  health(clock: Clock, urls: readonly string[]): Transport {
    // The n-th address is healthy n minutes after the start of the process; a fourth never is.
    const startedAt = clock.now();
    return createFakeHealth(clock, (url, at) => {
      const minutes = urls.indexOf(url);
      if (minutes > 2) return 'reset';
      return at - startedAt >= minutes * 60_000 ? 204 : 503;
    });
  }

  /** A request by a person in the panel, without faults. */
  panelRequest(method: string, path: string, body = ''): number {
    const headers = { authorization: `Bearer ${DEMO_TOKEN}`, 'content-type': 'application/json' };
    const request = { method, path: `/api/v1${path}`, headers, body };
    const { status } = this.api.handle(request);
    this.#recordEffects(request, null, null);
    return status;
  }

  #recordEffects(
    request: { readonly method: string; readonly path: string },
    by: ProcessRecord | null,
    exchange: Exchange | null,
  ): void {
    const { snapshots, restores, power } = this.api.state();
    const at = this.now;
    const add = (kind: Effect['kind'], serverId: string, snapshotId: string): void => {
      this.effects.push({ kind, at, by, exchange, serverId, snapshotId });
    };
    for (const { serverId, id, madeBy } of snapshots.slice(this.#snapshots))
      if (madeBy === 'api') add('create', serverId, id);
    for (const { serverId, snapshotId, by: who } of restores.slice(this.#restores))
      if (who === 'api') add('restore', serverId, snapshotId);
    for (const { serverId, action, accepted } of power.slice(this.#power))
      if (accepted) add('power', serverId, action);
    this.#snapshots = snapshots.length;
    this.#restores = restores.length;
    this.#power = power.length;
    if (request.method !== 'DELETE') return;
    const deletedId = idInPath(request.path);
    const now = this.api.now();
    const deleted = snapshots.find(
      ({ id, deletedAt, deletingAt }) => id === deletedId && (deletedAt === now || deletingAt === now),
    );
    if (deleted !== undefined) add('delete', deleted.serverId, deleted.id);
  }

  #recordShown(exchange: Exchange, status: number, body: string): void {
    const { method, path } = exchange.record;
    const isChange = method !== 'GET';
    if (status < 200 || status >= 300 || !(isChange || path.startsWith('/api/v1/servers/'))) return;
    const parsed = parseJson(body);
    if (isChange) {
      exchange.word = readWord(parsed, 'status');
      return;
    }
    const typed = /^\/api\/v1\/servers\/([^/?]+)\//.exec(path)?.[1];
    const items = typed !== undefined ? [parsed] : Array.isArray(parsed) ? parsed : itemsOf(parsed);
    const shown = new Map<string, ShownServer>();
    for (const item of items) {
      const ids = typed === undefined ? [readWord(item, 'id'), readWord(item, 'uuid')] : [typed];
      const index = this.plan.servers.findIndex(
        ({ id }, each) => ids.includes(id) || ids.includes(uuidOf(each)),
      );
      const word = readWord(item, 'status');
      if (index === -1 || word === undefined) continue;
      shown.set(this.serverId(index), {
        status: word.trim().toLowerCase(),
        updatedAt: readWord(item, 'updated_at') ?? null,
      });
    }
    exchange.shown = shown;
  }

  #description(index: number, owner: ExistingSnapshot['owner'], flag?: ExistingSnapshot['flag']): string {
    if (owner === 'nobody') return 'made by hand';
    const key = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
    return markerOf({
      ...REPOSITORIES[owner === 'other' ? 1 : 0],
      host: FORGES[owner === 'forge' ? 1 : 0],
      runId: String(8000 + index),
      key,
      isProtected: flag === 'protect',
      isUndo: flag === 'undo',
      isUnwaited: flag === 'wait=false',
    });
  }
}

export type OnMoment = (request: number, moment: 'sent' | 'processed' | 'ended') => void;

/** Milliseconds since the start of the run, for a time of the simulator. */
export function sinceStart(epochMs: number): number {
  return epochMs - START;
}

/** The id in the path of a request about one snapshot. */
export function idInPath(path: string): string | undefined {
  return /^\/api\/v1\/snapshots\/([^/]+)\//.exec(path)?.[1];
}

const NOTHING_SHOWN: ReadonlyMap<string, ShownServer> = new Map();

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function itemsOf(parsed: unknown): readonly unknown[] {
  const results = (parsed as { readonly results?: unknown } | null)?.results;
  return Array.isArray(results) ? results : [];
}

function readWord(item: unknown, field: string): string | undefined {
  const value = typeof item === 'object' && item !== null ? (item as Record<string, unknown>)[field] : null;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function withPageSize(url: string, pageSize: number): string {
  return url.replace(/([?&]page_size=)\d+/, `$1${pageSize}`);
}
