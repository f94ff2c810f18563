import { describe, expect, test } from '@jest/globals';
import { type SnapshotSeed } from '../../../simulator/truth.ts';
import { runAction } from '../harness/action.ts';
import { runLife } from '../harness/job.ts';
import { marked, markedByOther } from '../harness/markers.ts';
import { openStage } from '../harness/test-environment.ts';
import { textOf, titlesOf } from '../harness/annotations.ts';

const LIST = 'GET /snapshots/?server_id=12345 200';
const SECOND = { GITHUB_RUN_ATTEMPT: '2' };
const REUSE = { on_rerun: 'reuse' };

/** What the first attempt of this step left, an hour ago. */
function earlier(more: Partial<SnapshotSeed> = {}): SnapshotSeed {
  return {
    id: 501,
    name: 'deploy-shop-1001-1',
    created_at: '2026-01-10T11:00:00Z',
    description: marked({ runId: '1001', runAttempt: 1 }),
    content: 'before the first deploy',
    size_mb: 4096,
    ...more,
  };
}

describe('on_rerun: reuse', () => {
  test.concurrent(
    'takes the snapshot of the earlier attempt over: one list, nothing is created',
    async () => {
      await using stage = await openStage({ snapshots: [earlier()] });
      const { main, post } = await runLife(stage, { inputs: REUSE, env: SECOND });

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
    },
  );

  test.concurrent('post restores what was before the first, failed deploy', async () => {
    await using stage = await openStage({ snapshots: [earlier()] });
    const { post } = await runLife(stage, {
      inputs: { ...REUSE, on_failure: 'restore' },
      env: SECOND,
      ends: 'failure',
    });

    expect(titlesOf(post)).toEqual(['error: Rolled back']);
    expect(post.requests).toContain('POST /snapshots/501/restore/ 200');
    expect(stage.server.machine.contentOf()).toBe('before the first deploy');
  });

  test.concurrent('is treated by post like a created one: on_success: delete', async () => {
    await using stage = await openStage({ snapshots: [earlier()] });
    const { post } = await runLife(stage, { inputs: { ...REUSE, on_success: 'delete' }, env: SECOND });

    expect(post.requests).toEqual(['DELETE /snapshots/501/ 204']);
  });

  test.concurrent(
    'two attempts in a row through the bundles: the second takes over what the first made',
    async () => {
      await using stage = await openStage();
      const inputs = { ...REUSE, on_failure: 'keep' };
      const first = await runLife(stage, { inputs, ends: 'failure' });
      const second = await runLife(stage, {
        inputs: { ...inputs, on_failure: 'restore' },
        env: SECOND,
        ends: 'failure',
      });

      expect(first.main.outputs).toMatchObject({ snapshot_id: '801', created: 'true' });
      expect(second.main.outputs).toMatchObject({ snapshot_id: '801', created: 'false' });
      expect(stage.server.machine.contentOf()).toBe('generation-0');
    },
  );

  test.concurrent.each([
    { name: 'the first attempt', snapshots: [earlier()], env: {}, why: 'first attempt' },
    { name: 'no earlier snapshot', snapshots: [], why: 'no earlier attempt' },
    {
      name: 'another run',
      snapshots: [earlier({ description: marked({ runId: '1000' }) })],
      why: 'no earlier attempt',
    },
    {
      name: 'another job',
      snapshots: [earlier({ description: marked({ runId: '1001', job: 'test' }) })],
      why: 'no earlier attempt',
    },
    {
      name: 'another step',
      snapshots: [earlier({ description: marked({ runId: '1001', step: 'b' }) })],
      why: 'no earlier attempt',
    },
    {
      name: 'another repository with the same run id',
      snapshots: [earlier({ description: markedByOther({ runId: '1001' }) })],
      why: 'no earlier attempt',
    },
    { name: 'one that failed', snapshots: [earlier({ status: 'failed' })], why: 'not completed' },
    { name: 'one in progress', snapshots: [earlier({ status: 'in_progress' })], why: 'not completed' },
    { name: '24 hours old', snapshots: [earlier({ created_at: '2026-01-09T12:00:00Z' })], why: '24 hours' },
    {
      name: 'a newer marked one on the server',
      snapshots: [earlier(), { name: 'b', created_at: '2026-01-10T11:30:00Z', description: markedByOther() }],
      why: 'newer marked snapshot',
    },
    {
      name: 'two that qualify',
      snapshots: [earlier(), earlier({ id: 502, description: marked({ runId: '1001', runAttempt: 1 }) })],
      why: '',
    },
  ])('$name: a new one is made, and the log says why', async ({ snapshots, env = SECOND, why }) => {
    await using stage = await openStage({ snapshots });
    const main = await runAction(stage, 'main', { inputs: REUSE, env });

    expect(main).toMatchObject({ code: 0, outputs: { created: 'true', snapshot_status: 'completed' } });
    expect(main.outputs['snapshot_id']).not.toMatch(/^50/);
    expect(main.stdout).toMatch(/no snapshot is reused|not reused/);
    expect(main.stdout).toContain(why);
  });

  test.concurrent('an older snapshot of somebody else is no reason against it', async () => {
    const older = { name: 'b', created_at: '2026-01-09T11:30:00Z', description: markedByOther() };
    await using stage = await openStage({ snapshots: [older, earlier()] });
    const main = await runAction(stage, 'main', { inputs: REUSE, env: SECOND });

    expect(main.outputs).toMatchObject({ snapshot_id: '501', created: 'false' });
  });

  test.concurrent('on a full server: nothing has to be made, so nothing is full', async () => {
    const others = [1, 2, 3, 4].map((n) => ({ name: `s-${n}`, created_at: `2026-01-0${n}T00:00:00Z` }));
    await using stage = await openStage({ snapshots: [...others, earlier()] });
    const main = await runAction(stage, 'main', { inputs: REUSE, env: SECOND });

    expect(main).toMatchObject({ code: 0, requests: [LIST], outputs: { snapshot_id: '501' } });
  });

  test.concurrent('with stop_server a reused snapshot needs no stop', async () => {
    await using stage = await openStage({ snapshots: [earlier()] });
    const inputs = { ...REUSE, stop_server: 'true' };
    const main = await runAction(stage, 'main', { inputs, env: SECOND });

    expect(main).toMatchObject({ code: 0, requests: [LIST] });
    expect(stage.truth().power).toEqual([]);
  });
});

