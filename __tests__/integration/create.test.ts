import { describe, expect, test } from '@jest/globals';
import type { RootInputs } from '../../src/github/inputs.ts';
import { jobOf, rootInputs } from './harness-inputs.ts';
import { DAY, HOUR, markerOf, SERVER, Stage, START, type StageOptions } from './harness.ts';

const OLD = { created_at: START - 5 * DAY };
/** Five of five on the one server, of which the second oldest is this repository's. */
const FULL = [
  { id: 1, name: 'by-hand', created_at: START - 9 * DAY },
  { id: 2, name: 'own', created_at: START - 8 * DAY, description: markerOf() },
  { id: 3, name: 'other', created_at: START - 7 * DAY, description: markerOf({ repositoryId: '7' }) },
  { id: 4, name: 'own-newer', created_at: START - 6 * DAY, description: markerOf({ runId: '8001' }) },
  { id: 5, name: 'by-hand-2', ...OLD },
];

describe('the happy path', () => {
  test('asks for one list, creates, and polls until it is completed', async () => {
    const stage = new Stage();
    const main = await stage.main();
    expect(main.exitCode).toBe(0);
    const calls = stage.calls();
    expect(calls.slice(0, 2)).toEqual(['GET /snapshots/', 'POST /snapshots/']);
    expect(new Set(calls.slice(2))).toEqual(new Set(['GET /snapshots/']));
    expect(Object.fromEntries(main.runner.outputs)).toMatchObject({
      snapshot_id: '801',
      snapshot_name: 'deploy-shop-9001-1',
      snapshot_status: 'completed',
      created: 'true',
    });
    expect(main.runner.annotations).toEqual([]);
  });

  test('sets the id as an output and in the state while the snapshot is in progress', async () => {
    const stage = new Stage();
    const main = stage.start({ use: 'main', inputs: rootInputs() });
    await stage.pass(60_000);
    expect(main.isOver).toBe(false);
    expect(main.runner.outputs.get('snapshot_id')).toBe('801');
    expect(main.runner.outputs.get('snapshot_status')).toBe('in_progress');
    expect(JSON.parse(main.runner.state.get('server_0') ?? '')).toMatchObject({
      phase: 'created',
      snapshotId: '801',
    });
  });

  test('a post step with nothing to do sends nothing', async () => {
    const stage = new Stage();
    const main = await stage.main();
    const before = stage.requests.length;
    const post = await stage.post(main);
    expect(post.exitCode).toBe(0);
    expect(stage.requests).toHaveLength(before);
    expect(post.runner.visible()).toContain('801');
  });

  test('a dry run warns of a server that it cannot see', async () => {
    const stage = new Stage();
    const main = await stage.main({ dryRun: true, serverIds: ['54321'] });
    expect(main.exitCode).toBe(0);
    expect(main.runner.titles()).toEqual(['warning Server not seen']);
  });

  test('a dry run only reads, and its post step sends nothing', async () => {
    const stage = new Stage({ snapshots: FULL });
    const main = await stage.main({ dryRun: true, whenFull: 'rotate', stopServer: true });
    const post = await stage.post(main, { jobStatus: 'failure' });
    expect([main.exitCode, post.exitCode]).toEqual([0, 0]);
    expect(new Set(stage.requests.map(({ method }) => method))).toEqual(new Set(['GET']));
    expect(main.runner.visible()).toContain('delete snapshot 2');
    expect(stage.existing()).toHaveLength(5);
  });
});

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

describe('a name that is taken', () => {
  test('another key has it: the request is sent once more with a piece of the key', async () => {
    const stage = new Stage({
      switches: { unique_names: 'server' },
      snapshots: [{ name: 'deploy-shop-9001-1', ...OLD }],
    });
    const main = await stage.main();
    expect(main.exitCode).toBe(0);
    expect(main.runner.outputs.get('snapshot_name')).toMatch(/^deploy-shop-9001-1-[0-9a-f]{6}$/);
    const names = stage.requests
      .filter(({ method }) => method === 'POST')
      .map(({ body }) => (JSON.parse(body) as { name: string }).name);
    expect(names).toEqual(['deploy-shop-9001-1', main.runner.outputs.get('snapshot_name')]);
  });

  test('the longer name is refused as well: red, without a third try', async () => {
    const stage = new Stage({
      switches: { unique_names: 'server', name_limit: 20 },
      snapshots: [{ name: 'deploy-shop-9001-1', ...OLD }],
    });
    const main = await stage.main();
    expect(main.exitCode).toBe(1);
    expect(stage.requests.filter(({ method }) => method === 'POST')).toHaveLength(2);
  });
});

