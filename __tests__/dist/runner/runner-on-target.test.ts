import { describe, expect, test } from '@jest/globals';
import { runAction, type StartOptions } from '../harness/action.ts';
import { textOf, titlesOf } from '../harness/annotations.ts';
import { runJob } from '../harness/job.ts';
import { own } from '../harness/snapshots.ts';
import { openTestEnvironment } from '../harness/test-environment.ts';

/** A self-hosted runner on the server that it deploys to: it would be stopped, or overwritten, in the middle of the job. */

const HERE = { id: 12345, name: 'web-server-01', ip_address: '203.0.113.10' };
const ELSEWHERE = { ...HERE, ip_address: '203.0.113.11' };
const ON_IT = {
  nodeArguments: ['--import', import.meta.resolve('../harness/own-addresses.ts')],
} satisfies StartOptions;
const TITLE = 'Runner on the target server';

describe('the runner is on the server', () => {
  test.concurrent('stop_server is an error before anything is changed', async () => {
    await using testEnv = await openTestEnvironment({ servers: [HERE] });
    const { main, post } = await runJob(testEnv, { ...ON_IT, inputs: { stop_server: 'true' } });

    expect([main.code, titlesOf(main)]).toEqual([1, [`error: ${TITLE}`]]);
    expect(textOf(main, TITLE)).toMatch(/203\.0\.113\.10.*Nothing was requested/s);
    expect(testEnv.requests.every(({ method }) => method === 'GET')).toBe(true);
    expect(post).toMatchObject({ code: 0, requests: [] });
  });

  test.concurrent(
    'a configured restore is a warning in main, and refused by post with the command',
    async () => {
      await using testEnv = await openTestEnvironment({ servers: [HERE] });
      const inputs = { on_failure: 'restore' };
      const { main, post } = await runJob(testEnv, { ...ON_IT, inputs, ends: 'failure' });

      // Once: the checks of a rollback would say it again.
      expect([main.code, titlesOf(main)]).toEqual([0, [`warning: ${TITLE}`]]);
      expect([post.code, titlesOf(post)]).toEqual([1, ['error: Not restored']]);
      expect(textOf(post, 'Not restored')).toMatch(
        /this runner is on the server itself.*\/snapshots\/801\/restore\//s,
      );
      expect(testEnv.actualState().restores).toEqual([]);
    },
  );

  test.concurrent('without a restore it is nobody’s business', async () => {
    await using testEnv = await openTestEnvironment({ servers: [HERE] });
    const main = await runAction(testEnv, 'main', ON_IT);
    expect(main).toMatchObject({ code: 0, annotations: [] });
  });

  test.concurrent('the restore action refuses it as well', async () => {
    await using testEnv = await openTestEnvironment({ servers: [HERE], snapshots: [own(1)] });
    const inputs = { snapshot_id: '501' };
    const restore = await runAction(testEnv, 'restore', { ...ON_IT, inputs });

    expect([restore.code, testEnv.actualState().restores]).toEqual([1, []]);
    expect(textOf(restore, 'Not restored')).toContain('this runner is on the server itself');
  });
});

test.concurrent('where no address matches nothing is claimed: behind NAT nobody can tell', async () => {
  await using testEnv = await openTestEnvironment({ servers: [ELSEWHERE] });
  const inputs = { stop_server: 'true', on_failure: 'restore' };
  const { main, post } = await runJob(testEnv, { ...ON_IT, inputs, ends: 'failure' });

  expect(main).toMatchObject({ code: 0, annotations: [] });
  expect(titlesOf(post)).toEqual(['error: Rolled back']);
});
