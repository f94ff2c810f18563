import { describe, expect, test } from '@jest/globals';
import { jobOf, rootInputs } from '../harness/inputs.ts';
import { DAY, HOUR, markerOf, SERVER, Stage, START } from '../harness/test-environment.ts';

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

  const theirs = { created_at: START - DAY, description: markerOf({ repositoryId: '7' }) };
  const kinds = {
    own: { ...theirs, description: markerOf() },
    theirs,
    running: { ...theirs, status: 'in_progress' as const },
  };
  const advice = [/'when_full: rotate' to/, /'force: true'/, /wait until they are complete/];
  test.each<[(keyof typeof kinds)[], RegExp | undefined]>([
    [['theirs', 'theirs', 'theirs', 'theirs', 'own'], advice[0]],
    [['theirs', 'theirs', 'theirs', 'theirs', 'theirs'], advice[1]],
    [['theirs', 'running', 'running', 'running', 'running'], advice[1]],
    [['running', 'running', 'running', 'running', 'running'], advice[2]],
  ])('%j: says how to get a slot', async (made, expected) => {
    const stage = new Stage({
      snapshots: made.map((kind, index) => ({ ...kinds[kind], name: `old-${index}` })),
    });
    const main = await stage.main();
    const told = main.runner.annotations.find(({ title }) => title === 'Server full')?.text ?? '';
    expect(advice.filter((each) => each.test(told))).toEqual([expected]);
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
