import { runContract, type Outcome, type RunOptions } from '../../../../scripts/contract/run.ts';
import { checkAll, type Report } from '../../../../scripts/contract/report.ts';
import type { Journal, JournalStore } from '../../../../scripts/contract/session/journal.ts';
import type { World } from '../../../../scripts/contract/session/connection.ts';
import { Random } from '../../../../simulator/api/random.ts';
import type { ApiRequest, ApiResponse } from '../../../../simulator/api/response.ts';
import { DEMO_TOKEN, SimulatedApi } from '../../../../simulator/api/simulated-api.ts';
import type { Switches } from '../../../../simulator/api/switches.ts';
import { VirtualClock } from '../../../../simulator/clock/virtual-clock.ts';
import { createSimulatedTransport } from '../../../../simulator/transports/in-process.ts';
import { type Fault, parseFaults } from '../../../../simulator/faults/fault.ts';
import type { ProcessClock } from '../../../../simulator/clock/process-clock.ts';
import type { RequestRecord } from '../../../../simulator/transports/request-log.ts';
import type { Clock } from '../../../../src/vps/clock.ts';

export const LIMITED_TOKEN = 'vps_limited_token';
const SERVER = '12345';
const SECOND = '777';

/** Changes the answer to a request, as an API would that is not as documented. */
export type Rewrite = (response: ApiResponse, request: ApiRequest, n: number) => ApiResponse;

export interface TestRunOptions {
  readonly switches?: Partial<Switches>;
  readonly rewrite?: Rewrite;
  readonly isReadOnly?: boolean;
  /** In place of the usual token. */
  readonly token?: string;
  /** As `parseFaults` reads them. */
  readonly faults?: unknown;
  /** A restore puts nothing back, or the command that reads it fails. */
  readonly content?: 'lost' | 'unreadable';
  /** Few snapshots, and everything as short as it may be. */
  readonly isSmall?: boolean;
  /** The server that may be lost, where it is not as it should be. */
  readonly server?: { readonly status?: 'stopped'; readonly snapshots?: number };
  /** As Ctrl-C does. */
  readonly interruptAfterMs?: number;
}

/** The least that is documented, so that a run has few reads. */
const SHORTEST: Partial<Switches> = {
  snapshot_seconds: [180, 180],
  restore_seconds: [300, 300],
  power_seconds: [8, 8],
};
const MONTH_MS = 30 * 86_400_000;

/** An account with everything that a row may need: three servers, more snapshots than a page, one that failed. */
export class TestAccount {
  readonly clock = new VirtualClock();
  readonly api: SimulatedApi;
  journal: Journal | null = null;
  readonly lines: string[] = [];
  readonly store: JournalStore = {
    load: () => this.journal,
    save: (journal) => void (this.journal = structuredClone(journal)),
    remove: () => void (this.journal = null),
  };
  readonly #random = new Random(3);
  readonly #requests: RequestRecord[] = [];
  readonly #token: string;
  readonly #faults: readonly Fault[];
  readonly #content: TestRunOptions['content'];

  constructor({
    switches,
    rewrite,
    token = DEMO_TOKEN,
    faults = [],
    content,
    isSmall = false,
    server = {},
  }: TestRunOptions = {}) {
    this.#token = token;
    this.#faults = parseFaults(faults);
    this.#content = content;
    const now = this.clock.wall();
    const old = Array.from({ length: isSmall ? 1 : 120 }, (_, index) => ({
      server_id: 42,
      name: `archive-${index}`,
      created_at: now - MONTH_MS + index * 1000,
      ...(index === 0 && { status: 'failed' as const }),
    }));
    this.api = new SimulatedApi({
      clock: this.clock.apiClock,
      seed: 5,
      servers: [
        {
          id: 12345,
          uuid: '5f0c9f6e-3a51-4c0b-9d3f-8e2b7a41c6d0',
          name: 'web-server-01',
          ...(server.status && { status: server.status }),
        },
        { id: 777, name: 'web-server-02' },
        { id: 42, name: 'archive', status: 'stopped' },
      ],
      snapshots: [
        ...old,
        ...Array.from({ length: server.snapshots ?? 1 }, () => ({
          server_id: 12345,
          name: 'weekly',
          created_at: now - MONTH_MS,
        })),
      ],
      tokens: [
        { token, name: 'demo' },
        { token: LIMITED_TOKEN, name: 'limited', permissions: ['servers:read'] },
      ],
      switches: { ...(isSmall && SHORTEST), ...switches },
    });
    if (rewrite !== undefined) {
      const handle = this.api.handle.bind(this.api);
      let n = 0;
      this.api.handle = (request) => rewrite(handle(request), request, (n += 1));
    }
  }

