import { describe, expect, test } from '@jest/globals';
import { type SnapshotSeed } from '../../simulator/truth.ts';
import { type Ended, runAction } from './harness/action.ts';
import { runLife } from './harness/job.ts';
import { type ActionName } from '../../scripts/runner/actions.ts';
import { marked } from './harness/markers.ts';
import { openStage, type Stage } from './harness/test-environment.ts';

const DRY = { dry_run: 'true' };

function own(n: number, more: Partial<SnapshotSeed> = {}): SnapshotSeed {
  return {
    id: 500 + n,
    name: `s-${n}`,
    created_at: `2026-01-0${n}T08:00:00Z`,
    description: marked(),
    ...more,
  };
}
const FIVE = [own(1), own(2), own(3), own(4), own(5)];

/** Nothing but reading: the methods that were used, and whether anything changed. */
function effects(stage: Stage): { methods: string[]; changed: boolean } {
  const { snapshots, restores, power } = stage.truth();
  const touched = snapshots.some(({ madeBy, deletedAt }) => madeBy === 'api' || deletedAt !== null);
  return {
    methods: [...new Set(stage.server.requests.map(({ method }) => method))],
    changed: touched || restores.length > 0 || power.length > 0,
  };
}
const ONLY_READ = { methods: ['GET'], changed: false };

describe('dry_run of the root action: main and post only read, and say what would be done', () => {
  test.concurrent.each([
    { name: 'a snapshot', snapshots: [], inputs: {}, says: /make the snapshot deploy-shop-1001-1/ },
    {
      name: 'a rotation',
      snapshots: FIVE,
      inputs: { when_full: 'rotate' },
      says: /delete snapshot 501 .*oldest/,
    },
    { name: 'a stop', snapshots: [], inputs: { stop_server: 'true' }, says: /stop.*make.*start/ },
    {
      name: 'a reuse',
      snapshots: [own(9, { created_at: '2026-01-10T11:00:00Z', description: marked({ runId: '1001' }) })],
      inputs: { on_rerun: 'reuse' },
      env: { GITHUB_RUN_ATTEMPT: '2' },
      says: /reuse snapshot 509/,
    },
  ])('$name', async ({ snapshots, inputs, env = {}, says }) => {
    await using stage = await openStage({ snapshots });
    const { main, post } = await runLife(stage, { inputs: { ...DRY, ...inputs }, env });

    expect(main.code).toBe(0);
    expect(main.stdout).toMatch(says);
    expect(main.summary.replaceAll('\\', '')).toMatch(says);
    expect(post).toMatchObject({ code: 0, requests: [] });
    expect(effects(stage)).toEqual(ONLY_READ);
  });

  test.concurrent.each([
    { name: 'a restore', inputs: { on_failure: 'restore' }, ends: 'failure', says: /restore/ },
    { name: 'a deletion', inputs: { on_success: 'delete' }, ends: 'success', says: /deleted/ },
    { name: 'retention', inputs: { keep_last: '1' }, ends: 'success', says: /newest 1/ },
    { name: 'a restore by restore_if', inputs: {}, restoreIf: 'true', ends: 'success', says: /restore/ },
  ] as const)(
    'post would do $name: says so, is green, changes nothing',
    async ({ inputs, says, ...life }) => {
      await using stage = await openStage({ snapshots: [own(1), own(2)] });
      const { post } = await runLife(stage, { ...life, inputs: { ...DRY, ...inputs } });

      expect(post).toMatchObject({ code: 0, annotations: [] });
      expect(post.stdout).toMatch(says);
      expect(post.stdout + post.summary).toMatch(/dry run/i);
      expect(effects(stage)).toEqual(ONLY_READ);
    },
  );

  test.concurrent('a plan that cannot be carried out is red: a full server', async () => {
    await using stage = await openStage({ snapshots: FIVE });
    const { main, post } = await runLife(stage, { inputs: DRY });

    expect(main.code).toBe(1);
    expect(post.code).toBe(0);
    expect(effects(stage)).toEqual(ONLY_READ);
  });
});

describe('dry_run of the siblings', () => {
  const SIBLINGS: readonly { action: ActionName; inputs: Readonly<Record<string, string>>; says: RegExp }[] =
    [
      { action: 'wait', inputs: { snapshot_id: '501' }, says: /snapshot 501 is 'completed'/ },
      { action: 'restore', inputs: { snapshot_id: '505' }, says: /505 would be restored/ },
      { action: 'delete', inputs: { snapshot_id: '501,502' }, says: /501 would be deleted/ },
      { action: 'prune', inputs: { server_id: '12345', keep_last: '4' }, says: /501 would be deleted/ },
    ];

  test.concurrent.each(SIBLINGS)('$action', async ({ action, inputs, says }) => {
    await using stage = await openStage({ snapshots: FIVE });
    const ended = await runAction(stage, action, { inputs: { ...DRY, ...inputs } });

    expect(ended.code).toBe(0);
    expect(ended.stdout).toMatch(says);
    expect(ended.summary).toMatch(/dry run/i);
    expect(ended.outputs['deleted'] ?? '').toBe('');
    expect(ended.outputs['restored'] ?? 'false').toBe('false');
    expect(effects(stage)).toEqual(ONLY_READ);
  });

  test.concurrent.each(['wait', 'restore', 'delete'] as const)(
    '%s without an id is a notice',
    async (action) => {
      await using stage = await openStage();
      const ended: Ended = await runAction(stage, action, { inputs: { ...DRY, snapshot_id: '' } });

      expect(ended).toMatchObject({ code: 0, requests: [], annotations: [{ kind: 'notice' }] });
    },
  );

  test.concurrent('a restore that would be refused is red', async () => {
    await using stage = await openStage({ snapshots: FIVE });
    const ended = await runAction(stage, 'restore', { inputs: { ...DRY, snapshot_id: '501' } });

    expect(ended.code).toBe(1);
    expect(ended.annotations[0]?.text).toMatch(/newer snapshot/);
    expect(effects(stage)).toEqual(ONLY_READ);
  });
});
