import { describe, expect, test } from '@jest/globals';
import { CREATED, testOutcomes } from '../harness/outcome-tests.ts';
import { FAILED, GET_SERVER, POWER } from '../harness/samples.ts';
import { MINUTE, SERVER, TestEnvironment, type TestEnvironmentOptions } from '../harness/test-environment.ts';

test('a start that fails while another snapshot is awaited, and works at the end, is no failure', async () => {
  const testEnv = new TestEnvironment({
    switches: { power_seconds: [5, 5] },
    // One read before the stop, two while it stops, and this one before the start.
    faults: { ...GET_SERVER, nth: 4, kind: 'redirect' },
  });
  const main = await testEnv.main({ stopServer: true });
  expect(main.exitCode).toBe(0);
  expect(main.runner.titles()).toEqual([]);
  expect(main.runner.visible()).toContain('the server is not started yet');
  expect(main.runner.debugLines.join('\n')).toContain('redirect');
  expect(testEnv.actualState.servers[0]?.phase).toBe('active');
});

describe('a server that cannot be read any more is asked to start anyway', () => {
  test.each<[string, TestEnvironmentOptions]>([
    [
      'after the stop was confirmed',
      { faults: { ...GET_SERVER, nth: 4, times: 99, kind: 'status', status: 403 } },
    ],
    ['while it stops', { faults: { ...GET_SERVER, nth: 2, times: 99, kind: 'status', status: 404 } }],
  ])('%s', async (_, options) => {
    const testEnv = new TestEnvironment({ ...options, switches: { power_seconds: [5, 5] } });
    const main = await testEnv.main({ stopServer: true });
    await testEnv.pass(MINUTE);

    expect(main.exitCode).toBe(1);
    expect(main.runner.visible()).toContain('a start was requested, not confirmed');
    expect(testEnv.powerActions().slice(0, 2)).toEqual(['stop', 'start']);
    expect(testEnv.actualState.servers[0]?.phase).toBe('active');
  });

  test('for a minute, where it refuses', async () => {
    const testEnv = new TestEnvironment({
      faults: [
        { ...GET_SERVER, nth: 4, times: 99, kind: 'status', status: 403 },
        { ...POWER, nth: 2, times: 99, kind: 'status', status: 400 },
      ],
    });
    const main = await testEnv.main({ stopServer: true });
    const starts = testEnv.requests.filter(({ path }) => path.endsWith('/power/')).slice(1);
    expect(main.exitCode).toBe(1);
    expect(main.runner.visible()).toContain('each request to start it failed');
    expect(starts).toHaveLength(20);
  });
});

test('a start that is refused for another reason each time is one line', async () => {
  const refused = { ...POWER, kind: 'status', status: 400 };
  const testEnv = new TestEnvironment({
    faults: [2, 3, 4].map((nth) => ({ ...refused, nth, body: JSON.stringify({ detail: `reason ${nth}` }) })),
  });
  const main = await testEnv.main({ stopServer: true });
  expect(main.exitCode).toBe(0);
  const lines = main.runner.lines.filter(({ text }) => text.includes('the start request failed'));
  expect(lines).toHaveLength(1);
});

test('a start that fails ends main red, says so, and post tries again before anything else', async () => {
  const testEnv = new TestEnvironment({
    faults: { ...POWER, nth: 2, times: 2, kind: 'status', status: 403 },
  });
  const main = await testEnv.main({ stopServer: true, onFailure: 'delete' });
  expect(main.exitCode).toBe(1);
  expect(main.runner.visible()).toMatch(/by hand/i);
  const from = testEnv.requests.length;
  const post = await testEnv.post(main, { jobStatus: 'failure' });
  expect(testEnv.calls(from)[0]).toBe(`GET /servers/${SERVER}/`);
  expect(testEnv.actualState.servers[0]?.phase).toBe('active');
  expect(post.exitCode).toBe(0);
});

