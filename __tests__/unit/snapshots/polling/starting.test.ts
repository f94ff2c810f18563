import { describe, expect, test } from '@jest/globals';
import { createSchedule } from '../../../../src/snapshots/polling/schedule.ts';
import {
  beginStart,
  isUp,
  mayStillStop,
  noteStart,
  observeStart,
  wantsStart,
  type Starting,
} from '../../../../src/snapshots/polling/starting.ts';

const SCHEDULE = createSchedule(null, false);

/** A read of the server, `null` for one without an answer, or a start that was taken or refused. */
type Event = readonly [seconds: number, what: string | null];
const TAKEN = '<start taken>';
const REFUSED = '<start refused>';

/** The clock when the stop was taken. */
const START = 1e7;

/** What is known after these events, counted from the stop. */
function after(
  events: readonly Event[],
  wasSeen = false,
  isOfRestore = false,
): { readonly state: Starting; readonly now: number } {
  let state = beginStart({ wasSeen, acceptedAt: START, isOfRestore }, START);
  let now = START;
  for (const [seconds, what] of events) {
    now = START + seconds * 1000;
    if (what === TAKEN || what === REFUSED) state = noteStart(state, what === TAKEN, now);
    // What a server says that cannot be read is unknown.
    else state = what === null ? { ...state, word: null } : observeStart(state, what, now);
  }
  return { state, now };
}

/** `active` every 3 s. */
const activeFrom = (from: number, to: number): Event[] =>
  Array.from({ length: Math.floor((to - from) / 3) + 1 }, (_, n) => [from + 3 * n, 'active']);

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

describe('a start is sent', () => {
  test.each<[string, boolean, readonly Event[], boolean]>([
    ['at stopped', true, [[0, 'stopped']], true],
    ['where nothing could be read', true, [], true],
    ['at an active of which nobody knows whether it is stale', true, [[0, 'active']], true],
    [
      'not where that is known',
      true,
      [
        [0, TAKEN],
        [40, 'active'],
      ],
      false,
    ],
    [
      'where stopped was never seen, again and again',
      false,
      [
        [0, TAKEN],
        [30, 'active'],
      ],
      true,
    ],
    [
      'not within 30 s of one that was taken',
      false,
      [
        [0, TAKEN],
        [29, 'active'],
      ],
      false,
    ],
    [
      'at stopped neither',
      true,
      [
        [0, TAKEN],
        [29, 'stopped'],
      ],
      false,
    ],
    [
      'after that',
      true,
      [
        [0, TAKEN],
        [30, 'stopped'],
      ],
      true,
    ],
    [
      'not within 15 s of one that was refused',
      true,
      [
        [0, REFUSED],
        [14, 'stopped'],
      ],
      false,
    ],
    [
      'after that, too',
      true,
      [
        [0, REFUSED],
        [15, 'stopped'],
      ],
      true,
    ],
    [
      'at once where stopped shows for the first time',
      false,
      [
        [0, TAKEN],
        [3, 'active'],
        [9, 'stopped'],
      ],
      true,
    ],
    [
      'never while a restore writes',
      true,
      [
        [0, 'restoring'],
        [600, 'restoring'],
      ],
      false,
    ],
    ['not at a word that has just come', true, [[0, 'off']], false],
    [
      'nor before it has stood for 30 s',
      true,
      [
        [0, 'off'],
        [29, 'off'],
      ],
      false,
    ],
    [
      'at a word that has stood for 30 s',
      true,
      [
        [0, 'off'],
        [30, 'off'],
      ],
      true,
    ],
    [
      'not where the words change',
      true,
      [
        [0, 'off'],
        [20, 'stopping'],
        [40, 'off'],
        [60, 'stopping'],
      ],
      false,
    ],
    [
      'at no status at all that has stood',
      true,
      [
        [0, ''],
        [30, ''],
      ],
      true,
    ],
    [
      'not at a word that an unanswered read interrupts',
      true,
      [
        [0, 'off'],
        [15, null],
        [30, 'off'],
      ],
      false,
    ],
    [
      'where nothing can be read any more',
      true,
      [
        [0, 'off'],
        [3, null],
      ],
      true,
    ],
    [
      'but not after a restore was seen',
      true,
      [
        [0, 'restoring'],
        [3, null],
      ],
      false,
    ],
    [
      'nor long after it',
      true,
      [
        [0, 'restoring'],
        [600, null],
      ],
      false,
    ],
    [
      'not at one stopped after it: that may be a stale read',
      true,
      [
        [0, 'restoring'],
        [3, 'stopped'],
      ],
      false,
    ],
    [
      'at two of them in a row',
      true,
      [
        [0, 'restoring'],
        [3, 'stopped'],
        [6, 'stopped'],
      ],
      true,
    ],
    [
      'not at two of them apart',
      true,
      [
        [0, 'restoring'],
        [3, 'stopped'],
        [6, null],
        [9, 'stopped'],
      ],
      false,
    ],
    [
      'not at an active just after it',
      true,
      [
        [0, 'restoring'],
        [3, 'active'],
        [17, 'active'],
      ],
      false,
    ],
    [
      'at an active that has stood for 15 s',
      true,
      [
        [0, 'restoring'],
        [3, 'active'],
        [18, 'active'],
      ],
      true,
    ],
  ])('%s: %s', (_name, wasSeen, events, expected) => {
    const { state, now } = after(events, wasSeen);
    expect(wantsStart(state, now, SCHEDULE)).toBe(expected);
  });
});

describe('a stop may still take effect', () => {
  test.each<[string, boolean, readonly Event[], boolean]>([
    ['for six minutes where stopped was never seen', false, [[359, 'active']], true],
    ['not longer', false, [[360, 'active']], false],
    ['not where stopped was seen', false, [[3, 'stopped']], false],
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
  const at = <T>(judge: (of: Starting, now: number, schedule: typeof fast) => T, ...times: number[]): T[] =>
    times.map((ms) => judge(state, START + ms, fast));
  expect(at(isUp, 35_900, 36_000)).toEqual([false, true]);
  expect(at(wantsStart, 2900, 3000)).toEqual([false, true]);
  expect(at(mayStillStop, 35_900, 36_000)).toEqual([true, false]);
});
