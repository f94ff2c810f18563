import { describe, expect, test } from '@jest/globals';
import { CancelledError, FailedError } from '../../../../src/actions/common/errors.ts';
import type { VpsError } from '../../../../src/vps/errors.ts';
import { fails, MINUTE, SECOND } from '../test-deps.ts';
import { UNREADABLE, type PowerServerScript } from './power-server.ts';
import { start, type Options } from './start-stand.ts';

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

  test('reports the first start, each other refusal once, and the end', async () => {
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

  test('reports two refusals that come in turn once each', async () => {
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