describe('a full server', () => {
  test('fail: names the five and deletes nothing', async () => {
    const stage = new Stage({ snapshots: FULL });
    const main = await stage.main();
    expect(main.exitCode).toBe(1);
    expect(main.runner.titles()).toEqual(['error Server full']);
    for (const { name } of FULL) expect(main.runner.annotations[0]?.text).toContain(name);
    expect(stage.calls()).toEqual(['GET /snapshots/']);
  });

  test('rotate: the oldest own one goes, then the new one is made', async () => {
    const stage = new Stage({ snapshots: FULL });
    const main = await stage.main({ whenFull: 'rotate' });
    expect(main.exitCode).toBe(0);
    expect(stage.calls().slice(0, 3)).toEqual([
      'GET /snapshots/',
      'DELETE /snapshots/2/',
      'POST /snapshots/',
    ]);
    expect(stage.existing().map(({ id }) => id)).toEqual(['1', '3', '4', '5', '801']);
  });

  test('rotate with a slot that is freed late: the request is tried again for as long as a minute', async () => {
    const stage = new Stage({ snapshots: FULL, switches: { slot_late: 50 } });
    const main = await stage.main({ whenFull: 'rotate' });
    expect(main.exitCode).toBe(0);
    expect(stage.calls().filter((call) => call.startsWith('DELETE'))).toEqual(['DELETE /snapshots/2/']);
    expect(stage.truth.snapshots.filter(({ madeBy }) => madeBy === 'api')).toHaveLength(1);
  });

  test('rotate with a slot that is not freed in time: red, and says what was deleted', async () => {
    const stage = new Stage({ snapshots: FULL, switches: { slot_late: HOUR / 1000 } });
    const main = await stage.main({ whenFull: 'rotate' });
    expect(main.exitCode).toBe(1);
    expect(main.runner.annotations.at(-1)?.text).toContain('snapshot 2 was deleted');
    expect(stage.calls().filter((call) => call.startsWith('DELETE'))).toHaveLength(1);
    const tries = stage.requests.filter(({ method }) => method === 'POST');
    expect((tries.at(-1)?.at ?? 0) - (tries[0]?.at ?? 0)).toBeGreaterThan(55_000);
    expect((tries.at(-1)?.at ?? 0) - (tries[0]?.at ?? 0)).toBeLessThan(75_000);
  });

  test.each([
    ['none is own', FULL.map(({ id, name, created_at }) => ({ id, name, created_at }))],
    [
      'an own one is in progress',
      FULL.map((s) => (s.id === 4 ? { ...s, status: 'in_progress' as const } : s)),
    ],
    [
      'all own ones are of this run',
      FULL.map((s) => ('description' in s ? { ...s, description: markerOf({ runId: '9001' }) } : s)),
    ],
  ])('rotate, but %s: red, nothing deleted', async (_, snapshots) => {
    const stage = new Stage({ snapshots });
    const main = await stage.main({ whenFull: 'rotate' });
    expect(main.exitCode).toBe(1);
    expect(main.runner.titles()).toContain('error Server full');
    expect(stage.existing()).toHaveLength(5);
  });

  test('rotate: an own failed one goes before a completed one', async () => {
    const snapshots = FULL.map((s) => (s.id === 4 ? { ...s, status: 'failed' as const } : s));
    const stage = new Stage({ snapshots });
    expect((await stage.main({ whenFull: 'rotate' })).exitCode).toBe(0);
    expect(stage.calls()[1]).toBe('DELETE /snapshots/4/');
  });

  test('full by surprise: the 400 is followed by one list, and nothing rotates by itself', async () => {
    const stage = new Stage({
      snapshots: FULL.slice(0, 4),
      onRequest: ({ n }, moment) => {
        // Somebody else takes the last slot between the list and the request.
        if (n === 1 && moment === 'ended') stage.machine.addSnapshot({ name: 'sudden' });
      },
    });
    const main = await stage.main({ whenFull: 'rotate' });
    expect(main.exitCode).toBe(1);
    expect(main.runner.titles()).toEqual(['error Server full']);
    expect(stage.calls()).toEqual(['GET /snapshots/', 'POST /snapshots/', 'GET /snapshots/']);
  });
});

