import { describe, expect, test } from '@jest/globals';
import { type Ended, runAction } from '../harness/action.ts';
import { runLife } from '../harness/job.ts';
import { openStage, type Stage } from '../harness/test-environment.ts';
import { textOf, titlesOf } from '../harness/annotations.ts';

const LIST = 'GET /snapshots/?server_id=12345 200';
const SERVER = 'GET /servers/12345/ 200';
const INPUTS = { wait: 'false', on_failure: 'restore' };

/** The middle of a job that builds while the snapshot is made, then waits for it, then deploys. */
function waitAndDeploy(stage: Stage, env: Readonly<Record<string, string>> = {}) {
  return async (main: Ended): Promise<void> => {
    const inputs = { snapshot_id: main.outputs['snapshot_id'] ?? '' };
    await runAction(stage, 'wait', { inputs, env });
    stage.server.machine.deploy();
  };
}

describe('wait: false', () => {
  test.concurrent(
    'ends as soon as the snapshot was accepted, green, and says that nobody waited',
    async () => {
      await using stage = await openStage();
      const { main, post } = await runLife(stage, { inputs: { wait: 'false' } });

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
    await using stage = await openStage();
    const between = waitAndDeploy(stage);
    const { post } = await runLife(stage, { inputs: INPUTS, ends: 'failure', between });

    expect(post.requests).toEqual([LIST, SERVER, 'POST /snapshots/801/restore/ 200', SERVER]);
    expect(titlesOf(post)).toEqual(['error: Rolled back']);
    expect(post.stdout).toContain('seen completed by: the wait action of this job');
    expect(stage.server.machine.contentOf()).toBe('generation-0');
  });

  test.concurrent.each([
    { name: 'nobody waited, and it is complete by now', between: undefined, pace: 600 },
    { name: 'nobody waited, and it is still in progress', between: undefined, pace: 0 },
    { name: 'the wait action ran in another job', env: { GITHUB_JOB: 'build' } },
    { name: 'the wait action ran in another run', env: { GITHUB_RUN_ID: '1002' } },
    { name: 'the wait action ran in another attempt', env: { GITHUB_RUN_ATTEMPT: '2' } },
    { name: 'the wait action ran on another runner', env: { RUNNER_TEMP: '' } },
  ])('nobody of this job saw it completed: refused, red ($name)', async ({ env, pace = 60 }) => {
    await using stage = await openStage({ pace });
    const between = env ? waitAndDeploy(stage, env) : () => stage.server.machine.deploy();
    const { post } = await runLife(stage, { inputs: INPUTS, ends: 'failure', between });

    // Post never waits for a snapshot in order to restore it: it may contain half a deploy.
    expect(post).toMatchObject({ code: 1, requests: [LIST, SERVER] });
    expect(titlesOf(post)).toEqual(['error: Not restored']);
    expect(textOf(post, 'Not restored')).toMatch(
      /801.*nobody saw the snapshot completed.*\/snapshots\/801\/restore\//s,
    );
    expect(stage.truth().restores).toEqual([]);
  });
});

describe('the wait action', () => {
  test.concurrent('waits for snapshots of the account, and sets outputs like the snapshot step', async () => {
    await using stage = await openStage({
      servers: [
        { id: 12345, name: 'web-server-01' },
        { id: 7, name: 'db-01' },
      ],
      snapshots: [
        { id: 501, name: 'a', status: 'in_progress' },
        { id: 502, name: 'b', server_id: 7, size_mb: 2048 },
      ],
    });
    const ended = await runAction(stage, 'wait', { inputs: { snapshot_id: '501, 502' } });

    expect(ended).toMatchObject({
      code: 0,
      requests: ['GET /snapshots/ 200'],
      requestCount: 4,
      outputs: { snapshot_id: '501,502', snapshot_name: 'a,b', snapshot_status: 'completed,completed' },
    });
    expect(ended.outputs).not.toHaveProperty('created');
    expect(JSON.parse(ended.outputs['snapshots'] ?? '')).toMatchObject([
      { server_id: '12345', snapshot_id: '501' },
      { server_id: '7', server_name: 'db-01', snapshot_id: '502', size_mb: 2048 },
    ]);
    expect(ended.summary).toContain('complete');
  });

  test.concurrent('asks for one server alone when it is told which', async () => {
    await using stage = await openStage({ snapshots: [{ id: 501, name: 'a', status: 'in_progress' }] });
    const ended = await runAction(stage, 'wait', { inputs: { snapshot_id: '501', server_id: '12345' } });

    expect(ended).toMatchObject({ code: 0, requests: [LIST] });
  });

  test.concurrent('a snapshot that failed is red', async () => {
    await using stage = await openStage({ snapshots: [{ id: 501, name: 'a', status: 'failed' }] });
    const ended = await runAction(stage, 'wait', { inputs: { snapshot_id: '501' } });

    expect(ended).toMatchObject({ code: 1, requests: ['GET /snapshots/ 200'], requestCount: 1 });
    expect(textOf(ended, 'Snapshot failed')).toContain("501 is 'failed'");
  });

  test.concurrent('the time is over: red, with the id', async () => {
    await using stage = await openStage({
      pace: 0,
      snapshots: [{ id: 501, name: 'a', status: 'in_progress' }],
    });
    const inputs = { snapshot_id: '501', wait_timeout: '2s' };
    const ended = await runAction(stage, 'wait', { inputs });

    expect(ended).toMatchObject({ code: 1, requests: ['GET /snapshots/ 200'] });
    expect(textOf(ended, 'Snapshot not complete in time')).toMatch(/501.*'wait_timeout'/s);
  });

  test.concurrent('an id that no list ever shows is red after 40 looks', async () => {
    await using stage = await openStage();
    const ended = await runAction(stage, 'wait', { inputs: { snapshot_id: '999' } });

    expect(ended).toMatchObject({ code: 1, requestCount: 40 });
    expect(textOf(ended, 'Snapshot never listed')).toContain('999');
  });

  test.concurrent('a dry run looks once, and leaves no proof that anybody waited', async () => {
    await using stage = await openStage({ pace: 600 });
    const { post } = await runLife(stage, {
      inputs: INPUTS,
      ends: 'failure',
      async between(main) {
        const inputs = { snapshot_id: main.outputs['snapshot_id'] ?? '', dry_run: 'true' };
        const wait = await runAction(stage, 'wait', { inputs });
        expect(wait).toMatchObject({ code: 0, requests: ['GET /snapshots/ 200'], requestCount: 1 });
      },
    });

    expect(textOf(post, 'Not restored')).toContain('nobody saw the snapshot completed');
    expect(stage.truth().restores).toEqual([]);
  });

  test.concurrent('a dry run without an id is a notice', async () => {
    await using stage = await openStage();
    const ended = await runAction(stage, 'wait', { inputs: { snapshot_id: '', dry_run: 'true' } });

    expect(ended).toMatchObject({ code: 0, requests: [] });
    expect(titlesOf(ended)).toEqual(['notice: Nothing to wait for']);
  });
});
