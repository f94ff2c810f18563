import { describe, expect, test } from '@jest/globals';
import type { Limits } from '../../../../src/vps/api.ts';
import { over } from './scripted-api.ts';
import { API_URL } from '../client/scripted-client.ts';

const LIMITS: Limits = { until: 0 };

const items = (...ids: number[]): object[] =>
  ids.map((id) => ({ id, server: { id: 1 }, status: 'completed' }));
const page = (n: number): string => `${API_URL}/snapshots/?page=${n}`;

describe('a list is read', () => {
  const FIRST = '/snapshots/?server_id=1&page_size=100';
  const SECOND = '/snapshots/?page=2';

  interface Row {
    readonly name: string;
    /** What each page answers, in the order in which they are asked for. */
    readonly pages: readonly (object | 404)[];
    readonly ids: readonly (string | null)[];
    readonly complete: boolean;
    readonly asked?: readonly string[];
  }

  const rows: readonly Row[] = [
    { name: 'with its count', pages: [{ count: 2, results: items(1, 2) }], ids: ['1', '2'], complete: true },
    {
      name: 'as the end of its pages',
      pages: [{ next: null, results: items(1) }],
      ids: ['1'],
      complete: true,
    },
    { name: 'as a bare array', pages: [items(1, 2)], ids: ['1', '2'], complete: true },
    {
      name: 'as a bare array of a length that no page has',
      pages: [items(...Array.from({ length: 21 }, (_, index) => index + 1))],
      ids: Array.from({ length: 21 }, (_, index) => String(index + 1)),
      complete: true,
    },
    { name: 'as a bare and empty array', pages: [[]], ids: [], complete: true },
    { name: 'empty', pages: [{ count: 0, results: [] }], ids: [], complete: true },
    {
      name: 'without count or links: nobody says that it is whole',
      pages: [{ results: items(1) }],
      ids: ['1'],
      complete: false,
    },
    {
      name: 'with a count that it does not hold, and no link',
      pages: [{ count: 3, results: items(1, 2) }],
      ids: ['1', '2'],
      complete: false,
    },
    {
      name: 'over two pages',
      pages: [
        { count: 3, next: page(2), results: items(1, 2) },
        { count: 3, next: null, results: items(3) },
      ],
      ids: ['1', '2', '3'],
      complete: true,
      asked: [FIRST, SECOND],
    },
    {
      name: 'over two pages without a count',
      pages: [
        { next: page(2), results: items(1, 2) },
        { next: null, results: items(3) },
      ],
      ids: ['1', '2', '3'],
      complete: true,
      asked: [FIRST, SECOND],
    },
    {
      name: 'again, because its count changed, and then it is whole',
      pages: [
        { count: 3, next: page(2), results: items(1, 2) },
        { count: 2, next: null, results: [] },
        { count: 2, next: page(2), results: items(1) },
        { count: 2, next: null, results: items(2) },
      ],
      ids: ['1', '2'],
      complete: true,
      asked: [FIRST, SECOND, FIRST, SECOND],
    },
    {
      name: 'again, because an item moved to the next page',
      pages: [
        { count: 3, next: page(2), results: items(1, 2) },
        { count: 3, next: null, results: items(2) },
        { count: 3, next: page(2), results: items(0, 1) },
        { count: 3, next: null, results: items(2) },
      ],
      ids: ['0', '1', '2'],
      complete: true,
      asked: [FIRST, SECOND, FIRST, SECOND],
    },
    {
      name: 'three times at most, and then it is not whole',
      pages: [
        { count: 3, next: page(2), results: items(1, 2) },
        { count: 4, next: null, results: items(3) },
        { count: 3, next: page(2), results: items(1, 2) },
        { count: 4, next: null, results: items(3) },
        { count: 3, next: page(2), results: items(1, 2) },
        { count: 4, next: null, results: items(3) },
      ],
      ids: ['1', '2', '3'],
      complete: false,
      asked: [FIRST, SECOND, FIRST, SECOND, FIRST, SECOND],
    },
    {
      name: 'to its end, although it holds less than its count',
      pages: [
        { count: 9, next: page(2), results: items(1) },
        { count: 9, next: null, results: items(2) },
        { count: 9, next: page(2), results: items(1) },
        { count: 9, next: null, results: items(2) },
        { count: 9, next: page(2), results: items(1) },
        { count: 9, next: null, results: items(2) },
      ],
      ids: ['1', '2'],
      complete: false,
    },
    {
      name: 'with a link that is relative',
      pages: [
        { count: 2, next: '/api/v1/snapshots/?page=2', results: items(1) },
        { count: 2, next: null, results: items(2) },
      ],
      ids: ['1', '2'],
      complete: true,
      asked: [FIRST, SECOND],
    },
    {
      name: 'with a link of http, which a proxy that ends TLS makes',
      pages: [
        { count: 2, next: page(2).replace('https:', 'http:'), results: items(1) },
        { count: 2, next: null, results: items(2) },
      ],
      ids: ['1', '2'],
      complete: true,
      asked: [FIRST, SECOND],
    },
    {
      name: 'again, because it has become shorter while it was read: there is no such page any more',
      pages: [
        { count: 3, next: page(2), results: items(1, 2) },
        404,
        { count: 2, next: null, results: items(1, 2) },
      ],
      ids: ['1', '2'],
      complete: true,
      asked: [FIRST, SECOND, FIRST],
    },
    {
      name: 'three times at most, because a page of it is never there',
      pages: [
        { count: 3, next: page(2), results: items(1, 2) },
        404,
        { count: 3, next: page(2), results: items(1, 2) },
        404,
        { count: 3, next: page(2), results: items(1, 2) },
        404,
      ],
      ids: ['1', '2'],
      complete: false,
      asked: [FIRST, SECOND, FIRST, SECOND, FIRST, SECOND],
    },
    {
      name: 'with an id that cannot be used, twice: two items, not one',
      pages: [{ count: 2, results: [{ id: '../x' }, { id: '../y' }] }],
      ids: [null, null],
      complete: true,
    },
  ];

  test.each(rows)('$name', async ({ pages, ids, complete, asked = [FIRST] }) => {
    const { api, asked: sent } = over((_path, n) => {
      const body = pages[n - 1] ?? pages.at(-1);
      return body === 404 ? { status: 404, body: { detail: 'Invalid page.' } } : { body };
    });
    const list = await api.listSnapshots({ serverId: '1' }, LIMITS);
    expect(list.snapshots.map(({ id }) => id)).toEqual(ids);
    expect(list.complete).toBe(complete);
    expect(sent.slice(0, asked.length).map(({ path }) => path)).toEqual(asked);
    // The answer to request n came at n.
    expect(list.now).toBe(pages.at(-1) === 404 ? sent.length - 1 : sent.length);
  });

  test.each([10, 20, 25, 50, 100])(
    'as a bare array of %i, which may be cut: it shows what is there, never what is gone',
    async (count) => {
      const { api, asked } = over(() => ({ body: items(...Array.from({ length: count }, (_, n) => n)) }));
      const list = await api.listSnapshots({}, LIMITS);
      expect([list.snapshots.length, list.complete, asked.length]).toEqual([count, false, 1]);
    },
  );

  test('and a list that is not there at all is an error', async () => {
    const { api } = over(() => ({ status: 404, body: { detail: 'Not found.' } }));
    await expect(api.listSnapshots({}, LIMITS)).rejects.toMatchObject({ status: 404 });
  });

  test.each([401, 403, 410])('and so is a page that is answered with %i', async (status) => {
    const { api } = over((_path, n) =>
      n === 1 ? { body: { count: 3, next: page(2), results: items(1) } } : { status, body: '' },
    );
    await expect(api.listSnapshots({}, LIMITS)).rejects.toMatchObject({ status });
  });

  test('of the servers, in the same way', async () => {
    const { api, asked } = over((_path, n) => ({
      body:
        n === 1
          ? {
              count: 2,
              next: `${API_URL}/servers/?page=2&page_size=100`,
              results: [{ id: 1, status: 'active' }],
            }
          : { count: 2, next: null, results: [{ uuid: 'a', status: 'stopped' }] },
    }));
    const { servers, complete } = await api.listServers(LIMITS);
    expect([servers.map(({ id, uuid }) => id ?? uuid), complete]).toEqual([['1', 'a'], true]);
    expect(asked.map(({ path }) => path)).toEqual([
      '/servers/?page_size=100',
      '/servers/?page=2&page_size=100',
    ]);
  });

  test('of the account, without a filter', async () => {
    const { api, asked } = over(() => ({ body: [] }));
    await api.listSnapshots({}, LIMITS);
    expect(asked).toEqual([{ method: 'GET', path: '/snapshots/?page_size=100', body: undefined }]);
  });
});
