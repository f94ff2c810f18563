import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DEMO_TOKEN, Machine } from '../../simulator/machine.ts';
import type { Switches } from '../../simulator/switches.ts';
import { createMachineTransport } from '../../simulator/transport.ts';
import { VirtualClock } from '../../simulator/virtual-clock.ts';
import { createApi, type Api } from '../../src/vps/api.ts';
import { createClient, type Call } from '../../src/vps/client.ts';
import { VpsError } from '../../src/vps/errors.ts';
import { SchemaError } from '../../src/vps/schemas.ts';

const API_URL = 'https://a.example/api/v1';

type Reply = (path: string, n: number) => { readonly status?: number; readonly body: unknown };

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** The endpoints over a client that reads what `reply` says. */
function over(reply: Reply, apiUrl = API_URL): { readonly api: Api; readonly asked: Asked[] } {
  const asked: Asked[] = [];
  const api = createApi(async <T>(call: Call<T>) => {
    asked.push({ method: call.method, path: call.path, body: call.body });
    const { status = 200, body } = reply(call.path, asked.length);
    const fields = { method: call.method, path: call.path, status } as const;
    if (status >= 400) throw new VpsError({ ...fields, kind: 'http' });
    try {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      return { value: call.read({ status, headers: {}, body: text }), now: asked.length };
    } catch (error) {
      if (!(error instanceof SchemaError)) throw error;
      throw new VpsError({ ...fields, kind: 'malformed', detail: error.message });
    }
  }, apiUrl);
  return { api, asked };
}

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

describe('calls', () => {
  const created = { id: 801, status: 'in_progress' };

  test.each<[string, (api: Api) => Promise<unknown>, string, unknown]>([
    [
      'create',
      (api) => api.createSnapshot({ serverId: '12345', name: 'n', description: 'd' }, 0),
      'POST /snapshots/',
      { server_id: 12345, name: 'n', description: 'd' },
    ],
    ['restore', (api) => api.restoreSnapshot('801', 0), 'POST /snapshots/801/restore/', undefined],
    ['server', (api) => api.getServer('12345', 0), 'GET /servers/12345/', undefined],
    ['power', (api) => api.powerServer('12345', 'stop', 0), 'POST /servers/12345/power/', { action: 'stop' }],
    [
      'list',
      (api) => api.listSnapshots({ serverId: 'a b&c=d' }, 0),
      'GET /snapshots/?server_id=a+b%26c%3Dd&page_size=100',
      undefined,
    ],
    ['a server’s id is encoded', (api) => api.getServer('a/b', 0), 'GET /servers/a%2Fb/', undefined],
    [
      'a textual id of many digits',
      (api) => api.restoreSnapshot('1234567890123456789', 0),
      'POST /snapshots/1234567890123456789/restore/',
      undefined,
    ],
  ])('%s', async (_name, act, request, body) => {
    const { api, asked } = over(() => ({ body: { ...created, results: [], count: 0 } }));
    await act(api);
    expect(asked.map((one) => [`${one.method} ${one.path}`, one.body])).toEqual([[request, body]]);
  });

  test.each(['', '..', '../../x', 'a/b', 'a%2fb', 'a?b', 'a'.repeat(65), 'ü'])(
    'the id %j is refused before anything is sent',
    async (id) => {
      const { api, asked } = over(() => ({ status: 204, body: '{}' }));
      const refused = { kind: 'unsafe_id' };
      await expect(api.restoreSnapshot(id, 0)).rejects.toMatchObject(refused);
      await expect(api.deleteSnapshot(id, 0)).rejects.toMatchObject(refused);
      expect(asked).toEqual([]);
    },
  );

  test.each<[string, unknown]>([
    ['12345', 12345],
    ['0', 0],
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', '9007199254740992'],
    ['012', '012'],
    ['3f2b8c1e-0000-4000-8000-00000000abcd', '3f2b8c1e-0000-4000-8000-00000000abcd'],
    ['1e5', '1e5'],
    ['0x10', '0x10'],
    ['-5', '-5'],
  ])('the server %j stands in a body as %j', async (serverId, sent) => {
    const { api, asked } = over(() => ({ body: created }));
    await api.createSnapshot({ serverId, name: 'n', description: 'd' }, 0);
    expect(asked[0]?.body).toMatchObject({ server_id: sent });
  });

  test.each<[string, (api: Api) => Promise<unknown>, number, unknown, unknown]>([
    [
      'a snapshot was made',
      (api) => api.createSnapshot({ serverId: '1', name: 'n', description: 'd' }, 0),
      201,
      created,
      expect.objectContaining({ id: '801' }),
    ],
    [
      'a snapshot without an id',
      (api) => api.createSnapshot({ serverId: '1', name: 'n', description: 'd' }, 0),
      201,
      {},
      'malformed',
    ],
    [
      'a page instead of a snapshot',
      (api) => api.createSnapshot({ serverId: '1', name: 'n', description: 'd' }, 0),
      201,
      '<html>',
      'malformed',
    ],
    ['a restore was taken', (api) => api.restoreSnapshot('1', 0), 200, { status: 'success' }, undefined],
    ['a restore whose answer is no JSON', (api) => api.restoreSnapshot('1', 0), 200, '<html>', 'malformed'],
    [
      'a restore whose answer is cut',
      (api) => api.restoreSnapshot('1', 0),
      200,
      '{"status":"succ',
      'malformed',
    ],
    ['a snapshot was deleted', (api) => api.deleteSnapshot('1', 0), 204, '', true],
    ['a snapshot was gone', (api) => api.deleteSnapshot('1', 0), 404, '', false],
    [
      'a deletion that is not confirmed by a 204',
      (api) => api.deleteSnapshot('1', 0),
      200,
      '{}',
      'malformed',
    ],
    ['a deletion that is refused', (api) => api.deleteSnapshot('1', 0), 403, '', 'http'],
    ['a power action without a body', (api) => api.powerServer('1', 'start', 0), 204, '', undefined],
    ['a power action with any text', (api) => api.powerServer('1', 'start', 0), 200, 'ok', undefined],
    [
      'a server',
      (api) => api.getServer('1', 0),
      200,
      { id: 1, status: 'Active' },
      expect.objectContaining({ status: 'active' }),
    ],
    ['no server', (api) => api.getServer('1', 0), 200, [], 'malformed'],
  ])('%s', async (_name, act, status, body, outcome) => {
    const { api } = over(() => ({ status, body }));
    const result = await act(api).catch((error: unknown) => (error instanceof VpsError ? error.kind : error));
    expect(result).toEqual(outcome);
  });
});

