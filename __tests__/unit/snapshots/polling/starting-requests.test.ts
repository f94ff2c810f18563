import { describe, expect, test } from '@jest/globals';
import { wantsStart } from '../../../../src/snapshots/polling/starting.ts';
import { after, REFUSED, SCHEDULE, TAKEN, type Event } from './starting-stand.ts';

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
