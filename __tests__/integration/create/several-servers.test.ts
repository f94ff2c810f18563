import { describe, expect, test } from '@jest/globals';
import { testOutcomes } from '../harness/outcome-tests.ts';
import {
  answeredWith,
  BOTH,
  completeList,
  FAILED,
  FULL,
  listed,
  LISTS,
  SERVER_UUID,
  TWO_SERVERS,
} from '../harness/samples.ts';
import { SERVER, START, takes, TestEnvironment } from '../harness/test-environment.ts';

describe('several servers', () => {
  const servers = Array.from({ length: 12 }, (_, index) => ({ id: 500 + index }));
  const serverIds = servers.map(({ id }) => String(id));

  test('twelve are waited for with one list a round', async () => {
    const one = new TestEnvironment({ switches: takes(300) });
    await one.main();
    const testEnv = new TestEnvironment({ servers, switches: takes(300) });
    const main = await testEnv.main({ serverIds });
    expect(main.exitCode).toBe(0);
    // Behind the list, the server and the create request of each.
    const rounds = testEnv.calls().slice(36).length;
    expect(rounds).toBeLessThanOrEqual(one.calls().slice(3).length + 1);
    expect(main.runner.outputs.get('snapshot_id')?.split(',')).toHaveLength(12);
  });

  test('an account of many pages is not read page by page: each server is asked for', async () => {
    const snapshots = Array.from({ length: 450 }, (_, index) => ({
      name: `old-${index}`,
      server_id: 600 + (index % 100),
      created_at: START - 1e9,
    }));
    const others = Array.from({ length: 100 }, (_, index) => ({ id: 600 + index }));
    const testEnv = new TestEnvironment({ servers: [...servers.slice(0, 2), ...others], snapshots });
    const main = await testEnv.main({ serverIds: serverIds.slice(0, 2) });
    expect(main.exitCode).toBe(0);
    const unfiltered = testEnv.requests.filter(
      ({ method, path }) => method === 'GET' && path.includes('/snapshots/') && !path.includes('server_id'),
    );
    // The first page says how many there are.
    expect(unfiltered).toHaveLength(1);
  });

  test('one that fails ends the step red, and what exists is reported', async () => {
    const testEnv = new TestEnvironment({
      servers: servers.slice(0, 3),
      switches: { ...takes(300), fail_next: 1 },
    });
    const main = await testEnv.main({ serverIds: serverIds.slice(0, 3) });
    expect(main.exitCode).toBe(1);
    expect(main.runner.outputs.get('snapshot_id')).toBe('801,802,803');
    // One list shows all three ends.
    expect(main.runner.outputs.get('snapshot_status')).toBe('failed,completed,completed');
    const post = await testEnv.post(main, { jobStatus: 'failure', restoreIf: 'true' });
    expect(post.exitCode).toBe(1);
    expect(testEnv.actualState.restores).toEqual([]);
  });

  test('one that cannot be made stops new work, and leaves an empty place in the outputs', async () => {
    const testEnv = new TestEnvironment({
      servers: servers.slice(0, 3),
      faults: { method: 'POST', path: '/snapshots/', nth: 2, kind: 'status', status: 403 },
    });
    const main = await testEnv.main({ serverIds: serverIds.slice(0, 3) });
    expect(main.exitCode).toBe(1);
    expect(main.runner.outputs.get('snapshot_id')).toMatch(/^80\d,,80\d$/);
  });
});

describe('two servers', () => {
  testOutcomes({
    'one is full: nothing is requested on the other': {
      main: BOTH,
      servers: TWO_SERVERS,
      snapshots: FULL.map((s) => ({ ...s, server_id: 2 })),
      post: FAILED,
      outcome: [
        'main exit 1 | ❌ No free snapshot slot: no snapshot was made | error No free snapshot slot | none – | none –',
        'post exit 0',
        'left: 1 completed, 2 completed, 3 completed, 4 completed, 5 completed',
      ],
      says: ['db (2) has 5 snapshots'],
    },
    'both are full: one error names both': {
      main: BOTH,
      servers: TWO_SERVERS,
      snapshots: [1, 2].flatMap((server) =>
        FULL.map((s) => ({ ...s, id: s.id + 10 * server, server_id: server })),
      ),
      post: FAILED,
      outcome: [
        'main exit 1 | ❌ Several servers failed: no snapshot was made | error Several servers failed | none – | none –',
        'post exit 0',
        'left: 11 completed, 12 completed, 13 completed, 14 completed, 15 completed, 21 completed, 22 completed, 23 completed, 24 completed, 25 completed',
      ],
      says: ['web (1) has 5', /^db \(2\) has 5 snapshots/m],
    },
    'one server is typed in two forms: nothing is requested': {
      main: { serverIds: [SERVER, SERVER_UUID] },
      faults: answeredWith(
        completeList(listed(1, { server: { id: 12_345, uuid: SERVER_UUID, name: 'web' } })),
        { ...LISTS, nth: 1, times: 2 },
      ),
      outcome: [
        'main exit 1 | ❌ Same server given twice: no snapshot was made | error Same server given twice | none – | none –',
        'left: nothing',
      ],
      says: [/12345 and 5f0c9f6e.* are the same server/, '(web); give it once. Nothing was requested.'],
    },
    'the token is revoked while waiting: the ids are given': {
      servers: TWO_SERVERS,
      main: BOTH,
      faults: { ...LISTS, nth: 6, times: 99, kind: 'status', status: 401 },
      post: FAILED,
      outcome: [
        'main exit 1 | ❌ Lost contact while waiting: 0 of 2 complete | error Lost contact while waiting | 801 in_progress | 802 in_progress',
        'post exit 0 | 📸 VPS.org snapshots kept | warning Unknown state of a snapshot | warning Unknown state of a snapshot | 801 requested, not waited for | 802 requested, not waited for',
        'POST /snapshots/ 201 ×2',
        'left: 801 in_progress, 802 in_progress',
      ],
      says: [
        'snapshot_id: 801,802',
        /snapshot_id: 801,802\.\nThe token 'demo' has .*\n +caused by: .*401/,
        'what became of snapshot 801',
        /801 of web \(1\) .*, snapshot 802 of db \(2\)/,
      ],
    },
  });
});
