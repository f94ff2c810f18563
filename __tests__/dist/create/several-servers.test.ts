import { describe, expect, test } from '@jest/globals';
import { runAction } from '../harness/action.ts';
import { textOf, titlesOf } from '../harness/annotations.ts';
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
    expect(main.requests.slice(0, 4).toSorted()).toEqual([
      'GET /snapshots/?server_id=12345 200',
      'GET /snapshots/?server_id=7 200',
      'POST /snapshots/ 201',
      'POST /snapshots/ 201',
    ]);
    expect(main.requests.slice(4)).toEqual(['GET /snapshots/ 200']);
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
    expect(post.requests.slice(0, firstRestore).toSorted()).toEqual([
      'GET /servers/12345/ 200',
      'GET /servers/7/ 200',
      'GET /snapshots/?server_id=12345 200',
      'GET /snapshots/?server_id=7 200',
    ]);
    expect(titlesOf(post)).toEqual(['error: Rolled back', 'error: Rolled back']);
    expect(testEnv.actualState().restores).toHaveLength(2);
    expect(TWO.map(({ id }) => testEnv.api.contentOf(id))).toEqual(['generation-0', 'generation-0']);
  });

  test.concurrent('one refused by an interlock: the other is restored, and both are reported', async () => {
    await using testEnv = await openTestEnvironment({ servers: TWO });
    const { post } = await runJob(testEnv, {
      inputs: { ...BOTH, on_failure: 'restore' },
      ends: 'failure',
      between() {
        const mine = testEnv.actualState().snapshots.find(({ serverId }) => serverId === '7');
        testEnv.request('DELETE', `/snapshots/${mine?.id}/`);
      },
    });

    expect(titlesOf(post).toSorted()).toEqual(['error: Not restored', 'error: Rolled back']);
    expect(textOf(post, 'Not restored')).toContain('db-01 (7)');
    expect(testEnv.actualState().restores).toMatchObject([{ serverId: '12345' }]);
  });

  test.concurrent(
    'one of them does not exist: red, the other snapshot is named and kept, nothing is restored',
    async () => {
      await using testEnv = await openTestEnvironment();
      const inputs = { server_id: '12345,777', on_failure: 'restore' };
      const { main, post } = await runJob(testEnv, { inputs });

      expect(main).toMatchObject({
        code: 1,
        outputs: { snapshot_id: '801,', snapshot_name: 'deploy-shop-1001-1,' },
      });
      expect(textOf(main, 'No snapshot was made')).toContain('777');
      expect(post).toMatchObject({ code: 0, requests: ['GET /snapshots/?server_id=12345 200'] });
      expect(post.stdout).toContain('snapshot 801');
      expect(testEnv.actualState()).toMatchObject({
        snapshots: [{ id: '801', deletedAt: null }],
        restores: [],
      });
    },
  );

  test.concurrent('one of them is full: nothing is made on the others', async () => {
    const snapshots = [1, 2, 3, 4, 5].map((n) => ({ name: `weekly-${n}`, server_id: 7 }));
    await using testEnv = await openTestEnvironment({ servers: TWO, snapshots });
    const { main } = await runJob(testEnv, { inputs: BOTH });

    expect(titlesOf(main)).toEqual(['error: Server full']);
    expect(main.requests.filter((request) => request.startsWith('POST'))).toEqual([]);
  });

  test.concurrent('one snapshot failed of two: red, nothing is restored when the job fails', async () => {
    await using testEnv = await openTestEnvironment({ servers: TWO, switches: { fail_next: 1 } });
    const { main, post } = await runJob(testEnv, { inputs: { ...BOTH, on_failure: 'restore' } });

    expect(main.code).toBe(1);
    expect(textOf(main, 'Snapshot failed')).toContain('failed');
    expect(main.outputs['snapshot_id']?.split(',')).toHaveLength(2);
    expect(post.code).toBe(0);
    for (const { id } of testEnv.actualState().snapshots) expect(main.stdout + post.stdout).toContain(id);
    expect(testEnv.actualState().restores).toEqual([]);
  });
});

