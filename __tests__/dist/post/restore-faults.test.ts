import { describe, expect, test } from '@jest/globals';
import { type ActionResult } from '../harness/action.ts';
import { titlesOf } from '../harness/annotations.ts';
import { type FaultCase, FAULTS, withoutStatus } from '../harness/faults.ts';
import { runJob } from '../harness/job.ts';
import { openTestEnvironment } from '../harness/test-environment.ts';

const LIST = 'GET /snapshots/?server_id=12345';
const SERVER = 'GET /servers/12345/';
const RESTORE = 'POST /snapshots/801/restore/';

interface Outcome {
  readonly code: number | null;
  readonly requests: readonly string[];
  /** The last error. */
  readonly error: string | undefined;
  /** Restores that the API accepted. */
  readonly accepted: number;
}

/** A rollback that meets a fault; nothing went wrong until then. */
async function rollBackWithFault(
  fault: FaultCase,
  at: Readonly<Record<string, unknown>>,
): Promise<{ outcome: Outcome; post: ActionResult }> {
  await using testEnv = await openTestEnvironment({ secondsPerAnswer: 200 });
  const { post } = await runJob(testEnv, {
    inputs: { on_failure: 'restore' },
    ends: 'failure',
    between() {
      testEnv.api.deploy();
      testEnv.addFaults({ ...fault.fault, ...at });
    },
  });
  const { restores } = testEnv.actualState();
  const error = titlesOf(post).findLast((title) => title.startsWith('error'));
  // Reported only of a restore that has ended.
  expect(error === 'error: Rolled back' && restores[0]?.endedAt == null).toBe(false);
  return {
    post,
    outcome: { code: post.code, requests: withoutStatus(post.requests), error, accepted: restores.length },
  };
}

const RESTORED: Outcome = {
  code: 1,
  requests: [LIST, SERVER, RESTORE, SERVER],
  error: 'error: Rolled back',
  accepted: 1,
};
const NOT_RESTORED = { code: 1, error: 'error: Not restored', accepted: 0 };
const UNCONFIRMED = { ...RESTORED, error: 'error: Restore requested, not confirmed' };

describe('the list before a restore', () => {
  const expected = ({ answer }: FaultCase): Outcome =>
    answer === 'refused' || answer === 'unusable' ? { ...NOT_RESTORED, requests: [LIST] } : RESTORED;

  test.concurrent.each(FAULTS)('$name', async (fault) => {
    const { outcome } = await rollBackWithFault(fault, { method: 'GET', path: '/snapshots/', nth: 1 });
    expect(outcome).toEqual(expected(fault));
  });
});

describe('the read of the server before a restore', () => {
  function expected({ answer, status }: FaultCase): Outcome {
    // A token that may not read it: the restore was requested by the user and is sent.
    if (status === 403 || status === 404) return RESTORED;
    return answer === 'refused' || answer === 'unusable'
      ? { ...NOT_RESTORED, requests: [LIST, SERVER] }
      : RESTORED;
  }

  test.concurrent.each(FAULTS)('$name', async (fault) => {
    const { outcome } = await rollBackWithFault(fault, { method: 'GET', path: '/servers/12345/', nth: 1 });
    expect(outcome).toEqual(expected(fault));
  });
});

describe('the restore request: never carried out twice', () => {
  function expected({ answer, acts }: FaultCase): Outcome {
    if (answer === 'refused') return { ...NOT_RESTORED, requests: [LIST, SERVER, RESTORE] };
    if (answer === 'limited') return { ...RESTORED, requests: [LIST, SERVER, RESTORE, RESTORE, SERVER] };
    // Sent again only after 20 reads that show nothing of it.
    return acts ? RESTORED : { ...RESTORED, requests: [LIST, SERVER, RESTORE, SERVER, RESTORE, SERVER] };
  }

  test.concurrent.each(FAULTS)('$name', async (fault) => {
    const { outcome } = await rollBackWithFault(fault, {
      method: 'POST',
      path: '/snapshots/*/restore/',
      nth: 1,
    });
    expect(outcome).toEqual(expected(fault));
  });
});

describe('a read of the server that is being restored', () => {
  const isFinal = ({ answer, status }: FaultCase): boolean => answer === 'refused' || status === 302;
  const third = { method: 'GET', path: '/servers/12345/', nth: 3 };

  test.concurrent.each(FAULTS.filter((fault) => !isFinal(fault)))('$name', async (fault) => {
    const { outcome } = await rollBackWithFault(fault, third);
    expect(outcome).toEqual(RESTORED);
  });

  test.concurrent.each(FAULTS.filter(isFinal))(
    '$name: the way to finish it by hand is there',
    async (fault) => {
      const { outcome, post } = await rollBackWithFault(fault, third);
      expect(outcome).toEqual(UNCONFIRMED);
      expect(post.summary).toContain('/snapshots/801/restore/');
    },
  );
});
