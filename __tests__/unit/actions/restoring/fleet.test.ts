import { describe, expect, test } from '@jest/globals';
import type { RestoreCheck } from '../../../../src/snapshots/interlocks.ts';
import { fails, SECOND } from '../test-deps.ts';
import { run, type Ran } from './fleet-stand.ts';

const refuse = (isOfServerAlone: boolean): Partial<RestoreCheck> => ({
  refusals: [{ reason: 'a reason', isOfServerAlone }],
});
const ends = ({ restores }: Ran): string[] => restores.map(({ stage }) => stage);

describe('several servers', () => {
  test('are checked, requested at once, and seen to their ends', async () => {
    const ran = await run({ servers: [1, 2] });
    expect([ends(ran), ran.sent]).toEqual([
      ['restored', 'restored'],
      ['801 0', '802 0'],
    ]);
    expect(ran.reported.at(-1)).toBe('requested,requested');
  });

  test('are waited for only until their own ends: the heartbeat leaves out whichever has ended', async () => {
    const shows = (server: number, second: number): string =>
      second > 0 && second < server * 100 ? 'restoring' : 'active';
    const { lines } = await run({ servers: [1, 2], shows });
    const beats = lines.filter((line) => line.includes('Still restoring'));
    const named = beats.map((line) => line.match(/\bs\d(?=:)/g)?.join(' and '));
    expect(new Set(named)).toEqual(new Set(['s1 and s2', 's2']));
    expect(named.at(-1)).toBe('s2');
  });

  test('are read with one list for all of them', async () => {
    expect((await run({ servers: [1, 2] })).lists).toEqual(['all 0']);
    expect((await run({ servers: [1] })).lists).toEqual(['1 0']);
  });

  test('with one for each where the list for all is incomplete', async () => {
    const { lists } = await run({ servers: [1, 2], isPartial: true });
    expect(lists).toEqual(['all 0', '1 0', '2 0']);
  });

  test.each([
    ['all are held back by one that is refused', false, ['refused', 'refused'], []],
    ['but not by what says something about that one alone', true, ['refused', 'restored'], ['802 0']],
  ])('%s', async (_name, alone, stages, sent) => {
    const ran = await run({
      servers: [1, 2],
      refuses: ({ snapshotId }) => (snapshotId === '801' ? refuse(alone) : {}),
    });
    expect([ends(ran), ran.sent]).toEqual([stages, sent]);
  });

  test('that are held back say by which', async () => {
    const { restores } = await run({
      servers: [1, 2],
      refuses: ({ snapshotId }) => (snapshotId === '801' ? refuse(false) : {}),
    });
    expect(restores[1]).toMatchObject({
      stage: 'refused',
      reason: expect.stringMatching(/^the restore of s1 is refused/),
      isOfServerAlone: false,
      byHand: 'restore',
    });
  });
});

describe('health', () => {
  const healthUrls = ['https://app.example/up'];

  test('is asked once, when all restores have ended, and said of what is up', async () => {
    const ran = await run({ servers: [1, 2], options: { healthUrls } });
    expect(ran.restores).toMatchObject([{ health: { ok: true } }, { health: { ok: true } }]);
    expect(ran.sent.filter((line) => line.startsWith('health'))).toEqual([`health ${ran.at}`]);
  });

  test('is not asked where no server is up', async () => {
    const ran = await run({ options: { healthUrls }, refuses: () => refuse(false) });
    expect([ends(ran), ran.sent]).toEqual([['refused'], []]);
  });

  test('is said of no server that is not up', async () => {
    const ran = await run({
      servers: [1, 2],
      options: { healthUrls },
      refuses: ({ snapshotId }) => (snapshotId === '801' ? refuse(true) : {}),
    });
    expect(ran.restores[0]).not.toHaveProperty('health');
    expect(ran.restores[1]).toMatchObject({ stage: 'restored', health: { ok: true } });
  });

  test('is said of no server that stays stopped, as it was', async () => {
    const ran = await run({
      servers: [1, 2],
      target: { startIfStopped: false },
      options: { healthUrls },
      shows: (server, second) =>
        second > 0 && second < 60 ? 'restoring' : server === 1 ? 'stopped' : 'active',
    });
    expect(ran.restores).toMatchObject([
      { stage: 'restored', serverStatus: 'stopped', health: null },
      { stage: 'restored', serverStatus: 'active', health: { ok: true } },
    ]);
  });

  test('that a cancel ends leaves the restore confirmed', async () => {
    const { restores } = await run({ options: { healthUrls }, health: 503, cancelAt: 120 * SECOND });
    expect(restores).toMatchObject([
      { stage: 'restored', health: { ok: false, reason: 'The job was cancelled' } },
    ]);
  });

  test.each([
    ['the server is read again', (): string => 'error', 'error'],
    [
      'what was seen last is reported where the server cannot be read any more',
      (): Error => fails('http', 503),
      'active',
    ],
  ])('that fails: %s', async (_name, later, serverStatus) => {
    const shows = (_server: number, second: number): string | Error =>
      second > 10 * 60 ? later() : second > 0 && second < 60 ? 'restoring' : 'active';
    const { restores } = await run({ options: { healthUrls }, health: 503, shows });
    expect(restores).toMatchObject([{ stage: 'restored', serverStatus, health: { ok: false } }]);
  });

  test('that cannot be asked has failed', async () => {
    const { restores } = await run({ options: { healthUrls }, health: new TypeError('a bug') });
    expect(restores).toMatchObject([{ stage: 'restored', health: { ok: false } }]);
  });
});

describe('a mistake in the code', () => {
  const bug = new TypeError('a bug');

  test('before the request is a refusal', async () => {
    const { restores } = await run({ answers: () => bug });
    expect(restores).toMatchObject([
      { stage: 'refused', target: { snapshotId: '801' }, reason: 'it could not be requested: a bug' },
    ]);
  });

  test('after the request leaves it requested', async () => {
    const { restores } = await run({ options: { onRequested: () => Promise.reject(bug) } });
    expect(restores).toMatchObject([
      {
        stage: 'unconfirmed',
        isForeign: false,
        isMismatch: false,
        reason: 'it could not be followed to its end: a bug',
      },
    ]);
  });

  test('while the restore of somebody else is watched is neither a refusal nor a restore of ours', async () => {
    const shows = (_server: number, second: number): string => {
      if (second > 30) throw bug;
      return 'restoring';
    };
    const { restores, sent } = await run({ options: { whenRestoring: 'wait' }, shows });
    expect([restores, sent]).toMatchObject([
      [{ stage: 'unconfirmed', isForeign: true, reason: 'it could not be followed to its end: a bug' }],
      [],
    ]);
  });
});

test('a cancel ends the start of a server that ended stopped as well', async () => {
  const shows = (_server: number, second: number): string =>
    second === 0 ? 'active' : second < 60 ? 'restoring' : 'stopped';
  const { error, sent } = await run({ shows, cancelAt: 100 * SECOND });
  expect(error).toMatchObject({ name: 'CancelledError' });
  expect(sent.at(-1)).toMatch(/^power 1 /);
});

test('a cancel ends all of it', async () => {
  const { error, sent } = await run({ cancelAt: 30 * SECOND });
  expect([error, sent]).toMatchObject([{ name: 'CancelledError' }, ['801 0']]);
});
