import { describe, expect, test } from '@jest/globals';
import { rootInputs } from '../harness/inputs.ts';
import { Stage, START } from '../harness/test-environment.ts';

describe('an answer that was lost', () => {
  test.each([
    ['reset before', { kind: 'reset_before' }],
    ['reset after', { kind: 'reset_after' }],
    ['body cut', { kind: 'cut_body' }],
    ['body cut in chunks', { kind: 'cut_body', chunked: true }],
    ['silence, not processed', { kind: 'silence_before' }],
    ['silence, processed', { kind: 'silence' }],
    ['drip for ever', { kind: 'drip', ms_per_byte: 60_000 }],
    ['500 before', { kind: 'status', status: 500 }],
    ['500 after', { kind: 'status_after', status: 500 }],
    ['502 after', { kind: 'status_after', status: 502, body: '<html>Bad gateway</html>' }],
    ['504 after', { kind: 'status_after', status: 504 }],
    ['408 after', { kind: 'status_after', status: 408 }],
    ['an HTML page', { kind: 'wrong_json' }],
    ['a list', { kind: 'wrong_json', body: [] }],
    ['an object without an id', { kind: 'wrong_json', body: {} }],
    ['a body of 20 MiB', { kind: 'oversized' }],
    ['a redirect', { kind: 'redirect' }],
    ['carried out 25 s after the time-out', { kind: 'late', ms: 55_000 }],
  ])('%s: exactly one snapshot, known by its id', async (_, fault) => {
    const stage = new Stage({ faults: { method: 'POST', path: '/snapshots/', nth: 1, ...fault } });
    const main = await stage.main();
    expect(main.exitCode).toBe(0);
    expect(stage.truth.snapshots.map(({ id }) => id)).toEqual(['801']);
    expect(main.runner.outputs.get('snapshot_id')).toBe('801');
    expect(main.runner.outputs.get('snapshot_status')).toBe('completed');
  });

  test.each([
    ['5 looks after a reset', { kind: 'reset_before' }, 5],
    ['20 looks after a time-out', { kind: 'silence_before' }, 20],
    ['20 looks after a 504', { kind: 'status', status: 504 }, 20],
  ])('%s before the request is sent once more', async (_, fault, looks) => {
    const stage = new Stage({ faults: { method: 'POST', path: '/snapshots/', nth: 1, ...fault } });
    await stage.main({ wait: false });
    const posts = stage.requests.filter(({ method }) => method === 'POST');
    const lists = stage.requests.filter(
      ({ method, n }) => method === 'GET' && n > (posts[0]?.n ?? 0) && n < (posts[1]?.n ?? 0),
    );
    expect(posts).toHaveLength(2);
    expect(posts[1]?.body).toBe(posts[0]?.body);
    expect(lists).toHaveLength(looks);
    const pauses = lists.slice(1).map(({ at }, index) => at - (lists[index]?.at ?? 0));
    expect(new Set(pauses)).toEqual(new Set([3050]));
  });

  test('two answers lost: it is not sent a third time, and post finds what there is', async () => {
    const stage = new Stage({
      faults: { method: 'POST', path: '/snapshots/', nth: 1, times: 3, kind: 'reset_before' },
    });
    const main = await stage.main();
    expect(main.exitCode).toBe(1);
    expect(stage.calls().filter((call) => call === 'POST /snapshots/')).toHaveLength(2);
    const post = await stage.post(main, { jobStatus: 'failure' });
    expect(post.exitCode).toBe(0);
    expect(stage.existing()).toEqual([]);
  });

  test('listed late: two are made, both are named, and post deletes one', async () => {
    const stage = new Stage({
      switches: { listed_late: 40 },
      faults: { method: 'POST', path: '/snapshots/', nth: 1, kind: 'reset_after' },
    });
    const main = await stage.main();
    expect(main.exitCode).toBe(0);
    expect(stage.existing()).toHaveLength(2);
    const text = main.runner.visible();
    expect(text).toContain('801');
    expect(text).toContain('802');
    // Once, however often the status changes afterwards.
    expect(main.runner.titles()).toEqual(['warning Two snapshots were made']);
    const post = await stage.post(main);
    expect(post.exitCode).toBe(0);
    expect(stage.existing().map(({ id }) => id)).toEqual([main.runner.outputs.get('snapshot_id')]);
  });

  test('the used one fails, and the other is completed: post deletes the failed one', async () => {
    const stage = new Stage({
      switches: { listed_late: 40, snapshot_seconds: [5, 5] },
      faults: { method: 'POST', path: '/snapshots/', nth: 1, kind: 'reset_after' },
    });
    const main = stage.start({ use: 'main', inputs: rootInputs({ wait: false }) });
    await stage.pass(5000);
    stage.machine.setSwitches({ fail_next: 1 });
    await stage.clock.run(main.done);
    const post = await stage.post(main);
    expect(main.runner.outputs.get('snapshot_id')).toBe('802');
    expect(post.exitCode).toBe(0);
    expect(stage.existing().map(({ id, phase }) => [id, phase])).toEqual([['801', 'completed']]);
  });

  test('an API that drops descriptions: the unmarked one of this name is told, and nothing is sent again', async () => {
    const stage = new Stage({
      switches: { description_kept: 0 },
      faults: { method: 'POST', path: '/snapshots/', nth: 1, kind: 'reset_after' },
    });
    const main = await stage.main();
    expect(main.exitCode).toBe(1);
    expect(stage.existing()).toHaveLength(1);
    expect(main.runner.visible()).toMatch(/\b801\b/);
  });
});

