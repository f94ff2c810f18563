import { describe, expect, test } from '@jest/globals';
import { runAction, startAction } from '../harness/action.ts';
import { textOf, titlesOf } from '../harness/annotations.ts';
import { runPost } from '../harness/job.ts';
import { deleted, own } from '../harness/snapshots.ts';
import { openTestEnvironment } from '../harness/test-environment.ts';

describe("a runner's file that cannot be written", () => {
  test.concurrent.each(['GITHUB_OUTPUT', 'GITHUB_STATE'] as const)(
    '%s, before main has changed anything: red, and nothing is sent',
    async (file) => {
      await using testEnv = await openTestEnvironment();
      const main = await runAction(testEnv, 'main', { brokenFiles: [file] });

      expect(main).toMatchObject({ code: 1, requests: [] });
      expect(titlesOf(main)).toEqual(['error: Runner file cannot be written']);
      expect(textOf(main, 'Runner file cannot be written')).toContain(file);
    },
  );

  test.concurrent.each(['GITHUB_OUTPUT', 'GITHUB_STATE'] as const)(
    '%s, on a full disk before main has changed anything: the same',
    async (file) => {
      await using testEnv = await openTestEnvironment();
      const main = await runAction(testEnv, 'main', { env: { [file]: '/dev/full' } });

      expect(main).toMatchObject({ code: 1, requests: [] });
      expect(titlesOf(main)).toEqual(['error: Runner file cannot be written']);
      expect(textOf(main, 'Runner file cannot be written')).toContain(file);
    },
  );

  test.concurrent(
    'the outputs, after the create request: a warning, and the snapshot is waited for',
    async () => {
      await using testEnv = await openTestEnvironment();
      const running = await startAction(testEnv, 'main');
      testEnv.before(
        ({ method }) => method === 'POST',
        () => running.breakFile('GITHUB_OUTPUT'),
      );
      const main = await running.result;
      const post = await runPost(testEnv, main, { inputs: {}, job: 'failure' });

      expect(main.code).toBe(0);
      expect(titlesOf(main)).toEqual(['warning: Runner file not written']);
      expect(textOf(main, 'Runner file not written')).toContain('GITHUB_OUTPUT');
      expect(main.stdout).toContain('snapshot 801 is completed');
      expect(post.stdout).toContain('snapshot 801');
    },
  );

  test.concurrent('the outputs, after the restore request: watched to its end', async () => {
    await using testEnv = await openTestEnvironment({
      snapshots: [own(1)],
      switches: { after_restore: 'stopped' },
    });
    const running = await startAction(testEnv, 'restore', { inputs: { snapshot_id: '501' } });
    testEnv.before(
      ({ method }) => method === 'POST',
      () => running.breakFile('GITHUB_OUTPUT'),
    );
    const result = await running.result;

    expect(titlesOf(result)).toEqual(['warning: Runner file not written', 'notice: Restored']);
    expect(result.code).toBe(0);
    expect(testEnv.actualState()).toMatchObject({ servers: [{ phase: 'active' }] });
  });

  test.concurrent('the summary, on a full disk: watched to its end', async () => {
    await using testEnv = await openTestEnvironment({ snapshots: [own(1)] });
    const inputs = { snapshot_id: '501' };
    const env = { GITHUB_STEP_SUMMARY: '/dev/full' };
    const result = await runAction(testEnv, 'restore', { inputs, env });

    expect(titlesOf(result)).toEqual(['warning: Runner file not written', 'notice: Restored']);
    expect(result.code).toBe(0);
  });

  test.concurrent.each([
    { action: 'wait', inputs: { snapshot_id: '501' }, gone: [] },
    { action: 'delete', inputs: { snapshot_id: '501' }, gone: ['501'] },
  ] as const)('the outputs of $action: a warning, and it is done', async ({ action, inputs, gone }) => {
    await using testEnv = await openTestEnvironment({ snapshots: [own(1)] });
    const brokenFiles = ['GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY'] as const;
    const result = await runAction(testEnv, action, { inputs, brokenFiles });

    expect(result.code).toBe(0);
    expect(new Set(titlesOf(result))).toEqual(new Set(['warning: Runner file not written']));
    expect(deleted(testEnv)).toEqual(gone);
  });
});

test.concurrent('nobody reads the log any more: the server is started anyway', async () => {
  await using testEnv = await openTestEnvironment({ switches: { after_restore: 'stopped' } });
  const inputs = { on_failure: 'restore' };
  const main = await runAction(testEnv, 'main', { inputs });
  testEnv.api.deploy();
  const running = await startAction(testEnv, 'post', { inputs, state: main.state, job: 'failure' });
  testEnv.before(
    ({ path }) => path.endsWith('/restore/'),
    () => running.closeLog(),
  );
  const post = await running.result;

  expect(post.code).toBe(1);
  expect(post.stdout).not.toContain('restore requested');
  expect(post.summary).toContain('Rolled back');
  expect(testEnv.actualState()).toMatchObject({ servers: [{ phase: 'active', content: 'generation-0' }] });
});
