import { describe, expect, test } from '@jest/globals';
import { TestApi, AUTHORIZED, seeds, SERVER } from '../api/test-api.ts';

const SNAPSHOTS = '/snapshots/';
const REQUIRED = ['This field is required.'];

describe('creating', () => {
  const long = 'x'.repeat(256);
  test.each([
    ['nothing', {}, { server_id: REQUIRED, name: REQUIRED }],
    ['nulls', { server_id: null, name: null }, { server_id: expect.anything(), name: expect.anything() }],
    [
      'a server that is no id',
      { server_id: true, name: 'a' },
      { server_id: ['A valid integer is required.'] },
    ],
    [
      'a space in the name',
      { server_id: SERVER, name: 'a b' },
      { name: [expect.stringContaining('hyphens')] },
    ],
    ['an empty name', { server_id: SERVER, name: '' }, { name: ['This field may not be blank.'] }],
    ['a name that is no text', { server_id: SERVER, name: 5 }, { name: ['Not a valid string.'] }],
    ['a long name', { server_id: SERVER, name: long }, { name: [expect.stringContaining('255')] }],
    [
      'a long description',
      { server_id: SERVER, name: 'a', description: long },
      { description: [expect.stringContaining('255')] },
    ],
    [
      'a description that is no text',
      { server_id: SERVER, name: 'a', description: 5 },
      { description: ['Not a valid string.'] },
    ],
  ])('refuses %s', (_, body, faults) => {
    const api = new TestApi();
    const answer = api.call('POST', SNAPSHOTS, body);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toEqual(faults);
    expect(api.state().snapshots).toEqual([]);
  });

  test.each([
    ['no JSON', '{', AUTHORIZED, 400],
    ['a list', '[]', AUTHORIZED, 400],
    ['another type of content', '{}', { ...AUTHORIZED, 'content-type': 'text/plain' }, 415],
    ['an unknown server', '{"server_id":1,"name":"a"}', AUTHORIZED, 404],
  ])('refuses %s', (_, body, headers, status) => {
    expect(new TestApi().call('POST', SNAPSHOTS, body, headers).status).toBe(status);
  });

  test('answers as documented', () => {
    const answer = new TestApi().call('POST', SNAPSHOTS, {
      server_id: SERVER,
      name: 'a',
      description: 'why',
    });
    expect(answer.status).toBe(201);
    expect(JSON.parse(answer.body)).toEqual({
      id: 801,
      server: { id: SERVER, name: 'web-server-01' },
      name: 'a',
      status: 'in_progress',
      size_mb: null,
      created_at: '2026-01-15T12:00:00Z',
      description: 'why',
      message: 'Snapshot is being created. This may take 3-10 minutes depending on server size.',
    });
  });

  test.each([['12345'], ['5f0c9f6e-3a51-4c0b-9d3f-8e2b7a41c6d0']])(
    'takes the server as %j too',
    (reference) => {
      const api = new TestApi();
      expect(api.call('POST', SNAPSHOTS, { server_id: reference, name: 'a' }).status).toBe(201);
      expect(api.list(`?server_id=${reference}`)).toHaveLength(1);
      expect(api.call('GET', `/servers/${reference}/`).status).toBe(200);
    },
  );

  test.each([
    [{}, [201, 400]],
    [{ in_progress_counts: false }, [201, 201]],
    [{ limit: 6 }, [201, 201]],
    [{ limit: 4 }, [400, 400]],
    [{ parallel_snapshots: false, limit: 9 }, [201, 400]],
    [{ unique_names: 'server', limit: 9 }, [201, 400]],
    [{ unique_names: 'account', limit: 9 }, [201, 400]],
  ] as const)('four there, two more of one name, with %j: %j', (switches, statuses) => {
    const api = new TestApi(switches, { snapshots: seeds(4) });
    const body = { server_id: SERVER, name: 'same' };
    expect([api.call('POST', SNAPSHOTS, body).status, api.call('POST', SNAPSHOTS, body).status]).toEqual(
      statuses,
    );
  });

  test.each([
    ['server', 201],
    ['account', 400],
  ] as const)('names unique per %s: %i for another server', (scope, status) => {
    const api = new TestApi({ unique_names: scope }, { servers: [{ id: 1 }, { id: 2 }] });
    api.create('same', { server_id: 1 });
    expect(api.call('POST', SNAPSHOTS, { server_id: 2, name: 'same' }).status).toBe(status);
  });

  test.each([400, 409] as const)('a name that is taken: %i', (status) => {
    const api = new TestApi({ unique_names: 'account', unique_names_status: status });
    api.create('same');
    const answer = api.call('POST', SNAPSHOTS, { server_id: SERVER, name: 'same' });
    expect(answer).toMatchObject({
      status,
      body: '{"name":["A snapshot with this name already exists."]}',
    });
  });

  test('takes a snapshot of half a disk while a restore writes, where that is allowed', () => {
    const api = new TestApi({ snapshot_while: ['restoring'] }, { snapshots: seeds(1) });
    const create = (): number => api.call('POST', SNAPSHOTS, { server_id: SERVER, name: 'a' }).status;
    expect(create()).toBe(400);
    api.call('POST', '/snapshots/801/restore/');
    expect(create()).toBe(201);
    expect(api.state().snapshots[1]).toMatchObject({ serverPhase: 'restoring', torn: true });
  });

  test.each(['suspended', 'error'] as const)('refuses a server that is %s', (status) => {
    const api = new TestApi({}, { servers: [{ id: SERVER, status }] });
    expect(api.call('POST', SNAPSHOTS, { server_id: SERVER, name: 'a' }).status).toBe(400);
  });

  test.each([
    [255, 'abcdef'],
    [3, 'abc'],
    [0, ''],
  ])('keeps %i characters of a description', (kept, stored) => {
    const api = new TestApi({ description_kept: kept });
    api.create('a', { description: 'abcdef' });
    expect(api.list()[0]?.['description']).toBe(stored);
  });
});

