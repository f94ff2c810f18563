import { describe, expect, jest, test } from '@jest/globals';
import { FAILED } from '../harness/samples.ts';
import { MINUTE, TestEnvironment, type Switches } from '../harness/test-environment.ts';

/** A fleet under a limit on requests: 429 uses up nothing, and whoever waits does not wake with all the others. */

const serversOf = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: 101 + index, name: `web-${index + 1}` }));

interface Fleet {
  readonly testEnv: TestEnvironment;
  readonly restored: number;
  readonly exitCode: 0 | 1;
}

async function rollBack(count: number, switches: Partial<Switches>, jobStatus = 'failure'): Promise<Fleet> {
  const servers = serversOf(count);
  const testEnv = new TestEnvironment({ servers, switches });
  const main = await testEnv.main({
    serverIds: servers.map(({ id }) => String(id)),
    onFailure: 'restore',
    onCancel: 'restore',
  });
  expect(main.exitCode).toBe(0);
  await testEnv.pass(5 * MINUTE);
  const post = await testEnv.post(main, { ...FAILED, jobStatus });
  const restored = new Set(testEnv.actualState.restores.map(({ serverId }) => serverId)).size;
  return { testEnv, restored, exitCode: post.exitCode };
}

// An hour of 50 servers is many requests: in virtual time, but not in no time.
jest.setTimeout(60_000);

describe.each([25, 50])('%i servers at 60 requests a minute (case 3)', (count) => {
  test.each(['seconds', 'date', 'none'] as const)('with Retry-After: %s', async (retryAfter) => {
    const { restored, testEnv, exitCode } = await rollBack(count, {
      rate_limit: 60,
      retry_after: retryAfter,
    });
    expect(restored).toBe(count);
    expect(testEnv.actualState.restores).toHaveLength(count);
    // Red, because a rollback is.
    expect(exitCode).toBe(1);
  });
});

test('after a cancel: as many as four minutes at that rate allow, and each of the others is named', async () => {
  const { restored, testEnv } = await rollBack(50, { rate_limit: 60, retry_after: 'seconds' }, 'cancelled');
  expect(restored).toBeGreaterThanOrEqual(50);
  expect(testEnv.actualState.restores).toHaveLength(50);
});
