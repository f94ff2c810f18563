import { describe, expect, test } from '@jest/globals';
import { createShortcut } from '../../../../src/actions/common/shortcut.ts';
import type { Limits } from '../../../../src/vps/api.ts';
import { createTestDeps, fails, MINUTE, outcomeOf } from '../test-deps.ts';

const LIMITS: Limits = { until: 10 * MINUTE, patience: 'standing' };

/** A shortcut whose reads end like this, one after the other, and the limits of each read. */
function createStand(ends: readonly (number | Error)[]): {
  /** Reads anew; with `answered` the detour after a failure has an answer. */
  readonly read: (answered?: boolean) => Promise<unknown>;
  readonly limits: readonly Limits[];
} {
  const limits: Limits[] = [];
  const { deps, clock } = createTestDeps();
  const shortcut = createShortcut(async (given) => {
    const end = ends[Math.min(limits.length, ends.length - 1)] ?? 0;
    limits.push(given);
    await clock.sleep(100);
    if (end instanceof Error) throw end;
    return end;
  }, deps);
  return {
    limits,
    async read(answered = true) {
      const { value, error } = await outcomeOf(clock, shortcut.read(clock.now(), LIMITS));
      if (value === null && answered) shortcut.noteDetour();
      return error ?? value?.value ?? null;
    },
  };
}

describe('one read for all', () => {
  test('has 20 s, and believes a refusal at once: it must hold up nothing', async () => {
    const { read, limits } = createStand([5]);
    expect(await read()).toBe(5);
    expect(limits).toEqual([{ until: 20_000, patience: 'at_once' }]);
  });

  const OUT = fails('http', 503);
  test.each<[string, readonly (number | Error)[], readonly boolean[], number]>([
    [
      'that failed twice in a row, while others were answered, is not made again',
      [OUT],
      [true, true, true],
      2,
    ],
    ['is made again where nothing else was answered either', [OUT], [false, false, false, false], 4],
    ['is not made again at once where there is no such call', [fails('http', 404)], [true, true], 1],
    ['counts its failures anew after an answer', [OUT, 1, OUT, 1, OUT], Array<boolean>(5).fill(true), 5],
  ])('%s', async (_name, ends, answered, reads) => {
    const { read, limits } = createStand(ends);
    for (const each of answered) await read(each);
    expect(limits).toHaveLength(reads);
  });

  test('is waited for where the API limits requests', async () => {
    const { read, limits } = createStand([fails('deadline', 429), 7]);
    expect(await read()).toBe(7);
    expect(limits.map(({ until }) => until)).toEqual([20_000, LIMITS.until]);
  });

  test('is not waited for where the API asks this very request to wait', async () => {
    const { read, limits } = createStand([fails('deadline', 503)]);
    expect(await read()).toBeNull();
    expect(limits).toHaveLength(1);
  });

  test.each([
    ['a cancel', fails('cancelled')],
    ['a mistake', new TypeError('a bug')],
  ])('passes on %s', async (_name, failure) => {
    expect(await createStand([failure]).read()).toBe(failure);
  });
});

test('one failure is one, however many waited for it', async () => {
  const { deps, clock } = createTestDeps();
  let reads = 0;
  const shortcut = createShortcut(() => {
    reads += 1;
    return Promise.reject(fails('timeout'));
  }, deps);
  for (let round = 0; round < 3; round += 1) {
    await clock.run(Promise.all([1, 2, 3].map(() => shortcut.read(-1, LIMITS))));
    for (let n = 0; n < 3; n += 1) shortcut.noteDetour();
  }
  expect(reads).toBe(2);
});
