import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyCharacter } from '../../any-character.ts';
import { VirtualClock } from '../../../../simulator/clock/virtual-clock.ts';
import { createApi, type Limits } from '../../../../src/vps/api.ts';
import { VpsError } from '../../../../src/vps/errors.ts';
import { over } from './scripted-api.ts';
import { API_URL, createTestClient } from '../client/scripted-client.ts';
import { createScriptedTransport, type Step } from '../scripted-transport.ts';

const LIMITS: Limits = { until: 0 };
const FIRST = '/snapshots/?server_id=1&page_size=100';
const items = (...ids: number[]): object[] =>
  ids.map((id) => ({ id, server: { id: 1 }, status: 'completed' }));
const page = (n: number): string => `${API_URL}/snapshots/?page=${n}`;

describe('the pages of a list are followed', () => {
  test.each<[string, string]>([
    ['the API’s inner host', 'https://api.internal/api/v1/snapshots/?page=2&x=%26'],
    ['its inner port', 'http://a.example:8000/api/v1/snapshots/?page=2&x=%26'],
    ['its inner path', 'https://a.example/internal/?page=2&x=%26'],
    ['no host', '?page=2&x=%26'],
    ['somebody else’s host', '//evil.example/?page=2&x=%26#fragment'],
    ['a name and a password', 'https://a.example@evil.example/?page=2&x=%26'],
  ])('by the query alone of a link with %s, on the own path', async (_name, next) => {
    const { api, asked } = over((_path, n) => ({
      body: { count: 2, next: n === 1 ? next : null, results: items(n) },
    }));
    const list = await api.listSnapshots({ serverId: '1' }, LIMITS);
    expect(asked.map(({ path }) => path)).toEqual([FIRST, '/snapshots/?page=2&x=%26']);
    expect(list.complete).toBe(true);
  });

  test.each([
    'https://a.example/api/v1/snapshots/',
    '../../../x',
    'javascript:alert(1)',
    'http://',
    '#',
    'x',
  ])('nowhere by a link without a query, %s, and the list is not whole', async (next) => {
    const { api, asked } = over(() => ({ body: { count: 2, next, results: items(1) } }));
    const list = await api.listSnapshots({ serverId: '1' }, LIMITS);
    expect([list.complete, new Set(asked.map(({ path }) => path))]).toEqual([false, new Set([FIRST])]);
  });

  test('on the own path only, whatever the link', async () => {
    const link = fc.oneof(
      fc.string(),
      fc.webUrl({ withQueryParameters: true }),
      fc.string({ unit: anyCharacter }).map((text) => API_URL + text),
      fc.webPath().map((path) => `${API_URL}${path}`),
    );
    await fc.assert(
      fc.asyncProperty(link, async (next) => {
        const { api, asked } = over((_path, n) => ({ body: n === 1 ? { next, results: [] } : [] }));
        const failure = await api.listSnapshots({}, LIMITS).then(
          () => null,
          (error: unknown) => error,
        );
        expect(failure === null || failure instanceof VpsError).toBe(true);
        for (const { path } of asked) {
          const url = new URL(API_URL + path);
          expect([url.origin, url.pathname, url.hash]).toEqual([
            'https://a.example',
            '/api/v1/snapshots/',
            '',
          ]);
        }
      }),
    );
  });

  test.each([
    [200, 2, 3],
    [201, 2, 1],
    [null, 2, 3],
  ])('no further than the first where %p items are more than %i pages', async (count, mostPages, asks) => {
    const { api, asked } = over((_path, n) => ({
      body: {
        count,
        // The links tell, not the count, where the list ends.
        next: n < 3 ? `?page=${n + 1}` : null,
        results: Array.from({ length: 100 }, (_, index) => ({ id: n * 100 + index, status: 'completed' })),
      },
    }));
    const list = await api.listSnapshots({ mostPages }, LIMITS);
    expect(asked).toHaveLength(asks);
    expect(list).toMatchObject({ pages: 3 });
  });

  test('over 50 pages at most', async () => {
    const { api, asked } = over((_path, n) => ({
      body: { count: 1e6, next: page(n + 1), results: items(n) },
    }));
    const list = await api.listSnapshots({}, LIMITS);
    expect([list.complete, list.pages, asked.length]).toEqual([false, 50, 50]);
  });

  test.each([
    ['the same page', (): string => page(2)],
    [
      'the first page',
      (path: string): string =>
        path === '/snapshots/?page=2' ? `${API_URL}/snapshots/?page_size=100` : page(2),
    ],
  ])('not for ever by a link that leads back to %s', async (_name, next) => {
    const { api, asked } = over((path) => ({ body: { count: 9, next: next(path), results: items(1) } }));
    const list = await api.listSnapshots({}, LIMITS);
    expect(list.complete).toBe(false);
    // Two pages, read three times at most.
    expect(asked.length).toBeLessThanOrEqual(6);
  });

  test('again at once where one is gone, while a first one that is gone may be a stray answer', async () => {
    const clock = new VirtualClock();
    const shown = (next: string | null, ...ids: number[]): Step => ({
      body: JSON.stringify({ count: 2, next, results: items(...ids) }),
    });
    const gone: Step = { status: 404, body: '{"detail":"Invalid page."}' };
    const steps = [gone, shown('?page=2', 1), gone, shown(null, 1, 2)];
    const { transport, sent } = createScriptedTransport(clock, steps);
    const api = createApi(createTestClient({ clock, transport }).send);
    const list = await clock.run(api.listSnapshots({}, { until: 60_000 }));
    expect([list.complete, sent.map(({ at }) => at)]).toEqual([true, [0, 3000, 3000, 3000]]);
  });

  test('three times at most where one is always gone, and then the list is not whole', async () => {
    const { api, asked } = over((path) =>
      path.includes('page=2')
        ? { status: 404, body: {} }
        : { body: { count: 2, next: '?page=2', results: items(1) } },
    );
    const list = await api.listSnapshots({}, LIMITS);
    expect([list.complete, list.pages, asked.length]).toEqual([false, 2, 6]);
  });

  test('and one that is refused makes the whole list fail', async () => {
    const { api } = over((path) =>
      path.includes('page=2')
        ? { status: 403, body: {} }
        : { body: { count: 2, next: '?page=2', results: items(1) } },
    );
    await expect(api.listSnapshots({}, LIMITS)).rejects.toMatchObject({ kind: 'http', status: 403 });
  });

  test('with a cursor, which is passed on as it came', async () => {
    const { api, asked } = over((_path, n) => ({
      body:
        n === 1 ? { next: `${API_URL}/snapshots/?cursor=a%2Fb+c`, results: [] } : { next: null, results: [] },
    }));
    await api.listSnapshots({}, LIMITS);
    expect(asked[1]?.path).toBe('/snapshots/?cursor=a%2Fb+c');
  });
});
