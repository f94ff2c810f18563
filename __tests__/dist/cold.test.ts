import { expect, test } from '@jest/globals';
import { runAction } from './harness/action.ts';
import { type ActionName, bundleOf } from './harness/manifest.ts';
import { openStage } from './harness/stage.ts';
import { titlesOf } from './harness/told.ts';
import { spawnSync } from 'node:child_process';

const WITH_INPUTS: ActionName[] = ['main', 'wait', 'restore', 'delete', 'prune'];

test.each(WITH_INPUTS)('%s without inputs is red with one clear error, and sends nothing', async (action) => {
  await using stage = await openStage();
  const required = { api_token: '', ...(action === 'main' && { server_id: '' }) };
  const ended = await runAction(stage, action, { inputs: required });

  expect(ended).toMatchObject({ code: 1, requests: [], outputs: {}, state: {} });
  expect(titlesOf(ended)).toEqual(['error: Wrong inputs']);
  expect(ended.summary).toContain('Wrong inputs, nothing was sent to VPS.org');
});

test('post without state is green and sends nothing', async () => {
  await using stage = await openStage();
  const ended = await runAction(stage, 'post', { inputs: { on_failure: 'restore' }, job: 'failure' });

  expect(ended).toMatchObject({ code: 0, requests: [], annotations: [], summary: '' });
  expect(ended.stdout).toContain('Nothing to do');
});

test.each([...WITH_INPUTS, 'post'] as const)('%s starts in an empty environment', (action) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bundleOf(action)], {
    env: {},
    encoding: 'utf8',
  });

  expect({ status, stderr }).toEqual({ status: action === 'post' ? 0 : 1, stderr: '' });
  expect(stdout.match(/^::error/gm)?.length ?? 0).toBe(action === 'post' ? 0 : 1);
});
