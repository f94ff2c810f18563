import { describe, expect, test } from '@jest/globals';
import { CREATED, KEPT, testOutcomes } from '../harness/outcome-tests.ts';
import { BOTH, CREATE_REQUEST, FULL, POWER, TWO_SERVERS } from '../harness/samples.ts';
import {
  MINUTE,
  SERVER,
  type Switches,
  TestEnvironment,
  type TestEnvironmentOptions,
} from '../harness/test-environment.ts';

test('stops the server, takes the snapshot of the stopped server, and starts it', async () => {
  const testEnv = new TestEnvironment();
  const main = await testEnv.main({ stopServer: true });
  expect(main.exitCode).toBe(0);
  expect(testEnv.powerActions()).toEqual(['stop', 'start']);
  expect(testEnv.actualState.snapshots[0]?.serverPhase).toBe('stopped');
  expect(testEnv.actualState.servers[0]?.phase).toBe('active');
});

test('a server that was stopped is neither stopped nor started', async () => {
  const testEnv = new TestEnvironment({ servers: [{ id: SERVER, status: 'stopped' }] });
  const main = await testEnv.main({ stopServer: true });
  expect(main.exitCode).toBe(0);
  expect(testEnv.actualState.power).toEqual([]);
  expect(testEnv.actualState.servers[0]?.phase).toBe('stopped');
});

describe('no snapshot, and a clear error', () => {
  test.each<[string, Partial<Switches>, TestEnvironmentOptions?]>([
    ['the server is suspended', {}, { servers: [{ id: SERVER, status: 'suspended' }] }],
    ['the API has no such call', { power: 'absent' }],
    ['the token may not', { permissions: ['snapshots:read', 'snapshots:write', 'servers:read'] }],
    ['the token may not even read', { permissions: ['snapshots:read', 'snapshots:write'] }],
    ['the server does not stop in 5 minutes', { power_seconds: [3600, 3600] }],
  ])('%s', async (_, switches, options = {}) => {
    const testEnv = new TestEnvironment({ ...options, switches });
    const main = await testEnv.main({ stopServer: true });
    expect(main.exitCode).toBe(1);
    expect(main.runner.titles()).toContain('error Server not stopped');
    expect(testEnv.actualState.snapshots).toEqual([]);
    expect(testEnv.calls()).not.toContain('POST /snapshots/');
  });
});

describe('the server is active in the end', () => {
  test.each<[string, TestEnvironmentOptions]>([
    ['the snapshot fails', { switches: { fail_next: 1 } }],
    ['the snapshot is refused', { faults: { ...CREATE_REQUEST, kind: 'status', status: 403 } }],
    ['the answer to the stop is lost', { faults: { ...POWER, nth: 1, kind: 'reset_after' } }],
    ['the stop is carried out late', { faults: { ...POWER, nth: 1, kind: 'late', ms: 20_000 } }],
    ['the answer to the start is lost', { faults: { ...POWER, nth: 2, kind: 'reset_after' } }],
    [
      'the start is refused at first',
      { faults: { ...POWER, nth: 2, times: 5, kind: 'status', status: 400 } },
    ],
    [
      'the API is down when it is to be started',
      { faults: { method: '*', path: '/servers/*/', nth: 6, times: 20, kind: 'status', status: 503 } },
    ],
    ['a start of a started server is refused', { switches: { power_repeat: 'refused' } }],
    [
      'transitions have other words',
      { switches: { word_stopping: 'shutting down', word_starting: 'booting' } },
    ],
    ['a power call answers with nothing', { switches: { power_answer: 'empty' } }],
  ])('%s', async (_, options) => {
    const testEnv = new TestEnvironment(options);
    const main = await testEnv.main({ stopServer: true });
    if (main.exitCode !== 0) await testEnv.post(main, { jobStatus: 'failure' });
    await testEnv.pass(MINUTE);
    expect(testEnv.actualState.servers[0]?.phase).toBe('active');
  });
});

test('the snapshots of several servers are waited for while the first is started again', async () => {
  const servers = [{ id: 1 }, { id: 2 }];
  const testEnv = new TestEnvironment({ servers, switches: { snapshot_seconds: [60, 400] }, seed: 5 });
  const main = await testEnv.main({ serverIds: ['1', '2'], stopServer: true });
  expect(main.exitCode).toBe(0);
  const ended = Math.max(...testEnv.actualState.snapshots.map(({ endedAt }) => endedAt ?? 0));
  const started = testEnv.actualState.power.filter(({ action }) => action === 'start').map(({ at }) => at);
  expect(Math.min(...started)).toBeLessThan(ended);
  expect(testEnv.actualState.servers.map(({ phase }) => phase)).toEqual(['active', 'active']);
});

test('rotation comes after the stop, on a list that was read after it', async () => {
  const snapshots = Array.from({ length: 5 }, (_, index) => ({ id: index + 1, name: `old-${index}` }));
  const testEnv = new TestEnvironment({ snapshots });
  const main = await testEnv.main({ stopServer: true, whenFull: 'rotate' });
  expect(main.exitCode).toBe(1);
  expect(testEnv.powerActions()).not.toContain('stop');
  expect(testEnv.existing()).toHaveLength(5);
});

