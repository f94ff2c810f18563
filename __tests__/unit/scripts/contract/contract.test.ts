import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  checkAll,
  renderContract,
  renderMarkdown,
  renderTable,
} from '../../../../scripts/contract/report.ts';
import { ROWS } from '../../../../scripts/contract/rows/index.ts';
import { cleanContract, runContract, type RunOptions } from '../../../../scripts/contract/run.ts';
import type { Journal, JournalStore } from '../../../../scripts/contract/session/journal.ts';
import { defaultSwitches, readSwitches } from '../../../../simulator/api/switches.ts';
import { ProcessClock } from '../../../../simulator/clock/process-clock.ts';
import { VirtualClock } from '../../../../simulator/clock/virtual-clock.ts';
import { LIMITED_TOKEN, runTest, TestAccount } from './contract-run.ts';
import { Oracle } from './oracle.ts';

const HEADING = { date: '2026-01-15', mode: 'with a server to lose', requests: 1 };
/** It takes a 429, which a limit that nobody reaches does not give. */
const NEVER_SHOWN = 'retry-after';

describe('the documented API', () => {
  const run = runTest();

  test('holds in every row, and leaves nothing behind', async () => {
    const { report, failure, left, account } = await run;
    const { results } = report();
    expect(results.filter(({ verdict }) => verdict !== 'holds').map(({ id }) => id)).toEqual([NEVER_SHOWN]);
    expect({ failure, left, rest: account.whatIsLeft() }).toEqual({ failure: '', left: [], rest: [] });
  });

  test('has a contract that is what the simulator begins with', async () => {
    const { switches } = (await run).report();
    expect(defaultSwitches()).toMatchObject(readSwitches(switches));
    expect(Object.keys(switches).length).toBeGreaterThan(60);
  });

  test('is asked at least 2 s apart, and the second server for one snapshot only', async () => {
    const { recording, account } = await run;
    const times = recording.exchanges.map(({ sentAt }) => sentAt);
    expect(Math.min(...times.slice(1).map((time, at) => time - (times[at] ?? 0)))).toBeGreaterThanOrEqual(
      2000,
    );
    const { snapshots, power, restores } = account.api.state();
    expect(snapshots.filter(({ serverId, madeBy }) => serverId === '777' && madeBy === 'api')).toHaveLength(
      1,
    );
    expect([...power, ...restores].filter(({ serverId }) => serverId !== '12345')).toEqual([]);
  });

  test('says what each step takes', async () => {
    const { account } = await run;
    expect(account.lines.filter((line) => line.startsWith('['))).toHaveLength(6);
    expect(account.lines[0]).toBe(
      '[1/6] questions that only read: usually 1 to 2 minutes (0s so far, 28 to 119 minutes left)',
    );
  });
});

test('without --destructive nothing but reads is sent, and what needs more is not shown', async () => {
  const { recording, report } = await runTest({ isReadOnly: true });
  const { results, switches } = report();
  const changes = recording.exchanges.filter(({ method }) => method !== 'GET');
  const shown = results.filter(({ needs, verdict }) => needs === 'destroy' && verdict !== 'not shown');
  expect({ changes, shown: shown.map(({ id }) => id) }).toEqual({ changes: [], shown: [] });
  expect(results.filter(({ verdict }) => verdict === 'holds').length).toBeGreaterThan(35);
  expect(switches).not.toHaveProperty('limit');
});

test.each([
  ['wrong name', {}, 'not confirmed by the name of the server'],
  ['stopped', { status: 'stopped' as const }, "the server is 'stopped'"],
  ['full', { snapshots: 3 }, 'the server has 3 snapshots'],
])('a server that may not be lost (%s) is only read', async (name, server, message) => {
  const account = new TestAccount({ server });
  const destruction = { confirm: async () => name !== 'wrong name', journal: account.store, content: null };
  await expect(
    account.clock.run(() => runContract(account.world(), account.options, destruction)),
  ).rejects.toThrow(message);
  expect(account.journal).toBeNull();
  expect(account.changes()).toEqual([]);
});

test('an unfinished run has to be finished first', async () => {
  const account = new TestAccount();
  account.store.save({
    version: 1,
    run: 'abc',
    apiUrl: account.options.apiUrl,
    serverId: '12345',
    secondServerId: null,
    readsList: false,
    snapshots: [],
    restore: 'none',
    isPowerUncertain: false,
  });
  await expect(account.run()).rejects.toThrow('an earlier run is not finished');
});

test('another account cleans up nothing, and says so', async () => {
  const account = new TestAccount({ isSmall: true });
  const process = new ProcessClock(account.clock);
  const run = account.runUntil(process, ({ path }) => /snapshots.\d{3}.restore/.test(path));
  await account.clock.run(() => Promise.race([run, process.killed]));
  const limited = { ...account.options, token: LIMITED_TOKEN };
  account.api.setTokens([{ token: LIMITED_TOKEN, permissions: [] }]);
  const left = await account.clock.run(() => cleanContract(account.world(), limited, account.store));
  expect(left).toEqual(['the API shows no server 12345 to this token, so that nothing was cleaned up']);
  expect(account.journal?.snapshots.some(({ state }) => state === 'created')).toBe(true);
});

