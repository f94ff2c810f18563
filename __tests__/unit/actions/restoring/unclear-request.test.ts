import { describe, expect, test } from '@jest/globals';
import { CancelledError } from '../../../../src/actions/common/errors.ts';
import { fails, MINUTE, SECOND, serverOf } from '../test-deps.ts';
import { request, TAKEN, type Script } from './request-stand.ts';

const LOST = fails('reset');

describe('after an answer that was lost', () => {
  interface Row extends Script {
    readonly name: string;
    readonly sent: readonly number[];
    /** How many reads of the server a second request rested on. */
    readonly reads: number;
    readonly sawRestoring?: boolean;
    readonly notAgain?: string;
  }

  test.each<Row>([
    {
      name: 'the server stays as it was for 60 s: sent once more',
      sent: [0, 60],
      reads: 21,
    },
    {
      name: 'restoring: taken',
      shown: [
        [0, 'active'],
        [3, 'restoring'],
      ],
      sent: [0],
      reads: 2,
      sawRestoring: true,
    },
    {
      name: 'restoring at the last read: taken',
      shown: [
        [0, 'active'],
        [60, 'restoring'],
      ],
      sent: [0],
      reads: 21,
      sawRestoring: true,
    },
    {
      name: 'another status: something happened, which confirms nothing and forbids a second request',
      shown: [
        [0, 'active'],
        [3, 'stopped'],
      ],
      sent: [0],
      reads: 2,
    },
    {
      name: 'another updated_at: the same',
      shown: [
        [0, 'active'],
        [3, serverOf('active', { updatedAt: 'after' })],
      ],
      sent: [0],
      reads: 2,
    },
    {
      name: 'an updated_at that went: the same',
      shown: [
        [0, 'active'],
        [3, serverOf('active', { updatedAt: null })],
      ],
      sent: [0],
      reads: 2,
    },
    {
      name: 'no updated_at before: nobody can tell',
      before: serverOf('active', { updatedAt: null }),
      shown: [[0, serverOf('active', { updatedAt: null })]],
      sent: [0],
      reads: 1,
    },
    { name: 'nobody read the server before', before: null, sent: [0], reads: 0 },
    {
      name: 'a server that cannot be read: not sent again',
      shown: [[0, fails('http', 403)]],
      sent: [0],
      // The first one twice: after the list, which does not show it either.
      reads: 42,
    },
    {
      name: 'an outage, and then the server as it was: it still has its 60 s',
      shown: [
        [0, fails('timeout')],
        [30, 'active'],
      ],
      sent: [0, 90],
      reads: 31,
    },
    {
      name: 'an outage in the minute: what stood before it is not a minute',
      shown: [
        [0, 'active'],
        [50, fails('timeout')],
        [119, 'active'],
      ],
      until: 121 * SECOND,
      sent: [0],
      reads: 41,
    },
    {
      name: 'restarting for a second, which only a list that was read for another server shows: the same',
      shown: [
        [0, 'active'],
        [4, 'rebooting'],
        [5, 'active'],
      ],
      readForOther: [4, 5],
      sent: [0],
      reads: 4,
    },
    {
      name: 'restoring for a second, in such a list: taken',
      shown: [
        [0, 'active'],
        [4, 'restoring'],
        [5, 'active'],
      ],
      readForOther: [4, 5],
      sent: [0],
      reads: 4,
      sawRestoring: true,
    },
    {
      name: 'nothing but the server as it was, in such lists, too: sent once more',
      readForOther: [4, 5, 20],
      sent: [0, 60],
      reads: 22,
    },
    { name: 'no time is left at all', until: 0, sent: [0], reads: 1 },
    { name: 'the time ends before the 60 s', until: 30 * SECOND, sent: [0], reads: 11 },
    {
      name: 'something newer is on the server by then: not sent again',
      refusals: [[50, 'a newer snapshot is on the server']],
      sent: [0],
      reads: 21,
      notAgain: 'a newer snapshot is on the server',
    },
    {
      name: 'something newer that nobody marked is on the server by then: not sent again either',
      warnings: [[50, ['a newer snapshot that this action did not make is on the server']]],
      sent: [0],
      reads: 21,
      notAgain: 'a newer snapshot that this action did not make is on the server',
    },
  ])('$name', async ({ name: _name, sent, reads, sawRestoring = false, notAgain, ...script }) => {
    const requested = await request({ answers: [LOST, TAKEN], ...script });
    expect(requested.sent).toEqual(sent);
    expect(requested.reads).toHaveLength(reads);
    const isTwice = sent.length > 1;
    expect(requested.restore).toMatchObject({
      stage: 'requested',
      restoration: { request: isTwice ? 'accepted' : 'unclear', isSentTwice: isTwice, sawRestoring },
    });
    // A person who would restore by hand has to know it.
    expect(requested.restore).toMatchObject(notAgain === undefined ? {} : { notAgain });
    // "Requested" is reported with each request, at once.
    expect(requested.reported).toEqual(sent);
  });

  test.each([
    ['a 502', fails('http', 502)],
    ['a time-out', fails('timeout')],
    ['an answer that cannot be read', fails('malformed', 200)],
    ['no word of success', { ...TAKEN, status: '' }],
    ['a 200 that says error', { ...TAKEN, status: 'error' }],
  ])('so is it after %s', async (_name, answer) => {
    const { restore, sent } = await request({ answers: [answer, TAKEN], shown: [[0, 'stopped']] });
    expect(restore).toMatchObject({ stage: 'requested', restoration: { request: 'unclear' } });
    expect(sent).toEqual([0]);
  });

  test('the second request is lost as well: never a third, and two may be under way', async () => {
    const { restore, sent, lines } = await request({ answers: [LOST, LOST, TAKEN] });
    expect(restore).toMatchObject({
      stage: 'requested',
      restoration: { request: 'unclear', isSentTwice: true },
    });
    expect(sent).toEqual([0, 60]);
    expect(lines.at(-1)).toBe(`60 web: restore requested twice, not confirmed: ${LOST.message}`);
  });

  test('the API asks to wait for longer than 60 s: the second request waits for that, too', async () => {
    const { sent, reads } = await request({
      answers: [fails('http', 503, { retryAfter: 200 * SECOND }), TAKEN],
    });
    expect(sent).toEqual([0, 201]);
    expect(reads).toHaveLength(68);
  });

  test('and is not sent where the budget ends before', async () => {
    const busy = fails('http', 503, { retryAfter: 200 * SECOND });
    const { sent, at } = await request({ answers: [busy, TAKEN], until: 100 * SECOND });
    expect([sent, at]).toEqual([[0], 100]);
  });

  test('the turn of the second request comes too late: the server is watched and checked once more', async () => {
    const { restore, sent } = await request({ answers: [LOST, fails('deadline'), TAKEN] });
    expect(restore).toMatchObject({ restoration: { request: 'accepted', isSentTwice: true } });
    expect(sent).toEqual([0, 60, 120]);
  });

  test.each([
    ['refused', fails('http', 400)],
    ['refused for the moment', fails('http', 409)],
    ['not even sent', fails('refused')],
  ])(
    'the second request is %s: never a third, and only the first may be under way',
    async (_name, second) => {
      const { restore, sent, lines } = await request({ answers: [LOST, second, TAKEN] });
      expect(restore).toMatchObject({
        stage: 'requested',
        restoration: { request: 'unclear', isSentTwice: false, requestedAt: 0 },
      });
      expect(sent).toEqual([0, 60]);
      expect(lines.at(-1)).toBe(
        `60 web: the second request was not accepted, so only the first one may be under way: ${second.message}`,
      );
    },
  );

  test.each([
    ['', 'none'],
    ['queued', 'queued'],
  ])('a 200 that says %j is named by its status', async (status, said) => {
    const { lines } = await request({ answers: [{ ...TAKEN, status }], until: 1 });
    expect(lines).toContain(
      `0 web: restore requested, not confirmed: the API answered with the status '${said}'`,
    );
  });

  test('it is said at once that nobody knows', async () => {
    const { lines } = await request({ answers: [LOST], until: 10 * SECOND });
    expect(lines).toContain(`0 web: restore requested, not confirmed: ${LOST.message}`);
  });

  test('a cancel ends the reads', async () => {
    const { error, at, sent } = await request({ answers: [LOST], cancelAt: 4 * SECOND, until: 5 * MINUTE });
    expect([error, at, sent]).toEqual([new CancelledError(), 4, [0]]);
  });

  test('a mistake in a read is passed on as it is', async () => {
    const bug = new TypeError('a bug');
    expect((await request({ answers: [LOST], shown: [[0, bug]] })).error).toBe(bug);
  });
});
