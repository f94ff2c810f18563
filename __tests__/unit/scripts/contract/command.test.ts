import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { openCompileCache } from '../../compile-cache.ts';
import { readCommand } from '../../../../scripts/contract/options.ts';
import { readSwitches } from '../../../../simulator/api/switches.ts';
import { parseFaults } from '../../../../simulator/faults/fault.ts';
import { startServer, type SimulatorServer } from '../../../../simulator/transports/http-server.ts';

const TOKEN = 'vps_demo_token';
const URL_OPTIONS = ['--server-id', '12345'];

describe('the command line', () => {
  const env = { VPS_API_TOKEN: TOKEN };

  test('reads only, of the vendor’s API, when nothing else is said', () => {
    expect(readCommand(URL_OPTIONS, env)).toMatchObject({
      apiUrl: 'https://admin.vps.org/api/v1',
      serverId: '12345',
      secondServerId: null,
      limitedToken: null,
      pollInterval: null,
      destructive: false,
      clean: false,
      writeCommand: null,
    });
    expect(readCommand(['--help'], {})).toBeNull();
    expect(readCommand(['--clean'], env)).toMatchObject({ clean: true });
  });

  test.each([
    [URL_OPTIONS, {}, 'VPS_API_TOKEN'],
    [[], env, '--server-id is required'],
    [['--server-id', '../x'], env, 'is no id'],
    [[...URL_OPTIONS, '--api-url', 'http://admin.vps.org/api/v1'], env, 'is not https'],
    [[...URL_OPTIONS, '--poll-interval', '100'], env, 'for an API on this machine only'],
    [[...URL_OPTIONS, '--write-command', 'date'], env, 'are given together'],
    [[...URL_OPTIONS, '--destroy'], env, '--destroy'],
  ])('%j is refused', (args, given, message) => {
    expect(() => readCommand(args, given)).toThrow(message);
  });
});

/** Seconds. */
const DAY = 86_400;

const compileCache = openCompileCache();

interface Run {
  readonly child: ReturnType<typeof spawn>;
  readonly ended: Promise<{ readonly code: number | null; readonly text: string }>;
}

/** A simulated API, and the runs of the command that ask it. */
class Stand implements AsyncDisposable {
  readonly server: SimulatorServer;
  readonly out = mkdtempSync(path.join(tmpdir(), 'contract-'));
  readonly #running: Run[] = [];

  constructor(server: SimulatorServer) {
    this.server = server;
  }

  static async open(): Promise<Stand> {
    return new Stand(await startServer({ timeScale: 600, seed: 4 }));
  }

  start(...args: readonly string[]): Run {
    const options = ['--api-url', this.server.url, '--poll-interval', '10', '--out', this.out, ...args];
    const child = spawn(process.execPath, [path.resolve('scripts/contract.ts'), ...options], {
      env: { ...process.env, VPS_API_TOKEN: TOKEN, ...compileCache },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    child.stdout.on('data', (data: Buffer) => (text += data.toString()));
    child.stderr.on('data', (data: Buffer) => (text += data.toString()));
    const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, text }));
    const run: Run = { child, ended };
    this.#running.push(run);
    return run;
  }

  whatIsLeft(): unknown[] {
    const { snapshots, servers } = this.server.api.state();
    const left = snapshots.filter(({ madeBy, deletedAt }) => madeBy === 'api' && deletedAt === null);
    return [
      ...left.map(({ name }) => name),
      ...servers.filter(({ phase }) => phase !== 'active').map(({ phase }) => phase),
    ];
  }

  /** Whether there is one more than now. */
  more(what: 'snapshots' | 'restores'): () => boolean {
    const before = this.server.api.state()[what].length;
    return () => this.server.api.state()[what].length > before;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { child } of this.#running) child.kill('SIGKILL');
    await Promise.all(this.#running.map(({ ended }) => ended));
    await this.server.close();
    rmSync(this.out, { recursive: true });
  }
}

/** Until something is so of the simulated API; throws where the run ends before. */
async function until(isSo: () => boolean, { ended }: Run): Promise<void> {
  const ends: Awaited<Run['ended']>[] = [];
  void ended.then((end) => ends.push(end));
  while (!isSo()) {
    const [end] = ends;
    if (end !== undefined) throw new Error(`the run has ended with ${end.code}: ${end.text}`);
    await delay(5);
  }
}

describe('over sockets', () => {
  const DESTROY = [...URL_OPTIONS, '--destructive', '--yes-destroy'];

  test.concurrent('a killed run is finished by --clean', async () => {
    await using stand = await Stand.open();
    const { server, out } = stand;
    server.api.setSwitches({ restore_seconds: [DAY, DAY] });
    const killed = stand.start(...DESTROY, 'web-server-01');
    await until(stand.more('restores'), killed);
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(existsSync(path.join(out, 'journal.json'))).toBe(true);

    // A restore that nothing shows is waited for: this one ends once it was seen, however long the start takes.
    const earlier = server.requests.length;
    const clean = stand.start('--clean');
    const reads = (): number =>
      server.requests.slice(earlier).filter((each) => each.path.includes('/servers/')).length;
    await until(() => reads() >= 5, clean);
    server.advance(DAY);
    const { code, text } = await clean.ended;
    expect({ code, text, left: stand.whatIsLeft() }).toMatchObject({
      code: 0,
      text: expect.stringContaining('Cleaned up.'),
      left: [],
    });
    expect(existsSync(path.join(out, 'journal.json'))).toBe(false);
  });

  test.concurrent('Ctrl-C ends a run, which cleans up first, though nobody reads what it says', async () => {
    await using stand = await Stand.open();
    const run = stand.start(...DESTROY, 'web-server-01');
    await until(stand.more('snapshots'), run);
    run.child.stdout?.destroy();
    run.child.kill('SIGINT');
    expect({ code: (await run.ended).code, left: stand.whatIsLeft() }).toEqual({ code: 1, left: [] });
    expect(existsSync(path.join(stand.out, 'journal.json'))).toBe(false);
  });

  test.concurrent('ended while the API does not answer: one line says so', async () => {
    await using stand = await Stand.open();
    stand.server.faults.add(parseFaults([{ kind: 'reset_before', path: '*', times: 9999 }]));
    const run = stand.start(...URL_OPTIONS);
    await until(() => stand.server.requests.length > 0, run);
    run.child.kill('SIGINT');
    const { code, text } = await run.ended;
    expect({ code, text }).toEqual({
      code: 1,
      text: expect.stringMatching(/\nThe run was ended before it had begun\.\n$/),
    });
    expect(text).not.toContain('    at ');
  });

  test.concurrent('a whole run writes its report and a contract that the simulator reads', async () => {
    await using stand = await Stand.open();
    const { code, text } = await stand.start(...DESTROY, 'web-server-01').ended;
    expect({ code, left: stand.whatIsLeft(), text }).toMatchObject({ code: 0, left: [] });
    const files = ['report.md', 'contract.json'].map((file) =>
      readFileSync(path.join(stand.out, file), 'utf8'),
    );
    for (const secret of [TOKEN, 'web-server-01', '127.0.0.1', '12345'])
      expect(files.join('')).not.toContain(secret);
    const { switches } = JSON.parse(files[1] ?? '') as { readonly switches: unknown };
    expect(readSwitches(switches)).toMatchObject({ lists: 'paginated', power: 'present' });
    expect(text).not.toContain(TOKEN);
  });
});