  world(clock: Clock = this.clock): World {
    return {
      clock,
      transport: createSimulatedTransport({
        api: this.api,
        clock,
        faults: this.#faults,
        requests: this.#requests,
      }),
      random: () => this.#random.next(),
      newKey: () => this.#random.uuid(),
      cancelled: new AbortController().signal,
      print: (line) => void this.lines.push(line),
    };
  }

  /** Requests that would change something. */
  changes(): readonly string[] {
    return this.#requests
      .filter(({ method }) => method !== 'GET')
      .map(({ method, path }) => `${method} ${path}`);
  }

  /** What is not as it was before the run, at the API itself and in the journal. */
  whatIsLeft(): readonly string[] {
    const { servers, snapshots } = this.api.state();
    const left = snapshots.filter(
      ({ madeBy, deletedAt, id }) => madeBy === 'api' && deletedAt === null && this.#isListed(id),
    );
    return [
      ...left.map(({ name }) => `snapshot ${name}`),
      ...servers.filter(({ change }) => change !== null).map(({ id, phase }) => `server ${id} is ${phase}`),
      ...(servers[0]?.phase === 'active' ? [] : [`server ${SERVER} is ${servers[0]?.phase}`]),
      ...(this.journal === null ? [] : ['a journal']),
    ];
  }

  /** A failed snapshot may be gone without having been deleted. */
  #isListed(id: string): boolean {
    const snapshot = this.api.state().snapshots.find((each) => each.id === id);
    return snapshot?.phase !== 'failed' || this.api.switches().failed_snapshots === 'listed';
  }

  get options(): RunOptions {
    return {
      apiUrl: 'https://admin.vps.org/api/v1',
      token: this.#token,
      pollInterval: null,
      serverId: SERVER,
      secondServerId: SECOND,
      limitedToken: LIMITED_TOKEN,
    };
  }

  /** A run in a process that is killed at a moment of one of its requests; never settles where it was. */
  async runUntil(
    process: ProcessClock,
    isEnd: (request: Readonly<RequestRecord>, moment: string) => boolean,
  ): Promise<false> {
    const transport = createSimulatedTransport({
      api: this.api,
      clock: process,
      onRequest: (request, moment) => {
        if (isEnd(request, moment)) process.kill();
      },
    });
    const destruction = { confirm: () => Promise.resolve(true), journal: this.store, content: null };
    await runContract({ ...this.world(process), transport }, this.options, destruction);
    return false;
  }

  async run({ isReadOnly = false, interruptAfterMs }: TestRunOptions = {}): Promise<Outcome> {
    let deploys = 0;
    const content = {
      change: () => {
        deploys += 1;
        this.api.deploy(SERVER);
        return Promise.resolve();
      },
      read: () => {
        if (this.#content === 'unreadable') return Promise.reject(new Error('no such command'));
        return Promise.resolve(this.#content === 'lost' ? `deploy ${deploys}` : this.api.contentOf(SERVER));
      },
    };
    const destruction = { confirm: () => Promise.resolve(true), journal: this.store, content };
    const interrupt = new AbortController();
    if (interruptAfterMs !== undefined) this.clock.at(interruptAfterMs, () => interrupt.abort());
    const world = { ...this.world(), cancelled: interrupt.signal };
    return await this.clock.run(() => runContract(world, this.options, isReadOnly ? null : destruction));
  }
}

export interface TestRun extends Outcome {
  readonly account: TestAccount;
  report(): Report;
}

export async function runTest(options: TestRunOptions = {}): Promise<TestRun> {
  const account = new TestAccount(options);
  const outcome = await account.run(options);
  return { ...outcome, account, report: () => checkAll(outcome.recording, [account.options.token]) };
}
