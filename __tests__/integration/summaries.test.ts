import { describe, expect, test } from '@jest/globals';
import { deleteInputs, jobOf, waitInputs } from './harness/inputs.ts';
import { headlineOf, tablesOf } from './harness/outcome.ts';
import {
  BOTH,
  CANCELLED,
  CREATE_REQUEST,
  DELETE,
  FAILED,
  LISTS,
  NO_TOKEN,
  own,
  POWER,
  RESTORE,
  TWO_SERVERS,
} from './harness/samples.ts';
import { play, type Scenario } from './harness/scenario.ts';
import type { StepProcess } from './harness/step-process.ts';
import { HOUR, markerOf, START } from './harness/test-environment.ts';

/** What the use cases put into the tables and the texts of a summary; how those are drawn is tested in `unit`. */

const TAKEN = '2026-01-15 12:00:00 UTC';
const SUMMARY_OF_MAIN = 0;
const NEWER_ON_DB: Scenario = {
  main: { ...RESTORE, ...BOTH },
  servers: TWO_SERVERS,
  post: FAILED,
  between: (testEnv) =>
    void testEnv.api.addSnapshot({ name: 'newer', server_id: 2, description: markerOf() }),
};

/** Somebody else restores one of the two servers already. */
const ONE_OF_TWO: Scenario = {
  main: { ...RESTORE, ...BOTH },
  servers: TWO_SERVERS,
  post: FAILED,
  between: (testEnv) => testEnv.request('POST', '/snapshots/802/restore/'),
};

async function stepOf(scenario: Scenario, index = -1): Promise<StepProcess> {
  const { steps } = await play(scenario);
  const step = steps.at(index);
  if (step === undefined) throw new Error('no such step');
  return step.process;
}

/** The rows of the first table, their cells joined, without what follows one row in its list. */
function rowsOf(summary: string): string[] {
  return (tablesOf(summary)[0] ?? []).map((row) =>
    Object.entries(row)
      .filter(([name]) => !['Trigger', 'Why', 'This step'].includes(name))
      .map(([, fact]) => fact)
      .join(' | '),
  );
}

describe('the snapshots of the main step, with the slots used', () => {
  test.each<[string, Scenario, string]>([
    [
      'made beside an older one',
      { snapshots: [own(1)] },
      `web-server-01 (12345) | 801 deploy-shop-9001-1 | completed | 8.0 GB | ${TAKEN} | 2 of 5`,
    ],
    ['of an unknown server', { main: { serverIds: ['77'] } }, '77 | none'],
    [
      'not waited for',
      { main: { wait: false } },
      `web-server-01 (12345) | 801 deploy-shop-9001-1 | in_progress | ${TAKEN} | 1 of 5`,
    ],
    [
      'on a full server',
      { snapshots: [1, 2, 3, 4, 5].map((id) => own(id)) },
      'web-server-01 (12345) | none | 5 of 5',
    ],
    [
      'after a rotation',
      { main: { whenFull: 'rotate' }, snapshots: [1, 2, 3, 4, 5].map((id) => own(id)) },
      `web-server-01 (12345) | 801 deploy-shop-9001-1 | completed | 2.4 GB | ${TAKEN} | 5 of 5`,
    ],
    [
      'to be reused',
      {
        main: { dryRun: true, onRerun: 'reuse' },
        job: jobOf({ runAttempt: 2 }),
        snapshots: [own(1, { description: markerOf({ runId: '9001' }), created_at: START - HOUR })],
      },
      'web-server-01 (12345) | 1 own-1 | completed | 2.0 GB | 2026-01-15 11:00:00 UTC | 1 of 5',
    ],
    [
      'with a duplicate',
      { switches: { listed_late: 40 }, faults: { ...CREATE_REQUEST, kind: 'reset_after' } },
      `web-server-01 (12345) | 801 deploy-shop-9001-1 | completed | 6.3 GB | ${TAKEN} | 2 of 5`,
    ],
    [
      'without size, time and name from the API',
      { switches: { snapshot_missing: ['size_mb', 'created_at', 'name'], server_missing: ['name'] } },
      'web-server-01 (12345) | 801 deploy-shop-9001-1 | completed | 1 of 5',
    ],
  ])('%s', async (_, scenario, row) => {
    const main = await stepOf(scenario, SUMMARY_OF_MAIN);
    expect(rowsOf(main.runner.summary)).toEqual([row]);
  });
});

