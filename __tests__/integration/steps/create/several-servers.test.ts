import { describe, expect, test } from '@jest/globals';
import { runAction } from '../harness/action.ts';
import { textOf, titlesOf } from '../../../dist/harness/annotations.ts';
import { runJob } from '../harness/job.ts';
import { openTestEnvironment } from '../harness/test-environment.ts';

const TWO = [
  { id: 12345, name: 'web-server-01' },
  { id: 7, name: 'db-01' },
];
const BOTH = { server_id: '12345, 7\n12345' };
const UUID = '5f0c9f6e-3a51-4c0b-9d3f-8e2b7a41c6d0';

describe('several servers in one step', () => {
  test.concurrent('each gets a snapshot; outputs are joined in the order of server_id', async () => {
    await using testEnv = await openTestEnvironment({ servers: TWO });
    const { main, post } = await runJob(testEnv, { inputs: BOTH });
    const made = testEnv.actualState().snapshots;
    const idOn = (server: string): string => made.find(({ serverId }) => serverId === server)?.id ?? 'none';

    expect(made).toHaveLength(2);
    expect(main.code).toBe(0);
    expect(main.outputs).toMatchObject({
      snapshot_id: `${idOn('12345')},${idOn('7')}`,
      snapshot_status: 'completed,completed',
      created: 'true,true',
    });
    expect(JSON.parse(main.outputs['snapshots'] ?? '')).toMatchObject([
      { server_id: '12345' },
      { server_id: '7' },
    ]);
    expect(main.requests.slice(0, 4)).toEqual([
      'GET /servers/12345/ 200',
      'GET /servers/7/ 200',
      'GET /snapshots/?server_id=12345 200',
      'GET /snapshots/?server_id=7 200',
    ]);
    expect(main.requests.slice(4)).toContain('GET /snapshots/ 200');
    expect(post).toMatchObject({ code: 0, requests: [] });
  });

  test.concurrent('a failed deploy: all are read and checked before the first is restored', async () => {
    await using testEnv = await openTestEnvironment({ servers: TWO });
    const { post } = await runJob(testEnv, {
      inputs: { ...BOTH, on_failure: 'restore' },
      ends: 'failure',
      between() {
        for (const { id } of TWO) testEnv.api.deploy(id);
      },
    });

    const firstRestore = post.requests.findIndex((request) => request.startsWith('POST'));
    expect(post.requests.slice(0, firstRestore)).toEqual(['GET /servers/ 200', 'GET /snapshots/ 200']);
    expect(titlesOf(post)).toEqual(['error: Rolled back', 'error: Rolled back']);
    expect(testEnv.actualState().restores).toHaveLength(2);
    expect(TWO.map(({ id }) => testEnv.api.contentOf(id))).toEqual(['generation-0', 'generation-0']);
  });

  test.concurrent('one refused by an interlock: the other is held back, and both are reported', async () => {
    await using testEnv = await openTestEnvironment({ servers: TWO });
    const { post } = await runJob(testEnv, {
      inputs: { ...BOTH, on_failure: 'restore' },
      ends: 'failure',
      between() {
        const mine = testEnv.actualState().snapshots.find(({ serverId }) => serverId === '7');
        testEnv.request('DELETE', `/snapshots/${mine?.id}/`);
      },
    });

    expect(titlesOf(post)).toEqual(['error: Not restored', 'error: Not restored']);
    expect(textOf(post, 'Not restored')).toMatch(/the restore of db-01 \(7\) is refused/);
    expect(testEnv.actualState().restores).toEqual([]);
  });

  test.concurrent('one of them does not exist, or is full: nothing is made on any', async () => {
    const snapshots = [1, 2, 3, 4, 5].map((n) => ({ name: `weekly-${n}`, server_id: 7 }));
    await using testEnv = await openTestEnvironment({ servers: TWO, snapshots });
    const main = await runAction(testEnv, 'main', { inputs: { server_id: '12345,777,7' } });

    expect(main).toMatchObject({ code: 1, outputs: {} });
    expect(titlesOf(main)).toEqual(['error: Several servers failed']);
    expect(textOf(main, 'Several servers failed')).toMatch(/no server 777.*db-01 \(7\) has 5 snapshots/s);
    expect(testEnv.actualState().snapshots).toHaveLength(5);
  });
});

