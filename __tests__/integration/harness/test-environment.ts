import type { CompletionProofs } from '../../../src/github/job-files/completion-proof.ts';
import type { DeletionRecords, DeletionState } from '../../../src/github/job-files/deletion-record.ts';
import type { RestoreRecords } from '../../../src/github/job-files/restore-record.ts';
import type { Job } from '../../../src/github/job.ts';
import { formatMarker, type Marker, PLAIN } from '../../../src/snapshots/marker.ts';
import type { Clock } from '../../../src/vps/clock.ts';
import { TransportError, type Transport } from '../../../src/vps/transport.ts';
import { parseFaults } from '../../../simulator/faults/fault.ts';
import { FaultScript } from '../../../simulator/faults/fault-script.ts';
import { DEMO_TOKEN, SimulatedApi, type SimulatedApiOptions } from '../../../simulator/api/simulated-api.ts';
import { BASE_PATH } from '../../../simulator/api/path.ts';
import { Random } from '../../../simulator/api/random.ts';
import type { RequestRecord } from '../../../simulator/transports/request-log.ts';
import type { Switches } from '../../../simulator/api/switches.ts';
import {
  createSimulatedTransport,
  type SimulatedTransportOptions,
} from '../../../simulator/transports/in-process.ts';
import type { ActualState } from '../../../simulator/api/actual-state.ts';
import { VirtualClock } from '../../../simulator/clock/virtual-clock.ts';
import { jobOf, originOf, postInputs, type PostInputs, rootInputs, type RootInputs } from './inputs.ts';
import { StepProcess, type ProcessOptions, type SentComment, type Use } from './step-process.ts';

export { DEMO_TOKEN };
export type { Switches };

export const SERVER = '12345';
export const START = Date.UTC(2026, 0, 15, 12);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Durations without chance: a snapshot takes 200 s, a restore 400 s, a power action 10 s. */
const FIXED: Partial<Switches> = {
  snapshot_seconds: [200, 200],
  restore_seconds: [400, 400],
  power_seconds: [10, 10],
};

/** A snapshot of just this duration. */
export function takes(seconds: number): { snapshot_seconds: [number, number] } {
  return { snapshot_seconds: [seconds, seconds] };
}

/** What the `wait` action leaves, in place of files under `RUNNER_TEMP`. */
export function createFakeCompletionProofs(): CompletionProofs & { readonly ids: ReadonlySet<string> } {
  const ids = new Set<string>();
  return { ids, save: (id) => void ids.add(id), has: (id) => ids.has(id) };
}

/** What a restore leaves for later steps of its job, the same way. */
export function createFakeRestoreRecords(): RestoreRecords & { readonly ids: ReadonlySet<string> } {
  const ids = new Set<string>();
  return {
    ids,
    save: (all) => all.forEach((id) => ids.add(id)),
    withdraw: (all) => all.forEach((id) => ids.delete(id)),
    has: (all) => all.some((id) => ids.has(id)),
  };
}

/** What the `delete` action leaves, the same way. */
export function createFakeDeletionRecords(): DeletionRecords {
  const states = new Map<string, DeletionState>();
  return { save: (id, state) => void states.set(id, state), read: (id) => states.get(id) ?? null };
}

/** A health address answers with the status that `answer` gives, or not at all. */
export function createFakeHealth(
  clock: Clock,
  answer: (url: string, at: number) => number | 'reset',
): Transport {
  return async ({ url, timeoutMs, signal }) => {
    await clock.sleep(Math.min(40, timeoutMs), signal);
    const status = answer(url, clock.now());
    if (status === 'reset') throw new TransportError('reset', 'simulated: reset');
    return { status, headers: {}, body: '' };
  };
}

export interface TestEnvironmentOptions extends Omit<SimulatedApiOptions, 'clock' | 'switches'> {
  readonly switches?: Partial<Switches>;
  /** As JSON would have them. */
  readonly faults?: unknown;
  readonly latencyMs?: number;
  readonly wallSkewMs?: number;
  readonly health?: (url: string, at: number) => number | 'reset';
  readonly onRequest?: SimulatedTransportOptions['onRequest'];
}

export interface StartOptions {
  readonly job?: Job;
  /** Of main, for its post. */
  readonly state?: Map<string, string>;
}

