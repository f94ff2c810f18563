import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { runAction, startAction } from '../harness/action.ts';
import { textOf, titlesOf } from '../harness/annotations.ts';
import { runPost } from '../harness/job.ts';
import { openTestEnvironment } from '../harness/test-environment.ts';

const LIST = 'GET /snapshots/?server_id=12345';
const INPUTS = { on_cancel: 'restore' };
/** The runner sends SIGTERM after 7.5 s and kills after 10 s . */
const KILL_AFTER_MS = 7500;
/** Two reads side by side; then the create request. */
const READS = 2;

describe('a signal to main: red, nothing new is sent', () => {
  test.concurrent.each(['SIGINT', 'SIGTERM'] as const)(
    '%s while it pauses between two polls',
    async (signal) => {
      await using testEnv = await openTestEnvironment({ secondsPerAnswer: 0 });
      const inputs = { ...INPUTS, poll_interval: '10m' };
      const running = await startAction(testEnv, 'main', { inputs });
      await running.requested(READS + 2);
      running.kill(signal);
      const main = await running.result;
      const post = await runPost(testEnv, main, { inputs: INPUTS, job: 'cancelled' });

      expect(main).toMatchObject({ code: 1, requestCount: READS + 2, outputs: { snapshot_id: '801' } });
      expect(titlesOf(main)).toEqual(['error: Interrupted']);
      expect(main.annotations[0]?.text).toContain('The job was cancelled, or a time-out ended this step');
      expect(post).toMatchObject({ code: 0, requests: [`${LIST} 200`] });
      expect(post.stdout).toContain('801');
      expect(testEnv.actualState().restores).toEqual([]);
    },
  );

  test.concurrent('while a create request is in flight whose answer comes: its id is saved', async () => {
    await using testEnv = await openTestEnvironment({ secondsPerAnswer: 0 });
    testEnv.addFaults({ kind: 'delay', ms: 1000, method: 'POST' });
    const running = await startAction(testEnv, 'main', { inputs: INPUTS });
    await running.requested(READS + 1);
    running.kill('SIGINT');
    const main = await running.result;

    expect(main).toMatchObject({ code: 1, requestCount: READS + 1, outputs: { snapshot_id: '801' } });
    expect(JSON.parse(main.state['server_0'] ?? '')).toMatchObject({ phase: 'created', snapshotId: '801' });
    expect(titlesOf(main)).toEqual(['error: Interrupted']);
  });

  test.concurrent(
    'while a create request is in flight whose answer never comes: post finds the snapshot',
    async () => {
      await using testEnv = await openTestEnvironment({ secondsPerAnswer: 0 });
      testEnv.addFaults({ kind: 'silence', method: 'POST' });
      const running = await startAction(testEnv, 'main', { inputs: INPUTS });
      await running.requested(READS + 1);
      const signalled = performance.now();
      running.kill('SIGINT');
      const main = await running.result;
      const took = performance.now() - signalled;
      const post = await runPost(testEnv, main, { inputs: INPUTS, job: 'cancelled' });

      expect(main).toMatchObject({ code: 1, requestCount: READS + 1 });
      expect(took).toBeLessThan(KILL_AFTER_MS);
      expect(titlesOf(main)).toEqual(['error: Interrupted']);
      expect(post).toMatchObject({ code: 0, requests: [`${LIST} 200`] });
      expect(post.stdout).toContain('found snapshot 801');
    },
  );

  test.concurrent('while the first reads are in flight: nothing was started', async () => {
    await using testEnv = await openTestEnvironment();
    testEnv.addFaults({ kind: 'silence' });
    const running = await startAction(testEnv, 'main', { inputs: INPUTS });
    await running.requested(READS);
    running.kill('SIGTERM');
    const main = await running.result;
    testEnv.clearFaults();
    const post = await runPost(testEnv, main, { inputs: INPUTS, job: 'cancelled' });

    expect(main).toMatchObject({ code: 1, requestCount: READS });
    expect(titlesOf(main)).toEqual(['error: Interrupted']);
    expect(post).toMatchObject({ code: 0, requests: [] });
  });

  test.concurrent('with stop_server, and the guest goes down a minute later: post starts it', async () => {
    await using testEnv = await openTestEnvironment({ secondsPerAnswer: 0, switches: { stop_delay: 70 } });
    const inputs = { ...INPUTS, stop_server: 'true' };
    const running = await startAction(testEnv, 'main', { inputs });
    // A read of its own, and the stop.
    await running.requested(READS + 2);
    running.kill('SIGTERM');
    const main = await running.result;
    expect(testEnv.actualState().servers).toMatchObject([{ phase: 'active' }]);
    expect(textOf(main, 'Interrupted')).toMatch(/12345\): .*stop.*; the post step starts it again\./);
    // It goes down after the first start that post sends, and comes up after the next one.
    let starts = 0;
    const counting = ({ body }: { readonly body: string }): boolean => {
      if (body.includes('"start"')) starts += 1;
      return false;
    };
    testEnv.before(counting, () => {});
    for (const wanted of [1, 2])
      testEnv.before(
        ({ method }) => method === 'GET' && starts >= wanted,
        () => testEnv.advance(200),
      );
    const post = await runPost(testEnv, main, { inputs, job: 'cancelled' });

    expect([main.code, post.code]).toEqual([1, 0]);
    const { servers, power } = testEnv.actualState();
    expect(servers).toMatchObject([{ phase: 'active' }]);
    expect(power.map(({ action }) => action)).toEqual(['stop', 'start', 'start']);
  });

  test.concurrent('with stop_server, while the snapshot is made: post starts the server', async () => {
    await using testEnv = await openTestEnvironment({
      secondsPerAnswer: 100,
      switches: { snapshot_seconds: [1e6, 1e6] },
    });
    const inputs = { ...INPUTS, stop_server: 'true' };
    const running = await startAction(testEnv, 'main', { inputs });
    // A read of its own, the stop, a read of the stopped server, the create request, and a poll.
    await running.requested(READS + 5);
    running.kill('SIGTERM');
    const main = await running.result;
    expect(testEnv.actualState().servers).toMatchObject([{ phase: 'stopped' }]);
    const post = await runPost(testEnv, main, { inputs, job: 'cancelled' });

    expect(main.code).toBe(1);
    expect(post).toMatchObject({ code: 0, annotations: [] });
    expect(testEnv.actualState()).toMatchObject({ servers: [{ phase: 'active' }], restores: [] });
  });
});

test.concurrent('a signal to post: what is known is written at once, and the rollback goes on', async () => {
  await using testEnv = await openTestEnvironment({ secondsPerAnswer: 0 });
  const inputs = { on_failure: 'restore' };
  testEnv.before(
    (_request, nth) => nth === 4,
    () => testEnv.advance(600),
  );
  const main = await runAction(testEnv, 'main', { inputs });
  testEnv.api.deploy();
  const running = await startAction(testEnv, 'post', { inputs, state: main.state, job: 'failure' });
  await running.requested(5);
  running.kill('SIGINT');
  running.kill('SIGTERM');
  await running.logged(/Post step interrupted/);
  await delay(100);
  const summary = await running.readSummary();
  testEnv.advance(600);
  const post = await running.result;

  expect(summary).toContain('Rollback requested, not confirmed');
  expect(summary).toContain('The runner asked the post step to end');
  expect(titlesOf(post).slice(0, -1)).toContain('warning: Post step interrupted');
  expect(titlesOf(post).at(-1)).toBe('error: Rolled back');
  expect(post.summary).toContain('Rolled back');
  expect(testEnv.api.contentOf()).toBe('generation-0');
});
