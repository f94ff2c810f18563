import { describe, expect, test } from '@jest/globals';
import { runAction, type ActionResult } from '../harness/action.ts';
import { textOf, titlesOf } from '../harness/annotations.ts';
import { type JobOptions, runJob, runPost } from '../harness/job.ts';
import { markerOf, markerOfOther } from '../harness/snapshots.ts';
import { openTestEnvironment, type TestEnvironment } from '../harness/test-environment.ts';

const LIST = 'GET /snapshots/?server_id=12345 200';
const SERVER = 'GET /servers/12345/ 200';
const RESTORE = 'POST /snapshots/801/restore/ 200';
const CHECKED = [LIST, SERVER];
const FAILED: JobOptions = { inputs: { on_failure: 'restore' }, ends: 'failure' };

/** A deploy, and something else that happens on the server before the job fails. */
function deployAnd(testEnv: TestEnvironment, act: () => void): () => void {
  return () => {
    testEnv.api.deploy();
    act();
  };
}

interface Outcome {
  readonly code: number | null;
  readonly requests: readonly string[];
  readonly reason: string;
  readonly accepted: number;
  readonly content: string;
}

function outcomeOf(testEnv: TestEnvironment, post: ActionResult): Outcome {
  const { restores, servers } = testEnv.actualState();
  const content = servers[0]?.content ?? '';
  return {
    code: post.code,
    requests: post.requests,
    reason: textOf(post, 'Not restored'),
    accepted: restores.length,
    content,
  };
}

/** Read and checked, explained with the command to do it by hand, red, and nothing sent that changes anything. */
function refused(reason: string): Outcome {
  const text = new RegExp(`${reason}.*/snapshots/801/restore/`, 's');
  return {
    code: 1,
    requests: CHECKED,
    reason: expect.stringMatching(text) as unknown as string,
    accepted: 0,
    content: 'generation-1',
  };
}

describe('a newer snapshot with a marker on the server: a deploy happened since', () => {
  const LATER = '2026-01-10T12:01:30Z';
  const SAME_SECOND = '2026-01-10T12:01:00Z';

  test.concurrent.each([
    {
      name: 'of another run of this repository',
      seed: { description: markerOf({ runId: '1002' }), created_at: LATER },
    },
    {
      name: 'of another job of this run',
      seed: { description: markerOf({ runId: '1001', job: 'deploy-2' }), created_at: LATER },
    },
    {
      name: 'of another step of this job',
      seed: { description: markerOf({ runId: '1001', step: 'second' }), created_at: LATER },
    },
    { name: 'of another repository', seed: { description: markerOfOther(), created_at: LATER } },
    { name: 'of the same second', seed: { description: markerOfOther(), created_at: SAME_SECOND } },
    { name: 'in progress', seed: { description: markerOfOther(), created_at: LATER, status: 'in_progress' } },
    { name: 'failed', seed: { description: markerOfOther(), created_at: LATER, status: 'failed' } },
  ] as const)('$name', async ({ seed }) => {
    await using testEnv = await openTestEnvironment();
    const between = deployAnd(testEnv, () => testEnv.api.addSnapshot({ id: 950, name: 'newer', ...seed }));
    const { post } = await runJob(testEnv, { ...FAILED, between });

    expect(outcomeOf(testEnv, post)).toEqual(refused('newer snapshot \\(950'));
  });

  test.concurrent('with a time that cannot be read', async () => {
    await using testEnv = await openTestEnvironment();
    const between = deployAnd(testEnv, () => {
      testEnv.api.addSnapshot({ id: 950, name: 'b', created_at: 0, description: markerOfOther() });
      testEnv.api.setSwitches({ created_at: 'unreadable' });
    });
    const { post } = await runJob(testEnv, { ...FAILED, between });

    expect(outcomeOf(testEnv, post)).toEqual(refused('950'));
  });

  test.concurrent(
    'a newer one without a marker is a warning, an older one with a marker nothing',
    async () => {
      await using testEnv = await openTestEnvironment();
      const between = deployAnd(testEnv, () => {
        testEnv.api.addSnapshot({ id: 950, name: 'by-hand', created_at: LATER });
        const created_at = '2026-01-09T00:00:00Z';
        testEnv.api.addSnapshot({ id: 951, name: 'old', created_at, description: markerOfOther() });
      });
      const { post } = await runJob(testEnv, { ...FAILED, between });

      expect(post.requests).toEqual([...CHECKED, RESTORE, SERVER]);
      expect(titlesOf(post)).toEqual(['warning: Newer snapshot on the server', 'error: Rolled back']);
      expect(textOf(post, 'Newer snapshot on the server')).toContain('950');
    },
  );

  test.concurrent('one on another server does not count, even when the API ignores the filter', async () => {
    await using testEnv = await openTestEnvironment({
      servers: [
        { id: 12345, name: 'web-server-01' },
        { id: 7, name: 'db-01' },
      ],
      switches: { server_filter: 'ignored' },
    });
    const between = deployAnd(testEnv, () =>
      testEnv.api.addSnapshot({ name: 'b', server_id: 7, created_at: LATER, description: markerOf() }),
    );
    const { post } = await runJob(testEnv, { ...FAILED, between });

    expect(titlesOf(post)).toEqual(['error: Rolled back']);
  });
});

