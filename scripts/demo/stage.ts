import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import path from 'node:path';
import { parseFaults } from '../../simulator/faults/fault.ts';
import {
  startServer,
  type ServerOptions,
  type SimulatorServer,
} from '../../simulator/transports/http-server.ts';
import { BASE_PATH, DEMO_TOKEN } from '../../simulator/api/simulated-api.ts';
import { type SimServer, type SimSnapshot, type SnapshotSeed } from '../../simulator/api/actual-state.ts';
import { formatMarker } from '../../src/snapshots/marker.ts';
import { type Command, Job, type JobOptions } from './job.ts';
import { type Screen } from './screen.ts';
import { DemoTime, TIME_SCALE } from './time.ts';

const DAY = 24 * 60 * 60 * 1000;

/** The simulated API as a story finds it. */
export interface World {
  readonly servers?: ServerOptions['servers'];
  readonly snapshots?: readonly OldSnapshot[];
  readonly switches?: ServerOptions['switches'];
  /** As `--fault` of the simulator takes them. */
  readonly faults?: readonly unknown[];
}

/** A snapshot that was there before. */
export interface OldSnapshot {
  readonly id: number;
  readonly name: string;
  readonly daysOld: number;
  readonly status?: SnapshotSeed['status'];
  /** The repository whose run made it; left out: a person made it in the panel. */
  readonly repository?: 'acme/web-shop' | 'acme/blog';
}

/** A story of the demo: it says what happens, lets it happen, and checks that it did. */
export interface Story {
  readonly name: string;
  readonly title: string;
  readonly world?: World;
  tell(stage: Stage): Promise<void>;
}

/** What a story has at hand: a simulated API of its own, a runner, a screen, and a list of what was checked. */
export class Stage {
  readonly screen: Screen;
  readonly time: DemoTime;
  readonly simulator: SimulatorServer;
  readonly jobs: Job[] = [];
  readonly #folder: string;
  readonly #checks: { readonly fact: string; readonly holds: boolean }[] = [];
  readonly #closing: (() => void)[] = [];

  private constructor(screen: Screen, time: DemoTime, simulator: SimulatorServer, folder: string) {
    this.screen = screen;
    this.time = time;
    this.simulator = simulator;
    this.#folder = folder;
  }

  static async open(screen: Screen, folder: string, world: World = {}, startAt = Date.now()): Promise<Stage> {
    const time = new DemoTime(startAt);
    const simulator = await startServer({
      startAt,
      timeScale: TIME_SCALE,
      servers: world.servers ?? [{ id: 12345, name: 'web-server-01', content: 'release 1' }],
      snapshots: (world.snapshots ?? []).map((old) => seedOf(old, startAt)),
      switches: { snapshot_seconds: [252, 252], restore_seconds: [384, 384], ...world.switches },
      faults: (world.faults ?? []).flatMap((fault) => parseFaults(fault)),
    });
    return new Stage(screen, time, simulator, folder);
  }

  say(text: string): void {
    this.screen.say(text);
  }

  job(options: JobOptions): Job {
    const folder = path.join(this.#folder, String(this.jobs.length + 1));
    mkdirSync(folder, { recursive: true });
    const world = {
      screen: this.screen,
      time: this.time,
      folder,
      apiUrl: this.simulator.url,
      token: DEMO_TOKEN,
    };
    const job = new Job(world, options);
    this.jobs.push(job);
    return job;
  }

  /** Notes whether a story went as told; what does not hold makes the demo fail. */
  check(fact: string, holds: boolean): void {
    this.#checks.push({ fact, holds });
  }

  /** A command that puts `content` on the server. */
  deploys(content: string, options: { readonly server?: number; readonly breaks?: string } = {}): Command {
    return () => {
      this.simulator.api.deploy(options.server ?? 12345, content);
      if (options.breaks === undefined) return { says: [`${content} is on the server`] };
      return { says: [`${content} is on the server`, options.breaks], breaks: true };
    };
  }

  content(server = 12345): string {
    return this.simulator.api.contentOf(server);
  }

  server(id = 12345): Readonly<SimServer> | undefined {
    return this.simulator.api.state().servers.find((server) => server.id === String(id));
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

  /** What reached the API: each request that changes something, and how many only looked before and after it. */
  requests(): string[] {
    const told: string[] = [];
    let looks = 0;
    const flush = (): void => {
      if (looks > 0) told.push(looks === 1 ? '1 look (GET)' : `${looks} looks (GET)`);
      looks = 0;
    };
    for (const { method, path: target } of this.simulator.requests) {
      if (method === 'GET') {
        looks += 1;
        continue;
      }
      flush();
      told.push(`${method} ${target.slice(BASE_PATH.length)}`);
    }
    flush();
    return told;
  }

  /** The application on the server: answers 200 when the server runs and carries no half release. */
  async openApplication(): Promise<string> {
    const application = createServer((_request, response) => {
      const well = this.server()?.phase === 'active' && !this.content().startsWith('half');
      response.writeHead(well ? 200 : 503).end();
    }).listen(0, '127.0.0.1');
    await once(application, 'listening');
    this.#closing.push(() => {
      application.close();
      application.closeAllConnections();
    });
    return `http://127.0.0.1:${(application.address() as AddressInfo).port}/health`;
  }

  /** Shows the checks and ends the simulator; gives how many facts were checked and how many did not hold. */
  async close(): Promise<{ readonly checked: number; readonly wrong: number }> {
    this.check(
      'the token is in no log, summary, output or state',
      !this.jobs.some((job) => job.leaked(DEMO_TOKEN)),
    );
    this.screen.facts('What reached the API:', this.requests());
    this.screen.facts('Checked:', []);
    for (const { fact, holds } of this.#checks) this.screen.check(fact, holds);
    for (const close of this.#closing) close();
    await this.simulator.close();
    return { checked: this.#checks.length, wrong: this.#checks.filter(({ holds }) => !holds).length };
  }
}

function seedOf({ id, name, daysOld, status, repository }: OldSnapshot, startAt: number): SnapshotSeed {
  const marker = {
    key: randomUUID(),
    repositoryId: repository === 'acme/web-shop' ? '4711' : '4712',
    repository: repository ?? '',
    runId: String(8_000_000_000 + id),
    runAttempt: 1,
    job: 'deploy',
    step: 'snapshot',
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
