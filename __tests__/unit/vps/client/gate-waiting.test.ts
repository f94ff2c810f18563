import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createStand, crowd } from './gate-stand.ts';
import { MINUTE } from './scripted-client.ts';

describe('whoever waits', () => {
  test('for 95 s is reported at least every 10 s', async () => {
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
      await Promise.all([stand.come('second'), stand.come('third', 'read', stand.clock.now() + 12_000)]);
    });
    const [first, third, second] = stand.passages;
    expect([third?.name, third?.passed, (third?.at ?? 0) - (first?.at ?? 0)]).toEqual([
      'third',
      false,
      12_000,
    ]);
    expect([second?.name, second?.passed]).toEqual(['second', true]);
  });

  test('is sent away by a cancel, and nobody comes through after it', async () => {
    const stand = createStand();
    stand.gate.close(40_000, 0);
    stand.clock.at(7000, () => stand.cancelled.abort());
    await stand.clock.run(Promise.all(crowd(stand, 3)));
    await stand.clock.run(stand.come('later'));
    expect(stand.passages.map(({ at, passed }) => `${at} ${passed}`)).toEqual(Array(4).fill('7000 false'));
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
