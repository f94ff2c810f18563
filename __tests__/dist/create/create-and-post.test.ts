import { describe, expect, test } from '@jest/globals';
import { runAction } from '../harness/action.ts';
import { textOf, titlesOf } from '../harness/annotations.ts';
import { runJob } from '../harness/job.ts';
import { openTestEnvironment } from '../harness/test-environment.ts';

const LIST = 'GET /snapshots/?server_id=12345 200';
const SERVER = 'GET /servers/12345/ 200';
const CREATED = [SERVER, LIST, 'POST /snapshots/ 201', LIST];
const RESTORED = [SERVER, LIST, 'POST /snapshots/801/restore/ 200', SERVER];

test.concurrent(
  'a good deploy: two reads side by side before the create request, one list a poll after it, none by post',
  async () => {
    await using testEnv = await openTestEnvironment();
    const { main, post } = await runJob(testEnv);

    expect(main).toMatchObject({ code: 0, requests: CREATED, requestCount: 6, annotations: [] });
    expect(post).toMatchObject({ code: 0, requests: [], annotations: [] });
    expect(post.stdout).toContain('snapshot 801 (deploy-shop-1001-1) is kept');
    expect(testEnv.actualState().snapshots).toMatchObject([
      { id: '801', phase: 'completed', deletedAt: null },
    ]);
  },
);

test.concurrent(
  'the create request says server, name and description, which ends with the marker',
  async () => {
    await using testEnv = await openTestEnvironment();
    await runAction(testEnv, 'main', { inputs: { description: 'before the deploy' } });

    const create = testEnv.requests.find(({ method }) => method === 'POST');
    expect(JSON.parse(create?.body ?? '')).toEqual({
      server_id: 12345,
      name: 'deploy-shop-1001-1',
      description: expect.stringMatching(
        /^before the deploy \[vps-snapshot key=[0-9a-f-]{36} repo-id=4711 host=github\.example repo=acme\/shop run=1001\/1 job=deploy step=snapshot sha=0123456\]$/,
      ),
    });
  },
);

test.concurrent('outputs, state and summary of main', async () => {
  await using testEnv = await openTestEnvironment();
  const main = await runAction(testEnv, 'main');
  const [snapshot] = testEnv.actualState().snapshots;

  expect(main.outputs).toEqual({
    snapshot_id: '801',
    snapshot_name: 'deploy-shop-1001-1',
    snapshot_status: 'completed',
    size_mb: String(snapshot?.sizeMb),
    created_at: '2026-01-10T12:02:00Z',
    created: 'true',
    snapshots: expect.any(String),
  });
  expect(JSON.parse(main.outputs['snapshots'] ?? '')).toEqual([
    {
      server_id: '12345',
      server_name: 'web-server-01',
      snapshot_id: '801',
      name: 'deploy-shop-1001-1',
      status: 'completed',
      size_mb: snapshot?.sizeMb,
      created_at: '2026-01-10T12:02:00Z',
      created: true,
    },
  ]);
  expect(Object.keys(main.state).toSorted()).toEqual(['server_0', 'step']);
  for (const part of [
    'web-server-01 (12345)',
    '`801`',
    '`deploy-shop-1001-1`',
    '1 of 5',
    'Timeline',
    '/snapshots/801/restore/',
  ]) {
    expect(main.summary).toContain(part);
  }
});

test.concurrent(
  'a failed deploy with on_failure: restore is rolled back, and the job stays red',
  async () => {
    await using testEnv = await openTestEnvironment();
    const { main, post } = await runJob(testEnv, { inputs: { on_failure: 'restore' }, ends: 'failure' });

    expect(main).toMatchObject({ code: 0, requests: CREATED });
    expect(post).toMatchObject({ code: 1, requests: RESTORED });
    expect(titlesOf(post)).toEqual(['error: Rolled back']);
    expect(textOf(post, 'Rolled back')).toContain(
      'Everything written to the server since 2026-01-10T12:02:00Z is gone',
    );
    expect(post.stdout).toContain('restored: server is active again, application not checked');
    expect(post.summary).toContain('Rolled back');
    expect(testEnv.api.contentOf()).toBe('generation-0');
  },
);

test.concurrent(
  'a deploy with continue-on-error: restore_if restores although the job succeeded, and makes it red',
  async () => {
    await using testEnv = await openTestEnvironment();
    const inputs = { restore_if: 'false', on_success: 'delete' };
    const { main, post } = await runJob(testEnv, { inputs, restoreIf: 'true' });

    expect(main.requests).toEqual(CREATED);
    // After a restore nothing is deleted, by any option.
    expect(post).toMatchObject({ code: 1, requests: RESTORED });
    expect(testEnv.api.contentOf()).toBe('generation-0');
  },
);

test.concurrent('a cancelled or timed-out job with on_cancel: restore is rolled back', async () => {
  await using testEnv = await openTestEnvironment();
  const { post } = await runJob(testEnv, { inputs: { on_cancel: 'restore' }, ends: 'cancelled' });

  expect(post).toMatchObject({ code: 1, requests: RESTORED });
  expect(testEnv.api.contentOf()).toBe('generation-0');
});

describe('what post does with a finished snapshot', () => {
  const DELETED = ['DELETE /snapshots/801/ 204'];

  test.concurrent.each([
    { ends: 'success', inputs: { on_success: 'delete' }, restoreIf: 'false', requests: DELETED, titles: [] },
    {
      ends: 'failure',
      inputs: { on_failure: 'restore' },
      restoreIf: 'false',
      requests: [],
      titles: ['notice: Not asked to restore'],
    },
    { ends: 'cancelled', inputs: { on_cancel: 'delete' }, restoreIf: '', requests: DELETED, titles: [] },
    {
      ends: 'cancelled',
      inputs: { on_failure: 'restore' },
      restoreIf: '',
      requests: [],
      titles: ['warning: Kept, not restored'],
    },
  ] as const)(
    'job $ends, $inputs, restore_if "$restoreIf": requests $requests',
    async ({ requests, titles, ...options }) => {
      await using testEnv = await openTestEnvironment();
      const { post } = await runJob(testEnv, options);

      expect(post).toMatchObject({ code: 0, requests: requests });
      expect(titlesOf(post)).toEqual(titles);
      expect(testEnv.actualState().restores).toEqual([]);
      expect(testEnv.api.contentOf()).toBe('generation-1');
    },
  );
});
