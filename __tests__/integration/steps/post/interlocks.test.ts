import { describe, expect, test } from '@jest/globals';
import { runAction, type ActionResult } from '../harness/action.ts';
import { textOf, titlesOf } from '../../../dist/harness/annotations.ts';
import { type JobOptions, runJob, runPost } from '../harness/job.ts';
import { markerOf, markerOfOther } from '../../../dist/harness/snapshots.ts';
import { openTestEnvironment, type TestEnvironment } from '../harness/test-environment.ts';

const CHECKED = ['GET /servers/12345/ 200', 'GET /snapshots/?server_id=12345 200'];
const FAILED: JobOptions = { inputs: { on_failure: 'restore' }, ends: 'failure' };
const LATER = '2026-01-10T12:02:30Z';

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
  const text = new RegExp(`(?=.*${reason})(?=.*/snapshots/801/restore/)`, 's');
  return {
    code: 1,
    requests: CHECKED,
    reason: expect.stringMatching(text) as unknown as string,
    accepted: 0,
    content: 'generation-1',
  };
}

describe('what stands against a rollback', () => {
  test.concurrent('a newer snapshot with a marker on the server: a deploy happened since', async () => {
    await using testEnv = await openTestEnvironment();
    const seed = { id: 950, name: 'newer', status: 'failed', created_at: LATER } as const;
    const between = deployAnd(testEnv, () =>
      testEnv.api.addSnapshot({ ...seed, description: markerOfOther() }),
    );
    const { post } = await runJob(testEnv, { ...FAILED, between });

    expect(outcomeOf(testEnv, post)).toEqual(refused('newer snapshot \\(950'));
  });

  test.concurrent('the snapshot was deleted', async () => {
    await using testEnv = await openTestEnvironment();
    const { post } = await runJob(testEnv, {
      ...FAILED,
      between: deployAnd(testEnv, () => testEnv.request('DELETE', '/snapshots/801/')),
    });

    expect(outcomeOf(testEnv, post)).toEqual(refused('it is not in the list'));
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

  test.concurrent('a restore of this server that the job has requested already', async () => {
    await using testEnv = await openTestEnvironment();
    const { post } = await runJob(testEnv, {
      ...FAILED,
      async between({ outputs }) {
        testEnv.api.deploy();
        const inputs = { snapshot_id: outputs['snapshot_id'] ?? '' };
        expect(await runAction(testEnv, 'restore', { inputs, job: 'failure' })).toMatchObject({ code: 0 });
        testEnv.api.deploy(12345, 'repaired by hand');
      },
    });

    expect(post).toMatchObject({ code: 1, requests: CHECKED });
    expect(titlesOf(post)).toEqual(['error: Not restored again']);
    expect(textOf(post, 'Not restored again')).toContain(
      'this job has requested a restore of this server already',
    );
    expect(testEnv.actualState().restores).toHaveLength(1);
    expect(testEnv.api.contentOf()).toBe('repaired by hand');
  });
});

test.concurrent('what does not: an older one, one made by hand, and one of another server', async () => {
  await using testEnv = await openTestEnvironment({
    servers: [
      { id: 12345, name: 'web-server-01' },
      { id: 7, name: 'db-01' },
    ],
    switches: { server_filter: 'ignored' },
  });
  const between = deployAnd(testEnv, () => {
    const other = { name: 'b', description: markerOf() };
    testEnv.api.addSnapshot({ ...other, created_at: '2026-01-09T00:00:00Z' });
    testEnv.api.addSnapshot({ ...other, created_at: LATER, server_id: 7 });
    testEnv.api.addSnapshot({ id: 950, name: 'by-hand', created_at: LATER });
  });
  const { post } = await runJob(testEnv, { ...FAILED, between });

  expect(titlesOf(post)).toEqual(['warning: Newer snapshot on the server', 'error: Rolled back']);
  expect(textOf(post, 'Newer snapshot on the server')).toContain('950');
});

describe('the status of the job', () => {
  test.concurrent(
    'failed before the step already: kept, unless restore_if says that the deploy failed',
    async () => {
      await using testEnv = await openTestEnvironment();
      const inputs = { on_failure: 'restore' };
      const { main, post } = await runJob(testEnv, { inputs, job: 'failure', ends: 'failure' });
      const asked = await runPost(testEnv, main, { inputs: { restore_if: 'true' }, job: 'failure' });

      expect(main.code).toBe(0);
      expect(post).toMatchObject({ code: 0, requests: [] });
      expect(textOf(post, 'Kept, not restored')).toContain('says nothing about the deploy');
      expect(titlesOf(asked)).toEqual(['error: Rolled back']);
    },
  );

  test.concurrent('a restore_if or a status that nobody can read: kept, red', async () => {
    await using testEnv = await openTestEnvironment();
    const { main, post } = await runJob(testEnv, { ...FAILED, restoreIf: 'skipped' });
    const odd = await runPost(testEnv, main, { inputs: { job_status: 'exploded' } });

    expect(post).toMatchObject({ code: 1, requests: [] });
    expect(textOf(post, 'Not restored')).toMatch(/'restore_if'.*skipped.*\n.*\/snapshots\/801\/restore\/\n/s);
    expect(odd).toMatchObject({ code: 1, requests: [] });
    expect(textOf(odd, 'Not restored')).toContain('exploded');
  });
});
