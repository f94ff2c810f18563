import { describe, expect, test } from '@jest/globals';
import { own } from '../harness/samples.ts';
import { START, TestEnvironment } from '../harness/test-environment.ts';

const SECOND = 1000;

describe('several servers, of which some are being restored when main begins', () => {
  const fleet = (count: number) => Array.from({ length: count }, (_, index) => ({ id: index + 1 }));
  const idsOf = (servers: readonly { readonly id: number }[]) => servers.map(({ id }) => String(id));
  /** A restore of the server with this number, from its snapshot of the same number. */
  const restore = (number: number, at: number) => ({
    kind: 'restore' as const,
    at,
    server_id: number,
    snapshot_id: number,
    seconds: 400,
  });
  const requestsOf = (testEnv: TestEnvironment, method: string) =>
    testEnv.requests.filter((request) => request.method === method).map(({ at }) => at - START);

  test.each([4, 7])('three of %i: the others are read meanwhile, and wait for them', async (count) => {
    const servers = fleet(count);
    const snapshots = [1, 2, 3].map((id) => own(id, { server_id: id }));
    const testEnv = new TestEnvironment({ servers, snapshots });
    testEnv.api.addEvents(snapshots.map(({ id }) => restore(id, 0)));
    const main = await testEnv.main({ serverIds: idsOf(servers) });
    expect([main.exitCode, main.runner.titles()]).toEqual([0, []]);
    expect(Math.min(...requestsOf(testEnv, 'POST'))).toBeGreaterThanOrEqual(400 * SECOND);
  });

  test('and another one is full: red at once, whatever the restore does', async () => {
    const servers = fleet(2);
    const full = [2, 3, 4, 5, 6].map((id) => own(id, { server_id: 2 }));
    const testEnv = new TestEnvironment({ servers, snapshots: [own(1, { server_id: 1 }), ...full] });
    testEnv.api.addEvents([restore(1, 0)]);
    const main = await testEnv.main({ serverIds: idsOf(servers) });
    expect(main.runner.titles()).toEqual(['error No free snapshot slot']);
    expect(main.endedAt).toBeLessThan(10 * SECOND);
  });

  test.each([
    ['has room', 2],
    ['is full', 6],
  ])(
    'and the restore of one that %s begins meanwhile: nothing is changed before its end',
    async (_, last) => {
      const servers = fleet(2);
      const theirs = [2, 3, 4, 5, 6].filter((id) => id <= last).map((id) => own(id, { server_id: 2 }));
      const testEnv = new TestEnvironment({
        servers,
        snapshots: [own(1, { server_id: 1 }), ...theirs],
        switches: { snapshot_while: ['active', 'stopped', 'restoring'] },
      });
      testEnv.api.addEvents([restore(1, 0), restore(2, 300)]);
      const main = await testEnv.main({ serverIds: idsOf(servers), whenFull: 'rotate' });
      expect([main.exitCode, main.runner.titles()]).toEqual([0, []]);
      const ofTheSecond = testEnv.actualState.snapshots.find(
        ({ madeBy, serverId }) => madeBy === 'api' && serverId === '2',
      );
      expect((ofTheSecond?.createdAt ?? 0) - START).toBeGreaterThanOrEqual(700 * SECOND);
      for (const at of requestsOf(testEnv, 'DELETE')) expect(at).toBeGreaterThanOrEqual(700 * SECOND);
    },
  );
});
