import { describe, expect, test } from '@jest/globals';
import { CancelledError } from '../../../../src/actions/common/errors.ts';
import { pause, poll, type Poll } from '../../../../src/actions/common/poll.ts';
import type { Limits } from '../../../../src/vps/api.ts';
import type { VpsError } from '../../../../src/vps/errors.ts';
import { createTestDeps, fails, MINUTE, outcomeOf, SECOND } from '../test-deps.ts';

/** What one read gives: a value, or a failure, after so many ms. */
interface Read {
  readonly value?: number;
  readonly fails?: Error;
  readonly takes?: number;
}

interface Polling {
  readonly reads: readonly Read[];
  readonly options?: Partial<Poll<number, string>>;
  readonly until?: number;
  readonly cancelAt?: number;
}

interface Played {
  /** How it ended: the value, a timeout with its failure, or what was thrown. */
  readonly end: unknown;
  readonly at: number;
  readonly readAt: readonly number[];
  readonly limits: readonly Limits[];
  readonly beats: readonly number[];
  readonly misses: readonly VpsError[];
}

/** Polls every 3 s for a number above 9; the last read is given for ever. */
async function play({ reads, options = {}, until = 60 * SECOND, cancelAt }: Polling): Promise<Played> {
  const { deps, clock } = createTestDeps({ until, cancelAt });
  const readAt: number[] = [];
  const limits: Limits[] = [];
  const beats: number[] = [];
  const misses: VpsError[] = [];
  const { value, error, at } = await outcomeOf(
    clock,
    poll<number, string>(deps, {
      async read(given) {
        const read = reads[Math.min(readAt.length, reads.length - 1)] ?? {};
        readAt.push(clock.now());
        limits.push(given);
        await clock.sleep(Math.min(read.takes ?? 0, given.until - clock.now()), deps.cancelled);
        if (deps.cancelled.aborted) throw fails('cancelled');
        if (read.fails !== undefined) throw read.fails;
        return read.value ?? 0;
      },
      decide: (seen) => (seen > 9 ? `saw ${seen}` : null),
      pause: () => 3 * SECOND,
      beat: () => void beats.push(clock.now()),
      onMiss: (failure) => {
        misses.push(failure);
        return null;
      },
      ...options,
    }),
  );
  const end =
    error ?? (value?.kind === 'done' ? value.value : value && [value.kind, value.failure?.message ?? null]);
  return { end, at, readAt, limits, beats, misses };
}

const OUTAGE = fails('http', 503);
const STANDS = fails('http', 404);
const STRAY = fails('http', 404, { isStray: true });
const BUG = new TypeError('a bug');

