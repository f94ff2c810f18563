import { describe, expect, test } from '@jest/globals';
import type { PostInputs, RootInputs } from '../../../src/github/inputs/actions.ts';
import { DEMO_TOKEN } from '../../../simulator/machine.ts';
import { jobOf, rootInputs } from '../harness/inputs.ts';
import { FAILED, play, RESTORE } from '../harness/post.ts';
import { DAY, markerOf, MINUTE, SERVER, Stage, START } from '../harness/test-environment.ts';

describe('a failed deploy', () => {
  test('is rolled back: requested once, seen to begin and to end, and the job stays red', async () => {
    const { stage, post } = await play(RESTORE, FAILED);
    expect(stage.machine.contentOf(SERVER)).toBe('generation-0');
    expect(post.exitCode).toBe(1);
    expect(post.runner.titles()).toEqual(['error Rolled back']);
    expect(post.runner.annotations[0]?.text).toContain('since 2026-01-15T12:00:00Z is gone');
    const calls = stage.calls(stage.calls().lastIndexOf('POST /snapshots/801/restore/') - 2);
    expect(calls.slice(0, 3)).toEqual([
      'GET /snapshots/',
      `GET /servers/${SERVER}/`,
      'POST /snapshots/801/restore/',
    ]);
    expect(new Set(calls.slice(3))).toEqual(new Set([`GET /servers/${SERVER}/`]));
  });

  test('says "requested, not confirmed" before anything is confirmed', async () => {
    const { post } = await play(RESTORE, FAILED);
    const early = post.runner.summaries[0] ?? '';
    expect(post.runner.summaries.length).toBeGreaterThan(1);
    expect(early).not.toBe(post.runner.summary);
    expect(early).toMatch(/not confirmed/i);
  });

  test.each([5, 8, 11, 15])('a restore of %i minutes is seen ended within 10 s', async (minutes) => {
    const { stage, post } = await play(RESTORE, FAILED, {
      switches: { restore_seconds: [minutes * 60, minutes * 60] },
    });
    const [restore] = stage.truth.restores;
    expect(post.runner.titles()).toEqual(['error Rolled back']);
    expect(post.endedAt - ((restore?.endedAt ?? 0) - START)).toBeLessThan(minutes === 5 ? 21_000 : 10_000);
    const beats = post.runner.lines.filter(({ text }) => /still/i.test(text));
    expect(beats.length).toBeLessThanOrEqual(minutes * 2 + 1);
  });

  test('a comment on GitHub tells it, with ids in code spans and nothing of the API', async () => {
    const { stage } = await play(RESTORE, FAILED, { switches: { error_text: '@everyone' } });
    expect(stage.comments).toHaveLength(1);
    expect(stage.comments[0]).toContain('`801`');
    expect(stage.comments[0]).not.toContain('@everyone');
  });
});

