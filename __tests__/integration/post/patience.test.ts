import { describe, expect, test } from '@jest/globals';
import { type PostInputs, restoreInputs, type RootInputs } from '../harness/inputs.ts';
import {
  answeredWith,
  FAILED,
  GET_SERVER,
  LIST_SERVERS,
  listed,
  LISTS,
  own,
  partialList,
  RESTORE,
  RESTORE_REQUEST,
} from '../harness/samples.ts';
import { deployAndPost } from '../harness/scenario.ts';
import { markerOf, MINUTE, SERVER, START, TestEnvironment } from '../harness/test-environment.ts';

/** As long as certainly nothing was done, a rollback goes on until its budget ends, never until a count of tries. */

const SECOND = 1000;
const restoreCalls = (testEnv: TestEnvironment) =>
  testEnv.requests.filter(({ path }) => path.endsWith('/restore/'));

describe('a restore request that is refused for the moment', () => {
  test('waits until the server that the deploy reboots is at rest, and is sent once', async () => {
    const { testEnv, post } = await deployAndPost(RESTORE, FAILED, { switches: { deploy_restarts: 50 } });
    const [request] = restoreCalls(testEnv);
    const [restored] =
      testEnv.actualState.servers[0]?.history.filter(({ phase }) => phase === 'restoring') ?? [];
    expect(restoreCalls(testEnv)).toHaveLength(1);
    expect(request?.status).toBe(200);
    expect(restored?.cause).toBe('restore');
    expect(post.runner.titles()).toEqual(['error Rolled back']);
    expect(post.runner.visible()).toContain("the server is 'restarting'; waiting until it rests");
  });

  test.each([
    ['400 for 6 s, while the server shows no reboot', { kind: 'status', status: 400, for_ms: 6 * SECOND }, 2],
    ['409 for 40 s', { kind: 'status', status: 409, for_ms: 40 * SECOND }, 4],
    ['423 for 40 s', { kind: 'status', status: 423, for_ms: 40 * SECOND }, 4],
    ['429 for 40 s', { kind: 'status', status: 429, for_ms: 40 * SECOND }, 4],
    ['no connection for 5 minutes', { kind: 'refused', for_ms: 5 * MINUTE }, 21],
    ['a proxy that refuses CONNECT for 5 minutes', { kind: 'proxy', for_ms: 5 * MINUTE }, 21],
    ['no TLS for 40 s', { kind: 'handshake', for_ms: 40 * SECOND }, 4],
    [
      "a firewall's page for 40 s",
      { kind: 'status', status: 403, body: '<html></html>', for_ms: 40 * SECOND },
      4,
    ],
  ])('is sent again: %s', async (_, fault, sent) => {
    const { testEnv, post } = await deployAndPost(RESTORE, FAILED, {
      faults: { ...RESTORE_REQUEST, ...fault },
    });
    expect(restoreCalls(testEnv)).toHaveLength(sent);
    expect(testEnv.actualState.restores).toHaveLength(1);
    expect(post.runner.titles()).toEqual(['error Rolled back']);
    // The same refusal again and again is one line.
    expect(post.runner.lines.filter(({ text }) => text.includes('not taken yet;'))).toHaveLength(1);
  });

  test('a 400 that stands for two minutes at rest is final, and its reason is reported', async () => {
    const { testEnv, post } = await deployAndPost(RESTORE, FAILED, {
      faults: {
        ...RESTORE_REQUEST,
        kind: 'status',
        status: 400,
        body: { detail: 'No.' },
        for_ms: 29 * MINUTE,
      },
    });
    const calls = restoreCalls(testEnv).map(({ at }) => at);
    expect((calls.at(-1) ?? 0) - (calls[0] ?? 0)).toBeGreaterThanOrEqual(2 * MINUTE);
    expect(post.endedAt - post.startedAt).toBeLessThan(2.5 * MINUTE);
    expect(post.runner.titles()).toEqual(['error Not restored']);
    expect(post.runner.annotations[0]?.text).toContain('answered with 400: No.');
    expect(testEnv.actualState.restores).toEqual([]);
  });

  test('is checked again before each request: a deploy of somebody else meanwhile ends it', async () => {
    const testEnv = new TestEnvironment({
      faults: { ...RESTORE_REQUEST, kind: 'status', status: 409, for_ms: 5 * MINUTE },
    });
    const main = await testEnv.main(RESTORE);
    testEnv.api.addEvents([{ kind: 'snapshot', at: 60, name: 'theirs', description: markerOf() }]);
    const post = await testEnv.post(main, FAILED);
    expect(post.runner.titles()).toEqual(['error Not restored']);
    expect(post.runner.annotations[0]?.text).toMatch(
      /a newer snapshot \(802, 'in_progress'\).*before that .*409/,
    );
    expect(testEnv.actualState.restores).toEqual([]);
  });

  test('of a server that cannot be read any more while it comes to rest was never sent, and is called that', async () => {
    const { testEnv, post } = await deployAndPost(
      RESTORE,
      FAILED,
      { switches: { deploy_restarts: 3000 } },
      (env) =>
        env.addFaults([
          { ...GET_SERVER, nth: 4, times: 9999, kind: 'status', status: 403 },
          { ...LIST_SERVERS, nth: 1, times: 9999, kind: 'status', status: 403 },
        ]),
    );
    expect(restoreCalls(testEnv)).toEqual([]);
    expect(post.runner.titles()).toEqual(['error Not restored']);
    expect(post.runner.visible()).not.toContain('not confirmed');
    expect(post.runner.visible()).toContain('cannot be read any more');
  });
});

