import { describe, expect, test } from '@jest/globals';
import { fails } from '../test-deps.ts';
import { UNREADABLE, type PowerServerScript } from './power-server.ts';
import { start, type Options } from './start-stand.ts';

describe('a server that was stopped is up again', () => {
  interface Row extends PowerServerScript {
    readonly name: string;
    readonly options?: Options;
    /** The second at which this is known. */
    readonly up: number;
    readonly requests: readonly string[];
  }

  test.each<Row>([
    {
      name: 'after one start and two reads in a row',
      shown: [[0, 'stopped']],
      boots: 10,
      up: 15,
      requests: ['0 start while stopped: taken'],
    },
    {
      name: 'not by one stale read after the stop: it gets a start at once, and another one when it shows stopped',
      shown: [
        [0, 'active'],
        [3, 'stopped'],
      ],
      boots: 10,
      up: 45,
      requests: ['0 start while active: 400', '30 start while stopped: taken'],
    },
    {
      name: 'not by active and stopped in turn: two reads in a row count',
      shown: [
        [0, 'stopped'],
        [3, 'active'],
        [6, 'stopped'],
        [9, 'active'],
      ],
      up: 12,
      requests: ['0 start while stopped: taken'],
    },
    {
      name: 'where the stop shows only after 70 s',
      options: { wasSeen: false },
      shown: [
        [0, 'active'],
        [70, 'stopped'],
      ],
      boots: 10,
      up: 87,
      requests: [
        '0 start while active: 400',
        '30 start while active: 400',
        '60 start while active: 400',
        '72 start while stopped: taken',
      ],
    },
    {
      name: 'where an accepted start came before the stop took effect: that one counts for nothing',
      options: { wasSeen: false },
      shown: [
        [0, 'active'],
        [9, 'stopped'],
      ],
      answer: () => null,
      boots: 10,
      up: 24,
      requests: ['0 start while active: taken', '9 start while stopped: taken'],
    },
    {
      name: 'where the stop never shows: six minutes after it was taken, with a start each 30 s',
      options: { wasSeen: false },
      shown: [[0, 'active']],
      up: 360,
      requests: Array.from({ length: 12 }, (_, n) => `${n * 30} start while active: 400`),
    },
    {
      name: 'where it was taken long ago and never showed: after a minute',
      options: { wasSeen: false, stoppedFor: 1000 },
      shown: [[0, 'active']],
      up: 63,
      requests: ['0 start while active: 400', '30 start while active: 400', '60 start while active: 400'],
    },
    {
      name: 'where it was taken 5 min 30 s ago: the longer of both',
      options: { wasSeen: false, stoppedFor: 330 },
      shown: [[0, 'active']],
      up: 63,
      requests: ['0 start while active: 400', '30 start while active: 400', '60 start while active: 400'],
    },
    {
      name: 'where a minute of active was interrupted: it begins anew',
      options: { wasSeen: false, stoppedFor: 1000 },
      shown: [
        [0, 'active'],
        [45, 'rebooting'],
        [51, 'active'],
      ],
      up: 111,
      requests: [
        '0 start while active: 400',
        '30 start while active: 400',
        '60 start while active: 400',
        '90 start while active: 400',
      ],
    },
    {
      name: 'after an unknown word that stood for 30 s',
      shown: [[0, 'off']],
      boots: 10,
      up: 45,
      requests: ['30 start while off: taken'],
    },
    {
      name: 'after words that changed: none of them gets a start',
      shown: [
        [0, 'stopping'],
        [20, 'shutting_down'],
        [40, 'stopping'],
        [60, 'stopped'],
      ],
      boots: 10,
      up: 75,
      requests: ['60 start while stopped: taken'],
    },
    {
      name: 'after minutes in which nothing could be read: a start is sent anyway',
      shown: [
        [0, UNREADABLE],
        [100, 'active'],
      ],
      up: 103,
      requests: [
        '15 start while unreadable: taken',
        '51 start while unreadable: taken',
        '87 start while unreadable: taken',
      ],
    },
    {
      name: 'after starts that were refused: again each 15 s, whatever the refusal',
      shown: [[0, 'stopped']],
      answer: ({ n }) =>
        [fails('http', 409), fails('http', 403), fails('proxy'), fails('reset')][n - 1] ?? null,
      boots: 10,
      up: 75,
      requests: [
        '0 start while stopped: 409',
        '15 start while stopped: 403',
        '30 start while stopped: proxy',
        '45 start while stopped: reset',
        '60 start while stopped: taken',
      ],
    },
    {
      name: 'after a start that was taken and did nothing: again each 30 s',
      shown: [
        [0, 'stopped'],
        [65, 'active'],
      ],
      up: 69,
      requests: [
        '0 start while stopped: taken',
        '30 start while stopped: taken',
        '60 start while stopped: taken',
      ],
    },
    {
      name: 'also where a start of an active server is taken',
      shown: [[0, 'active']],
      answer: () => null,
      up: 6,
      requests: ['0 start while active: taken'],
    },
    {
      name: 'also where it is refused as a conflict',
      shown: [[0, 'active']],
      answer: () => fails('http', 409),
      up: 6,
      requests: ['0 start while active: 409'],
    },
    {
      name: 'after a restore: nothing is started while that writes',
      shown: [
        [0, 'restoring'],
        [400, 'stopped'],
      ],
      boots: 10,
      up: 420,
      requests: ['405 start while stopped: taken'],
    },
    {
      name: 'after a restore in which nothing could be read: nothing is started then either',
      shown: [
        [0, 'restoring'],
        [100, UNREADABLE],
        [200, 'restoring'],
        [300, 'stopped'],
      ],
      boots: 10,
      up: 320,
      requests: ['305 start while stopped: taken'],
    },
    {
      name: 'where a restore has stopped it: active for 15 s, as after one that ends active',
      options: { isOfRestore: true },
      shown: [[0, 'stopped']],
      boots: 10,
      up: 27,
      requests: ['0 start while stopped: taken'],
    },
  ])('$name', async ({ name: _name, options, up, requests, ...script }) => {
    const started = await start(script, options);
    expect(started.requests).toEqual(requests);
    expect(started.end).toBe(up);
  });
});
