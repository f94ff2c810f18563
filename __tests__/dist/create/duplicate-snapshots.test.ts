import { describe, expect, test } from '@jest/globals';
import { startAction } from '../harness/action.ts';
import { titlesOf } from '../harness/annotations.ts';
import { type JobRun, runJob, runPost } from '../harness/job.ts';
import { existing } from '../harness/snapshots.ts';
import { openTestEnvironment, type TestEnvironment } from '../harness/test-environment.ts';

/** The first create request is carried out, its answer is lost, and no list shows the snapshot for so many minutes. */
async function openWithLostAnswer(minutes: number): Promise<TestEnvironment> {
  const testEnv = await openTestEnvironment({ switches: { listed_late: minutes * 60 } });
  testEnv.addFaults({ kind: 'reset_after', method: 'POST', path: '/snapshots/', nth: 1 });
  // Only the first one is listed late.
  testEnv.before(
    ({ method }) => method === 'POST',
    () =>
      testEnv.before(
        ({ method }) => method === 'POST',
        () => testEnv.api.setSwitches({ listed_late: 0 }),
      ),
  );
  return testEnv;
}

function textOfJob({ main, post }: JobRun): string {
  return main.stdout + post.stdout;
}

describe('the API made two in the end: both are named, and post deletes one', () => {
  test.concurrent('the first turns up while main waits for the second', async () => {
    await using testEnv = await openWithLostAnswer(8);
    const job = await runJob(testEnv);
    const { main, post } = job;

    expect(main.code).toBe(0);
    expect(testEnv.actualState().snapshots.map(({ id }) => id)).toEqual(['801', '802']);
    // The oldest completed one is used.
    expect(main.outputs).toMatchObject({ snapshot_id: '801', snapshot_status: 'completed' });
    expect(titlesOf(main)).toEqual(['warning: Two snapshots were made']);
    expect(post.code).toBe(0);
    expect(post.requests.filter((line) => line.startsWith('DELETE'))).toEqual(['DELETE /snapshots/802/ 204']);
    expect(existing(testEnv)).toEqual(['801']);
    for (const id of ['801', '802']) expect(textOfJob(job)).toContain(id);
  });

  test.concurrent('a failed deploy with on_failure: delete: both go', async () => {
    await using testEnv = await openWithLostAnswer(8);
    const { post } = await runJob(testEnv, { inputs: { on_failure: 'delete' }, ends: 'failure' });

    expect(post.code).toBe(0);
    expect(existing(testEnv)).toEqual([]);
  });

  test.concurrent('main killed after the second request: post finds both and names them', async () => {
    await using testEnv = await openWithLostAnswer(9);
    const running = await startAction(testEnv, 'main');
    // Two reads, the request, five lists, the request again, and one list.
    await running.requested(10);
    running.kill('SIGKILL');
    const main = await running.result;
    testEnv.advance(3600);
    const post = await runPost(testEnv, main, { inputs: {}, job: 'failure' });

    expect(testEnv.actualState().snapshots).toHaveLength(2);
    expect(post.code).toBe(0);
    for (const id of ['801', '802']) expect(main.stdout + post.stdout).toContain(id);
    expect(testEnv.actualState().restores).toEqual([]);
    expect(existing(testEnv).length).toBeGreaterThan(0);
  });
});

describe('a lost answer, and an API that does not keep descriptions', () => {
  test.concurrent(
    'a new snapshot of this name without a marker is reported, never doubled, and named',
    async () => {
      await using testEnv = await openTestEnvironment({ switches: { description_kept: 0 } });
      testEnv.addFaults({ kind: 'reset_after', method: 'POST', nth: 1 });
      const { main, post } = await runJob(testEnv, { inputs: { on_failure: 'restore' } });

      expect(main.code).toBe(1);
      expect(testEnv.actualState().snapshots).toHaveLength(1);
      expect(main.annotations.map(({ text }) => text).join('\n')).toContain('801');
      expect(post.code).toBe(0);
      expect(testEnv.actualState().restores).toEqual([]);
    },
  );

  test.concurrent('without a lost answer: a warning, and post still restores by the id', async () => {
    await using testEnv = await openTestEnvironment({ switches: { description_kept: 60 } });
    const { main, post } = await runJob(testEnv, { inputs: { on_failure: 'restore' }, ends: 'failure' });

    expect(main.code).toBe(0);
    expect(titlesOf(main)).toEqual(['warning: Description not kept']);
    expect(titlesOf(post)).toContain('error: Rolled back');
  });
});
