import { describe, expect, test } from '@jest/globals';
import { startAction } from '../harness/action.ts';
import { titlesOf } from '../harness/annotations.ts';
import { type JobOptions, type JobRun, runJob, runPost } from '../harness/job.ts';
import { existing } from '../harness/snapshots.ts';
import { openTestEnvironment, type TestEnvironment } from '../harness/test-environment.ts';

const LIST = 'GET /snapshots/?server_id=12345 200';

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

  test.concurrent('the first turns up only when main has ended', async () => {
    await using testEnv = await openWithLostAnswer(14);
    const job = await runJob(testEnv, { between: () => testEnv.advance(3600) });

    expect(job.main).toMatchObject({ code: 0, outputs: { snapshot_id: '802' } });
    expect(job.post.code).toBe(0);
    // What main gave out stays; the other goes.
    expect(existing(testEnv)).toEqual(['802']);
    for (const id of ['801', '802']) expect(textOfJob(job)).toContain(id);
  });

  test.concurrent('it never turns up: one snapshot, and post has searched for the other', async () => {
    await using testEnv = await openWithLostAnswer(1e6);
    const { main, post } = await runJob(testEnv);

    expect(main).toMatchObject({ code: 0, outputs: { snapshot_id: '802' } });
    expect(post).toMatchObject({ code: 0, requests: [LIST] });
  });

  async function failOf(
    options: JobOptions,
  ): Promise<{ left: string[]; job: JobRun; restored: string | undefined }> {
    await using testEnv = await openWithLostAnswer(8);
    const job = await runJob(testEnv, { ...options, ends: 'failure' });
    return { job, left: existing(testEnv), restored: testEnv.actualState().restores[0]?.snapshotId };
  }

  test.concurrent(
    'a failed deploy: the used one is restored, and its duplicate does not count as a newer snapshot',
    async () => {
      const { job, restored } = await failOf({ inputs: { on_failure: 'restore' } });

      expect(titlesOf(job.post)).toContain('error: Rolled back');
      expect(restored).toBe('801');
      expect(textOfJob(job)).toContain('802');
    },
  );

  test.concurrent('on_failure: delete deletes both', async () => {
    const { job, left } = await failOf({ inputs: { on_failure: 'delete' } });

    expect(job.post.code).toBe(0);
    expect(left).toEqual([]);
  });

  test.concurrent('main killed after the second request: post finds both and names them', async () => {
    await using testEnv = await openWithLostAnswer(9);
    const running = await startAction(testEnv, 'main');
    // One list, the request, five polls, the request again, and one poll.
    await running.requested(9);
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

  test.concurrent.each([
    { name: 'dropped', kept: 0 },
    { name: 'cut', kept: 60 },
  ])(
    'without a lost answer a description that is $name is a warning, and post still restores by the id',
    async ({ kept }) => {
      await using testEnv = await openTestEnvironment({ switches: { description_kept: kept } });
      const { main, post } = await runJob(testEnv, { inputs: { on_failure: 'restore' }, ends: 'failure' });

      expect(main.code).toBe(0);
      expect(titlesOf(main)).toEqual(['warning: Description not kept']);
      expect(titlesOf(post)).toContain('error: Rolled back');
    },
  );
});
