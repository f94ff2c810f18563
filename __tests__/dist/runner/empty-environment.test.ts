import { expect, test } from '@jest/globals';
import { ACTIONS, bundleOf, ENTRIES } from '../../../scripts/runner/actions.ts';
import { runAction } from '../harness/action.ts';
import { openTestEnvironment } from '../harness/test-environment.ts';
import { titlesOf } from '../harness/annotations.ts';
import { spawnSync } from 'node:child_process';

test.each(ACTIONS)(
  '$name without inputs is red with one clear error, and sends nothing',
  async ({ name }) => {
    await using testEnv = await openTestEnvironment();
    const required = { api_token: '', ...(name === 'main' && { server_id: '' }) };
    const result = await runAction(testEnv, name, { inputs: required });

    expect(result).toMatchObject({ code: 1, requests: [], outputs: {}, state: {} });
    expect(titlesOf(result)).toEqual(['error: Wrong inputs']);
    expect(result.summary).toContain('Wrong inputs, nothing was sent to VPS.org');
  },
);

test('post without state is green and sends nothing', async () => {
  await using testEnv = await openTestEnvironment();
  const result = await runAction(testEnv, 'post', { inputs: { on_failure: 'restore' }, job: 'failure' });

  expect(result).toMatchObject({ code: 0, requests: [], annotations: [], summary: '' });
  expect(result.stdout).toContain('Nothing to do');
});

test.each(ENTRIES)('%s starts in an empty environment', (entry) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bundleOf(entry)], {
    env: {},
    encoding: 'utf8',
  });

  expect({ status, stderr }).toEqual({ status: entry === 'post' ? 0 : 1, stderr: '' });
  expect(stdout.match(/^::error/gm)?.length ?? 0).toBe(entry === 'post' ? 0 : 1);
});
