import { describe, expect, test } from '@jest/globals';
import {
  createSharedRead,
  type SharedRead,
  type SharedValue,
} from '../../../../src/actions/common/shared-read.ts';
import { createTestDeps } from '../test-deps.ts';
import type { VirtualClock } from '../../../../simulator/clock/virtual-clock.ts';

const LIMITS = { until: 60_000 };
const FIRST: SharedValue<number> = { value: 1, readAt: 0 };

/** A read that takes 100 ms and gives its own number; the listed ones fail. */
function createStand(failing: readonly number[] = []): {
  readonly clock: VirtualClock;
  readonly read: SharedRead<number>;
  readonly started: readonly number[];
} {
  const { clock } = createTestDeps();
  const started: number[] = [];
  const read = createSharedRead(async () => {
    const n = started.push(clock.now());
    await clock.sleep(100);
    if (failing.includes(n)) throw new Error(`read ${n} failed`);
    return n;
  }, clock);
  return { clock, read, started };
}

describe('a shared read', () => {
  test('is one for all who ask at the same time', async () => {
    const { clock, read, started } = createStand();
    const values = await clock.run(Promise.all([1, 2, 3].map(() => read(-1, LIMITS))));
    expect(values).toEqual([FIRST, FIRST, FIRST]);
    expect(started).toEqual([0]);
  });

  interface Row {
    readonly name: string;
    /** Who asks when, and for what is newer than which time. */
    readonly asks: readonly (readonly [at: number, newerThan: number])[];
    readonly gets: readonly SharedValue<number>[];
    readonly started: readonly number[];
  }

  test.each<Row>([
    {
      name: 'serves whoever asks later for what is old enough',
      asks: [
        [0, -1],
        [50, -1],
        [9000, -1],
      ],
      gets: [FIRST, FIRST, FIRST],
      started: [0],
    },
    {
      name: 'is made anew for whoever needs something newer',
      asks: [
        [0, -1],
        [3000, 0],
        [3050, 2999],
      ],
      gets: [FIRST, { value: 2, readAt: 3000 }, { value: 2, readAt: 3000 }],
      started: [0, 3000],
    },
    {
      name: 'is made anew while an older one is under way: its request was sent too early',
      asks: [
        [0, -1],
        [50, 20],
      ],
      gets: [FIRST, { value: 2, readAt: 50 }],
      started: [0, 50],
    },
    {
      name: 'counts as newer than the moment before its request, not than that moment',
      asks: [
        [0, -1],
        [10, 0],
      ],
      gets: [FIRST, { value: 2, readAt: 10 }],
      started: [0, 10],
    },
  ])('$name', async ({ asks, gets, started }) => {
    const stand = createStand();
    const values = await stand.clock.run(
      Promise.all(
        asks.map(async ([at, newerThan]) => {
          await stand.clock.sleep(at);
          return await stand.read(newerThan, LIMITS);
        }),
      ),
    );
    expect(values).toEqual(gets);
    expect(stand.started).toEqual(started);
  });

  test('that fails does so for all who wait for it, and the next one reads again', async () => {
    const { clock, read, started } = createStand([1]);
    const results = await clock.run(Promise.allSettled([read(-1, LIMITS), read(-1, LIMITS)]));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await clock.run(read(-1, LIMITS))).toEqual({ value: 2, readAt: 100 });
    expect(started).toEqual([0, 100]);
  });

  test('that fails late takes nothing away from a newer one', async () => {
    const { clock, read, started } = createStand([1]);
    const old = read(-1, LIMITS).catch(() => 'failed');
    await clock.run(clock.sleep(50));
    const newer = read(10, LIMITS);
    expect(await clock.run(old)).toBe('failed');
    expect(await clock.run(newer)).toEqual({ value: 2, readAt: 50 });
    expect(await clock.run(read(10, LIMITS))).toEqual({ value: 2, readAt: 50 });
    expect(started).toEqual([0, 50]);
  });

  test('has the limits of whoever made it', async () => {
    const { clock } = createTestDeps();
    const limits: unknown[] = [];
    const read = createSharedRead((given) => {
      limits.push(given);
      return Promise.resolve(1);
    }, clock);
    await clock.run(read(-1, { until: 5, patience: 'never' }));
    expect(limits).toEqual([{ until: 5, patience: 'never' }]);
  });
});
