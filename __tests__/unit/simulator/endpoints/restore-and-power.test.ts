import { describe, expect, test } from '@jest/globals';
import { TestApi, seeds, SERVER, START } from '../api/test-api.ts';

const restore = (api: TestApi, id: string): number => api.call('POST', `/snapshots/${id}/restore/`).status;
const power = (api: TestApi, action: unknown): number =>
  api.call('POST', `/servers/${SERVER}/power/`, { action }).status;

describe('restoring', () => {
  test('answers as documented, and brings the content of the snapshot back', () => {
    const api = new TestApi();
    api.simulated.deploy(SERVER, 'before');
    const id = api.create();
    api.pass(200).simulated.deploy(SERVER, 'after');
    const answer = api.call('POST', `/snapshots/${id}/restore/`);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toEqual({
      status: 'success',
      message: 'Server is being restored from snapshot. This may take 5-15 minutes.',
      snapshot: { id: 801, name: 'one', created_at: '2026-01-15T12:00:00Z' },
      server: { id: SERVER, name: 'web-server-01', status: 'restoring' },
    });
    expect(api.server()).toMatchObject({ status: 'restoring', updated_at: '2026-01-15T12:03:20Z' });
    expect(api.pass(399).simulated.contentOf(SERVER)).toBe('after');
    expect(api.pass(1).server()).toMatchObject({ status: 'active', updated_at: '2026-01-15T12:10:00Z' });
    expect(api.simulated.contentOf(SERVER)).toBe('before');
    expect(api.state().restores).toMatchObject([
      { snapshotId: '801', serverId: '12345', startedAt: START + 200_000, endedAt: START + 600_000 },
    ]);
  });

  test.each([
    ['active', 'active', 'active'],
    ['active', 'stopped', 'stopped'],
    ['stopped', 'active', 'active'],
    ['stopped', 'as_before', 'stopped'],
    ['active', 'error', 'error'],
  ] as const)('%s, ending %s: %s', (status, ending, end) => {
    const api = new TestApi(
      { after_restore: ending },
      { servers: [{ id: SERVER, status }], snapshots: seeds(1) },
    );
    expect(restore(api, '801')).toBe(200);
    expect(api.pass(400).server()['status']).toBe(end);
  });

  test('that ends in an error leaves neither content', () => {
    const api = new TestApi({ after_restore: 'error' }, { snapshots: [{ name: 'a', content: 'old' }] });
    restore(api, '801');
    api.pass(400);
    expect(api.simulated.contentOf()).toBe('part of old');
  });

  test('is refused while one is running, unless the snapshot is complete, and of a busy server', () => {
    const api = new TestApi({}, { snapshots: seeds(1) });
    expect(restore(api, api.create())).toBe(400);
    power(api, 'stop');
    expect(restore(api, '801')).toBe(400);
    expect(restore(api.pass(10), '801')).toBe(200);
    expect(restore(api, '801')).toBe(400);
    expect(api.call('POST', '/snapshots/', { server_id: SERVER, name: 'b' }).status).toBe(400);
    expect(api.state().restores).toHaveLength(1);
  });

  test.each([
    ['unchanged', '2026-01-15T11:00:00Z'],
    ['changed', '2026-01-15T12:00:00Z'],
  ] as const)('is seen late, with updated_at %s', (form, shown) => {
    const api = new TestApi({ restoring_late: 60, restoring_late_updated_at: form }, { snapshots: seeds(1) });
    restore(api, '801');
    expect(api.pass(59).server()).toMatchObject({ status: 'active', updated_at: shown });
    expect(restore(api, '801')).toBe(400);
    expect(api.pass(1).server()).toMatchObject({ status: 'restoring', updated_at: '2026-01-15T12:00:00Z' });
  });

  test('continues when its snapshot is deleted', () => {
    const api = new TestApi({}, { snapshots: [{ name: 'a', content: 'old' }] });
    restore(api, '801');
    api.call('DELETE', '/snapshots/801/');
    api.pass(400);
    expect(api.simulated.contentOf()).toBe('old');
  });
});

