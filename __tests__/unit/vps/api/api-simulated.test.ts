import { describe, expect, test } from '@jest/globals';
import { SimulatedApi } from '../../../../simulator/api/simulated-api.ts';
import type { Switches } from '../../../../simulator/api/switches.ts';
import { createSimulatedTransport } from '../../../../simulator/transports/in-process.ts';
import { VirtualClock } from '../../../../simulator/clock/virtual-clock.ts';
import { createApi, type Api, type Limits } from '../../../../src/vps/api.ts';
import { createTestClient, TOKEN } from '../client/scripted-client.ts';

describe('against the simulated API', () => {
  async function simulate<T>(
    switches: Partial<Switches>,
    work: (api: Api, machine: SimulatedApi) => Promise<T>,
  ): Promise<T> {
    const clock = new VirtualClock();
    const machine = new SimulatedApi({
      clock: clock.apiClock,
      switches,
      tokens: [{ token: TOKEN, name: 'ci' }],
    });
    const transport = createSimulatedTransport({ api: machine, clock });
    const { send } = createTestClient({ clock, transport });
    return clock.run(() => work(createApi(send), machine));
  }

  const NEW = { serverId: '12345', name: 'n', description: 'd' };
  const IN_TIME: Limits = { until: 600_000, patience: 'at_once' };

  async function fill(api: Api, count: number): Promise<string[]> {
    const made: string[] = [];
    for (let n = 0; n < count; n += 1)
      made.push((await api.createSnapshot({ ...NEW, name: `n${n}` }, IN_TIME)).id);
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
      const list = await api.listSnapshots({ serverId }, IN_TIME);
      expect([list.complete, list.snapshots.map(({ id }) => String(id)).toSorted()]).toEqual([true, made]);
      expect(list.now).not.toBeNull();
    });
  });

  test('a list that lost an item while it was read is not called whole', async () => {
    await simulate({ limit: 300, page_shift: 'delete' }, async (api) => {
      await fill(api, 120);
      expect(await api.listSnapshots({ serverId: '12345' }, IN_TIME)).toMatchObject({ complete: false });
    });
  });

  test('a list whose last page leads back is whole when it holds its count', async () => {
    await simulate({ limit: 300, next_link: 'loop' }, async (api) => {
      await fill(api, 120);
      expect(await api.listSnapshots({ serverId: '12345' }, IN_TIME)).toMatchObject({
        complete: true,
        pages: 2,
      });
    });
  });

  test('of a link to another origin the query is followed, on the own one', async () => {
    await simulate({ limit: 300, next_link: 'foreign' }, async (api) => {
      await fill(api, 120);
      const list = await api.listSnapshots({ serverId: '12345' }, IN_TIME);
      expect([list.complete, list.snapshots.length, list.pages]).toEqual([true, 120, 2]);
    });
  });

  test('ids beyond 2^53 are shown with all their digits, and not used', async () => {
    await simulate({ snapshot_ids: 'huge' }, async (api) => {
      const made = await api.createSnapshot(NEW, IN_TIME);
      expect([made.id.length >= 16, made.idIsLossless]).toEqual([true, false]);
    });
  });

  test.each<[string, (api: Api) => Promise<unknown>, number]>([
    ['an unknown server', (api) => api.createSnapshot({ ...NEW, serverId: '999' }, IN_TIME), 404],
    ['an unknown snapshot', (api) => api.restoreSnapshot('999', IN_TIME), 404],
    ['a name that is not allowed', (api) => api.createSnapshot({ ...NEW, name: 'a b' }, IN_TIME), 400],
    ['an unknown server’s state', (api) => api.getServer('999', IN_TIME), 404],
  ])('%s is refused', async (_name, act, status) => {
    await simulate({}, async (api) => {
      await expect(act(api)).rejects.toMatchObject({ kind: 'http', status });
    });
  });

  test('a deleted snapshot is gone the second time', async () => {
    await simulate({ delete_busy: 'allowed' }, async (api) => {
      const { id } = await api.createSnapshot(NEW, IN_TIME);
      expect([await api.deleteSnapshot(id, IN_TIME), await api.deleteSnapshot(id, IN_TIME)]).toEqual([
        'deleted',
        'absent',
      ]);
    });
  });
});
