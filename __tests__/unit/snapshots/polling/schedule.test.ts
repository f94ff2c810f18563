import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  BUDGETS,
  createSchedule,
  hasStood,
  SPANS,
  stand,
} from '../../../../src/snapshots/polling/schedule.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

describe('the adaptive pauses', () => {
  const schedule = createSchedule(null, false);

  test.each([
    ['snapshot', 'at once', 0, 3],
    ['snapshot', 'after half a minute: still the shortest', 30 * SECOND, 3],
    ['snapshot', 'after a minute: a tenth of it', MINUTE, 6],
    ['snapshot', 'after 2 minutes', 2 * MINUTE, 12],
    ['snapshot', 'after 150 s: the longest', 150 * SECOND, 15],
    ['snapshot', 'just before 3 minutes', 3 * MINUTE - 1, 15],
    ['snapshot', 'from 3 minutes on', 3 * MINUTE, 4.75],
    ['snapshot', 'just before 10 minutes', 10 * MINUTE - 1, 4.75],
    ['snapshot', 'from 10 minutes on', 10 * MINUTE, 15],
    ['snapshot', 'after an hour', 60 * MINUTE, 15],
    ['restore', 'at once', 0, 3],
    ['restore', 'after a minute', MINUTE, 6],
    ['restore', 'just before 5 minutes', 5 * MINUTE - 1, 15],
    ['restore', 'from 5 minutes on', 5 * MINUTE, 4.75],
    ['restore', 'just before 15 minutes', 15 * MINUTE - 1, 4.75],
    ['restore', 'from 15 minutes on', 15 * MINUTE, 15],
  ] as const)('of a %s %s', (kind, _name, elapsed, seconds) => {
    expect(schedule.work(kind, elapsed)).toBe(seconds * SECOND);
  });

  test('when uncertain, between health checks and between refused requests', () => {
    expect(schedule).toMatchObject({
      fastPoll: 3 * SECOND,
      health: 5 * SECOND,
      resend: 15 * SECOND,
      scale: 1,
    });
  });
});

describe('a poll_interval', () => {
  test('is the pause of all work and between health checks', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 36 * 24 * 60 * MINUTE }),
        fc.boolean(),
        fc.constantFrom('snapshot' as const, 'restore' as const),
        fc.nat(),
        (interval, isLoopback, kind, elapsed) => {
          const schedule = createSchedule(interval, isLoopback);
          expect([schedule.work(kind, elapsed), schedule.health]).toEqual([interval, interval]);
        },
      ),
    );
  });

  test.each([
    ['a short one holds while something is uncertain', SECOND, SECOND],
    ['a long one does not: a short state would be missed', MINUTE, 4 * SECOND],
    ['4 s are the longest', 4 * SECOND, 4 * SECOND],
  ])('%s', (_name, interval, fastPoll) => {
    expect(createSchedule(interval, false).fastPoll).toBe(fastPoll);
  });
});

describe('spans and pauses', () => {
  test.each([
    ['no poll_interval, any address', null, false, 1],
    ['no poll_interval, this machine', null, true, 1],
    ['1 s, any address', SECOND, false, 1],
    ['a minute, any address', MINUTE, false, 1],
    ['3 s, this machine', 3 * SECOND, true, 1],
    ['a minute, this machine: longer they never get', MINUTE, true, 1],
    ['1.5 s, this machine', 1.5 * SECOND, true, 1 / 2],
    ['100 ms, this machine', 100, true, 1 / 30],
  ])('%s', (_name, interval, isLoopback, scale) => {
    const schedule = createSchedule(interval, isLoopback);
    for (const name of Object.keys(SPANS) as (keyof typeof SPANS)[])
      expect(schedule.span(name)).toBeCloseTo(SPANS[name] * scale, 6);
    expect(schedule.resend).toBeCloseTo(15 * SECOND * scale, 6);
    expect(schedule.backoff(2, 0.5)).toBeCloseTo(2 * SECOND * scale, 6);
    expect(schedule.scale).toBeCloseTo(scale, 10);
  });

  test.each([
    ['refusal', 60],
    ['firstRefusal', 3],
    ['gone', 30],
    ['notListed', 120],
    ['wrongId', 120],
    ['restoreStart', 120],
    ['unclearRestore', 60],
    ['restoreEnd', 15],
    ['uncertainRestoreEnd', 90],
    ['unseenRestore', 900],
    ['badRequest', 120],
    ['unknownWord', 120],
    ['rotation', 60],
    ['startAgain', 30],
    ['activeAgain', 60],
    ['lateStop', 360],
    ['deletion', 60],
    ['sharedRead', 20],
    ['freshness', 15],
  ] as const)('%s: %d s', (name, seconds) => {
    expect(createSchedule(null, false).span(name)).toBe(seconds * SECOND);
  });

  test('no other span is known', () => {
    expect(Object.keys(SPANS)).toHaveLength(19);
  });
});

test('budgets are what they are, whatever poll_interval says', () => {
  expect(BUDGETS).toEqual({
    beforeChange: 2 * MINUTE,
    stop: 5 * MINUTE,
    start: 15 * MINUTE,
    undo: 30 * MINUTE,
    cleanUp: 5 * MINUTE,
    afterCancel: 4 * MINUTE,
  });
  // A schedule is what scales, and it holds none of them.
  expect(Object.keys(createSchedule(100, true)).filter((name) => name in BUDGETS)).toEqual([]);
});

test('the pause before a retry doubles up to 20 s, with full jitter', () => {
  const { backoff } = createSchedule(null, false);
  expect([0, 1, 2, 3, 4, 5, 50].map((tries) => backoff(tries, 1))).toEqual(
    [1, 2, 4, 8, 16, 20, 20].map((seconds) => seconds * SECOND),
  );
  expect([backoff(4, 0), backoff(4, 0.25)]).toEqual([0, 4 * SECOND]);
});

describe('something has stood', () => {
  const after = (...seconds: readonly number[]): boolean => {
    let standing = null;
    for (const second of seconds) standing = stand(standing, second * SECOND);
    return hasStood(standing, 15 * SECOND);
  };

  test.each([
    ['15 s in four reads', [0, 5, 10, 15], true],
    ['15 s in many reads', [0, 3, 6, 9, 12, 15], true],
    ['not 15 s in three reads', [0, 7, 15], false],
    ['not four reads in less', [0, 5, 10, 14.9], false],
    ['not in no read', [], false],
  ])('%s', (_name, seconds, expected) => {
    expect(after(...seconds)).toBe(expected);
  });
});
