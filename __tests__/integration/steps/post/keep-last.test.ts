import { expect, test } from '@jest/globals';
import { runJob } from '../harness/job.ts';
import { byHand, deleted, ofOtherRepository, own } from '../../../dist/harness/snapshots.ts';
import { openTestEnvironment } from '../harness/test-environment.ts';

test("keep_last: this repository's newest stay, this run's included; older own ones go, the oldest first", async () => {
  await using testEnv = await openTestEnvironment({
    snapshots: [own(1), own(2, { status: 'failed' }), byHand(3), ofOtherRepository(4)],
  });
  const { main, post } = await runJob(testEnv, {
    inputs: { keep_last: '1' },
    between: () => void testEnv.api.addSnapshot(own(6)),
  });

  expect(main.code).toBe(0);
  expect(main.requests.filter((line) => line.startsWith('DELETE'))).toEqual([]);
  expect(post).toMatchObject({ code: 0, annotations: [] });
  expect(post.requests.filter((line) => line.startsWith('DELETE'))).toEqual(
    [502, 501, 506].map((id) => `DELETE /snapshots/${id}/ 204`),
  );
  expect(deleted(testEnv)).toEqual(['501', '502', '506']);
  for (const text of [post.stdout, post.summary.replaceAll('\\', '')]) {
    expect(text).toMatch(/501.*not the newest completed/);
    expect(text).toMatch(/502.*failed/);
    expect(text).toMatch(/503.*not made by this action/);
    expect(text).toMatch(/504.*another repository/);
    expect(text).toMatch(/801.*this run/);
  }
});
