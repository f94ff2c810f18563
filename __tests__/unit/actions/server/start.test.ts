import { describe, expect, test } from '@jest/globals';
import { CancelledError, FailedError } from '../../../../src/actions/common/errors.ts';
import { startServer } from '../../../../src/actions/server/start.ts';
import type { VpsError } from '../../../../src/vps/errors.ts';
import { createTestDeps, fails, MINUTE, outcomeOf, SECOND, type TestDeps } from '../test-deps.ts';
import { createPowerServer, UNREADABLE, type PowerServer, type PowerServerScript } from './power-server.ts';

interface Options {
  /** `stopped` was seen before the start. */
  readonly wasSeen?: boolean;
  readonly isOfRestore?: boolean;
  /** Seconds since the API took the stop. */
  readonly stoppedFor?: number;
  readonly until?: number;
  readonly cancelAt?: number;
}

interface Started {
  /** The second at which the server was known to be up, or what was thrown. */
  readonly end: unknown;
  readonly requests: readonly string[];
  readonly lines: readonly string[];
}

async function start(script: PowerServerScript, options: Options = {}): Promise<Started> {
  const { wasSeen = true, isOfRestore = false, stoppedFor = 0, until = 15 * MINUTE, cancelAt } = options;
  const server: PowerServer = createPowerServer(() => stand.clock, script);
  const stand: TestDeps = createTestDeps({ api: server.api, until, cancelAt });
  const stop = { wasSeen, isOfRestore, acceptedAt: -stoppedFor * SECOND };
  const { error, at } = await outcomeOf(
    stand.clock,
    startServer({ id: '12345', label: 'web' }, stand.deps, stop),
  );
  return { end: error ?? at / SECOND, requests: server.requests, lines: stand.lines };
}

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

describe('a server that is not seen up', () => {
  interface Row extends PowerServerScript {
    readonly name: string;
    readonly options?: Options;
    readonly says: string;
  }

  test.each<Row>([
    {
      name: 'stays stopped, and every start is refused',
      shown: [[0, 'stopped']],
      answer: () => fails('http', 403),
      says: 'web: the server is STOPPED: no start was accepted. START IT BY HAND in the panel of VPS.org if it is stopped.',
    },
    {
      name: 'stays stopped after accepted starts',
      shown: [[0, 'stopped']],
      says: 'web: the server is STOPPED: a start was requested and accepted, and it was not seen up in time. START IT BY HAND in the panel of VPS.org if it is stopped.',
    },
    {
      name: 'cannot be read any more',
      shown: [[0, UNREADABLE]],
      says: 'web: the server is in an unknown state: a start was requested and accepted, and it was not seen up in time. START IT BY HAND in the panel of VPS.org if it is stopped.',
    },
    {
      name: 'is being restored all the time: no start was sent',
      shown: [[0, 'restoring']],
      says: "web: the server is 'restoring': no start was accepted. START IT BY HAND in the panel of VPS.org if it is stopped.",
    },
    {
      name: 'is active, and the stop may still take effect when the budget is over',
      options: { wasSeen: false, until: 4 * MINUTE },
      shown: [[0, 'active']],
      says: "web: the server is 'active': a start was requested and accepted, and it was not seen up in time; the stop that this step requested may still take effect. START IT BY HAND in the panel of VPS.org if it is stopped.",
    },
  ])('$name', async ({ name: _name, options, says, ...script }) => {
    const { end } = await start(script, options);
    expect(end).toBeInstanceOf(FailedError);
    expect(end).toMatchObject({ title: 'Server not started', message: says });
  });

  test('the last refusal is the cause, and else why it could not be read', async () => {
    const refused = await start({ shown: [[0, 'stopped']], answer: () => fails('http', 403) });
    expect(refused.end).toMatchObject({ cause: { status: 403 } });
    const unread = await start({ shown: [[0, UNREADABLE]] });
    expect(unread.end).toMatchObject({ cause: { kind: 'timeout' } });
    expect((await start({ shown: [[0, 'stopped']] })).end).not.toHaveProperty('cause');
  });

  test('a start is tried for the whole budget', async () => {
    const { requests } = await start({ shown: [[0, 'stopped']], answer: () => fails('http', 423) });
    expect(requests).toHaveLength(61);
    expect(requests.at(-1)).toBe('900 start while stopped: 423');
  });
});

test('a cancel ends it', async () => {
  const { end, requests } = await start({ shown: [[0, 'stopped']] }, { cancelAt: 40 * SECOND });
  expect(end).toEqual(new CancelledError());
  expect(requests).toEqual(['0 start while stopped: taken', '30 start while stopped: taken']);
});

test('a mistake is passed on as it is', async () => {
  const bug = new TypeError('a bug');
  const { end } = await start({
    shown: [[0, 'stopped']],
    answer: () => {
      throw bug;
    },
  });
  expect(end).toBe(bug);
});

describe('the log', () => {
  test.each([401, 403, 404, 405])(
    'warns once, and early, of a start that is refused again and again with %i',
    async (status) => {
      const { lines } = await start({ shown: [[0, 'stopped']], answer: () => fails('http', status) });
      const warnings = lines.filter((line) => line.includes('START IT BY HAND'));
      expect(warnings).toEqual([
        `15 Server not started yet: web: VPS.org refuses the start, and it is tried again. START IT BY HAND in the panel of VPS.org if it is stopped. ${fails('http', status).message}`,
      ]);
    },
  );

  test.each<[string, (n: number) => VpsError | null]>([
    ['one that is refused once', (n) => (n === 1 ? fails('http', 403) : null)],
    ['one that is refused for the moment', () => fails('http', 409)],
    ['refusals that do not follow each other', (n) => fails('http', n % 2 === 0 ? 409 : 403)],
  ])('does not warn of %s', async (_name, answer) => {
    const { lines } = await start({ shown: [[0, 'stopped']], answer: ({ n }) => answer(n) });
    expect(lines.join()).not.toContain('START IT BY HAND');
  });

  test('tells of the first start, of each other refusal once, and of the end', async () => {
    const { lines } = await start({
      shown: [[0, 'stopped']],
      answer: ({ n }) => (n <= 2 ? fails('http', 409) : n <= 4 ? fails('http', 423) : null),
      boots: 5,
    });
    const failed = (status: number): string =>
      `web: the start request failed, trying again: ${fails('http', status).message}`;
    expect(lines.filter((line) => !line.includes('Still waiting'))).toEqual([
      '0 web: starting the server',
      `0 ${failed(409)}`,
      `30 ${failed(423)}`,
      '69 web: the server is active',
    ]);
  });

  test('tells of two refusals that come in turn once each', async () => {
    const { lines } = await start({
      shown: [[0, 'stopped']],
      answer: ({ n }) => fails('http', n % 2 === 0 ? 409 : 403),
    });
    expect(lines.filter((line) => line.includes('trying again'))).toHaveLength(2);
  });

  test('does not call it a failure that an active server is not started', async () => {
    const { lines } = await start({ shown: [[0, 'active']] });
    expect(lines).toEqual(['0 web: starting the server', '6 web: the server is active']);
  });
});