describe('outcome', () => {
  testOutcomes({
    'a start answered with 401 is given up, and the token is named': {
      main: { stopServer: true },
      faults: { ...POWER, nth: 2, times: 3, kind: 'status', status: 401 },
      outcome: [
        'main exit 1 | ❌ VPS.org snapshot complete, but a server was not started again | error Server not started | 801 completed | offers 801',
        'POST /servers/12345/power/ stop 200',
        'POST /snapshots/ 201',
        'POST /servers/12345/power/ start 401 ×2',
        'left: 801 completed, server 12345 stopped',
      ],
      says: [/START IT BY HAND/, 'API token is wrong'],
    },
    'a start answered with 404 is given up': {
      main: { stopServer: true },
      faults: { ...POWER, nth: 2, times: 3, kind: 'status', status: 404 },
      outcome: [
        'main exit 1 | ❌ VPS.org snapshot complete, but a server was not started again | error Server not started | 801 completed | offers 801',
        'POST /servers/12345/power/ stop 200',
        'POST /snapshots/ 201',
        'POST /servers/12345/power/ start 404 ×2',
        'left: 801 completed, server 12345 stopped',
      ],
      says: [
        /START IT BY HAND/,
        'VPS.org knows no such server or no such call',
        'a server was not started again',
      ],
    },
    'a start answered with 409 is tried again': {
      main: { stopServer: true },
      faults: { ...POWER, nth: 2, times: 3, kind: 'status', status: 409 },
      outcome: [
        CREATED,
        'POST /servers/12345/power/ stop 200',
        'POST /snapshots/ 201',
        'POST /servers/12345/power/ start 409 ×3',
        'POST /servers/12345/power/ start 200',
        'left: 801 completed',
      ],
      says: ['is tried again'],
    },
    'the stopping server cannot be read: it is asked to start': {
      main: { stopServer: true },
      faults: { ...GET_SERVER, nth: 2, times: 2, kind: 'status', status: 403 },
      post: FAILED,
      outcome: [
        'main exit 1 | ❌ No VPS.org snapshot | error Server not started | error Server not stopped | none –',
        'post exit 0 | 📸 VPS.org snapshot kept | none planned',
        'POST /servers/12345/power/ stop 200',
        'POST /servers/12345/power/ start 400 ×3',
        'POST /servers/12345/power/ start 200',
        'left: nothing',
      ],
      says: [
        /START IT BY HAND/,
        /is started again, and no snapshot/,
        'requesting a start all the same',
        /Still starting after 30s: .*: 'active'$/m,
        /unknown whether it stopped.*\n +caused by: GET \/servers\/12345\/ was answered with 403/,
        /BY HAND if it is stopped\.\n +caused by: GET \/servers\/12345\/ was answered with 403/,
      ],
      took: [12, 39],
    },
    'the starting server cannot be read: main and post ask it to start': {
      main: { stopServer: true },
      faults: { ...GET_SERVER, nth: 6, times: 99, kind: 'status', status: 403 },
      post: FAILED,
      outcome: [
        'main exit 1 | ❌ VPS.org snapshot complete, but a server was not started again | error Server not started | 801 completed | offers 801',
        'post exit 1 | 📸 VPS.org snapshot kept | error Server not started | 801 completed | offers 801',
        'POST /servers/12345/power/ stop 200',
        'POST /snapshots/ 201',
        'POST /servers/12345/power/ start 200',
        'POST /servers/12345/power/ start 400 ×4',
        'POST /servers/12345/power/ start 200 ×2',
        'left: 801 completed',
      ],
      says: [/START IT BY HAND/, 'requesting a start all the same', 'read servers'],
    },
    'killed while the server stops: post starts it': {
      main: { stopServer: true },
      signal: ['SIGKILL', 5000],
      post: FAILED,
      outcome: [
        'main exit 1',
        'post exit 0 | 📸 VPS.org snapshot kept | none planned',
        'POST /servers/12345/power/ stop 200',
        'POST /servers/12345/power/ start 200',
        'left: nothing',
      ],
      says: ['the snapshot step stopped this server'],
    },
  });
});
