import { describe, expect, test } from '@jest/globals';
import { MINUTE, Stage, START, takes } from '../harness/test-environment.ts';

/** The pauses between the lists that a process read, in whole seconds. */
function pauses(stage: Stage, from = 0): number[] {
  const times = stage.requests.filter(({ method }) => method === 'GET').map(({ at }) => at - START);
  const polls = times.slice(1 + from);
  return polls.slice(1).map((at, index) => Math.floor((at - (polls[index] ?? 0)) / 1000));
}

describe('the adaptive schedule', () => {
  test('is sparse before the third minute, dense until the tenth, and sparse again', async () => {
    const stage = new Stage({ switches: takes(1500) });
    const main = await stage.main();
    expect(main.exitCode).toBe(0);
    const found = pauses(stage);
    const dense = found.indexOf(4);
    expect(new Set(found.slice(0, dense))).toEqual(new Set([15]));
    const after = found.lastIndexOf(4) + 1;
    expect(new Set(found.slice(dense, after))).toEqual(new Set([4]));
    expect(new Set(found.slice(after))).toEqual(new Set([15]));
    // 3 minutes of 15 s, 7 minutes of 4 s, with the answers' time on top.
    expect([dense, after - dense]).toEqual([12, 104]);
  });

  test.each([3, 4, 5, 6, 7, 8, 9, 10])(
    'a snapshot of %i minutes is seen completed within 5 s',
    async (minutes) => {
      const stage = new Stage({ switches: takes(minutes * 60) });
      const main = await stage.main();
      const [snapshot] = stage.truth.snapshots;
      expect(main.exitCode).toBe(0);
      const late = main.endedAt - ((snapshot?.endedAt ?? 0) - START);
      expect(late).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThan(minutes === 3 ? 16_000 : 5000);
    },
  );

  test('poll_interval stands in place of every pause', async () => {
    const stage = new Stage({ switches: { ...takes(900), listed_late: 30 } });
    await stage.main({ pollInterval: 7000 });
    expect(new Set(pauses(stage))).toEqual(new Set([7]));
  });
});

describe('the log of a long wait', () => {
  test('has one line for each change and one about every 30 s', async () => {
    const stage = new Stage({
      switches: { ...takes(1500), word_in_progress: ['queued', 'in_progress', 'uploading'] },
    });
    const main = await stage.main();
    const texts = main.runner.lines.map(({ text }) => text);
    const waiting = texts.filter((text) => /waiting/i.test(text));
    for (const word of ['queued', 'in_progress', 'uploading', 'completed'])
      expect(texts.filter((text) => text.endsWith(`snapshot 801 is ${word}`))).toHaveLength(1);
    expect(waiting.length).toBeGreaterThan(40);
    expect(waiting.length).toBeLessThan(52);
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
    const stage = new Stage({
      switches: takes(400),
      faults: { method: 'GET', path: '/snapshots/', nth: 4, times: 12, ...fault },
    });
    const main = await stage.main();
    expect(main.exitCode).toBe(0);
    expect(main.runner.outputs.get('snapshot_status')).toBe('completed');
    const texts = main.runner.lines.map(({ text }) => text).filter((text) => !/waiting after/i.test(text));
    expect(texts.length).toBeLessThan(9);
    expect(main.runner.annotations).toEqual([]);
  });

  test('that outlasts the time-out says so, with the id', async () => {
    const stage = new Stage({
      faults: { method: 'GET', path: '/snapshots/', nth: 4, times: 9999, kind: 'status', status: 502 },
    });
    const main = await stage.main({ waitTimeout: 10 * MINUTE });
    expect(main.exitCode).toBe(1);
    expect(main.endedAt).toBeLessThan(11 * MINUTE);
    expect(main.runner.annotations[0]?.text).toMatch(/\b801\b/);
    expect(main.runner.annotations[0]?.text).toContain('502');
  });

  test('Retry-After is obeyed, whatever the schedule says', async () => {
    const stage = new Stage({
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
    const main = await stage.main();
    expect(main.exitCode).toBe(0);
    const told = stage.requests.filter(({ status }) => status === 429);
    expect(told).toHaveLength(8);
    for (const { n, at } of told) expect((stage.requests[n]?.at ?? 0) - at).toBeGreaterThanOrEqual(70_000);
  });

  test('a Retry-After beyond the time-out is not polled against', async () => {
    const stage = new Stage({
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
    const main = await stage.main({ waitTimeout: 15 * MINUTE });
    expect(main.exitCode).toBe(1);
    expect(main.endedAt).toBeLessThan(16 * MINUTE);
    expect(stage.requests.filter(({ status }) => status === 429).length).toBeLessThan(4);
    expect(main.runner.annotations[0]?.text).toMatch(/\b801\b/);
  });
});

describe('several servers', () => {
  const servers = Array.from({ length: 12 }, (_, index) => ({ id: 500 + index }));
  const serverIds = servers.map(({ id }) => String(id));

  test('twelve are waited for with one list a round', async () => {
    const one = new Stage({ switches: takes(300) });
    await one.main();
    const stage = new Stage({ servers, switches: takes(300) });
    const main = await stage.main({ serverIds });
    expect(main.exitCode).toBe(0);
    const rounds = stage.calls().slice(24).length;
    expect(rounds).toBeLessThanOrEqual(one.calls().slice(2).length + 1);
    expect(main.runner.outputs.get('snapshot_id')?.split(',')).toHaveLength(12);
  });

  test('an account of many pages is not read page by page: each server is asked for', async () => {
    const snapshots = Array.from({ length: 450 }, (_, index) => ({
      name: `old-${index}`,
      server_id: 600 + (index % 100),
      created_at: START - 1e9,
    }));
    const strangers = Array.from({ length: 100 }, (_, index) => ({ id: 600 + index }));
    const stage = new Stage({ servers: [...servers.slice(0, 2), ...strangers], snapshots });
    const main = await stage.main({ serverIds: serverIds.slice(0, 2) });
    expect(main.exitCode).toBe(0);
    const unfiltered = stage.requests.filter(
      ({ method, path }) => method === 'GET' && !path.includes('server_id'),
    );
    expect(unfiltered).toHaveLength(5);
  });

  test('one that fails ends the step red, and what exists is told', async () => {
    const stage = new Stage({ servers: servers.slice(0, 3), switches: { ...takes(300), fail_next: 1 } });
    const main = await stage.main({ serverIds: serverIds.slice(0, 3) });
    expect(main.exitCode).toBe(1);
    expect(main.runner.outputs.get('snapshot_id')).toBe('801,802,803');
    const post = await stage.post(main, { jobStatus: 'failure', restoreIf: 'true' });
    expect(post.exitCode).toBe(1);
    expect(stage.truth.restores).toEqual([]);
  });

  test('one that cannot be made stops new work, and leaves an empty place in the outputs', async () => {
    const stage = new Stage({
      servers: servers.slice(0, 3),
      faults: { method: 'POST', path: '/snapshots/', nth: 2, kind: 'status', status: 403 },
    });
    const main = await stage.main({ serverIds: serverIds.slice(0, 3) });
    expect(main.exitCode).toBe(1);
    expect(main.runner.outputs.get('snapshot_id')).toMatch(/^80\d,,80\d$/);
  });
});
