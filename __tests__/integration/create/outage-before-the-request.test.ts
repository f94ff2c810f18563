import { expect, test } from '@jest/globals';
import { FAILED, LISTS, RESTORE } from '../harness/samples.ts';
import { MINUTE, START, TestEnvironment } from '../harness/test-environment.ts';

test.each([
  ['refuses connections', { kind: 'refused' }],
  ['resets connections', { kind: 'reset_before' }],
  ['is in trouble', { kind: 'status', status: 500 }],
  ['limits the number of requests', { kind: 'status', status: 429 }],
])(
  'an API that %s for two minutes: red, nothing was requested, and post has nothing to do',
  async (_, fault) => {
    const testEnv = new TestEnvironment({ faults: fault });
    const main = await testEnv.main(RESTORE);
    expect(main.exitCode).toBe(1);
    expect(main.runner.titles().at(-1)).toBe('error No snapshot was made');
    expect(main.runner.annotations.at(-1)?.text).toContain('so no snapshot was requested');
    expect(main.endedAt - main.startedAt).toBeGreaterThan(1.5 * MINUTE);
    expect(main.endedAt - main.startedAt).toBeLessThanOrEqual(2 * MINUTE);
    expect(testEnv.requests.every(({ method }) => method === 'GET')).toBe(true);
    const before = testEnv.requests.length;
    expect((await testEnv.post(main, FAILED)).exitCode).toBe(0);
    expect(testEnv.requests).toHaveLength(before);
  },
);

test('one that ends within them costs nothing but the time', async () => {
  const testEnv = new TestEnvironment({ faults: { ...LISTS, nth: 1, times: 8, kind: 'refused' } });
  const main = await testEnv.main();
  expect(main.exitCode).toBe(0);
  const created = testEnv.requests.find(({ method }) => method === 'POST');
  expect(created?.at).toBeGreaterThan(START + 10_000);
  expect(created?.at).toBeLessThan(START + 2 * MINUTE);
});