describe('an API that is down when the post step begins', () => {
  const LOOPBACK = 'http://127.0.0.1/api/v1';
  test.each<[string, object, Partial<RootInputs>, Partial<PostInputs>]>([
    ['503 for 40 s', { kind: 'status', status: 503 }, {}, {}],
    ['connections are reset for 40 s', { kind: 'reset_before' }, {}, {}],
    ['connections are refused for 40 s', { kind: 'refused' }, {}, {}],
    ['a web page for 40 s', { kind: 'status', status: 200, body: '<html></html>' }, {}, {}],
    [
      '503 for 40 s, and poll_interval is 150ms',
      { kind: 'status', status: 503 },
      { apiUrl: LOOPBACK, pollInterval: 150 },
      { apiUrl: LOOPBACK },
    ],
  ])('%s: rolled back', async (_, fault, inputs, post) => {
    const played = await deployAndPost({ ...RESTORE, ...inputs }, { ...FAILED, ...post }, {}, (testEnv) =>
      testEnv.addFaults({ ...fault, nth: 1, for_ms: 40 * SECOND }),
    );
    expect(played.post.runner.titles()).toEqual(['error Rolled back']);
    expect(played.testEnv.actualState.restores).toHaveLength(1);
    expect((played.testEnv.actualState.restores[0]?.startedAt ?? 0) - START).toBeLessThan(
      played.post.startedAt + 65 * SECOND,
    );
  });

  test('for as long as there is time: not restored, and never called perhaps done', async () => {
    const { testEnv, post } = await deployAndPost(RESTORE, FAILED, {}, (env) =>
      env.addFaults({ kind: 'proxy' }),
    );
    expect(testEnv.actualState.restores).toEqual([]);
    expect(post.endedAt - post.startedAt).toBeGreaterThan(29 * MINUTE);
    expect(post.runner.titles()).toEqual(['error Not restored']);
    expect(post.runner.visible()).not.toContain('not confirmed');
    expect(post.runner.visible()).toContain('the proxy did not connect to the API, so nothing was sent');
  });
});

