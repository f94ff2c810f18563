import { describe, expect, test } from '@jest/globals';
import { ageOf, mayBeNewer, newestFirst } from '../../../src/snapshots/age.ts';

describe('the age', () => {
  test.each([
    ['since its creation', 1000, 4000, 3000],
    ['of one made this instant', 1000, 1000, 0],
    ['of one without a readable time is unknown', null, 4000, null],
    ['of one made within the second that the API tells', 4999, 4000, 0],
    ['of one from the future is unknown', 5000, 4000, null],
    ['without the API’s time is unknown', 1000, null, null],
  ])('%s', (_name, created, now, age) => {
    expect(ageOf({ created }, now)).toBe(age);
  });
});

describe('another snapshot may be newer', () => {
  test.each([
    ['a later time', 2000, 1000, true],
    ['an equal time', 1000, 1000, true],
    ['an earlier time', 999, 1000, false],
    ['its time is unreadable', null, 1000, true],
    ['my time is unreadable', 1, null, true],
    ['both are unreadable', null, null, true],
  ])('%s', (_name, other, mine, newer) => {
    expect(mayBeNewer({ created: other }, { created: mine })).toBe(newer);
  });
});

test('the newest comes first, and what has no time counts as newest', () => {
  const times = [5, null, 9, 1, null].map((created) => ({ created }));
  expect(times.toSorted(newestFirst).map(({ created }) => created)).toEqual([null, null, 9, 5, 1]);
});
