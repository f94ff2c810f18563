import { describe, expect, test } from '@jest/globals';
import { headlineOf, tablesOf } from '../harness/outcome.ts';
import { BOTH, FAILED, NO_TOKEN, RESTORE, TWO_SERVERS } from '../harness/samples.ts';
import type { Scenario } from '../harness/scenario.ts';
import { markerOf } from '../harness/test-environment.ts';
import { rowsOf, stepOf, TAKEN } from './summary.ts';

const TWO_RESTORES: Scenario = { main: { ...RESTORE, ...BOTH }, servers: TWO_SERVERS, post: FAILED };

const NEWER_ON_DB: Scenario = {
  ...TWO_RESTORES,
  between: (testEnv) =>
    void testEnv.api.addSnapshot({ name: 'newer', server_id: 2, description: markerOf() }),
};

/** Somebody else restores one of the two servers already. */
const ONE_OF_TWO: Scenario = {
  ...TWO_RESTORES,
  between: (testEnv) => testEnv.request('POST', '/snapshots/802/restore/'),
};

describe('what asked for the restore, and which step it is', () => {
  const why = "the job failed and 'on_failure' is 'restore'";
  test.each<[string, Scenario]>([
    ['a restore', { main: RESTORE, post: FAILED }],
    ['a restore of two servers', TWO_RESTORES],
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
      '+0s web (1): VPS.org accepted the request',
      "+0s web (1): server is 'restoring'",
      "+6m 42s web (1): server is 'active'",
      '+6m 58s web (1): restored: server is active again, application not checked',
      '+6m 58s db (2): not restored',
    ]);
    expect([...summary.matchAll(/^> \*\*(.*)\*\*$/gm)].map(([, text]) => text)).toEqual(['Not restored']);
  });

  test.each([
    ['accepted', {}],
    ['lost', { faults: { method: 'POST', path: '/snapshots/*/restore/', kind: 'reset_after' } }],
  ])('once a restore is confirmed, "not confirmed" stands nowhere any more: %s', async (_, options) => {
    const { summary, summaries, lines } = (await stepOf({ main: RESTORE, post: FAILED, ...options })).runner;
    expect(headlineOf(summary)).toMatch(/^⏪ Rolled back/);
    expect(summary).not.toContain('not confirmed');
    expect(summaries[0]).toContain('not confirmed');
    expect(lines.map(({ text }) => text).join('\n')).toContain(': restore requested, not confirmed: ');
  });

  test('while the first of two is requested: the other is there too', async () => {
    const { summaries } = (await stepOf(TWO_RESTORES)).runner;
    expect(rowsOf(summaries[0] ?? '')).toEqual([
      `web (1) | unknown | ⚠️ requested, not confirmed | 801 deploy-shop-9001-1, kept | ${TAKEN} | perhaps 4 min`,
      `db (2) | active | ❌ not restored | 802 deploy-shop-9001-1, kept | ${TAKEN} | none`,
    ]);
  });

  test('before anything is confirmed: which restores were requested', async () => {
    const [early = ''] = (await stepOf(ONE_OF_TWO)).runner.summaries;
    expect(headlineOf(early)).toBe('⚠️ Rollback requested, not confirmed');
    expect(rowsOf(early)).toEqual([
      `web (1) | unknown | ⚠️ requested, not confirmed | 801 deploy-shop-9001-1, kept | ${TAKEN} | perhaps 4 min`,
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
