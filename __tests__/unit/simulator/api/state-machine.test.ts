import { describe, expect, test } from '@jest/globals';
import { TestApi, seeds, SERVER, START } from './test-api.ts';

const word = (api: TestApi): unknown => api.list()[0]?.['status'];
const restore = (api: TestApi, id: string): number => api.call('POST', `/snapshots/${id}/restore/`).status;

describe('a snapshot', () => {
  test('is in progress for its time, then complete with a size', () => {
    const api = new TestApi();
    api.create();
    expect(api.pass(199).list()[0]).toMatchObject({ status: 'in_progress', size_mb: null });
    expect(api.pass(1).list()[0]).toMatchObject({ status: 'completed', size_mb: expect.any(Number) });
    expect(api.state().snapshots[0]).toMatchObject({ madeBy: 'api', endedAt: START + 200_000, torn: false });
  });

  test('takes 3 to 10 minutes by default', () => {
    const spans = Array.from({ length: 200 }, (_, seed) => {
      const api = new TestApi({ snapshot_seconds: [180, 600] }, { seed });
      api.create();
      return ((api.state().snapshots[0]?.endsAt ?? 0) - START) / 1000;
    });
    expect(Math.min(...spans)).toBeGreaterThanOrEqual(180);
    expect(Math.max(...spans)).toBeLessThanOrEqual(600);
    expect(Math.max(...spans) - Math.min(...spans)).toBeGreaterThan(300);
  });

  test.each([
    ['the next one', { fail_next: 1 }, ['failed', 'completed']],
    ['all', { fail_share: 1 }, ['failed', 'failed']],
    ['none', {}, ['completed', 'completed']],
  ] as const)('fails as configured: %s', (_, switches, phases) => {
    const api = new TestApi(switches);
    api.create('a');
    api.create('b');
    expect(
      api
        .pass(200)
        .state()
        .snapshots.map(({ phase }) => phase),
    ).toEqual(phases);
  });

  test('that failed may disappear, and then takes no slot', () => {
    const api = new TestApi({ fail_next: 1, failed_snapshots: 'gone', limit: 1 });
    const id = api.create();
    expect(api.pass(200).list()).toEqual([]);
    expect(api.call('DELETE', `/snapshots/${id}/`).status).toBe(404);
    api.create();
  });

  test('shows the configured words', () => {
    const api = new TestApi({
      word_in_progress: ['queued', 'Copying'],
      word_completed: 'COMPLETED',
      word_failed: 'broken',
    });
    api.create();
    expect(word(api)).toBe('queued');
    expect(word(api.pass(100))).toBe('Copying');
    expect(word(api.pass(100))).toBe('COMPLETED');
    const failing = new TestApi({ word_failed: 'broken', fail_next: 1 });
    failing.create();
    expect(word(failing.pass(200))).toBe('broken');
  });

  test('is listed late when configured so, but counts at once', () => {
    const api = new TestApi({ listed_late: 30, limit: 1 });
    api.create();
    expect(api.pass(29).list()).toEqual([]);
    expect(api.call('POST', '/snapshots/', { server_id: SERVER, name: 'b' }).status).toBe(400);
    expect(api.pass(1).list()).toHaveLength(1);
  });

  test('there before has the time and the state it is given', () => {
    const api = new TestApi({}, { snapshots: [...seeds(1), { id: 5, name: 'b', status: 'in_progress' }] });
    expect(api.list().map(({ id, status }) => [id, status])).toEqual([
      [5, 'in_progress'],
      [801, 'completed'],
    ]);
    expect(api.list()[1]?.['created_at']).toBe('2026-01-14T12:00:00Z');
    expect(word(api.pass(200))).toBe('completed');
  });

  test.each([
    ['of no server', { name: 'a', server_id: 9 }, 'no server 9'],
    ['with an id that is taken', { name: 'a', id: 801 }, 'there is a snapshot 801 already'],
    ['made at no time', { name: 'a', created_at: 'soon' }, 'created_at "soon" is not a time'],
  ])('cannot be added %s', (_, seed, message) => {
    const api = new TestApi({}, { snapshots: seeds(1) });
    expect(() => api.simulated.addSnapshot(seed)).toThrow(message);
  });
});

describe('deleting', () => {
  test('frees the slot and stays in the actual state', () => {
    const api = new TestApi({ limit: 1 }, { snapshots: seeds(1) });
    expect(api.pass(5).call('DELETE', '/snapshots/801/')).toMatchObject({ status: 204, body: '' });
    expect(api.call('DELETE', '/snapshots/801/').status).toBe(404);
    expect(api.list()).toEqual([]);
    expect(api.state().snapshots[0]?.deletedAt).toBe(START + 5000);
    api.create();
  });

  test('may be seen late in the list and in the slots', () => {
    const api = new TestApi({ limit: 1, deleted_late: 10, slot_late: 20 }, { snapshots: seeds(1) });
    api.call('DELETE', '/snapshots/801/');
    const create = (): number => api.call('POST', '/snapshots/', { server_id: SERVER, name: 'b' }).status;
    expect(api.pass(9).list()).toHaveLength(1);
    expect(api.pass(1).list()).toEqual([]);
    expect(create()).toBe(400);
    api.pass(10);
    expect(create()).toBe(201);
  });

  test.each([
    ['allowed', 204],
    ['refused', 400],
  ] as const)('one that is busy: %s', (busy, status) => {
    const api = new TestApi({ delete_busy: busy }, { snapshots: seeds(1) });
    const id = api.create();
    expect(api.call('DELETE', `/snapshots/${id}/`).status).toBe(status);
    restore(api, '801');
    expect(api.call('DELETE', '/snapshots/801/').status).toBe(status);
  });

  test('one in progress: it never ends', () => {
    const api = new TestApi();
    const id = api.create();
    api.call('DELETE', `/snapshots/${id}/`);
    expect(api.pass(1000).state().snapshots[0]).toMatchObject({ phase: 'in_progress', endedAt: null });
  });
});
