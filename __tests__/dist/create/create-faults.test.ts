import { describe, expect, test } from '@jest/globals';
import { type ActionResult, runAction } from '../harness/action.ts';
import { type FaultCase, FAULTS, withoutStatus } from '../harness/faults.ts';
import { openTestEnvironment, type TestEnvironment } from '../harness/test-environment.ts';

const LIST = 'GET /snapshots/?server_id=12345';
const CREATE = 'POST /snapshots/';
const SERVER = 'GET /servers/12345/';
const TOKEN = 'GET /account/me/';
const PLAN = [SERVER, LIST];

/** What must hold of every step, whatever fault it met. */
function brokenInvariants(main: ActionResult, testEnv: TestEnvironment): string[] {
  const { snapshots } = testEnv.actualState();
  const completed = snapshots.filter(({ phase }) => phase === 'completed').map(({ id }) => id);
  return [
    ...(main.code === 0 && !completed.includes(main.outputs['snapshot_id'] ?? '')
      ? ['green without a snapshot']
      : []),
    ...snapshots
      .filter(({ id }) => !main.stdout.includes(id))
      .map(({ id }) => `no text names snapshot ${id}`),
    ...(testEnv.requests.some(({ authorized }) => !authorized) ? ['a request without the token'] : []),
  ];
}

/** How many reads there were between the first two create requests; `null` where there was one or none. */
function readsBetween({ requests }: TestEnvironment): number | null {
  const [first, second] = requests.flatMap(({ method }, at) => (method === 'POST' ? [at] : []));
  return first === undefined || second === undefined ? null : second - first - 1;
}

interface Outcome {
  readonly code: number | null;
  readonly requests: readonly string[];
  /** Snapshots that exist in the end. */
  readonly made: number;
  readonly readsBetween: number | null;
}

/** As without a fault. */
const UNDISTURBED: Outcome = { code: 0, requests: [...PLAN, CREATE, LIST], made: 1, readsBetween: null };

describe('the create request: exactly one snapshot, known by its id', () => {
  function expected({ answer, acts, status }: FaultCase): Outcome {
    switch (answer) {
      case 'refused': {
        // The name may be taken: one list shows that the server is not full, and a longer name is tried.
        if (status === 400 || status === 409)
          return { ...UNDISTURBED, requests: [...PLAN, CREATE, SERVER, LIST, CREATE, LIST], readsBetween: 2 };
        const explained = status === 404 ? [] : [TOKEN];
        return { ...UNDISTURBED, code: 1, requests: [...PLAN, CREATE, ...explained], made: 0 };
      }
      case 'redirected':
        return { ...UNDISTURBED, code: 1, requests: [...PLAN, CREATE], made: 0 };
      case 'late':
        return UNDISTURBED;
      case 'limited':
        return { ...UNDISTURBED, requests: [...PLAN, CREATE, CREATE, LIST], readsBetween: 0 };
      case 'lost': {
        // Found by its key, and never requested again.
        if (acts) return UNDISTURBED;
        // Absent in 5 complete lists, 20 after a time-out, so it is requested once more.
        const lists = status === 504 ? 20 : 5;
        return { ...UNDISTURBED, requests: [...PLAN, CREATE, LIST, CREATE, LIST], readsBetween: lists };
      }
    }
  }

  test.concurrent.each(FAULTS)('$name', async (fault) => {
    await using testEnv = await openTestEnvironment({ secondsPerAnswer: 200 });
    testEnv.addFaults({ ...fault.fault, method: 'POST', path: '/snapshots/', nth: 1 });
    const main = await runAction(testEnv, 'main');

    expect(brokenInvariants(main, testEnv)).toEqual([]);
    expect({
      code: main.code,
      requests: withoutStatus(main.requests),
      made: testEnv.actualState().snapshots.length,
      readsBetween: readsBetween(testEnv),
    }).toEqual(expected(fault));
  });
});
