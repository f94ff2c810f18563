import { describe, expect, test } from '@jest/globals';
import { testOutcomes } from '../harness/outcome-tests.ts';
import { CREATE_REQUEST, FAILED, LISTS } from '../harness/samples.ts';
import { START, TestEnvironment } from '../harness/test-environment.ts';

describe('a request that was refused', () => {
  test.each([
    [400, 'Bad name'],
    [401, 'Invalid token'],
    [403, 'No permission'],
    [404, 'No such server'],
    [422, 'Unprocessable'],
  ])('%i: red at once, with the reason, and post has nothing to search for', async (status, detail) => {
    const testEnv = new TestEnvironment({
      faults: { method: 'POST', path: '/snapshots/', kind: 'status', status, body: { detail } },
    });
    const main = await testEnv.main();
    expect(main.exitCode).toBe(1);
    expect(main.runner.titles()).toEqual(['error No snapshot was made']);
    expect(main.runner.annotations[0]?.text).toContain(detail);
    // Only a 400 has meanings that a list can distinguish.
    const list = status === 400 ? ['GET /snapshots/'] : [];
    expect(testEnv.calls()).toEqual(['GET /snapshots/', 'POST /snapshots/', ...list]);
    const before = testEnv.requests.length;
    expect((await testEnv.post(main, { jobStatus: 'failure' })).exitCode).toBe(0);
    expect(testEnv.requests).toHaveLength(before);
  });

  test.each([
    ['429', { kind: 'status', status: 429, times: 2 }],
    ['connection refused', { kind: 'refused', times: 3 }],
    ['name not resolved', { kind: 'unresolved', times: 1 }],
  ])('%s: certainly not done, so it is sent again', async (_, fault) => {
    const testEnv = new TestEnvironment({ faults: { method: 'POST', path: '/snapshots/', ...fault } });
    const main = await testEnv.main();
    expect(main.exitCode).toBe(0);
    expect(testEnv.actualState.snapshots).toHaveLength(1);
  });

  test('Retry-After is kept to the second', async () => {
    const faults = [
      { kind: 'status', status: 429, headers: { 'retry-after': '45' } },
      { kind: 'status', status: 429, headers: { 'retry-after': new Date(START + 120_000).toUTCString() } },
    ].map((fault) => ({ method: 'POST', path: '/snapshots/', nth: 1, ...fault }));
    const testEnv = new TestEnvironment({ faults: [faults[0], { ...faults[1], nth: 2 }] });
    const main = await testEnv.main();
    expect(main.exitCode).toBe(0);
    const posts = testEnv.requests.filter(({ method }) => method === 'POST').map(({ at }) => at - START);
    expect(posts).toEqual([50, 45_100, 120_000]);
  });
});

describe('outcome', () => {
  testOutcomes({
    'a 400 that is not for a full server: the reason of the API is given': {
      faults: { ...CREATE_REQUEST, kind: 'status', status: 400, body: { detail: 'Bad.' } },
      post: FAILED,
      outcome: [
        'main exit 1 | ❌ No VPS.org snapshot | error No snapshot was made | none –',
        'post exit 0',
        'POST /snapshots/ 400',
        'left: nothing',
      ],
      says: ['does not show 5 snapshots', 'Bad', '[!CAUTION]'],
    },
    'a 400, and no list to tell its reason: uncertain': {
      faults: [
        { ...CREATE_REQUEST, kind: 'status', status: 400 },
        { ...LISTS, nth: 2, times: 99, kind: 'status', status: 403 },
      ],
      outcome: [
        'main exit 1 | ❌ No VPS.org snapshot | error No snapshot was made | none uncertain',
        'POST /snapshots/ 400',
        'left: nothing',
      ],
      says: ['no list after the refusal'],
      reads: { '/snapshots/?server_id=12345': 2 },
    },
  });
});
