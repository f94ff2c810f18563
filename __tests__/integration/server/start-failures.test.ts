import { describe, expect, test } from '@jest/globals';
import { CREATED, testOutcomes } from '../harness/outcome-tests.ts';
import { FAILED, GET_SERVER, LIST_SERVERS, POWER } from '../harness/samples.ts';
import { SERVER, TestEnvironment, type TestEnvironmentOptions } from '../harness/test-environment.ts';

const NO_LIST = { ...LIST_SERVERS, nth: 1, times: 9999, kind: 'status', status: 403 };

describe('a server that cannot be read any more is asked to start anyway, and nothing but the budget ends that', () => {
  test.each<[string, TestEnvironmentOptions]>([
    [
      'after the stop was confirmed',
      { faults: [{ ...GET_SERVER, nth: 5, times: 9999, kind: 'status', status: 403 }, NO_LIST] },
    ],
    [
      'while it stops',
      { faults: [{ ...GET_SERVER, nth: 3, times: 9999, kind: 'status', status: 404 }, NO_LIST] },
    ],
  ])('%s', async (_, options) => {
    const testEnv = new TestEnvironment({ ...options, switches: { power_seconds: [5, 5] } });
    const main = await testEnv.main({ stopServer: true });
    expect(main.exitCode).toBe(1);
    expect(main.runner.titles()).toContain('error Server not started');
    expect(main.runner.visible()).toContain(
      'a start was requested and accepted, and it was not seen up in time',
    );
    expect(testEnv.powerActions().slice(0, 2)).toEqual(['stop', 'start']);
    expect(testEnv.actualState.servers[0]?.phase).toBe('active');
  });

  test('every 15 s, where it refuses', async () => {
    const testEnv = new TestEnvironment({
      faults: [
        { ...GET_SERVER, nth: 8, times: 9999, kind: 'status', status: 403 },
        NO_LIST,
        { ...POWER, nth: 2, times: 9999, kind: 'status', status: 400 },
      ],
    });
    const main = await testEnv.main({ stopServer: true });
    const starts = testEnv.requests.filter(({ path }) => path.endsWith('/power/')).slice(1);
    expect(main.exitCode).toBe(1);
    expect(main.runner.visible()).toContain('no start was accepted');
    const pauses = starts.slice(1).map(({ at }, index) => at - (starts[index]?.at ?? 0));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(15_000);
    expect(Math.max(...pauses)).toBeLessThan(20_000);
    // For 15 minutes, and not for as long again at the end of the step.
    expect(starts.length).toBeGreaterThan(45);
    expect(starts.length).toBeLessThanOrEqual(60);
  });

  test('one that answers again after five minutes is no failure', async () => {
    const testEnv = new TestEnvironment({
      faults: [{ ...GET_SERVER, nth: 8, times: 99, kind: 'status', status: 403 }, NO_LIST],
    });
    const main = await testEnv.main({ stopServer: true });
    expect(main.exitCode).toBe(0);
    expect(main.runner.titles()).toEqual([]);
    expect(testEnv.actualState.servers[0]?.phase).toBe('active');
  });
});

test('a server that its address refuses to show from the stop on is found in the list, and is seen up again', async () => {
  const testEnv = new TestEnvironment({
    faults: { ...GET_SERVER, nth: 3, times: 9999, kind: 'status', status: 403 },
  });
  const main = await testEnv.main({ stopServer: true });
  expect([main.exitCode, main.runner.titles()]).toEqual([0, []]);
  expect(testEnv.powerActions()).toEqual(['stop', 'start']);
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
    faults: { ...POWER, nth: 2, times: 59, kind: 'status', status: 403 },
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
    'a start that is answered with 401 for as long as there is time: red, and the token is named': {
      main: { stopServer: true },
      faults: { ...POWER, nth: 2, times: 999, kind: 'status', status: 401 },
      outcome: [
        'main exit 1 | 🛑 Server NOT started again after the stop: start it (snapshot complete) | warning Server not started yet | error Server not started | 801 completed | offers 801',
        'POST /servers/12345/power/ stop 200',
        'POST /snapshots/ 201',
        'POST /servers/12345/power/ start 401 ×59',
        'left: 801 completed, server 12345 stopped',
      ],
      says: [/START IT BY HAND/, 'API token is wrong'],
    },
    'a start that is answered with 404 three times and taken then': {
      main: { stopServer: true },
      faults: { ...POWER, nth: 2, times: 3, kind: 'status', status: 404 },
      outcome: [
        'main exit 0 | 📸 VPS.org snapshot complete | warning Server not started yet | 801 completed | offers 801',
        'POST /servers/12345/power/ stop 200',
        'POST /snapshots/ 201',
        'POST /servers/12345/power/ start 404 ×3',
        'POST /servers/12345/power/ start 200',
        'left: 801 completed',
      ],
      says: ['VPS.org refuses the start, and it is tried again'],
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
      says: ['the start request failed, trying again'],
    },
    'the stopping server cannot be read for a moment: its stop is seen': {
      main: { stopServer: true },
      faults: { ...GET_SERVER, nth: 3, times: 2, kind: 'status', status: 403 },
      outcome: [
        CREATED,
        'POST /servers/12345/power/ stop 200',
        'POST /snapshots/ 201',
        'POST /servers/12345/power/ start 200',
        'left: 801 completed',
      ],
    },
    'the server cannot be read from the stop on: main and post ask it to start': {
      main: { stopServer: true },
      faults: [{ ...GET_SERVER, nth: 3, times: 9999, kind: 'status', status: 403 }, NO_LIST],
      post: FAILED,
      outcome: [
        'main exit 1 | 🛑 Server NOT started again after the stop: start it (snapshot not complete) | error Server not started | error Server not stopped | none –',
        'post exit 1 | 🛑 Server NOT started again after the stop: start it | error Server not started | none not requested',
        'POST /servers/12345/power/ stop 200',
        'POST /servers/12345/power/ start 200 ×58',
        'left: nothing',
      ],
      says: [
        /START IT BY HAND/,
        'the server is in an unknown state: a start was requested and accepted',
        'and a start is requested now',
        'read servers',
      ],
      took: [1200, 900],
    },
    'killed while the server stops: post starts it': {
      main: { stopServer: true },
      signal: ['SIGKILL', 5000],
      post: FAILED,
      outcome: [
        'main exit 1',
        'post exit 0 | ℹ️ No VPS.org snapshot was made | none not requested',
        'POST /servers/12345/power/ stop 200',
        'POST /servers/12345/power/ start 200',
        'left: nothing',
      ],
      says: ['the snapshot step stopped this server'],
    },
  });
});
