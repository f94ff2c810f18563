import { describe, expect, test } from '@jest/globals';
import { titlesOf } from '../harness/annotations.ts';
import { runJob } from '../harness/job.ts';
import { byHand, deleted, ofOtherRepository, own } from '../harness/snapshots.ts';
import { openTestEnvironment } from '../harness/test-environment.ts';

const LIST = 'GET /snapshots/?server_id=12345 200';

function deletes(...ids: number[]): string[] {
  return ids.map((id) => `DELETE /snapshots/${id}/ 204`);
}

describe('keep_last after a good deploy', () => {
  const INPUTS = { keep_last: '2' };

  test.concurrent(
    "this repository's newest stay, this run's included; older own ones go, the oldest first",
    async () => {
      await using testEnv = await openTestEnvironment({
        snapshots: [own(1), own(2), own(3), ofOtherRepository(4)],
      });
      const { main, post } = await runJob(testEnv, { inputs: INPUTS });

      expect(main.code).toBe(0);
      expect(post).toMatchObject({ code: 0, annotations: [], requests: [LIST, ...deletes(501, 502)] });
      expect(deleted(testEnv)).toEqual(['501', '502']);
    },
  );

  test.concurrent('the log and the summary say for each snapshot why it stays or goes', async () => {
    await using testEnv = await openTestEnvironment({
      snapshots: [own(1), own(2), byHand(3), ofOtherRepository(4)],
    });
    const { post } = await runJob(testEnv, { inputs: INPUTS });

    for (const text of [post.stdout, post.summary.replaceAll('\\', '')]) {
      expect(text).toMatch(/501.*beyond the newest 2/);
      expect(text).toMatch(/502.*among the newest 2/);
      expect(text).toMatch(/503.*not made by this action/);
      expect(text).toMatch(/504.*another repository/);
      expect(text).toMatch(/801.*this run/);
    }
  });

  test.concurrent('only a successful job prunes', async () => {
    await using testEnv = await openTestEnvironment({ snapshots: [own(1), own(2), own(3)] });
    const { post } = await runJob(testEnv, { inputs: INPUTS, ends: 'failure' });

    expect(post).toMatchObject({ code: 0, requests: [] });
  });

  test.concurrent('after a restore nothing is deleted', async () => {
    await using testEnv = await openTestEnvironment({ snapshots: [own(1), own(2), own(3)] });
    const { post } = await runJob(testEnv, { inputs: INPUTS, restoreIf: 'true' });

    expect(titlesOf(post)).toEqual(['error: Rolled back']);
    expect(deleted(testEnv)).toEqual([]);
  });

  test.concurrent(
    'failed ones count for nothing and go first; those in progress neither count nor go',
    async () => {
      const snapshots = [own(1), own(2, { status: 'in_progress' }), own(3, { status: 'failed' }), own(4)];
      await using testEnv = await openTestEnvironment({
        snapshots,
        secondsPerAnswer: 10,
        switches: { snapshot_seconds: [60, 60] },
      });
      // The one in progress goes on for longer than this job.
      testEnv.api.setSwitches({ snapshot_seconds: [10, 10] });
      const { post } = await runJob(testEnv, { inputs: INPUTS });

      expect(post.code).toBe(0);
      expect(deleted(testEnv)).toContain('503');
      expect(deleted(testEnv)).not.toContain('504');
      expect(post.requests[1]).toBe('DELETE /snapshots/503/ 204');
    },
  );

  test.concurrent(
    'a good deploy is not failed by a clean-up that fails: a warning with the reason',
    async () => {
      await using testEnv = await openTestEnvironment({ snapshots: [own(1), own(2), own(3)] });
      const detail = 'Not today.';
      testEnv.addFaults({ kind: 'status', status: 403, body: { detail }, method: 'DELETE' });
      const { post } = await runJob(testEnv, { inputs: INPUTS });

      expect(post.code).toBe(0);
      expect(new Set(post.annotations.map(({ kind }) => kind))).toEqual(new Set(['warning']));
      expect(post.annotations.map(({ text }) => text).join('\n')).toMatch(/501.*Not today/s);
    },
  );

  test.concurrent('the list cannot be read: a warning, nothing is deleted', async () => {
    await using testEnv = await openTestEnvironment({ snapshots: [own(1), own(2), own(3)] });
    const { post } = await runJob(testEnv, {
      inputs: INPUTS,
      between: () => testEnv.addFaults({ kind: 'status', status: 500, method: 'GET' }),
    });

    expect(post.code).toBe(0);
    expect(post.annotations).toMatchObject([{ kind: 'warning' }]);
    expect(deleted(testEnv)).toEqual([]);
  });
});
