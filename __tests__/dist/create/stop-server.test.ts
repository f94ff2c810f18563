import { expect, test } from '@jest/globals';
import { titlesOf } from '../harness/annotations.ts';
import { runJob } from '../harness/job.ts';
import { openTestEnvironment } from '../harness/test-environment.ts';

test.concurrent('stop_server: a stale `active` after the snapshot is no reason not to start', async () => {
  await using testEnv = await openTestEnvironment();
  const body = { id: 12345, name: 'web-server-01', status: 'active' };
  testEnv.before(
    () => testEnv.actualState().snapshots[0]?.phase === 'completed',
    () =>
      testEnv.addFaults({
        kind: 'wrong_json',
        body,
        method: 'GET',
        path: '/servers/12345/',
        nth: 1,
        times: 2,
      }),
  );
  const { main, post } = await runJob(testEnv, { inputs: { stop_server: 'true' } });

  expect([main.code, titlesOf(main)]).toEqual([0, []]);
  expect(main.requests).toContain('GET /servers/12345/ wrong_json 200');
  expect(main.stdout).toMatch(/starting the server.*the server is active/s);
  expect([post.code, titlesOf(post)]).toEqual([0, []]);
  const { power, snapshots, servers } = testEnv.actualState();
  expect(power.map(({ action }) => action)).toEqual(['stop', 'start']);
  expect(snapshots).toMatchObject([{ serverPhase: 'stopped' }]);
  expect(servers).toMatchObject([{ phase: 'active' }]);
});