describe('the snapshots of the post step', () => {
  test.each<[string, Scenario, string]>([
    [
      'kept',
      { post: FAILED },
      `web-server-01 (12345) | 801 deploy-shop-9001-1 | last seen completed at 2026-01-15 12:03:21 UTC | 6.3 GB | ${TAKEN}`,
    ],
    [
      'found after a kill',
      { signal: ['SIGKILL', 20_000], main: { onFailure: 'delete' }, post: FAILED },
      `web-server-01 (12345) | 801 deploy-shop-9001-1 | deleted | ${TAKEN}`,
    ],
    [
      'found after a kill once it is complete',
      { signal: ['SIGKILL', 20_000], switches: { snapshot_seconds: [10, 10] }, post: FAILED },
      `web-server-01 (12345) | 801 deploy-shop-9001-1 | last seen completed at 2026-01-15 12:00:12 UTC | 6.3 GB | ${TAKEN}`,
    ],
    [
      'not found after a kill',
      { signal: ['SIGKILL', 75], post: FAILED },
      'web-server-01 (12345) | none | not listed',
    ],
  ])('%s', async (_, scenario, row) => {
    expect(rowsOf((await stepOf(scenario)).runner.summary)).toEqual([row]);
  });
});

test('the snapshots of the delete action', async () => {
  const remove = await stepOf({
    snapshots: [own(1), own(4)],
    faults: { ...DELETE, kind: 'status', status: 403 },
    commands: [{ use: 'delete', inputs: deleteInputs({ snapshotIds: ['1', '4', '77'] }) }],
  });
  expect(rowsOf(remove.runner.summary)).toEqual([
    'web-server-01 (12345) | 1 own-1 | not confirmed as deleted | 2.0 GB | 2025-12-27 12:00:00 UTC',
    'web-server-01 (12345) | 4 own-4 | deleted | 7.9 GB | 2025-12-30 12:00:00 UTC',
    'unknown | 77 | was already gone | – | –',
  ]);
});

test('the snapshots of the wait action', async () => {
  const wait = await stepOf({
    main: { ...BOTH, wait: false },
    servers: TWO_SERVERS,
    commands: [
      { use: 'wait', inputs: waitInputs({ snapshotIds: ['801', '802'] }) },
      { use: 'wait', inputs: waitInputs({ snapshotIds: ['801', '802', '77'], dryRun: true }) },
    ],
  });
  expect(rowsOf(wait.runner.summary)).toEqual([
    `web (1) | 801 deploy-shop-9001-1 | completed | 2.4 GB | ${TAKEN}`,
    `db (2) | 802 deploy-shop-9001-1 | completed | 6.8 GB | ${TAKEN}`,
    'an unknown server | 77 | unknown | – | –',
  ]);
});

describe('what asked for the restore, and which step it is', () => {
  const why = "the job failed and 'on_failure' is 'restore'";
  test.each<[string, Scenario]>([
    ['a restore', { main: RESTORE, post: FAILED }],
    ['a restore of two servers', { main: { ...RESTORE, ...BOTH }, servers: TWO_SERVERS, post: FAILED }],
    ['a restore of two servers, of which one was refused', NEWER_ON_DB],
    ['a restore without a token', { main: RESTORE, post: { ...FAILED, ...NO_TOKEN } }],
    ['a dry run', { main: { ...RESTORE, dryRun: true }, post: FAILED }],
  ])('%s', async (_, scenario) => {
    const { summary } = (await stepOf(scenario)).runner;
    expect(tablesOf(summary).flat()).toContainEqual(
      expect.objectContaining({ Trigger: why, 'This step': 'snapshot' }),
    );
  });
});

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
    expect((await stepOf({ post: {} }, SUMMARY_OF_MAIN)).runner.summary).not.toBe('');
    expect((await stepOf({ post: {} })).runner.summary).toBe('');
  });
});

