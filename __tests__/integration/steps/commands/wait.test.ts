import { describe, expect, test } from '@jest/globals';
import { runAction, type ActionResult } from '../harness/action.ts';
import { textOf, titlesOf } from '../../../dist/harness/annotations.ts';
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
        requests: [SERVER, LIST, 'POST /snapshots/ 201'],
        outputs: { snapshot_id: '801', snapshot_status: 'in_progress', size_mb: '', created: 'true' },
      });
      expect(main.summary).toContain('not waited for');
      expect(post).toMatchObject({ code: 0, requests: [] });
      expect(post.stdout).toMatch(/snapshot 801 \(\S+\) is kept/);
    },
  );

  test.concurrent('with the wait action before the deploy: a failed deploy is rolled back', async () => {
    await using testEnv = await openTestEnvironment();
    const between = waitAndDeploy(testEnv);
    const { post } = await runJob(testEnv, { inputs: INPUTS, ends: 'failure', between });

    expect(post.requests).toEqual([SERVER, LIST, 'POST /snapshots/801/restore/ 200', SERVER]);
    expect(titlesOf(post)).toEqual(['error: Rolled back']);
    expect(post.stdout).toContain('confirmed complete before the deploy: by the wait action of this job');
    expect(testEnv.api.contentOf()).toBe('generation-0');
  });

  test.concurrent.each([
    { name: 'no wait, and it is complete by now', env: null },
    { name: 'the wait action ran in another job', env: { GITHUB_JOB: 'build' } },
    { name: 'the wait action ran on another runner', env: { RUNNER_TEMP: '' } },
    { name: 'the wait action ran when the job had failed', env: { INPUT_JOB_STATUS: 'failure' } },
  ])('not confirmed complete in this job: refused, red ($name)', async ({ env }) => {
    await using testEnv = await openTestEnvironment({ secondsPerAnswer: 600 });
    const between = env ? waitAndDeploy(testEnv, env) : () => testEnv.api.deploy();
    const { post } = await runJob(testEnv, { inputs: INPUTS, ends: 'failure', between });

    // Post never waits for a snapshot in order to restore it: it may contain half a deploy.
    expect(post).toMatchObject({ code: 1, requests: [SERVER, LIST] });
    expect(titlesOf(post)).toEqual(['error: Not restored']);
    expect(textOf(post, 'Not restored')).toMatch(
      /not confirmed complete before the deploy.*\n.*\/snapshots\/801\/restore\/\n/s,
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
        { id: 502, name: 'b', server_id: 7, size_mb: 2048, created_at: '2026-01-01T08:00:00Z' },
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

  test.concurrent(
    'a snapshot that failed is red; one server alone is listed when server_id is given',
    async () => {
      await using testEnv = await openTestEnvironment({
        snapshots: [{ id: 501, name: 'a', status: 'failed' }],
      });
      const result = await runAction(testEnv, 'wait', { inputs: { snapshot_id: '501', server_id: '12345' } });

      expect(result).toMatchObject({ code: 1, requests: [LIST], requestCount: 1 });
      expect(textOf(result, 'Snapshot failed')).toContain("501 is 'failed'");
    },
  );

  test.concurrent(
    'an id that no list shows for two minutes (four seconds here) is red, with what is there',
    async () => {
      await using testEnv = await openTestEnvironment({ snapshots: [{ id: 501, name: 'there' }] });
      const result = await runAction(testEnv, 'wait', { inputs: { snapshot_id: '999' } });

      expect(result.code).toBe(1);
      expect(textOf(result, 'Snapshot not listed')).toMatch(/999 is not listed.*501 \(there/s);
    },
  );
});
