import { describe, expect, test } from '@jest/globals';
import type { PostInputs, RootInputs } from '../../src/github/inputs.ts';
import { parseFaults } from '../../simulator/fault.ts';
import { DEMO_TOKEN } from '../../simulator/machine.ts';
import { deleteInputs, jobOf } from './harness-inputs.ts';
import type { StepProcess } from './harness-process.ts';
import { DAY, markerOf, SERVER, Stage, START, type StageOptions } from './harness.ts';

const MINUTE = 60_000;
const FAILED = { jobStatus: 'failure' };
const RESTORE: Partial<RootInputs> = { onFailure: 'restore' };

interface Played {
  readonly stage: Stage;
  readonly main: StepProcess;
  readonly post: StepProcess;
}

/** Snapshot, a deploy that changes the server, and the post step. */
async function play(
  inputs: Partial<RootInputs>,
  post: Partial<PostInputs>,
  options: StageOptions = {},
  between: (stage: Stage) => void = () => {},
): Promise<Played> {
  const stage = new Stage(options);
  const main = await stage.main(inputs);
  stage.machine.deploy(SERVER, 'broken');
  between(stage);
  return { stage, main, post: await stage.post(main, post) };
}

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

describe('an interlock that does not hold', () => {
  const newer = (given: object = {}) => ({ name: 'newer', description: markerOf(given) });

  test.each<[string, (stage: Stage) => void, StageOptions?]>([
    ['a newer snapshot of another run', (s) => void s.machine.addSnapshot(newer())],
    [
      'a newer snapshot of another repository',
      (s) => void s.machine.addSnapshot(newer({ repositoryId: '7' })),
    ],
    ['a newer one in progress', (s) => void s.machine.addSnapshot({ ...newer(), status: 'in_progress' })],
    ['a newer one that failed', (s) => void s.machine.addSnapshot({ ...newer(), status: 'failed' })],
    ['one of the same second', (s) => void s.machine.addSnapshot({ ...newer(), created_at: START })],
    ['the snapshot is gone', (s) => remove(s, '801')],
    ['a restore is running', (s) => call(s, 'POST', '/snapshots/801/restore/')],
    [
      'times that cannot be read',
      (s) => void s.machine.addSnapshot({ ...newer(), created_at: START - DAY }),
      { switches: { created_at: 'unreadable' } },
    ],
    [
      'the list cannot be read',
      (s) => s.faults.add(parseFaults({ method: 'GET', path: '/snapshots/', kind: 'status', status: 403 })),
    ],
  ])('%s: nothing is requested, red, with the command to do it by hand', async (_, between, options = {}) => {
    const { stage, post } = await play(RESTORE, FAILED, options, between);
    const requested = stage.requests.filter(
      ({ method, path }) => method === 'POST' && path.endsWith('/restore/'),
    );
    expect(requested).toEqual([]);
    expect(post.exitCode).toBe(1);
    expect(post.runner.titles()).toContain('error Not restored');
  });

  test('a newer snapshot that nobody marked is a warning only', async () => {
    const { post } = await play(RESTORE, FAILED, {}, (s) => void s.machine.addSnapshot({ name: 'by-hand' }));
    expect(post.runner.titles()).toEqual(['warning Newer snapshot on the server', 'error Rolled back']);
  });

  test('of several servers, the others are restored all the same', async () => {
    const stage = new Stage({ servers: [{ id: 1 }, { id: 2 }, { id: 3 }] });
    const main = await stage.main({ ...RESTORE, serverIds: ['1', '2', '3'] });
    remove(stage, main.runner.outputs.get('snapshot_id')?.split(',')[1] ?? '');
    const post = await stage.post(main, FAILED);
    expect(stage.truth.restores.map(({ serverId }) => serverId)).toEqual(['1', '3']);
    expect(post.runner.titles().toSorted()).toEqual([
      'error Not restored',
      'error Rolled back',
      'error Rolled back',
    ]);
  });
});

