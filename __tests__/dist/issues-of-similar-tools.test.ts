import { describe, expect, test } from '@jest/globals';
import { parseFaults } from '../../simulator/fault.ts';
import { runAction, startAction } from './harness/action.ts';
import { runLife, runPost } from './harness/job.ts';
import { marked, markedByOther } from './harness/markers.ts';
import { openStage } from './harness/test-environment.ts';
import { textOf, titlesOf } from './harness/annotations.ts';

const RESTORE = { on_failure: 'restore' };

/** What users of comparable tools ran into, with where they told it. */
describe('waiting', () => {
  test.concurrent(
    'a fixed wait is too short: 25 minutes are waited for (aws/aws-cli#1295, aws-sdk-go#1069)',
    async () => {
      await using stage = await openStage({ switches: { snapshot_seconds: [1500, 1500] } });
      const main = await runAction(stage, 'main');
      expect(main).toMatchObject({ code: 0, outputs: { snapshot_status: 'completed' } });
    },
  );

  test.concurrent(
    'green failures: no status of a failure ends green (doctl, lighthouse-snapshot-action, runs-on/snapshot)',
    async () => {
      await using stage = await openStage({ switches: { fail_next: 1, word_failed: 'errored' } });
      const main = await runAction(stage, 'main');
      expect(main.code).toBe(1);
      expect(textOf(main, 'Snapshot failed')).toContain("'errored'");
    },
  );

  test.concurrent('an unknown status is polled with pauses, until the time-out (snapshot-save)', async () => {
    await using stage = await openStage({ switches: { word_in_progress: ['mystery'] }, pace: 0 });
    const main = await runAction(stage, 'main', { inputs: { wait_timeout: '2s', poll_interval: '200ms' } });
    expect(main.code).toBe(1);
    // Ten pauses fit into the time; a loop without them would ask hundreds of times.
    expect(main.requestCount).toBeLessThan(20);
  });

  test.concurrent('the id is there while it is waited for, and after a time-out (doctl#312)', async () => {
    await using stage = await openStage({ pace: 0 });
    const running = await startAction(stage, 'main', { inputs: { poll_interval: '10m' } });
    await running.asked(3);
    running.kill('SIGKILL');
    const main = await running.ended;
    expect(main.outputs['snapshot_id']).toBe('801');
  });

  test.concurrent('cancelled before the id was known: nothing leaks (openvdb/fvdb-core#768)', async () => {
    await using stage = await openStage();
    stage.server.faults.add(parseFaults({ kind: 'silence', method: 'POST' }));
    const running = await startAction(stage, 'main');
    await running.asked(2);
    running.kill('SIGKILL');
    const post = await runPost(stage, await running.ended, {
      inputs: { on_cancel: 'delete' },
      job: 'cancelled',
    });
    expect(post.stdout).toContain('found snapshot 801');
  });

  test.concurrent('words in transition are no failure (outscale provider#514)', async () => {
    await using stage = await openStage({
      switches: { word_in_progress: ['creating', 'stopping', 'pending', 'unavailable'] },
    });
    expect((await runAction(stage, 'main')).code).toBe(0);
  });

  test.concurrent('a blank status is progress, with pauses (deploy-pages#166)', async () => {
    await using stage = await openStage({
      switches: { word_in_progress: [''], snapshot_seconds: [600, 600] },
    });
    const main = await runAction(stage, 'main');
    expect(main.code).toBe(0);
    expect(main.requestCount).toBeLessThan(20);
  });

  test.concurrent(
    'a late success is a success: complete in the last look after the time (smufl#352)',
    async () => {
      await using stage = await openStage({ pace: 0, switches: { snapshot_seconds: [60, 60] } });
      // Nothing is asked between the first look and the end of the time.
      const inputs = { wait_timeout: '2s', poll_interval: '1h' };
      stage.before(
        (_request, nth) => nth === 4,
        () => stage.server.advance(60),
      );
      expect(await runAction(stage, 'main', { inputs })).toMatchObject({ code: 0, requestCount: 4 });
    },
  );

  test.concurrent('a transient error is not final (mercur#1163)', async () => {
    await using stage = await openStage();
    stage.server.faults.add(parseFaults({ kind: 'status', status: 500, method: 'GET', nth: 3, times: 9 }));
    expect((await runAction(stage, 'main')).code).toBe(0);
  });

  test.concurrent('no hundreds of equal log lines (deploy-pages#406)', async () => {
    await using stage = await openStage({ pace: 5, switches: { snapshot_seconds: [250, 250] } });
    const main = await runAction(stage, 'main');
    expect(main.requestCount).toBeGreaterThan(50);
    const lines = main.stdout.split('\n').filter((line) => line !== '' && !line.startsWith('::'));
    expect(lines.length).toBeLessThan(10);
  });
});

