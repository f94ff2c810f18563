import { describe, expect, test } from '@jest/globals';
import { jobOf, type PostInputs, rootInputs, type RootInputs } from '../harness/inputs.ts';
import { testOutcomes } from '../harness/outcome-tests.ts';
import { BOTH, CREATE_REQUEST, FAILED, NO_TOKEN, RESTORE, TWO_SERVERS } from '../harness/samples.ts';
import { deployAndPost } from '../harness/scenario.ts';
import type { StepProcess } from '../harness/step-process.ts';
import { DEMO_TOKEN, MINUTE, TestEnvironment } from '../harness/test-environment.ts';

describe('state and token', () => {
  test.each([
    ['cut', (state: Map<string, string>) => state.set('server_0', '{"version":1,'), 1],
    [
      'of another run',
      (state: Map<string, string>) => state.set('step', (state.get('step') ?? '').replace('"9001"', '"9"')),
      0,
    ],
    ['absent', (state: Map<string, string>) => state.clear(), 0],
  ])(
    'state that is %s: nothing is requested, and the job does not fail for it',
    async (_, tear, warnings) => {
      const testEnv = new TestEnvironment();
      const main = await testEnv.main(RESTORE);
      tear(main.runner.state);
      const before = testEnv.requests.length;
      const post = await testEnv.post(main, FAILED);
      expect(testEnv.requests).toHaveLength(before);
      expect(post.exitCode).toBe(0);
      expect(post.runner.annotations.filter(({ kind }) => kind === 'warning')).toHaveLength(warnings);
    },
  );

  /** Two of three servers are stopped, main is killed, and the record of the second one is cut off. */
  async function tearRecord(
    inputs: Partial<PostInputs>,
  ): Promise<{ readonly testEnv: TestEnvironment; readonly post: StepProcess }> {
    const testEnv = new TestEnvironment({
      servers: [{ id: 1 }, { id: 2 }, { id: 3, status: 'stopped' }],
      switches: { power_seconds: [5, 5], snapshot_seconds: [900, 900] },
    });
    const main = testEnv.start({
      use: 'main',
      inputs: rootInputs({ serverIds: ['1', '2', '3'], stopServer: true, onCancel: 'delete' }),
    });
    await testEnv.pass(MINUTE);
    main.signal('SIGKILL');
    const torn = main.runner.state.get('server_1') ?? '';
    main.runner.state.set('server_1', torn.slice(0, torn.length / 2));
    return { testEnv, post: await testEnv.post(main, inputs) };
  }

  test('one record is cut off: the server of the other is started, and nothing else is done', async () => {
    const { testEnv, post } = await tearRecord({ jobStatus: 'cancelled' });
    expect(post.exitCode).toBe(0);
    expect(post.runner.titles()).toContain('warning Saved state not readable');
    // The first thing that is said is what may be down.
    expect(post.runner.annotations[0]?.text).toMatch(
      /^Server number 2 \(2\) may be STOPPED by this step: .* START IT BY HAND/,
    );
    expect(testEnv.actualState.servers.map(({ phase }) => phase)).toEqual(['active', 'stopped', 'stopped']);
    expect(testEnv.calls().filter((call) => call.startsWith('DELETE'))).toEqual([]);
  });

  test.each<[string, Partial<PostInputs>, string, RegExp]>([
    [
      'there is no token',
      NO_TOKEN,
      'error Post step without a token',
      /Nothing was done: [^]* because a server is left stopped\./,
    ],
    [
      'it is of another API',
      { apiUrl: 'https://other.example/api/v1' },
      'error State of another API',
      /The post step did nothing/,
    ],
  ])(
    'one record is cut off, and %s: nothing is sent, and the other server is named',
    async (_, inputs, title, says) => {
      const { testEnv, post } = await tearRecord(inputs);
      expect(post.runner.visible()).toMatch(says);
      expect([post.exitCode, post.runner.titles().at(-1)]).toEqual([1, title]);
      expect(post.runner.annotations.at(-1)?.text).toMatch(/^LEFT STOPPED, start it by hand: .*1/);
      expect(testEnv.powerActions()).toEqual(['stop', 'stop']);
    },
  );

  test.each([
    ['absent', (state: Map<string, string>) => state.clear()],
    ['cut off', (state: Map<string, string>) => state.set('step', '{')],
  ])('a state that is %s, and a restore is asked for: red', async (_, tear) => {
    const testEnv = new TestEnvironment();
    const main = await testEnv.main(RESTORE);
    tear(main.runner.state);
    const post = await testEnv.post(main, { ...FAILED, restoreIf: 'true' });
    expect([post.exitCode, post.runner.titles().at(-1)]).toEqual([1, 'error Not restored']);
    expect(post.runner.visible()).toContain("'restore_if' is true, and there is no snapshot of this step");
  });

  test.each([
    ['the step was not to stop it', {}, 'server_0', false],
    ['the record of the step is cut off: nobody knows', {}, 'step', true],
    ['the step was to stop it', { stopServer: true }, 'server_0', true],
  ])('a record that is cut off says that a server may be down: %s', async (_, inputs, name, isSaid) => {
    const testEnv = new TestEnvironment();
    const main = await testEnv.main(inputs);
    main.runner.state.set(name, '{"version":1,');
    const post = await testEnv.post(main, FAILED);
    expect(post.runner.visible().includes('may be STOPPED')).toBe(isSaid);
  });

  test('one record of a step that succeeded names no snapshot: no server is restored', async () => {
    const testEnv = new TestEnvironment({ servers: TWO_SERVERS });
    const main = await testEnv.main({ ...RESTORE, ...BOTH });
    const { state } = main.runner;
    state.set('server_1', (state.get('server_1') ?? '').replace('"snapshotId":"802"', '"snapshotId":null'));
    const post = await testEnv.post(main, FAILED);
    expect([post.exitCode, post.runner.titles()]).toEqual([1, ['error Not restored']]);
    expect(post.runner.visible()).toContain('db (2): no snapshot of this step is known for this server');
    expect(testEnv.actualState.restores).toEqual([]);
  });

  test('state of an earlier attempt is not used', async () => {
    const testEnv = new TestEnvironment();
    const main = await testEnv.main(RESTORE);
    const before = testEnv.requests.length;
    await testEnv.post(main, FAILED, { job: jobOf({ runAttempt: 2 }) });
    expect(testEnv.requests).toHaveLength(before);
  });

  test('without a token post sends nothing, and is red where it had work', async () => {
    const { testEnv, post } = await deployAndPost(RESTORE, {
      ...FAILED,
      ...NO_TOKEN,
    });
    expect(testEnv.actualState.restores).toEqual([]);
    expect(post.exitCode).toBe(1);
    expect(post.runner.titles()).toEqual(['error Post step without a token']);
    expect(post.runner.visible()).toMatch(/\b801\b/);
  });

  test.each<[string, Partial<RootInputs>, Partial<PostInputs>]>([
    ['nothing is configured', {}, {}],
    ['only a good deploy would be cleaned up', { onSuccess: 'delete' }, FAILED],
    ['only after a good deploy older ones would go', { keepLast: 1 }, FAILED],
  ])('without a token and without work it is green: %s', async (_, inputs, after) => {
    const { post } = await deployAndPost(inputs, { ...after, ...NO_TOKEN });
    expect([post.exitCode, post.runner.titles()]).toEqual([0, []]);
  });

  test('without a token the restore that was due is offered to be done by hand', async () => {
    const { post } = await deployAndPost(RESTORE, { ...FAILED, ...NO_TOKEN });
    expect(post.runner.annotations.at(-1)?.text).toMatch(
      /^Server NOT restored: [^]*Decide first\. To restore by hand .*:\ncurl .*\/snapshots\/801\/restore\/\n/,
    );
  });

  test('without a token nothing is said of a restore where a deletion was due', async () => {
    const { post } = await deployAndPost({ onFailure: 'delete' }, { ...FAILED, ...NO_TOKEN });
    expect(post.runner.annotations.at(-1)?.text).toMatch(/^Nothing was done: the post step has no token/);
    expect(post.runner.annotations.at(-1)?.text).not.toContain('curl');
  });

  test('an API that repeats the token in its errors does not get it into anything', async () => {
    const { main, post } = await deployAndPost(RESTORE, FAILED, {
      switches: { error_text: DEMO_TOKEN },
      faults: {
        method: 'POST',
        path: '/snapshots/*/restore/',
        kind: 'status',
        status: 400,
        body: { detail: DEMO_TOKEN },
      },
    });
    for (const { runner } of [main, post]) {
      expect(runner.visible() + [...runner.state.values()].join() + runner.debugLines.join()).not.toContain(
        DEMO_TOKEN,
      );
    }
    expect(post.runner.visible()).toContain('***');
  });
});