describe('an answer to the restore request that was lost', () => {
  const fault = (given: object) => ({
    faults: { method: 'POST', path: '/snapshots/*/restore/', nth: 1, ...given },
  });

  test.each([
    ['reset before', { kind: 'reset_before' }, 2],
    ['reset after', { kind: 'reset_after' }, 1],
    ['body cut', { kind: 'cut_body' }, 1],
    ['silence, processed', { kind: 'silence' }, 1],
    ['silence, not processed', { kind: 'silence_before' }, 2],
    ['504 after', { kind: 'status_after', status: 504 }, 1],
    ['500 before', { kind: 'status', status: 500 }, 2],
    ['an HTML page', { kind: 'wrong_json' }, 1],
    ['late', { kind: 'late', ms: 40_000 }, 1],
  ])('%s: one restore, confirmed', async (_, given, sent) => {
    const { stage, post } = await play(RESTORE, FAILED, fault(given));
    expect(stage.truth.restores).toHaveLength(1);
    expect(post.runner.titles()).toEqual(['error Rolled back']);
    expect(stage.calls().filter((c) => c.endsWith('/restore/'))).toHaveLength(sent);
  });

  test('twice: never a third time', async () => {
    const { stage, post } = await play(RESTORE, FAILED, fault({ times: 9, kind: 'reset_before' }));
    expect(stage.calls().filter((c) => c.endsWith('/restore/'))).toHaveLength(2);
    expect(post.exitCode).toBe(1);
    expect(post.runner.titles()).toEqual(['error Restore requested, not confirmed']);
  });

  test.each([
    ['`restoring` and updated_at come late', { restoring_late: 50 }],
    [
      '`restoring` comes late, updated_at at once',
      { restoring_late: 50, restoring_late_updated_at: 'changed' as const },
    ],
  ])('%s: it is not sent again', async (_, switches) => {
    const { stage, post } = await play(RESTORE, FAILED, { ...fault({ kind: 'reset_after' }), switches });
    expect(stage.calls().filter((c) => c.endsWith('/restore/'))).toHaveLength(1);
    expect(post.runner.titles()).toEqual(['error Rolled back']);
  });

  test('the server has no updated_at: it is not sent again, and the watch goes on', async () => {
    const { stage, post } = await play(RESTORE, FAILED, {
      ...fault({ kind: 'reset_after' }),
      switches: { server_missing: ['updated_at'] },
    });
    expect(stage.calls().filter((c) => c.endsWith('/restore/'))).toHaveLength(1);
    expect(post.runner.titles()).toEqual(['error Rolled back']);
  });
});

