import { describe, expect, test } from '@jest/globals';
import { testOutcomes } from '../harness/outcome-tests.ts';
import { CREATE_REQUEST, FAILED, LISTS, NAME } from '../harness/samples.ts';
import { MINUTE, SERVER, START, TestEnvironment } from '../harness/test-environment.ts';

const GET = `GET /servers/${SERVER}/`;
const LIST = 'GET /snapshots/';

describe('a request that was refused', () => {
  // Only a 400 has meanings that the server, a list and a second name can tell apart.
  const SECOND_TRY = [GET, LIST, 'POST /snapshots/', GET, LIST];
  test.each([
    [400, 'Bad name', SECOND_TRY],
    [401, 'Invalid token', ['GET /account/me/']],
    [403, 'No permission', ['GET /account/me/']],
    [404, 'No such server', []],
    [422, 'Unprocessable', []],
  ])('%i: red at once, with the reason, and post has nothing to search for', async (status, detail, then) => {
    const testEnv = new TestEnvironment({
      faults: { method: 'POST', path: '/snapshots/', kind: 'status', status, body: { detail } },
    });
    const main = await testEnv.main();
    expect(main.exitCode).toBe(1);
    expect(main.runner.titles()).toEqual(['error No snapshot was made']);
    expect(main.runner.annotations[0]?.text).toContain(detail);
    expect(testEnv.calls()).toEqual([GET, LIST, 'POST /snapshots/', ...then]);
    const before = testEnv.requests.length;
    expect((await testEnv.post(main, { jobStatus: 'failure' })).exitCode).toBe(0);
    expect(testEnv.requests).toHaveLength(before);
  });

  test.each([
    ['a web page, which says nothing about server or name', 400, {}, []],
    ['a web page in place of "not found"', 404, {}, []],
    [
      'a 400 whose list cannot be read',
      400,
      { ...LISTS, nth: 2, times: 99, kind: 'status', status: 403 },
      ['Its list could not be read'],
    ],
  ])('what was not found out is not reported: %s', async (name, status, fault, reported) => {
    const body = name.startsWith('a web page') ? '<html>Blocked</html>' : { detail: 'Bad' };
    const refusal = { ...CREATE_REQUEST, kind: 'status', status, body };
    const testEnv = new TestEnvironment({
      faults: Object.keys(fault).length > 0 ? [refusal, fault] : refusal,
    });
    const main = await testEnv.main();
    const text = main.runner.annotations[0]?.text ?? '';
    expect(main.runner.titles()).toEqual(['error No snapshot was made']);
    for (const part of reported) expect(text).toContain(part);
    expect(text).not.toMatch(/second name|does not show 5|No such server/);
  });

  test('a redirect: nothing was done, red at once, and the address is in question', async () => {
    const testEnv = new TestEnvironment({ faults: { ...CREATE_REQUEST, kind: 'redirect' } });
    const main = await testEnv.main();
    expect(main.exitCode).toBe(1);
    expect(main.runner.annotations[0]?.text).toContain("Check 'api_url'");
    expect(testEnv.calls()).toEqual([GET, LIST, 'POST /snapshots/']);
    await testEnv.post(main, { jobStatus: 'failure' });
    expect(testEnv.calls()).toHaveLength(3);
  });

  test.each([
    ['429', { kind: 'status', status: 429, times: 2 }],
    ['connection refused', { kind: 'refused', times: 3 }],
    ['name not resolved', { kind: 'unresolved', times: 1 }],
    ['no TLS', { kind: 'handshake', times: 2 }],
    ['423', { kind: 'status', status: 423, times: 2 }],
  ])('%s: certainly not done, so it is sent again', async (_, fault) => {
    const testEnv = new TestEnvironment({ faults: { method: 'POST', path: '/snapshots/', ...fault } });
    const main = await testEnv.main();
    expect(main.exitCode).toBe(0);
    expect(testEnv.actualState.snapshots).toHaveLength(1);
  });

  test('Retry-After is kept to the second', async () => {
    const faults = [
      { kind: 'status', status: 429, headers: { 'retry-after': '45' } },
      { kind: 'status', status: 429, headers: { 'retry-after': new Date(START + 120_000).toUTCString() } },
    ].map((fault) => ({ method: 'POST', path: '/snapshots/', nth: 1, ...fault }));
    const testEnv = new TestEnvironment({ faults: [faults[0], { ...faults[1], nth: 2 }] });
    const main = await testEnv.main();
    expect(main.exitCode).toBe(0);
    const posts = testEnv.requests.filter(({ method }) => method === 'POST').map(({ at }) => at - START);
    expect(posts).toEqual([50, 45_100, 120_000]);
  });
});

