import { describe, expect, test } from '@jest/globals';
import { type ActionResult } from '../harness/action.ts';
import { type FaultCase, FAULTS, withoutStatus } from '../harness/faults.ts';
import { runJob } from '../harness/job.ts';
import { openTestEnvironment } from '../harness/test-environment.ts';

const DELETE = 'DELETE /snapshots/801/';

describe('the clean-up of a good deploy: never red', () => {
  const isRefused = ({ status }: FaultCase): boolean => status === 400 || status === 401 || status === 403;
  /** Another request would show it, but after these answers none is sent. */
  const isUnknown = ({ answer }: FaultCase): boolean => answer === 'unusable';

  async function deleteWithFault(fault: FaultCase): Promise<{ isGone: boolean; post: ActionResult }> {
    await using testEnv = await openTestEnvironment({ secondsPerAnswer: 200 });
    testEnv.addFaults({ ...fault.fault, method: 'DELETE', nth: 1 });
    const { post } = await runJob(testEnv, { inputs: { on_success: 'delete' } });
    return { post, isGone: testEnv.actualState().snapshots[0]?.deletedAt != null };
  }

  const rest = FAULTS.filter((fault) => !isRefused(fault) && !isUnknown(fault) && fault.status !== 404);
  test.concurrent.each(rest)('$name: deleted', async (fault) => {
    const { isGone, post } = await deleteWithFault(fault);
    expect(post).toMatchObject({ code: 0, annotations: [] });
    expect(new Set(withoutStatus(post.requests))).toEqual(new Set([DELETE]));
    expect(isGone).toBe(true);
    expect(post.summary).toMatch(/`801`.*\| deleted \|/);
  });

  test.concurrent.each(FAULTS.filter(isRefused))(
    '$name: a warning with the id and the reason',
    async (fault) => {
      const { isGone, post } = await deleteWithFault(fault);
      expect(post).toMatchObject({ code: 0, requests: [`${DELETE} status ${fault.status}`] });
      expect(post.annotations).toMatchObject([{ kind: 'warning', title: 'Snapshot not deleted' }]);
      expect(post.annotations[0]?.text).toMatch(/\b801\b.*Said by the test/s);
      expect(isGone).toBe(false);
    },
  );

  test.concurrent.each(FAULTS.filter(isUnknown))('$name: not called a failure to delete', async (fault) => {
    const { isGone, post } = await deleteWithFault(fault);
    expect(post).toMatchObject({ code: 0, annotations: [{ kind: 'warning' }] });
    expect(post.annotations[0]?.text).toMatch(/\b801\b/);
    expect(isGone && post.stdout.includes('still uses a slot')).toBe(false);
  });

  test('status 404: gone already', async () => {
    await using testEnv = await openTestEnvironment({ secondsPerAnswer: 200 });
    const { post } = await runJob(testEnv, {
      inputs: { on_success: 'delete' },
      between: () => testEnv.request('DELETE', '/snapshots/801/'),
    });
    expect(post).toMatchObject({ code: 0, requests: [`${DELETE} 404`], annotations: [] });
    expect(post.stdout).toContain('snapshot 801 was gone already');
  });
});
