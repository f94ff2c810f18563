import { describe, expect, test } from '@jest/globals';
import type { RootInputs } from '../../src/github/inputs/actions.ts';
import {
  deleteInputs,
  postInputs,
  pruneInputs,
  restoreInputs,
  rootInputs,
  waitInputs,
} from './harness/inputs.ts';
import type { StepProcess, Use } from './harness/step-process.ts';
import { DAY, markerOf, SERVER, Stage, START, type StageOptions } from './harness/test-environment.ts';

type Moment = 'sent' | 'processed' | 'ended';

const MOMENTS: readonly Moment[] = ['sent', 'processed', 'ended'];
const SHORT: StageOptions = { switches: { snapshot_seconds: [50, 50], restore_seconds: [60, 60] } };
const STOP: Partial<RootInputs> = { stopServer: true, onFailure: 'restore', onCancel: 'restore' };

/** Starts a step and signals it when its n-th request stands at this moment. */
async function interrupt(
  use: Use,
  request: number,
  moment: Moment,
  signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL',
  options: StageOptions = SHORT,
): Promise<{ stage: Stage; step: StepProcess; sent: number }> {
  let sent = Number.POSITIVE_INFINITY;
  let step: StepProcess | undefined;
  const stage: Stage = new Stage({
    ...options,
    onRequest: ({ n }, at) => {
      if (n !== request || at !== moment || sent !== Number.POSITIVE_INFINITY) return;
      sent = stage.requests.length;
      step?.signal(signal);
    },
  });
  step = stage.start(use);
  await stage.clock.run(step.done);
  return { stage, step, sent };
}

/** Every moment of every request of a main step that stops the server. */
const REQUESTS = Array.from({ length: 12 }, (_, index) => index + 1);
const BOUNDARIES = REQUESTS.flatMap((request) => MOMENTS.map((moment) => [request, moment] as const));

test('main with stop_server sends the requests that are cut off here', async () => {
  const stage = new Stage(SHORT);
  await stage.main(STOP);
  expect(stage.calls().slice(0, 4)).toEqual([
    'GET /snapshots/',
    `GET /servers/${SERVER}/`,
    `POST /servers/${SERVER}/power/`,
    `GET /servers/${SERVER}/`,
  ]);
  expect(stage.calls().length).toBeGreaterThanOrEqual(REQUESTS.length);
});

describe.each(['SIGINT', 'SIGTERM'] as const)('%s', (signal) => {
  test.each(BOUNDARIES)(
    'at request %i (%s): nothing new is sent, red within 5 s, and post leaves nothing behind',
    async (request, moment) => {
      const { stage, step, sent } = await interrupt(
        { use: 'main', inputs: rootInputs(STOP) },
        request,
        moment,
        signal,
      );
      expect(stage.requests).toHaveLength(sent);
      expect(step.exitCode).toBe(1);
      expect(step.endedAt - step.cancelledAt).toBeLessThanOrEqual(5000);
      expect(step.runner.titles()).toContain('error Cancelled');
      await expectNothingLeft(stage, step, 'cancelled');
    },
  );
});

describe('SIGKILL', () => {
  test.each(BOUNDARIES)(
    'at request %i (%s): post finds what was begun, and restores nothing',
    async (request, moment) => {
      const { stage, step } = await interrupt(
        { use: 'main', inputs: rootInputs(STOP) },
        request,
        moment,
        'SIGKILL',
      );
      expect(step.wasKilled).toBe(true);
      await expectNothingLeft(stage, step, 'failure');
    },
  );
});

/** Promise 3: what exists is named, no server stays stopped, and nothing was restored. */
async function expectNothingLeft(stage: Stage, main: StepProcess, jobStatus: string): Promise<void> {
  const post = await stage.post(main, { jobStatus, restoreIf: 'true' });
  await stage.pass(60_000);
  expect(stage.truth.servers[0]?.phase).toBe('active');
  expect(stage.truth.restores).toEqual([]);
  for (const { id } of stage.existing()) expect(post.runner.visible()).toMatch(new RegExp(`\\b${id}\\b`));
}

describe('a create request in flight', () => {
  test.each([
    ['answered within 5 s: its id is saved', 4000, 'created', '801'],
    ['answered later: post looks for it', 9000, 'intent', null],
  ])('%s', async (_, ms, phase, snapshotId) => {
    const { stage, step } = await interrupt({ use: 'main', inputs: rootInputs() }, 2, 'sent', 'SIGINT', {
      faults: { method: 'POST', path: '/snapshots/', kind: 'delay', ms },
    });
    expect(step.exitCode).toBe(1);
    expect(JSON.parse(step.runner.state.get('server_0') ?? '')).toMatchObject({ phase, snapshotId });
    const post = await stage.post(step, { jobStatus: 'cancelled' });
    expect(post.exitCode).toBe(0);
    expect(post.runner.visible()).toMatch(/\b801\b/);
  });

  test('carried out long after the kill: post finds it all the same', async () => {
    const stage = new Stage({
      faults: { method: 'POST', path: '/snapshots/', kind: 'late', ms: 45_000 },
    });
    const main = stage.start({ use: 'main', inputs: rootInputs() });
    await stage.pass(100);
    main.signal('SIGKILL');
    const post = await stage.post(main, { jobStatus: 'failure' });
    expect(post.runner.visible()).toMatch(/\b801\b/);
  });

  test('on_failure: delete deletes what the killed step began', async () => {
    const { stage, step } = await interrupt(
      { use: 'main', inputs: rootInputs({ onFailure: 'delete' }) },
      2,
      'processed',
      'SIGKILL',
    );
    const post = await stage.post(step, { jobStatus: 'failure' });
    expect(post.exitCode).toBe(0);
    expect(stage.existing()).toEqual([]);
  });

  test('with wait: false, a cancelled step is not a finished one', async () => {
    const { stage, step } = await interrupt(
      { use: 'main', inputs: rootInputs({ wait: false, onCancel: 'restore' }) },
      2,
      'sent',
      'SIGINT',
    );
    expect(step.exitCode).toBe(1);
    await stage.post(step, { jobStatus: 'cancelled' });
    expect(stage.truth.restores).toEqual([]);
  });
});

describe('a post step', () => {
  test.each(BOUNDARIES.slice(0, 12))(
    'that is signalled at request %i (%s) goes on: the runner signals none',
    async (request, moment) => {
      const stage = new Stage(SHORT);
      const main = await stage.main({ onFailure: 'restore' });
      stage.machine.deploy(SERVER);
      const from = stage.requests.length;
      const post = stage.start(
        { use: 'post', inputs: postInputs({ jobStatus: 'failure' }) },
        { state: main.runner.state },
      );
      const seen = (): boolean => {
        const record = stage.requests[from + request - 1];
        if (record === undefined) return post.isOver;
        return moment === 'sent' || (moment === 'processed' ? record.processed : record.status !== undefined);
      };
      while (!seen()) await stage.pass(5);
      post.signal('SIGINT');
      post.signal('SIGTERM');
      await stage.clock.run(post.done);
      expect(post.runner.titles()).toEqual(['error Rolled back']);
    },
  );
});

describe('a sibling action', () => {
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
    const { stage, step, sent } = await interrupt(use, request, moment, 'SIGINT', { ...SHORT, snapshots });
    // A process that ended before that request was not cancelled.
    const isCancelled = step.cancelledAt !== Number.POSITIVE_INFINITY;
    expect(stage.requests.length).toBeLessThanOrEqual(sent);
    expect(step.exitCode).toBe(isCancelled ? 1 : 0);
  });
});
