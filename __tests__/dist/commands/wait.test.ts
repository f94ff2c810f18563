import { describe, expect, test } from '@jest/globals';
import { runAction, type ActionResult } from '../harness/action.ts';
import { textOf, titlesOf } from '../harness/annotations.ts';
import { runJob } from '../harness/job.ts';
import { openTestEnvironment, type TestEnvironment } from '../harness/test-environment.ts';

const LIST = 'GET /snapshots/?server_id=12345 200';
const SERVER = 'GET /servers/12345/ 200';
const INPUTS = { wait: 'false', on_failure: 'restore' };

/** The middle of a job that builds while the snapshot is made, then waits for it, then deploys. */
function waitAndDeploy(testEnv: TestEnvironment, env: Readonly<Record<string, string>> = {}) {
  return async (main: ActionResult): Promise<void> => {
    const inputs = { snapshot_id: main.outputs['snapshot_id'] ?? '' };
    await runAction(testEnv, 'wait', { inputs, env });
    testEnv.api.deploy();
  };
}

describe('wait: false', () => {
  test.concurrent(
    'ends as soon as the snapshot was accepted, green, and reports that it did not wait',
    async () => {
      await using testEnv = await openTestEnvironment();
      const { main, post } = await runJob(testEnv, { inputs: { wait: 'false' } });

      expect(main).toMatchObject({
        code: 0,
        requests: [LIST, 'POST /snapshots/ 201'],
        outputs: { snapshot_id: '801', snapshot_status: 'in_progress', size_mb: '', created: 'true' },
      });
      expect(main.summary).toContain('not waited for');
      expect(post).toMatchObject({ code: 0, requests: [] });
      expect(post.stdout).toContain('snapshot 801 (deploy-shop-1001-1) is kept');
    },
  );

  test.concurrent('with the wait action before the deploy: a failed deploy is rolled back', async () => {
    await using testEnv = await openTestEnvironment();
    const between = waitAndDeploy(testEnv);
    const { post } = await runJob(testEnv, { inputs: INPUTS, ends: 'failure', between });

    expect(post.requests).toEqual([LIST, SERVER, 'POST /snapshots/801/restore/ 200', SERVER]);
    expect(titlesOf(post)).toEqual(['error: Rolled back']);
    expect(post.stdout).toContain('seen completed by: the wait action of this job');
    expect(testEnv.api.contentOf()).toBe('generation-0');
  });

  test.concurrent.each([
    { name: 'no wait, and it is complete by now', between: undefined, secondsPerAnswer: 600 },
    { name: 'no wait, and it is still in progress', between: undefined, secondsPerAnswer: 0 },
    { name: 'the wait action ran in another job', env: { GITHUB_JOB: 'build' } },
    { name: 'the wait action ran in another run', env: { GITHUB_RUN_ID: '1002' } },
    { name: 'the wait action ran in another attempt', env: { GITHUB_RUN_ATTEMPT: '2' } },
    { name: 'the wait action ran on another runner', env: { RUNNER_TEMP: '' } },
  ])('not confirmed complete in this job: refused, red ($name)', async ({ env, secondsPerAnswer = 60 }) => {
    await using testEnv = await openTestEnvironment({ secondsPerAnswer });
    const between = env ? waitAndDeploy(testEnv, env) : () => testEnv.api.deploy();
    const { post } = await runJob(testEnv, { inputs: INPUTS, ends: 'failure', between });

    // Post never waits for a snapshot in order to restore it: it may contain half a deploy.
    expect(post).toMatchObject({ code: 1, requests: [LIST, SERVER] });
    expect(titlesOf(post)).toEqual(['error: Not restored']);
    expect(textOf(post, 'Not restored')).toMatch(
      /801.*nobody saw the snapshot completed.*\/snapshots\/801\/restore\//s,
    );
    expect(testEnv.actualState().restores).toEqual([]);
  });
});

