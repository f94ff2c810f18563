import { describe, expect, test } from '@jest/globals';
import { createStand, crowd } from './gate-stand.ts';
import { MINUTE } from './scripted-client.ts';

describe('an open gate', () => {
  test('lets everybody through at once, and no wait is reported', async () => {
    const stand = createStand();
    await stand.clock.run(Promise.all(crowd(stand, 25)));
    expect(new Set(stand.passages.map(({ at }) => at))).toEqual(new Set([0]));
    expect(stand.waited).toEqual([]);
  });

  test('stays open while the API takes requests', async () => {
    const stand = createStand();
    stand.gate.open();
    await stand.clock.run(Promise.all(crowd(stand, 2)));
    expect(stand.clock.now()).toBe(0);
  });
});

describe('after a 429', () => {
  /** When the first request is sent after so many of them in a row, each to what was sent last. */
  async function waitAfter(
    answers: readonly (number | undefined)[],
    options?: { readonly random?: number; readonly scale?: number },
  ): Promise<number> {
    const stand = createStand(options);
    let last = 0;
    await stand.clock.run(async () => {
      for (const retryAfter of answers) {
        const sentAt = stand.clock.now();
        await stand.clock.sleep(10);
        stand.gate.close(retryAfter, sentAt);
        last = stand.clock.now();
        await stand.come('next');
      }
    });
    return stand.clock.now() - last;
  }

  test.each<[string, readonly (number | undefined)[], number]>([
    ['one', [undefined], 1000],
    ['two', Array(2).fill(undefined), 2000],
    ['four', Array(4).fill(undefined), 8000],
    ['ever so many: no more than 10 s', Array(50).fill(undefined), 10_000],
    ['one with Retry-After: 60', [60_000], 60_000],
    ['one with a Retry-After that is shorter than the pause', [undefined, undefined, 500], 4000],
    ['one with Retry-After: 0, which is no reason to ask at once', [0], 1000],
    ['many with Retry-After: 0', Array(50).fill(0), 10_000],
  ])('there is a pause: %s', async (_name, answers, ms) => {
    expect(await waitAfter(answers)).toBe(ms);
  });

  test('the pause has jitter: between half of it and all of it', async () => {
    expect(await waitAfter([undefined], { random: 0 })).toBe(500);
    expect(await waitAfter([undefined], { random: 0.5 })).toBe(750);
  });

  test('for an API on this machine the pause is shorter, and Retry-After is not', async () => {
    expect(await waitAfter([undefined], { scale: 0.1 })).toBe(100);
    expect(await waitAfter([60_000], { scale: 0.1 })).toBe(60_000);
  });

  test('an answer ends the growth of the pauses', async () => {
    const stand = createStand();
    await stand.clock.run(async () => {
      for (let n = 0; n < 5; n += 1) {
        stand.gate.close(undefined, stand.clock.now());
        await stand.come('denied');
      }
      stand.gate.open();
      await stand.clock.sleep(MINUTE);
      const before = stand.clock.now();
      stand.gate.close(undefined, before);
      await stand.come('next');
      expect(stand.clock.now() - before).toBe(1000);
    });
  });

  test('waiters do not wake at one instant', async () => {
    const stand = createStand();
    stand.gate.close(30_000, 0);
    await stand.clock.run(Promise.all(crowd(stand, 25)));
    const times = stand.passages.map(({ at }) => at);
    expect(times[0]).toBe(30_000);
    for (let n = 1; n < times.length; n += 1)
      expect((times[n] ?? 0) - (times[n - 1] ?? 0)).toBeGreaterThanOrEqual(250);
  });

  test('one who comes when the pause is over does not overtake the spacing', async () => {
    const stand = createStand();
    stand.gate.close(undefined, 0);
    await stand.clock.run(async () => {
      await stand.come('first');
      await stand.clock.sleep(1);
      await stand.come('second');
    });
    expect(stand.passages.map(({ at }) => at)).toEqual([1000, 1250]);
  });

  /** The spacing of two waiters after each of so many 429s. */
  async function spacingsAfter(
    count: number,
    isAnsweredBetween: boolean,
    options?: { readonly scale: number },
  ): Promise<readonly number[]> {
    const stand = createStand(options);
    const spacings: number[] = [];
    await stand.clock.run(async () => {
      for (let n = 0; n < count; n += 1) {
        stand.gate.close(undefined, stand.clock.now());
        await stand.come('first');
        const first = stand.clock.now();
        await stand.come('second');
        spacings.push(Math.round(stand.clock.now() - first));
        if (isAnsweredBetween) stand.gate.open();
      }
    });
    return spacings;
  }

  test('the spacing doubles when requests are limited again, and never exceeds 15 s', async () => {
    const spacings = await spacingsAfter(12, true);
    expect(spacings.slice(0, 4)).toEqual([250, 450, 810, 1458]);
    expect(spacings.at(-1)).toBe(15_000);
  });

  test('for an API on this machine the spacing is shorter', async () => {
    const spacings = await spacingsAfter(12, true, { scale: 0.1 });
    expect([spacings[0], spacings[1], spacings.at(-1)]).toEqual([25, 45, 1500]);
  });

  test('several 429s in a row say one thing, and the spacing stays', async () => {
    expect(await spacingsAfter(5, false)).toEqual(Array(5).fill(250));
  });

  test('each answer shrinks the spacing, until there is none', async () => {
    const stand = createStand();
    await stand.clock.run(async () => {
      stand.gate.close(undefined, 0);
      const spacings: number[] = [];
      for (let n = 0; n < 20; n += 1) {
        const before = stand.clock.now();
        await stand.come('next');
        spacings.push(Math.round(stand.clock.now() - before));
        stand.gate.open();
      }
      expect(spacings.slice(1, 4)).toEqual([225, 203, 182]);
      expect(spacings.at(-1)).toBe(0);
    });
  });

  test.each([
    [1, 100],
    [0.1, 10],
  ])(
    'but whoever has waited meanwhile still leaves one by one, at scale %f each %i ms',
    async (scale, ms) => {
      const stand = createStand({ scale });
      stand.gate.close(undefined, 0);
      await stand.clock.run(
        Promise.all(
          Array.from({ length: 60 }, async () => {
            await stand.come('one of many');
            stand.gate.open();
          }),
        ),
      );
      expect(new Set(stand.passages.map(({ at }) => at)).size).toBe(60);
      const left = stand.passages.map(({ at }) => at);
      expect(Math.round((left.at(-1) ?? 0) - (left.at(-2) ?? 0))).toBe(ms);
    },
  );

  test('changes go before reads', async () => {
    const stand = createStand();
    stand.gate.close(undefined, 0);
    await stand.clock.run(
      Promise.all([...crowd(stand, 3), ...crowd(stand, 2, 'change'), stand.come('read 3')]),
    );
    expect(stand.passages.map(({ name }) => name)).toEqual([
      'change 0',
      'change 1',
      'read 0',
      'read 1',
      'read 2',
      'read 3',
    ]);
  });

  test('a 429 to what was under way already says nothing new about the pace', async () => {
    const stand = createStand();
    await stand.clock.run(async () => {
      await stand.clock.sleep(50);
      for (let n = 0; n < 25; n += 1) stand.gate.close(undefined, 0);
      await stand.come('first');
      await stand.come('second');
    });
    expect(stand.passages.map(({ at }) => at)).toEqual([1050, 1300]);
  });

  test('but its Retry-After is obeyed', async () => {
    const stand = createStand();
    await stand.clock.run(async () => {
      await stand.clock.sleep(50);
      stand.gate.close(undefined, 0);
      stand.gate.close(40_000, 0);
      stand.gate.close(5000, 0);
      await stand.come('first');
    });
    expect(stand.clock.now()).toBe(40_050);
  });
});