test('a command that fails hides its row, and ends nothing', async () => {
  const { recording, failure, left } = await runTest({ isSmall: true, content: 'unreadable' });
  expect({ failure, left, content: recording.facts.content }).toEqual({
    failure: '',
    left: [],
    content: null,
  });
});

test.each(['x', 'draft'] as const)('a limit that %s headers show is never reached', async (form) => {
  const switches = { rate_limit: 12, rate_limit_headers: form } as const;
  const { recording } = await runTest({ switches, isReadOnly: true });
  expect(recording.exchanges.filter(({ status }) => status === 429)).toEqual([]);
});

test('a run that is interrupted cleans up', async () => {
  for (const afterMs of [60_000, 200_000, 700_000, 1_000_000, 1_400_000]) {
    const account = new TestAccount({ isSmall: true });
    const { failure, left } = await account.run({ interruptAfterMs: afterMs });
    expect({ afterMs, isEarly: failure !== '', left, rest: account.whatIsLeft() }).toEqual({
      afterMs,
      isEarly: true,
      left: [],
      rest: [],
    });
  }
});

test('neither file holds a token, an address or a name of the account', async () => {
  const errorText = `for ops@example.com and token vps_demo_token of web-server-01 at 203.0.113.10`;
  const test = await runTest({ switches: { error_text: errorText, word_stopping: 'web-server-01' } });
  const run = test.report();
  const texts = [
    renderMarkdown(run, HEADING),
    renderContract(run, HEADING.date),
    renderTable(run).join('\n'),
  ].join('\n');
  const secrets = [
    'vps_demo_token',
    LIMITED_TOKEN,
    'web-server-0',
    'archive',
    '203.0.113',
    'example',
    'admin.vps.org',
  ];
  for (const secret of [...secrets, '5f0c9f6e', 'weekly', '12345', 'Example Ltd', 'vps-contract-'])
    expect(texts).not.toContain(secret);
  expect(run.switches).not.toHaveProperty('word_stopping');
});

test('the report has each row once, what differs first', async () => {
  const run = (await runTest({ switches: { word_completed: 'available' }, isReadOnly: true })).report();
  const markdown = renderMarkdown(run, HEADING);
  for (const { id } of ROWS) expect(markdown.split(`| \`${id}\` |`)).toHaveLength(2);
  expect(markdown.indexOf('## Not shown')).toBeLessThan(markdown.indexOf('## Holds'));
});

describe('the documentation, implemented once more', () => {
  test('holds in every documented row, and leaves nothing behind', async () => {
    const clock = new VirtualClock();
    const oracle = new Oracle(() => clock.wall());
    let journal: Journal | null = null;
    const store: JournalStore = {
      load: (): Journal | null => journal,
      save: (next) => void (journal = next),
      remove: () => void (journal = null),
    };
    const options: RunOptions = {
      apiUrl: 'https://admin.vps.org/api/v1',
      token: 'vps_oracle_full',
      limitedToken: 'vps_oracle_few',
      pollInterval: null,
      serverId: '90001',
      secondServerId: '90002',
    };
    const world = {
      clock,
      transport: async (request: Parameters<ReturnType<TestAccount['world']>['transport']>[0]) => {
        await clock.sleep(20);
        const { method, headers, body = '' } = request;
        return oracle.handle({
          method,
          headers,
          body,
          path: request.url.replace('https://admin.vps.org', ''),
        });
      },
      random: () => 0.5,
      newKey: () => '1f0c9f6e-3a51-4c0b-9d3f-8e2b7a41c6d0',
      cancelled: new AbortController().signal,
      print: () => {},
    };
    const destruction = { confirm: async () => true, journal: store, content: null };
    const { recording, failure, left } = await clock.run(() => runContract(world, options, destruction));
    expect({ failure, left, rest: oracle.rest(), journal }).toEqual({
      failure: '',
      left: [],
      rest: [],
      journal: null,
    });
    const { results } = checkAll(recording, [options.token]);
    const wrong = results.filter(({ source, verdict }) => source === 'documented' && verdict !== 'holds');
    expect(wrong.map(({ id, verdict }) => `${id}: ${verdict}`)).toEqual(['restore-content: not shown']);
    const differing = results.filter(({ verdict }) => verdict === 'differs');
    // The vendor's clients know pages and uuids, which its documentation does not have.
    expect(differing.map(({ id }) => id)).toEqual([
      'permissions',
      'list-form',
      'server-ids',
      'power-stopping',
      'power-starting',
    ]);
  });
});

describe('docs/contract.md and docs/api-notes.md', () => {
  const read = (file: string): string =>
    readFileSync(path.resolve(import.meta.dirname, '../../../..', file), 'utf8');

  test('every row that asks what is unknown stands in the notes', () => {
    const notes = read('docs/api-notes.md');
    const missing = ROWS.filter(({ source, id }) => source === 'unknown' && !notes.includes(`\`${id}\``));
    expect(missing.map(({ id }) => id)).toEqual([]);
  });

  test('the notes name no row that is not there', () => {
    const named = [...read('docs/api-notes.md').matchAll(/\(rows?\s+([^)]+)\)/g)].flatMap(([, list = '']) =>
      [...list.matchAll(/`([a-z-]+)`/g)].map(([, id = '']) => id),
    );
    expect(named.filter((id) => !ROWS.some((row) => row.id === id))).toEqual([]);
    expect(named.length).toBeGreaterThan(40);
  });
});
