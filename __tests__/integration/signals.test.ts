import { describe, expect, test } from '@jest/globals';
import {
  deleteInputs,
  type PostInputs,
  postInputs,
  pruneInputs,
  restoreInputs,
  rootInputs,
  type RootInputs,
  waitInputs,
} from './harness/inputs.ts';
import { BOTH, FAILED, RESTORE } from './harness/samples.ts';
import type { StepProcess, Use } from './harness/step-process.ts';
import {
  DAY,
  HOUR,
  markerOf,
  SERVER,
  START,
  TestEnvironment,
  type TestEnvironmentOptions,
} from './harness/test-environment.ts';

type Moment = 'sent' | 'processed' | 'ended';

const MOMENTS: readonly Moment[] = ['sent', 'processed', 'ended'];
const SHORT: TestEnvironmentOptions = { switches: { snapshot_seconds: [50, 50], restore_seconds: [60, 60] } };
const STOP: Partial<RootInputs> = { stopServer: true, onFailure: 'restore', onCancel: 'restore' };
const MAIN: Use = { use: 'main', inputs: rootInputs(STOP) };

/** Starts a step and signals it when its n-th request stands at this moment. */
async function interrupt(
  use: Use,
  request: number,
  moment: Moment,
  signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL',
  options: TestEnvironmentOptions = SHORT,
): Promise<{ testEnv: TestEnvironment; step: StepProcess; sent: number }> {
  let sent = Number.POSITIVE_INFINITY;
  let step: StepProcess | undefined;
  const testEnv: TestEnvironment = new TestEnvironment({
    ...options,
    onRequest: ({ n }, at) => {
      if (n !== request || at !== moment || sent !== Number.POSITIVE_INFINITY) return;
      sent = testEnv.requests.length;
      step?.signal(signal);
    },
  });
  step = testEnv.start(use);
  await testEnv.clock.run(step.done);
  return { testEnv, step, sent };
}

/** Every moment of every request of a main step that stops the server. */
const REQUESTS = Array.from({ length: 14 }, (_, index) => index + 1);
const BOUNDARIES = REQUESTS.flatMap((request) => MOMENTS.map((moment) => [request, moment] as const));

test('main with stop_server sends the requests that are cut off here', async () => {
  const testEnv = new TestEnvironment(SHORT);
  await testEnv.main(STOP);
  expect(testEnv.calls().slice(0, 4)).toEqual([
    `GET /servers/${SERVER}/`,
    'GET /snapshots/',
    `GET /servers/${SERVER}/`,
    `POST /servers/${SERVER}/power/`,
  ]);
  expect(testEnv.calls().length).toBeGreaterThanOrEqual(REQUESTS.length);
});

describe.each(['SIGINT', 'SIGTERM'] as const)('%s', (signal) => {
  test.each(BOUNDARIES)(
    'at request %i (%s): nothing new is sent, red within 5 s, and post leaves nothing behind',
    async (request, moment) => {
      const { testEnv, step, sent } = await interrupt(MAIN, request, moment, signal);
      expect(testEnv.requests).toHaveLength(sent);
      expect(step.exitCode).toBe(1);
      expect(step.endedAt - step.cancelledAt).toBeLessThanOrEqual(5000);
      expect(step.runner.titles()).toContain('error Interrupted');
      await expectNothingLeft(testEnv, step, 'cancelled');
    },
  );
});

describe('SIGKILL', () => {
  test.each(BOUNDARIES)(
    'at request %i (%s): post finds what was started, and restores nothing',
    async (request, moment) => {
      const { testEnv, step } = await interrupt(MAIN, request, moment, 'SIGKILL');
      expect(step.wasKilled).toBe(true);
      await expectNothingLeft(testEnv, step, 'failure');
    },
  );
});

/** Promise 3: what exists is named, no server stays stopped, and nothing was restored. */
async function expectNothingLeft(
  testEnv: TestEnvironment,
  main: StepProcess,
  jobStatus: string,
): Promise<void> {
  const post = await testEnv.post(main, { jobStatus, restoreIf: 'true' });
  await testEnv.pass(60_000);
  expect(testEnv.actualState.servers[0]?.phase).toBe('active');
  expect(testEnv.actualState.restores).toEqual([]);
  for (const { id } of testEnv.existing()) expect(post.runner.visible()).toMatch(new RegExp(`\\b${id}\\b`));
}

/** The server and the list are read before it. */
const CREATE = 3;

