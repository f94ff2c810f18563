import { describe, expect, test } from '@jest/globals';
import { titlesOf } from '../../dist/harness/annotations.ts';
import { STRAY_READS } from '../../dist/harness/faults.ts';
import { own } from '../../dist/harness/snapshots.ts';
import { runAction } from './harness/action.ts';
import { openTestEnvironment, type TestEnvironment } from './harness/test-environment.ts';

/** The same fault at each of these reads, once. */
function addTo(testEnv: TestEnvironment, fault: object, reads: readonly (readonly [string, number])[]): void {
  for (const [path, nth] of reads) testEnv.addFaults({ ...fault, method: 'GET', path, nth });
}

/** Each over sockets, one after the other: __tests__/dist/read-faults.test.ts. */
describe('a read that fails once is read again', () => {
  test.concurrent.each(STRAY_READS)(
    'by main, before the create request and while it waits: $name',
    async ({ fault }) => {
      await using testEnv = await openTestEnvironment({ secondsPerAnswer: 60 });
      addTo(testEnv, fault, [
        ['/snapshots/', 1],
        ['/snapshots/', 3],
      ]);
      const main = await runAction(testEnv, 'main');

      expect(main).toMatchObject({ code: 0, annotations: [], outputs: { snapshot_status: 'completed' } });
      expect(testEnv.actualState().snapshots).toHaveLength(1);
    },
  );

  test.concurrent.each(STRAY_READS)(
    'of lists and the server before a restore, and of the server while it is restored: $name',
    async ({ fault }) => {
      await using testEnv = await openTestEnvironment({ secondsPerAnswer: 30, snapshots: [own(1)] });
      addTo(testEnv, fault, [
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
});
