import { describe, expect, test } from '@jest/globals';
import { runAction, type ActionResult } from './harness/action.ts';
import { runJob } from './harness/job.ts';
import { type ActionName } from '../../scripts/runner/actions.ts';
import { markerOf, own } from './harness/snapshots.ts';
import { openTestEnvironment, type TestEnvironment } from './harness/test-environment.ts';

const DRY = { dry_run: 'true' };

const FIVE = [own(1), own(2), own(3), own(4), own(5)];

/** Nothing but reading: the methods that were used, and whether anything changed. */
function effects(testEnv: TestEnvironment): { methods: string[]; changed: boolean } {
  const { snapshots, restores, power } = testEnv.actualState();
  const touched = snapshots.some(({ madeBy, deletedAt }) => madeBy === 'api' || deletedAt !== null);
  return {
    methods: [...new Set(testEnv.requests.map(({ method }) => method))],
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
      snapshots: [own(9, { created_at: '2026-01-10T11:00:00Z', description: markerOf({ runId: '1001' }) })],
      inputs: { on_rerun: 'reuse' },
      env: { GITHUB_RUN_ATTEMPT: '2' },
      says: /reuse snapshot 509/,
    },
  ])('$name', async ({ snapshots, inputs, env = {}, says }) => {
    await using testEnv = await openTestEnvironment({ snapshots });
    const { main, post } = await runJob(testEnv, { inputs: { ...DRY, ...inputs }, env });

    expect(main.code).toBe(0);
    expect(main.stdout).toMatch(says);
    expect(main.summary.replaceAll('\\', '')).toMatch(says);
    expect(post).toMatchObject({ code: 0, requests: [] });
    expect(effects(testEnv)).toEqual(ONLY_READ);
  });

  test.concurrent.each([
    { name: 'a restore', inputs: { on_failure: 'restore' }, ends: 'failure', says: /restore/ },
    { name: 'a deletion', inputs: { on_success: 'delete' }, ends: 'success', says: /deleted/ },
    { name: 'retention', inputs: { keep_last: '1' }, ends: 'success', says: /newest 1/ },
    { name: 'a restore by restore_if', inputs: {}, restoreIf: 'true', ends: 'success', says: /restore/ },
  ] as const)(
    'post would do $name: says so, is green, changes nothing',
    async ({ inputs, says, ...options }) => {
      await using testEnv = await openTestEnvironment({ snapshots: [own(1), own(2)] });
      const { post } = await runJob(testEnv, { ...options, inputs: { ...DRY, ...inputs } });

      expect(post).toMatchObject({ code: 0, annotations: [] });
      expect(post.stdout).toMatch(says);
      expect(post.stdout + post.summary).toMatch(/dry run/i);
      expect(effects(testEnv)).toEqual(ONLY_READ);
    },
  );

  test.concurrent('a plan that cannot be carried out is red: a full server', async () => {
    await using testEnv = await openTestEnvironment({ snapshots: FIVE });
    const { main, post } = await runJob(testEnv, { inputs: DRY });

    expect(main.code).toBe(1);
    expect(post.code).toBe(0);
    expect(effects(testEnv)).toEqual(ONLY_READ);
  });
});

describe('dry_run of the commands', () => {
  const COMMANDS: readonly { action: ActionName; inputs: Readonly<Record<string, string>>; says: RegExp }[] =
    [
      { action: 'wait', inputs: { snapshot_id: '501' }, says: /snapshot 501 is 'completed'/ },
      { action: 'restore', inputs: { snapshot_id: '505' }, says: /505 would be restored/ },
      { action: 'delete', inputs: { snapshot_id: '501,502' }, says: /501 would be deleted/ },
      { action: 'prune', inputs: { server_id: '12345', keep_last: '4' }, says: /501 would be deleted/ },
    ];

  test.concurrent.each(COMMANDS)('$action', async ({ action, inputs, says }) => {
    await using testEnv = await openTestEnvironment({ snapshots: FIVE });
    const result = await runAction(testEnv, action, { inputs: { ...DRY, ...inputs } });

    expect(result.code).toBe(0);
    expect(result.stdout).toMatch(says);
    expect(result.summary).toMatch(/dry run/i);
    expect(result.outputs['deleted'] ?? '').toBe('');
    expect(result.outputs['restored'] ?? 'false').toBe('false');
    expect(effects(testEnv)).toEqual(ONLY_READ);
  });

  test.concurrent.each(['wait', 'restore', 'delete'] as const)(
    '%s without an id is a notice',
    async (action) => {
      await using testEnv = await openTestEnvironment();
      const result: ActionResult = await runAction(testEnv, action, { inputs: { ...DRY, snapshot_id: '' } });

      expect(result).toMatchObject({ code: 0, requests: [], annotations: [{ kind: 'notice' }] });
    },
  );

  test.concurrent('a restore that would be refused is red', async () => {
    await using testEnv = await openTestEnvironment({ snapshots: FIVE });
    const result = await runAction(testEnv, 'restore', { inputs: { ...DRY, snapshot_id: '501' } });

    expect(result.code).toBe(1);
    expect(result.annotations[0]?.text).toMatch(/newer snapshot/);
    expect(effects(testEnv)).toEqual(ONLY_READ);
  });
});
