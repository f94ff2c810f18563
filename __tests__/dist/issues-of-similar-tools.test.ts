import { expect, test } from '@jest/globals';
import { runAction, startAction } from './harness/action.ts';
import { textOf, titlesOf } from './harness/annotations.ts';
import { runJob, runPost } from './harness/job.ts';
import { markerOf, markerOfOther, own } from './harness/snapshots.ts';
import { openTestEnvironment } from './harness/test-environment.ts';

const RESTORE = { on_failure: 'restore' };

/** What users of comparable tools ran into, with where they reported it; more of it is tested in virtual time. */

test.concurrent('an unknown status is polled with pauses, until the time-out (snapshot-save)', async () => {
  await using testEnv = await openTestEnvironment({
    switches: { word_in_progress: ['mystery'] },
    secondsPerAnswer: 0,
  });
  const main = await runAction(testEnv, 'main', { inputs: { wait_timeout: '2s', poll_interval: '200ms' } });
  expect(main.code).toBe(1);
  // Ten pauses fit into the time; a loop without them would send hundreds of requests.
  expect(main.requestCount).toBeLessThan(20);
});

test.concurrent('the id is there while it is waited for (doctl#312)', async () => {
  await using testEnv = await openTestEnvironment({ secondsPerAnswer: 0 });
  const running = await startAction(testEnv, 'main', { inputs: { poll_interval: '10m' } });
  // Two reads, the request, and a poll.
  await running.requested(4);
  await running.logged(/is being created/);
  running.kill('SIGKILL');
  const main = await running.result;
  expect(main.outputs['snapshot_id']).toBe('801');
});

test.concurrent(
  'a look-up that finds nothing returns nothing else (create-branch-action#27, #34)',
  async () => {
    await using testEnv = await openTestEnvironment({
      snapshots: [{ id: 501, name: 'deploy-shop-1001-1', description: markerOfOther() }],
    });
    testEnv.addFaults({ kind: 'reset_before', method: 'POST' });
    const { main, post } = await runJob(testEnv, { inputs: RESTORE });
    expect(main.code).toBe(1);
    expect(main.outputs['snapshot_id'] ?? '').toBe('');
    expect(post.stdout).not.toContain('found snapshot 501');
    expect(testEnv.actualState().restores).toEqual([]);
  },
);

test.concurrent(
  'no warning without a text: an error with an empty body (create-github-app-token#392)',
  async () => {
    await using testEnv = await openTestEnvironment();
    testEnv.addFaults({ kind: 'status', status: 401, body: '', method: 'DELETE' });
    const { post } = await runJob(testEnv, { inputs: { on_success: 'delete' } });
    expect(titlesOf(post)).toEqual(['warning: Snapshot not deleted']);
    expect(textOf(post, 'Snapshot not deleted')).toMatch(/801.*401/s);
  },
);

test.concurrent(
  'the oldest is not deleted before the new one is complete (hetznercloud/cli#290)',
  async () => {
    await using testEnv = await openTestEnvironment({ snapshots: [own(1)], switches: { fail_next: 1 } });
    const { main, post } = await runJob(testEnv, { inputs: { keep_last: '1' } });
    expect(main.code).toBe(1);
    expect([...main.requests, ...post.requests].filter((line) => line.startsWith('DELETE'))).toEqual([]);
  },
);

test.concurrent('a rollback that runs twice does not go one release too far', async () => {
  await using testEnv = await openTestEnvironment();
  const { main } = await runJob(testEnv, { inputs: RESTORE, ends: 'failure' });
  testEnv.api.deploy(12345, 'repaired by hand');
  testEnv.api.addSnapshot({ name: 'next', description: markerOf({ runId: '1002' }) });
  const again = await runPost(testEnv, main, { inputs: RESTORE, job: 'failure' });
  expect(titlesOf(again)).toEqual(['error: Not restored again']);
  expect(textOf(again, 'Not restored again')).toContain('newer snapshot');
  expect(testEnv.api.contentOf()).toBe('repaired by hand');
});
