import { describe, expect, test } from '@jest/globals';
import { CancelledError } from '../../../../src/actions/common/errors.ts';
import { fails, MINUTE, SECOND, serverOf } from '../test-deps.ts';
import { request, TAKEN, type Script } from './request-stand.ts';

describe('a restore that the API takes', () => {
  test('is requested once, reported at once, and not watched here', async () => {
    const { restore, sent, reported, reads, lists, at } = await request({});
    expect(restore).toMatchObject({
      stage: 'requested',
      mismatch: null,
      restoration: { request: 'accepted', isAnnounced: true, isSentTwice: false, hasStarted: false },
    });
    expect([sent, reported, reads, lists, at]).toEqual([[0], [0], [], [], 0]);
  });

  test('is announced only where the answer says that the server is restoring', async () => {
    const { restore } = await request({ answers: [{ ...TAKEN, serverStatus: 'active' }] });
    expect(restore).toMatchObject({ restoration: { request: 'accepted', isAnnounced: false } });
  });

  test.each([
    [{ snapshotId: '802' }, 'VPS.org says it restores snapshot 802 of server 12345'],
    [{ server: { id: '99', uuid: null, name: null } }, 'VPS.org says it restores snapshot 801 of server 99'],
    [
      { snapshotId: '802', server: { id: null, uuid: 'u-9', name: null } },
      'VPS.org says it restores snapshot 802 of server u-9',
    ],
  ])('is an error of its own where the answer names something else: %j', async (fields, said) => {
    const { restore } = await request({ answers: [{ ...TAKEN, ...fields }] });
    expect(restore).toMatchObject({ mismatch: `${said}, which is not what was requested` });
  });

  test.each([
    ['nothing', { snapshotId: null, server: { id: null, uuid: null, name: null } }],
    ['another of its ids', { server: { id: 'u-1', uuid: null, name: null } }],
    ['an id that the API said just before', { server: { id: null, uuid: 'u-9', name: null } }],
  ])('is the right one where the answer names %s', async (_name, fields) => {
    const { restore } = await request({
      answers: [{ ...TAKEN, ...fields }],
      before: serverOf('active', { uuid: 'u-9' }),
    });
    expect(restore).toMatchObject({ mismatch: null });
  });
});

