import { describe, expect, test } from '@jest/globals';
import { runAction } from '../harness/action.ts';
import { titlesOf } from '../../../dist/harness/annotations.ts';
import { runJob } from '../harness/job.ts';
import { byHand, markerOf, markerOfOther, own } from '../../../dist/harness/snapshots.ts';
import { openTestEnvironment } from '../harness/test-environment.ts';

const LIST = 'GET /snapshots/?server_id=12345 200';
const SERVER = 'GET /servers/12345/ 200';
const SECOND = { GITHUB_RUN_ATTEMPT: '2' };
const REUSE = { on_rerun: 'reuse' };

/** What the first attempt of this step left, an hour ago. */
const EARLIER = {
  id: 501,
  name: 'deploy-shop-1001-1',
  created_at: '2026-01-10T11:00:00Z',
  description: markerOf({ runId: '1001', runAttempt: 1 }),
  content: 'before the first deploy',
  size_mb: 4096,
};

describe('on_rerun: reuse', () => {
  test.concurrent(
    'claims the snapshot of the earlier attempt, also of a full server, without a stop',
    async () => {
      const others = [2, 3, 4, 5].map((n) => byHand(n));
      await using testEnv = await openTestEnvironment({ snapshots: [...others, EARLIER] });
      const inputs = { ...REUSE, stop_server: 'true' };
      const main = await runAction(testEnv, 'main', { inputs, env: SECOND });

      expect(main).toMatchObject({ code: 0, requests: [SERVER, LIST] });
      expect(main.outputs).toMatchObject({
        snapshot_id: '501',
        snapshot_name: 'deploy-shop-1001-1',
        snapshot_status: 'completed',
        size_mb: '4096',
        created_at: '2026-01-10T11:00:00Z',
        created: 'false',
      });
      expect(main.summary).toContain('reused');
      expect(testEnv.actualState().power).toEqual([]);
    },
  );

  /** The job `deploy` of a reusable workflow, as the job `call` of the workflow calls it. */
  const inCall = (call: string, attempt: number): Record<string, string> => ({
    GITHUB_WORKFLOW_REF: 'acme/shop/.github/workflows/release.yml@refs/heads/main',
    GITHUB_RUN_ATTEMPT: String(attempt),
    ACTIONS_RUNTIME_URL: 'https://runtime.example/',
    ACTIONS_ORCHESTRATION_ID: `49b2f4b8-0000-4000-8000-00000000000${attempt}.${call}.deploy.__default`,
  });

  test.concurrent('of a reusable workflow called twice: never the other call’s', async () => {
    await using testEnv = await openTestEnvironment();
    const first = await runAction(testEnv, 'main', { inputs: REUSE, env: inCall('first', 1) });
    const second = await runAction(testEnv, 'main', { inputs: REUSE, env: inCall('second', 2) });
    expect([first.outputs['snapshot_id'], second.outputs['snapshot_id']]).toEqual(['801', '802']);
    expect(second.stdout).toContain('no snapshot is reused: no earlier attempt of this run');
  });

  test.concurrent('of a reusable workflow: its own call’s of the attempt before', async () => {
    await using testEnv = await openTestEnvironment();
    await runAction(testEnv, 'main', { inputs: REUSE, env: inCall('first', 1) });
    const again = await runAction(testEnv, 'main', { inputs: REUSE, env: inCall('first', 2) });
    expect(again.outputs).toMatchObject({ snapshot_id: '801', created: 'false' });
  });

  test.concurrent('a runner that does not tell calls apart reuses nothing, and that is said', async () => {
    await using testEnv = await openTestEnvironment({ snapshots: [EARLIER] });
    const env = { ...inCall('first', 2), ACTIONS_ORCHESTRATION_ID: '' };
    const main = await runAction(testEnv, 'main', { inputs: REUSE, env });
    expect(main.outputs).toMatchObject({ snapshot_id: '801', created: 'true' });
    expect(titlesOf(main)).toEqual(['notice: No snapshot is reused']);
  });

  test.concurrent('two attempts: post restores what was before the first, failed deploy', async () => {
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
    expect(titlesOf(second.post)).toEqual(['error: Rolled back']);
    expect(testEnv.api.contentOf()).toBe('generation-0');
  });

  test.concurrent(
    'somebody else was there since: a new one is made, and the log gives the reason',
    async () => {
      const newer = own(9, { created_at: '2026-01-10T11:30:00Z', description: markerOfOther() });
      await using testEnv = await openTestEnvironment({ snapshots: [EARLIER, newer] });
      const main = await runAction(testEnv, 'main', { inputs: REUSE, env: SECOND });

      expect(main).toMatchObject({ code: 0, outputs: { created: 'true', snapshot_id: '801' } });
      expect(main.stdout).toMatch(/no snapshot is reused: another marked snapshot \(509\)/);
    },
  );
});

test.concurrent('a name that exists already leads to one more try, with a piece of the key', async () => {
  await using testEnv = await openTestEnvironment({
    snapshots: [{ ...EARLIER, name: 'nightly' }],
    switches: { unique_names: 'account' },
  });
  const main = await runAction(testEnv, 'main', { inputs: { name_template: 'nightly' } });

  expect(main).toMatchObject({
    code: 0,
    requests: [SERVER, LIST, 'POST /snapshots/ 400', SERVER, LIST, 'POST /snapshots/ 201', LIST],
  });
  expect(main.outputs['snapshot_name']).toMatch(/^nightly-[0-9a-f]{6}$/);
});
