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
  readonly said: string;
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
  return { testEnv, restored, exitCode: post.exitCode, said: post.runner.visible() };
}

// An hour of 50 servers is many requests: in virtual time, but not in no time.
jest.setTimeout(60_000);

describe.each([25, 50])('%i servers at 60 requests a minute', (count) => {
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

test('at ten requests a minute that is not all of them: the others are called not restored', async () => {
  const limit = { rate_limit: 10, retry_after: 'seconds' } as const;
  const { restored, testEnv, said } = await rollBack(50, limit, 'cancelled');
  // Some requests are for what the restores rest on.
  expect(restored).toBeGreaterThanOrEqual(20);
  expect(restored).toBeLessThan(50);
  const requested = new Set(testEnv.actualState.restores.map(({ serverId }) => serverId));
  const others = serversOf(50).filter(({ id }) => !requested.has(String(id)));
  for (const { id, name } of others) expect(said).toContain(`${name} (${id}): not restored`);
});

test('each of 25 stopped servers is down for its own snapshot, and hardly for those of the others', async () => {
  const servers = serversOf(25);
  const seconds = 300;
  const testEnv = new TestEnvironment({
    servers,
    switches: { snapshot_seconds: [seconds, seconds], power_seconds: [10, 10] },
  });
  const serverIds = servers.map(({ id }) => String(id));
  const main = await testEnv.main({ serverIds, stopServer: true });
  expect(main.exitCode).toBe(0);
  const extra = testEnv.actualState.servers.map(({ history }) => {
    const down = history.find(({ phase }) => phase === 'stopped')?.at ?? Number.NaN;
    const up = history.findLast(({ phase }) => phase === 'active')?.at ?? Number.NaN;
    return (up - down) / 1000 - seconds;
  });
  const median = extra.toSorted((a, b) => a - b)[12] ?? Number.NaN;
  expect(Math.round(median)).toBeLessThan(36);
});