describe('outcome', () => {
  testOutcomes({
    'a state of another API: the token is sent nowhere, and what was made is named': {
      main: BOTH,
      servers: TWO_SERVERS,
      faults: { ...CREATE_REQUEST, nth: 2, kind: 'status', status: 403 },
      post: { ...FAILED, apiUrl: 'https://other.example/api/v1' },
      outcome: [
        'main exit 1 | ❌ No snapshot was made: 1 of 2 complete | error No snapshot was made | 801 completed | none – | offers 801',
        'post exit 1 | error State of another API',
        'POST /snapshots/ 201',
        'POST /snapshots/ 403',
        'left: 801 completed',
      ],
      says: [
        "saved state is of https://admin.vps.org/api/v1, and 'api_url' is https://other.example/api/v1.",
        /State of another API: The post step did nothing: /,
        'Snapshots: 801 of web (1).',
      ],
      neverSays: ['LEFT STOPPED'],
    },
    'a state of another API, and the own address cannot be read: an uncertain snapshot is named': {
      signal: ['SIGKILL', 75],
      post: { ...FAILED, apiUrl: '' },
      outcome: [
        'main exit 1',
        'post exit 1 | error State of another API',
        'POST /snapshots/ lost',
        'left: nothing',
      ],
      says: [
        "'api_url' cannot be read.",
        'Snapshots: deploy-shop-9001-1 (uncertain) of web-server-01 (12345).',
      ],
    },
    'a state of another API, and a stopped server: it is named first': {
      main: { stopServer: true },
      signal: ['SIGKILL', 5000],
      post: { ...FAILED, apiUrl: 'https://other.example/api/v1' },
      outcome: [
        'main exit 1',
        'post exit 1 | error State of another API',
        'POST /servers/12345/power/ stop 200',
        'left: server 12345 stopping',
      ],
      says: [/State of another API: LEFT STOPPED, start it by hand: web-server-01 \(12345\)\.$/m],
      neverSays: ['Snapshots:'],
    },
    'a state of another API, and nothing was made: nothing to do': {
      faults: { ...CREATE_REQUEST, kind: 'status', status: 403 },
      post: { ...FAILED, apiUrl: 'https://other.example/api/v1' },
      outcome: [
        'main exit 1 | ❌ No snapshot was made | error No snapshot was made | none –',
        'post exit 0',
        'POST /snapshots/ 403',
        'left: nothing',
      ],
      says: ['Nothing to do: the snapshot step made no snapshot.'],
    },
    'no token and a stopped server: what is there and what is stopped is named': {
      main: { ...RESTORE, ...BOTH, stopServer: true },
      servers: [
        { id: 1, name: 'web' },
        { id: 2, name: 'db', status: 'stopped' },
      ],
      signal: ['SIGKILL', 17_000],
      post: { ...FAILED, ...NO_TOKEN },
      outcome: [
        'main exit 1',
        'post exit 1 | ❌ The post step has no token and did nothing | error Post step without a token | 802 requested, not waited for | 801 requested, not waited for',
        'POST /servers/1/power/ stop 200',
        'POST /snapshots/ 201 ×2',
        'left: 801 in_progress, 802 in_progress, server 1 stopped, server 2 stopped',
      ],
      // The server that is stopped already gets its snapshot at once.
      says: [/802 of web \(1\), 801 of db \(2\)/, /LEFT STOPPED.*web \(1\)/],
    },
    'no token and a server that may be stopping: it is named': {
      main: { stopServer: true },
      signal: ['SIGKILL', 5000],
      post: { ...FAILED, ...NO_TOKEN },
      outcome: [
        'main exit 1',
        'post exit 1 | ❌ The post step has no token and did nothing | error Post step without a token | none not requested',
        'POST /servers/12345/power/ stop 200',
        'left: server 12345 stopping',
      ],
      says: [
        /Post step without a token: LEFT STOPPED.*12345/,
        /one level deep\.$/m,
        /^curl .*'{"action":"start"}' .*\/servers\/12345\/power\/$/m,
      ],
      neverSays: ['Snapshots:'],
    },
    'no token and an uncertain snapshot: its name is given': {
      signal: ['SIGKILL', 75],
      post: { ...FAILED, ...NO_TOKEN },
      outcome: [
        'main exit 1',
        'post exit 1 | ❌ The post step has no token and did nothing | error Post step without a token | none requested, outcome unknown',
        'POST /snapshots/ lost',
        'left: nothing',
      ],
      says: ['deploy-shop-9001-1 (uncertain) of web-server-01 (12345)'],
    },
  });
});
