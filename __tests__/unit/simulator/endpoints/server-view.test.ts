import { describe, expect, test } from '@jest/globals';
import type { Switches } from '../../../../simulator/api/switches.ts';
import { TestApi, seeds, SERVER, START, type Json } from '../api/test-api.ts';

/** The status that the server shows at each of these seconds after the request. */
function statusesAt(
  switches: Partial<Switches>,
  request: readonly [path: string, body?: Json],
  seconds: readonly number[],
  status: 'active' | 'stopped' = 'active',
): unknown[] {
  const api = new TestApi(switches, { servers: [{ id: SERVER, status }], snapshots: seeds(1) });
  expect(api.call('POST', ...request).status).toBe(200);
  let passed = 0;
  return seconds.map((at) => {
    api.pass(at - passed);
    passed = at;
    return api.server()['status'];
  });
}

const RESTORE = ['/snapshots/801/restore/'] as const;
const STOP = [`/servers/${SERVER}/power/`, { action: 'stop' }] as const;

describe('a restore of 400 s', () => {
  test.each([
    ['to its end', {}, [0, 399, 400], ['restoring', 'restoring', 'active']],
    ['late', { restoring_late: 30 }, [29, 30, 399], ['active', 'restoring', 'restoring']],
    [
      'late and briefly',
      { restoring_late: 30, restoring_shown: 10 },
      [29, 30, 39, 40, 399, 400],
      ['active', 'restoring', 'restoring', 'stopped', 'stopped', 'active'],
    ],
    ['never: stopped', { restoring_shown: 0 }, [0, 399, 400], ['stopped', 'stopped', 'active']],
    [
      'never: active',
      { restoring_shown: 0, restoring_hidden_as: 'active', after_restore: 'stopped' },
      [0, 399, 400],
      ['active', 'active', 'stopped'],
    ],
    ['never: as before', { restoring_late: 1e6 }, [0, 399, 400], ['active', 'active', 'active']],
    [
      'briefly, then active: and it ends stopped',
      { restoring_shown: 5, restoring_hidden_as: 'active', after_restore: 'stopped' },
      [4, 5, 399, 400],
      ['restoring', 'active', 'active', 'stopped'],
    ],
    [
      'active at first, then stopped',
      { after_restore: 'stopped', after_restore_late: 8 },
      [399, 400, 407, 408],
      ['restoring', 'active', 'active', 'stopped'],
    ],
    [
      'stopped at first, then active',
      { after_restore_late: 8 },
      [399, 400, 407, 408],
      ['restoring', 'stopped', 'stopped', 'active'],
    ],
    ['broken at once', { after_restore: 'error', after_restore_late: 8 }, [399, 400], ['restoring', 'error']],
  ] as const)('shows %s', (_, switches, seconds, statuses) => {
    expect(statusesAt(switches, RESTORE, seconds)).toEqual(statuses);
  });

  test('is hidden behind what was before', () => {
    const switches = { restoring_shown: 5, restoring_hidden_as: 'as_before' } as const;
    expect(statusesAt(switches, RESTORE, [4, 5, 399], 'stopped')).toEqual([
      'restoring',
      'stopped',
      'stopped',
    ]);
  });

  test.each(['unchanged', 'changed'] as const)('that has ended: updated_at says when (%s)', (form) => {
    const api = new TestApi({ restoring_late_updated_at: form }, { snapshots: seeds(1) });
    api.call('POST', ...RESTORE);
    expect(api.pass(500).server()).toMatchObject({ status: 'active', updated_at: '2026-01-15T12:06:40Z' });
  });

  test('that never shows has changed updated_at', () => {
    const api = new TestApi({ restoring_shown: 0 }, { snapshots: seeds(1) });
    api.call('POST', ...RESTORE);
    expect(api.pass(60).server()).toMatchObject({ status: 'stopped', updated_at: '2026-01-15T12:00:00Z' });
  });
});

describe('a stop of 10 s', () => {
  test.each([
    ['at once', {}, [0, 9, 10], ['stopping', 'stopping', 'stopped']],
    ['late', { power_late: 30 }, [29, 30, 39, 40], ['active', 'stopping', 'stopping', 'stopped']],
    ['only its end', { power_transition: 'hidden' }, [0, 9, 10], ['active', 'active', 'stopped']],
    [
      'late, and only its end',
      { power_transition: 'hidden', power_late: 30 },
      [30, 39, 40],
      ['active', 'active', 'stopped'],
    ],
    [
      'only when it begins',
      { stop_delay: 60 },
      [0, 59, 60, 69, 70],
      ['active', 'active', 'stopping', 'stopping', 'stopped'],
    ],
    [
      'in every old read',
      { stale_share: 1, stale_seconds: 25 },
      [24, 25, 35],
      ['active', 'stopping', 'stopped'],
    ],
  ] as const)('shows %s', (_, switches, seconds, statuses) => {
    expect(statusesAt(switches, STOP, seconds)).toEqual(statuses);
  });

  test('that does not show is real: it refuses what needs a server at rest', () => {
    const api = new TestApi({ power_late: 30 }, { snapshots: seeds(1) });
    api.call('POST', ...STOP);
    expect(api.pass(5).server()).toMatchObject({ status: 'active', updated_at: '2026-01-15T11:00:00Z' });
    expect(api.call('POST', ...RESTORE).status).toBe(400);
    expect(api.state().servers[0]).toMatchObject({
      phase: 'stopping',
      history: [
        { phase: 'active', at: START - 3_600_000, cause: 'seed' },
        { phase: 'stopping', at: START, cause: 'power' },
      ],
    });
  });
});

test('now and then an old state is read, by both calls', () => {
  const api = new TestApi({ stale_share: 0.3, stale_seconds: 60 });
  api.call('POST', ...STOP);
  api.pass(30);
  const listed = (): unknown =>
    (JSON.parse(api.call('GET', '/servers/').body) as { results: Json[] }).results[0]?.['status'];
  for (const read of [(): unknown => api.server()['status'], listed]) {
    const old = Array.from({ length: 200 }, read).filter((status) => status === 'active');
    expect(old.length).toBeGreaterThan(30);
    expect(old.length).toBeLessThan(100);
  }
});

test.each([
  [0, 59, '2026-01-15T11:00:00Z'],
  [20, 59, '2026-01-15T12:00:40Z'],
  [20, 60, '2026-01-15T12:01:00Z'],
])('others touch updated_at every %i s: after %i s it says %s', (interval, seconds, shown) => {
  const api = new TestApi({ updated_at_touched: interval });
  expect(api.pass(seconds).server()).toMatchObject({ status: 'active', updated_at: shown });
});