describe('Retry-After', () => {
  const limited = (seconds: number, given: object) => ({
    kind: 'status',
    status: 429,
    headers: { 'retry-after': seconds },
    ...given,
  });

  test('of 0 uses up nothing: a minute of it is waited through', async () => {
    const { testEnv, post } = await deployAndPost(RESTORE, FAILED, {}, (env) =>
      env.addFaults(limited(0, { for_ms: MINUTE })),
    );
    expect(post.runner.titles()).toEqual(['error Rolled back']);
    expect(testEnv.requests.filter(({ status }) => status === 429).length).toBeLessThan(40);
  });

  test('of 95 s is obeyed, with a line about every 30 s', async () => {
    const { testEnv, post } = await deployAndPost(RESTORE, FAILED, {}, (env) =>
      env.addFaults(limited(95, { nth: 1 })),
    );
    const from = post.startedAt;
    const next = testEnv.requests.filter(({ at }) => at - START > from + SECOND);
    expect((next[0]?.at ?? 0) - START - from).toBeGreaterThanOrEqual(95 * SECOND);
    const beats = post.runner.lines.filter(
      ({ at, text }) => at < from + 96 * SECOND && text.startsWith('Still '),
    );
    expect(beats.length).toBeGreaterThanOrEqual(3);
    expect(beats.length).toBeLessThanOrEqual(4);
    expect(post.runner.titles()).toEqual(['error Rolled back']);
  });
});

describe('three servers, one of which cannot be read', () => {
  test.each([
    ['for 30 s: all are restored together', 30 * SECOND, 75 * SECOND],
    ['for 5 minutes: the others do not wait for it for more than a minute', 5 * MINUTE, 95 * SECOND],
  ])('%s', async (_, ms, latest) => {
    const testEnv = new TestEnvironment({
      servers: [{ id: 1 }, { id: 2 }, { id: 3 }],
      switches: { server_list: 'absent' },
    });
    const main = await testEnv.main({ ...RESTORE, serverIds: ['1', '2', '3'] });
    testEnv.addFaults({
      method: 'GET',
      path: '/servers/2/',
      kind: 'status',
      status: 503,
      nth: 1,
      for_ms: ms,
    });
    const post = await testEnv.post(main, FAILED);
    expect(post.runner.titles()).toEqual(['error Rolled back', 'error Rolled back', 'error Rolled back']);
    const started = (id: string) =>
      (testEnv.actualState.restores.find(({ serverId }) => serverId === id)?.startedAt ?? 0) - START;
    for (const id of ['1', '3']) expect(started(id) - post.startedAt).toBeLessThan(latest);
    expect(started('2') - post.startedAt).toBeLessThan(ms + 50 * SECOND);
    expect(testEnv.actualState.restores).toHaveLength(3);
  });
});

describe('what only a person can change', () => {
  test('a proxy that wants a login ends main at once, which says what to set', async () => {
    const testEnv = new TestEnvironment({ faults: { kind: 'proxy_auth' } });
    const main = await testEnv.main();
    expect(main.endedAt).toBeLessThan(5 * SECOND);
    expect(main.runner.titles()).toEqual(['error No snapshot was made']);
    expect(main.runner.annotations[0]?.text).toContain('HTTPS_PROXY');
    expect(main.runner.visible()).not.toMatch(/uncertain|may exist/);
  });

  test('the post step reports it at once, once, and goes on', async () => {
    const { post } = await deployAndPost(RESTORE, FAILED, {}, (testEnv) =>
      testEnv.addFaults({ kind: 'proxy_auth', nth: 1, for_ms: 10 * MINUTE }),
    );
    const [warning] = post.runner.annotations;
    expect(post.runner.titles()).toEqual(['warning The API cannot be reached', 'error Rolled back']);
    expect((warning?.at ?? 0) - post.startedAt).toBeLessThan(SECOND);
    expect(warning?.text).toContain('HTTPS_PROXY');
  });
});

