import { describe, expect, test } from '@jest/globals';
import { textOf, titlesOf } from '../harness/annotations.ts';
import { runJob } from '../harness/job.ts';
import { markerOf, markerOfOther } from '../harness/snapshots.ts';
import { openTestEnvironment, type SnapshotSeed } from '../harness/test-environment.ts';

const LIST = 'GET /snapshots/?server_id=12345';

describe('main is refused before anything was made', () => {
  const READER = [{ token: 'vps_demo_token', permissions: ['snapshots:read'] }];
  const NO_PERMISSION = [{ token: 'vps_demo_token', permissions: [] }];

  test.concurrent.each([
    {
      name: 'wrong token',
      testEnv: { tokens: [] },
      requests: [`${LIST} 401`],
      says: ['API token is wrong, revoked or expired', 'Account → Developers', "'api_token'", '12345'],
    },
    {
      name: 'token may not list snapshots',
      testEnv: { tokens: NO_PERMISSION },
      requests: [`${LIST} 403`],
      says: ['lacks a permission', '12345'],
    },
    {
      name: 'token may not create snapshots',
      testEnv: { tokens: READER },
      requests: [`${LIST} 200`, 'POST /snapshots/ 403'],
      says: ['lacks a permission', '12345'],
    },
    {
      name: 'unknown server',
      inputs: { server_id: '777' },
      requests: ['GET /snapshots/?server_id=777 200', 'POST /snapshots/ 404'],
      says: ['777', "'server_id'", 'Server not found'],
    },
    {
      name: 'the API is in trouble',
      faults: [{ kind: 'status', status: 500 }],
      // Polls are folded; the number of tries is asserted with the retry table.
      requests: [`${LIST} status 500`],
      says: ['in trouble', 'try again later', '12345'],
    },
    {
      name: 'a server in no state for a snapshot',
      testEnv: { servers: [{ id: 12345, name: 'web-server-01', status: 'suspended' }] },
      requests: [`${LIST} 200`, 'POST /snapshots/ 400', `${LIST} 200`],
      says: ['Server is not in a valid state for a snapshot', 'does not show 5 snapshots'],
    },
  ] as const)('$name', async ({ testEnv: options = {}, faults = [], inputs = {}, requests, says }) => {
    await using testEnv = await openTestEnvironment(options);
    testEnv.addFaults(faults);
    const { main, post } = await runJob(testEnv, { inputs: { on_failure: 'restore', ...inputs } });

    expect(main).toMatchObject({ code: 1, requests });
    expect(titlesOf(main)).toEqual(['error: No snapshot was made']);
    for (const part of says) expect(textOf(main, 'No snapshot was made')).toContain(part);
    expect(main.summary).toContain('No snapshot was made');
    expect(main.outputs['snapshot_id'] ?? '').toBe('');
    // Nothing was started, so there is nothing to do and nothing to request.
    expect(post).toMatchObject({ code: 0, requests: [], annotations: [] });
    expect(testEnv.actualState().snapshots).toEqual([]);
  });

  test.concurrent('the API is down: the connection is refused', async () => {
    await using testEnv = await openTestEnvironment();
    const gone = await openTestEnvironment();
    const inputs = { api_url: gone.url, on_failure: 'restore' };
    await gone[Symbol.asyncDispose]();
    const { main, post } = await runJob(testEnv, { inputs });

    expect(main.code).toBe(1);
    expect(textOf(main, 'No snapshot was made')).toMatch(/12345.*connection was refused.*'api_url'/s);
    expect(post).toMatchObject({ code: 0, annotations: [] });
  });
});

describe('a full server', () => {
  const seed = (id: number, more: Partial<SnapshotSeed> = {}): SnapshotSeed => ({
    id,
    name: `weekly-${id}`,
    size_mb: id,
    created_at: `2026-01-0${id - 500}T08:00:00Z`,
    ...more,
  });
  const FIVE = [
    seed(501, { description: markerOf() }),
    seed(502, { description: markerOfOther() }),
    seed(503),
    seed(504, { status: 'failed' }),
    seed(505, { size_mb: 2048 }),
  ];

  test.concurrent(
    'five of five: red, and the five are named with id, name, status, age, size and whose they are',
    async () => {
      await using testEnv = await openTestEnvironment({ snapshots: FIVE });
      const { main, post } = await runJob(testEnv);

      expect(main).toMatchObject({ code: 1, requests: [`${LIST} 200`] });
      expect(titlesOf(main)).toEqual(['error: Server full']);
      const lines = textOf(main, 'Server full').split('\n');
      const expected = [
        /^- 501 weekly-501: completed, .*9d 4h.*2026-01-01T08:00:00Z.*, 501 MB, made by this repository$/,
        /^- 502 weekly-502: completed, .*8d 4h.*2026-01-02T08:00:00Z.*, 502 MB, made by acme\/blog$/,
        /^- 503 weekly-503: completed, .*7d 4h.*2026-01-03T08:00:00Z.*, 503 MB, not made by this action$/,
        /^- 504 weekly-504: failed, .*6d 4h.*2026-01-04T08:00:00Z.*/,
        /^- 505 weekly-505: completed, .*5d 4h.*2026-01-05T08:00:00Z.*, 2\.0 GB, not made by this action$/,
      ];
      expect(lines).toEqual(expect.arrayContaining(expected.map((line) => expect.stringMatching(line))));
      for (const next of ["'when_full: rotate'", 'delete action', 'prune'])
        expect(lines.join('\n')).toContain(next);
      expect(post).toMatchObject({ code: 0, requests: [] });
      expect(testEnv.actualState().snapshots.filter(({ deletedAt }) => deletedAt !== null)).toEqual([]);
    },
  );

  test.concurrent(
    'filled up between the list and the create request: the one list after the 400 distinguishes it from a wrong request',
    async () => {
      await using testEnv = await openTestEnvironment({ snapshots: FIVE.slice(0, 4) });
      const isPost = ({ method }: { readonly method: string }): boolean => method === 'POST';
      testEnv.before(isPost, () => testEnv.api.addSnapshot(seed(505)));
      const { main, post } = await runJob(testEnv);

      expect(main).toMatchObject({
        code: 1,
        requests: [`${LIST} 200`, 'POST /snapshots/ 400', `${LIST} 200`],
      });
      expect(textOf(main, 'Server full')).toMatch(/- 505 weekly-505.*limit reached/is);
      expect(post).toMatchObject({ code: 0, requests: [] });
    },
  );
});