describe('twelve servers', () => {
  const TWELVE = Array.from({ length: 12 }, (_, n) => ({ id: n + 1 }));
  const inputs = { server_id: TWELVE.map(({ id }) => id).join(' ') };

  test.concurrent('one list of two pages serves a polling round of all of them', async () => {
    const snapshots = Array.from({ length: 120 }, (_, n) => ({ name: `other-${n}`, server_id: 99 }));
    await using testEnv = await openTestEnvironment({
      servers: [...TWELVE, { id: 99 }],
      snapshots,
      secondsPerAnswer: 10,
      switches: { limit: 999 },
    });
    const main = await runAction(testEnv, 'main', { inputs });

    expect(main.code).toBe(0);
    const lists = testEnv.requests.filter(({ path }) => /\/snapshots\/\?page/.test(path));
    const single = testEnv.requests.filter(({ path }) => path.includes('server_id='));
    expect(lists.length).toBeGreaterThan(4);
    // One each for the plan; a round reads a single server's only while it is the only one to wait for.
    expect(single.length - TWELVE.length).toBeLessThan(TWELVE.length);
  });

  test.concurrent('an error of one stops new work, and names what exists', async () => {
    await using testEnv = await openTestEnvironment({ servers: TWELVE, secondsPerAnswer: 10 });
    testEnv.addFaults({
      kind: 'status',
      status: 403,
      body: { detail: 'No.' },
      method: 'POST',
      nth: 4,
      times: 99,
    });
    const main = await runAction(testEnv, 'main', { inputs });

    expect(main.code).toBe(1);
    expect(main.requests.filter((request) => request.startsWith('POST')).length).toBeLessThan(12);
    const ids = testEnv.actualState().snapshots.map(({ id }) => id);
    expect(
      main.outputs['snapshot_id']
        ?.split(',')
        .filter((id) => id !== '')
        .toSorted(),
    ).toEqual(ids.toSorted());
    for (const id of ids) expect(main.summary).toContain(id);
  });
});

describe('which server a list is about', () => {
  test.concurrent(
    'a UUID was typed, ids of snapshots are UUIDs, and the API shows servers by number',
    async () => {
      await using testEnv = await openTestEnvironment({
        switches: { server_ids: 'integer', snapshot_ids: 'uuid' },
        snapshots: [{ name: 'before' }],
      });
      const inputs = { server_id: UUID, on_failure: 'restore' };
      const { main, post } = await runJob(testEnv, { inputs, ends: 'failure' });
      const id = main.outputs['snapshot_id'] ?? '';

      expect(id).toMatch(/^[0-9a-f-]{36}$/);
      const create = testEnv.requests.find(({ method }) => method === 'POST');
      expect(JSON.parse(create?.body ?? '')).toMatchObject({ server_id: UUID });
      expect(post.requests).toContain(`POST /snapshots/${id}/restore/ 200`);
      expect(titlesOf(post)).toContain('error: Rolled back');
      expect(testEnv.api.contentOf()).toBe('generation-0');
    },
  );

  test.concurrent("an ignored filter: another server's snapshots are no slots", async () => {
    const others = [1, 2, 3, 4, 5].map((n) => ({ name: `other-${n}`, server_id: 7 }));
    await using testEnv = await openTestEnvironment({
      servers: TWO,
      snapshots: [...others, { name: 'mine', server_id: 12345 }],
      switches: { server_filter: 'ignored' },
    });
    const main = await runAction(testEnv, 'main');

    expect(main).toMatchObject({ code: 0, outputs: { snapshot_status: 'completed' } });
    expect(main.summary).toContain('2 of 5');
  });
});