describe('twelve servers', () => {
  const TWELVE = Array.from({ length: 12 }, (_, n) => ({ id: n + 1 }));
  const inputs = { server_id: TWELVE.map(({ id }) => id).join(' ') };

  test.concurrent('one list serves a polling round of all of them', async () => {
    await using testEnv = await openTestEnvironment({ servers: TWELVE, secondsPerAnswer: 10 });
    const main = await runAction(testEnv, 'main', { inputs });

    expect(main.code).toBe(0);
    expect(testEnv.actualState().snapshots.filter(({ phase }) => phase === 'completed')).toHaveLength(12);
    const polls = main.requests.slice(
      main.requests.findLastIndex((request) => request.startsWith('POST')) + 1,
    );
    expect(polls).toEqual(['GET /snapshots/ 200']);
  });

  test.concurrent('the same when the list has two pages', async () => {
    const snapshots = Array.from({ length: 120 }, (_, n) => ({ name: `other-${n}`, server_id: 99 }));
    await using testEnv = await openTestEnvironment({
      servers: [...TWELVE, { id: 99 }],
      snapshots,
      secondsPerAnswer: 10,
      switches: { limit: 999 },
    });
    const main = await runAction(testEnv, 'main', { inputs });

    expect(main.code).toBe(0);
    const polls = main.requests.slice(
      main.requests.findLastIndex((request) => request.startsWith('POST')) + 1,
    );
    expect(new Set(polls)).toEqual(new Set(['GET /snapshots/ 200', 'GET /snapshots/?page=2 200']));
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
  const OTHERS = [1, 2, 3, 4, 5].map((n) => ({ name: `other-${n}`, server_id: 7 }));

  test.concurrent('ids may be UUIDs, of servers and of snapshots', async () => {
    await using testEnv = await openTestEnvironment({
      switches: { snapshot_ids: 'uuid', server_ids: 'uuid' },
    });
    const inputs = { server_id: UUID, on_failure: 'restore' };
    const { main, post } = await runJob(testEnv, { inputs, ends: 'failure' });
    const id = testEnv.actualState().snapshots[0]?.id ?? '';

    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(JSON.parse(testEnv.requests[1]?.body ?? '')).toMatchObject({ server_id: UUID });
    expect(main).toMatchObject({ code: 0, outputs: { snapshot_id: id } });
    expect(post.requests).toContain(`POST /snapshots/${id}/restore/ 200`);
    expect(titlesOf(post)).toEqual(['error: Rolled back']);
  });

  test.concurrent('a UUID was typed, and the API shows numbers', async () => {
    await using testEnv = await openTestEnvironment({
      switches: { server_ids: 'integer' },
      snapshots: [{ name: 'before' }],
    });
    const inputs = { server_id: UUID, on_failure: 'restore' };
    const { main, post } = await runJob(testEnv, { inputs, ends: 'failure' });

    expect(main).toMatchObject({ code: 0, outputs: { snapshot_status: 'completed' } });
    expect(titlesOf(post)).toContain('error: Rolled back');
    expect(testEnv.api.contentOf()).toBe('generation-0');
  });

  test.concurrent("an ignored filter: another server's snapshots are no slots", async () => {
    const snapshots = [...OTHERS, { name: 'mine', server_id: 12345 }];
    await using testEnv = await openTestEnvironment({
      servers: TWO,
      snapshots,
      switches: { server_filter: 'ignored' },
    });
    const { main } = await runJob(testEnv);

    expect(main).toMatchObject({ code: 0, outputs: { snapshot_status: 'completed' } });
    expect(main.summary).toContain('2 of 5');
  });

  test.concurrent('an ignored filter, and nothing matches: red before the create request', async () => {
    await using testEnv = await openTestEnvironment({
      servers: TWO,
      snapshots: OTHERS,
      switches: { server_filter: 'ignored' },
    });
    const { main, post } = await runJob(testEnv, { inputs: { when_full: 'rotate' } });

    expect(main).toMatchObject({ code: 1, requests: ['GET /snapshots/?server_id=12345 200'] });
    expect(textOf(main, 'Server not recognized')).toMatch(/12345.*'server_id'/s);
    expect(post).toMatchObject({ code: 0, requests: [] });
  });
});