test('after a cancel all of it has four minutes, and what was not sent is named', async () => {
  const testEnv = new TestEnvironment({ servers: [{ id: SERVER }] });
  const main = await testEnv.main(RESTORE);
  testEnv.addFaults({ kind: 'refused' });
  const post = await testEnv.post(main, { jobStatus: 'cancelled' });
  expect(post.endedAt - post.startedAt).toBeLessThan(4 * MINUTE + 15 * SECOND);
  expect(post.endedAt - post.startedAt).toBeGreaterThan(3.5 * MINUTE);
  expect(post.runner.titles()).toEqual(['error Not restored']);
  expect(post.runner.visible()).toContain('/snapshots/801/restore/');
});

describe('a list that is incomplete when the post step begins', () => {
  const incomplete = (times: number) => answeredWith(partialList(listed(1)), { ...LISTS, nth: 1, times });
  test('for 40 s: rolled back on the first complete one', async () => {
    const { testEnv, post } = await deployAndPost(RESTORE, FAILED, {}, (env) =>
      env.addFaults(incomplete(14)),
    );
    expect(post.runner.titles()).toEqual(['error Rolled back']);
    expect(restoreCalls(testEnv)).toHaveLength(1);
  });

  test('for good: refused after a minute, and not after two', async () => {
    const { testEnv, post } = await deployAndPost(RESTORE, FAILED, {}, (env) =>
      env.addFaults(incomplete(999)),
    );
    expect(post.runner.titles()).toEqual(['error Not restored']);
    expect(post.runner.visible()).toContain("the API's list of snapshots is incomplete");
    expect(post.runner.visible()).toContain('Still waiting for a complete list of snapshots after ');
    expect(restoreCalls(testEnv)).toEqual([]);
    expect(post.endedAt - post.startedAt).toBeGreaterThanOrEqual(MINUTE);
    expect(post.endedAt - post.startedAt).toBeLessThan(1.5 * MINUTE);
  });

  test('and names the snapshot that a person named: `restore` waits only where it has to', async () => {
    const testEnv = new TestEnvironment({ snapshots: [own(1)] });
    testEnv.addFaults(answeredWith(partialList(), { ...LISTS, nth: 1, times: 5 }));
    const restore = await testEnv.run({ use: 'restore', inputs: restoreInputs({ snapshotIds: ['1'] }) });
    expect([restore.exitCode, restoreCalls(testEnv).length]).toEqual([0, 1]);
  });
});

describe('a server that cannot be read after an unclear answer is watched to the end of the budget, and no longer', () => {
  const UNCLEAR = { ...RESTORE_REQUEST, kind: 'status', status: 502 };
  const servers = [{ id: 1 }, { id: 2 }];
  test.each([
    ['an outage', { kind: 'status', status: 503 }],
    ['no answer at all', { kind: 'silence' }],
    ['a refusal', { kind: 'status', status: 403 }],
  ])('%s', async (_, fault) => {
    for (const restoreTimeout of [SECOND, 8 * SECOND, 70 * SECOND]) {
      for (const serverIds of [['1'], ['1', '2']]) {
        const testEnv = new TestEnvironment({ servers });
        const main = await testEnv.main({ ...RESTORE, restoreTimeout, serverIds });
        testEnv.addFaults([
          UNCLEAR,
          { ...GET_SERVER, ...fault, nth: 3, times: 9999 },
          { ...LIST_SERVERS, ...fault, nth: 2, times: 9999 },
        ]);
        const post = await testEnv.post(main, FAILED);
        expect(post.runner.titles()).toContain('error Restore requested, not confirmed');
        const lasted = post.endedAt - post.startedAt;
        // The last read may begin when the budget ends, and has two seconds.
        expect([serverIds, restoreTimeout, lasted <= restoreTimeout + 2 * SECOND]).toEqual([
          serverIds,
          restoreTimeout,
          true,
        ]);
      }
    }
  });
});
