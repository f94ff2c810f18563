import { describe, expect, test } from '@jest/globals';
import { type FaultCase, FAULTS, withoutStatus } from '../harness/faults.ts';
import { type JobRun, runJob } from '../harness/job.ts';
import { openTestEnvironment, type TestEnvironment } from '../harness/test-environment.ts';

const LIST = 'GET /snapshots/?server_id=12345';
const CREATE = 'POST /snapshots/';
const SERVER = 'GET /servers/12345/';

/** What must hold of every job, whatever fault it met. */
function brokenInvariants({ main, post }: JobRun, testEnv: TestEnvironment): string[] {
  const { snapshots, restores } = testEnv.actualState();
  const completed = snapshots.filter(({ phase }) => phase === 'completed').map(({ id }) => id);
  const said = main.stdout + post.stdout;
  return [
    ...(main.code === 0 && !completed.includes(main.outputs['snapshot_id'] ?? '')
      ? ['green without a snapshot']
      : []),
    ...snapshots.filter(({ id }) => !said.includes(id)).map(({ id }) => `no text names snapshot ${id}`),
    ...(snapshots.length > 1 ? ['more than one snapshot'] : []),
    ...(restores.length > 0 ? ['something was restored'] : []),
    ...(testEnv.requests.some(({ authorized }) => !authorized) ? ['a request without the token'] : []),
  ];
}

/** How many lists were read between the first two create requests; `null` where there was one or none. */
function listsBetween({ requests }: TestEnvironment): number | null {
  const [first, second] = requests.flatMap(({ method }, at) => (method === 'POST' ? [at] : []));
  return first === undefined || second === undefined ? null : second - first - 1;
}

interface Outcome {
  readonly main: number | null;
  readonly requests: readonly string[];
  /** Snapshots that exist in the end. */
  readonly made: number;
  readonly post: number | null;
  readonly postRequests: readonly string[];
  readonly lists: number | null;
}

/** A job that fails in the end by something that has nothing to do with the deploy. */
async function runWithFault(
  fault: FaultCase,
  at: Readonly<Record<string, unknown>>,
): Promise<{ outcome: Outcome; job: JobRun }> {
  await using testEnv = await openTestEnvironment({ secondsPerAnswer: 200 });
  testEnv.addFaults({ ...fault.fault, ...at });
  const job = await runJob(testEnv, {
    inputs: { on_failure: 'restore' },
    ends: 'failure',
    restoreIf: 'false',
  });
  expect(brokenInvariants(job, testEnv)).toEqual([]);
  const outcome = {
    main: job.main.code,
    requests: withoutStatus(job.main.requests),
    made: testEnv.actualState().snapshots.length,
    post: job.post.code,
    postRequests: withoutStatus(job.post.requests),
    lists: listsBetween(testEnv),
  };
  return { outcome, job };
}

/** As without a fault. */
const UNDISTURBED: Outcome = {
  main: 0,
  requests: [LIST, CREATE, SERVER, LIST],
  made: 1,
  post: 0,
  postRequests: [],
  lists: null,
};

describe('the list before the create request', () => {
  const expected = ({ answer }: FaultCase): Outcome =>
    answer === 'refused' || answer === 'unusable'
      ? { ...UNDISTURBED, main: 1, requests: [LIST], made: 0 }
      : UNDISTURBED;

  test.concurrent.each(FAULTS)('$name', async (fault) => {
    const { outcome } = await runWithFault(fault, { method: 'GET', path: '/snapshots/', nth: 1 });
    expect(outcome).toEqual(expected(fault));
  });
});

describe('the create request: exactly one snapshot, known by its id', () => {
  function expected({ answer, acts, status }: FaultCase): Outcome {
    if (answer === 'refused') {
      // A 400 is followed by one list, to tell a full server from a bad request.
      const requests = status === 400 ? [LIST, CREATE, LIST] : [LIST, CREATE];
      return { ...UNDISTURBED, main: 1, requests, made: 0 };
    }
    if (answer === 'late') return UNDISTURBED;
    if (answer === 'limited')
      return { ...UNDISTURBED, requests: [LIST, CREATE, CREATE, SERVER, LIST], lists: 0 };
    // Found by its key, and never requested again.
    if (acts) return { ...UNDISTURBED, requests: [LIST, CREATE, LIST, SERVER, LIST] };
    // Absent in 5 complete lists, 20 after a time-out, so it is requested once more. The first one may still turn up: post
    // searches for it.
    const lists = status === 504 || status === 408 ? 20 : 5;
    return {
      ...UNDISTURBED,
      requests: [LIST, CREATE, LIST, CREATE, SERVER, LIST],
      lists,
      postRequests: [LIST],
    };
  }

  test.concurrent.each(FAULTS)('$name', async (fault) => {
    const { outcome } = await runWithFault(fault, { method: 'POST', path: '/snapshots/', nth: 1 });
    expect(outcome).toEqual(expected(fault));
  });
});

describe('a poll', () => {
  const isFinal = ({ answer, status }: FaultCase): boolean => answer === 'refused' || status === 302;

  test.concurrent.each(FAULTS.filter((fault) => !isFinal(fault)))('$name', async (fault) => {
    const { outcome } = await runWithFault(fault, { method: 'GET', path: '/snapshots/', nth: 2 });
    expect(outcome).toEqual(UNDISTURBED);
  });

  test.concurrent.each(FAULTS.filter(isFinal))('$name: red, the snapshot is named', async (fault) => {
    const { outcome, job } = await runWithFault(fault, { method: 'GET', path: '/snapshots/', nth: 2 });
    expect(outcome).toEqual({ ...UNDISTURBED, main: 1, postRequests: [LIST] });
    const errors = job.main.annotations.filter(({ kind }) => kind === 'error');
    expect(errors.map(({ text }) => text).join('\n')).toMatch(/\b801\b/);
    expect(job.main.outputs['snapshot_id']).toBe('801');
    expect(job.post.stdout).toMatch(/\b801\b/);
  });
});

describe('the early read of the server, which warns when the token may not read it', () => {
  test.concurrent.each(FAULTS)('$name', async (fault) => {
    const { outcome, job } = await runWithFault(fault, { method: 'GET', path: '/servers/12345/', nth: 1 });
    expect(outcome).toEqual(UNDISTURBED);
    const warned = job.main.annotations.some(({ title }) => title === 'Restores cannot be confirmed');
    expect(warned).toBe(fault.status === 403 || fault.status === 404);
  });
});