describe('what is done is decided by the job, the options and restore_if', () => {
  test.each<[string, Partial<RootInputs>, Partial<PostInputs>, 'restored' | 'kept' | 'deleted', 0 | 1]>([
    ['success', RESTORE, {}, 'kept', 0],
    ['success, on_success: delete', { onSuccess: 'delete' }, {}, 'deleted', 0],
    ['success, restore_if true', {}, { restoreIf: 'true' }, 'restored', 1],
    [
      'success, on_success: delete, restore_if true',
      { onSuccess: 'delete' },
      { restoreIf: 'true' },
      'restored',
      1,
    ],
    ['failure, keep', {}, FAILED, 'kept', 0],
    ['failure, delete', { onFailure: 'delete' }, FAILED, 'deleted', 0],
    ['failure, restore', RESTORE, FAILED, 'restored', 1],
    ['failure, restore, restore_if false', RESTORE, { ...FAILED, restoreIf: 'false' }, 'kept', 0],
    [
      'failure, delete, restore_if false',
      { onFailure: 'delete' },
      { ...FAILED, restoreIf: 'false' },
      'deleted',
      0,
    ],
    ['failure, keep, restore_if true', {}, { ...FAILED, restoreIf: 'true' }, 'restored', 1],
    ['failure, restore, restore_if a typing error', RESTORE, { ...FAILED, restoreIf: 'yes' }, 'kept', 1],
    ['cancelled, only on_failure: restore', RESTORE, { jobStatus: 'cancelled' }, 'kept', 0],
    ['cancelled, on_cancel: restore', { onCancel: 'restore' }, { jobStatus: 'cancelled' }, 'restored', 1],
    ['cancelled, on_cancel: delete', { onCancel: 'delete' }, { jobStatus: 'cancelled' }, 'deleted', 0],
    ['a status that nobody knows', { ...RESTORE, onSuccess: 'delete' }, { jobStatus: 'neutral' }, 'kept', 0],
    ['no status', RESTORE, { jobStatus: '' }, 'kept', 0],
    ['the job had failed before', { ...RESTORE, jobStatus: 'failure' }, FAILED, 'kept', 0],
    [
      'the job had failed before, restore_if true',
      { jobStatus: 'failure' },
      { ...FAILED, restoreIf: 'true' },
      'restored',
      1,
    ],
  ])('%s', async (_, inputs, after, outcome, code) => {
    const { stage, post } = await play(inputs, after, { switches: { restore_seconds: [60, 60] } });
    const restored = stage.truth.restores.length > 0;
    const deleted = stage.existing().length === 0;
    expect(restored ? 'restored' : deleted ? 'deleted' : 'kept').toBe(outcome);
    expect(post.exitCode).toBe(code);
  });
});

describe('a cancelled job', () => {
  test('the post step ends within its four minutes, whatever the API does', async () => {
    const { stage, post } = await play({ onCancel: 'restore' }, { jobStatus: 'cancelled' });
    expect(post.endedAt - post.startedAt).toBeLessThan(4 * MINUTE + 15_000);
    expect(post.runner.titles()).toEqual(['error Restore requested, not confirmed']);
    expect(stage.truth.restores).toHaveLength(1);
  });

  test('a shorter restore_timeout ends it sooner', async () => {
    const { post } = await play({ onCancel: 'restore', restoreTimeout: MINUTE }, { jobStatus: 'cancelled' });
    expect(post.endedAt - post.startedAt).toBeLessThan(MINUTE + 15_000);
    expect(post.runner.titles()).toEqual(['error Restore requested, not confirmed']);
  });

  test('the requests of all servers go out first', async () => {
    const servers = [{ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }];
    const stage = new Stage({ servers });
    const main = await stage.main({ onCancel: 'restore', serverIds: ['1', '2', '3', '4'] });
    const from = stage.requests.length;
    await stage.post(main, { jobStatus: 'cancelled' });
    const startedAt = stage.requests[from]?.at ?? 0;
    const restores = stage.requests.filter(({ path }) => path.endsWith('/restore/'));
    expect(restores).toHaveLength(4);
    expect(Math.max(...restores.map(({ at }) => at)) - startedAt).toBeLessThan(1000);
  });
});

describe('clean-up after a good deploy', () => {
  const old = (index: number, given: object = {}) => ({
    id: index,
    name: `old-${index}`,
    created_at: START - (9 - index) * DAY,
    description: markerOf({ runId: String(8000 + index) }),
    ...given,
  });

  test('keep_last keeps the newest completed own ones, this run included, and says why', async () => {
    const snapshots = [old(1), old(2, { description: '' }), old(3), old(4)];
    const { stage, post } = await play({ keepLast: 2 }, {}, { snapshots });
    expect(post.exitCode).toBe(0);
    expect(stage.existing().map(({ id }) => id)).toEqual(['2', '4', '801']);
    expect(post.runner.summary).toContain('among the newest 2 completed');
  });

  test('a failed one is no restore point: it goes, and does not count', async () => {
    const snapshots = [old(1), old(2), old(3, { status: 'failed' })];
    const { stage } = await play({ keepLast: 3 }, {}, { snapshots });
    expect(stage.existing().map(({ id }) => id)).toEqual(['1', '2', '801']);
  });

  test.each([
    ['refused', { kind: 'status', status: 403 }],
    ['lost for ever', { kind: 'reset_after', times: 99 }],
    ['silent', { kind: 'silence_before', times: 99 }],
    ['down', { kind: 'status', status: 503, times: 99 }],
  ])('a deletion that is %s: a warning, and the job stays green', async (_, fault) => {
    const { post } = await play(
      { onSuccess: 'delete' },
      {},
      { faults: { method: 'DELETE', path: '*', ...fault } },
    );
    expect(post.exitCode).toBe(0);
    expect(post.runner.titles()).toEqual(['warning Snapshot not deleted']);
    expect(post.runner.visible()).toMatch(/\b801\b/);
  });
});

