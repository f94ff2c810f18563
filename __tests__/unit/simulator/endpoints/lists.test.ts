import { describe, expect, test } from '@jest/globals';
import { TestApi, seeds, type Json } from '../api/test-api.ts';

const SNAPSHOTS = '/snapshots/';

function names(items: Json[]): unknown[] {
  return items.map(({ name }) => name);
}

describe('lists', () => {
  test.each([
    ['newest', ['old-3', 'old-2', 'old-1']],
    ['oldest', ['old-1', 'old-2', 'old-3']],
  ] as const)('%s first', (order, expected) => {
    expect(names(new TestApi({ order }, { snapshots: seeds(3) }).list())).toEqual(expected);
  });

  test('shuffled: all of them, not always in one order', () => {
    const api = new TestApi({ order: 'shuffled' }, { snapshots: seeds(5) });
    const orders = Array.from({ length: 20 }, () => names(api.list()));
    expect(new Set(orders.map((order) => order.join())).size).toBeGreaterThan(1);
    for (const order of orders)
      expect(new Set(order)).toEqual(new Set(['old-1', 'old-2', 'old-3', 'old-4', 'old-5']));
  });

  test('pages of 20, at most 100, linked on the origin that was asked', () => {
    const api = new TestApi({}, { snapshots: seeds(130) });
    const first = JSON.parse(api.call('GET', '/snapshots/?server_id=12345').body) as Json;
    expect(first).toMatchObject({
      count: 130,
      next: 'https://admin.vps.org/api/v1/snapshots/?server_id=12345&page=2',
      previous: null,
    });
    expect(first['results']).toHaveLength(20);
    expect(api.list('?page=7')).toHaveLength(10);
    expect(api.list('?page_size=500')).toHaveLength(100);
    expect(api.call('GET', '/snapshots/?page=8').status).toBe(404);
    expect(api.call('GET', '/snapshots/?page=x').status).toBe(404);
    const last = JSON.parse(api.call('GET', '/snapshots/?page=7').body) as Json;
    expect(last).toMatchObject({ next: null, previous: 'https://admin.vps.org/api/v1/snapshots/?page=6' });
  });

  test.each([
    ['absolute', 'https://admin.vps.org/api/v1/snapshots/?page=3'],
    ['relative', '/api/v1/snapshots/?page=3'],
    ['foreign', 'https://elsewhere.example/api/v1/snapshots/?page=3'],
    ['port', 'https://admin.vps.org:8443/api/v1/snapshots/?page=3'],
    ['inner', 'http://backend:8000/snapshots/?page=3'],
    ['loop', 'https://admin.vps.org/api/v1/snapshots/?page=2'],
  ] as const)('next is %s', (form, next) => {
    const api = new TestApi({ next_link: form, page_size: 2 }, { snapshots: seeds(6) });
    expect(JSON.parse(api.call('GET', '/snapshots/?page=2').body)).toMatchObject({ next });
  });

  test.each([
    ['no', ['old-4', 'old-3', 'old-2', 'old-1']],
    ['insert', ['old-4', 'old-3', 'old-3', 'old-2']],
    ['delete', ['old-4', 'old-3', 'old-1']],
  ] as const)('while pages are read: %s', (shift, expected) => {
    const api = new TestApi({ page_shift: shift, page_size: 2 }, { snapshots: seeds(4) });
    expect([...names(api.list('?page=1')), ...names(api.list('?page=2'))]).toEqual(expected);
  });

  test('a page that is gone because the list has shrunk', () => {
    const api = new TestApi(
      { page_shift: 'shrink', page_size: 2, page_shift_share: 0.5 },
      { snapshots: seeds(4) },
    );
    const answers = Array.from({ length: 20 }, () => api.call('GET', '/snapshots/?page=2'));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 404]));
    expect(answers.find(({ status }) => status === 404)?.body).toBe('{"detail":"Invalid page."}');
    expect(api.list('?page=1')).toHaveLength(2);
  });

  test.each([
    ['bare', 20, 20, undefined],
    ['whole', 20, 20, 30],
    ['bare', 0, 30, undefined],
    ['paginated', 5, 20, 30],
  ] as const)('%s, cut at %i: %i of %s', (lists, limit, shown, count) => {
    const api = new TestApi({ lists, list_limit: limit }, { snapshots: seeds(30) });
    const body = JSON.parse(api.call('GET', '/snapshots/?page_size=20').body) as Json | unknown[];
    const items = Array.isArray(body) ? body : (body['results'] as unknown[]);
    expect(items).toHaveLength(shown);
    expect(Array.isArray(body) ? undefined : body['count']).toBe(count);
  });

  test.each([
    ['present', 200, /"results"/],
    ['absent', 404, /<h1>Not Found/],
    ['refused', 403, /"You do not have permission/],
  ] as const)('of servers, and one server: %s', (form, status, body) => {
    const listing = new TestApi({ server_list: form });
    const detail = new TestApi({ server_detail: form });
    expect(listing.call('GET', '/servers/')).toMatchObject({ status, body: expect.stringMatching(body) });
    expect(listing.call('GET', '/servers/12345/').status).toBe(200);
    expect(detail.call('GET', '/servers/12345/').status).toBe(status);
    expect(detail.call('GET', '/servers/').status).toBe(200);
  });

  test('of servers are pages with an address for each', () => {
    const servers = [{ id: 1 }, { id: 2, ip_address: '198.51.100.7' }, { id: 3 }];
    const api = new TestApi({ page_size: 2 }, { servers });
    expect(JSON.parse(api.call('GET', '/servers/').body)).toMatchObject({
      count: 3,
      next: 'https://admin.vps.org/api/v1/servers/?page=2',
      results: [
        { id: 1, name: 'server-1', status: 'active', ip_address: '203.0.113.10' },
        { id: 2, uuid: expect.any(String), ip_address: '198.51.100.7', updated_at: '2026-01-15T11:00:00Z' },
      ],
    });
  });

  test('whole or bare', () => {
    const snapshots = seeds(30);
    const whole = JSON.parse(
      new TestApi({ lists: 'whole' }, { snapshots }).call('GET', SNAPSHOTS).body,
    ) as Json;
    expect(Object.keys(whole)).toEqual(['count', 'results']);
    expect(whole['results']).toHaveLength(30);
    expect(
      JSON.parse(new TestApi({ lists: 'bare' }, { snapshots }).call('GET', SNAPSHOTS).body),
    ).toHaveLength(30);
  });

  test.each([
    ['honoured', 1, 0],
    ['ignored', 3, 3],
  ] as const)('the filter by server is %s', (filter, known, unknown) => {
    const api = new TestApi(
      { server_filter: filter },
      {
        servers: [{ id: 1 }, { id: 2 }],
        snapshots: [
          { server_id: 1, name: 'a' },
          { server_id: 2, name: 'b' },
          { server_id: 2, name: 'c' },
        ],
      },
    );
    expect(api.list('?server_id=1')).toHaveLength(known);
    expect(api.list('?server_id=3')).toHaveLength(unknown);
    expect(api.list()).toHaveLength(3);
  });

  test('servers by status and location', () => {
    const api = new TestApi({}, { servers: [{ id: 1 }, { id: 2, status: 'stopped', location: 'fra1' }] });
    const ids = (query: string): unknown[] =>
      (JSON.parse(api.call('GET', `/servers/${query}`).body) as { results: Json[] }).results.map(
        ({ id }) => id,
      );
    expect(ids('')).toEqual([1, 2]);
    expect(ids('?status=stopped')).toEqual([2]);
    expect(ids('?location=ams1')).toEqual([1]);
    expect(ids('?status=active&location=fra1')).toEqual([]);
  });
});