describe('before each request', () => {
  test('the checks are read again where they are older than 15 s, and else not', async () => {
    const fresh = await request({ readAgo: 15 });
    expect([fresh.lists, fresh.reads]).toEqual([[], []]);
    const old = await request({ readAgo: 16 });
    expect([old.lists, old.reads, old.sent]).toEqual([[0], [0], [0]]);
  });

  test('and before each repeated one: what stands against it by then ends it, with what the API said', async () => {
    const { restore, sent, lists } = await request({
      answers: [fails('http', 409)],
      refusals: [[20, 'a newer snapshot is on the server']],
    });
    expect([sent, lists]).toEqual([[0, 15], [30]]);
    expect(restore).toMatchObject({
      stage: 'refused',
      reason: `a newer snapshot is on the server; before that VPS.org refused the request: ${fails('http', 409).message}`,
    });
  });

  test('no more than 15 s lie between what was checked and the request, also where it waits for its turn', async () => {
    const { sendBys } = await request({ readAgo: 4, answers: [fails('http', 409), TAKEN] });
    expect(sendBys).toEqual([11, 30]);
  });

  test('so that one whose turn comes later is checked again first, for as long as there is time', async () => {
    const late = fails('deadline');
    const answers = [...Array<Error>(10).fill(late), TAKEN];
    const { restore, sent, lists, lines, records } = await request({ answers });
    expect(restore).toMatchObject({ stage: 'requested', restoration: { request: 'accepted' } });
    expect(sent).toEqual([0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30]);
    expect(lists).toEqual([18]);
    // It was not refused, and nothing of it is left in the job's record.
    expect(lines.join()).not.toContain('not taken');
    expect(records.slice(0, 2)).toEqual(['saved 12345,u-1', 'withdrawn 12345,u-1']);
    const {
      restore: never,
      sent: tries,
      lines: heard,
    } = await request({ answers: [late], until: 2 * MINUTE });
    // None as late as the end of the budget, and it is heard of all the time.
    expect(tries.at(-1)).toBe(117);
    expect(heard.join('\n')).toMatch(/Still restoring .*: web: waiting until the API takes requests again/);
    expect(never).toMatchObject({
      stage: 'refused',
      reason: `the request could not be sent: ${late.message}`,
    });
  });

  test('the server has come to rest', async () => {
    const { sent, restore } = await request({
      before: serverOf('rebooting'),
      shown: [
        [0, 'rebooting'],
        [40, 'active'],
      ],
    });
    expect(sent).toEqual([42]);
    expect(restore).toMatchObject({ stage: 'requested', serverStatus: 'active' });
  });

  test('or is in a state that nobody knows, for two minutes', async () => {
    const { sent } = await request({ before: serverOf('hibernating'), shown: [[0, 'hibernating']] });
    expect(sent).toEqual([120]);
  });

  test('a server that does not come to rest is not restored', async () => {
    const words = Array.from(
      { length: 20 },
      (_, n) => [n * 60, n % 2 === 0 ? 'starting' : 'stopping'] as const,
    );
    const { restore, sent } = await request({
      before: serverOf('starting'),
      shown: words,
      until: 5 * MINUTE,
    });
    expect(sent).toEqual([]);
    expect(restore).toMatchObject({
      stage: 'refused',
      reason: "the server did not come to rest; it is 'starting'",
    });
  });

  test('nor one that somebody else restores meanwhile', async () => {
    const { restore, sent } = await request({
      before: serverOf('rebooting'),
      shown: [
        [0, 'rebooting'],
        [10, 'restoring'],
      ],
      refusals: [[10, 'the server is already being restored']],
    });
    expect(sent).toEqual([]);
    expect(restore).toMatchObject({ stage: 'refused', reason: 'the server is already being restored' });
  });
});

describe('what the job knows of its restores', () => {
  test.each<[string, Script, readonly string[]]>([
    ['is saved before the request', {}, ['saved 12345,u-1']],
    [
      'is saved by each id that the API says',
      { before: serverOf('active', { uuid: 'u-9' }) },
      ['saved 12345,u-1,u-9'],
    ],
    [
      'is withdrawn after a certain refusal',
      { answers: [fails('http', 403)] },
      ['saved 12345,u-1', 'withdrawn 12345,u-1'],
    ],
    ['stays after an unclear answer', { answers: [fails('reset')], until: 1 }, ['saved 12345,u-1']],
    [
      'stays after a refusal where an earlier step has restored the server',
      { answers: [fails('http', 403)], records: { has: () => true } },
      ['saved 12345,u-1'],
    ],
  ])('%s', async (_name, script, records) => {
    expect((await request(script)).records).toEqual(records);
  });

  test('that cannot be written is a warning, and the restore goes on', async () => {
    const { restore, lines } = await request({
      records: {
        save: () => {
          throw new Error('no space left');
        },
      },
    });
    expect(restore).toMatchObject({ stage: 'requested' });
    expect(lines.join('\n')).toMatch(/^0 Restore not recorded: web: .*no space left/m);
  });
});

describe('a cancel', () => {
  test('in the pause before a repeated request ends it', async () => {
    const { error, sent, at } = await request({ answers: [fails('http', 409)], cancelAt: 20 * SECOND });
    expect([error, sent, at]).toEqual([new CancelledError(), [0, 15], 20]);
  });
});

test('a mistake in the request is passed on as it is', async () => {
  const bug = new TypeError('a bug');
  expect((await request({ answers: [bug] })).error).toBe(bug);
});
