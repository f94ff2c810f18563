import { describe, expect, test } from '@jest/globals';
import { createApi, type Api, type Limits } from '../../../../src/vps/api.ts';
import type { Call } from '../../../../src/vps/client/call.ts';
import { VpsError } from '../../../../src/vps/errors.ts';
import { over } from './scripted-api.ts';

const LIMITS: Limits = { until: 0 };

describe('calls', () => {
  const created = { id: 801, status: 'in_progress' };

  test.each<[string, (api: Api) => Promise<unknown>, string, unknown]>([
    [
      'create',
      (api) => api.createSnapshot({ serverId: '12345', name: 'n', description: 'd' }, LIMITS),
      'POST /snapshots/',
      { server_id: 12345, name: 'n', description: 'd' },
    ],
    ['restore', (api) => api.restoreSnapshot('801', LIMITS), 'POST /snapshots/801/restore/', undefined],
    ['server', (api) => api.getServer('12345', LIMITS), 'GET /servers/12345/', undefined],
    [
      'power',
      (api) => api.powerServer('12345', 'stop', LIMITS),
      'POST /servers/12345/power/',
      { action: 'stop' },
    ],
    [
      'list',
      (api) => api.listSnapshots({ serverId: 'a b&c=d' }, LIMITS),
      'GET /snapshots/?server_id=a+b%26c%3Dd&page_size=100',
      undefined,
    ],
    ['servers', (api) => api.listServers(LIMITS), 'GET /servers/?page_size=100', undefined],
    ['a server’s id is encoded', (api) => api.getServer('a/b', LIMITS), 'GET /servers/a%2Fb/', undefined],
    [
      'a textual id of many digits',
      (api) => api.restoreSnapshot('1234567890123456789', LIMITS),
      'POST /snapshots/1234567890123456789/restore/',
      undefined,
    ],
  ])('%s', async (_name, act, request, body) => {
    const { api, asked } = over(() => ({ body: { ...created, results: [], count: 0 } }));
    await act(api);
    expect(asked.map((one) => [`${one.method} ${one.path}`, one.body])).toEqual([[request, body]]);
  });

  test.each(['', '..', '../../x', 'a/b', 'a%2fb', 'a?b', 'a'.repeat(65), 'ü', '-', '-801', '_801', '#801'])(
    'the id %j is refused before anything is sent',
    async (id) => {
      const { api, asked } = over(() => ({ status: 204, body: '{}' }));
      const refused = { kind: 'unsafe_id' };
      await expect(api.restoreSnapshot(id, LIMITS)).rejects.toMatchObject(refused);
      await expect(api.deleteSnapshot(id, LIMITS)).rejects.toMatchObject(refused);
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
    await api.createSnapshot({ serverId, name: 'n', description: 'd' }, LIMITS);
    expect(asked[0]?.body).toMatchObject({ server_id: sent });
  });

  type CallRow = [string, (api: Api) => Promise<unknown>, number, unknown, unknown];

  test.each<CallRow>([
    [
      'a snapshot was made',
      (api) => api.createSnapshot({ serverId: '1', name: 'n', description: 'd' }, LIMITS),
      201,
      created,
      expect.objectContaining({ id: '801' }),
    ],
    [
      'a snapshot without an id',
      (api) => api.createSnapshot({ serverId: '1', name: 'n', description: 'd' }, LIMITS),
      201,
      {},
      'malformed',
    ],
    [
      'a page instead of a snapshot',
      (api) => api.createSnapshot({ serverId: '1', name: 'n', description: 'd' }, LIMITS),
      201,
      '<html>',
      'malformed',
    ],
    [
      'a restore was taken',
      (api) => api.restoreSnapshot('1', LIMITS),
      200,
      {
        status: 'Success',
        snapshot: { id: 801 },
        server: { id: 12345, name: 'web', status: 'Restoring' },
      },
      {
        status: 'success',
        snapshotId: '801',
        server: { id: '12345', uuid: null, name: 'web' },
        serverStatus: 'restoring',
      },
    ],
    [
      'a restore was answered with less',
      (api) => api.restoreSnapshot('1', LIMITS),
      200,
      {},
      { status: '', snapshotId: null, server: { id: null, uuid: null, name: null }, serverStatus: '' },
    ],
    ['a restore without a body', (api) => api.restoreSnapshot('1', LIMITS), 200, '', 'malformed'],
    [
      'a restore whose answer is no JSON',
      (api) => api.restoreSnapshot('1', LIMITS),
      200,
      '<html>',
      'malformed',
    ],
    [
      'a restore whose answer is cut',
      (api) => api.restoreSnapshot('1', LIMITS),
      200,
      '{"status":"succ',
      'malformed',
    ],
    ['a snapshot was deleted', (api) => api.deleteSnapshot('1', LIMITS), 204, '', 'deleted'],
    ['a snapshot was gone', (api) => api.deleteSnapshot('1', LIMITS), 404, '', 'absent'],
    ...[200, 202, 299].map((status): CallRow => [
      `a deletion that is answered with ${status}, which confirms nothing`,
      (api) => api.deleteSnapshot('1', LIMITS),
      status,
      '{}',
      'accepted',
    ]),
    ['a deletion that a page answers', (api) => api.deleteSnapshot('1', LIMITS), 404, '<html>', 'http'],
    ['a deletion that is refused', (api) => api.deleteSnapshot('1', LIMITS), 403, '', 'http'],
    ['a power action without a body', (api) => api.powerServer('1', 'start', LIMITS), 204, '', undefined],
    ['a power action with any text', (api) => api.powerServer('1', 'start', LIMITS), 200, 'ok', undefined],
    [
      'a power action that a page answers',
      (api) => api.powerServer('1', 'start', LIMITS),
      200,
      ' <!DOCTYPE html>',
      'malformed',
    ],
    [
      'the token',
      (api) => api.getTokenInfo(LIMITS),
      200,
      { account: {}, token: { name: 'ci', permissions: ['snapshots:read', 5, 'x\ny'] } },
      { name: 'ci', permissions: ['snapshots:read', 'x y'] },
    ],
    ['no token', (api) => api.getTokenInfo(LIMITS), 200, { account: {} }, 'malformed'],
    [
      'a token of which nothing is known',
      (api) => api.getTokenInfo(LIMITS),
      200,
      { token: {} },
      { name: null, permissions: [] },
    ],
    [
      'a server',
      (api) => api.getServer('1', LIMITS),
      200,
      { id: 1, status: 'Active' },
      expect.objectContaining({ status: 'active' }),
    ],
    ['no server', (api) => api.getServer('1', LIMITS), 200, [], 'malformed'],
  ])('%s', async (_name, act, status, body, outcome) => {
    const { api } = over(() => ({ status, body }));
    const result = await act(api).catch((error: unknown) => (error instanceof VpsError ? error.kind : error));
    expect(result).toEqual(outcome);
  });
});

