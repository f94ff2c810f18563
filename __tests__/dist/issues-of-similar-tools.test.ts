import { describe, expect, test } from '@jest/globals';
import { runAction, startAction } from './harness/action.ts';
import { textOf, titlesOf } from './harness/annotations.ts';
import { runJob, runPost } from './harness/job.ts';
import { markerOf, markerOfOther } from './harness/snapshots.ts';
import { openTestEnvironment } from './harness/test-environment.ts';

const RESTORE = { on_failure: 'restore' };

/** What users of comparable tools ran into, with where they reported it. */
describe('waiting', () => {
  test.concurrent(
    'a fixed wait is too short: 25 minutes are waited for (aws/aws-cli#1295, aws-sdk-go#1069)',
    async () => {
      await using testEnv = await openTestEnvironment({ switches: { snapshot_seconds: [1500, 1500] } });
      const main = await runAction(testEnv, 'main');
      expect(main).toMatchObject({ code: 0, outputs: { snapshot_status: 'completed' } });
    },
  );

  test.concurrent(
    'green failures: no status of a failure ends green (doctl, lighthouse-snapshot-action, runs-on/snapshot)',
    async () => {
      await using testEnv = await openTestEnvironment({ switches: { fail_next: 1, word_failed: 'errored' } });
      const main = await runAction(testEnv, 'main');
      expect(main.code).toBe(1);
      expect(textOf(main, 'Snapshot failed')).toContain("'errored'");
    },
  );

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

  test.concurrent('the id is there while it is waited for, and after a time-out (doctl#312)', async () => {
    await using testEnv = await openTestEnvironment({ secondsPerAnswer: 0 });
    const running = await startAction(testEnv, 'main', { inputs: { poll_interval: '10m' } });
    await running.requested(3);
    running.kill('SIGKILL');
    const main = await running.result;
    expect(main.outputs['snapshot_id']).toBe('801');
  });

  test.concurrent('cancelled before the id was known: nothing leaks (openvdb/fvdb-core#768)', async () => {
    await using testEnv = await openTestEnvironment();
    testEnv.addFaults({ kind: 'silence', method: 'POST' });
    const running = await startAction(testEnv, 'main');
    await running.requested(2);
    running.kill('SIGKILL');
    const post = await runPost(testEnv, await running.result, {
      inputs: { on_cancel: 'delete' },
      job: 'cancelled',
    });
    expect(post.stdout).toContain('found snapshot 801');
  });

  test.concurrent('transitional statuses are no failure (outscale provider#514)', async () => {
    await using testEnv = await openTestEnvironment({
      switches: { word_in_progress: ['creating', 'stopping', 'pending', 'unavailable'] },
    });
    expect((await runAction(testEnv, 'main')).code).toBe(0);
  });

  test.concurrent('a blank status is progress, with pauses (deploy-pages#166)', async () => {
    await using testEnv = await openTestEnvironment({
      switches: { word_in_progress: [''], snapshot_seconds: [600, 600] },
    });
    const main = await runAction(testEnv, 'main');
    expect(main.code).toBe(0);
    expect(main.requestCount).toBeLessThan(20);
  });

  test.concurrent(
    'a late success is a success: complete in the last poll after wait_timeout (smufl#352)',
    async () => {
      await using testEnv = await openTestEnvironment({
        secondsPerAnswer: 0,
        switches: { snapshot_seconds: [60, 60] },
      });
      // Nothing is requested between the first poll and the end of wait_timeout.
      const inputs = { wait_timeout: '2s', poll_interval: '1h' };
      testEnv.before(
        (_request, nth) => nth === 4,
        () => testEnv.advance(60),
      );
      expect(await runAction(testEnv, 'main', { inputs })).toMatchObject({ code: 0, requestCount: 4 });
    },
  );

  test.concurrent('a transient error is not final (mercur#1163)', async () => {
    await using testEnv = await openTestEnvironment();
    testEnv.addFaults({ kind: 'status', status: 500, method: 'GET', nth: 3, times: 9 });
    expect((await runAction(testEnv, 'main')).code).toBe(0);
  });

  test.concurrent('no hundreds of equal log lines (deploy-pages#406)', async () => {
    await using testEnv = await openTestEnvironment({
      secondsPerAnswer: 5,
      switches: { snapshot_seconds: [250, 250] },
    });
    const main = await runAction(testEnv, 'main');
    expect(main.requestCount).toBeGreaterThan(50);
    const lines = main.stdout.split('\n').filter((line) => line !== '' && !line.startsWith('::'));
    expect(lines.length).toBeLessThan(10);
  });
});

