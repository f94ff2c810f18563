import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { VirtualClock } from '../../../simulator/clock/virtual-clock.ts';
import { createGate, type Gate, type Priority } from '../../../src/vps/gate.ts';
import { MINUTE } from './scripted-client.ts';

interface Passage {
  readonly name: string;
  readonly at: number;
  readonly passed: boolean;
}

interface GateStand {
  readonly clock: VirtualClock;
  readonly gate: Gate;
  readonly cancelled: AbortController;
  /** When somebody was told that it is waited here. */
  readonly waited: readonly number[];
  /** In the order in which they left. */
  readonly passages: readonly Passage[];
  /** Waits at the gate under a name. */
  readonly come: (name: string, priority?: Priority, until?: number) => Promise<void>;
}

/** A gate in virtual time; with `random` 1 a pause is as long as it can be. */
function createStand({ random = 1, scale = 1 } = {}): GateStand {
  const clock = new VirtualClock();
  const cancelled = new AbortController();
  const waited: number[] = [];
  const passages: Passage[] = [];
  const gate = createGate({
    clock,
    random: () => random,
    scale,
    cancelled: cancelled.signal,
    onWaiting: () => void waited.push(clock.now()),
  });
  return {
    clock,
    gate,
    cancelled,
    waited,
    passages,
    async come(name, priority = 'read', until = 60 * MINUTE) {
      const passed = await gate.pass(priority, until);
      passages.push({ name, at: clock.now(), passed });
    },
  };
}

const crowd = (stand: GateStand, count: number, priority?: Priority): Promise<void>[] =>
  Array.from({ length: count }, (_, index) => stand.come(`${priority ?? 'read'} ${index}`, priority));

describe('an open gate', () => {
  test('lets everybody through at once, and nobody is told of a wait', async () => {
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
  async function spacingsAfter(count: number, isAnsweredBetween: boolean): Promise<readonly number[]> {
    const stand = createStand();
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

  test('but whoever has waited meanwhile still leaves one by one', async () => {
    const stand = createStand();
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
    expect(Math.round((left.at(-1) ?? 0) - (left.at(-2) ?? 0))).toBe(100);
  });

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

describe('whoever waits', () => {
  test('for 95 s is told of at least every 10 s', async () => {
    const stand = createStand();
    stand.gate.close(95_000, 0);
    await stand.clock.run(stand.come('patient'));
    const moments = [0, ...stand.waited, stand.clock.now()];
    expect(stand.clock.now()).toBe(95_000);
    for (let n = 1; n < moments.length; n += 1)
      expect((moments[n] ?? 0) - (moments[n - 1] ?? 0)).toBeLessThanOrEqual(10_000);
  });

  test.each([30_000, 40_000])('in vain, because it has to be through by %i, does not wait', async (until) => {
    const stand = createStand();
    stand.gate.close(40_000, 0);
    await stand.clock.run(stand.come('late', 'read', until));
    expect(stand.passages).toEqual([{ name: 'late', at: 0, passed: false }]);
  });

  test('in vain leaves at once, too, while others wait', async () => {
    const stand = createStand();
    stand.gate.close(40_000, 0);
    const others = crowd(stand, 2);
    await stand.clock.run(stand.come('late', 'read', 30_000));
    expect(stand.clock.now()).toBe(0);
    await stand.clock.run(Promise.all(others));
  });

  test('leaves at once when the API asks for more time than there is', async () => {
    const stand = createStand();
    stand.gate.close(10_000, 0);
    const waiting = stand.come('hopeful', 'read', 30_000);
    stand.clock.at(5000, () => stand.gate.close(60_000, 4000));
    await stand.clock.run(waiting);
    expect(stand.passages).toEqual([{ name: 'hopeful', at: 5000, passed: false }]);
  });

  test('leaves when its time is up, not later', async () => {
    const stand = createStand();
    await stand.clock.run(async () => {
      // A wide spacing, so that the second one's turn would come long after its time.
      for (let n = 0; n < 9; n += 1) {
        await stand.clock.sleep(1);
        stand.gate.open();
        stand.gate.close(undefined, stand.clock.now());
      }
      await stand.come('first');
      await Promise.all([stand.come('second', 'read', stand.clock.now() + 3000), stand.come('third')]);
    });
    const [first, second, third] = stand.passages;
    expect([second?.name, second?.passed, (second?.at ?? 0) - (first?.at ?? 0)]).toEqual([
      'second',
      false,
      3000,
    ]);
    expect([third?.name, third?.passed]).toEqual(['third', true]);
  });

  test('is sent away by a cancel, and nobody comes through after it', async () => {
    const stand = createStand();
    stand.gate.close(40_000, 0);
    stand.clock.at(7000, () => stand.cancelled.abort());
    await stand.clock.run(Promise.all(crowd(stand, 3)));
    await stand.clock.run(stand.come('later'));
    expect(stand.passages.map(({ at, passed }) => [at, passed])).toEqual(Array(4).fill([7000, false]));
  });
});

test('whatever happens, nobody leaves before the time that the API named, and everybody leaves', async () => {
  const event = fc.record({
    at: fc.integer({ min: 0, max: 60_000 }),
    what: fc.constantFrom('come', 'change', 'close', 'close for long', 'open'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 60 }), async (events) => {
      const stand = createStand({ random: 0.5 });
      let notBefore = 0;
      const comers: Promise<void>[] = [];
      const early: number[] = [];
      for (const { at, what } of events) {
        stand.clock.at(at, () => {
          if (what === 'open') stand.gate.open();
          else if (what === 'come' || what === 'change')
            comers.push(
              stand.come(what, what === 'come' ? 'read' : 'change').then(() => {
                if (stand.clock.now() < notBefore) early.push(stand.clock.now());
              }),
            );
          else {
            const retryAfter = what === 'close' ? undefined : 30_000;
            stand.gate.close(retryAfter, at);
            notBefore = Math.max(notBefore, at + (retryAfter ?? 0));
          }
        });
      }
      await stand.clock.run(stand.clock.sleep(MINUTE));
      await stand.clock.run(Promise.all(comers));
      expect(early).toEqual([]);
      expect(stand.passages.every(({ passed }) => passed)).toBe(true);
    }),
  );
});
