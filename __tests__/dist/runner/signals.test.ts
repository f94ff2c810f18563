import { describe, expect, test } from '@jest/globals';
import { startAction } from '../harness/action.ts';
import { titlesOf } from '../harness/annotations.ts';
import { runPost } from '../harness/job.ts';
import { openTestEnvironment } from '../harness/test-environment.ts';

const LIST = 'GET /snapshots/?server_id=12345';
const INPUTS = { on_cancel: 'restore' };
/** The runner sends SIGTERM after 7.5 s and kills after 10 s . */
const KILL_AFTER_MS = 7500;

describe.each(['SIGINT', 'SIGTERM'] as const)('%s to main: red, nothing new is sent', (signal) => {
  test.concurrent('while it pauses between two polls', async () => {
    await using testEnv = await openTestEnvironment({ secondsPerAnswer: 0 });
    const inputs = { ...INPUTS, poll_interval: '10m' };
    const running = await startAction(testEnv, 'main', { inputs });
    await running.requested(4);
    running.kill(signal);
    const main = await running.result;
    const post = await runPost(testEnv, main, { inputs: INPUTS, job: 'cancelled' });

    expect(main).toMatchObject({ code: 1, requestCount: 4, outputs: { snapshot_id: '801' } });
    expect(titlesOf(main)).toEqual(['error: Cancelled']);
    expect(post).toMatchObject({ code: 0, requests: [`${LIST} 200`] });
    expect(post.stdout).toContain('801');
    expect(testEnv.actualState().restores).toEqual([]);
  });

  test.concurrent('while a create request is in flight whose answer comes: its id is saved', async () => {
    await using testEnv = await openTestEnvironment({ secondsPerAnswer: 0 });
    testEnv.addFaults({ kind: 'delay', ms: 1000, method: 'POST' });
    const running = await startAction(testEnv, 'main', { inputs: INPUTS });
    await running.requested(2);
    running.kill(signal);
    const main = await running.result;
    const post = await runPost(testEnv, main, { inputs: INPUTS, job: 'cancelled' });

    expect(main).toMatchObject({ code: 1, requestCount: 2, outputs: { snapshot_id: '801' } });
    expect(JSON.parse(main.state['server_0'] ?? '')).toMatchObject({ phase: 'created', snapshotId: '801' });
    expect(titlesOf(main)).toEqual(['error: Cancelled']);
    expect(post).toMatchObject({ code: 0, requests: [`${LIST} 200`] });
  });

  test.concurrent(
    'while a create request is in flight whose answer never comes: post finds the snapshot',
    async () => {
      await using testEnv = await openTestEnvironment({ secondsPerAnswer: 0 });
      testEnv.addFaults({ kind: 'silence', method: 'POST' });
      const running = await startAction(testEnv, 'main', { inputs: INPUTS });
      await running.requested(2);
      const signalled = performance.now();
      running.kill(signal);
      const main = await running.result;
      const took = performance.now() - signalled;
      const post = await runPost(testEnv, main, { inputs: INPUTS, job: 'cancelled' });

      expect(main).toMatchObject({ code: 1, requestCount: 2 });
      expect(took).toBeLessThan(KILL_AFTER_MS);
      expect(titlesOf(main)).toEqual(['error: Cancelled']);
      expect(post).toMatchObject({ code: 0, requests: [`${LIST} 200`] });
      expect(post.stdout).toContain('found snapshot 801');
    },
  );

  test.concurrent('while the first list is in flight: nothing was started', async () => {
    await using testEnv = await openTestEnvironment();
    testEnv.addFaults({ kind: 'silence' });
    const running = await startAction(testEnv, 'main', { inputs: INPUTS });
    await running.requested(1);
    running.kill(signal);
    const main = await running.result;
    testEnv.clearFaults();
    const post = await runPost(testEnv, main, { inputs: INPUTS, job: 'cancelled' });

    expect(main).toMatchObject({ code: 1, requestCount: 1 });
    expect(titlesOf(main)).toEqual(['error: Cancelled']);
    expect(post).toMatchObject({ code: 0, requests: [] });
  });

  test.concurrent('while it searches for a lost answer', async () => {
    await using testEnv = await openTestEnvironment({ secondsPerAnswer: 0, switches: { listed_late: 1e9 } });
    testEnv.addFaults({ kind: 'status_after', status: 504, method: 'POST' });
    const running = await startAction(testEnv, 'main', { inputs: INPUTS });
    await running.requested(4);
    running.kill(signal);
    const main = await running.result;

    expect(main.code).toBe(1);
    expect(main.requests.filter((line) => line.startsWith('POST'))).toHaveLength(1);
    expect(testEnv.actualState().snapshots).toHaveLength(1);
  });

  test.concurrent('with stop_server, while the snapshot is made: post starts the server', async () => {
    await using testEnv = await openTestEnvironment({
      secondsPerAnswer: 100,
      switches: { snapshot_seconds: [1e6, 1e6] },
    });
    const inputs = { ...INPUTS, stop_server: 'true' };
    const running = await startAction(testEnv, 'main', { inputs });
    await running.requested(7);
    running.kill(signal);
    const main = await running.result;
    expect(testEnv.actualState().servers).toMatchObject([{ phase: 'stopped' }]);
    const post = await runPost(testEnv, main, { inputs, job: 'cancelled' });

    expect(main.code).toBe(1);
    expect(post).toMatchObject({ code: 0, annotations: [] });
    expect(testEnv.actualState()).toMatchObject({ servers: [{ phase: 'active' }], restores: [] });
  });
});

test('a signal to post does not stop a rollback', async () => {
  await using testEnv = await openTestEnvironment();
  const main = await (await startAction(testEnv, 'main', { inputs: { on_failure: 'restore' } })).result;
  testEnv.api.deploy();
  const options = { inputs: { on_failure: 'restore' }, state: main.state, job: 'failure' } as const;
  const running = await startAction(testEnv, 'post', options);
  await running.requested(3);
  running.kill('SIGINT');
  const post = await running.result;

  expect(titlesOf(post)).toEqual(['error: Rolled back']);
  expect(testEnv.api.contentOf()).toBe('generation-0');
});