test('a server whose snapshot is refused is started at once, however long those of the others take', async () => {
  const testEnv = new TestEnvironment({
    servers: TWO_SERVERS,
    switches: { power_seconds: [10, 10], snapshot_seconds: [900, 900] },
    faults: { ...CREATE_REQUEST, nth: 2, kind: 'status', status: 403 },
  });
  const main = await testEnv.main({ ...BOTH, stopServer: true });
  expect(main.exitCode).toBe(1);
  const refused = testEnv.requests.find(({ status, path }) => status === 403 && path.endsWith('/snapshots/'));
  const server = JSON.parse(refused?.body ?? '{}') as { server_id?: number };
  const start = testEnv.requests.find(
    ({ path, body }) => path.includes(`/servers/${server.server_id}/power/`) && body.includes('start'),
  );
  expect((start?.at ?? Infinity) - (refused?.at ?? 0)).toBeLessThan(MINUTE);
  // The other one is down for as long as its own snapshot takes.
  const starts = testEnv.requests.filter(({ body }) => body.includes('"start"'));
  expect(starts.some(({ at }) => at - (refused?.at ?? 0) > 14 * MINUTE)).toBe(true);
  expect(testEnv.actualState.servers.map(({ phase }) => phase)).toEqual(['active', 'active']);
});

test('after the first failure no other snapshot is requested, and what was stopped for one is started', async () => {
  const testEnv = new TestEnvironment({
    servers: TWO_SERVERS,
    switches: { power_seconds: [30, 30] },
    faults: { ...POWER, nth: 2, kind: 'status', status: 403 },
  });
  const main = await testEnv.main({ ...BOTH, stopServer: true });
  expect(main.exitCode).toBe(1);
  expect(main.runner.titles()).toEqual(['error Server not stopped']);
  expect(main.runner.visible()).toContain('no snapshot is requested, because another server failed');
  expect(testEnv.actualState.snapshots).toEqual([]);
  expect(testEnv.actualState.servers.map(({ phase }) => phase)).toEqual(['active', 'active']);
});

test('after the first failure no other server is stopped', async () => {
  const servers = [1, 2, 3, 4, 5].map((id) => ({ id }));
  const testEnv = new TestEnvironment({
    servers,
    switches: { power_seconds: [1, 1], snapshot_seconds: [9, 9], fail_next: 1 },
    // The other snapshots are still being requested when the first one has failed.
    faults: { ...CREATE_REQUEST, nth: 2, times: 3, kind: 'delay', ms: 25_000 },
  });
  const main = await testEnv.main({ serverIds: servers.map(({ id }) => `${id}`), stopServer: true });
  expect(main.exitCode).toBe(1);
  expect(testEnv.actualState.snapshots.map(({ serverId }) => serverId)).toEqual(['1', '2', '3', '4']);
  expect(testEnv.calls()).not.toContain('POST /servers/5/power/');
  expect(testEnv.actualState.servers.map(({ phase }) => phase)).toEqual(Array(5).fill('active'));
});

describe('outcome', () => {
  testOutcomes({
    'rotation happens while the server is stopped': {
      main: { stopServer: true, whenFull: 'rotate' },
      snapshots: FULL,
      post: {},
      outcome: [
        CREATED,
        KEPT,
        'POST /servers/12345/power/ stop 200',
        'DELETE /snapshots/1/ 204',
        'POST /snapshots/ 201',
        'POST /servers/12345/power/ start 200',
        'left: 2 completed, 3 completed, 4 completed, 5 completed, 801 completed',
      ],
      reads: { '/snapshots/?server_id=12345': 35, '/servers/12345/': 14 },
    },
    'a server that was stopped stays stopped': {
      main: { stopServer: true },
      servers: [{ id: SERVER, status: 'stopped' }],
      outcome: [CREATED, 'POST /snapshots/ 201', 'left: 801 completed, server 12345 stopped'],
      says: ['already stopped and stays stopped'],
      saved: { power: { found: 'stopped', stop: 'none', stopAcceptedAt: null, started: false } },
    },
    'the answer to the stop is lost: it is seen to stop': {
      main: { stopServer: true },
      faults: { ...POWER, nth: 1, kind: 'reset_after' },
      outcome: [
        CREATED,
        'POST /servers/12345/power/ stop lost',
        'POST /snapshots/ 201',
        'POST /servers/12345/power/ start 200',
        'left: 801 completed',
      ],
      says: ['unclear answer to the stop'],
    },
    'the stop never arrived: no snapshot, and the start that follows is confirmed 6 min after the stop': {
      main: { stopServer: true },
      faults: { ...POWER, nth: 1, kind: 'reset_before' },
      outcome: [
        'main exit 1 | ❌ Server not stopped: no snapshot was made | error Server not stopped | none –',
        'POST /servers/12345/power/ stop lost',
        'POST /servers/12345/power/ start 200 ×3',
        'left: nothing',
      ],
      says: ['was not seen stopped within 5m'],
      took: [364],
    },
    'the stop is refused: post has nothing to start': {
      main: { stopServer: true },
      faults: { ...POWER, kind: 'status', status: 403 },
      outcome: [
        'main exit 1 | ❌ Server not stopped: no snapshot was made | error Server not stopped | none –',
        'POST /servers/12345/power/ stop 403',
        'left: nothing',
      ],
      says: [/^The token 'demo' has the permissions/m],
      saved: { power: { found: 'active', stop: 'none', stopAcceptedAt: null, started: false } },
    },
    'a suspended server is not stopped': {
      main: { stopServer: true },
      servers: [{ id: SERVER, status: 'suspended' }],
      outcome: [
        'main exit 1 | ❌ Server not stopped: no snapshot was made | error Server not stopped | none –',
        'left: server 12345 suspended',
      ],
      says: ["'suspended'"],
    },
    'a server without a status is not stopped': {
      main: { stopServer: true },
      switches: { server_missing: ['status'] },
      outcome: [
        'main exit 1 | ❌ Server not stopped: no snapshot was made | error Server not stopped | none –',
        'left: nothing',
      ],
      says: ['without a status'],
    },
  });
});
