import { describe, expect, test } from '@jest/globals';
import { runLife } from '../harness/job.ts';
import { openStage } from '../harness/test-environment.ts';
import { textOf, titlesOf } from '../harness/annotations.ts';

const LIST = 'GET /snapshots/?server_id=12345 200';
const SERVER = 'GET /servers/12345/ 200';
const CREATED = [LIST, 'POST /snapshots/ 201', LIST];
/** With a restore configured the server is read once, to warn early. */
const CREATED_TO_RESTORE = [LIST, 'POST /snapshots/ 201', SERVER, LIST];
const RESTORED = [LIST, SERVER, 'POST /snapshots/801/restore/ 200', SERVER];

test.concurrent(
  'a good deploy: one list before the create request, only polls after it, and a post step that asks nothing',
  async () => {
    await using stage = await openStage();
    const { main, post } = await runLife(stage);

    expect(main).toMatchObject({ code: 0, requests: CREATED, requestCount: 5, annotations: [] });
    expect(post).toMatchObject({ code: 0, requests: [], annotations: [] });
    expect(post.stdout).toContain('snapshot 801 (deploy-shop-1001-1) is kept');
    expect(stage.truth().snapshots).toMatchObject([{ id: '801', phase: 'completed', deletedAt: null }]);
  },
);

test.concurrent(
  'the create request says server, name and description, which ends with the marker',
  async () => {
    await using stage = await openStage();
    await runLife(stage, { inputs: { description: 'before the deploy' } });

    const create = stage.server.requests.find(({ method }) => method === 'POST');
    expect(JSON.parse(create?.body ?? '')).toEqual({
      server_id: 12345,
      name: 'deploy-shop-1001-1',
      description: expect.stringMatching(
        /^before the deploy \[vps-snapshot key=[0-9a-f-]{36} repo-id=4711 repo=acme\/shop run=1001\/1 job=deploy step=snapshot sha=0123456789ab\]$/,
      ),
    });
  },
);

test.concurrent('outputs, state and summary of main', async () => {
  await using stage = await openStage();
  const { main } = await runLife(stage);
  const [snapshot] = stage.truth().snapshots;

  expect(main.outputs).toEqual({
    snapshot_id: '801',
    snapshot_name: 'deploy-shop-1001-1',
    snapshot_status: 'completed',
    size_mb: String(snapshot?.sizeMb),
    created_at: '2026-01-10T12:01:00Z',
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
      created_at: '2026-01-10T12:01:00Z',
      created: true,
    },
  ]);
  expect(Object.keys(main.state).toSorted()).toEqual(['server_0', 'step']);
  for (const part of [
    'web-server-01 (12345)',
    '`801`',
    '`deploy-shop-1001-1`',
    '1 of 5',
    'What happened when',
    '/snapshots/801/restore/',
  ]) {
    expect(main.summary).toContain(part);
  }
});

test.concurrent(
  'a failed deploy with on_failure: restore is rolled back, and the job stays red',
  async () => {
    await using stage = await openStage();
    const { main, post } = await runLife(stage, { inputs: { on_failure: 'restore' }, ends: 'failure' });

    expect(main).toMatchObject({ code: 0, requests: CREATED_TO_RESTORE });
    expect(post).toMatchObject({ code: 1, requests: RESTORED });
    expect(titlesOf(post)).toEqual(['error: Rolled back']);
    expect(textOf(post, 'Rolled back')).toContain(
      'Everything written to the server since 2026-01-10T12:01:00Z is gone',
    );
    expect(post.stdout).toContain('restored: server is active again, application not checked');
    expect(post.summary).toContain('Rolled back');
    expect(stage.server.machine.contentOf()).toBe('generation-0');
  },
);

test.concurrent(
  'a deploy with continue-on-error: restore_if restores although the job succeeded, and makes it red',
  async () => {
    await using stage = await openStage();
    const inputs = { restore_if: 'false', on_success: 'delete' };
    const { main, post } = await runLife(stage, { inputs, restoreIf: 'true' });

    expect(main.requests).toEqual(CREATED_TO_RESTORE);
    // After a restore nothing is deleted, by any option.
    expect(post).toMatchObject({ code: 1, requests: RESTORED });
    expect(stage.server.machine.contentOf()).toBe('generation-0');
  },
);

test.concurrent('a cancelled or timed-out job with on_cancel: restore is rolled back', async () => {
  await using stage = await openStage();
  const { post } = await runLife(stage, { inputs: { on_cancel: 'restore' }, ends: 'cancelled' });

  expect(post).toMatchObject({ code: 1, requests: RESTORED });
  expect(stage.server.machine.contentOf()).toBe('generation-0');
});

describe('what post does with a finished snapshot', () => {
  const DELETED = ['DELETE /snapshots/801/ 204'];
  const ASK_ON_FAILURE = { on_failure: 'restore' };
  const ASK_ON_CANCEL = { on_cancel: 'restore' };

  test.concurrent.each([
    { ends: 'success', inputs: { on_success: 'delete' }, restoreIf: '', asks: DELETED },
    { ends: 'success', inputs: { on_failure: 'delete', on_cancel: 'delete' }, restoreIf: '', asks: [] },
    { ends: 'success', inputs: { on_failure: 'restore', on_cancel: 'restore' }, restoreIf: '', asks: [] },
    { ends: 'success', inputs: { on_success: 'delete' }, restoreIf: 'false', asks: DELETED },
    { ends: 'failure', inputs: {}, restoreIf: '', asks: [] },
    { ends: 'failure', inputs: { on_success: 'delete', on_cancel: 'delete' }, restoreIf: '', asks: [] },
    { ends: 'failure', inputs: { on_failure: 'delete' }, restoreIf: '', asks: DELETED },
    { ends: 'failure', inputs: { on_failure: 'delete' }, restoreIf: 'false', asks: DELETED },
    { ends: 'failure', inputs: ASK_ON_FAILURE, restoreIf: 'false', asks: [] },
    { ends: 'failure', inputs: ASK_ON_CANCEL, restoreIf: '', asks: [] },
    { ends: 'cancelled', inputs: {}, restoreIf: '', asks: [] },
    { ends: 'cancelled', inputs: { on_cancel: 'delete' }, restoreIf: '', asks: DELETED },
    { ends: 'cancelled', inputs: ASK_ON_CANCEL, restoreIf: 'false', asks: [] },
    { ends: 'cancelled', inputs: ASK_ON_FAILURE, restoreIf: '', asks: [] },
  ] as const)('job $ends, $inputs, restore_if "$restoreIf": asks $asks', async ({ asks, ...life }) => {
    await using stage = await openStage();
    const { post } = await runLife(stage, life);

    expect(post).toMatchObject({ code: 0, requests: asks });
    const unasked = life.ends === 'failure' && life.restoreIf === 'false';
    expect(titlesOf(post)).toEqual(unasked ? ['warning: Not asked to restore'] : []);
    expect(stage.truth().restores).toEqual([]);
    expect(stage.server.machine.contentOf()).toBe('generation-1');
  });
});
