import { expect, test } from '@jest/globals';
import { runAction, startAction } from '../harness/action.ts';
import { textOf } from '../harness/annotations.ts';
import { own } from '../harness/snapshots.ts';
import { openTestEnvironment } from '../harness/test-environment.ts';

const LIST = 'GET /snapshots/?server_id=12345 200';

test.concurrent(
  'lists of another form, and fields that are missing: waited for until it is complete',
  async () => {
    await using testEnv = await openTestEnvironment({
      secondsPerAnswer: 20,
      switches: {
        lists: 'bare',
        order: 'shuffled',
        word_in_progress: ['QUEUED', '', 'mystery'],
        word_completed: 'Completed',
        snapshot_missing: ['size_mb', 'created_at', 'name'],
        extra_fields: true,
        listed_late: 40,
        date_header: false,
      },
    });
    const main = await runAction(testEnv, 'main');

    expect(main).toMatchObject({
      code: 0,
      requests: ['GET /servers/12345/ 200', LIST, 'POST /snapshots/ 201', LIST],
      outputs: { snapshot_id: '801', snapshot_status: 'completed' },
    });
    expect(main.stdout).toMatch(/is queued.*is without a status.*is mystery.*is completed/s);
  },
);

test.concurrent(
  'a late success is a success: complete in the last poll, which wait_timeout ends with',
  async () => {
    await using testEnv = await openTestEnvironment({
      secondsPerAnswer: 0,
      switches: { snapshot_seconds: [60, 60] },
    });
    // Two reads, the request and one poll; nothing is sent between that and the end of wait_timeout.
    testEnv.before(
      (_request, nth) => nth === 5,
      () => testEnv.advance(60),
    );
    const main = await runAction(testEnv, 'main', { inputs: { wait_timeout: '4s', poll_interval: '1h' } });

    expect(main).toMatchObject({ code: 0, requestCount: 5 });
  },
);

test.concurrent('once seen, then gone from complete lists: red', async () => {
  await using testEnv = await openTestEnvironment();
  testEnv.before(
    (_request, nth) => nth === 5,
    () => testEnv.request('DELETE', '/snapshots/801/'),
  );
  const main = await runAction(testEnv, 'main');

  expect(main).toMatchObject({ code: 1, outputs: { snapshot_id: '801' } });
  expect(textOf(main, 'Snapshot gone')).toContain('801');
  // 30 s are one here, and ten reads 100 ms apart fit into them.
  expect(main.requestCount).toBeGreaterThan(4 + 4);
});

test.concurrent('Retry-After is obeyed, and shortened by nothing: nothing is sent before it', async () => {
  await using testEnv = await openTestEnvironment();
  const headers = { 'retry-after': '1' };
  testEnv.addFaults({ kind: 'status', status: 429, headers, method: 'GET', path: '/snapshots/', nth: 2 });
  const running = await startAction(testEnv, 'main');
  await running.requested(4);
  const limitedAt = performance.now();
  await running.requested(5);
  const requestedAt = performance.now();

  expect(requestedAt - limitedAt).toBeGreaterThan(900);
  expect(await running.result).toMatchObject({ code: 0, outputs: { snapshot_status: 'completed' } });
});

test.concurrent('many polls give few lines of log', async () => {
  await using testEnv = await openTestEnvironment({
    secondsPerAnswer: 3,
    switches: { snapshot_seconds: [60, 60] },
  });
  const main = await runAction(testEnv, 'main');

  expect(main.requestCount).toBeGreaterThan(20);
  const lines = main.stdout.split('\n').filter((line) => line !== '' && !line.startsWith('::'));
  expect(lines.length).toBeLessThan(10);
});

test.concurrent('a server that is being restored when the step begins: its end is waited for', async () => {
  await using testEnv = await openTestEnvironment({ snapshots: [own(1, { content: 'as it was' })] });
  testEnv.request('POST', '/snapshots/501/restore/');
  const main = await runAction(testEnv, 'main');

  expect(main).toMatchObject({
    code: 0,
    requests: ['GET /servers/12345/ 200', LIST, 'POST /snapshots/ 201', LIST],
  });
  expect(main.stdout).toContain('the server is being restored; waiting for its end');
  const { snapshots } = testEnv.actualState();
  expect(snapshots.at(-1)).toMatchObject({ id: '801', content: 'as it was', serverPhase: 'active' });
});
