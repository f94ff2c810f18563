import { describe, expect, test } from '@jest/globals';
import type { VpsError } from '../../../../src/vps/errors.ts';
import { fails, listOf, MINUTE, snapshotOf } from '../test-deps.ts';
import { request, TAKEN, type Script } from './request-stand.ts';

describe('a restore that the API refuses', () => {
  const MOMENTARY: readonly VpsError[] = [
    fails('http', 409),
    fails('http', 423),
    fails('http', 429),
    fails('http', 400),
    fails('http', 403, { isHtml: true }),
    fails('http', 404, { isHtml: true }),
    fails('refused'),
    fails('unresolved'),
    fails('connect_timeout'),
    fails('handshake'),
    fails('proxy'),
  ];
  test.each(MOMENTARY.map((error) => [error.message, error] as const))(
    'for the moment is requested again after 15 s: %s',
    async (_message, error) => {
      const { restore, sent, reported } = await request({ answers: [error, error, TAKEN] });
      expect(restore).toMatchObject({ stage: 'requested', restoration: { request: 'accepted' } });
      expect([sent, reported]).toEqual([[0, 15, 30], [30]]);
    },
  );

  const FINAL: readonly (readonly [VpsError, RegExp])[] = [
    [fails('http', 401), /^VPS\.org refused the request: /],
    [fails('http', 403), /^VPS\.org refused the request: /],
    [fails('http', 405), /^VPS\.org refused the request: /],
    [fails('http', 422), /^VPS\.org refused the request: /],
    [fails('http', 307), /^the request was not carried out: /],
    [fails('unsafe_id'), /^the request could not be sent: /],
  ];
  test.each(FINAL.map(([error, reason]) => [error.message, error, reason] as const))(
    'for good is not requested again: %s',
    async (_message, error, reason) => {
      const { restore, sent, reported } = await request({ answers: [error] });
      expect(restore).toMatchObject({ stage: 'refused', byHand: 'restore', wasSent: true });
      expect(restore).toHaveProperty('reason', expect.stringMatching(reason));
      expect([sent, reported]).toEqual([[0], []]);
    },
  );

  interface Row extends Script {
    readonly name: string;
    readonly sent: readonly number[];
    readonly stage: string;
    readonly reason?: RegExp;
  }
  const BAD = fails('http', 400);
  const every15 = (to: number): number[] => Array.from({ length: to / 15 + 1 }, (_, n) => n * 15);

  test.each<Row>([
    {
      name: 'a 400 that has stood for two minutes at rest is meant',
      answers: [BAD],
      sent: every15(120),
      stage: 'refused',
      reason: /^VPS\.org refused the request: .*400/,
    },
    {
      name: 'a 400 stands anew when the state of the server has changed',
      answers: [BAD],
      shown: [
        [0, 'active'],
        [61, 'stopped'],
      ],
      // Read every 30 s: what is 15 s old serves, too.
      sent: every15(210),
      stage: 'refused',
    },
    {
      name: 'a 400 stands anew after another refusal',
      answers: [...Array<Error>(8).fill(BAD), fails('http', 409), BAD],
      sent: every15(255),
      stage: 'refused',
    },
    {
      name: 'any other refusal of the moment lasts to the end of the budget, and the last one is reported',
      answers: [...Array<Error>(10).fill(fails('http', 423)), fails('http', 409)],
      until: 5 * MINUTE,
      sent: every15(285),
      stage: 'refused',
      reason: /^VPS\.org refused the request: .*409/,
    },
    {
      name: 'a 404 is final when a complete list does not show the snapshot',
      answers: [fails('http', 404)],
      listed: [[0, listOf([])]],
      refusals: [[0, 'it is not in the list']],
      sent: [0],
      stage: 'refused',
      reason: /^the snapshot is gone: /,
    },
    {
      name: 'a 404 is not believed while a list shows it',
      answers: [fails('http', 404), TAKEN],
      sent: [0, 15],
      stage: 'requested',
    },
    {
      name: 'nor where the list is incomplete, which is waited for',
      answers: [fails('http', 404), TAKEN],
      listed: [
        [0, listOf([], { complete: false })],
        [10, listOf([snapshotOf('801')])],
      ],
      refusals: [
        [0, 'the list is incomplete'],
        [10, null],
      ],
      sent: [0, 27],
      stage: 'requested',
    },
    {
      name: 'a 404 does not say that it is gone where something else stands against it',
      answers: [fails('http', 404)],
      refusals: [[0, 'a newer snapshot is on the server']],
      sent: [0, 15],
      stage: 'refused',
      reason: /^a newer snapshot is on the server; before that VPS\.org refused the request: /,
    },
    {
      name: 'nor a 404 that a proxy answered, whatever the list shows meanwhile',
      answers: [fails('http', 404, { isHtml: true }), TAKEN],
      listed: [
        [0, listOf([])],
        [10, listOf([snapshotOf('801')])],
      ],
      refusals: [
        [0, 'it is not in the list'],
        [10, null],
      ],
      sent: [0, 15],
      stage: 'requested',
    },
  ])('$name', async ({ name: _name, sent, stage, reason = /^/, ...script }) => {
    const requested = await request(script);
    expect(requested.sent).toEqual(sent);
    expect(requested.restore).toMatchObject({ stage });
    expect((requested.restore as { reason?: string }).reason ?? '').toMatch(reason);
  });

  test('of which nobody knows it any more was sent, and leaves looking for it', async () => {
    const { restore, listed } = await request({
      answers: [fails('http', 404)],
      listed: [[0, listOf([])]],
      refusals: [[0, 'it is not in the list']],
    });
    expect(restore).toMatchObject({ stage: 'refused', byHand: 'find', wasSent: true });
    // Read again, of this server alone.
    expect(listed).toEqual(['12345']);
  });

  test('says so once for each reason', async () => {
    const { lines } = await request({
      answers: [fails('http', 409), fails('http', 409), fails('http', 423), TAKEN],
    });
    const said = lines.filter((line) => line.includes('the restore is not taken yet; it is requested again'));
    expect(said.map((line) => /answered with (\d+)/.exec(line)?.[1])).toEqual(['409', '423']);
  });

  test('and then cannot be requested any more was sent', async () => {
    const { restore } = await request({
      answers: [fails('http', 409)],
      refusals: [[20, 'a newer snapshot is on the server']],
    });
    expect(restore).toMatchObject({ stage: 'refused', wasSent: true });
  });

  test('is heard of all the time', async () => {
    const { lines } = await request({ answers: [fails('http', 409)], until: 5 * MINUTE });
    expect(lines.filter((line) => line.includes('Still restoring')).length).toBeGreaterThan(2);
  });
});
