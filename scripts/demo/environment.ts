import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { parseFaults } from '../../simulator/faults/fault.ts';
import { BASE_PATH } from '../../simulator/api/path.ts';
import {
  startServer,
  type ServerOptions,
  type SimulatorServer,
} from '../../simulator/transports/http-server.ts';
import { type SimServer, type SimSnapshot, type SnapshotSeed } from '../../simulator/api/actual-state.ts';
import { formatMarker, PLAIN } from '../../src/snapshots/marker.ts';
import { openWebsite } from '../runner/website.ts';
import { Job, type JobOptions, type Step } from './job.ts';
import { type Screen } from './screen.ts';
import { DemoTime, TIME_SCALE } from './time.ts';

const DAY = 24 * 60 * 60 * 1000;

/** The simulated API as a scenario finds it. */
interface ApiSetup extends Pick<ServerOptions, 'servers' | 'switches'> {
  readonly snapshots?: readonly OldSnapshot[];
  /** As `--fault` of the simulator takes them. */
  readonly faults?: readonly unknown[];
}

/** A snapshot that was there before. */
interface OldSnapshot extends Pick<SnapshotSeed, 'name' | 'status'> {
  readonly id: number;
  readonly daysOld: number;
  /** The repository whose run made it; left out: a person made it in the panel. */
  readonly repository?: 'acme/web-shop' | 'acme/blog';
}

/** A scenario of the demo: it explains what happens, lets it happen, and checks that it did. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly api?: ApiSetup;
  run(demo: DemoEnvironment): Promise<void>;
}

/** What a scenario has at hand: a simulated API of its own, a runner, a screen, and a list of what was checked. */
export class DemoEnvironment {
  readonly screen: Screen;
  readonly simulator: SimulatorServer;
  readonly jobs: Job[] = [];
  readonly #time: DemoTime;
  readonly #folder: string;
  readonly #checks: { readonly fact: string; readonly holds: boolean }[] = [];
  readonly #websites: AsyncDisposable[] = [];

  private constructor(screen: Screen, time: DemoTime, simulator: SimulatorServer, folder: string) {
    this.screen = screen;
    this.simulator = simulator;
    this.#time = time;
    this.#folder = folder;
  }

  /** `folder` is for the files that the steps write. */
  static async open(
    { api = {} }: Scenario,
    screen: Screen,
    folder: string,
    startAt = Date.now(),
  ): Promise<DemoEnvironment> {
    const time = new DemoTime(startAt);
    const simulator = await startServer({
      startAt,
      timeScale: TIME_SCALE,
      servers: api.servers ?? [{ id: 12345, name: 'web-server-01', content: 'release 1' }],
      snapshots: (api.snapshots ?? []).map((old) => seedOf(old, startAt)),
      switches: { snapshot_seconds: [252, 252], restore_seconds: [384, 384], ...api.switches },
      faults: (api.faults ?? []).flatMap((fault) => parseFaults(fault)),
    });
    return new DemoEnvironment(screen, time, simulator, folder);
  }

  explain(text: string): void {
    this.screen.print(text);
  }

  job(steps: readonly Step[], options: JobOptions = {}): Job {
    const context = {
      screen: this.screen,
      time: this.#time,
      folder: path.join(this.#folder, String(this.jobs.length + 1)),
      apiUrl: this.simulator.url,
    };
    const job = new Job(context, steps, options);
    this.jobs.push(job);
    return job;
  }

  /** The step that puts `content` on the server; with `error`, it fails after that. */
  deployStep(content: string, error?: string): Step {
    return {
      name: 'Deploy',
      id: 'deploy',
      run: './deploy.sh',
      command: () => {
        this.simulator.api.deploy(12345, content);
        const prints = [`${content} is on the server`, ...(error === undefined ? [] : [error])];
        return { prints, fails: error !== undefined };
      },
    };
  }

  /** Notes whether a scenario went as explained; a check that fails makes the demo fail. */
  check(fact: string, holds: boolean): void {
    this.#checks.push({ fact, holds });
  }

  content(server = 12345): string {
    return this.simulator.api.contentOf(server);
  }

  server(): Readonly<SimServer> | undefined {
    return this.simulator.api.state().servers[0];
  }

  /** The snapshots that exist, oldest first. */
  snapshots(): readonly Readonly<SimSnapshot>[] {
    return this.simulator.api.state().snapshots.filter(({ deletedAt }) => deletedAt === null);
  }

  snapshotIds(): string {
    return this.snapshots()
      .map(({ id }) => id)
      .join(' ');
  }

  /** The application on the server: answers 200 when the server runs and carries no half release. */
  async openApplication(): Promise<string> {
    const website = await openWebsite(() => {
      const isHealthy = this.server()?.phase === 'active' && !this.content().startsWith('half');
      return { status: isHealthy ? 200 : 503 };
    });
    this.#websites.push(website);
    return `${website.origin}/health`;
  }

  /** Shows the checks and ends the simulator; gives how many facts were checked and how many did not hold. */
  async close(): Promise<{ readonly checked: number; readonly failed: number }> {
    this.screen.facts('What reached the API:', this.#requests());
    this.screen.facts('Checked:', []);
    for (const { fact, holds } of this.#checks) this.screen.check(fact, holds);
    for (const website of this.#websites) await website[Symbol.asyncDispose]();
    await this.simulator.close();
    return { checked: this.#checks.length, failed: this.#checks.filter(({ holds }) => !holds).length };
  }

  /** Each request that changes something, and how many only read before and after it. */
  #requests(): string[] {
    const lines: string[] = [];
    let polls = 0;
    const flush = (): void => {
      if (polls > 0) lines.push(polls === 1 ? '1 poll (GET)' : `${polls} polls (GET)`);
      polls = 0;
    };
    for (const { method, path: target } of this.simulator.requests) {
      if (method === 'GET') {
        polls += 1;
        continue;
      }
      flush();
      lines.push(`${method} ${target.slice(BASE_PATH.length)}`);
    }
    flush();
    return lines;
  }
}

function seedOf({ id, name, daysOld, status, repository }: OldSnapshot, startAt: number): SnapshotSeed {
  const marker = {
    ...PLAIN,
    key: randomUUID(),
    host: 'github.com',
    repositoryId: repository === 'acme/web-shop' ? '4711' : '4712',
    repository: repository ?? '',
    runId: String(8_000_000_000 + id),
    runAttempt: 1,
    job: 'deploy',
    leg: '',
    step: 'snapshot',
    use: 1,
    sha: 'a1b2c3d4e5f6',
  };
  return {
    id,
    server_id: 12345,
    name,
    created_at: startAt - daysOld * DAY,
    size_mb: 6200 + id,
    content: name,
    ...(status !== undefined && { status }),
    ...(repository !== undefined && { description: formatMarker(marker) }),
  };
}
