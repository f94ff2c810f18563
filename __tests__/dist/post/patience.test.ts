import { describe, expect, test } from '@jest/globals';
import { runAction, startAction } from '../harness/action.ts';
import { titlesOf } from '../harness/annotations.ts';
import { runJob } from '../harness/job.ts';
import { openGate } from '../harness/network.ts';
import { AMONG_OTHERS, openTestEnvironment, type TestEnvironment } from '../harness/test-environment.ts';

const RESTORE = 'POST /snapshots/801/restore/';
const FAILED = { inputs: { on_failure: 'restore' }, ends: 'failure' } as const;

/** A deploy that fails, and what goes wrong from then on. */
function then(testEnv: TestEnvironment, act: () => void): () => void {
  return () => {
    for (const { id } of testEnv.actualState().servers) testEnv.api.deploy(id);
    act();
  };
}

function requestsToRestore(requests: readonly string[]): string[] {
  return requests.filter((line) => line.includes('/restore/'));
}

describe('as long as nothing was done, post goes on', () => {
  test.concurrent('the deploy rebooted the server, and the API refuses a restore for a while', async () => {
    await using testEnv = await openTestEnvironment({ switches: { power_seconds: [400, 400] } });
    const body = { detail: 'Server is not in a valid state for restoration.' };
    const { post } = await runJob(testEnv, {
      ...FAILED,
      between: then(testEnv, () => {
        testEnv.request('POST', '/servers/12345/power/', '{"action":"restart"}');
        testEnv.addFaults({
          kind: 'status',
          status: 400,
          body,
          path: '/snapshots/*/restore/',
          nth: 1,
          times: 3,
        });
      }),
    });

    expect(titlesOf(post)).toEqual(['error: Rolled back']);
    // Nothing is requested of a server that restarts.
    const refusals = Array.from({ length: 3 }, () => `${RESTORE} status 400`);
    expect(requestsToRestore(post.requests)).toEqual([...refusals, `${RESTORE} 200`]);
    expect(post.stdout).toMatch(/'restarting'; waiting until it rests.*requesting the restore/s);
    expect(testEnv.api.contentOf()).toBe('generation-0');
  });

  test.concurrent('nothing listens for more than ten seconds when it begins', async () => {
    await using testEnv = await openTestEnvironment();
    await using gate = await openGate(testEnv.url);
    const inputs = { ...FAILED.inputs, api_url: gate.url };
    const main = await runAction(testEnv, 'main', { inputs });
    testEnv.api.deploy();
    await gate.close();
    const running = await startAction(testEnv, 'post', {
      // Ten seconds of it are one.
      nodeArguments: ['--import', import.meta.resolve('../harness/fast-clock.ts')],
      inputs,
      state: main.state,
      job: FAILED.ends,
    });
    await running.logged(/Still waiting for the API/);
    await gate.open();
    const post = await running.result;

    expect(titlesOf(post)).toEqual(['error: Rolled back']);
    expect(post.stdout).toMatch(/Still waiting for the API after \d\ds: .*connection was refused/);
    expect(post.stdout).toContain('the API answers again');
    expect(testEnv.api.contentOf()).toBe('generation-0');
  });

  test.concurrent('of three servers one cannot be read for a while: all are restored', async () => {
    await using testEnv = await openTestEnvironment({
      ...AMONG_OTHERS,
      servers: [{ id: 1 }, { id: 2 }, { id: 3 }],
    });
    const outage = { kind: 'status', status: 503, method: 'GET', nth: 1 };
    const { post } = await runJob(testEnv, {
      ...FAILED,
      inputs: { ...FAILED.inputs, server_id: '1,2,3' },
      between: then(testEnv, () =>
        testEnv.addFaults([
          { ...outage, path: '/servers/', times: 8 },
          { ...outage, path: '/servers/2/', times: 4 },
        ]),
      ),
    });

    expect(titlesOf(post)).toEqual(Array.from({ length: 3 }, () => 'error: Rolled back'));
    for (const id of [1, 2, 3]) expect(testEnv.api.contentOf(id)).toBe('generation-0');
  });

  test.concurrent('a rate limit without Retry-After: every server is restored', async () => {
    const servers = Array.from({ length: 5 }, (_, n) => ({ id: n + 1 }));
    await using testEnv = await openTestEnvironment({ ...AMONG_OTHERS, servers });
    const { main, post } = await runJob(testEnv, {
      ...FAILED,
      inputs: { ...FAILED.inputs, server_id: servers.map(({ id }) => id).join() },
      between: then(testEnv, () => {
        // A storm at its beginning, and one in the middle of the requests.
        testEnv.addFaults([
          { kind: 'status', status: 429, nth: 1, times: 4 },
          { kind: 'status', status: 429, path: '/snapshots/*/restore/', nth: 2, times: 2 },
        ]);
      }),
    });

    expect(main.code).toBe(0);
    expect(titlesOf(post)).toEqual(servers.map(() => 'error: Rolled back'));
    expect(testEnv.actualState().restores).toHaveLength(5);
    for (const { id } of servers) expect(testEnv.api.contentOf(id)).toBe('generation-0');
  });
});

test.concurrent(
  'one 404 while the server is restored, which then ends stopped: started, rolled back',
  async () => {
    await using testEnv = await openTestEnvironment({ switches: { after_restore: 'stopped' } });
    const { post } = await runJob(testEnv, {
      ...FAILED,
      between: then(testEnv, () =>
        testEnv.addFaults([
          // The first read is before the request.
          { kind: 'status', status: 404, path: '/servers/12345/', nth: 3 },
          { kind: 'status', status: 404, path: '/servers/', nth: 1 },
        ]),
      ),
    });

    expect(titlesOf(post)).toEqual(['error: Rolled back']);
    expect(post.requests).toContain('GET /servers/12345/ status 404');
    expect(testEnv.actualState()).toMatchObject({ servers: [{ phase: 'active', content: 'generation-0' }] });
  },
);
