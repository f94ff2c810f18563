import { describe, expect, test } from '@jest/globals';
import { runAction } from './harness/action.ts';
import { runLife } from './harness/job.ts';
import { marked, markedByOther } from './harness/markers.ts';
import { openStage } from './harness/test-environment.ts';
import { textOf, titlesOf } from './harness/annotations.ts';
import { openWebsite } from '../../scripts/runner/website.ts';

const RESTORE = { on_failure: 'restore' };
const FIVE = [1, 2, 3, 4, 5].map((n) => ({
  id: 500 + n,
  name: `s-${n}`,
  created_at: `2026-01-0${n}T00:00:00Z`,
}));

/**
 * One short life for each thing that is promised next to comparable projects. What each of them comes to in doubt and
 * under faults is told in the other files.
 */
describe('what it does', () => {
  test.concurrent('snapshot of the server being deployed to', async () => {
    await using stage = await openStage();
    await runLife(stage);
    expect(stage.truth().snapshots).toMatchObject([
      { serverId: '12345', content: 'generation-0', phase: 'completed' },
    ]);
  });

  test.concurrent('id as an output', async () => {
    await using stage = await openStage();
    const { main } = await runLife(stage);
    expect(main.outputs['snapshot_id']).toBe(stage.truth().snapshots[0]?.id);
  });

  test.concurrent('created / reused told', async () => {
    await using stage = await openStage();
    const first = await runAction(stage, 'main');
    const again = await runAction(stage, 'main', {
      inputs: { on_rerun: 'reuse' },
      env: { GITHUB_RUN_ATTEMPT: '2' },
    });
    expect([first.outputs['created'], again.outputs['created']]).toEqual(['true', 'false']);
    expect(again.outputs['snapshot_id']).toBe(first.outputs['snapshot_id']);
  });

  test.concurrent('optional wait, with a configurable time-out', async () => {
    await using stage = await openStage({ pace: 0 });
    const without = await runAction(stage, 'main', { inputs: { wait: 'false' } });
    const timedOut = await runAction(stage, 'main', { inputs: { wait_timeout: '2s' } });
    expect([without.code, timedOut.code]).toEqual([0, 1]);
    expect(textOf(timedOut, 'Snapshot not complete in time')).toContain('2s');
  });

  test.concurrent('failed state detected, step fails', async () => {
    await using stage = await openStage({ switches: { fail_next: 1 } });
    const main = await runAction(stage, 'main');
    expect(main.code).toBe(1);
    expect(titlesOf(main)).toEqual(['error: Snapshot failed']);
  });

  // How long the pauses are is told where time is virtual.
  test.concurrent('adaptive polling, progress', async () => {
    const words = ['queued', 'copying', 'finalizing'];
    await using stage = await openStage({ pace: 30, switches: { word_in_progress: words } });
    const { stdout } = await runAction(stage, 'main');
    const told = [...stdout.matchAll(/snapshot 801 is (?!being)(\w+)/g)].map(([, word]) => word);
    expect(told).toEqual([...words, 'completed']);
  });

  test.concurrent('retries, Retry-After', async () => {
    await using stage = await openStage();
    const headers = { 'retry-after': '1' };
    stage.server.faults.add([
      { kind: 'status', status: 503, body: '', headers: {}, method: 'GET', path: '*', nth: 1, times: 1 },
      { kind: 'status', status: 429, body: '', headers, method: 'POST', path: '*', nth: 1, times: 1 },
    ]);
    const main = await runAction(stage, 'main');
    expect(main.code).toBe(0);
    expect(stage.truth().snapshots).toHaveLength(1);
  });

  test.concurrent('safe on a re-run', async () => {
    await using stage = await openStage({ switches: { unique_names: 'account' } });
    await runLife(stage, { ends: 'failure' });
    const { main } = await runLife(stage, { env: { GITHUB_RUN_ATTEMPT: '2' } });
    expect(main).toMatchObject({ code: 0, outputs: { snapshot_name: 'deploy-shop-1001-2' } });
  });

  test.concurrent('limit checked before creating', async () => {
    await using stage = await openStage({ snapshots: FIVE });
    const main = await runAction(stage, 'main');
    expect(main).toMatchObject({ code: 1, requests: ['GET /snapshots/?server_id=12345 200'] });
  });

  test.concurrent('rotation, only of its own', async () => {
    const snapshots = FIVE.map((seed, n) => ({ ...seed, description: n === 3 ? marked() : markedByOther() }));
    await using stage = await openStage({ snapshots });
    await runAction(stage, 'main', { inputs: { when_full: 'rotate' } });
    const gone = stage.truth().snapshots.filter(({ deletedAt }) => deletedAt !== null);
    expect(gone.map(({ id }) => id)).toEqual(['504']);
  });

  test.concurrent('never deletes before the new one is complete, where a slot is free', async () => {
    const snapshots = FIVE.slice(0, 4).map((seed) => ({ ...seed, description: marked() }));
    await using stage = await openStage({ snapshots });
    const inputs = { when_full: 'rotate', keep_last: '1' };
    const { main, post } = await runLife(stage, { inputs });
    expect(main.requests.filter((line) => line.startsWith('DELETE'))).toEqual([]);
    expect(post.requests.filter((line) => line.startsWith('DELETE'))).toHaveLength(4);
  });

  test.concurrent("post step that knows the job's status", async () => {
    await using stage = await openStage();
    const { post } = await runLife(stage, { ends: 'cancelled' });
    expect(post.stdout).toContain('cancelled');
  });

  test.concurrent.each(['failure', 'cancelled'] as const)('automatic restore on %s', async (ends) => {
    await using stage = await openStage();
    await runLife(stage, { inputs: { ...RESTORE, on_cancel: 'restore' }, ends });
    expect(stage.server.machine.contentOf()).toBe('generation-0');
  });

  test.concurrent(
    'step-precise restore (restore_if): another failing step does not roll a good deploy back',
    async () => {
      await using stage = await openStage();
      await runLife(stage, { inputs: RESTORE, ends: 'failure', restoreIf: 'false' });
      expect(stage.server.machine.contentOf()).toBe('generation-1');
    },
  );

  test.concurrent('restore verified (server back, health check)', async () => {
    await using site = await openWebsite(() => ({ status: 200 }));
    await using stage = await openStage({ switches: { after_restore: 'stopped' } });
    const { post } = await runLife(stage, {
      inputs: { ...RESTORE, health_url: site.origin },
      ends: 'failure',
    });
    expect(stage.truth().servers).toMatchObject([{ phase: 'active' }]);
    expect(textOf(post, 'Rolled back')).toContain('server is active again, health check passed');
  });

  test.concurrent('clean-up on success', async () => {
    await using stage = await openStage();
    await runLife(stage, { inputs: { on_success: 'delete' } });
    expect(stage.truth().snapshots).toMatchObject([{ deletedAt: expect.any(Number) }]);
  });

  test.concurrent('stop and start round the snapshot', async () => {
    await using stage = await openStage();
    await runAction(stage, 'main', { inputs: { stop_server: 'true' } });
    expect(stage.truth()).toMatchObject({
      servers: [{ phase: 'active' }],
      snapshots: [{ serverPhase: 'stopped' }],
    });
  });

  test.concurrent('several servers in a step', async () => {
    await using stage = await openStage({ servers: [{ id: 1 }, { id: 2 }, { id: 3 }] });
    const main = await runAction(stage, 'main', { inputs: { server_id: '1 2 3' } });
    expect(main.outputs['snapshot_status']).toBe('completed,completed,completed');
  });

  test.concurrent('name template, provenance on the snapshot', async () => {
    await using stage = await openStage();
    await runAction(stage, 'main', { inputs: { name_template: '{owner}-{job}-{sha7}-{server_id}' } });
    const [snapshot] = stage.truth().snapshots;
    expect(snapshot?.name).toBe('acme-deploy-0123456-12345');
    expect(snapshot?.description).toContain('repo=acme/shop run=1001/1 job=deploy');
  });

  test.concurrent('dry run', async () => {
    await using stage = await openStage();
    const { main } = await runLife(stage, { inputs: { dry_run: 'true' } });
    expect(main.code).toBe(0);
    expect(stage.server.requests.every(({ method }) => method === 'GET')).toBe(true);
  });

  test.concurrent('job summary as an audit record', async () => {
    await using stage = await openStage();
    const { main, post } = await runLife(stage, { inputs: RESTORE, ends: 'failure' });
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