describe('names and identity', () => {
  test.concurrent('no "already exists" storm on a re-run (neon-pkgs#307)', async () => {
    await using stage = await openStage({ switches: { unique_names: 'account' } });
    const inputs = { name_template: 'before-deploy' };
    const runs = [await runAction(stage, 'main', { inputs }), await runAction(stage, 'main', { inputs })];
    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    expect(runs[1]?.outputs['snapshot_name']).toMatch(/^before-deploy-[0-9a-f]{6}$/);
  });

  test.concurrent(
    'a look-up that finds nothing hands nothing else back (create-branch-action#27, #34)',
    async () => {
      await using stage = await openStage({
        snapshots: [{ id: 501, name: 'deploy-shop-1001-1', description: markedByOther() }],
      });
      stage.server.faults.add(parseFaults({ kind: 'reset_before', method: 'POST' }));
      const { main, post } = await runLife(stage, { inputs: RESTORE });
      expect(main.code).toBe(1);
      expect(main.outputs['snapshot_id'] ?? '').toBe('');
      expect(post.stdout).not.toContain('found snapshot 501');
      expect(stage.truth().restores).toEqual([]);
    },
  );

  test.concurrent.each([
    { ref: 'feature/#441', name: 'feature-441' },
    { ref: '441/merge', name: '441-merge' },
    { ref: '##', name: 'x' },
  ])('a ref with # or / ($ref) gives a legal name (create-branch-action#40)', async ({ ref, name }) => {
    await using stage = await openStage();
    const main = await runAction(stage, 'main', {
      inputs: { name_template: '{ref}' },
      env: { GITHUB_REF_NAME: ref },
    });
    expect(main).toMatchObject({ code: 0, outputs: { snapshot_name: name } });
  });

  test.concurrent(
    'an error says what it is about on a redeploy as well (create-branch-action#67)',
    async () => {
      await using stage = await openStage();
      const detail = 'A snapshot with this name already exists';
      stage.server.faults.add(
        parseFaults({ kind: 'status', status: 400, body: { name: [detail] }, method: 'POST' }),
      );
      const main = await runAction(stage, 'main', { env: { GITHUB_RUN_ATTEMPT: '3' } });
      expect(textOf(main, 'No snapshot was made')).toMatch(new RegExp(`12345.*${detail}`, 's'));
    },
  );

  test.concurrent(
    'no warning without a text: an error with an empty body (create-github-app-token#392)',
    async () => {
      await using stage = await openStage();
      stage.server.faults.add(parseFaults({ kind: 'status', status: 401, body: '', method: 'DELETE' }));
      const { post } = await runLife(stage, { inputs: { on_success: 'delete' } });
      expect(titlesOf(post)).toEqual(['warning: Snapshot not deleted']);
      expect(textOf(post, 'Snapshot not deleted')).toMatch(/801.*401/s);
    },
  );
});

describe('deleting', () => {
  test.concurrent(
    'the oldest is not deleted before the new one is complete (hetznercloud/cli#290)',
    async () => {
      await using stage = await openStage({
        snapshots: [{ id: 501, name: 'a', created_at: 0, description: marked() }],
        switches: { fail_next: 1 },
      });
      const { main, post } = await runLife(stage, { inputs: { keep_last: '1' } });
      expect(main.code).toBe(1);
      expect([...main.requests, ...post.requests].filter((line) => line.startsWith('DELETE'))).toEqual([]);
    },
  );

  test.concurrent('"why is it not pruned?" is answered (sanoid#293, #751)', async () => {
    await using stage = await openStage({
      snapshots: [{ id: 501, name: 'a', created_at: 0, description: marked() }],
    });
    const ended = await runAction(stage, 'prune', { inputs: { server_id: '12345', keep_last: '1' } });
    expect(ended.stdout).toMatch(/keep 501.*newest/);
    expect(ended.summary).toMatch(/501.*newest/);
  });

  test.concurrent("other people's are neither counted nor deleted (proxmox_snap, borg)", async () => {
    const theirs = [1, 2, 3].map((n) => ({
      id: 500 + n,
      name: 't',
      created_at: `2026-01-0${n}T00:00:00Z`,
      description: markedByOther(),
    }));
    const mine = { id: 504, name: 'm', created_at: 0, description: marked() };
    await using stage = await openStage({ snapshots: [...theirs, mine] });
    const ended = await runAction(stage, 'prune', { inputs: { server_id: '12345', keep_last: '1' } });
    expect(ended).toMatchObject({ code: 0, outputs: { deleted: '' } });
  });
});

describe('rolling back', () => {
  test.concurrent('a rollback is not green (amazon-ecs-deploy-task-definition#191)', async () => {
    await using stage = await openStage();
    const { post } = await runLife(stage, { inputs: RESTORE, ends: 'failure' });
    expect(post.code).toBe(1);
  });

  test.concurrent('a rollback that runs twice does not go one release too far', async () => {
    await using stage = await openStage();
    const { main } = await runLife(stage, { inputs: RESTORE, ends: 'failure' });
    stage.server.machine.deploy(12345, 'repaired by hand');
    stage.server.machine.addSnapshot({ name: 'next', description: marked({ runId: '1002' }) });
    const again = await runPost(stage, main, { inputs: RESTORE, job: 'failure' });
    expect(textOf(again, 'Not restored')).toContain('newer snapshot');
    expect(stage.server.machine.contentOf()).toBe('repaired by hand');
  });

  test.concurrent('a rollback is not missed because the job was cancelled or timed out', async () => {
    await using stage = await openStage();
    await runLife(stage, { inputs: { on_cancel: 'restore' }, ends: 'cancelled' });
    expect(stage.server.machine.contentOf()).toBe('generation-0');
  });

  test.concurrent('a post step does not fail a good job (tibdex/github-app-token#98)', async () => {
    await using stage = await openStage();
    const { post } = await runLife(stage, {
      inputs: { on_success: 'delete', keep_last: '0' },
      between: () => stage.server.faults.add(parseFaults({ kind: 'reset_before' })),
    });
    expect(post.code).toBe(0);
    expect(post.annotations).toMatchObject([{ kind: 'warning' }]);
  });

  test.concurrent(
    '"only on failure": a good job asks nothing (gacts/run-and-post-run#37, webiny/action-post-run#3)',
    async () => {
      await using stage = await openStage();
      const { post } = await runLife(stage, { inputs: RESTORE });
      expect(post).toMatchObject({ code: 0, requests: [] });
    },
  );
});