describe('ids and fields', () => {
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  test.each([
    ['integer', /"id":801,/],
    ['uuid', new RegExp(`"id":"${uuid.source.slice(1, -1)}",`)],
    ['huge', /"id":9007199254740993,/],
  ] as const)('snapshot ids: %s', (form, shown) => {
    const api = new TestApi({ snapshot_ids: form });
    expect(api.call('POST', SNAPSHOTS, { server_id: SERVER, name: 'a' }).body).toMatch(shown);
    const { id } = api.state().snapshots[0] ?? { id: '' };
    expect(api.call('DELETE', `/snapshots/${id}/`).status).toBe(204);
  });

  test.each([
    ['both', { id: SERVER, uuid: expect.stringMatching(uuid) }],
    ['integer', { id: SERVER, uuid: undefined }],
    ['uuid', { id: expect.stringMatching(uuid), uuid: expect.stringMatching(uuid) }],
  ] as const)('server ids: %s', (form, ids) => {
    const api = new TestApi({ server_ids: form });
    const { id, uuid: other } = api.server();
    expect({ id, uuid: other }).toEqual(ids);
    api.create();
    expect(api.list()[0]?.['server']).toEqual({ id, name: 'web-server-01' });
  });

  test('fields may be missing, null or unknown', () => {
    const api = new TestApi({
      snapshot_missing: ['created_at'],
      snapshot_null: ['size_mb'],
      server_missing: ['updated_at'],
      server_null: ['hostname'],
      extra_fields: true,
    }).pass(0);
    api.create();
    const [snapshot] = api.pass(200).list();
    expect(snapshot).not.toHaveProperty('created_at');
    expect(snapshot).toMatchObject({ status: 'completed', size_mb: null, tags: [] });
    expect(api.server()).not.toHaveProperty('updated_at');
    expect(api.server()).toMatchObject({ hostname: null, tags: [] });
  });

  test.each([
    [{ timestamps: 'seconds' }, '2026-01-15T12:00:00Z'],
    [{ timestamps: 'micros' }, '2026-01-15T12:00:00.000000Z'],
    [{ timestamps: 'offset' }, '2026-01-15T14:00:00+02:00'],
    [{ created_at: 'future' }, '2026-01-16T12:00:00Z'],
    [{ created_at: 'unreadable' }, 'a moment ago'],
  ] as const)('times with %j: %s', (switches, shown) => {
    const api = new TestApi(switches);
    api.create();
    expect(api.list()[0]?.['created_at']).toBe(shown);
  });
});
