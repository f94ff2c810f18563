import { describe, expect, test } from '@jest/globals';
import { runAction, startAction } from '../harness/action.ts';
import { textOf } from '../harness/annotations.ts';
import { runJob } from '../harness/job.ts';
import { openTestEnvironment } from '../harness/test-environment.ts';

const LIST = 'GET /snapshots/?server_id=12345 200';

describe('what a list may say of a snapshot', () => {
  test.concurrent.each([
    {
      name: 'transitional statuses, one after another',
      switches: { word_in_progress: ['queued', 'PENDING', 'finalizing'] },
    },
    { name: 'an empty status', switches: { word_in_progress: [''] } },
    { name: 'no status until it is complete', switches: { word_in_progress: ['warning'] } },
    { name: 'completed in capitals', switches: { word_completed: 'COMPLETED' } },
    { name: 'unknown fields everywhere', switches: { extra_fields: true } },
    { name: 'no size, no time, no name', switches: { snapshot_missing: ['size_mb', 'created_at', 'name'] } },
    { name: 'null for size, time and name', switches: { snapshot_null: ['size_mb', 'created_at', 'name'] } },
    { name: 'listed late', switches: { listed_late: 600 } },
    { name: 'a list without pages', switches: { lists: 'whole' } },
    { name: 'a bare array', switches: { lists: 'bare' } },
    { name: 'in any order', switches: { order: 'shuffled' } },
    { name: 'no Date header', switches: { date_header: false } },
  ] as const)('$name: waited for until it is complete', async ({ switches }) => {
    await using testEnv = await openTestEnvironment({ switches });
    const main = await runAction(testEnv, 'main');

    expect(main).toMatchObject({ code: 0, requests: [LIST, 'POST /snapshots/ 201', LIST] });
    expect(main.outputs).toMatchObject({ snapshot_id: '801', snapshot_status: 'completed' });
    expect(testEnv.actualState().snapshots).toMatchObject([{ id: '801', phase: 'completed' }]);
  });

  test.concurrent('a status that is neither success nor failure is pending until the time-out', async () => {
    await using testEnv = await openTestEnvironment({ switches: { word_completed: 'available' } });
    const main = await runAction(testEnv, 'main', { inputs: { wait_timeout: '2s' } });

    expect(main.code).toBe(1);
    expect(textOf(main, 'Snapshot not complete in time')).toContain("'available'");
  });

  test.concurrent('accepted but never listed: red after 40 polls, with the id', async () => {
    await using testEnv = await openTestEnvironment({ switches: { listed_late: 1e9 } });
    const { main, post } = await runJob(testEnv, { inputs: { on_failure: 'restore' } });

    // One list before the create request, 40 polls after it.
    expect(main).toMatchObject({ code: 1, requestCount: 43, outputs: { snapshot_id: '801' } });
    expect(textOf(main, 'Snapshot never listed')).toContain('accepted as 801 but never listed');
    expect(post).toMatchObject({ code: 0, requests: [LIST] });
    expect(post.stdout).toContain('801');
  });

  test.concurrent.each([
    { name: 'it is deleted by hand', switches: {}, byHand: true },
    {
      name: 'a failed one disappears from the list',
      switches: { fail_next: 1, failed_snapshots: 'gone' },
      byHand: false,
    },
  ] as const)('once seen, then gone: red after 10 polls ($name)', async ({ switches, byHand }) => {
    await using testEnv = await openTestEnvironment({ switches });
    if (byHand)
      testEnv.before(
        (_request, nth) => nth === 4,
        () => testEnv.request('DELETE', '/snapshots/801/'),
      );
    const main = await runAction(testEnv, 'main');

    expect(main).toMatchObject({ code: 1, outputs: { snapshot_id: '801' } });
    expect(textOf(main, 'Snapshot gone')).toContain('801');
    const pollsThatShowIt = byHand ? 1 : 2;
    expect(main.requestCount).toBe(2 + pollsThatShowIt + 10);
  });
});

test.concurrent('a failed poll is no end: a late success is still a success', async () => {
  await using testEnv = await openTestEnvironment();
  testEnv.addFaults({
    kind: 'status',
    status: 502,
    body: '<h1>Bad</h1>',
    path: '/snapshots/',
    method: 'GET',
    nth: 3,
    times: 12,
  });
  const main = await runAction(testEnv, 'main');

  expect(main).toMatchObject({
    code: 0,
    requests: [LIST, 'POST /snapshots/ 201', LIST, 'GET /snapshots/?server_id=12345 status 502', LIST],
  });
  expect(main.outputs['snapshot_status']).toBe('completed');
});

test.concurrent('Retry-After is obeyed: nothing is sent before it', async () => {
  await using testEnv = await openTestEnvironment();
  const headers = { 'retry-after': '1' };
  testEnv.addFaults({ kind: 'status', status: 429, headers, method: 'GET', path: '/snapshots/', nth: 2 });
  const running = await startAction(testEnv, 'main');
  await running.requested(3);
  const limitedAt = performance.now();
  await running.requested(4);
  const requestedAt = performance.now();

  expect(requestedAt - limitedAt).toBeGreaterThan(900);
  expect(await running.result).toMatchObject({ code: 0, outputs: { snapshot_status: 'completed' } });
});

test.concurrent('a hundred polls give few lines of log', async () => {
  await using testEnv = await openTestEnvironment({
    secondsPerAnswer: 1,
    switches: { snapshot_seconds: [60, 60] },
  });
  const main = await runAction(testEnv, 'main');

  expect(main.requestCount).toBeGreaterThan(60);
  const lines = main.stdout.split('\n').filter((line) => line !== '' && !line.startsWith('::'));
  expect(lines.length).toBeLessThan(10);
});
