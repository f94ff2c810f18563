import { describe, expect, test } from '@jest/globals';
import { TestApi, seeds, SERVER, START, type Json } from '../api/test-api.ts';

const restore = (api: TestApi, id = '801'): number => api.call('POST', `/snapshots/${id}/restore/`).status;
const power = (api: TestApi, action: string): number =>
  api.call('POST', `/servers/${SERVER}/power/`, { action }).status;

describe('which servers take a restore', () => {
  test.each([
    [{}, 'suspended', 400],
    [{}, 'error', 400],
    [{ restore_while: ['error', 'suspended'] }, 'suspended', 200],
    [{ restore_while: ['error', 'suspended'] }, 'error', 200],
    [{ restore_while: ['error', 'suspended'] }, 'active', 400],
    [{ restore_while: [] }, 'stopped', 400],
  ] as const)('with %j, one that is %s: %i', (switches, status, answered) => {
    const api = new TestApi(switches, { servers: [{ id: SERVER, status }], snapshots: seeds(1) });
    expect(restore(api)).toBe(answered);
  });

  test.each([
    ['allowed', 200],
    ['refused', 400],
  ] as const)('while a snapshot is in progress: %s', (form, status) => {
    const api = new TestApi({ restore_during_snapshot: form }, { snapshots: seeds(1) });
    api.create();
    expect(restore(api)).toBe(status);
    api.pass(200);
    expect(restore(api)).toBe(form === 'allowed' ? 400 : 200);
  });

  test('a snapshot of another server does not count, nor one that was deleted', () => {
    const api = new TestApi(
      { restore_during_snapshot: 'refused' },
      { servers: [{ id: SERVER }, { id: 2 }], snapshots: seeds(1) },
    );
    api.create('b', { server_id: 2 });
    const id = api.create('c');
    expect(restore(api)).toBe(400);
    api.call('DELETE', `/snapshots/${id}/`);
    expect(restore(api)).toBe(200);
  });

  test('a second one takes the place of the first', () => {
    const api = new TestApi(
      { restore_while: ['active', 'restoring'], after_restore: 'as_before' },
      {
        snapshots: [
          { name: 'a', content: 'one' },
          { name: 'b', content: 'two' },
        ],
      },
    );
    expect([restore(api, '801'), restore(api.pass(100), '802')]).toEqual([200, 200]);
    expect(api.pass(399).server()['status']).toBe('restoring');
    expect(api.pass(1).server()['status']).toBe('active');
    expect(api.simulated.contentOf()).toBe('two');
    expect(api.state().restores).toMatchObject([
      { snapshotId: '801', endedAt: START + 100_000 },
      { snapshotId: '802', endedAt: START + 500_000 },
    ]);
  });
});

describe('the answer to a restore', () => {
  const body = (api: TestApi): string => api.call('POST', '/snapshots/801/restore/').body;

  test('that is an error, and nothing is done', () => {
    const api = new TestApi({ restore_answer: 'error' }, { snapshots: seeds(1) });
    const answer = api.call('POST', '/snapshots/801/restore/');
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toEqual({ status: 'error', message: expect.any(String) });
    expect(api.state().restores).toEqual([]);
    expect(api.server()).toMatchObject({ status: 'active', updated_at: '2026-01-15T11:00:00Z' });
  });

  test.each([
    ['other_snapshot', { id: 999_001, name: 'other' }, { id: SERVER, name: 'web-server-01' }],
    ['other_server', { id: 801, name: 'old-1' }, { id: 999_001, name: 'other' }],
  ] as const)('that names the %s', (form, snapshot, server) => {
    const api = new TestApi({ restore_answer: form }, { snapshots: seeds(1) });
    expect(JSON.parse(body(api)) as Json).toMatchObject({ status: 'success', snapshot, server });
    expect(api.state().restores).toMatchObject([{ snapshotId: '801', serverId: '12345' }]);
  });

  test('that is empty', () => {
    const api = new TestApi({ restore_answer: 'empty' }, { snapshots: seeds(1) });
    expect(body(api)).toBe('');
    expect(api.state().restores).toHaveLength(1);
  });
});

describe('the status of a refusal by state', () => {
  test.each([400, 409, 423] as const)('%i', (status) => {
    const api = new TestApi(
      {
        refusal_status: status,
        parallel_snapshots: false,
        delete_busy: 'refused',
        snapshot_while: ['active'],
      },
      { snapshots: seeds(1) },
    );
    const create = (): number => api.call('POST', '/snapshots/', { server_id: SERVER, name: 'b' }).status;
    const id = api.create();
    expect(restore(api, id)).toBe(status);
    expect(create()).toBe(status);
    expect(api.call('DELETE', `/snapshots/${id}/`).status).toBe(status);
    power(api.pass(200), 'stop');
    expect([restore(api), create(), power(api, 'start')]).toEqual([status, status, status]);
    const full = new TestApi({ refusal_status: status, limit: 1 }, { snapshots: seeds(1) });
    expect(full.call('POST', '/snapshots/', { server_id: SERVER, name: 'b' }).status).toBe(400);
  });
});
