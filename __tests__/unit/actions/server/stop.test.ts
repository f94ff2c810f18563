import { describe, expect, test } from '@jest/globals';
import { FailedError } from '../../../../src/actions/common/errors.ts';
import { isStoppedByUs } from '../../../../src/actions/server/stop.ts';
import type { PowerRecord } from '../../../../src/github/state.ts';
import { fails } from '../test-deps.ts';
import { UNREADABLE, type PowerServerScript } from './power-server.ts';
import { stop } from './stop-stand.ts';

describe('stopping a server', () => {
  interface Row extends PowerServerScript {
    readonly name: string;
    readonly cancelAt?: number;
    /** The title and part of the message of what is thrown, or that it is stopped. */
    readonly end: RegExp;
    readonly at: number;
    readonly requests: readonly string[];
    readonly saved: readonly string[];
  }
  const TAKEN = ['0 stop while active: taken'];

  test.each<Row>([
    {
      name: 'that runs: what is asked for is saved before and after it counts',
      shown: [
        [0, 'active'],
        [20, 'stopped'],
      ],
      end: /^stopped$/,
      at: 24,
      requests: TAKEN,
      saved: ['0 active: requested 0', '0 active: accepted 0', '24 active: confirmed 24'],
    },
    {
      name: 'that is stopped already: it stays so, and nothing is asked for',
      shown: [[0, 'stopped']],
      end: /^stopped$/,
      at: 0,
      requests: [],
      saved: ['0 stopped: none'],
    },
    {
      name: 'that reboots: when it has come to rest',
      shown: [
        [0, 'rebooting'],
        [60, 'active'],
        [70, 'stopped'],
      ],
      end: /^stopped$/,
      at: 75,
      requests: ['60 stop while active: taken'],
      saved: ['60 active: requested 60', '60 active: accepted 60', '75 active: confirmed 75'],
    },
    {
      name: 'that takes four minutes for it: one word that stands is no reason to give up within the budget',
      shown: [
        [0, 'rebooting'],
        [240, 'active'],
        [250, 'stopped'],
      ],
      end: /^stopped$/,
      at: 255,
      requests: ['240 stop while active: taken'],
      saved: ['240 active: requested 240', '240 active: accepted 240', '255 active: confirmed 255'],
    },
    {
      name: 'that never rests: not at all',
      shown: [[0, 'rebooting']],
      end: /^Server not stopped: web: the server is 'rebooting', neither active nor stopped, so it is not stopped for a snapshot\. Nothing was changed/,
      at: 300,
      requests: [],
      saved: [],
    },
    {
      name: 'that says nothing of its state: not at all',
      shown: [[0, '']],
      end: /^Server not stopped: web: the server is 'without a status', neither/,
      at: 300,
      requests: [],
      saved: [],
    },
    {
      name: 'that is suspended: not at all',
      shown: [[0, 'suspended']],
      end: /^Server not stopped: web: the server is 'suspended', neither active nor stopped/,
      at: 0,
      requests: [],
      saved: [],
    },
    {
      name: 'that cannot be read: not at all',
      shown: [[0, UNREADABLE]],
      end: /^Server not stopped: web: 'stop_server' needs to read the server's state, which failed; nothing was stopped, and no snapshot was made\. Look at the server/,
      at: 300,
      requests: [],
      saved: [],
    },
    {
      name: 'that the token may not stop: reported at once, and nothing was done',
      shown: [[0, 'active']],
      answer: () => fails('http', 403),
      end: /^Server not stopped: web: the server was not stopped: VPS\.org did not accept the request\. No snapshot was made\. Give the token the permission to read, stop and start/,
      at: 0,
      requests: ['0 stop while active: 403'],
      saved: ['0 active: requested 0', '0 active: none'],
    },
    {
      name: 'where there is no such call: reported at once',
      shown: [[0, 'active']],
      answer: () => fails('http', 404),
      end: /VPS\.org does not know this server or this call \(the power call is not in its documentation\)/,
      at: 0,
      requests: ['0 stop while active: 404'],
      saved: ['0 active: requested 0', '0 active: none'],
    },
    {
      name: 'where the request is redirected: reported at once',
      shown: [[0, 'active']],
      answer: () => fails('http', 307),
      end: /VPS\.org did not accept the request\. No snapshot was made\. Look at the server in the panel/,
      at: 0,
      requests: ['0 stop while active: 307'],
      saved: ['0 active: requested 0', '0 active: none'],
    },
    {
      name: 'that rests and is refused as a bad request: reported at once',
      shown: [[0, 'active']],
      answer: () => fails('http', 400),
      end: /VPS\.org did not accept the request/,
      at: 0,
      requests: ['0 stop while active: 400'],
      saved: ['0 active: requested 0', '0 active: none'],
    },
    {
      name: 'that cannot be read, and is refused as a bad request: reported, since nothing shows that it will pass',
      shown: [
        [0, 'active'],
        [0.5, UNREADABLE],
      ],
      latency: 1,
      answer: () => fails('http', 400),
      end: /VPS\.org did not accept the request/,
      at: 300,
      requests: ['0 stop while active: 400'],
      saved: ['0 active: requested 0', '1 active: none'],
    },
    {
      name: 'that does not rest any more and is refused as a bad request: again each 15 s',
      shown: [
        [0, 'active'],
        [0.5, 'rebooting'],
        [40, 'active'],
        [55, 'stopped'],
      ],
      latency: 1,
      answer: ({ n }) => (n <= 3 ? fails('http', 400) : null),
      end: /^stopped$/,
      at: 58,
      requests: [
        '0 stop while active: 400',
        '16 stop while rebooting: 400',
        '32 stop while rebooting: 400',
        '48 stop while active: taken',
      ],
      saved: [
        '0 active: requested 0',
        '1 active: none',
        '16 active: requested 16',
        '17 active: none',
        '32 active: requested 32',
        '33 active: none',
        '48 active: requested 48',
        '49 active: accepted 49',
        '58 active: confirmed 58',
      ],
    },
    ...[fails('http', 409), fails('http', 403, { isHtml: true })].map((refusal): Row => ({
      name: `that is refused for the moment, ${refusal.isHtml ? 'by a proxy' : refusal.status}: again each 15 s`,
      shown: [
        [0, 'active'],
        [20, 'stopped'],
      ],
      answer: ({ n }) => (n === 1 ? refusal : null),
      end: /^stopped$/,
      at: 24,
      requests: [`0 stop while active: ${refusal.status}`, '15 stop while active: taken'],
      saved: [
        '0 active: requested 0',
        '0 active: none',
        '15 active: requested 15',
        '15 active: accepted 15',
        '24 active: confirmed 24',
      ],
    })),
    {
      name: 'whose answer is lost: it may have been taken, and is not asked for again',
      shown: [
        [0, 'active'],
        [20, 'stopped'],
      ],
      answer: () => fails('http', 502),
      end: /^stopped$/,
      at: 24,
      requests: ['0 stop while active: 502'],
      saved: ['0 active: requested 0', '24 active: confirmed 24'],
    },
    {
      name: 'that goes down slowly, and cannot be read meanwhile',
      shown: [
        [0, 'active'],
        [10, UNREADABLE],
        [100, 'stopping'],
        [280, 'stopped'],
      ],
      end: /^stopped$/,
      at: 283,
      requests: TAKEN,
      saved: ['0 active: requested 0', '0 active: accepted 0', '283 active: confirmed 283'],
    },
    {
      name: 'that is not seen stopped in five minutes: its caller starts it again',
      shown: [[0, 'active']],
      end: /^Server not stopped: web: a stop was requested, and the server was not seen stopped within 5m\. No snapshot was made, and a start is requested now/,
      at: 300,
      requests: TAKEN,
      saved: ['0 active: requested 0', '0 active: accepted 0'],
    },
  ])('$name', async ({ name: _name, cancelAt, end, at, requests, saved, ...script }) => {
    const stopped = await stop(script, cancelAt === undefined ? {} : { cancelAt });
    const ended =
      stopped.end instanceof FailedError ? `${stopped.end.title}: ${stopped.end.message}` : stopped.end;
    expect(ended).toMatch(end);
    expect(stopped.requests).toEqual(requests);
    expect(stopped.saved).toEqual(saved);
    expect(stopped.at).toBe(at);
  });

  test('is refused for the moment for five minutes: then reported, with the last reason', async () => {
    const { end, at, requests, saved, lines } = await stop({
      shown: [[0, 'active']],
      answer: () => fails('http', 409),
    });
    expect(end).toMatchObject({ title: 'Server not stopped', cause: { status: 409 } });
    expect([at, requests.length, saved.at(-1)]).toEqual([285, 20, '285 active: none']);
    // Heard of all the time, with the reason first.
    expect(lines.filter((line) => line.includes('not taken yet'))).toEqual([
      expect.stringMatching(/^0 web: the stop is not taken yet: .* 409/),
    ]);
    expect(lines.filter((line) => line.includes('Still waiting')).length).toBeGreaterThan(2);
  });
});

test('what the server says first is passed on, and the log says what is done', async () => {
  const { read, lines } = await stop({
    shown: [
      [0, 'active'],
      [100, 'stopped'],
    ],
  });
  expect(read).toEqual(['active']);
  expect(lines.filter((line) => !line.includes('Still waiting'))).toEqual([
    '0 web: stopping the server',
    '105 web: the server is stopped',
  ]);
  expect(lines.join('\n')).toMatch(/Still waiting until the server is stopped after .*: web: 'active'$/m);
  expect((await stop({ shown: [[0, 'stopped']] })).lines).toEqual([
    '0 web: the server is already stopped and stays stopped',
  ]);
});

test.each<[Partial<PowerRecord> | null, boolean]>([
  [{}, true],
  [{ stop: 'requested' }, true],
  [{ stop: 'confirmed' }, true],
  [{ stop: 'none' }, false],
  [{ started: true }, false],
  [{ found: 'stopped' }, false],
  [null, false],
])('main stopped a server, and has not seen it up again, where %j is saved: %s', (fields, expected) => {
  const record: PowerRecord = { found: 'active', stop: 'accepted', stopAcceptedAt: 0, started: false };
  expect(isStoppedByUs(fields && { ...record, ...fields })).toBe(expected);
});
