import { describe, expect, test } from '@jest/globals';
import { headlineOf } from '../harness/outcome.ts';
import { BOTH, CANCELLED, FAILED, LISTS, POWER, RESTORE, TWO_SERVERS } from '../harness/samples.ts';
import type { Scenario } from '../harness/scenario.ts';
import { markerOf } from '../harness/test-environment.ts';
import { stepOf } from './summary.ts';

describe('what stands first: the state of the server, and what to do', () => {
  /** The headline, and the first line below it that is no frame. */
  function beginningOf(summary: string): string[] {
    const lines = summary.split('\n').map((line) => line.replace(/^(> ?)/, ''));
    const [first = ''] = lines.slice(1).filter((line) => line !== '' && !line.startsWith('[!'));
    return [headlineOf(summary), first.replaceAll(/\\(.)/g, '$1')];
  }

  test.each<[string, Scenario, string, string]>([
    [
      'rolled back',
      { main: RESTORE, post: FAILED },
      '⏪ Rolled back to 12:00 UTC, 4 min of writes lost',
      'Check the application, fix the deploy, and run the job again.',
    ],
    [
      'not restored',
      {
        main: RESTORE,
        post: FAILED,
        between: (testEnv) => void testEnv.api.addSnapshot({ name: 'newer', description: markerOf() }),
      },
      '❌ Deploy failed, server NOT restored',
      "Refused: a newer snapshot (802, 'completed') was made by run 8000 of acme/shop: a restore would undo what followed it. If the server works, leave it as it is. To restore anyway (this overwrites the server, loses everything written since 2026-01-15T12:00:00Z, and cannot be undone):",
    ],
    [
      'stopped after the rollback',
      {
        main: RESTORE,
        post: FAILED,
        switches: { after_restore: 'stopped' },
        faults: { ...POWER, times: 999, kind: 'status', status: 403 },
      },
      '🛑 Server is STOPPED after the rollback: start it',
      'The restore itself has ended: START IT BY HAND, in the panel of VPS.org or, with a token that may start servers, with this command:',
    ],
    [
      'not confirmed after a cancel',
      { main: RESTORE, post: CANCELLED },
      "⚠️ Rollback requested, not confirmed; the server is 'restoring'",
      'Wait: the restore has begun, and takes 5 to 15 minutes from 12:03 UTC on. Once VPS.org shows the server active it is restored; if it ends stopped, start it there. Restore by hand ONLY IF VPS.org shows that this restore has failed (this overwrites the server, loses everything written since 2026-01-15T12:00:00Z, and cannot be undone):',
    ],
    [
      'a token that is not accepted',
      { faults: { ...LISTS, times: 9, kind: 'status', status: 401 } },
      '❌ No snapshot was made',
      'The API token is wrong, revoked or expired, so no snapshot was requested of server 12345.',
    ],
    [
      'not asked to restore',
      { main: { ...RESTORE, restoreIfGiven: true }, post: { ...FAILED, restoreIf: 'false' } },
      'ℹ️ Not restored: the server is as the job left it',
      "If it was the deploy that failed, check that 'restore_if' names the id of the deploy step: an unknown id is no error, it is just never 'failure'.",
    ],
    [
      'rolled back, server by server',
      { main: { ...RESTORE, ...BOTH }, servers: TWO_SERVERS, post: FAILED },
      '⏪ 2 servers rolled back to 12:00 UTC, 4 min of writes lost on each',
      'Check the application, fix the deploy, and run the job again.',
    ],
    [
      'a dry run',
      { main: { ...RESTORE, dryRun: true }, post: FAILED },
      '🔎 Dry run: the server would be restored',
      '- **Server:** `web-server-01 (12345)`',
    ],
  ])('%s', async (_, scenario, headline, first) => {
    expect(beginningOf((await stepOf(scenario)).runner.summary)).toEqual([headline, first]);
  });

  test('a good deploy has one card: the second would say the same', async () => {
    expect((await stepOf({ post: {} }, 0)).runner.summary).not.toBe('');
    expect((await stepOf({ post: {} })).runner.summary).toBe('');
  });
});