describe('how long and how often', () => {
  const limits = { until: 5000, patience: 'twice' } as const;

  async function callOf(act: (api: Api) => Promise<unknown>): Promise<Call<unknown>> {
    const calls: Call<unknown>[] = [];
    const api = createApi((call) => {
      calls.push(call);
      return Promise.reject(new VpsError({ kind: 'cancelled', method: call.method, path: call.path }));
    });
    await act(api).catch(() => undefined);
    const [first] = calls;
    if (first === undefined) throw new Error('nothing was sent');
    return first;
  }

  test.each<[string, (api: Api) => Promise<unknown>, Partial<Call<unknown>>]>([
    ['a list', (api) => api.listSnapshots({}, limits), { patience: 'twice' }],
    ['the servers', (api) => api.listServers(limits), { patience: 'twice' }],
    ['a server', (api) => api.getServer('1', limits), { patience: 'twice' }],
    ['the token', (api) => api.getTokenInfo(limits), { patience: 'twice' }],
    ['a restore, which its caller repeats', (api) => api.restoreSnapshot('1', limits), { once: true }],
    ['a deletion', (api) => api.deleteSnapshot('1', limits), { once: false }],
    [
      'a deletion of what is in progress',
      (api) => api.deleteSnapshot('1', { ...limits, once: true }),
      { once: true },
    ],
  ])('%s', async (_name, act, expected) => {
    expect(await callOf(act)).toMatchObject({ until: 5000, ...expected });
  });

  test.each<[string, (api: Api) => Promise<unknown>]>([
    ['a create request', (api) => api.createSnapshot({ serverId: '1', name: 'n', description: '' }, limits)],
    ['a power action', (api) => api.powerServer('1', 'stop', limits)],
  ])('%s is repeated where nobody saw it, and has no patience with refusals', async (_name, act) => {
    const call = await callOf(act);
    expect([call.until, call.once, call.patience]).toEqual([5000, undefined, undefined]);
  });
});
