import { describe, expect, test } from '@jest/globals';
import { TestApi, seeds, SERVER, START } from '../api/test-api.ts';

describe('a deletion', () => {
  test.each([
    [204, ''],
    [200, '{"status":"success","message":"Snapshot is being deleted."}'],
    [202, '{"status":"success","message":"Snapshot is being deleted."}'],
  ] as const)('answered with %i is done at once', (status, body) => {
    const api = new TestApi({ delete_answer: status }, { snapshots: seeds(1) });
    expect(api.call('DELETE', '/snapshots/801/')).toMatchObject({ status, body });
    expect(api.list()).toEqual([]);
    expect(api.call('DELETE', '/snapshots/801/').status).toBe(404);
  });

  test('that takes a minute shows its word, holds the slot, and is asked for in vain again', () => {
    const api = new TestApi({ delete_answer: 202, delete_seconds: 60, limit: 1 }, { snapshots: seeds(1) });
    const create = (): number => api.call('POST', '/snapshots/', { server_id: SERVER, name: 'b' }).status;
    expect(api.call('DELETE', '/snapshots/801/').status).toBe(202);
    expect(api.pass(30).call('DELETE', '/snapshots/801/').status).toBe(202);
    expect(api.list()).toMatchObject([{ id: 801, status: 'deleting' }]);
    expect(api.call('POST', '/snapshots/801/restore/').status).toBe(400);
    expect(create()).toBe(400);
    expect(api.pass(30).list()).toEqual([]);
    expect(create()).toBe(201);
    expect(api.state().snapshots[0]).toMatchObject({ deletingAt: START, deletedAt: START + 60_000 });
  });

  test('that takes its time is listed late too, and may keep its old word', () => {
    const api = new TestApi(
      { delete_seconds: 20, deleted_late: 10, word_deleting: 'completed' },
      { snapshots: seeds(1) },
    );
    api.call('DELETE', '/snapshots/801/');
    expect(api.pass(29).list()).toMatchObject([{ status: 'completed' }]);
    expect(api.pass(1).list()).toEqual([]);
  });

  test.each([
    ['for ever', undefined, 1],
    ['for 50 s', 50, 0],
  ])('that had begun before goes on %s', (_, seconds, left) => {
    const api = new TestApi(
      {},
      { snapshots: [{ name: 'a', status: 'deleting', ...(seconds !== undefined && { seconds }) }] },
    );
    expect(api.pass(49).list()).toMatchObject([{ status: 'deleting' }]);
    expect(api.pass(1).list()).toHaveLength(left);
  });

  test('is not what another time of one in progress means', () => {
    const api = new TestApi({}, { snapshots: [{ name: 'a', status: 'in_progress', seconds: 50 }] });
    expect(api.pass(49).list()).toMatchObject([{ status: 'in_progress' }]);
    expect(api.pass(1).list()).toMatchObject([{ status: 'completed' }]);
  });

  test('of one that never completes', () => {
    const api = new TestApi({}, { snapshots: [{ name: 'a', status: 'in_progress', seconds: 1e9 }] });
    expect(api.pass(1e6).list()).toMatchObject([{ status: 'in_progress' }]);
    expect(api.call('DELETE', '/snapshots/801/').status).toBe(204);
  });
});
