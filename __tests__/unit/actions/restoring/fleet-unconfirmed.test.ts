import { describe, expect, test } from '@jest/globals';
import type { RestoreAnswer } from '../../../../src/vps/model.ts';
import { fails, MINUTE } from '../test-deps.ts';
import { run, type Script } from './fleet-stand.ts';

describe('a server that nobody may read', () => {
  test('may be restored, and nobody can tell', async () => {
    const { restores, sent, at } = await run({ shows: () => fails('http', 403) });
    expect([sent, at < 60]).toEqual([['801 0'], true]);
    expect(restores).toMatchObject([
      {
        stage: 'unconfirmed',
        isForeign: false,
        isMismatch: false,
        reason: 'the token may not read the server, so nobody can tell whether it was restored',
      },
    ]);
  });
});

describe('a restore of somebody else', () => {
  test('is waited for, and is not ours', async () => {
    const { restores, sent, reported } = await run({
      options: { whenRestoring: 'wait' },
      shows: (_server, second) => (second < 60 ? 'restoring' : 'active'),
    });
    expect([sent, reported]).toEqual([[], []]);
    expect(restores).toMatchObject([{ stage: 'restored', isForeign: true }]);
  });

  test('that is not seen to its end is not ours either', async () => {
    const { restores } = await run({
      options: { whenRestoring: 'wait' },
      shows: () => 'restoring',
      until: 5 * MINUTE,
    });
    expect(restores).toMatchObject([
      {
        stage: 'unconfirmed',
        isForeign: true,
        reason: expect.stringMatching(/^another restore is running, and its end was not confirmed: /),
      },
    ]);
  });
});

describe('how a restore that was not seen to its end is reported', () => {
  test.each<[string, Script, object]>([
    [
      'still restoring',
      { shows: (_server, second) => (second === 0 ? 'active' : 'restoring'), until: 5 * MINUTE },
      { serverStatus: 'restoring', reason: "restore_timeout (30m) exceeded, the server is 'restoring'" },
    ],
    [
      'not started',
      { shows: () => 'active', until: 5 * MINUTE },
      {
        serverStatus: 'active',
        reason:
          "nothing shows that the restore has started; restore_timeout (30m) exceeded, the server is 'active'",
      },
    ],
    [
      'not readable any more: what was seen before is not the state now',
      {
        shows: (_server, second) =>
          second === 0 ? 'active' : second < 60 ? 'restoring' : fails('http', 503),
        until: 5 * MINUTE,
      },
      {
        serverStatus: null,
        reason: expect.stringMatching(
          /^restore_timeout \(30m\) exceeded, the server cannot be read, last seen 'restoring'; last attempt to read it failed: .*503/,
        ),
      },
    ],
    [
      'broken, which ends the watch',
      {
        shows: (_server, second) => (second === 0 ? 'active' : second < 60 ? 'restoring' : 'error'),
        until: 30 * MINUTE,
      },
      { serverStatus: 'error', reason: "the server is 'error'" },
    ],
  ])('%s', async (_name, script, expected) => {
    const { restores } = await run(script);
    expect(restores).toMatchObject([
      { stage: 'unconfirmed', isForeign: false, isMismatch: false, ...expected },
    ]);
  });

  test('stopped when it cannot be read any more: it may have to be started', async () => {
    const { restores } = await run({
      shows: (_server, second) => (second === 0 ? 'active' : second < 10 ? 'stopped' : fails('http', 503)),
      until: 5 * MINUTE,
    });
    expect(restores).toMatchObject([
      {
        stage: 'down',
        serverStatus: null,
        reason: expect.stringMatching(
          /^nothing shows whether the restore has ended, so the server was not started; /,
        ),
      },
    ]);
  });
});

describe('a restore of something else, as the API says', () => {
  const REASON = /^VPS\.org says it restores snapshot 999 of server 1, which is not what was requested$/;
  const answers = (): Partial<RestoreAnswer> => ({ snapshotId: '999' });

  test.each<[string, string, string, string | undefined]>([
    ['is not confirmed, however it ends', 'active', 'active', undefined],
    ['is started where it ends stopped, and is not confirmed either', 'stopped', 'active', 'start'],
  ])('%s', async (_name, end, serverStatus, power) => {
    let started = false;
    const { restores, sent } = await run({
      answers,
      onPower: () => void (started = true),
      shows: (_server, second) =>
        second === 0 ? 'active' : second < 60 ? 'restoring' : started ? 'active' : end,
    });
    expect(restores).toMatchObject([
      { stage: 'unconfirmed', isMismatch: true, serverStatus, reason: expect.stringMatching(REASON) },
    ]);
    expect(sent.some((line) => line.startsWith('power'))).toBe(power === 'start');
  });
});
