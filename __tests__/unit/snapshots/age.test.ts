import { describe, expect, test } from '@jest/globals';
import { ageOf, DAY, isDead, mayBeNewer, newestFirst } from '../../../src/snapshots/age.ts';
import { NOW } from './samples.ts';

describe('the age', () => {
  test.each([
    ['since its creation', 1000, 4000, 3000],
    ['of one made this instant', 1000, 1000, 0],
    ['of one without a readable time is unknown', null, 4000, null],
    ['of one made within the second that the API tells', 4999, 4000, 0],
    ['of one from the future is unknown', 5000, 4000, null],
    ['without the API’s time is unknown', 1000, null, null],
    ['without the API’s time is unknown since 1970 too', 0, null, null],
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
    ['my time is unreadable, and the other is from before 1970', -1, null, true],
  ])('%s', (_name, other, mine, newer) => {
    expect(mayBeNewer({ created: other }, { created: mine })).toBe(newer);
  });
});

test('the newest comes first, and what has no time counts as newest', () => {
  const times = [5, null, 9, 1, null].map((created) => ({ created }));
  expect(times.toSorted(newestFirst).map(({ created }) => created)).toEqual([null, null, 9, 5, 1]);
});

test('two without a readable time are equally new', () => {
  expect(newestFirst({ created: null }, { created: null })).toBe(0);
});

describe('a snapshot is dead', () => {
  test.each<[string, string, number | null, boolean]>([
    ['in progress for more than a day', 'in_progress', DAY + 1, true],
    ['not in progress for exactly a day', 'in_progress', DAY, false],
    ['not in progress for a minute', 'in_progress', 60_000, false],
    ['not in progress for a time that nobody knows', 'in_progress', null, false],
    ['not in progress since a time in the future', 'in_progress', -DAY, false],
    ['not without a status, however old: it may be complete', '', DAY + 1, false],
    ['being deleted, however new', 'deleting', 0, true],
    ['being deleted since a time that nobody knows', 'pending_deletion', null, true],
    ['not completed, however old', 'completed', 90 * DAY, false],
    ['not failed, however old', 'failed', 90 * DAY, false],
    ['not deleted: that is a failure', 'deleted', 90 * DAY, false],
  ])('%s', (_name, status, age, dead) => {
    expect(isDead({ status, created: age === null ? null : NOW - age }, NOW)).toBe(dead);
  });

  test('not while the API’s time is unknown', () => {
    expect(isDead({ status: 'in_progress', created: 0 }, null)).toBe(false);
    expect(isDead({ status: 'deleting', created: 0 }, null)).toBe(true);
  });
});
