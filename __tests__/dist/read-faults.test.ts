import { describe, expect, test } from '@jest/globals';
import { runAction } from './harness/action.ts';
import { titlesOf } from './harness/annotations.ts';
import { type FaultCase, STRAY_READS } from './harness/faults.ts';
import { own } from './harness/snapshots.ts';
import { openTestEnvironment, type TestEnvironment } from './harness/test-environment.ts';

/** Read number 3, 5, 7 and so on of a path: each of these faults once, and a good answer after it. */
function inTurn(path: string, faults: readonly FaultCase[]): readonly object[] {
  return faults.map(({ fault }, at) => ({ ...fault, method: 'GET', path, nth: 3 + 2 * at }));
}

/** What of them was met, in order. */
function metBy({ requests }: TestEnvironment): readonly unknown[] {
  return requests.flatMap(({ fault }) => (fault === undefined ? [] : [fault.split(' ')[0]]));
}

describe('a read that fails once is read again', () => {
  test.concurrent.each([
    { name: 'the answer breaks', faults: STRAY_READS.filter(({ status }) => status === undefined) },
    { name: 'its status is', faults: STRAY_READS.filter(({ status }) => status !== undefined) },
  ])('by main, while it waits, however $name', async ({ faults }) => {
    await using testEnv = await openTestEnvironment({ secondsPerAnswer: 5 });
    testEnv.addFaults(inTurn('/snapshots/', faults));
    const main = await runAction(testEnv, 'main');

    expect(main).toMatchObject({ code: 0, annotations: [], outputs: { snapshot_status: 'completed' } });
    expect(metBy(testEnv)).toEqual(faults.map(({ fault }) => fault['kind']));
    expect(testEnv.actualState().snapshots).toHaveLength(1);
  });

  test.concurrent(
    'of lists and the server before a restore, and of the server while it is restored',
    async () => {
      await using testEnv = await openTestEnvironment({ secondsPerAnswer: 30, snapshots: [own(1)] });
      const status = { kind: 'status', method: 'GET' };
      testEnv.addFaults([
        { ...status, status: 401, path: '/snapshots/', nth: 1 },
        { kind: 'cut_body', method: 'GET', path: '/snapshots/', nth: 3 },
        { kind: 'reset_after', method: 'GET', path: '/servers/12345/', nth: 1 },
        { ...status, status: 504, path: '/servers/12345/', nth: 3 },
        // From here on the list of servers is asked.
        { ...status, status: 404, path: '/servers/12345/', nth: 5 },
      ]);
      const result = await runAction(testEnv, 'restore', { inputs: { snapshot_id: '501' } });

      expect(titlesOf(result)).toEqual(['notice: Restored']);
      expect(result).toMatchObject({ code: 0, outputs: { restored: 'true' } });
      expect(metBy(testEnv)).toHaveLength(5);
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
