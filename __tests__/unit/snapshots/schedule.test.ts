import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createSchedule, POLL_LIMITS } from '../../../src/snapshots/schedule.ts';

const MINUTE = 60_000;

describe('the adaptive pauses', () => {
  const schedule = createSchedule(null);

  test.each([
    ['snapshot', 'at once', 0, 15_000],
    ['snapshot', 'just before 3 minutes', 3 * MINUTE - 1, 15_000],
    ['snapshot', 'from 3 minutes on', 3 * MINUTE, 4000],
    ['snapshot', 'just before 10 minutes', 10 * MINUTE - 1, 4000],
    ['snapshot', 'from 10 minutes on', 10 * MINUTE, 15_000],
    ['snapshot', 'after an hour', 60 * MINUTE, 15_000],
    ['restore', 'at once', 0, 15_000],
    ['restore', 'just before 5 minutes', 5 * MINUTE - 1, 15_000],
    ['restore', 'from 5 minutes on', 5 * MINUTE, 4000],
    ['restore', 'just before 15 minutes', 15 * MINUTE - 1, 4000],
    ['restore', 'from 15 minutes on', 15 * MINUTE, 15_000],
  ] as const)('of a %s %s', (kind, _name, elapsed, pause) => {
    expect(schedule.work(kind, elapsed)).toBe(pause);
  });

  test('in doubt, between health checks and between retries', () => {
    expect(schedule).toMatchObject({ fastPoll: 3000, health: 5000, retry: null });
  });
});

test('a poll_interval stands for every pause', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 100 }),
      fc.constantFrom('snapshot' as const, 'restore' as const),
      fc.nat(),
      (interval, kind, elapsed) => {
        const schedule = createSchedule(interval);
        expect(schedule.work(kind, elapsed)).toBe(interval);
        expect(schedule).toMatchObject({ fastPoll: interval, health: interval, retry: interval });
      },
    ),
  );
});

describe('spans as looks in doubt, 3 s apart', () => {
  test.each([
    ['gone', 'a snapshot that was listed before', 30],
    ['neverListed', 'a snapshot that was accepted', 120],
    ['begin', 'a restore that does not begin', 120],
    ['unclearRestore', 'an unclear answer to a restore', 60],
    ['slowCreate', 'an unclear create after a time-out', 60],
    ['stillActive', 'a stop request without an answer', 30],
    ['slotFreed', 'a slot that was freed', 60],
    ['unclearCreate', 'an unclear create', 15],
  ] as const)('%s: %s', (name, _meaning, seconds) => {
    expect(POLL_LIMITS[name] * createSchedule(null).fastPoll).toBe(seconds * 1000);
  });
});