describe('against the simulated API', () => {
  async function simulate<T>(
    switches: Partial<Switches>,
    work: (api: Api, machine: Machine) => Promise<T>,
  ): Promise<T> {
    const clock = new VirtualClock();
    const machine = new Machine({ clock: clock.world, switches });
    const transport = createMachineTransport({ machine, clock });
    const send = createClient({
      apiUrl: API_URL,
      token: DEMO_TOKEN,
      transport,
      clock,
      random: () => 0,
      retryPause: null,
      debug: () => undefined,
      cancelled: new AbortController().signal,
    });
    return clock.run(() => work(createApi(send, API_URL), machine));
  }

  const NEW = { serverId: '12345', name: 'n', description: 'd' };
  const UNTIL = 600_000;

  async function fill(api: Api, count: number): Promise<string[]> {
    const made: string[] = [];
    for (let n = 0; n < count; n += 1)
      made.push((await api.createSnapshot({ ...NEW, name: `n${n}` }, UNTIL)).id);
    return made.toSorted();
  }

  test.each<[string, Partial<Switches>, number]>([
    ['as documented', { lists: 'whole' }, 3],
    ['with links', { lists: 'paginated' }, 3],
    ['bare', { lists: 'bare' }, 3],
    ['over two pages', {}, 120],
    ['over three pages with relative links, oldest first', { next_link: 'relative', order: 'oldest' }, 230],
    ['with UUIDs', { snapshot_ids: 'uuid', server_ids: 'uuid' }, 3],
    ['with new fields', { extra_fields: true }, 3],
    ['with times in microseconds', { timestamps: 'micros' }, 3],
  ])('what was made is listed: %s', async (_name, switches, count) => {
    await simulate({ limit: 300, ...switches }, async (api, machine) => {
      const serverId = String(machine.state().servers[0]?.id);
      const made = await fill(api, count);
      const list = await api.listSnapshots({ serverId }, UNTIL);
      expect([list.complete, list.snapshots.map(({ id }) => id).toSorted()]).toEqual([true, made]);
      expect(list.now).not.toBeNull();
    });
  });

  test('a list that lost an item while it was read is not called whole', async () => {
    await simulate({ limit: 300, page_shift: 'delete' }, async (api) => {
      await fill(api, 120);
      expect(await api.listSnapshots({ serverId: '12345' }, UNTIL)).toMatchObject({ complete: false });
    });
  });

  test('a list whose last page leads back is whole when it holds its count', async () => {
    await simulate({ limit: 300, next_link: 'loop' }, async (api) => {
      await fill(api, 120);
      expect(await api.listSnapshots({ serverId: '12345' }, UNTIL)).toMatchObject({
        complete: true,
        pages: 2,
      });
    });
  });

  test('a link to another origin is not followed', async () => {
    await simulate({ limit: 300, next_link: 'foreign' }, async (api) => {
      await fill(api, 120);
      await expect(api.listSnapshots({}, UNTIL)).rejects.toMatchObject({ kind: 'malformed' });
    });
  });

  test('ids beyond 2^53 are shown with all their digits, and not used', async () => {
    await simulate({ snapshot_ids: 'huge' }, async (api) => {
      const made = await api.createSnapshot(NEW, UNTIL);
      expect([made.id.length >= 16, made.exact]).toEqual([true, false]);
    });
  });

  test.each<[string, (api: Api) => Promise<unknown>, number]>([
    ['an unknown server', (api) => api.createSnapshot({ ...NEW, serverId: '999' }, UNTIL), 404],
    ['an unknown snapshot', (api) => api.restoreSnapshot('999', UNTIL), 404],
    ['a name that is not allowed', (api) => api.createSnapshot({ ...NEW, name: 'a b' }, UNTIL), 400],
    ['an unknown server’s state', (api) => api.getServer('999', UNTIL), 404],
  ])('%s is refused', async (_name, act, status) => {
    await simulate({}, async (api) => {
      await expect(act(api)).rejects.toMatchObject({ kind: 'http', status });
    });
  });

  test('a deleted snapshot is gone the second time', async () => {
    await simulate({ delete_busy: 'allowed' }, async (api) => {
      const { id } = await api.createSnapshot(NEW, UNTIL);
      expect([await api.deleteSnapshot(id, UNTIL), await api.deleteSnapshot(id, UNTIL)]).toEqual([
        true,
        false,
      ]);
    });
  });
});
