import { describe, expect, test } from '@jest/globals';
import { parseFaults } from '../../../simulator/fault.ts';
import { DEMO_TOKEN } from '../../../simulator/machine.ts';
import { deleteInputs } from '../harness/inputs.ts';
import { FAILED, play, RESTORE } from '../harness/post.ts';
import {
  DAY,
  markerOf,
  MINUTE,
  SERVER,
  Stage,
  START,
  type StageOptions,
} from '../harness/test-environment.ts';

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

  test('stopped before it: it is not called active "again"', async () => {
    const { post } = await play(RESTORE, FAILED, { servers: [{ id: SERVER, status: 'stopped' }] });
    expect(post.runner.titles()).toEqual(['error Rolled back']);
    expect(post.runner.visible()).toContain('restored: server is active,');
  });

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

function call(stage: Stage, method: string, path: string): void {
  const headers = { authorization: `Bearer ${DEMO_TOKEN}`, 'content-type': 'application/json' };
  stage.machine.handle({ method, path: `/api/v1${path}`, headers, body: '' });
}

function remove(stage: Stage, id: string): void {
  call(stage, 'DELETE', `/snapshots/${id}/`);
}