describe('a 409 to the create request', () => {
  const POST = 'POST /snapshots/';
  const switches = { refusal_status: 409, snapshot_while: ['active', 'stopped'] } as const;

  test('while the server restarts: waited for, and requested again by the same name', async () => {
    const testEnv = new TestEnvironment({ switches });
    testEnv.api.addEvents([{ kind: 'restart', at: 0.06, seconds: 60 }]);
    const main = await testEnv.main();
    expect([main.exitCode, main.runner.titles()]).toEqual([0, []]);
    expect(testEnv.actualState.snapshots.map(({ name }) => name)).toEqual([NAME]);
    expect(testEnv.calls().filter((call) => call === POST)).toHaveLength(2);
  });

  test('for as long as wait_timeout allows', async () => {
    const testEnv = new TestEnvironment({ switches });
    testEnv.api.addEvents([{ kind: 'restart', at: 0.06, seconds: 600 }]);
    const main = await testEnv.main({ waitTimeout: 15 * MINUTE });
    expect([main.exitCode, main.runner.titles()]).toEqual([0, []]);
    expect(testEnv.actualState.snapshots.map(({ name }) => name)).toEqual([NAME]);
  });

  test('for longer than that: red, with the words of the API', async () => {
    const testEnv = new TestEnvironment({ switches });
    testEnv.api.addEvents([{ kind: 'restart', at: 0.06, seconds: 600 }]);
    const main = await testEnv.main({ waitTimeout: 5 * MINUTE });
    expect([main.exitCode, main.runner.titles()]).toEqual([1, ['error No snapshot was made']]);
    expect(main.runner.visible()).toContain('409');
    expect(main.endedAt).toBeLessThan(5.2 * MINUTE);
    expect(testEnv.actualState.snapshots).toEqual([]);
  });

  test('at rest: one list, and one request with a piece of the key in the name', async () => {
    const testEnv = new TestEnvironment({ faults: { ...CREATE_REQUEST, kind: 'status', status: 409 } });
    const main = await testEnv.main();
    expect(main.exitCode).toBe(0);
    expect(testEnv.calls().slice(2, 6)).toEqual([POST, GET, LIST, POST]);
    expect(testEnv.actualState.snapshots[0]?.name).toMatch(new RegExp(`^${NAME}-[0-9a-f]{6}$`));
  });

  test('at rest, and to the second name too: final, with the words of the API', async () => {
    const body = { detail: 'the name is in use' };
    const testEnv = new TestEnvironment({
      faults: { ...CREATE_REQUEST, times: 99, kind: 'status', status: 409, body },
    });
    const main = await testEnv.main();
    expect(main.exitCode).toBe(1);
    expect(main.runner.annotations[0]?.text).toContain('the name is in use');
    expect(testEnv.calls().filter((call) => call === POST)).toHaveLength(2);
  });
});

describe('outcome', () => {
  const HELD = { kind: 'status', status: 429, headers: { 'retry-after': '60' } };
  testOutcomes({
    'a cancel before the request is taken: nothing was requested': {
      faults: { ...CREATE_REQUEST, ...HELD },
      signal: ['SIGINT', 5000],
      outcome: [
        'main exit 1 | ⏹️ Interrupted: VPS.org snapshot not requested | error Interrupted | none –',
        'POST /snapshots/ 429',
        'left: nothing',
      ],
      saved: { phase: 'planned', resentAt: null },
    },
    'a cancel before the second one is taken: what became of the first stays unknown': {
      faults: [
        { ...CREATE_REQUEST, kind: 'reset_before' },
        { ...CREATE_REQUEST, nth: 2, ...HELD },
      ],
      signal: ['SIGINT', 30_000],
      outcome: [
        'main exit 1 | ⏹️ Interrupted: VPS.org snapshot requested, outcome unknown | error Interrupted | none uncertain',
        'POST /snapshots/ lost',
        'POST /snapshots/ 429',
        'left: nothing',
      ],
      saved: { phase: 'intent', resentAt: expect.any(Number) as unknown as number },
    },
    'a 400 that is not for a full server, and for the second name too: the reason of the API is given': {
      faults: { ...CREATE_REQUEST, times: 9, kind: 'status', status: 400, body: { detail: 'Bad.' } },
      post: FAILED,
      outcome: [
        'main exit 1 | ❌ No snapshot was made | error No snapshot was made | none –',
        'post exit 0',
        'POST /snapshots/ 400 ×2',
        'left: nothing',
      ],
      says: ['does not show 5 snapshots', 'Bad', '[!CAUTION]'],
    },
    'a 400, and no list to show its reason: certainly none, and post has nothing to search for': {
      faults: [
        { ...CREATE_REQUEST, kind: 'status', status: 400 },
        { ...LISTS, nth: 2, times: 99, kind: 'status', status: 403 },
      ],
      post: FAILED,
      outcome: [
        'main exit 1 | ❌ No snapshot was made | error No snapshot was made | none –',
        'post exit 0',
        'POST /snapshots/ 400',
        'left: nothing',
      ],
      says: ['no list after the refusal'],
      // The refusal of the list has to stand for a minute.
      reads: { '/snapshots/?server_id=12345': 22, '/servers/12345/': 2 },
    },
  });
});
