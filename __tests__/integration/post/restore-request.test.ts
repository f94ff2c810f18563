import { describe, expect, test } from '@jest/globals';
import { CREATED, testOutcomes } from '../harness/outcome-tests.ts';
import { FAILED, LISTS, RESTORE, RESTORE_REQUEST } from '../harness/samples.ts';
import { deployAndPost } from '../harness/scenario.ts';

describe('an answer to the restore request that was lost', () => {
  const fault = (given: object) => ({
    faults: { method: 'POST', path: '/snapshots/*/restore/', nth: 1, ...given },
  });

  test.each([
    ['reset before', { kind: 'reset_before' }, 2],
    ['reset after', { kind: 'reset_after' }, 1],
    ['body cut', { kind: 'cut_body' }, 1],
    ['silence, processed', { kind: 'silence' }, 1],
    ['silence, not processed', { kind: 'silence_before' }, 2],
    ['504 after', { kind: 'status_after', status: 504 }, 1],
    ['500 before', { kind: 'status', status: 500 }, 2],
    ['an HTML page', { kind: 'wrong_json' }, 1],
    ['late', { kind: 'late', ms: 40_000 }, 1],
  ])('%s: one restore, confirmed', async (_, given, sent) => {
    const { testEnv, post } = await deployAndPost(RESTORE, FAILED, fault(given));
    expect(testEnv.actualState.restores).toHaveLength(1);
    expect(post.runner.titles()).toEqual(['error Rolled back']);
    expect(testEnv.calls().filter((c) => c.endsWith('/restore/'))).toHaveLength(sent);
  });

  test('twice: never a third time', async () => {
    const { testEnv, post } = await deployAndPost(RESTORE, FAILED, fault({ times: 9, kind: 'reset_before' }));
    expect(testEnv.calls().filter((c) => c.endsWith('/restore/'))).toHaveLength(2);
    expect(post.exitCode).toBe(1);
    expect(post.runner.titles()).toEqual(['error Restore requested, not confirmed']);
  });

  test.each([
    ['`restoring` and updated_at come late', { restoring_late: 50 }],
    [
      '`restoring` comes late, updated_at at once',
      { restoring_late: 50, restoring_late_updated_at: 'changed' as const },
    ],
  ])('%s: it is not sent again', async (_, switches) => {
    const { testEnv, post } = await deployAndPost(RESTORE, FAILED, {
      ...fault({ kind: 'reset_after' }),
      switches,
    });
    expect(testEnv.calls().filter((c) => c.endsWith('/restore/'))).toHaveLength(1);
    expect(post.runner.titles()).toEqual(['error Rolled back']);
  });

  test('the server has changed by the time that the checks before a second request are through: it is not sent again', async () => {
    const { testEnv, post } = await deployAndPost(
      RESTORE,
      FAILED,
      {
        ...fault({ kind: 'reset_after' }),
        switches: { restoring_late: 800, restore_seconds: [70, 70] },
      },
      (env) => env.addFaults({ ...LISTS, nth: 2, times: 14, kind: 'status', status: 429 }),
    );
    expect(testEnv.calls().filter((c) => c.endsWith('/restore/'))).toHaveLength(1);
    expect(post.runner.titles()).toEqual(['error Restore requested, not confirmed']);
  });

  test('the server has no updated_at: it is not sent again, and the watch goes on', async () => {
    const { testEnv, post } = await deployAndPost(RESTORE, FAILED, {
      ...fault({ kind: 'reset_after' }),
      switches: { server_missing: ['updated_at'] },
    });
    expect(testEnv.calls().filter((c) => c.endsWith('/restore/'))).toHaveLength(1);
    expect(post.runner.titles()).toEqual(['error Rolled back']);
  });
});

describe('outcome', () => {
  testOutcomes({
    'a request that never arrived is sent once more': {
      main: RESTORE,
      post: FAILED,
      faults: { ...RESTORE_REQUEST, kind: 'reset_before' },
      outcome: [
        CREATED,
        'post exit 1 | ⏪ Rolled back to 12:00 UTC, 5 min of writes lost | error Rolled back | 801 ✅ confirmed | offers 801',
        'POST /snapshots/ 201',
        'POST /snapshots/801/restore/ lost',
        'POST /snapshots/801/restore/ 200',
        'comment on GitHub',
        'left: 801 completed',
      ],
      says: ['sending the request once more, so that two restores may be under way'],
    },
    'a request that cannot be sent for as long as there is time: not restored, and the cause is given': {
      main: RESTORE,
      post: FAILED,
      faults: { ...RESTORE_REQUEST, times: 9999, kind: 'refused' },
      outcome: [
        CREATED,
        'post exit 1 | ❌ Deploy failed, server NOT restored | error Not restored | 801 ❌ not restored | offers 801,801,801',
        'POST /snapshots/ 201',
        'POST /snapshots/801/restore/ lost ×120',
        'comment on GitHub',
        'left: 801 completed',
      ],
      says: [/the request could not be sent: .*the connection was refused/],
      neverSays: ['not confirmed'],
      took: [201, 1794],
    },
  });
});