/** The simulated API, a virtual clock, and the processes of a workflow that are started on it. */
export class TestEnvironment {
  readonly clock: VirtualClock;
  readonly api: SimulatedApi;
  readonly faults: FaultScript;
  readonly requests: RequestRecord[] = [];
  readonly completionProofs = createFakeCompletionProofs();
  readonly restoreRecords = createFakeRestoreRecords();
  readonly deletionRecords = createFakeDeletionRecords();
  readonly comments: SentComment[] = [];
  readonly #options: TestEnvironmentOptions;
  readonly #random: Random;
  #firstPostAt: number | null = null;

  constructor(options: TestEnvironmentOptions = {}) {
    const { switches, faults = [], wallSkewMs = 0, ...api } = options;
    this.#options = options;
    this.#random = new Random(api.seed ?? 1);
    this.clock = new VirtualClock({ startAt: START, wallSkewMs });
    this.api = new SimulatedApi({
      ...api,
      clock: this.clock.apiClock,
      switches: { ...FIXED, ...switches },
    });
    this.faults = new FaultScript(parseFaults(faults));
  }

  /** Starts a step of the job; it runs as long as the clock does. */
  start(step: Use, { job = jobOf(), state = new Map() }: StartOptions = {}): StepProcess {
    const { latencyMs = 50, health = () => 200, onRequest } = this.#options;
    const { api, clock, faults, requests } = this;
    const options: ProcessOptions = {
      clock,
      job,
      state,
      completionProofs: this.completionProofs,
      restoreRecords: this.restoreRecords,
      deletionRecords: this.deletionRecords,
      random: () => this.#random.next(),
      newKey: () => this.#random.uuid(),
      comments: this.comments,
      firstPostAt: (now) => (this.#firstPostAt ??= now),
      health: (processClock) => createFakeHealth(processClock, health),
      transport: (processClock) =>
        createSimulatedTransport({
          api,
          clock: processClock,
          apiClock: clock,
          faults,
          requests,
          latencyMs,
          ...(onRequest && { onRequest }),
        }),
    };
    return new StepProcess(step, options);
  }

  /** Runs a step to its end. */
  async run(step: Use, options: StartOptions = {}): Promise<StepProcess> {
    const started = this.start(step, options);
    await this.clock.run(started.done);
    return started;
  }

  async main(inputs: Partial<RootInputs> = {}, options: StartOptions = {}): Promise<StepProcess> {
    return await this.run({ use: 'main', inputs: rootInputs(inputs) }, options);
  }

  /** The post step of a main step. */
  async post(
    main: StepProcess,
    inputs: Partial<PostInputs> = {},
    options: StartOptions = {},
  ): Promise<StepProcess> {
    return await this.run(
      { use: 'post', inputs: postInputs(inputs) },
      { ...options, state: main.runner.state },
    );
  }

  async pass(ms: number): Promise<void> {
    await this.clock.run(this.clock.sleep(ms));
  }

  /** Faults for requests from now on, as JSON would have them. */
  addFaults(faults: unknown): void {
    this.faults.add(parseFaults(faults));
  }

  /** Asks the API as somebody else would, outside of the request log. */
  request(method: string, path: string): void {
    const headers = { authorization: `Bearer ${DEMO_TOKEN}`, 'content-type': 'application/json' };
    this.api.handle({ method, path: BASE_PATH + path, headers, body: '' });
  }

  /** The requests so far as `METHOD /path`, without query. */
  calls(from = 0): string[] {
    return this.requests.slice(from).map(({ method, path }) => `${method} ${shorten(path)}`);
  }

  get actualState(): ActualState {
    return this.api.state();
  }

  /** What the API took of stops and starts, in order. */
  powerActions(): string[] {
    return this.actualState.power.filter(({ accepted }) => accepted).map(({ action }) => action);
  }

  /** Snapshots that exist now. */
  existing(): ActualState['snapshots'] {
    return this.actualState.snapshots.filter(({ deletedAt }) => deletedAt === null);
  }
}

/** A path below the API's address, without its query. */
function shorten(path: string): string {
  const question = path.indexOf('?');
  return path.slice(BASE_PATH.length, question === -1 ? path.length : question);
}

/** The marker that a run of this tool would have left. */
export function markerOf(given: Partial<Marker> = {}): string {
  const key = '00000000-0000-4000-8000-000000000001';
  return formatMarker({ ...PLAIN, ...originOf(), runId: '8000', key, ...given });
}
