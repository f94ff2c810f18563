import { describe, expect, test } from '@jest/globals';
import { parseFaults } from '../../../simulator/fault.ts';
import { type Ended } from '../harness/action.ts';
import { bare, FAULTS, type FaultCase } from '../harness/faults.ts';
import { runLife } from '../harness/job.ts';
import { openStage } from '../harness/test-environment.ts';
import { titlesOf } from '../harness/annotations.ts';

const LIST = 'GET /snapshots/?server_id=12345';
const SERVER = 'GET /servers/12345/';
const RESTORE = 'POST /snapshots/801/restore/';

interface Seen {
  readonly code: number | null;
  readonly asks: readonly string[];
  /** The last error. */
  readonly told: string | undefined;
  /** Restores that the API accepted. */
  readonly accepted: number;
}

/** A rollback that meets a fault; the deploy went well until then. */
async function meet(
  fault: FaultCase,
  at: Readonly<Record<string, unknown>>,
): Promise<{ seen: Seen; post: Ended }> {
  await using stage = await openStage({ pace: 200 });
  const { post } = await runLife(stage, {
    inputs: { on_failure: 'restore' },
    ends: 'failure',
    between() {
      stage.server.machine.deploy();
      stage.server.faults.add(parseFaults({ ...fault.fault, ...at }));
    },
  });
  const { restores } = stage.truth();
  const told = titlesOf(post).findLast((title) => title.startsWith('error'));
  // Said only of a restore that has ended.
  expect(told === 'error: Rolled back' && restores[0]?.endedAt == null).toBe(false);
  return { post, seen: { code: post.code, asks: bare(post.requests), told, accepted: restores.length } };
}

const RESTORED: Seen = {
  code: 1,
  asks: [LIST, SERVER, RESTORE, SERVER],
  told: 'error: Rolled back',
  accepted: 1,
};
const NOT_RESTORED = { code: 1, told: 'error: Not restored', accepted: 0 };
const UNCONFIRMED = { ...RESTORED, told: 'error: Restore requested, not confirmed' };

describe('the list before a restore', () => {
  const expected = ({ answer }: FaultCase): Seen =>
    answer === 'refused' || answer === 'unusable' ? { ...NOT_RESTORED, asks: [LIST] } : RESTORED;

  test.concurrent.each(FAULTS)('$name', async (fault) => {
    const { seen } = await meet(fault, { method: 'GET', path: '/snapshots/', nth: 1 });
    expect(seen).toEqual(expected(fault));
  });
});

describe('the look at the server before a restore', () => {
  function expected({ answer, status }: FaultCase): Seen {
    // A token that may not read it: the restore was asked for and is sent.
    if (status === 403 || status === 404) return RESTORED;
    return answer === 'refused' || answer === 'unusable'
      ? { ...NOT_RESTORED, asks: [LIST, SERVER] }
      : RESTORED;
  }

  test.concurrent.each(FAULTS)('$name', async (fault) => {
    const { seen } = await meet(fault, { method: 'GET', path: '/servers/12345/', nth: 1 });
    expect(seen).toEqual(expected(fault));
  });
});

describe('the restore request: never carried out twice', () => {
  function expected({ answer, acts }: FaultCase): Seen {
    if (answer === 'refused') return { ...NOT_RESTORED, asks: [LIST, SERVER, RESTORE] };
    if (answer === 'limited') return { ...RESTORED, asks: [LIST, SERVER, RESTORE, RESTORE, SERVER] };
    // Sent again only after 20 looks that show nothing of it.
    return acts ? RESTORED : { ...RESTORED, asks: [LIST, SERVER, RESTORE, SERVER, RESTORE, SERVER] };
  }

  test.concurrent.each(FAULTS)('$name', async (fault) => {
    const { seen } = await meet(fault, { method: 'POST', path: '/snapshots/*/restore/', nth: 1 });
    expect(seen).toEqual(expected(fault));
  });
});

describe('a look at the server that is being restored', () => {
  const isFinal = ({ answer, status }: FaultCase): boolean => answer === 'refused' || status === 302;
  const third = { method: 'GET', path: '/servers/12345/', nth: 3 };

  test.concurrent.each(FAULTS.filter((fault) => !isFinal(fault)))('$name', async (fault) => {
    const { seen } = await meet(fault, third);
    expect(seen).toEqual(RESTORED);
  });

  test.concurrent.each(FAULTS.filter(isFinal))(
    '$name: the way to finish it by hand is there',
    async (fault) => {
      const { seen, post } = await meet(fault, third);
      expect(seen).toEqual(UNCONFIRMED);
      expect(post.summary).toContain('/snapshots/801/restore/');
    },
  );
});
