import type { ApiResponse } from '../../../../simulator/api/response.ts';
import {
  DEMO_TOKEN,
  SimulatedApi,
  type SimulatedApiOptions,
} from '../../../../simulator/api/simulated-api.ts';
import type { Switches } from '../../../../simulator/api/switches.ts';
import type { ActualState } from '../../../../simulator/api/actual-state.ts';

export const START = Date.UTC(2026, 0, 15, 12);
export const SERVER = 12345;
export const AUTHORIZED = { authorization: `Bearer ${DEMO_TOKEN}`, 'content-type': 'application/json' };
/** Fixed durations: a snapshot takes 200 s, a restore 400 s, a power action 10 s. */
export const FIXED: Partial<Switches> = {
  snapshot_seconds: [200, 200],
  restore_seconds: [400, 400],
  power_seconds: [10, 10],
};

export type Json = Record<string, unknown>;

/** A simulated API with a clock that a test moves by hand. */
export class TestApi {
  readonly simulated: SimulatedApi;
  #now = START;

  constructor(
    switches: Partial<Switches> = {},
    options: Omit<SimulatedApiOptions, 'clock' | 'switches'> = {},
  ) {
    this.simulated = new SimulatedApi({
      ...options,
      clock: { now: () => this.#now },
      switches: { ...FIXED, ...switches },
    });
  }

  pass(seconds: number): this {
    this.#now += seconds * 1000;
    return this;
  }

  call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = AUTHORIZED,
  ): ApiResponse {
    const text = body === undefined || typeof body === 'string' ? (body ?? '') : JSON.stringify(body);
    return this.simulated.handle({ method, path: `/api/v1${path}`, headers, body: text });
  }

  /** Creates a snapshot, which must be accepted, and gives its id. */
  create(name = 'one', fields: Json = {}): string {
    const { status, body } = this.call('POST', '/snapshots/', { server_id: SERVER, name, ...fields });
    if (status !== 201) throw new Error(body);
    return String((JSON.parse(body) as Json)['id']);
  }

  list(query = ''): Json[] {
    const parsed = JSON.parse(this.call('GET', `/snapshots/${query}`).body) as { results: Json[] };
    return parsed.results;
  }

  server(): Json {
    return JSON.parse(this.call('GET', `/servers/${SERVER}/`).body) as Json;
  }

  state(): ActualState {
    return this.simulated.state();
  }
}

/** What `count` seeded snapshots look like: `old-1` is the oldest, one day between them. */
export function seeds(count: number): { name: string; created_at: number }[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `old-${index + 1}`,
    created_at: START - (count - index) * 86_400_000,
  }));
}