describe('a poll', () => {
  interface Row extends Polling {
    readonly name: string;
    readonly end: unknown;
    /** When it reads, in seconds. */
    readonly at: readonly number[];
  }

  test.each<Row>([
    { name: 'ends with the first value that decides', reads: [{ value: 10 }], end: 'saw 10', at: [0] },
    {
      name: 'reads again until one does',
      reads: [{ value: 1 }, { value: 2 }, { value: 11 }],
      end: 'saw 11',
      at: [0, 3, 6],
    },
    {
      name: 'rides out an outage',
      reads: [{ fails: OUTAGE }, { fails: fails('timeout') }, { value: 12 }],
      end: 'saw 12',
      at: [0, 3, 6],
    },
    {
      name: 'rides out a refusal that did not stand',
      reads: [{ fails: STRAY }, { value: 12 }],
      end: 'saw 12',
      at: [0, 3],
    },
    {
      name: 'throws a refusal that stood',
      reads: [{ value: 1 }, { fails: STANDS }],
      end: STANDS,
      at: [0, 3],
    },
    {
      name: 'throws what will not pass by itself',
      reads: [{ fails: fails('certificate') }],
      end: expect.objectContaining({ kind: 'certificate' }),
      at: [0],
    },
    {
      name: 'rides out every failure where nothing but the budget ends it',
      reads: [{ fails: STANDS }, { fails: fails('certificate') }, { value: 13 }],
      options: { patience: 'never' },
      end: 'saw 13',
      at: [0, 3, 6],
    },
    {
      name: 'passes a mistake on, whatever its patience',
      reads: [{ fails: BUG }],
      options: { patience: 'never' },
      end: BUG,
      at: [0],
    },
    {
      name: 'ends with its budget, after a last read',
      reads: [{ value: 1 }],
      until: 10 * SECOND,
      end: ['timeout', null],
      at: [0, 3, 6, 9, 10],
    },
    {
      name: 'takes what the last read shows, although its answer comes after the budget',
      reads: [{ value: 1 }, { value: 1 }, { value: 14, takes: 1 * SECOND }],
      until: 6 * SECOND,
      end: 'saw 14',
      at: [0, 3, 6],
    },
    {
      name: 'waits no longer than 2 s for the last read',
      reads: [{ value: 1 }, { value: 1 }, { fails: fails('timeout'), takes: MINUTE }],
      until: 6 * SECOND,
      end: ['timeout', fails('timeout').message],
      at: [0, 3, 6],
    },
    {
      name: 'says why the last read had no answer',
      reads: [{ value: 1 }, { fails: OUTAGE }],
      until: 4 * SECOND,
      end: ['timeout', OUTAGE.message],
      at: [0, 3, 4],
    },
    {
      name: 'and nothing of one before it',
      reads: [{ fails: OUTAGE }, { value: 1 }],
      until: 3 * SECOND,
      end: ['timeout', null],
      at: [0, 3],
    },
    {
      name: 'reads once where the budget is over',
      reads: [{ value: 15 }],
      until: 0,
      end: 'saw 15',
      at: [0],
    },
    {
      name: 'ends with what a failed read is taken for',
      reads: [{ fails: OUTAGE }],
      options: { onMiss: ({ status }) => `missed ${status}` },
      end: 'missed 503',
      at: [0],
    },
    {
      name: 'passes on what the decision throws',
      reads: [{ value: 1 }],
      options: {
        decide: () => {
          throw BUG;
        },
      },
      end: BUG,
      at: [0],
    },
    {
      name: 'ends with a cancel in a pause',
      reads: [{ value: 1 }],
      cancelAt: 4 * SECOND,
      end: new CancelledError(),
      at: [0, 3],
    },
    {
      name: 'ends with a cancel in a read',
      reads: [{ value: 1, takes: MINUTE }],
      cancelAt: 4 * SECOND,
      end: new CancelledError(),
      at: [0],
    },
    {
      name: 'ends with a cancel, whatever its patience',
      reads: [{ value: 1, takes: MINUTE }],
      options: { patience: 'never' },
      cancelAt: 4 * SECOND,
      end: new CancelledError(),
      at: [0],
    },
  ])('$name', async ({ end, at, ...polling }) => {
    const played = await play(polling);
    expect(played.end).toEqual(end);
    expect(played.readAt.map((ms) => ms / SECOND)).toEqual(at);
  });

  test('gives each read its patience and the budget, at least 2 s and at most its own time', async () => {
    const { limits } = await play({ reads: [{}], options: { patience: 'twice' }, until: 15 * SECOND });
    expect(limits.map(({ until, patience }) => [until / SECOND, patience])).toEqual([
      [15, 'twice'],
      [15, 'twice'],
      [15, 'twice'],
      [15, 'twice'],
      [15, 'twice'],
      [17, 'twice'],
    ]);
    const short = await play({ reads: [{}], options: { readTime: 7 * SECOND }, until: 15 * SECOND });
    expect(short.limits.map(({ until }) => until / SECOND)).toEqual([7, 10, 13, 15, 15, 17]);
  });

  test('reports the time at which a value came', async () => {
    const times: number[] = [];
    await play({
      reads: [{ takes: 2 * SECOND }],
      options: {
        decide: (_value, now) => {
          times.push(now);
          return null;
        },
      },
      until: 8 * SECOND,
    });
    expect(times).toEqual([2000, 7000, 10_000]);
  });

  test('reports each read that failed and is repeated', async () => {
    const { misses } = await play({
      reads: [{ fails: OUTAGE }, { value: 1 }, { fails: STRAY }, { value: 10 }],
    });
    expect(misses).toEqual([OUTAGE, STRAY]);
  });

  test('beats after each read, and at least every 10 s of a long pause', async () => {
    const { beats } = await play({ reads: [{}], options: { pause: () => 25 * SECOND }, until: MINUTE });
    expect(beats.map((ms) => ms / SECOND)).toEqual([0, 10, 20, 25, 25, 35, 45, 50, 50, 60]);
  });
});

describe('a pause', () => {
  test('lasts as long as it should', async () => {
    const { deps, clock } = createTestDeps();
    await clock.run(pause(deps, 25 * SECOND));
    expect(clock.now()).toBe(25 * SECOND);
  });

  test.each([
    ['before it', 0],
    ['in it', 4 * SECOND],
  ])('throws after a cancel %s, at once', async (_name, cancelAt) => {
    const { deps, clock, cancelled } = createTestDeps({ cancelAt });
    if (cancelAt === 0) cancelled.abort();
    const beats: number[] = [];
    const { error, at } = await outcomeOf(
      clock,
      pause(deps, MINUTE, () => void beats.push(clock.now())),
    );
    expect([error, at]).toEqual([new CancelledError(), cancelAt]);
  });

  test('of no time is none', async () => {
    const { deps, clock } = createTestDeps();
    await clock.run(pause(deps, 0));
    expect(clock.now()).toBe(0);
  });
});
