import { describe, expect, test } from '@jest/globals';
import { runAction } from '../harness/action.ts';
import { textOf, titlesOf } from '../harness/annotations.ts';
import { runJob } from '../harness/job.ts';
import { markerOf, markerOfOther } from '../harness/snapshots.ts';
import { openTestEnvironment, type SnapshotSeed } from '../harness/test-environment.ts';

const LIST = 'GET /snapshots/?server_id=12345 200';
const SECOND = { GITHUB_RUN_ATTEMPT: '2' };
const REUSE = { on_rerun: 'reuse' };

/** What the first attempt of this step left, an hour ago. */
function earlier(more: Partial<SnapshotSeed> = {}): SnapshotSeed {
  return {
    id: 501,
    name: 'deploy-shop-1001-1',
    created_at: '2026-01-10T11:00:00Z',
    description: markerOf({ runId: '1001', runAttempt: 1 }),
    content: 'before the first deploy',
    size_mb: 4096,
    ...more,
  };
}

describe('on_rerun: reuse', () => {
  test.concurrent('claims the snapshot of the earlier attempt: one list, nothing is created', async () => {
    await using testEnv = await openTestEnvironment({ snapshots: [earlier()] });
    const { main, post } = await runJob(testEnv, { inputs: REUSE, env: SECOND });

    expect(main).toMatchObject({ code: 0, requests: [LIST] });
    expect(main.outputs).toMatchObject({
      snapshot_id: '501',
      snapshot_name: 'deploy-shop-1001-1',
      snapshot_status: 'completed',
      size_mb: '4096',
      created_at: '2026-01-10T11:00:00Z',
      created: 'false',
    });
    expect(main.summary).toContain('reused');
    expect(post).toMatchObject({ code: 0, requests: [] });
  });

  test.concurrent('post restores what was before the first, failed deploy', async () => {
    await using testEnv = await openTestEnvironment({ snapshots: [earlier()] });
    const { post } = await runJob(testEnv, {
      inputs: { ...REUSE, on_failure: 'restore' },
      env: SECOND,
      ends: 'failure',
    });

    expect(titlesOf(post)).toEqual(['error: Rolled back']);
    expect(post.requests).toContain('POST /snapshots/501/restore/ 200');
    expect(testEnv.api.contentOf()).toBe('before the first deploy');
  });

  test.concurrent('is treated by post like a created one: on_success: delete', async () => {
    await using testEnv = await openTestEnvironment({ snapshots: [earlier()] });
    const { post } = await runJob(testEnv, { inputs: { ...REUSE, on_success: 'delete' }, env: SECOND });

    expect(post.requests).toEqual(['DELETE /snapshots/501/ 204']);
  });

  test.concurrent(
    'two attempts in a row through the bundles: the second claims what the first made',
    async () => {
      await using testEnv = await openTestEnvironment();
      const inputs = { ...REUSE, on_failure: 'keep' };
      const first = await runJob(testEnv, { inputs, ends: 'failure' });
      const second = await runJob(testEnv, {
        inputs: { ...inputs, on_failure: 'restore' },
        env: SECOND,
        ends: 'failure',
      });

      expect(first.main.outputs).toMatchObject({ snapshot_id: '801', created: 'true' });
      expect(second.main.outputs).toMatchObject({ snapshot_id: '801', created: 'false' });
      expect(testEnv.api.contentOf()).toBe('generation-0');
    },
  );

  test.concurrent.each([
    { name: 'the first attempt', snapshots: [earlier()], env: {}, reason: 'first attempt' },
    { name: 'no earlier snapshot', snapshots: [], reason: 'no earlier attempt' },
    {
      name: 'another run',
      snapshots: [earlier({ description: markerOf({ runId: '1000' }) })],
      reason: 'no earlier attempt',
    },
    {
      name: 'another job',
      snapshots: [earlier({ description: markerOf({ runId: '1001', job: 'test' }) })],
      reason: 'no earlier attempt',
    },
    {
      name: 'another step',
      snapshots: [earlier({ description: markerOf({ runId: '1001', step: 'b' }) })],
      reason: 'no earlier attempt',
    },
    {
      name: 'another repository with the same run id',
      snapshots: [earlier({ description: markerOfOther({ runId: '1001' }) })],
      reason: 'no earlier attempt',
    },
    { name: 'one that failed', snapshots: [earlier({ status: 'failed' })], reason: 'not completed' },
    { name: 'one in progress', snapshots: [earlier({ status: 'in_progress' })], reason: 'not completed' },
    {
      name: '24 hours old',
      snapshots: [earlier({ created_at: '2026-01-09T12:00:00Z' })],
      reason: '24 hours',
    },
    {
      name: 'a newer one with a marker on the server',
      snapshots: [earlier(), { name: 'b', created_at: '2026-01-10T11:30:00Z', description: markerOfOther() }],
      reason: 'newer marked snapshot',
    },
    {
      name: 'two that qualify',
      snapshots: [earlier(), earlier({ id: 502, description: markerOf({ runId: '1001', runAttempt: 1 }) })],
      reason: '',
    },
  ])(
    '$name: a new one is made, and the log gives the reason',
    async ({ snapshots, env = SECOND, reason }) => {
      await using testEnv = await openTestEnvironment({ snapshots });
      const main = await runAction(testEnv, 'main', { inputs: REUSE, env });

      expect(main).toMatchObject({ code: 0, outputs: { created: 'true', snapshot_status: 'completed' } });
      expect(main.outputs['snapshot_id']).not.toMatch(/^50/);
      expect(main.stdout).toMatch(/no snapshot is reused|not reused/);
      expect(main.stdout).toContain(reason);
    },
  );

  test.concurrent('an older snapshot of another repository does not prevent it', async () => {
    const older = { name: 'b', created_at: '2026-01-09T11:30:00Z', description: markerOfOther() };
    await using testEnv = await openTestEnvironment({ snapshots: [older, earlier()] });
    const main = await runAction(testEnv, 'main', { inputs: REUSE, env: SECOND });

    expect(main.outputs).toMatchObject({ snapshot_id: '501', created: 'false' });
  });

  test.concurrent('on a full server: nothing has to be made, so nothing is full', async () => {
    const others = [1, 2, 3, 4].map((n) => ({ name: `s-${n}`, created_at: `2026-01-0${n}T00:00:00Z` }));
    await using testEnv = await openTestEnvironment({ snapshots: [...others, earlier()] });
    const main = await runAction(testEnv, 'main', { inputs: REUSE, env: SECOND });

    expect(main).toMatchObject({ code: 0, requests: [LIST], outputs: { snapshot_id: '501' } });
  });

  test.concurrent('with stop_server a reused snapshot needs no stop', async () => {
    await using testEnv = await openTestEnvironment({ snapshots: [earlier()] });
    const inputs = { ...REUSE, stop_server: 'true' };
    const main = await runAction(testEnv, 'main', { inputs, env: SECOND });

    expect(main).toMatchObject({ code: 0, requests: [LIST] });
    expect(testEnv.actualState().power).toEqual([]);
  });
});

