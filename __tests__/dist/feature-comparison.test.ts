import { describe, expect, test } from '@jest/globals';
import { runAction } from './harness/action.ts';
import { textOf, titlesOf } from './harness/annotations.ts';
import { runJob } from './harness/job.ts';
import { markerOf, markerOfOther } from './harness/snapshots.ts';
import { openTestEnvironment } from './harness/test-environment.ts';
import { openWebsite } from '../../scripts/runner/website.ts';

const RESTORE = { on_failure: 'restore' };
const FIVE = [1, 2, 3, 4, 5].map((n) => ({
  id: 500 + n,
  name: `s-${n}`,
  created_at: `2026-01-0${n}T00:00:00Z`,
}));

/**
 * One short job for each feature in the README's comparison with similar projects. How each of them behaves under faults
 * is tested in the other files.
 */
describe('what it does', () => {
  test.concurrent('snapshot of the server being deployed to', async () => {
    await using testEnv = await openTestEnvironment();
    await runJob(testEnv);
    expect(testEnv.actualState().snapshots).toMatchObject([
      { serverId: '12345', content: 'generation-0', phase: 'completed' },
    ]);
  });

  test.concurrent('id as an output', async () => {
    await using testEnv = await openTestEnvironment();
    const { main } = await runJob(testEnv);
    expect(main.outputs['snapshot_id']).toBe(testEnv.actualState().snapshots[0]?.id);
  });

  test.concurrent('created / reused reported', async () => {
    await using testEnv = await openTestEnvironment();
    const first = await runAction(testEnv, 'main');
    const again = await runAction(testEnv, 'main', {
      inputs: { on_rerun: 'reuse' },
      env: { GITHUB_RUN_ATTEMPT: '2' },
    });
    expect([first.outputs['created'], again.outputs['created']]).toEqual(['true', 'false']);
    expect(again.outputs['snapshot_id']).toBe(first.outputs['snapshot_id']);
  });

  test.concurrent('optional wait, with a configurable time-out', async () => {
    await using testEnv = await openTestEnvironment({ secondsPerAnswer: 0 });
    const without = await runAction(testEnv, 'main', { inputs: { wait: 'false' } });
    const timedOut = await runAction(testEnv, 'main', { inputs: { wait_timeout: '2s' } });
    expect([without.code, timedOut.code]).toEqual([0, 1]);
    expect(textOf(timedOut, 'Snapshot not complete in time')).toContain('2s');
  });

  test.concurrent('failed state detected, step fails', async () => {
    await using testEnv = await openTestEnvironment({ switches: { fail_next: 1 } });
    const main = await runAction(testEnv, 'main');
    expect(main.code).toBe(1);
    expect(titlesOf(main)).toEqual(['error: Snapshot failed']);
  });

  // How long the pauses are is tested where time is virtual.
  test.concurrent('adaptive polling, progress', async () => {
    const words = ['queued', 'copying', 'finalizing'];
    await using testEnv = await openTestEnvironment({
      secondsPerAnswer: 30,
      switches: { word_in_progress: words },
    });
    const { stdout } = await runAction(testEnv, 'main');
    const statuses = [...stdout.matchAll(/snapshot 801 is (?!being)(\w+)/g)].map(([, word]) => word);
    expect(statuses).toEqual([...words, 'completed']);
  });

  test.concurrent('retries, Retry-After', async () => {
    await using testEnv = await openTestEnvironment();
    const headers = { 'retry-after': '1' };
    testEnv.addFaults([
      { kind: 'status', status: 503, method: 'GET', nth: 1 },
      { kind: 'status', status: 429, headers, method: 'POST', nth: 1 },
    ]);
    const main = await runAction(testEnv, 'main');
    expect(main.code).toBe(0);
    expect(testEnv.actualState().snapshots).toHaveLength(1);
  });

  test.concurrent('safe on a re-run', async () => {
    await using testEnv = await openTestEnvironment({ switches: { unique_names: 'account' } });
    await runJob(testEnv, { ends: 'failure' });
    const { main } = await runJob(testEnv, { env: { GITHUB_RUN_ATTEMPT: '2' } });
    expect(main).toMatchObject({ code: 0, outputs: { snapshot_name: 'deploy-shop-1001-2' } });
  });

  test.concurrent('limit checked before creating', async () => {
    await using testEnv = await openTestEnvironment({ snapshots: FIVE });
    const main = await runAction(testEnv, 'main');
    expect(main).toMatchObject({ code: 1, requests: ['GET /snapshots/?server_id=12345 200'] });
  });

  test.concurrent('rotation, only of its own', async () => {
    const snapshots = FIVE.map((seed, n) => ({
      ...seed,
      description: n === 3 ? markerOf() : markerOfOther(),
    }));
    await using testEnv = await openTestEnvironment({ snapshots });
    await runAction(testEnv, 'main', { inputs: { when_full: 'rotate' } });
    const gone = testEnv.actualState().snapshots.filter(({ deletedAt }) => deletedAt !== null);
    expect(gone.map(({ id }) => id)).toEqual(['504']);
  });

  test.concurrent('never deletes before the new one is complete, where a slot is free', async () => {
    const snapshots = FIVE.slice(0, 4).map((seed) => ({ ...seed, description: markerOf() }));
    await using testEnv = await openTestEnvironment({ snapshots });
    const inputs = { when_full: 'rotate', keep_last: '1' };
    const { main, post } = await runJob(testEnv, { inputs });
    expect(main.requests.filter((line) => line.startsWith('DELETE'))).toEqual([]);
    expect(post.requests.filter((line) => line.startsWith('DELETE'))).toHaveLength(4);
  });

  test.concurrent("post step that knows the job's status", async () => {
    await using testEnv = await openTestEnvironment();
    const { post } = await runJob(testEnv, { ends: 'cancelled' });
    expect(post.stdout).toContain('cancelled');
  });

  test.concurrent.each(['failure', 'cancelled'] as const)('automatic restore on %s', async (ends) => {
    await using testEnv = await openTestEnvironment();
    await runJob(testEnv, { inputs: { ...RESTORE, on_cancel: 'restore' }, ends });
    expect(testEnv.api.contentOf()).toBe('generation-0');
  });

  test.concurrent(
    'step-precise restore (restore_if): another failing step does not roll a good deploy back',
    async () => {
      await using testEnv = await openTestEnvironment();
      await runJob(testEnv, { inputs: RESTORE, ends: 'failure', restoreIf: 'false' });
      expect(testEnv.api.contentOf()).toBe('generation-1');
    },
  );

  test.concurrent('restore verified (server back, health check)', async () => {
    await using site = await openWebsite(() => ({ status: 200 }));
    await using testEnv = await openTestEnvironment({ switches: { after_restore: 'stopped' } });
    const { post } = await runJob(testEnv, {
      inputs: { ...RESTORE, health_url: site.origin },
      ends: 'failure',
    });
    expect(testEnv.actualState().servers).toMatchObject([{ phase: 'active' }]);
    expect(textOf(post, 'Rolled back')).toContain('server is active again, health check passed');
  });

  test.concurrent('clean-up on success', async () => {
    await using testEnv = await openTestEnvironment();
    await runJob(testEnv, { inputs: { on_success: 'delete' } });
    expect(testEnv.actualState().snapshots).toMatchObject([{ deletedAt: expect.any(Number) }]);
  });

  test.concurrent('stop and start around the snapshot', async () => {
    await using testEnv = await openTestEnvironment();
    await runAction(testEnv, 'main', { inputs: { stop_server: 'true' } });
    expect(testEnv.actualState()).toMatchObject({
      servers: [{ phase: 'active' }],
      snapshots: [{ serverPhase: 'stopped' }],
    });
  });

  test.concurrent('several servers in a step', async () => {
    await using testEnv = await openTestEnvironment({ servers: [{ id: 1 }, { id: 2 }, { id: 3 }] });
    const main = await runAction(testEnv, 'main', { inputs: { server_id: '1 2 3' } });
    expect(main.outputs['snapshot_status']).toBe('completed,completed,completed');
  });

  test.concurrent('name template, provenance on the snapshot', async () => {
    await using testEnv = await openTestEnvironment();
    await runAction(testEnv, 'main', { inputs: { name_template: '{owner}-{job}-{sha7}-{server_id}' } });
    const [snapshot] = testEnv.actualState().snapshots;
    expect(snapshot?.name).toBe('acme-deploy-0123456-12345');
    expect(snapshot?.description).toContain('repo=acme/shop run=1001/1 job=deploy');
  });

  test.concurrent('dry run', async () => {
    await using testEnv = await openTestEnvironment();
    const { main } = await runJob(testEnv, { inputs: { dry_run: 'true' } });
    expect(main.code).toBe(0);
    expect(testEnv.requests.every(({ method }) => method === 'GET')).toBe(true);
  });

  test.concurrent('job summary as an audit record', async () => {
    await using testEnv = await openTestEnvironment();
    const { main, post } = await runJob(testEnv, { inputs: RESTORE, ends: 'failure' });
    for (const part of [
      'web-server-01 (12345)',
      '801',
      'deploy-shop-1001-1',
      '1 of 5',
      'What happened when',
    ]) {
      expect(main.summary).toContain(part);
    }
    for (const part of ['801', 'confirmed', 'is gone', 'What happened when'])
      expect(post.summary).toContain(part);
  });
});
