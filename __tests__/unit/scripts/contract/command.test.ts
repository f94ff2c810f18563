import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
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

describe('over sockets', () => {
  let server: SimulatorServer;
  let out: string;

  beforeEach(async () => {
    server = await startServer({ timeScale: 600, seed: 4 });
    out = mkdtempSync(path.join(tmpdir(), 'contract-'));
  });

  const running = new Set<Run>();
  afterEach(async () => {
    for (const { child } of running) child.kill('SIGKILL');
    await Promise.all([...running].map(({ ended }) => ended));
    running.clear();
    await server.close();
    rmSync(out, { recursive: true });
  });

  interface Run {
    readonly child: ReturnType<typeof spawn>;
    readonly ended: Promise<{ readonly code: number | null; readonly text: string }>;
  }

  function start(...args: readonly string[]): Run {
    const options = ['--api-url', server.url, '--poll-interval', '10', '--out', out, ...args];
    const child = spawn(process.execPath, [path.resolve('scripts/contract.ts'), ...options], {
      env: { ...process.env, VPS_API_TOKEN: TOKEN },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    child.stdout.on('data', (data: Buffer) => (text += data.toString()));
    child.stderr.on('data', (data: Buffer) => (text += data.toString()));
    const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, text }));
    const run: Run = { child, ended };
    running.add(run);
    return run;
  }

  const DESTROY = [...URL_OPTIONS, '--destructive', '--yes-destroy'];

  function whatIsLeft(): unknown[] {
    const { snapshots, servers } = server.api.state();
    const left = snapshots.filter(({ madeBy, deletedAt }) => madeBy === 'api' && deletedAt === null);
    return [
      ...left.map(({ name }) => name),
      ...servers.filter(({ phase }) => phase !== 'active').map(({ phase }) => phase),
    ];
  }

  /** Until something is so of the simulated API; throws where the run ends before. */
  async function until(isSo: () => boolean, { ended }: Run): Promise<void> {
    const ends: Awaited<Run['ended']>[] = [];
    void ended.then((end) => ends.push(end));
    while (!isSo()) {
      const [end] = ends;
      if (end !== undefined) throw new Error(`the run has ended with ${end.code}: ${end.text}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Whether there is one more than now. */
  function more(what: 'snapshots' | 'restores'): () => boolean {
    const before = server.api.state()[what].length;
    return () => server.api.state()[what].length > before;
  }

  test('a killed run is finished by --clean', async () => {
    server.api.setSwitches({ restore_seconds: [DAY, DAY] });
    const killed = start(...DESTROY, 'web-server-01');
    await until(more('restores'), killed);
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(existsSync(path.join(out, 'journal.json'))).toBe(true);

    // A restore that nothing shows is waited for: this one ends once it was seen, however long the start takes.
    const earlier = server.requests.length;
    const clean = start('--clean');
    const reads = (): number =>
      server.requests.slice(earlier).filter((each) => each.path.includes('/servers/')).length;
    await until(() => reads() >= 5, clean);
    server.advance(DAY);
    const { code, text } = await clean.ended;
    expect({ code, text, left: whatIsLeft() }).toMatchObject({
      code: 0,
      text: expect.stringContaining('Cleaned up.'),
      left: [],
    });
    expect(existsSync(path.join(out, 'journal.json'))).toBe(false);
  }, 60_000);

  test('Ctrl-C ends a run, which cleans up first, though nobody reads what it says', async () => {
    const run = start(...DESTROY, 'web-server-01');
    await until(more('snapshots'), run);
    run.child.stdout?.destroy();
    run.child.kill('SIGINT');
    expect({ code: (await run.ended).code, left: whatIsLeft() }).toEqual({ code: 1, left: [] });
    expect(existsSync(path.join(out, 'journal.json'))).toBe(false);
  }, 60_000);

  test('ended while the API does not answer: one line says so', async () => {
    server.faults.add(parseFaults([{ kind: 'reset_before', path: '*', times: 9999 }]));
    const run = start(...URL_OPTIONS);
    await until(() => server.requests.length > 0, run);
    run.child.kill('SIGINT');
    const { code, text } = await run.ended;
    expect({ code, text }).toEqual({
      code: 1,
      text: expect.stringMatching(/\nThe run was ended before it had begun\.\n$/),
    });
    expect(text).not.toContain('    at ');
  }, 60_000);

  test('a whole run writes its report and a contract that the simulator reads', async () => {
    const { code, text } = await start(...DESTROY, 'web-server-01').ended;
    expect({ code, left: whatIsLeft(), text }).toMatchObject({ code: 0, left: [] });
    const files = ['report.md', 'contract.json'].map((file) => readFileSync(path.join(out, file), 'utf8'));
    for (const secret of [TOKEN, 'web-server-01', '127.0.0.1', '12345'])
      expect(files.join('')).not.toContain(secret);
    const { switches } = JSON.parse(files[1] ?? '') as { readonly switches: unknown };
    expect(readSwitches(switches)).toMatchObject({ lists: 'paginated', power: 'present' });
    expect(text).not.toContain(TOKEN);
  }, 60_000);
});
