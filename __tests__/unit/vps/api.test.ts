import { describe, expect, test } from '@jest/globals';
import { DEMO_TOKEN, SimulatedApi } from '../../../simulator/api/simulated-api.ts';
import type { Switches } from '../../../simulator/api/switches.ts';
import { createSimulatedTransport } from '../../../simulator/transports/in-process.ts';
import { VirtualClock } from '../../../simulator/clock/virtual-clock.ts';
import { createApi, type Api } from '../../../src/vps/api.ts';
import { createClient } from '../../../src/vps/client.ts';
import { VpsError } from '../../../src/vps/errors.ts';
import { API_URL, over } from './scripted-api.ts';

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
    work: (api: Api, machine: SimulatedApi) => Promise<T>,
  ): Promise<T> {
    const clock = new VirtualClock();
    const machine = new SimulatedApi({ clock: clock.apiClock, switches });
    const transport = createSimulatedTransport({ api: machine, clock });
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
      expect([made.id.length >= 16, made.idIsLossless]).toEqual([true, false]);
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
