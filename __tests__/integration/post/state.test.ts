import { describe, expect, test } from '@jest/globals';
import { jobOf, rootInputs } from '../harness/inputs.ts';
import { testOutcomes } from '../harness/outcome-tests.ts';
import { BOTH, FAILED, NO_TOKEN, RESTORE } from '../harness/samples.ts';
import { deployAndPost } from '../harness/scenario.ts';
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

  test('one record is cut off: the server of the other is started, and nothing else is done', async () => {
    const testEnv = new TestEnvironment({
      servers: [{ id: 1 }, { id: 2 }],
      switches: { power_seconds: [5, 5], snapshot_seconds: [900, 900] },
    });
    const main = testEnv.start({
      use: 'main',
      inputs: rootInputs({ serverIds: ['1', '2'], stopServer: true, onCancel: 'delete' }),
    });
    await testEnv.pass(MINUTE);
    main.signal('SIGKILL');
    const torn = main.runner.state.get('server_1') ?? '';
    main.runner.state.set('server_1', torn.slice(0, torn.length / 2));
    const post = await testEnv.post(main, { jobStatus: 'cancelled' });
    expect(post.exitCode).toBe(0);
    expect(post.runner.titles()).toContain('warning Saved state not readable');
    // The first thing that is said is what may be down.
    expect(post.runner.annotations[0]?.text).toMatch(
      /^Server number 2 \(2\) may be STOPPED by this step: .* START IT BY HAND/,
    );
    expect(testEnv.actualState.servers.map(({ phase }) => phase)).toEqual(['active', 'stopped']);
    expect(testEnv.calls().filter((call) => call.startsWith('DELETE'))).toEqual([]);
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
      apiToken: '',
      tokenProblem: 'it is empty',
    });
    expect(testEnv.actualState.restores).toEqual([]);
    expect(post.exitCode).toBe(1);
    expect(post.runner.titles()).toEqual(['error Post step without a token']);
    expect(post.runner.visible()).toMatch(/\b801\b/);
  });

  test('without a token and without work it is green', async () => {
    const { post } = await deployAndPost({}, { apiToken: '', tokenProblem: 'it is empty' });
    expect(post.exitCode).toBe(0);
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
    'no token and a stopped server: what is there and what is stopped is named': {
      main: { ...RESTORE, ...BOTH, stopServer: true },
      servers: [
        { id: 1, name: 'web' },
        { id: 2, name: 'db', status: 'stopped' },
      ],
      signal: ['SIGKILL', 14_000],
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
      says: [/Post step without a token: LEFT STOPPED.*12345/, /one level deep\.$/m],
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
