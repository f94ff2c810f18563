import { describe, expect, test } from '@jest/globals';
import { createPlanReaders } from '../../../../src/actions/create/readers.ts';
import type { Api } from '../../../../src/vps/api.ts';
import type { ServerRef, SnapshotList } from '../../../../src/vps/model.ts';
import { UUID } from '../../snapshots/samples.ts';
import { createTestDeps, fails, listOf, MINUTE, outcomeOf, serverOf, snapshotOf } from '../test-deps.ts';

const LIMITS = { until: MINUTE, patience: 'twice' } as const;
const of = (id: string, server: Partial<ServerRef>): ReturnType<typeof snapshotOf> =>
  snapshotOf(id, { server: { id: null, uuid: null, name: null, ...server } });

/** The account's snapshots: two of server 1, one by each of its ids, and one of server 2. */
const ALL = [of('801', { id: '1' }), of('802', { uuid: UUID }), of('803', { id: '2' })];

interface Script {
  readonly count: number;
  /** What each list is read for, one after the other. */
  readonly serverIds?: readonly string[];
  readonly account?: SnapshotList | Error;
  readonly isUnreadable?: boolean;
}

/** The requests, and the snapshots that each list gave; a list of one server's own holds just `own-N`. */
async function read({ count, serverIds = ['1', '2'], account = listOf(ALL), isUnreadable }: Script) {
  const requests: string[] = [];
  const servers = [serverOf('active', { id: '1', uuid: UUID }), serverOf('active', { id: '2' })];
  const api: Partial<Api> = {
    listServers() {
      requests.push('servers');
      return isUnreadable ? Promise.reject(fails('http', 403)) : Promise.resolve({ servers, complete: true });
    },
    getServer(id, { patience }) {
      requests.push(`server ${id} ${patience}`);
      const found = servers.find((server) => server.id === id);
      return isUnreadable || found === undefined
        ? Promise.reject(fails('http', 403))
        : Promise.resolve(found);
    },
    listSnapshots({ serverId }) {
      requests.push(serverId === undefined ? 'snapshots' : `snapshots of ${serverId}`);
      if (serverId !== undefined) return Promise.resolve(listOf([of(`own-${serverId}`, {})]));
      return account instanceof Error ? Promise.reject(account) : Promise.resolve(account);
    },
  };
  const { deps, clock } = createTestDeps({ api });
  const readers = createPlanReaders(count, deps);
  const lists: unknown[] = [];
  for (const id of serverIds) {
    const { value, error } = await outcomeOf(clock, readers.list(id, LIMITS));
    lists.push(error ?? value?.snapshots.map((snapshot) => snapshot.id));
  }
  const byList = requests.splice(0);
  if (!isUnreadable) await clock.run(readers.servers.read(['1'], -1, LIMITS));
  return { requests: byList, lists, reads: requests };
}

describe('what planning reads', () => {
  test('of six servers: two requests for all of them, and each gets its own snapshots by all of its ids', async () => {
    expect(await read({ count: 6, serverIds: ['1', UUID, '2'] })).toEqual({
      requests: ['servers', 'snapshots'],
      lists: [['801', '802'], ['801', '802'], ['803']],
      reads: [],
    });
  });

  test('of five servers: each by itself', async () => {
    expect(await read({ count: 5 })).toEqual({
      requests: ['snapshots of 1', 'snapshots of 2'],
      lists: [['own-1'], ['own-2']],
      reads: ['server 1 elsewhere'],
    });
  });

  test.each<[string, SnapshotList]>([
    ["the account's list is incomplete", listOf(ALL, { complete: false })],
    ['it shows one that names no server', listOf([...ALL, of('804', {})])],
  ])('of six servers, and %s: a list of each, behind one try', async (_, account) => {
    expect(await read({ count: 6, account })).toEqual({
      requests: ['servers', 'snapshots', 'snapshots of 1', 'snapshots of 2'],
      lists: [['own-1'], ['own-2']],
      reads: [],
    });
  });

  test("of six servers, and the account's list fails: after two tries it is not asked for again", async () => {
    const serverIds = ['1', '2', '1'];
    const { requests, lists } = await read({ count: 6, serverIds, account: fails('http', 503) });
    const asked = serverIds.map((id) => `snapshots of ${id}`);
    expect(requests).toEqual(['servers', 'snapshots', asked[0], 'snapshots', asked[1], asked[2]]);
    expect(lists).toEqual([['own-1'], ['own-2'], ['own-1']]);
  });

  test('of six servers that cannot be read: a list of each, since nothing shows which snapshots are theirs', async () => {
    const { requests, lists } = await read({ count: 6, isUnreadable: true });
    const tries = ['1', '2'].map((id) => ['servers', `server ${id} at_once`, `snapshots of ${id}`]);
    expect(requests).toEqual(tries.flat());
    expect(lists).toEqual([['own-1'], ['own-2']]);
  });
});