describe('a re-run without it', () => {
  test.concurrent('makes a new snapshot under another name', async () => {
    await using testEnv = await openTestEnvironment({
      snapshots: [earlier()],
      switches: { unique_names: 'account' },
    });
    const main = await runAction(testEnv, 'main', { env: SECOND });

    expect(main).toMatchObject({
      code: 0,
      outputs: { snapshot_name: 'deploy-shop-1001-2', created: 'true' },
    });
  });

  test.concurrent('a name that exists already leads to one more try, with a piece of the key', async () => {
    await using testEnv = await openTestEnvironment({
      snapshots: [earlier({ name: 'nightly' })],
      switches: { unique_names: 'server' },
    });
    const main = await runAction(testEnv, 'main', { inputs: { name_template: 'nightly' } });

    expect(main).toMatchObject({
      code: 0,
      requests: [LIST, 'POST /snapshots/ 400', LIST, 'POST /snapshots/ 201', LIST],
    });
    expect(main.outputs['snapshot_name']).toMatch(/^nightly-[0-9a-f]{6}$/);
  });

  test.concurrent('... and by no more than one', async () => {
    await using testEnv = await openTestEnvironment({ snapshots: [earlier({ name: 'nightly' })] });
    const body = { name: ['A snapshot with this name already exists.'] };
    testEnv.addFaults({ kind: 'status', status: 400, body, method: 'POST' });
    const main = await runAction(testEnv, 'main', { inputs: { name_template: 'nightly' } });

    expect(main.code).toBe(1);
    expect(main.requests.filter((line) => line.startsWith('POST'))).toHaveLength(2);
    expect(textOf(main, 'No snapshot was made')).toContain('already exists');
    expect(testEnv.actualState().snapshots).toHaveLength(1);
  });
});