describe('state and token', () => {
  test.each([
    ['cut', (state: Map<string, string>) => state.set('server_0', '{"version":1,'), 1],
    [
      'of another run',
      (state: Map<string, string>) => state.set('step', (state.get('step') ?? '').replace('"9001"', '"9"')),
      0,
    ],
    ['absent', (state: Map<string, string>) => state.clear(), 0],
  ])(
    'state that is %s: nothing is requested, and the job does not fail for it',
    async (_, tear, warnings) => {
      const stage = new Stage();
      const main = await stage.main(RESTORE);
      tear(main.runner.state);
      const before = stage.requests.length;
      const post = await stage.post(main, FAILED);
      expect(stage.requests).toHaveLength(before);
      expect(post.exitCode).toBe(0);
      expect(post.runner.annotations.filter(({ kind }) => kind === 'warning')).toHaveLength(warnings);
    },
  );

  test('one torn record: the server of the other is started, and nothing else is done', async () => {
    const stage = new Stage({
      servers: [{ id: 1 }, { id: 2 }],
      switches: { power_seconds: [5, 5], snapshot_seconds: [900, 900] },
    });
    const main = stage.start({
      use: 'main',
      inputs: rootInputs({ serverIds: ['1', '2'], stopServer: true, onCancel: 'delete' }),
    });
    await stage.pass(MINUTE);
    main.signal('SIGKILL');
    main.runner.state.set('server_1', '{"version":1,');
    const post = await stage.post(main, { jobStatus: 'cancelled' });
    expect(post.exitCode).toBe(0);
    expect(post.runner.titles()).toContain('warning State not readable');
    expect(stage.truth.servers.map(({ phase }) => phase)).toEqual(['active', 'stopped']);
    expect(stage.calls().filter((call) => call.startsWith('DELETE'))).toEqual([]);
  });

  test('state of an earlier attempt is foreign', async () => {
    const stage = new Stage();
    const main = await stage.main(RESTORE);
    const before = stage.requests.length;
    await stage.post(main, FAILED, { job: jobOf({ runAttempt: 2 }) });
    expect(stage.requests).toHaveLength(before);
  });

  test('without a token post sends nothing, and is red where it had work', async () => {
    const { stage, post } = await play(RESTORE, { ...FAILED, apiToken: '', tokenProblem: 'it is empty' });
    expect(stage.truth.restores).toEqual([]);
    expect(post.exitCode).toBe(1);
    expect(post.runner.titles()).toEqual(['error Post step without a token']);
    expect(post.runner.visible()).toMatch(/\b801\b/);
  });

  test('without a token and without work it is green', async () => {
    const { post } = await play({}, { apiToken: '', tokenProblem: 'it is empty' });
    expect(post.exitCode).toBe(0);
  });

  test('an API that repeats the token in its errors does not get it into anything', async () => {
    const { main, post } = await play(RESTORE, FAILED, {
      switches: { error_text: DEMO_TOKEN },
      faults: {
        method: 'POST',
        path: '/snapshots/*/restore/',
        kind: 'status',
        status: 400,
        body: { detail: DEMO_TOKEN },
      },
    });
    for (const { runner } of [main, post]) {
      expect(runner.visible() + [...runner.state.values()].join() + runner.debugLines.join()).not.toContain(
        DEMO_TOKEN,
      );
    }
    expect(post.runner.visible()).toContain('***');
  });
});
