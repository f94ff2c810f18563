import { describe, expect, test } from '@jest/globals';
import { titlesOf } from './harness/annotations.ts';
import { withoutStatus } from './harness/faults.ts';
import { type JobOptions, type JobRun, runJob } from './harness/job.ts';
import { openTestEnvironment } from './harness/test-environment.ts';

/**
 * An API that does not answer costs the 30 s that a request may take, and no test can have them for less. They run all at
 * once, one for each kind of request, and wait without work.
 */
const LIST = 'GET /snapshots/?server_id=12345';
const CREATE = 'POST /snapshots/';
const SERVER = 'GET /servers/12345/';
const RESTORE = 'POST /snapshots/801/restore/';
const DELETE = 'DELETE /snapshots/801/';
const RESTORE_ON_FAILURE = { on_failure: 'restore' };
const GOOD: JobOptions = { inputs: { on_success: 'delete' } };
const FAILED: JobOptions = { inputs: RESTORE_ON_FAILURE, ends: 'failure' };

const KEPT = { snapshots: 1, restores: 0 };
const RESTORED = { snapshots: 1, restores: 1, error: 'error: Rolled back' };

const CELLS = [
  {
    name: 'the list: requested again',
    fault: { kind: 'silence', method: 'GET', path: '/snapshots/', nth: 1 },
    options: GOOD,
    main: [LIST, CREATE, LIST],
    post: [DELETE],
    ...KEPT,
  },
  {
    name: 'the create request, carried out: found by its key',
    fault: { kind: 'silence', method: 'POST', path: '/snapshots/', nth: 1 },
    options: GOOD,
    main: [LIST, CREATE, LIST],
    post: [DELETE],
    ...KEPT,
  },
  {
    name: 'the create request, never seen by the API: sent once more after 20 polls',
    fault: { kind: 'silence_before', method: 'POST', path: '/snapshots/', nth: 1 },
    options: GOOD,
    main: [LIST, CREATE, LIST, CREATE, LIST],
    post: [LIST, DELETE],
    ...KEPT,
  },
  {
    name: 'the create request, answered byte by byte without end',
    fault: { kind: 'drip', ms_per_byte: 1000, method: 'POST', path: '/snapshots/', nth: 1 },
    options: GOOD,
    main: [LIST, CREATE, LIST],
    post: [DELETE],
    ...KEPT,
  },
  {
    name: 'a poll: requested again',
    fault: { kind: 'silence', method: 'GET', path: '/snapshots/', nth: 3 },
    options: GOOD,
    main: [LIST, CREATE, LIST],
    post: [DELETE],
    ...KEPT,
  },
  {
    name: 'the deletion: requested again, gone',
    fault: { kind: 'silence', method: 'DELETE', nth: 1 },
    options: GOOD,
    main: [LIST, CREATE, LIST],
    post: [DELETE, DELETE],
    ...KEPT,
  },
  {
    name: 'the read of the server before a restore',
    fault: { kind: 'silence', method: 'GET', path: '/servers/12345/', nth: 2 },
    options: FAILED,
    main: [LIST, CREATE, SERVER, LIST],
    post: [LIST, SERVER, RESTORE, SERVER],
    ...RESTORED,
  },
  {
    name: 'the restore request, carried out: seen at the server',
    fault: { kind: 'silence', method: 'POST', path: '/snapshots/*/restore/', nth: 1 },
    options: FAILED,
    main: [LIST, CREATE, SERVER, LIST],
    post: [LIST, SERVER, RESTORE, SERVER],
    ...RESTORED,
  },
  {
    name: 'the restore request, never seen by the API: sent once more',
    fault: { kind: 'silence_before', method: 'POST', path: '/snapshots/*/restore/', nth: 1 },
    options: FAILED,
    main: [LIST, CREATE, SERVER, LIST],
    post: [LIST, SERVER, RESTORE, SERVER, RESTORE, SERVER],
    ...RESTORED,
  },
  {
    name: 'a read of the server that is being restored',
    fault: { kind: 'drip', ms_per_byte: 1000, method: 'GET', path: '/servers/12345/', nth: 4 },
    options: FAILED,
    main: [LIST, CREATE, SERVER, LIST],
    post: [LIST, SERVER, RESTORE, SERVER],
    ...RESTORED,
  },
];

interface Ran {
  readonly job: JobRun;
  readonly snapshots: number;
  readonly restores: number;
}

async function run({ fault, options }: (typeof CELLS)[number]): Promise<Ran> {
  await using testEnv = await openTestEnvironment();
  testEnv.addFaults(fault);
  const job = await runJob(testEnv, options);
  const { snapshots, restores } = testEnv.actualState();
  return { job, snapshots: snapshots.length, restores: restores.length };
}

/** Started at once and awaited one by one: jest runs but a few tests at a time. */
const RUNS = new Map(CELLS.map((cell) => [cell.name, run(cell)]));
await Promise.allSettled(RUNS.values());

describe('silence at', () => {
  test.each(CELLS)('$name', async ({ name, main, post, snapshots, restores, ...cell }) => {
    const ran = await RUNS.get(name);

    expect(ran?.job.main.code).toBe(0);
    expect(withoutStatus(ran?.job.main.requests ?? [])).toEqual(main);
    expect(withoutStatus(ran?.job.post.requests ?? [])).toEqual(post);
    expect({ snapshots: ran?.snapshots, restores: ran?.restores }).toEqual({ snapshots, restores });
    expect(ran && titlesOf(ran.job.post)).toEqual('error' in cell ? [cell.error] : []);
  });
});