describe('main fails after the snapshot was started: nothing is lost, nothing is restored', () => {
  const STARTED = [`${LIST} 200`, 'POST /snapshots/ 201', 'GET /servers/12345/ 200'];

  test.concurrent('the snapshot failed', async () => {
    await using testEnv = await openTestEnvironment({ switches: { fail_next: 1 } });
    const { main, post } = await runJob(testEnv, { inputs: { on_failure: 'restore' } });

    expect(main).toMatchObject({ code: 1, requests: [...STARTED, `${LIST} 200`] });
    expect(main.outputs).toMatchObject({ snapshot_id: '801', snapshot_status: 'failed', created: 'true' });
    expect(textOf(main, 'Snapshot failed')).toMatch(/801 is 'failed'.*Run the job again/s);
    expect(post).toMatchObject({ code: 0, requests: [`${LIST} 200`] });
    expect(post.stdout).toContain('snapshot 801 (deploy-shop-1001-1) is kept, failed');
  });

  test.concurrent.each(['error', 'errored', 'cancelled', 'canceled', 'deleted', 'FAILED'])(
    'the status word %s is a failure, and quoted',
    async (word) => {
      await using testEnv = await openTestEnvironment({ switches: { fail_next: 1, word_failed: word } });
      const { main } = await runJob(testEnv);

      expect(main.code).toBe(1);
      expect(textOf(main, 'Snapshot failed')).toContain(`'${word.toLowerCase()}'`);
    },
  );

  test.concurrent(
    'wait_timeout exceeded: the error gives the id and how to go on, nothing is deleted',
    async () => {
      await using testEnv = await openTestEnvironment({ secondsPerAnswer: 0 });
      const inputs = { wait_timeout: '2s', on_failure: 'restore' };
      const { main, post } = await runJob(testEnv, { inputs });

      expect(main).toMatchObject({ code: 1, requests: [...STARTED, `${LIST} 200`] });
      expect(main.outputs).toMatchObject({ snapshot_id: '801', snapshot_status: 'in_progress' });
      const text = textOf(main, 'Snapshot not complete in time');
      for (const part of [
        '2s',
        "snapshot 801 of web-server-01 (12345) ('in_progress')",
        'wait action',
        "'wait_timeout'",
      ]) {
        expect(text).toContain(part);
      }
      expect(post).toMatchObject({ code: 0, requests: [`${LIST} 200`] });
      expect(post.stdout).toContain('801');
      expect(testEnv.actualState()).toMatchObject({ snapshots: [{ deletedAt: null }], restores: [] });
    },
  );

  test.concurrent('wait_timeout exceeded, with on_failure: delete: one attempt to delete it', async () => {
    await using testEnv = await openTestEnvironment({ secondsPerAnswer: 0 });
    const { post } = await runJob(testEnv, { inputs: { wait_timeout: '2s', on_failure: 'delete' } });

    expect(post).toMatchObject({ code: 0, requests: [`${LIST} 200`, 'DELETE /snapshots/801/ 204'] });
  });

  test.concurrent(
    'wait_timeout exceeded, with on_failure: delete, and the API refuses it: a warning with the id',
    async () => {
      await using testEnv = await openTestEnvironment({
        secondsPerAnswer: 0,
        switches: { delete_busy: 'refused' },
      });
      const { post } = await runJob(testEnv, { inputs: { wait_timeout: '2s', on_failure: 'delete' } });

      expect(post).toMatchObject({ code: 0, requests: [`${LIST} 200`, 'DELETE /snapshots/801/ 400'] });
      expect(titlesOf(post)).toEqual(['warning: Snapshot not deleted']);
      expect(textOf(post, 'Snapshot not deleted')).toMatch(/801.*Snapshot is in use/s);
    },
  );

  test.concurrent('the API goes down while the snapshot is awaited, and stays down', async () => {
    await using testEnv = await openTestEnvironment();
    testEnv.addFaults({
      kind: 'status',
      status: 503,
      method: 'GET',
      path: '/snapshots/',
      nth: 2,
      times: 999,
    });
    const { main, post } = await runJob(testEnv, { inputs: { wait_timeout: '2s' } });

    expect(main).toMatchObject({
      code: 1,
      requests: [`${LIST} 200`, 'POST /snapshots/ 201', `${LIST} status 503`],
    });
    expect(main.outputs['snapshot_id']).toBe('801');
    expect(textOf(main, 'Snapshot not complete in time')).toMatch(/801.*503/s);
    expect(post.code).toBe(0);
    expect(textOf(post, 'Unknown state of a snapshot')).toContain('801');
  });
});
