import { describe, expect, test } from '@jest/globals';
import { TestApi, seeds, SERVER } from '../api/test-api.ts';

/** Switches for what `docs/api-notes.md` calls unknown, each in the ways that an API may answer. */

const UUID = '5f0c9f6e-3a51-4c0b-9d3f-8e2b7a41c6d0';

describe('the filter server_id', () => {
  test.each([
    ['empty', 200, '"count":0'],
    ['ignored', 200, '"count":2'],
    ['refused', 400, 'server_id'],
    ['not_found', 404, 'detail'],
  ] as const)('with an id that no server has: %s', (form, status, body) => {
    const answer = new TestApi({ server_filter_unknown: form }, { snapshots: seeds(2) }).call(
      'GET',
      '/snapshots/?server_id=9',
    );
    expect(answer).toMatchObject({ status, body: expect.stringContaining(body) });
  });

  test.each([
    ['honoured', 2],
    ['unknown', 0],
  ] as const)('with a uuid: %s', (form, count) => {
    expect(
      new TestApi({ server_filter_uuid: form }, { snapshots: seeds(2) }).list(`?server_id=${UUID}`),
    ).toHaveLength(count);
  });
});

test.each([
  ['all', 'aé😀'],
  ['bmp', 'aé'],
  ['ascii', 'a'],
] as const)('of a description %s characters are stored', (description_characters, stored) => {
  const api = new TestApi({ description_characters });
  api.create('one', { description: 'aé😀' });
  expect(api.list()).toMatchObject([{ description: stored }]);
});

test('a size shows some time after the end', () => {
  const api = new TestApi({ size_late: 60 });
  api.create();
  const shown = [0, 199, 1, 59, 1].map((seconds) => {
    const [snapshot] = api.pass(seconds).list();
    return [snapshot?.['status'], typeof snapshot?.['size_mb']];
  });
  expect(shown).toEqual([
    ['in_progress', 'object'],
    ['in_progress', 'object'],
    ['completed', 'object'],
    ['completed', 'object'],
    ['completed', 'number'],
  ]);
});

test.each([
  ['accepted', 200],
  ['refused', 400],
] as const)('a start while a snapshot is in progress is %s', (form, status) => {
  const api = new TestApi({ start_during_snapshot: form }, { servers: [{ id: SERVER, status: 'stopped' }] });
  const start = (): number => api.call('POST', `/servers/${SERVER}/power/`, { action: 'start' }).status;
  api.create();
  expect(start()).toBe(status);
  expect(
    new TestApi({ start_during_snapshot: form }).call('POST', `/servers/${SERVER}/power/`, {
      action: 'start',
    }).status,
  ).toBe(200);
  expect(api.pass(200).call('POST', `/servers/${SERVER}/power/`, { action: 'start' }).status).toBe(200);
});

test.each([false, true])('a snapshot changes updated_at of its server: %s', (flag) => {
  const api = new TestApi({ updated_at_by_snapshot: flag });
  const before = api.server()['updated_at'];
  api.create();
  expect(api.pass(5).server()['updated_at'] !== before).toBe(flag);
});

test('a time without a zone', () => {
  const api = new TestApi({ timestamps: 'naive' });
  api.create();
  expect(api.list()).toMatchObject([{ created_at: '2026-01-15T12:00:00' }]);
});

test.each([
  ['none', {}],
  ['x', { 'x-ratelimit-limit': '3', 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': '1768478410' }],
  ['draft', { 'ratelimit-limit': '3', 'ratelimit-remaining': '1', 'ratelimit-reset': '9' }],
] as const)('a limit shows in headers: %s', (form, expected) => {
  const api = new TestApi({ rate_limit: 3, rate_limit_seconds: 10, rate_limit_headers: form });
  api.call('GET', '/snapshots/');
  const { headers } = api.pass(1).call('GET', '/snapshots/');
  expect(Object.fromEntries(Object.entries(headers).filter(([name]) => name.includes('ratelimit')))).toEqual(
    expected,
  );
});

test('each call needs the permission that its switch names, or none', () => {
  const api = new TestApi({
    permissions: ['read'],
    permission_snapshots_read: 'read',
    permission_servers_read: '',
  });
  expect(api.call('GET', '/snapshots/').status).toBe(200);
  expect(api.call('GET', '/servers/').status).toBe(200);
  expect(api.call('POST', '/snapshots/', { server_id: SERVER, name: 'one' }).status).toBe(403);
});