describe('content', () => {
  test('a deploy or a restore during a snapshot tears it, whatever comes after does not', () => {
    const api = new TestApi({}, { snapshots: [{ name: 'old', content: 'old' }] });
    const torn = (): boolean[] => api.state().snapshots.map((snapshot) => snapshot.torn);
    api.create('a');
    api.pass(100).simulated.deploy();
    expect(torn()).toEqual([false, true]);
    api.pass(100);
    api.create('b');
    api.pass(200).simulated.deploy();
    expect(torn()).toEqual([false, true, false]);
    restore(api, '801');
    expect(api.simulated.contentOf()).toBe('generation-2');
    api.pass(400);
    expect(api.simulated.contentOf()).toBe('old');
    expect(torn()).toEqual([false, true, false]);
  });

  test('a restore that ends inside a snapshot tears it', () => {
    const api = new TestApi(
      { snapshot_seconds: [500, 500] },
      { snapshots: [{ name: 'old', content: 'old' }] },
    );
    api.create('a');
    restore(api, '801');
    expect(api.pass(400).state().snapshots[1]?.torn).toBe(true);
  });

  test('each server has its own', () => {
    const api = new TestApi({}, { servers: [{ id: 1 }, { id: 2, content: 'two' }] });
    api.create('a', { server_id: 1 });
    api.simulated.deploy(2, 'new');
    expect([api.simulated.contentOf(1), api.simulated.contentOf(2)]).toEqual(['generation-0', 'new']);
    expect(api.state().snapshots[0]?.torn).toBe(false);
    expect(() => {
      api.simulated.deploy(3);
    }).toThrow('no server 3');
  });
});

describe('power', () => {
  test.each([
    ['active', 'stop', 200, 'stopping', 'stopped'],
    ['stopped', 'start', 200, 'starting', 'active'],
    ['active', 'restart', 200, 'restarting', 'active'],
    ['active', 'hard_stop', 200, 'stopping', 'stopped'],
    ['active', 'start', 200, 'active', 'active'],
    ['stopped', 'stop', 200, 'stopped', 'stopped'],
    ['stopped', 'restart', 400, 'stopped', 'stopped'],
    ['suspended', 'start', 400, 'suspended', 'suspended'],
    ['error', 'stop', 400, 'error', 'error'],
    ['active', 'explode', 400, 'active', 'active'],
    ['active', 'toString', 400, 'active', 'active'],
    ['active', undefined, 400, 'active', 'active'],
  ] as const)('%s, %s: %i, %s, then %s', (status, action, answered, via, end) => {
    const api = new TestApi({}, { servers: [{ id: SERVER, status }] });
    expect(power(api, action)).toBe(answered);
    expect(api.server()['status']).toBe(via);
    expect(api.pass(10).server()['status']).toBe(end);
  });

  test('a change on the way: only hard_stop gets through', () => {
    const api = new TestApi();
    power(api, 'stop');
    expect([power(api, 'start'), power(api, 'stop'), power(api, 'hard_stop')]).toEqual([400, 400, 200]);
    expect(api.state().power.map(({ action, from, accepted }) => [action, from, accepted])).toEqual([
      ['stop', 'active', true],
      ['start', 'stopping', false],
      ['stop', 'stopping', false],
      ['hard_stop', 'stopping', true],
    ]);
  });

  test.each([
    [{ power: 'absent' }, 'stop', 404, /<h1>Not Found/],
    [{ power_repeat: 'refused' }, 'start', 400, /cannot start while it is active/],
    [{ power_answer: 'message' }, 'stop', 200, /"message"/],
    [{ power_answer: 'server' }, 'stop', 200, /"status":"stopping"/],
    [{ power_answer: 'empty' }, 'stop', 204, /^$/],
  ] as const)('with %j, %s: %i', (switches, action, status, body) => {
    const answer = new TestApi(switches).call('POST', `/servers/${SERVER}/power/`, { action });
    expect(answer.status).toBe(status);
    expect(answer.body).toMatch(body);
  });

  test('shows the configured words', () => {
    const api = new TestApi({ word_active: 'Running', word_stopping: 'shutting-down', word_stopped: 'off' });
    expect(api.server()['status']).toBe('Running');
    power(api, 'stop');
    expect(api.server()['status']).toBe('shutting-down');
    expect(api.pass(10).server()['status']).toBe('off');
  });
});

test('changes that came due in one long pause happened in order, each at its own time', () => {
  const api = new TestApi({ after_restore: 'stopped' });
  api.create();
  power(api, 'stop');
  api.pass(3600);
  expect(api.state().snapshots[0]?.endedAt).toBe(START + 200_000);
  expect(api.state().servers[0]).toMatchObject({ phase: 'stopped', updatedAt: START + 10_000, change: null });
});