describe('a request that was refused', () => {
  test.each([
    [400, 'Bad name'],
    [401, 'Invalid token'],
    [403, 'No permission'],
    [404, 'No such server'],
    [422, 'Unprocessable'],
  ])('%i: red at once, with the reason, and post has nothing to look for', async (status, detail) => {
    const stage = new Stage({
      faults: { method: 'POST', path: '/snapshots/', kind: 'status', status, body: { detail } },
    });
    const main = await stage.main();
    expect(main.exitCode).toBe(1);
    expect(main.runner.titles()).toEqual(['error No snapshot was made']);
    expect(main.runner.annotations[0]?.text).toContain(detail);
    expect(stage.calls().filter((call) => call === 'POST /snapshots/')).toHaveLength(1);
    const before = stage.requests.length;
    expect((await stage.post(main, { jobStatus: 'failure' })).exitCode).toBe(0);
    expect(stage.requests).toHaveLength(before);
  });

  test.each([
    ['429', { kind: 'status', status: 429, times: 2 }],
    ['connection refused', { kind: 'refused', times: 3 }],
    ['name not resolved', { kind: 'unresolved', times: 1 }],
  ])('%s: certainly not done, so it is sent again', async (_, fault) => {
    const stage = new Stage({ faults: { method: 'POST', path: '/snapshots/', ...fault } });
    const main = await stage.main();
    expect(main.exitCode).toBe(0);
    expect(stage.truth.snapshots).toHaveLength(1);
  });

  test('Retry-After is kept to the second', async () => {
    const faults = [
      { kind: 'status', status: 429, headers: { 'retry-after': '45' } },
      { kind: 'status', status: 429, headers: { 'retry-after': new Date(START + 120_000).toUTCString() } },
    ].map((fault) => ({ method: 'POST', path: '/snapshots/', nth: 1, ...fault }));
    const stage = new Stage({ faults: [faults[0], { ...faults[1], nth: 2 }] });
    const main = await stage.main();
    expect(main.exitCode).toBe(0);
    const posts = stage.requests.filter(({ method }) => method === 'POST').map(({ at }) => at - START);
    expect(posts).toEqual([50, 45_100, 120_000]);
  });
});