describe('names and identity', () => {
  test.concurrent('no "already exists" storm on a re-run (neon-pkgs#307)', async () => {
    await using testEnv = await openTestEnvironment({ switches: { unique_names: 'account' } });
    const inputs = { name_template: 'before-deploy' };
    const runs = [await runAction(testEnv, 'main', { inputs }), await runAction(testEnv, 'main', { inputs })];
    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    expect(runs[1]?.outputs['snapshot_name']).toMatch(/^before-deploy-[0-9a-f]{6}$/);
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

  test.concurrent.each([
    { ref: 'feature/#441', name: 'feature-441' },
    { ref: '441/merge', name: '441-merge' },
    { ref: '##', name: 'x' },
  ])('a ref with # or / ($ref) gives a legal name (create-branch-action#40)', async ({ ref, name }) => {
    await using testEnv = await openTestEnvironment();
    const main = await runAction(testEnv, 'main', {
      inputs: { name_template: '{ref}' },
      env: { GITHUB_REF_NAME: ref },
    });
    expect(main).toMatchObject({ code: 0, outputs: { snapshot_name: name } });
  });

  test.concurrent(
    'an error says what it is about on a redeploy as well (create-branch-action#67)',
    async () => {
      await using testEnv = await openTestEnvironment();
      const detail = 'A snapshot with this name already exists';
      testEnv.addFaults({ kind: 'status', status: 400, body: { name: [detail] }, method: 'POST' });
      const main = await runAction(testEnv, 'main', { env: { GITHUB_RUN_ATTEMPT: '3' } });
      expect(textOf(main, 'No snapshot was made')).toMatch(new RegExp(`12345.*${detail}`, 's'));
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
});

describe('deleting', () => {
  test.concurrent(
    'the oldest is not deleted before the new one is complete (hetznercloud/cli#290)',
    async () => {
      await using testEnv = await openTestEnvironment({
        snapshots: [{ id: 501, name: 'a', created_at: 0, description: markerOf() }],
        switches: { fail_next: 1 },
      });
      const { main, post } = await runJob(testEnv, { inputs: { keep_last: '1' } });
      expect(main.code).toBe(1);
      expect([...main.requests, ...post.requests].filter((line) => line.startsWith('DELETE'))).toEqual([]);
    },
  );

  test.concurrent('"why is it not pruned?" is answered (sanoid#293, #751)', async () => {
    await using testEnv = await openTestEnvironment({
      snapshots: [{ id: 501, name: 'a', created_at: 0, description: markerOf() }],
    });
    const result = await runAction(testEnv, 'prune', { inputs: { server_id: '12345', keep_last: '1' } });
    expect(result.stdout).toMatch(/keep 501.*newest/);
    expect(result.summary).toMatch(/501.*newest/);
  });

  test.concurrent("other people's are neither counted nor deleted (proxmox_snap, borg)", async () => {
    const theirs = [1, 2, 3].map((n) => ({
      id: 500 + n,
      name: 't',
      created_at: `2026-01-0${n}T00:00:00Z`,
      description: markerOfOther(),
    }));
    const mine = { id: 504, name: 'm', created_at: 0, description: markerOf() };
    await using testEnv = await openTestEnvironment({ snapshots: [...theirs, mine] });
    const result = await runAction(testEnv, 'prune', { inputs: { server_id: '12345', keep_last: '1' } });
    expect(result).toMatchObject({ code: 0, outputs: { deleted: '' } });
  });
});

describe('rolling back', () => {
  test.concurrent('a rollback is not green (amazon-ecs-deploy-task-definition#191)', async () => {
    await using testEnv = await openTestEnvironment();
    const { post } = await runJob(testEnv, { inputs: RESTORE, ends: 'failure' });
    expect(post.code).toBe(1);
  });

  test.concurrent('a rollback that runs twice does not go one release too far', async () => {
    await using testEnv = await openTestEnvironment();
    const { main } = await runJob(testEnv, { inputs: RESTORE, ends: 'failure' });
    testEnv.api.deploy(12345, 'repaired by hand');
    testEnv.api.addSnapshot({ name: 'next', description: markerOf({ runId: '1002' }) });
    const again = await runPost(testEnv, main, { inputs: RESTORE, job: 'failure' });
    expect(textOf(again, 'Not restored')).toContain('newer snapshot');
    expect(testEnv.api.contentOf()).toBe('repaired by hand');
  });

  test.concurrent('a rollback is not missed because the job was cancelled or timed out', async () => {
    await using testEnv = await openTestEnvironment();
    await runJob(testEnv, { inputs: { on_cancel: 'restore' }, ends: 'cancelled' });
    expect(testEnv.api.contentOf()).toBe('generation-0');
  });

  test.concurrent('a post step does not fail a good job (tibdex/github-app-token#98)', async () => {
    await using testEnv = await openTestEnvironment();
    const { post } = await runJob(testEnv, {
      inputs: { on_success: 'delete', keep_last: '0' },
      between: () => testEnv.addFaults({ kind: 'reset_before' }),
    });
    expect(post.code).toBe(0);
    expect(post.annotations).toMatchObject([{ kind: 'warning' }]);
  });

  test.concurrent(
    '"only on failure": a good job sends no request (gacts/run-and-post-run#37, webiny/action-post-run#3)',
    async () => {
      await using testEnv = await openTestEnvironment();
      const { post } = await runJob(testEnv, { inputs: RESTORE });
      expect(post).toMatchObject({ code: 0, requests: [] });
    },
  );
});