describe('a create request in flight', () => {
  test.each([
    ['answered within 5 s: its id is saved', 4000, 'created', '801'],
    ['answered later: post searches for it', 9000, 'intent', null],
  ])('%s', async (_, ms, phase, snapshotId) => {
    const { testEnv, step } = await interrupt(
      { use: 'main', inputs: rootInputs() },
      CREATE,
      'sent',
      'SIGINT',
      {
        faults: { method: 'POST', path: '/snapshots/', kind: 'delay', ms },
      },
    );
    expect(step.exitCode).toBe(1);
    expect(JSON.parse(step.runner.state.get('server_0') ?? '')).toMatchObject({ phase, snapshotId });
    const post = await testEnv.post(step, { jobStatus: 'cancelled' });
    expect(post.exitCode).toBe(0);
    expect(post.runner.visible()).toMatch(/\b801\b/);
  });

  test('carried out long after the kill: post finds it anyway', async () => {
    const testEnv = new TestEnvironment({
      faults: { method: 'POST', path: '/snapshots/', kind: 'late', ms: 45_000 },
    });
    const main = testEnv.start({ use: 'main', inputs: rootInputs() });
    await testEnv.pass(100);
    main.signal('SIGKILL');
    const post = await testEnv.post(main, { jobStatus: 'failure' });
    expect(post.runner.visible()).toMatch(/\b801\b/);
  });

  test('on_failure: delete deletes what the killed step started', async () => {
    const { testEnv, step } = await interrupt(
      { use: 'main', inputs: rootInputs({ onFailure: 'delete' }) },
      CREATE,
      'processed',
      'SIGKILL',
    );
    const post = await testEnv.post(step, { jobStatus: 'failure' });
    expect(post.exitCode).toBe(0);
    expect(testEnv.existing()).toEqual([]);
  });

  test('with wait: false, a cancelled step is not a finished one', async () => {
    const { testEnv, step } = await interrupt(
      { use: 'main', inputs: rootInputs({ wait: false, onCancel: 'restore' }) },
      CREATE,
      'sent',
      'SIGINT',
    );
    expect(step.exitCode).toBe(1);
    await testEnv.post(step, { jobStatus: 'cancelled' });
    expect(testEnv.actualState.restores).toEqual([]);
  });
});

describe('a post step', () => {
  test.each(BOUNDARIES.slice(0, 12))(
    'that is signalled at request %i (%s), as by its own time-out, says so once and goes on',
    async (request, moment) => {
      const testEnv = new TestEnvironment(SHORT);
      const main = await testEnv.main({ onFailure: 'restore' });
      testEnv.api.deploy(SERVER);
      const from = testEnv.requests.length;
      const post = testEnv.start(
        { use: 'post', inputs: postInputs({ jobStatus: 'failure' }) },
        { state: main.runner.state },
      );
      const seen = (): boolean => {
        const record = testEnv.requests[from + request - 1];
        if (record === undefined) return post.isOver;
        return moment === 'sent' || (moment === 'processed' ? record.processed : record.status !== undefined);
      };
      while (!seen()) await testEnv.pass(5);
      const wasAnswered = testEnv.requests
        .slice(from)
        .some(({ method, status }) => method === 'POST' && status !== undefined);
      post.signal('SIGINT');
      post.signal('SIGTERM');
      await testEnv.clock.run(post.done);
      const [early = ''] = post.runner.summaries;
      expect(early).not.toBe(post.runner.summary);
      expect(early).toMatch(/^### (⏪ VPS\.org rollback: not started|.* requested, not confirmed)$/m);
      expect(post.runner.titles()).toEqual(['warning Post step interrupted', 'error Rolled back']);
      expect(post.runner.annotations[0]?.text.split('\n')[0]).toMatch(
        wasAnswered
          ? /: restore of snapshot 801 requested, not confirmed; check .*\.$/
          : /^Server NOT restored yet: /,
      );
    },
  );
});

describe('a post step that never comes to its end', () => {
  test.each<[string, Partial<RootInputs>, Partial<PostInputs>, 0 | 1]>([
    ['a clean-up fails no deploy', { onSuccess: 'delete' }, {}, 0],
    ['a rollback is red', RESTORE, FAILED, 1],
    ['one of two servers is still stopped: red', { ...BOTH, stopServer: true }, FAILED, 1],
  ])('%s', async (_, inputs, after, code) => {
    const testEnv = new TestEnvironment({
      servers: [{ id: 12_345 }, { id: 1 }, { id: 2, status: 'stopped' }],
    });
    const main = testEnv.start({ use: 'main', inputs: rootInputs(inputs) });
    // With a stop it is killed, and the server is down.
    await testEnv.pass(inputs.stopServer === true ? 15_000 : HOUR);
    main.signal('SIGKILL');
    const post = testEnv.start({ use: 'post', inputs: postInputs(after) }, { state: main.runner.state });
    await testEnv.pass(20);
    expect([post.isOver, post.runner.exitCode]).toEqual([false, code]);
  });
});

describe('a command', () => {
  const snapshots = [1, 2, 3].map((id) => ({
    id,
    name: `old-${id}`,
    created_at: START - (9 - id) * DAY,
    description: markerOf({ runId: String(8000 + id) }),
  }));
  const uses: readonly Use[] = [
    { use: 'wait', inputs: waitInputs({ snapshotIds: ['1', '4711'] }) },
    { use: 'restore', inputs: restoreInputs({ snapshotIds: ['3'] }) },
    { use: 'delete', inputs: deleteInputs({ snapshotIds: ['1', '2', '3'] }) },
    { use: 'prune', inputs: pruneInputs({ keepLast: 1 }) },
  ];

  test.each(
    uses.flatMap((use) =>
      BOUNDARIES.slice(0, 9).map(([request, moment]) => [use.use, request, moment, use] as const),
    ),
  )('%s is cancelled at request %i (%s): nothing new is sent, red', async (_, request, moment, use) => {
    const { testEnv, step, sent } = await interrupt(use, request, moment, 'SIGINT', { ...SHORT, snapshots });
    // A process that ended before that request was not cancelled.
    const isCancelled = step.cancelledAt !== Number.POSITIVE_INFINITY;
    expect(testEnv.requests.length).toBeLessThanOrEqual(sent);
    expect(step.exitCode).toBe(isCancelled ? 1 : 0);
  });
});
