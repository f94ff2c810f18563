import { expect, test } from '@jest/globals';
import { costOf, DOCUMENTED, pollingOf } from '../../../../bench/polling.ts';

/** What the adaptive schedule is for; `npm run bench` shows the numbers for all spans and schedules. */

const OURS = pollingOf('this action');

test('in the documented time it sends no more requests than one every 5 s, and sees a completion no later', () => {
  const [ours, constant] = [costOf(OURS, DOCUMENTED), costOf(pollingOf('every 5 s'), DOCUMENTED)];
  expect(ours.requests).toBeLessThanOrEqual(constant.requests);
  expect(ours.delay).toBeLessThanOrEqual(constant.delay);
});

test('what ends within a minute is seen within 2 s on average', () => {
  expect(costOf(OURS, [10, 60]).delay).toBeLessThanOrEqual(2);
});

test('before, within and after it a completion is never seen later than 15 s, and a poll is never sooner than 3 s', () => {
  for (let elapsed = 0; elapsed < 3_600_000; elapsed += 500) {
    expect(OURS.pause(elapsed, 1)).toBeGreaterThanOrEqual(3000);
    expect(OURS.pause(elapsed, 1)).toBeLessThanOrEqual(15_000);
  }
});
