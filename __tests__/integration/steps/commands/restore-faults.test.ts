import { describe, expect, test } from '@jest/globals';
import { runAction } from '../harness/action.ts';
import { titlesOf } from '../../../dist/harness/annotations.ts';
import { type FaultCase, FAULTS, withoutStatus } from '../../../dist/harness/faults.ts';
import { own } from '../../../dist/harness/snapshots.ts';
import { openTestEnvironment } from '../harness/test-environment.ts';

const ALL = 'GET /snapshots/';
const LIST = 'GET /snapshots/?server_id=12345';
const SERVER = 'GET /servers/12345/';
const RESTORE = 'POST /snapshots/501/restore/';
const CHECKED = [SERVER, ALL, LIST];

interface Outcome {
  readonly code: number | null;
  readonly requests: readonly string[];
  readonly titles: readonly string[];
  /** Restores that the API accepted. */
  readonly accepted: number;
}

const RESTORED: Outcome = {
  code: 0,
  requests: [...CHECKED, RESTORE, SERVER],
  titles: ['notice: Restored'],
  accepted: 1,
};
const REFUSED: Outcome = {
  code: 1,
  requests: [...CHECKED, RESTORE],
  titles: ['error: Not restored'],
  accepted: 0,
};
/** Tried again, after a look at what the checks rest on. */
const AGAIN: Outcome = { ...RESTORED, requests: [...CHECKED, RESTORE, SERVER, LIST, RESTORE, SERVER] };

/** Post requests and follows a restore with the same code; this action needs no main step before it. */
describe('the restore request: never carried out twice', () => {
  function expected({ answer, acts, status }: FaultCase): Outcome {
    switch (answer) {
      case 'refused':
        if (status === 401 || status === 403) return REFUSED;
        return AGAIN;
      case 'redirected':
        return REFUSED;
      case 'limited':
        return AGAIN;
      case 'late':
        return RESTORED;
      case 'lost':
        // Sent again only after a minute (two seconds here) of reads that show nothing of it.
        return acts ? RESTORED : AGAIN;
    }
  }

  test.concurrent.each(FAULTS)('$name', async (fault) => {
    await using testEnv = await openTestEnvironment({ secondsPerAnswer: 30, snapshots: [own(1)] });
    testEnv.addFaults({ ...fault.fault, method: 'POST', path: '/snapshots/*/restore/', nth: 1 });
    const result = await runAction(testEnv, 'restore', { inputs: { snapshot_id: '501' } });
    const { restores } = testEnv.actualState();

    expect({
      code: result.code,
      requests: withoutStatus(result.requests),
      titles: titlesOf(result),
      accepted: restores.length,
    }).toEqual(expected(fault));
    // Reported only of a restore that has ended.
    expect(result.code === 0 && restores[0]?.endedAt === null).toBe(false);
  });
});
