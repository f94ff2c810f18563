import { expect, test } from '@jest/globals';
import { bundleOf, ENTRIES } from '../../../scripts/runner/actions.ts';
import { noteStart } from '../../../scripts/runner/started-steps.ts';
import { runAction } from '../harness/action.ts';
import { openTestEnvironment } from '../harness/test-environment.ts';
import { spawnSync } from 'node:child_process';

test('post without state is green and sends nothing', async () => {
  await using testEnv = await openTestEnvironment();
  const result = await runAction(testEnv, 'post', { inputs: { on_failure: 'restore' }, job: 'failure' });

  expect(result).toMatchObject({ code: 0, requests: [], annotations: [], summary: '' });
  expect(result.stdout).toContain('Nothing to do');
});

test.each(ENTRIES)('%s starts in an empty environment', (entry) => {
  noteStart(entry);
  const { status, stdout, stderr } = spawnSync(process.execPath, [bundleOf(entry)], {
    env: {},
    encoding: 'utf8',
  });

  expect({ status, stderr }).toEqual({ status: entry === 'post' ? 0 : 1, stderr: '' });
  expect(stdout.match(/^::error/gm)?.length ?? 0).toBe(entry === 'post' ? 0 : 1);
});
