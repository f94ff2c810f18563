import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, test } from '@jest/globals';
import { openCompileCache } from '../compile-cache.ts';
import { SWITCH_NAMES } from '../../../simulator/api/switches.ts';
import { ask, askJson, open } from './transports/http-client.ts';

describe('the command', () => {
  const compileCache = openCompileCache();
  const cli = path.resolve(import.meta.dirname, '../../../simulator/cli.ts');

  interface Ended {
    readonly code: number | null;
    readonly stdout: string;
    readonly stderr: string;
  }

  function start(...args: readonly string[]): {
    firstLine: Promise<string>;
    ended: Promise<Ended>;
    pid: number;
  } {
    const child = spawn(process.execPath, [cli, ...args], {
      env: { ...process.env, ...compileCache },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = { stdout: '', stderr: '' };
    const firstLine = once(createInterface(child.stdout), 'line').then(([line]) => String(line));
    child.stdout.on('data', (data: Buffer) => (output.stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => (output.stderr += data.toString()));
    const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...output }));
    return { firstLine, ended, pid: child.pid ?? 0 };
  }

  test('prints one line, serves as configured, and ends on SIGTERM', async () => {
    const { firstLine, ended, pid } = start(
      ...['--seed', '5', '--time-scale', '0', '--start-at', '2026-01-15T12:00:00Z', '--ttl', '600'],
      ...['--event', '{"kind":"snapshot","at":0,"name":"nightly"}'],
      ...['--switch', 'lists=bare', '--server', '{"id":7,"name":"db-01"}', '--snapshot', '{"name":"weekly"}'],
      ...[
        '--fault',
        '[{"kind":"status","status":500,"path":"/servers/"},{"kind":"silence","path":"/account/me/"}]',
      ],
    );
    const line = await firstLine;
    const [, url = ''] =
      /^VPS\.org simulator listening on (http:\/\/127\.0\.0\.1:\d+\/api\/v1)$/.exec(line) ?? [];
    expect(await askJson(`${url}/snapshots/`)).toMatchObject([
      { name: 'nightly', status: 'in_progress' },
      { name: 'weekly', server: { id: 7, name: 'db-01' } },
    ]);
    expect((await ask(`${url}/servers/`)).status).toBe(500);
    const silent = open(`${url}/account/me/`, 'GET').outcome;
    const log = async (): Promise<unknown[]> =>
      (await askJson(url.replace('/api/v1', '/_sim/requests'))) as unknown[];
    while ((await log()).length < 3);
    process.kill(pid, 'SIGTERM');
    expect(await ended).toEqual({ code: 0, stdout: `${line}\n`, stderr: '' });
    expect(await silent).toEqual({ failure: 'reset' });
  });

  test('ends by itself when its time is over', async () => {
    expect(await start('--ttl', '0').ended).toMatchObject({ code: 0, stderr: '' });
  });

  test('--help describes every option and every switch', async () => {
    const { code, stdout } = await start('--help').ended;
    expect(code).toBe(0);
    for (const word of [
      '--port',
      '--seed',
      '--time-scale',
      '--fault',
      '--event',
      '--switch',
      '--ttl',
      ...SWITCH_NAMES,
    ]) {
      expect(stdout).toContain(word);
    }
  });

  test.each([
    [['--switch', 'limits=1'], 'no switch is called "limits"'],
    [['--fault', '{'], 'a fault is JSON'],
    [['--event', '{"kind":"fire"}'], '"kind" of an event must be one of restart'],
    [['--port', 'x'], '--port: "x" is not a number'],
    [['--port', '99999'], 'options.port should be >= 0 and < 65536'],
    [['--server', 'x'], '--server: not JSON'],
    [['--snapshot', '{}'], '"name" is missing'],
    [['--start-at', 'soon'], '--start-at: "soon" is not a time'],
    [['--colour', 'red'], "Unknown option '--colour'"],
  ])('%j: says what is wrong', async (args, message) => {
    const { code, stdout, stderr } = await start(...args).ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
  });
});