describe('the summary of a rollback', () => {
  test('each server, with what happened when, and the alert of the one that was not restored', async () => {
    const { summary } = (await stepOf(ONE_OF_TWO)).runner;
    expect(rowsOf(summary)).toEqual([
      `web (1) | active, application not checked | ✅ confirmed | 801 deploy-shop-9001-1, kept | ${TAKEN} | 4 min`,
      `db (2) | restoring | ❌ not restored | 802 deploy-shop-9001-1, kept | ${TAKEN} | none`,
    ]);
    const timeline = tablesOf(summary).find(([row]) => row?.['What'] !== undefined);
    const events = timeline?.map(({ After, Server, What }) => `${After} ${Server}: ${What}`);
    expect(events).toEqual([
      '+0s web (1): requesting the restore of snapshot 801',
      '+0s web (1): restore requested, not confirmed yet',
      "+0s web (1): server is 'restoring'",
      "+6m 42s web (1): server is 'active'",
      '+6m 58s web (1): restored: server is active again, application not checked',
      '+6m 58s db (2): not restored',
    ]);
    expect([...summary.matchAll(/^> \*\*(.*)\*\*$/gm)].map(([, text]) => text)).toEqual(['Not restored']);
  });

  test('while the first of two is requested: the other is there too', async () => {
    const { summaries } = (
      await stepOf({ main: { ...RESTORE, ...BOTH }, servers: TWO_SERVERS, post: FAILED })
    ).runner;
    expect(rowsOf(summaries[0] ?? '')).toEqual([
      `web (1) | active | ⚠️ requested, not confirmed | 801 deploy-shop-9001-1, kept | ${TAKEN} | perhaps 4 min`,
      `db (2) | active | ❌ not restored | 802 deploy-shop-9001-1, kept | ${TAKEN} | none`,
    ]);
  });

  test('before anything is confirmed: which restores were requested', async () => {
    const [early = ''] = (await stepOf(ONE_OF_TWO)).runner.summaries;
    expect(headlineOf(early)).toBe('⚠️ Rollback requested, not confirmed');
    expect(rowsOf(early)).toEqual([
      `web (1) | active | ⚠️ requested, not confirmed | 801 deploy-shop-9001-1, kept | ${TAKEN} | perhaps 4 min`,
      `db (2) | restoring | ❌ not restored | 802 deploy-shop-9001-1, kept | ${TAKEN} | none`,
    ]);
  });

  test('one that refuses stops both: each has the command to restore it by hand', async () => {
    const { summary } = (await stepOf(NEWER_ON_DB)).runner;
    expect(headlineOf(summary)).toBe('❌ Deploy failed, servers NOT restored');
    expect(rowsOf(summary)).toEqual([
      `web (1) | active | ❌ not restored | 801 deploy-shop-9001-1, kept | ${TAKEN} | none`,
      `db (2) | active | ❌ not restored | 802 deploy-shop-9001-1, kept | ${TAKEN} | none`,
    ]);
    for (const id of ['801', '802']) expect(summary).toContain(`/snapshots/${id}/restore/`);
  });

  test('a failed health check', async () => {
    const post = await stepOf({
      main: { ...RESTORE, healthUrls: ['https://web.example/'] },
      post: FAILED,
      health: () => 500,
    });
    expect(rowsOf(post.runner.summary)).toEqual([
      'web-server-01 (12345) | active, ❌ health check failed | ✅ confirmed | 801 deploy-shop-9001-1',
    ]);
    expect(post.runner.debugLines).toContain('health check: https://web.example/ answered 500');
  });
});