describe('how a restore ends', () => {
  test('`active` right after the request is not taken for the end', async () => {
    const { stage, post } = await play(RESTORE, FAILED, { switches: { restoring_late: 90 } });
    expect(post.endedAt).toBeGreaterThan((stage.truth.restores[0]?.endedAt ?? 0) - START);
    expect(post.runner.titles()).toEqual(['error Rolled back']);
  });

  test('stopped: it is started', async () => {
    const { stage, post } = await play(RESTORE, FAILED, { switches: { after_restore: 'stopped' } });
    expect(stage.truth.servers[0]?.phase).toBe('active');
    expect(stage.truth.power.map(({ action }) => action)).toEqual(['start']);
    expect(post.runner.titles()).toEqual(['error Rolled back']);
  });

  test.each([
    ['may not', { status: 403 }],
    ['cannot', { status: 404 }],
  ])(
    'stopped, and the token %s start it: not confirmed, red, and nothing invites a second one',
    async (_, answer) => {
      const { stage, post } = await play(RESTORE, FAILED, {
        switches: { after_restore: 'stopped' },
        faults: { method: 'POST', path: '/servers/*/power/', times: 99, kind: 'status', ...answer },
      });
      expect(post.exitCode).toBe(1);
      expect(post.runner.titles()).toEqual(['error Restore requested, not confirmed']);
      const told = post.runner.visible();
      expect(told).toContain('START THE SERVER BY HAND');
      expect(told).toContain(`/servers/${SERVER}/power/`);
      expect(told).not.toContain('/snapshots/801/restore/');
      expect(stage.truth.restores).toHaveLength(1);
    },
  );

  test('stopped, as it was before the snapshot: it stays so', async () => {
    const { stage, post } = await play({ ...RESTORE, stopServer: true }, FAILED, {
      servers: [{ id: SERVER, status: 'stopped' }],
      switches: { after_restore: 'as_before' },
    });
    expect(stage.truth.servers[0]?.phase).toBe('stopped');
    expect(stage.truth.power).toEqual([]);
    expect(post.runner.titles()).toEqual(['error Rolled back']);
  });

  test.each([
    ['error', { after_restore: 'error' as const }],
    ['a word that nobody knows', { word_active: 'running' }],
    ['never', { restore_seconds: [9000, 9000] as [number, number] }],
    ['nothing shows that it has begun', { word_restoring: 'active', server_missing: ['updated_at'] }],
  ])('%s: requested, not confirmed, red', async (_, switches) => {
    const { post } = await play({ ...RESTORE, restoreTimeout: 20 * MINUTE }, FAILED, { switches });
    expect(post.exitCode).toBe(1);
    expect(post.runner.titles()).toContain('error Restore requested, not confirmed');
  });

  test('a snapshot that is gone is named as main knew it, and its absence is said', async () => {
    const stage = new Stage();
    const main = await stage.main(RESTORE);
    await stage.run({ use: 'delete', inputs: deleteInputs({ snapshotIds: ['801'] }) });
    const post = await stage.post(main, FAILED);
    expect(post.runner.titles()).toEqual(['error Not restored']);
    expect(post.runner.visible()).toContain('only if it is there can it be restored');
    expect(post.runner.summary).toContain('deploy-shop-9001-1');
  });

  test('a token that may not read servers: warned of in main, not confirmed in post', async () => {
    const { main, post } = await play(RESTORE, FAILED, {
      switches: { permissions: ['snapshots:read', 'snapshots:write'] },
    });
    expect(main.exitCode).toBe(0);
    expect(main.runner.titles()).toEqual(['warning Restores cannot be confirmed']);
    expect(post.runner.titles()).toContain('error Restore requested, not confirmed');
  });

  test.each([
    ['passes at once', () => 200, 'error Rolled back'],
    ['passes after a while', (_: string, at: number) => (at > 15 * MINUTE ? 204 : 502), 'error Rolled back'],
    ['is never reached', () => 'reset' as const, 'error Restored, but not well'],
    ['answers 404', () => 404, 'error Restored, but not well'],
  ])('a health check that %s', async (_, health, title) => {
    const inputs = { ...RESTORE, healthUrls: ['https://web.example/health?key=secret'] };
    const { post } = await play(inputs, FAILED, { health });
    expect(post.exitCode).toBe(1);
    expect(post.runner.titles()).toEqual([title]);
    expect(post.runner.visible()).not.toContain('secret');
  });
});

describe('a cancelled job', () => {
  test('the post step ends within its four minutes, whatever the API does', async () => {
    const { stage, post } = await play({ onCancel: 'restore' }, { jobStatus: 'cancelled' });
    expect(post.endedAt - post.startedAt).toBeLessThan(4 * MINUTE + 15_000);
    expect(post.runner.titles()).toEqual(['error Restore requested, not confirmed']);
    expect(stage.truth.restores).toHaveLength(1);
  });

  test('the requests of all servers go out first', async () => {
    const servers = [{ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }];
    const stage = new Stage({ servers });
    const main = await stage.main({ onCancel: 'restore', serverIds: ['1', '2', '3', '4'] });
    const from = stage.requests.length;
    await stage.post(main, { jobStatus: 'cancelled' });
    const begun = stage.requests[from]?.at ?? 0;
    const restores = stage.requests.filter(({ path }) => path.endsWith('/restore/'));
    expect(restores).toHaveLength(4);
    expect(Math.max(...restores.map(({ at }) => at)) - begun).toBeLessThan(1000);
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

function call(stage: Stage, method: string, path: string): void {
  const headers = { authorization: `Bearer ${DEMO_TOKEN}`, 'content-type': 'application/json' };
  stage.machine.handle({ method, path: `/api/v1${path}`, headers, body: '' });
}

function remove(stage: Stage, id: string): void {
  call(stage, 'DELETE', `/snapshots/${id}/`);
}
