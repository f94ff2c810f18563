import { describe, expect, test } from '@jest/globals';
import { deleteInputs, jobOf, waitInputs } from '../harness/inputs.ts';
import { BOTH, CREATE_REQUEST, DELETE, FAILED, own, TWO_SERVERS } from '../harness/samples.ts';
import type { Scenario } from '../harness/scenario.ts';
import { HOUR, markerOf, START } from '../harness/test-environment.ts';
import { rowsOf, stepOf, TAKEN } from './summary.ts';

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
    const main = await stepOf(scenario, 0);
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