describe('a re-run without it', () => {
  test.concurrent('makes a new snapshot under another name', async () => {
    await using stage = await openStage({ snapshots: [earlier()], switches: { unique_names: 'account' } });
    const main = await runAction(stage, 'main', { env: SECOND });

    expect(main).toMatchObject({
      code: 0,
      outputs: { snapshot_name: 'deploy-shop-1001-2', created: 'true' },
    });
  });

  test.concurrent('a name that exists already is met by one more try, with a piece of the key', async () => {
    await using stage = await openStage({
      snapshots: [earlier({ name: 'nightly' })],
      switches: { unique_names: 'server' },
    });
    const main = await runAction(stage, 'main', { inputs: { name_template: 'nightly' } });

    expect(main).toMatchObject({
      code: 0,
      requests: [LIST, 'POST /snapshots/ 400', LIST, 'POST /snapshots/ 201', LIST],
    });
    expect(main.outputs['snapshot_name']).toMatch(/^nightly-[0-9a-f]{6}$/);
  });

  test.concurrent('... and by no more than one', async () => {
    await using stage = await openStage({ snapshots: [earlier({ name: 'nightly' })] });
    const { machine } = stage.server;
    const taken = { name: ['A snapshot with this name already exists.'] };
    const faults = [
      {
        kind: 'status',
        status: 400,
        body: JSON.stringify(taken),
        headers: {},
        method: 'POST',
        path: '*',
        nth: 'every',
        times: 1,
      },
    ] as const;
    stage.server.faults.add(faults);
    const main = await runAction(stage, 'main', { inputs: { name_template: 'nightly' } });

    expect(main.code).toBe(1);
    expect(main.requests.filter((line) => line.startsWith('POST'))).toHaveLength(2);
    expect(textOf(main, 'No snapshot was made')).toContain('already exists');
    expect(machine.state().snapshots).toHaveLength(1);
  });
});
