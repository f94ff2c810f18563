import { describe, expect, test } from '@jest/globals';
import { runAction } from './harness/action.ts';
import { runJob } from './harness/job.ts';
import { type ActionName } from '../../../scripts/runner/actions.ts';
import { own } from '../../dist/harness/snapshots.ts';
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
  test.concurrent('a stop, a rotation and a restore', async () => {
    await using testEnv = await openTestEnvironment({ snapshots: FIVE });
    const inputs = { ...DRY, stop_server: 'true', when_full: 'rotate', on_failure: 'restore' };
    const { main, post } = await runJob(testEnv, { inputs, ends: 'failure' });

    expect(main.code).toBe(0);
    for (const text of [main.stdout, main.summary.replaceAll('\\', '')]) {
      expect(text).toMatch(
        /Would stop the server if it is active, delete snapshot 501 .*create the snapshot \S+, start/,
      );
    }
    expect(post).toMatchObject({ code: 0, requests: [], annotations: [] });
    expect(post.stdout).toMatch(/Dry run, not carried out: Restoring/);
    expect(effects(testEnv)).toEqual(ONLY_READ);
  });

  test.concurrent('what retention would delete', async () => {
    await using testEnv = await openTestEnvironment({ snapshots: [own(1), own(2)] });
    const { post } = await runJob(testEnv, { inputs: { ...DRY, keep_last: '1' } });

    expect(post).toMatchObject({ code: 0, annotations: [] });
    expect(post.stdout).toMatch(/snapshot 501 would be deleted/);
    expect(post.stdout + post.summary).toMatch(/dry run/i);
    expect(effects(testEnv)).toEqual(ONLY_READ);
  });
});

describe('dry_run of the commands', () => {
  const COMMANDS: readonly { action: ActionName; inputs: Readonly<Record<string, string>>; says: RegExp }[] =
    [
      {
        action: 'wait',
        inputs: { snapshot_id: '501' },
        says: /snapshot 501 is 'completed'; it is not waited for/,
      },
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

  test.concurrent('without an id it is a notice', async () => {
    await using testEnv = await openTestEnvironment();
    const result = await runAction(testEnv, 'restore', { inputs: { ...DRY, snapshot_id: '' } });

    expect(result).toMatchObject({ code: 0, requests: [], annotations: [{ kind: 'notice' }] });
  });

  test.concurrent('a restore that would be refused is red', async () => {
    await using testEnv = await openTestEnvironment({ snapshots: FIVE });
    const result = await runAction(testEnv, 'restore', { inputs: { ...DRY, snapshot_id: '501' } });

    expect(result.code).toBe(1);
    expect(result.annotations[0]?.text).toMatch(/newer snapshot/);
    expect(effects(testEnv)).toEqual(ONLY_READ);
  });
});
