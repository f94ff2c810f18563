import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { readdirSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ENTRIES } from '../../../scripts/runner/actions.ts';
import { noteStart } from '../../../scripts/runner/started-steps.ts';

const dist = path.resolve(import.meta.dirname, '../../../dist');
const read = (...parts: string[]): string => readFileSync(path.join(dist, ...parts), 'utf8');

test('there is one bundle for each action and step, and the client of GitHub beside them', () => {
  const folders = readdirSync(dist, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => name).toSorted()).toEqual([...ENTRIES, 'github'].toSorted());
  const files = folders.flatMap(({ name }) => readdirSync(path.join(dist, name)));
  expect(new Set(files)).toEqual(new Set(['index.js', 'package.json']));
});

describe.each([...ENTRIES, 'github'])('%s', (entry) => {
  // A megabyte that nothing here needs.
  test('holds no undici', () => {
    expect(read(entry, 'index.js')).not.toMatch(/class ProxyAgent (?!\{\})|undici\/lib/);
  });

  test('holds no path of the machine that built it', () => {
    expect(read(entry, 'index.js')).not.toContain(path.dirname(dist));
  });
});

describe.each(ENTRIES)('%s', (entry) => {
  // It would cost every start some ten milliseconds.
  test('holds no client of GitHub, and starts no programs', () => {
    const bundle = read(entry, 'index.js');
    expect(bundle).not.toContain('@octokit/');
    expect(bundle).not.toContain('child_process');
  });
});

test('the client of GitHub is read by the two that write comments', () => {
  expect(ENTRIES.filter((entry) => read(entry, 'index.js').includes('../github/index.js'))).toEqual([
    'post',
    'restore',
  ]);
});

test('the licences of all that is bundled are kept', () => {
  const licences = read('licenses.txt');
  for (const name of ['@actions/core', '@actions/github', '@actions/http-client', 'tunnel']) {
    expect(licences).toMatch(new RegExp(`^${name} [\\d.]+ \\(MIT\\)$`, 'm'));
  }
});

test('the API is reached through the proxy that the runner is configured with', async () => {
  const requested: string[] = [];
  const proxy = createServer().listen(0, '127.0.0.1');
  proxy.on('connect', (request, socket) => {
    requested.push(`CONNECT ${request.url} ${request.headers['proxy-authorization']}`);
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  await once(proxy, 'listening');

  const env = {
    https_proxy: `http://user:pass@127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    INPUT_API_TOKEN: 'vps_demo_token',
    INPUT_API_URL: 'https://vps.invalid/api/v1',
    INPUT_SERVER_ID: '12345',
    INPUT_OLDER_THAN: '1d',
  };
  noteStart('prune');
  const prune = spawn(process.execPath, [path.join(dist, 'prune/index.js')], { env, stdio: 'ignore' });
  // The first answer is enough: what the action does with a broken proxy has tests of its own.
  await once(proxy, 'connect');
  prune.kill();
  await once(prune, 'exit');
  proxy.close();

  expect(requested[0]).toBe(`CONNECT vps.invalid:443 Basic ${btoa('user:pass')}`);
});
