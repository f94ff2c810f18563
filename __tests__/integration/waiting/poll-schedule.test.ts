import { describe, expect, test } from '@jest/globals';
import { MINUTE, START, takes, TestEnvironment } from '../harness/test-environment.ts';

/** The pauses between the lists that a process read while it waited, in whole seconds. */
function pauses(testEnv: TestEnvironment): number[] {
  const lists = testEnv.requests.filter(
    ({ method, path }) => method === 'GET' && path.includes('/snapshots/'),
  );
  // The first one is for the plan.
  const polls = lists.slice(1).map(({ at }) => at - START);
  return polls.slice(1).map((at, index) => Math.floor((at - (polls[index] ?? 0)) / 1000));
}

describe('the adaptive schedule', () => {
  test('grows to 15 s before the third minute, is dense until the tenth, and sparse again', async () => {
    const testEnv = new TestEnvironment({ switches: takes(1500) });
    const main = await testEnv.main();
    expect(main.exitCode).toBe(0);
    const found = pauses(testEnv);
    const after = found.lastIndexOf(4) + 1;
    const dense = found.lastIndexOf(15, after - 1) + 1;
    const ramp = found.slice(0, dense);
    expect(ramp).toEqual(ramp.toSorted((a, b) => a - b));
    expect([ramp[0], ramp.at(-1)]).toEqual([3, 15]);
    expect(new Set(found.slice(dense, after))).toEqual(new Set([4]));
    expect(new Set(found.slice(after))).toEqual(new Set([15]));
    // About a tenth of the elapsed time for 3 minutes, 7 minutes of 4.75 s, with the answers' time on top.
    expect([dense, after - dense]).toEqual([29, 87]);
  });

  test.each([3, 4, 5, 6, 7, 8, 9, 10])(
    'a snapshot of %i minutes is seen completed within 5 s',
    async (minutes) => {
      const testEnv = new TestEnvironment({ switches: takes(minutes * 60) });
      const main = await testEnv.main();
      const [snapshot] = testEnv.actualState.snapshots;
      expect(main.exitCode).toBe(0);
      const late = main.endedAt - ((snapshot?.endedAt ?? 0) - START);
      expect(late).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThan(minutes === 3 ? 16_000 : 5000);
    },
  );

  test('poll_interval stands in place of every pause, except while the snapshot is not listed', async () => {
    const testEnv = new TestEnvironment({ switches: { ...takes(900), listed_late: 30 } });
    await testEnv.main({ pollInterval: 7000 });
    const found = pauses(testEnv);
    // What is uncertain is polled at least every 4 s.
    expect(found.slice(0, 8)).toEqual(found.slice(0, 8).fill(4));
    expect(new Set(found.slice(8))).toEqual(new Set([7]));
  });
});

describe('the log of a long wait', () => {
  test('has one line for each change, and heartbeats', async () => {
    const testEnv = new TestEnvironment({
      switches: { ...takes(1500), word_in_progress: ['queued', 'in_progress', 'uploading'] },
    });
    const main = await testEnv.main();
    const texts = main.runner.lines.map(({ text }) => text);
    const waiting = texts.filter((text) => /waiting/i.test(text));
    for (const word of ['queued', 'in_progress', 'uploading', 'completed'])
      expect(texts.filter((text) => text.endsWith(`snapshot 801 is ${word}`))).toHaveLength(1);
    expect(waiting.length).toBeGreaterThan(20);
    expect(waiting.length).toBeLessThan(60);
    expect(texts).toHaveLength(waiting.length + 6);
  });
});

describe('an outage', () => {
  test.each([
    ['503', { kind: 'status', status: 503 }],
    ['reset', { kind: 'reset_before' }],
    ['connection refused', { kind: 'refused' }],
    ['silence', { kind: 'silence' }],
    ['cut bodies', { kind: 'cut_body' }],
    ['an HTML page with status 200', { kind: 'wrong_json' }],
  ])('%s for minutes while waiting is waited through, in a few lines', async (_, fault) => {
    const testEnv = new TestEnvironment({
      switches: takes(400),
      faults: { method: 'GET', path: '/snapshots/', nth: 4, times: 12, ...fault },
    });
    const main = await testEnv.main();
    expect(main.exitCode).toBe(0);
    expect(main.runner.outputs.get('snapshot_status')).toBe('completed');
    const texts = main.runner.lines
      .map(({ text }) => text)
      .filter((text) => !text.startsWith('Still waiting '));
    expect(texts.length).toBeLessThan(9);
    expect(main.runner.annotations).toEqual([]);
  });

  test('that outlasts the time-out says so, with the id', async () => {
    const testEnv = new TestEnvironment({
      faults: { method: 'GET', path: '/snapshots/', nth: 4, times: 9999, kind: 'status', status: 502 },
    });
    const main = await testEnv.main({ waitTimeout: 10 * MINUTE });
    expect(main.exitCode).toBe(1);
    expect(main.endedAt).toBeLessThan(11 * MINUTE);
    expect(main.runner.annotations[0]?.text).toMatch(/\b801\b/);
    expect(main.runner.annotations[0]?.text).toContain('502');
  });

  test('Retry-After is obeyed, whatever the schedule says', async () => {
    const testEnv = new TestEnvironment({
      switches: takes(1200),
      faults: {
        method: 'GET',
        path: '/snapshots/',
        nth: 4,
        times: 8,
        kind: 'status',
        status: 429,
        headers: { 'retry-after': '70' },
      },
    });
    const main = await testEnv.main();
    expect(main.exitCode).toBe(0);
    const limited = testEnv.requests.filter(({ status }) => status === 429);
    expect(limited).toHaveLength(8);
    for (const { n, at } of limited)
      expect((testEnv.requests[n]?.at ?? 0) - at).toBeGreaterThanOrEqual(70_000);
  });

  test('a Retry-After beyond the time-out is not polled against', async () => {
    const testEnv = new TestEnvironment({
      switches: takes(1200),
      faults: {
        method: 'GET',
        path: '/snapshots/',
        nth: 4,
        times: 9999,
        kind: 'status',
        status: 429,
        headers: { 'retry-after': '3600' },
      },
    });
    const main = await testEnv.main({ waitTimeout: 15 * MINUTE });
    expect(main.exitCode).toBe(1);
    expect(main.endedAt).toBeLessThan(16 * MINUTE);
    expect(testEnv.requests.filter(({ status }) => status === 429).length).toBeLessThan(4);
    expect(main.runner.annotations[0]?.text).toMatch(/\b801\b/);
  });
});
