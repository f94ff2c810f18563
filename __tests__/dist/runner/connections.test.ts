import { expect, test } from '@jest/globals';
import { runJob } from '../harness/job.ts';
import { openTestEnvironment } from '../harness/test-environment.ts';

test('all reads of a step share its first connections, and every change has one of its own', async () => {
  await using testEnv = await openTestEnvironment({ secondsPerAnswer: 30 });
  const { main, post } = await runJob(testEnv, { ends: 'failure', inputs: { on_failure: 'restore' } });

  expect([main.code, post.code]).toEqual([0, 1]);
  for (const step of [
    testEnv.requests.slice(0, main.requestCount),
    testEnv.requests.slice(main.requestCount),
  ]) {
    const reads = step.filter(({ method }) => method === 'GET').map(({ connection }) => connection);
    const changes = step.filter(({ method }) => method !== 'GET').map(({ connection }) => connection);
    expect(changes).toHaveLength(1);
    expect(reads).not.toContain(changes[0]);
    expect(reads.length).toBeGreaterThan(5);
    // The list and the server are read side by side.
    expect(new Set(reads).size).toBeLessThanOrEqual(2);
  }
});
