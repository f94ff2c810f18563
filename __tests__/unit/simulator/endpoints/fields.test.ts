import { describe, expect, test } from '@jest/globals';
import { TestApi, seeds, type Json } from '../api/test-api.ts';

/** Which of the snapshots, oldest first, have this field as something other than null. */
function withField(items: Json[], field: string): boolean[] {
  return items.toReversed().map((item) => item[field] !== undefined && item[field] !== null);
}

describe('the items whose fields are not as documented', () => {
  test.each([
    ['all', [false, false, false, false]],
    ['oldest', [false, true, true, true]],
    ['newest', [true, true, true, false]],
    ['every_other', [true, false, true, false]],
  ] as const)('%s', (which, present) => {
    for (const switches of [
      { snapshot_missing: ['created_at'] },
      { snapshot_missing: ['server'] },
      { snapshot_null: ['description'] },
    ]) {
      const field = Object.values(switches).flat()[0] ?? '';
      const api = new TestApi({ fields_on: which, ...switches }, { snapshots: seeds(4) });
      expect(withField(api.list(), field)).toEqual(present);
    }
  });

  test('go by the time, not by the order in which they were added', () => {
    const api = new TestApi(
      { fields_on: 'oldest', snapshot_missing: ['size_mb'] },
      { snapshots: seeds(3).toReversed() },
    );
    expect(withField(api.list(), 'size_mb')).toEqual([false, true, true]);
  });

  test('may have times of another kind', () => {
    const api = new TestApi({ fields_on: 'oldest', created_at: 'unreadable' }, { snapshots: seeds(2) });
    expect(api.list().map(({ created_at: at }) => at)).toEqual(['2026-01-14T12:00:00Z', 'a moment ago']);
  });

  test('are counted for each server, and without what was deleted', () => {
    const api = new TestApi(
      { fields_on: 'oldest', snapshot_missing: ['created_at'], order: 'oldest' },
      {
        servers: [{ id: 1 }, { id: 2 }],
        snapshots: [
          { server_id: 1, name: 'a' },
          { server_id: 1, name: 'b' },
          { server_id: 2, name: 'c' },
        ],
      },
    );
    const undated = (): unknown[] =>
      api
        .list()
        .filter((item) => !('created_at' in item))
        .map(({ name }) => name);
    expect(undated()).toEqual(['a', 'c']);
    api.call('DELETE', '/snapshots/801/');
    expect(undated()).toEqual(['b', 'c']);
  });

  test('include the answer to a create request', () => {
    const api = new TestApi({ fields_on: 'newest', snapshot_missing: ['description'] });
    const answer = api.call('POST', '/snapshots/', { server_id: 12345, name: 'a', description: 'why' });
    expect(JSON.parse(answer.body)).not.toHaveProperty('description');
  });

  test('may be servers', () => {
    const api = new TestApi(
      { fields_on: 'newest', server_missing: ['status'], server_null: ['updated_at'] },
      { servers: [{ id: 1 }, { id: 2 }] },
    );
    const { results } = JSON.parse(api.call('GET', '/servers/').body) as { results: Json[] };
    expect(results[0]).toMatchObject({ status: 'active', updated_at: expect.any(String) });
    expect(results[1]).not.toHaveProperty('status');
    expect(results[1]).toMatchObject({ updated_at: null });
  });
});
