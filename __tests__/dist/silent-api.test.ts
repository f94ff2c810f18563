import { describe, expect, test } from '@jest/globals';
import { runAction } from './harness/action.ts';
import { titlesOf } from './harness/annotations.ts';
import { withoutStatus } from './harness/faults.ts';
import { deleted, own } from './harness/snapshots.ts';
import { openTestEnvironment } from './harness/test-environment.ts';

/** An API that does not answer costs the 30 s that a request may take; the clock of these processes is ten times as fast. */
const nodeArguments = ['--import', import.meta.resolve('./harness/fast-clock.ts')];
/** With such a clock as long as the 100 ms of the other tests. */
const INTERVAL = { poll_interval: '1s' };

const SERVER = 'GET /servers/12345/';
const LIST = 'GET /snapshots/?server_id=12345';
const ALL = 'GET /snapshots/';
const CREATE = 'POST /snapshots/';
const RESTORE = 'POST /snapshots/501/restore/';

describe('silence at', () => {
  test.concurrent.each([
    {
      name: 'the list and a poll: requested again',
      faults: [
        { kind: 'silence', method: 'GET', path: '/snapshots/', nth: 1 },
        { kind: 'drip', ms_per_byte: 1000, method: 'GET', path: '/snapshots/', nth: 3 },
      ],
      requests: [SERVER, LIST, CREATE, LIST],
    },
    {
      name: 'the create request, carried out: found by its key',
      faults: [{ kind: 'silence', method: 'POST', nth: 1 }],
      requests: [SERVER, LIST, CREATE, LIST],
    },
    {
      name: 'the create request, never seen by the API: sent once more after 20 lists',
      faults: [{ kind: 'silence_before', method: 'POST', nth: 1 }],
      requests: [SERVER, LIST, CREATE, LIST, CREATE, LIST],
      listsBetween: 20,
    },
  ])('$name', async ({ faults, requests, listsBetween = 0 }) => {
    await using testEnv = await openTestEnvironment();
    testEnv.addFaults(faults);
    const main = await runAction(testEnv, 'main', { nodeArguments, inputs: INTERVAL });

    expect(main).toMatchObject({ code: 0, outputs: { snapshot_status: 'completed' } });
    expect(withoutStatus(main.requests)).toEqual(requests);
    expect(testEnv.actualState().snapshots).toHaveLength(1);
    const [first = 0, second] = testEnv.requests.flatMap(({ method }, at) => (method === 'POST' ? [at] : []));
    expect(second === undefined ? 0 : second - first - 1).toBe(listsBetween);
  });

  test.concurrent.each([
    {
      name: 'a restore request that was carried out, and a read of the server after it',
      faults: [
        { kind: 'silence', method: 'POST', nth: 1 },
        { kind: 'drip', ms_per_byte: 1000, method: 'GET', path: '/servers/12345/', nth: 4 },
      ],
      requests: [SERVER, ALL, LIST, RESTORE, SERVER],
    },
    {
      name: 'a restore request that the API never sees: sent once more',
      faults: [{ kind: 'silence_before', method: 'POST', nth: 1 }],
      requests: [SERVER, ALL, LIST, RESTORE, SERVER, LIST, RESTORE, SERVER],
    },
  ])('$name', async ({ faults, requests }) => {
    await using testEnv = await openTestEnvironment({ secondsPerAnswer: 10, snapshots: [own(1)] });
    testEnv.addFaults(faults);
    const result = await runAction(testEnv, 'restore', {
      nodeArguments,
      inputs: { ...INTERVAL, snapshot_id: '501' },
    });

    expect(titlesOf(result)).toEqual(['notice: Restored']);
    expect(withoutStatus(result.requests)).toEqual(requests);
    expect(testEnv.actualState().restores).toHaveLength(1);
  });

  test.concurrent('a deletion: complete lists show that it is gone', async () => {
    await using testEnv = await openTestEnvironment({ snapshots: [own(1)] });
    testEnv.addFaults({ kind: 'silence', method: 'DELETE', nth: 1 });
    const result = await runAction(testEnv, 'delete', { nodeArguments, inputs: { snapshot_id: '501' } });

    expect(result).toMatchObject({ code: 0, outputs: { deleted: '501' } });
    expect(withoutStatus(result.requests)).toEqual([ALL, 'DELETE /snapshots/501/', LIST]);
    expect(deleted(testEnv)).toEqual(['501']);
  });
});