describe('the snapshot itself', () => {
  test.concurrent('was deleted', async () => {
    await using testEnv = await openTestEnvironment();
    const { post } = await runJob(testEnv, {
      ...FAILED,
      between: deployAnd(testEnv, () => testEnv.request('DELETE', '/snapshots/801/')),
    });

    expect(outcomeOf(testEnv, post)).toEqual(refused('it is not in the list'));
  });

  test.concurrent('is no longer completed', async () => {
    await using testEnv = await openTestEnvironment();
    const between = deployAnd(testEnv, () => testEnv.api.setSwitches({ word_completed: 'archived' }));
    const { post } = await runJob(testEnv, { ...FAILED, between });

    expect(outcomeOf(testEnv, post)).toEqual(refused("it is 'archived', not 'completed'"));
  });

  test.concurrent('carries the marker of another step', async () => {
    await using testEnv = await openTestEnvironment();
    const between = deployAnd(testEnv, () => {
      testEnv.request('DELETE', '/snapshots/801/');
      testEnv.api.setSwitches({ deleted_late: 0 });
    });
    const main = await runAction(testEnv, 'main', FAILED);
    between();
    const state = JSON.stringify(main.state).replaceAll('801', '950');
    testEnv.api.addSnapshot({
      id: 950,
      name: 'other',
      created_at: '2026-01-10T12:01:00Z',
      description: markerOfOther(),
    });
    const options = {
      ...FAILED,
      job: 'failure',
      state: JSON.parse(state) as Record<string, string>,
    } as const;
    const { ends: _ends, ...start } = options;
    const post = await runAction(testEnv, 'post', start);

    expect(post).toMatchObject({ code: 1, requests: CHECKED });
    expect(textOf(post, 'Not restored')).toContain('it carries the mark of another step');
    expect(testEnv.actualState().restores).toEqual([]);
  });

  test.concurrent('the list is not complete', async () => {
    await using testEnv = await openTestEnvironment();
    const between = deployAnd(testEnv, () => {
      for (let n = 0; n < 120; n += 1) testEnv.api.addSnapshot({ name: `s-${n}`, created_at: 0 });
      testEnv.api.setSwitches({ page_shift: 'delete' });
    });
    const { post } = await runJob(testEnv, { ...FAILED, between });

    expect(post.code).toBe(1);
    expect(textOf(post, 'Not restored')).toContain('incomplete');
    expect(testEnv.actualState().restores).toEqual([]);
  });
});

test.concurrent('the server is already being restored: no second request', async () => {
  await using testEnv = await openTestEnvironment({ switches: { restore_seconds: [1e6, 1e6] } });
  const { post } = await runJob(testEnv, {
    ...FAILED,
    between: deployAnd(testEnv, () => testEnv.request('POST', '/snapshots/801/restore/')),
  });

  expect(post).toMatchObject({ code: 1, requests: CHECKED });
  expect(textOf(post, 'Not restored')).toContain('already being restored');
  expect(testEnv.actualState().restores).toHaveLength(1);
});

describe('the status of the job', () => {
  test.concurrent.each(['failure', 'cancelled'] as const)('%s before the step already: kept', async (job) => {
    await using testEnv = await openTestEnvironment();
    const inputs = { on_failure: 'restore', on_cancel: 'restore' };
    const { main, post } = await runJob(testEnv, { inputs, job, ends: job });

    expect(main.code).toBe(0);
    expect(post).toMatchObject({ code: 0, requests: [], annotations: [] });
    expect(post.stdout).toContain('says nothing about the deploy');
  });

  test.concurrent(
    'failed before the step, but restore_if says that the deploy failed: restored',
    async () => {
      await using testEnv = await openTestEnvironment();
      const { post } = await runJob(testEnv, { job: 'failure', ends: 'failure', restoreIf: 'true' });

      expect(titlesOf(post)).toEqual(['error: Rolled back']);
    },
  );

  test.concurrent.each(['yes', 'skipped', '1', 'null'])(
    'restore_if is %j in the end: kept, red',
    async (restoreIf) => {
      await using testEnv = await openTestEnvironment();
      const { post } = await runJob(testEnv, { ...FAILED, restoreIf });

      expect(post).toMatchObject({ code: 1, requests: [] });
      expect(textOf(post, 'Not restored')).toMatch(/'restore_if'.*\/snapshots\/801\/restore\//s);
      expect(post.stdout).toContain(restoreIf);
    },
  );

  test.concurrent('an unknown status: kept, and the reason is given', async () => {
    await using testEnv = await openTestEnvironment();
    const main = await runAction(testEnv, 'main', {
      inputs: { on_failure: 'restore', on_cancel: 'restore' },
    });
    const post = await runPost(testEnv, main, { inputs: { job_status: 'exploded' } });

    expect(post).toMatchObject({ code: 0, requests: [] });
    expect(post.stdout).toContain('exploded');
  });
});
