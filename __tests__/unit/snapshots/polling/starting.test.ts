import { describe, expect, test } from '@jest/globals';
import { createSchedule } from '../../../../src/snapshots/polling/schedule.ts';
import { isUp, mayStillStop, wantsStart, type Starting } from '../../../../src/snapshots/polling/starting.ts';
import { activeFrom, after, REFUSED, SCHEDULE, START, TAKEN, type Event } from './starting-stand.ts';

describe('a server is up again', () => {
  test.each<[string, boolean, readonly Event[], boolean]>([
    ['not without a start', true, activeFrom(0, 600), false],
    ['not after a start that was refused', true, [[0, REFUSED], ...activeFrom(3, 600)], false],
    ['not by one read after an accepted start', true, [[0, TAKEN], ...activeFrom(3, 3)], false],
    ['by two reads after an accepted start', true, [[0, TAKEN], ...activeFrom(3, 6)], true],
    [
      'not while it says another word',
      true,
      [
        [0, TAKEN],
        [3, 'starting'],
      ],
      false,
    ],
    [
      'by two in a row',
      true,
      [
        [0, TAKEN],
        [3, 'active'],
        [6, 'starting'],
        [9, 'active'],
      ],
      false,
    ],
    [
      'an unanswered read between them is none',
      true,
      [
        [0, TAKEN],
        [3, 'active'],
        [6, null],
        [9, 'active'],
      ],
      true,
    ],
    [
      'reads before the start count for nothing',
      true,
      [
        [0, 'active'],
        [0, TAKEN],
        [3, 'active'],
      ],
      false,
    ],
    [
      'reads before a second start do count',
      true,
      [
        [0, TAKEN],
        [3, 'active'],
        [4, TAKEN],
        [6, 'active'],
      ],
      true,
    ],
    ['not by two reads where stopped was never seen', false, [[0, TAKEN], ...activeFrom(3, 6)], false],
    [
      'nor by a minute of them within six minutes of the stop',
      false,
      [[0, TAKEN], ...activeFrom(3, 357)],
      false,
    ],
    ['by a minute of them at six minutes', false, [[0, TAKEN], ...activeFrom(3, 360)], true],
    ['by a minute of them later', false, [[400, TAKEN], ...activeFrom(403, 463)], true],
    ['not by less than a minute', false, [[400, TAKEN], ...activeFrom(403, 460)], false],
    [
      'not by a minute that rests on three reads',
      false,
      [
        [400, TAKEN],
        [403, 'active'],
        [430, 'active'],
        [463, 'active'],
      ],
      false,
    ],
    [
      'stopped that is seen late: two reads after a start after that',
      false,
      [
        [0, TAKEN],
        [3, 'active'],
        [70, 'stopped'],
        [70, TAKEN],
        [80, 'active'],
        [83, 'active'],
      ],
      true,
    ],
    [
      'and a start before that counts for nothing',
      false,
      [
        [0, TAKEN],
        [3, 'active'],
        [70, 'stopped'],
        [80, 'active'],
        [83, 'active'],
      ],
      false,
    ],
  ])('%s', (_name, wasSeen, events, expected) => {
    const { state, now } = after(events, wasSeen);
    expect(isUp(state, now, SCHEDULE)).toBe(expected);
  });
});

describe('a stop may still take effect', () => {
  test.each<[string, boolean, readonly Event[], boolean]>([
    ['for six minutes where stopped was never seen', false, [[359, 'active']], true],
    ['not longer', false, [[360, 'active']], false],
    ['still where stopped was seen once: that read may be stale', false, [[3, 'stopped']], true],
    [
      'not where stopped was seen twice in a row',
      false,
      [
        [3, 'stopped'],
        [6, 'stopped'],
      ],
      false,
    ],
    [
      'not where a start was taken after stopped',
      false,
      [
        [3, 'stopped'],
        [3, TAKEN],
        [6, 'active'],
      ],
      false,
    ],
    [
      'still where a start was refused after it, and another was taken while it said active',
      false,
      [
        [3, 'stopped'],
        [3, REFUSED],
        [6, 'active'],
        [18, TAKEN],
        [21, 'active'],
        [24, 'active'],
      ],
      true,
    ],
    ['before this process neither', true, [[3, 'active']], false],
  ])('%s: %s', (_name, wasSeen, events, expected) => {
    const { state, now } = after(events, wasSeen);
    expect(mayStillStop(state, now, SCHEDULE)).toBe(expected);
  });
});

describe('a server that a restore has stopped is up again', () => {
  test.each<[string, readonly Event[], boolean]>([
    ['not by two reads', [[0, TAKEN], ...activeFrom(3, 6)], false],
    ['nor by less than 15 s of them', [[0, TAKEN], ...activeFrom(3, 15)], false],
    ['by 15 s of them', [[0, TAKEN], ...activeFrom(3, 18)], true],
    ['not without a start', activeFrom(3, 60), false],
  ])('%s: %s', (_name, events, expected) => {
    const { state, now } = after(events, true, true);
    expect(isUp(state, now, SCHEDULE)).toBe(expected);
  });
});

test('all spans shrink for an API on this machine', () => {
  const fast = createSchedule(300, true);
  const { state } = after([[0, TAKEN], ...activeFrom(3, 12)]);
  // A tenth of 60 s and of 6 minutes.
  const at = <T>(decide: (of: Starting, now: number, schedule: typeof fast) => T, ...times: number[]): T[] =>
    times.map((ms) => decide(state, START + ms, fast));
  expect(at(isUp, 35_900, 36_000)).toEqual([false, true]);
  expect(at(wantsStart, 2900, 3000)).toEqual([false, true]);
  expect(at(mayStillStop, 35_900, 36_000)).toEqual([true, false]);
});
