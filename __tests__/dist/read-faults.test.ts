import { describe, expect, test } from '@jest/globals';
import { runAction } from './harness/action.ts';
import { titlesOf } from './harness/annotations.ts';
import { FAULTS } from './harness/faults.ts';
import { own } from './harness/snapshots.ts';
import { openTestEnvironment, type TestEnvironment } from './harness/test-environment.ts';

/** Whatever it is, one answer is no verdict. */
const STRAY = FAULTS.filter(({ answer }) => answer !== 'late');
const STATUSES = STRAY.filter(({ status }) => status !== undefined);
const BROKEN = STRAY.filter(({ status }) => status === undefined);

/** The same fault at each of these reads, once. */
function addTo(testEnv: TestEnvironment, fault: object, reads: readonly (readonly [string, number])[]): void {
  for (const [path, nth] of reads) testEnv.addFaults({ ...fault, method: 'GET', path, nth });
}

describe('a read that fails once is read again', () => {
  test.concurrent.each(BROKEN)(
    'by main, before the create request and while it waits: $name',
    async (fault) => {
      await using testEnv = await openTestEnvironment({ secondsPerAnswer: 60 });
      addTo(testEnv, fault.fault, [
        ['/snapshots/', 1],
        ['/snapshots/', 3],
      ]);
      const main = await runAction(testEnv, 'main');

      expect(main).toMatchObject({ code: 0, annotations: [], outputs: { snapshot_status: 'completed' } });
      expect(testEnv.actualState().snapshots).toHaveLength(1);
    },
  );

  test.concurrent.each(STATUSES)(
    'of lists and the server before a restore, and of the server while it is restored: $name',
    async (fault) => {
      await using testEnv = await openTestEnvironment({ secondsPerAnswer: 30, snapshots: [own(1)] });
      addTo(testEnv, fault.fault, [
        ['/snapshots/', 1],
        ['/snapshots/', 3],
        ['/servers/12345/', 1],
        ['/servers/12345/', 3],
        ['/servers/12345/', 5],
      ]);
      const result = await runAction(testEnv, 'restore', { inputs: { snapshot_id: '501' } });

      expect(titlesOf(result)).toEqual(['notice: Restored']);
      expect(result).toMatchObject({ code: 0, outputs: { restored: 'true' } });
      expect(testEnv.actualState().restores).toMatchObject([{ endedAt: expect.any(Number) }]);
    },
  );

  test.concurrent.each([
    { action: 'wait', inputs: { snapshot_id: '501' } },
    { action: 'delete', inputs: { snapshot_id: '501' } },
    { action: 'prune', inputs: { server_id: '12345', keep_last: '1' } },
  ] as const)('by $action', async ({ action, inputs }) => {
    await using testEnv = await openTestEnvironment({ snapshots: [own(2), own(1)] });
    testEnv.addFaults([
      { kind: 'status', status: 404, path: '/snapshots/', nth: 1 },
      { kind: 'reset_before', path: '/snapshots/', nth: 2 },
    ]);
    const result = await runAction(testEnv, action, { inputs });

    expect(result).toMatchObject({ code: 0, annotations: [] });
    const deleted = testEnv.actualState().snapshots.filter(({ deletedAt }) => deletedAt !== null);
    expect(deleted.map(({ id }) => id)).toEqual(action === 'wait' ? [] : ['501']);
  });
});

test.concurrent('a read of the server before the create request that is refused is passed over', async () => {
  await using testEnv = await openTestEnvironment();
  testEnv.addFaults([
    { kind: 'status', status: 403, path: '/servers/12345/', nth: 1 },
    { kind: 'status', status: 403, path: '/servers/', nth: 1 },
  ]);
  const main = await runAction(testEnv, 'main', { inputs: { on_failure: 'restore' } });

  expect(main.code).toBe(0);
  expect(titlesOf(main)).toEqual(['warning: Restores cannot be confirmed']);
});

test.concurrent('a body of 20 MiB is not read, and said to be too large', async () => {
  await using testEnv = await openTestEnvironment();
  testEnv.addFaults({ kind: 'oversized', path: '/snapshots/' });
  const main = await runAction(testEnv, 'main');

  expect(main.code).toBe(1);
  expect(titlesOf(main)).toEqual(['error: No snapshot was made']);
  expect(main.annotations[0]?.text).toContain('larger than 10 MiB');
});
