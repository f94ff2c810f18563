import { describe, expect, test } from '@jest/globals';
import { type ActionResult, runAction } from '../harness/action.ts';
import { textOf, titlesOf } from '../../../dist/harness/annotations.ts';
import { withoutStatus } from '../../../dist/harness/faults.ts';
import { markerOf, own } from '../../../dist/harness/snapshots.ts';
import { openTestEnvironment, type TestEnvironment } from '../harness/test-environment.ts';

const RESTORE = 'POST /snapshots/501/restore/';
const LOST = { kind: 'status', status: 502, method: 'POST', path: '/snapshots/*/restore/' };
const UNCONFIRMED = ['error: Restore requested, not confirmed'];

function open(): Promise<TestEnvironment> {
  return openTestEnvironment({ secondsPerAnswer: 30, snapshots: [own(1)] });
}

async function restore(testEnv: TestEnvironment, timeout = '30m'): Promise<ActionResult> {
  const inputs = { snapshot_id: '501', restore_timeout: timeout };
  return await runAction(testEnv, 'restore', { inputs });
}

function requestsToRestore({ requests }: ActionResult): string[] {
  return requests.filter((line) => line.startsWith('POST'));
}

describe('an unclear answer', () => {
  test.concurrent('twice: never sent a third time, requested, not confirmed', async () => {
    await using testEnv = await open();
    testEnv.addFaults(LOST);
    const result = await restore(testEnv, '4s');

    expect(requestsToRestore(result)).toHaveLength(2);
    expect(result.stdout).toContain('two restores may be under way');
    expect(titlesOf(result)).toEqual(UNCONFIRMED);
    expect(testEnv.actualState().restores).toEqual([]);
  });

  test.concurrent('carried out only after the second request: "restored" waits for both', async () => {
    await using testEnv = await open();
    testEnv.addFaults({ ...LOST, nth: 1 });
    const again = (): void => testEnv.request('POST', '/snapshots/501/restore/');
    let active = 0;
    // When the second one has ended, and the server has been active for ten reads, a second of the three.
    function carryOutWhenActive(): void {
      testEnv.before(({ path, method }) => {
        const { restores, servers } = testEnv.actualState();
        const isUp = restores.length === 1 && servers[0]?.phase === 'active';
        if (method === 'GET' && path.includes('/servers/') && isUp) active += 1;
        return active === 10;
      }, again);
    }
    carryOutWhenActive();
    const result = await restore(testEnv);

    expect(requestsToRestore(result)).toEqual([`${RESTORE} status 502`, `${RESTORE} 200`]);
    expect(titlesOf(result)).toEqual(['notice: Restored']);
    const { restores } = testEnv.actualState();
    expect(restores).toHaveLength(2);
    expect(restores.every(({ endedAt }) => endedAt !== null)).toBe(true);
    expect(result.stdout).toMatch(/'restoring'.*'active'.*'restoring'.*'active'.*restored/s);
  });

  test.concurrent('and a snapshot of another deploy before the second request: not sent again', async () => {
    await using testEnv = await open();
    testEnv.addFaults({ ...LOST, nth: 1 });
    testEnv.before(
      (_request, nth) => nth === 6,
      () => testEnv.api.addSnapshot({ id: 950, name: 'theirs', description: markerOf({ runId: '1002' }) }),
    );
    const result = await restore(testEnv, '4s');

    expect(requestsToRestore(result)).toHaveLength(1);
    expect(result.stdout).toMatch(/REFUSED: a newer snapshot \(950/);
    expect(titlesOf(result)).toEqual(UNCONFIRMED);
    expect(testEnv.actualState().restores).toEqual([]);
  });
});

describe('a refusal', () => {
  const DETAIL = 'Server is not in a valid state for restoration.';

  test.concurrent(
    'a 400 that stands for two minutes (four seconds here) at rest: final, with its reason',
    async () => {
      await using testEnv = await open();
      testEnv.addFaults({ kind: 'status', status: 400, body: { detail: DETAIL }, method: 'POST' });
      const result = await restore(testEnv);

      expect(result.code).toBe(1);
      expect(requestsToRestore(result).length).toBeGreaterThan(4);
      expect(textOf(result, 'Not restored')).toContain(DETAIL);
      expect(testEnv.actualState().restores).toEqual([]);
    },
  );

  test.concurrent('429 with Retry-After: sent again when that is over', async () => {
    await using testEnv = await open();
    const headers = { 'retry-after': '1' };
    testEnv.addFaults({ kind: 'status', status: 429, headers, method: 'POST', nth: 1 });
    const startedAt = testEnv.clock.now();
    const result = await restore(testEnv);

    expect(testEnv.clock.now() - startedAt).toBeGreaterThan(1000);
    expect(withoutStatus(requestsToRestore(result))).toEqual([RESTORE, RESTORE]);
    expect(titlesOf(result)).toEqual(['notice: Restored']);
  });
});