describe('the wait action', () => {
  test.concurrent('waits for snapshots of the account, and sets outputs like the snapshot step', async () => {
    await using testEnv = await openTestEnvironment({
      servers: [
        { id: 12345, name: 'web-server-01' },
        { id: 7, name: 'db-01' },
      ],
      snapshots: [
        { id: 501, name: 'a', status: 'in_progress' },
        { id: 502, name: 'b', server_id: 7, size_mb: 2048 },
      ],
    });
    const result = await runAction(testEnv, 'wait', { inputs: { snapshot_id: '501, 502' } });

    expect(result).toMatchObject({
      code: 0,
      requests: ['GET /snapshots/ 200'],
      requestCount: 4,
      outputs: { snapshot_id: '501,502', snapshot_name: 'a,b', snapshot_status: 'completed,completed' },
    });
    expect(result.outputs).not.toHaveProperty('created');
    expect(JSON.parse(result.outputs['snapshots'] ?? '')).toMatchObject([
      { server_id: '12345', snapshot_id: '501' },
      { server_id: '7', server_name: 'db-01', snapshot_id: '502', size_mb: 2048 },
    ]);
    expect(result.summary).toContain('complete');
  });

  test.concurrent('lists one server alone when server_id is given', async () => {
    await using testEnv = await openTestEnvironment({
      snapshots: [{ id: 501, name: 'a', status: 'in_progress' }],
    });
    const result = await runAction(testEnv, 'wait', { inputs: { snapshot_id: '501', server_id: '12345' } });

    expect(result).toMatchObject({ code: 0, requests: [LIST] });
  });

  test.concurrent('a snapshot that failed is red', async () => {
    await using testEnv = await openTestEnvironment({
      snapshots: [{ id: 501, name: 'a', status: 'failed' }],
    });
    const result = await runAction(testEnv, 'wait', { inputs: { snapshot_id: '501' } });

    expect(result).toMatchObject({ code: 1, requests: ['GET /snapshots/ 200'], requestCount: 1 });
    expect(textOf(result, 'Snapshot failed')).toContain("501 is 'failed'");
  });

  test.concurrent('wait_timeout exceeded: red, with the id', async () => {
    await using testEnv = await openTestEnvironment({
      secondsPerAnswer: 0,
      snapshots: [{ id: 501, name: 'a', status: 'in_progress' }],
    });
    const inputs = { snapshot_id: '501', wait_timeout: '2s' };
    const result = await runAction(testEnv, 'wait', { inputs });

    expect(result).toMatchObject({ code: 1, requests: ['GET /snapshots/ 200'] });
    expect(textOf(result, 'Snapshot not complete in time')).toMatch(/501.*'wait_timeout'/s);
  });

  test.concurrent('an id that no list shows is red after 40 polls', async () => {
    await using testEnv = await openTestEnvironment();
    const result = await runAction(testEnv, 'wait', { inputs: { snapshot_id: '999' } });

    expect(result).toMatchObject({ code: 1, requestCount: 40 });
    expect(textOf(result, 'Snapshot never listed')).toContain('999');
  });

  test.concurrent('a dry run polls once, and leaves no completion proof', async () => {
    await using testEnv = await openTestEnvironment({ secondsPerAnswer: 600 });
    const { post } = await runJob(testEnv, {
      inputs: INPUTS,
      ends: 'failure',
      async between(main) {
        const inputs = { snapshot_id: main.outputs['snapshot_id'] ?? '', dry_run: 'true' };
        const wait = await runAction(testEnv, 'wait', { inputs });
        expect(wait).toMatchObject({ code: 0, requests: ['GET /snapshots/ 200'], requestCount: 1 });
      },
    });

    expect(textOf(post, 'Not restored')).toContain('nobody saw the snapshot completed');
    expect(testEnv.actualState().restores).toEqual([]);
  });

  test.concurrent('a dry run without an id is a notice', async () => {
    await using testEnv = await openTestEnvironment();
    const result = await runAction(testEnv, 'wait', { inputs: { snapshot_id: '', dry_run: 'true' } });

    expect(result).toMatchObject({ code: 0, requests: [] });
    expect(titlesOf(result)).toEqual(['notice: Nothing to wait for']);
  });
});
