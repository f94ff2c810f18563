import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { VpsError } from '../../../src/vps/errors.ts';
import { API_URL, over } from './scripted-api.ts';

const items = (...ids: number[]): object[] =>
  ids.map((id) => ({ id, server: { id: 1 }, status: 'completed' }));
const page = (n: number): string => `${API_URL}/snapshots/?page=${n}`;

describe('a list is read', () => {
  const FIRST = '/snapshots/?server_id=1&page_size=100';
  const SECOND = '/snapshots/?page=2';

  interface Row {
    readonly name: string;
    /** What each page answers, in the order in which they are asked for. */
    readonly pages: readonly object[];
    readonly ids: readonly string[];
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
      name: 'with an id that cannot be used, twice: two items, not one',
      pages: [{ count: 2, results: [{ id: '../x' }, { id: '../y' }] }],
      ids: ['', ''],
      complete: true,
    },
  ];

  test.each(rows)('$name', async ({ pages, ids, complete, asked = [FIRST] }) => {
    const { api, asked: sent } = over((_path, n) => ({ body: pages[n - 1] ?? pages.at(-1) }));
    const list = await api.listSnapshots({ serverId: '1' }, 0);
    expect(list.snapshots.map(({ id }) => id)).toEqual(ids);
    expect(list.complete).toBe(complete);
    expect(sent.slice(0, asked.length).map(({ path }) => path)).toEqual(asked);
    expect(list.now).toBe(sent.length);
  });

  test('of the account, without a filter', async () => {
    const { api, asked } = over(() => ({ body: [] }));
    await api.listSnapshots({}, 0);
    expect(asked).toEqual([{ method: 'GET', path: '/snapshots/?page_size=100', body: undefined }]);
  });

  test.each([
    'https://evil.example/api/v1/snapshots/?page=2',
    'https://a.example.evil.example/api/v1/snapshots/?page=2',
    'https://a.example:8443/api/v1/snapshots/?page=2',
    'https://a.example/other/?page=2',
    'https://a.example/api/v11/snapshots/?page=2',
    'https://a.example/api/v1/../v2/snapshots/',
    'https://a.example/api/v1/%2e%2e/v2/',
    '//evil.example/api/v1/snapshots/?page=2',
    '../../../x',
    'https://a.example@evil.example/api/v1/',
    'javascript:alert(1)',
    'http://',
  ])('but no link is followed to %s', async (next) => {
    const { api, asked } = over(() => ({ body: { count: 2, next, results: items(1) } }));
    await expect(api.listSnapshots({ serverId: '1' }, 0)).rejects.toMatchObject({
      kind: 'malformed',
      detail: expect.stringContaining("not below the API's own address"),
    });
    expect(asked).toHaveLength(1);
  });

  test('whatever the link, what is asked for stays below the API’s address', async () => {
    const link = fc.oneof(
      fc.string(),
      fc.webUrl({ withQueryParameters: true }),
      fc.string({ unit: 'binary' }).map((text) => API_URL + text),
      fc.webPath().map((path) => `${API_URL}${path}`),
    );
    await fc.assert(
      fc.asyncProperty(link, async (next) => {
        const { api, asked } = over((_path, n) => ({ body: n === 1 ? { next, results: [] } : [] }));
        const failure = await api.listSnapshots({}, 0).then(
          () => null,
          (error: unknown) => error,
        );
        expect(failure === null || failure instanceof VpsError).toBe(true);
        for (const { path } of asked) {
          const url = new URL(API_URL + path);
          expect([url.origin, url.pathname.startsWith('/api/v1/')]).toEqual(['https://a.example', true]);
        }
      }),
    );
  });

  test('over 50 pages at most', async () => {
    const { api, asked } = over((_path, n) => ({
      body: { count: 1e6, next: page(n + 1), results: items(n) },
    }));
    const list = await api.listSnapshots({}, 0);
    expect([list.complete, list.pages, asked.length]).toEqual([false, 50, 50]);
  });

  test.each([
    ['the same page', (): string => page(2)],
    [
      'the first page',
      (path: string): string =>
        path === '/snapshots/?page=2' ? `${API_URL}/snapshots/?page_size=100` : page(2),
    ],
  ])('a next link that leads back to %s is not followed for ever', async (_name, next) => {
    const { api, asked } = over((path) => ({ body: { count: 9, next: next(path), results: items(1) } }));
    const list = await api.listSnapshots({}, 0);
    expect(list.complete).toBe(false);
    // Two pages, read three times at most.
    expect(asked.length).toBeLessThanOrEqual(6);
  });

  test('below a base path of its own', async () => {
    const base = 'http://127.0.0.1:8080/proxy/vps';
    const { api, asked } = over(
      (_path, n) => ({
        body:
          n === 1 ? { next: `${base}/snapshots/?cursor=a%2Fb`, results: [] } : { next: null, results: [] },
      }),
      base,
    );
    await api.listSnapshots({}, 0);
    expect(asked[1]?.path).toBe('/snapshots/?cursor=a%2Fb');
  });
});