describe('others on the server', () => {
  test('a marked snapshot in progress is warned of, with the lines to paste', async () => {
    const stage = new Stage({
      snapshots: [{ name: 'theirs', status: 'in_progress', description: markerOf({ repositoryId: '7' }) }],
    });
    const main = await stage.main();
    expect(main.exitCode).toBe(0);
    const [warning] = main.runner.annotations;
    expect(warning).toMatchObject({ kind: 'warning', title: 'Another run works on this server' });
    expect(warning?.text).toContain(`concurrency:\n  group: deploy-${SERVER}`);
  });

  test('a snapshot that the API makes for another server is not adopted', async () => {
    const stage = new Stage({
      faults: {
        method: 'POST',
        path: '/snapshots/',
        kind: 'wrong_json',
        status: 201,
        body: { id: 77, status: 'in_progress', server: { id: 999, name: 'stranger' } },
      },
    });
    const main = await stage.main({ onSuccess: 'delete' });
    expect(main.exitCode).toBe(1);
    await stage.post(main, { jobStatus: 'success' });
    expect(stage.calls()).not.toContain('DELETE /snapshots/77/');
  });

  describe('one server typed in two forms', () => {
    const uuid = '5f0c9f6e-3a51-4c0b-9d3f-000000000000';
    const servers = [{ id: SERVER, uuid }];

    test('is refused before anything is requested', async () => {
      const stage = new Stage({ servers });
      const main = await stage.main({ serverIds: [SERVER, uuid] });
      expect(main.exitCode).toBe(1);
      expect(main.runner.titles()).toEqual(['error One server named twice']);
      expect(stage.calls()).not.toContain('POST /snapshots/');
    });

    test('is told as soon as the answers show it, where the token may not read servers', async () => {
      const stage = new Stage({ servers, switches: { permissions: ['snapshots:read', 'snapshots:write'] } });
      const main = await stage.main({ serverIds: [SERVER, uuid] });
      expect(main.exitCode).toBe(1);
      expect(main.runner.titles()).toEqual(['error One server named twice']);
      expect(main.runner.annotations[0]?.text).toContain('801 and 802');
    });
  });

  describe('an answer that names only an id, of a snapshot of another server', () => {
    const answers = (body: unknown): StageOptions => ({
      servers: [{ id: SERVER }, { id: 999 }],
      snapshots: [{ id: 77, name: 'theirs', server_id: 999, created_at: START - HOUR }],
      faults: {
        method: 'POST',
        path: '/snapshots/',
        kind: 'status',
        status: 201,
        body: JSON.stringify(body),
      },
    });

    test.each<[string, Partial<RootInputs>, string]>([
      ['and is not waited for', { wait: false, onSuccess: 'delete' }, 'success'],
      ['and is never listed', { onFailure: 'delete' }, 'failure'],
    ])('%s: nothing is deleted, and the id is told', async (_name, inputs, jobStatus) => {
      const stage = new Stage(answers({ id: 77, status: 'in_progress' }));
      const main = await stage.main(inputs);
      const post = await stage.post(main, { jobStatus });

      expect(post.exitCode).toBe(0);
      expect(stage.calls().filter((call) => call.startsWith('DELETE'))).toEqual([]);
      expect(post.runner.titles()).toContain('warning Snapshot not deleted');
      expect(post.runner.visible()).toContain('77');
    });

    test('also where the API ignores the filter and lists it', async () => {
      const stage = new Stage({
        ...answers({ id: 77, status: 'in_progress' }),
        switches: { server_filter: 'ignored' },
      });
      const main = await stage.main({ wait: false, onSuccess: 'delete' });
      await stage.post(main, { jobStatus: 'success' });
      expect(stage.calls().filter((call) => call.startsWith('DELETE'))).toEqual([]);
    });
  });

  test('an answer without the mark, of the snapshot that it made: it is deleted once a list has shown it', async () => {
    const stage = new Stage({ switches: { description_kept: 0 } });
    const main = await stage.main({ wait: false, onSuccess: 'delete' });
    const post = await stage.post(main, { jobStatus: 'success' });
    expect(post.exitCode).toBe(0);
    expect(stage.existing()).toEqual([]);
  });
});

describe('a re-run with on_rerun: reuse', () => {
  const mine = { description: markerOf({ runId: '9001', runAttempt: 1 }) };
  const second = { job: jobOf({ runAttempt: 2 }) };

  test('adopts the one snapshot of the earlier attempt and makes none', async () => {
    const stage = new Stage({ snapshots: [{ id: 5, name: 'first', created_at: START - HOUR, ...mine }] });
    const main = await stage.main({ onRerun: 'reuse', onFailure: 'restore' }, second);
    expect(main.exitCode).toBe(0);
    expect(stage.calls()).not.toContain('POST /snapshots/');
    expect(main.runner.outputs.get('snapshot_id')).toBe('5');
    expect(main.runner.outputs.get('created')).toBe('false');
    stage.machine.deploy(SERVER);
    const post = await stage.post(main, { jobStatus: 'failure' }, second);
    expect(post.runner.titles()).toContain('error Rolled back');
    expect(stage.truth.restores.map(({ snapshotId }) => snapshotId)).toEqual(['5']);
  });

  test.each([
    ['it is a day old', [{ created_at: START - DAY, ...mine }]],
    ['it is not completed', [{ created_at: START - HOUR, status: 'in_progress' as const, ...mine }]],
    [
      'two qualify',
      [
        { created_at: START - 2 * HOUR, ...mine },
        { created_at: START - HOUR, ...mine },
      ],
    ],
    [
      'a newer marked one is there',
      [
        { created_at: START - HOUR, ...mine },
        { created_at: START - 60_000, description: markerOf({ repositoryId: '7' }) },
      ],
    ],
    [
      'it is of another step',
      [{ created_at: START - HOUR, description: markerOf({ runId: '9001', step: 'other' }) }],
    ],
    ['it is of another run', [{ created_at: START - HOUR, description: markerOf({ runId: '9000' }) }]],
  ])('makes a new one where %s, and says so', async (_, snapshots) => {
    const stage = new Stage({ snapshots: snapshots.map((s, index) => ({ name: `s${index}`, ...s })) });
    const main = await stage.main({ onRerun: 'reuse' }, second);
    expect(main.exitCode).toBe(0);
    expect(main.runner.outputs.get('created')).toBe('true');
    expect(main.runner.visible()).toContain('no snapshot is reused');
  });
});
