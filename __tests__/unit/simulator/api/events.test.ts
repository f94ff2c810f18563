import { describe, expect, test } from '@jest/globals';
import { parseEvents, type SimEvent } from '../../../../simulator/api/events.ts';
import { TestApi, seeds, SERVER, START } from './test-api.ts';

function apiWith(events: unknown, options: ConstructorParameters<typeof TestApi>[1] = {}): TestApi {
  return new TestApi({}, { ...options, events: parseEvents(events) });
}

const happened = (api: TestApi): unknown[] => api.state().events.map(({ happened: did }) => did);

describe('reading events', () => {
  test('one or several, as text or parsed; without a time they happen at once', () => {
    expect(parseEvents('{"kind":"restart","seconds":20}')).toEqual([{ kind: 'restart', at: 0, seconds: 20 }]);
    const several: SimEvent[] = [
      { kind: 'snapshot', at: 5, server_id: 7, name: 'weekly', description: 'd', deleted_after: 60 },
      { kind: 'restore', at: 0, snapshot_id: 'x', seconds: 30 },
      { kind: 'switches', at: 9, switches: { power_seconds: [1, 2] }, seconds: 3 },
    ];
    expect(parseEvents(several)).toEqual(several);
    expect(parseEvents({ kind: 'switches', switches: { power_seconds: '1-2' } })).toMatchObject([
      { switches: { power_seconds: [1, 2] } },
    ]);
  });

  test.each([
    ['{', 'an event is JSON, not "{"'],
    [[1], 'an event must be an object'],
    [{ kind: 'fire' }, '"kind" of an event must be one of restart, snapshot, restore, switches'],
    [{ kind: 'restart' }, '"seconds" of the event restart is missing'],
    [{ kind: 'restart', seconds: -1 }, '"seconds" must be a number from 0'],
    [{ kind: 'restart', seconds: 1, at: '5' }, '"at" must be a number from 0'],
    [{ kind: 'restart', seconds: 1, server_id: {} }, '"server_id" must be an id'],
    [{ kind: 'restart', seconds: 1, name: 'x' }, '"name" is not a field of restart: at, server_id, seconds'],
    [{ kind: 'snapshot', name: 5 }, '"name" must be a text'],
    [{ kind: 'switches', switches: { limits: 1 } }, 'no switch is called "limits"'],
  ])('refuses %j', (given, message) => {
    expect(() => parseEvents(given)).toThrow(message);
  });
});

test('the server restarts by itself', () => {
  const api = apiWith({ kind: 'restart', at: 60, seconds: 20 });
  const status = (): unknown => api.server()['status'];
  expect(status()).toBe('active');
  expect(api.pass(60).server()).toMatchObject({
    status: 'restarting',
    updated_at: '2026-01-15T12:01:00Z',
  });
  api.pass(20);
  expect(status()).toBe('active');
  expect(happened(api)).toEqual([true]);
});

test('somebody makes a snapshot, and deletes it again', () => {
  const api = apiWith(
    { kind: 'snapshot', at: 10, name: 'weekly', description: 'by hand', deleted_after: 300 },
    { snapshots: seeds(1) },
  );
  expect(api.pass(9).list()).toHaveLength(1);
  expect(api.pass(1).list()[0]).toMatchObject({
    name: 'weekly',
    description: 'by hand',
    status: 'in_progress',
    created_at: '2026-01-15T12:00:10Z',
  });
  expect(api.pass(200).list()[0]).toMatchObject({ name: 'weekly', status: 'completed' });
  expect(api.pass(100).list()).toHaveLength(1);
  expect(api.state().snapshots[1]).toMatchObject({ madeBy: 'event', deletedAt: START + 310_000 });
});

test('a snapshot that was deleted before is not deleted again', () => {
  const api = apiWith({ kind: 'snapshot', name: 'weekly', deleted_after: 300 });
  api.pass(100).call('DELETE', '/snapshots/801/');
  expect(api.pass(300).state().snapshots[0]?.deletedAt).toBe(START + 100_000);
});

test('somebody has begun a restore: of the newest snapshot that is complete, or of another', () => {
  const snapshots = [
    { name: 'a', content: 'one', created_at: START - 5000 },
    { name: 'b', content: 'two' },
  ];
  const newest = apiWith({ kind: 'restore', seconds: 120 }, { snapshots });
  expect(newest.server()['status']).toBe('restoring');
  expect(newest.call('POST', '/snapshots/801/restore/').status).toBe(400);
  expect(newest.pass(120).server()['status']).toBe('active');
  expect(newest.simulated.contentOf()).toBe('two');
  expect(newest.state().restores).toMatchObject([{ by: 'event', startedAt: START }]);

  const other = apiWith({ kind: 'restore', at: 5, snapshot_id: 801 }, { snapshots });
  expect(other.pass(404).server()['status']).toBe('restoring');
  expect(other.pass(1).server()['status']).toBe('active');
  expect(other.simulated.contentOf()).toBe('one');
});

test('switches are set for a time, or for good', () => {
  const api = apiWith([
    { kind: 'switches', at: 10, switches: { server_detail: 'refused' }, seconds: 30 },
    { kind: 'switches', at: 20, switches: { limit: 0 } },
  ]);
  const status = (): number => api.call('GET', `/servers/${SERVER}/`).status;
  const statuses = [9, 1, 29, 1].map((seconds) => {
    api.pass(seconds);
    return status();
  });
  expect(statuses).toEqual([200, 403, 403, 200]);
  expect(api.simulated.switches()).toMatchObject({ server_detail: 'present', limit: 0 });
});

test.each([
  ['a restart of a stopped server', { kind: 'restart', seconds: 5 }],
  ['what concerns no server', { kind: 'restart', seconds: 5, server_id: 99 }],
  ['a restore without a snapshot', { kind: 'restore' }],
  ['a restore of an unknown snapshot', { kind: 'restore', snapshot_id: 99 }],
])('%s does not happen', (_, event) => {
  const api = apiWith(event, { servers: [{ id: SERVER, status: 'stopped' }] });
  expect(happened(api)).toEqual([false]);
  expect(api.server()['status']).toBe('stopped');
});

test('a snapshot of a full server does not happen, nor one of a server that is being restored', () => {
  const full = apiWith({ kind: 'snapshot', name: 'x' }, { snapshots: seeds(5) });
  expect(happened(full)).toEqual([false]);
  const busy = apiWith([{ kind: 'restore' }, { kind: 'snapshot', name: 'x' }], { snapshots: seeds(1) });
  expect(happened(busy)).toEqual([true, false]);
});

test('what was added later counts from then on, and all happen at their own times in one long pause', () => {
  const api = new TestApi({}, { snapshots: seeds(1) });
  api.pass(100).simulated.addEvents(
    parseEvents([
      { kind: 'restart', at: 900, seconds: 20 },
      { kind: 'restore', at: 10 },
    ]),
  );
  expect(api.pass(3600).state()).toMatchObject({
    events: [
      { kind: 'restore', at: START + 110_000, happened: true },
      { kind: 'restart', at: START + 1_000_000, happened: true },
    ],
    restores: [{ startedAt: START + 110_000, endedAt: START + 510_000 }],
    servers: [{ phase: 'active', updatedAt: START + 1_020_000 }],
  });
});
