import { describe, expect, test } from '@jest/globals';
import { CREATED, testOutcomes } from '../harness/outcome-tests.ts';
import {
  answeredWith,
  BOTH,
  CREATE_REQUEST,
  DELETE,
  FAILED,
  FIVE_LISTED,
  FULL,
  LISTS,
  own,
  partialList,
  TWO_SERVERS,
} from '../harness/samples.ts';
import { deployAndPost } from '../harness/scenario.ts';
import { DAY, markerOf, MINUTE, SERVER, START, TestEnvironment } from '../harness/test-environment.ts';

describe('clean-up after a good deploy', () => {
  const old = (index: number, given: object = {}) => ({
    id: index,
    name: `old-${index}`,
    created_at: START - (9 - index) * DAY,
    description: markerOf({ runId: String(8000 + index) }),
    ...given,
  });

  test('keep_last keeps the newest completed own ones, this run included, and says why', async () => {
    const snapshots = [old(1), old(2, { description: '' }), old(3), old(4)];
    const { testEnv, post } = await deployAndPost({ keepLast: 2 }, {}, { snapshots });
    expect(post.exitCode).toBe(0);
    expect(testEnv.existing().map(({ id }) => id)).toEqual(['2', '4', '801']);
    expect(post.runner.summary).toContain('among the newest 2 completed');
  });

  test('a failed one is no restore point: it goes, and does not count', async () => {
    const snapshots = [old(1), old(2), old(3, { status: 'failed' })];
    const { testEnv } = await deployAndPost({ keepLast: 3 }, {}, { snapshots });
    expect(testEnv.existing().map(({ id }) => id)).toEqual(['1', '2', '801']);
  });

  test('after a restore in the same job nothing is deleted, and the summary says why', async () => {
    const { testEnv, post } = await deployAndPost({ onSuccess: 'delete' }, {}, {}, (env) =>
      env.restoreRecords.save([SERVER]),
    );
    expect(post.exitCode).toBe(0);
    expect(testEnv.existing().map(({ id }) => id)).toEqual(['801']);
    expect(post.runner.summary).toContain('after a restore nothing is deleted');
  });

  test.each([409, 423, 429])(
    'a snapshot that nobody waited for, and that is complete by now: a deletion refused by %i for the moment waits',
    async (status) => {
      const testEnv = new TestEnvironment({ faults: { ...DELETE, kind: 'status', status } });
      const main = await testEnv.main({ wait: false, onSuccess: 'delete' });
      await testEnv.pass(20 * MINUTE);
      const post = await testEnv.post(main);
      expect(post.runner.titles()).toEqual([]);
      expect(testEnv.existing()).toEqual([]);
    },
  );

  test('on_success: a deletion that is lost each time leaves the other server its time', async () => {
    const lost = { method: 'DELETE', path: '/snapshots/801/', times: 999, kind: 'reset_before' };
    const { testEnv } = await deployAndPost(
      { onSuccess: 'delete', serverIds: [SERVER, '2'] },
      {},
      { servers: [{ id: SERVER }, { id: 2 }], faults: lost },
    );
    expect(testEnv.existing().map(({ id }) => id)).toEqual(['801']);
  });

  test.each([
    ['refused', { kind: 'status', status: 403 }],
    ['lost for ever', { kind: 'reset_before', times: 99 }],
    ['silent', { kind: 'silence_before', times: 99 }],
    ['down', { kind: 'status', status: 503, times: 99 }],
  ])('a deletion that is %s: a warning, and the job stays green', async (_, fault) => {
    const { post } = await deployAndPost(
      { onSuccess: 'delete' },
      {},
      { faults: { method: 'DELETE', path: '*', ...fault } },
    );
    expect(post.exitCode).toBe(0);
    expect(post.runner.titles()).toEqual(['warning Snapshot not deleted']);
    expect(post.runner.visible()).toMatch(/\b801\b/);
  });

  test('a deletion whose answer is lost is confirmed by a list', async () => {
    const { testEnv, post } = await deployAndPost(
      { onSuccess: 'delete' },
      {},
      { faults: { ...DELETE, times: 99, kind: 'reset_after' } },
    );
    expect(post.exitCode).toBe(0);
    expect(post.runner.titles()).toEqual([]);
    expect(testEnv.calls().filter((call) => call.startsWith('DELETE'))).toHaveLength(1);
    expect(post.runner.visible()).toContain('snapshot 801 deleted');
  });
});

describe('outcome', () => {
  testOutcomes({
    'deletion without an answer, and still listed: tried for five minutes, and the id is named': {
      main: { onSuccess: 'delete' },
      post: {},
      faults: { ...DELETE, times: 99, kind: 'reset_before' },
      outcome: [
        CREATED,
        'post exit 0 | 📸 VPS.org snapshot kept | warning Snapshot not deleted | 801 last seen completed at 2026-01-15 12:03:21 UTC | offers 801',
        'POST /snapshots/ 201',
        'DELETE /snapshots/801/ lost ×5',
        'left: 801 completed',
      ],
      says: [
        'snapshot 801 may still be there',
        'it is still listed: DELETE /snapshots/801/: the connection was lost',
      ],
      took: [201, 300],
    },
    'the list is refused: nothing is deleted, and a warning names the permission': {
      main: { keepLast: 1 },
      snapshots: [own(1)],
      post: {},
      between: (testEnv) => testEnv.addFaults({ ...LISTS, kind: 'status', status: 403 }),
      outcome: [
        CREATED,
        'post exit 0 | 📸 VPS.org snapshot kept | warning Older snapshots not deleted | 801 last seen completed at 2026-01-15 12:03:21 UTC | offers 801',
        'POST /snapshots/ 201',
        'left: 1 completed, 801 completed',
      ],
      says: ['read snapshots'],
    },
    'the list is incomplete: nothing is deleted': {
      main: { keepLast: 1 },
      snapshots: [own(1)],
      post: {},
      between: (testEnv) => testEnv.addFaults(answeredWith(partialList(...FIVE_LISTED), LISTS)),
      outcome: [
        CREATED,
        'post exit 0 | 📸 VPS.org snapshot kept | warning Older snapshots not deleted | 801 last seen completed at 2026-01-15 12:03:21 UTC | offers 801',
        'POST /snapshots/ 201',
        'left: 1 completed, 801 completed',
      ],
      says: ['incomplete'],
    },
    'the list is refused for one of two servers: the other is cleaned up': {
      main: { ...BOTH, keepLast: 1 },
      servers: TWO_SERVERS,
      snapshots: [own(1, { server_id: 1 }), own(2, { server_id: 2 })],
      post: {},
      // As often as it takes to be believed; the second request is for the other one.
      between: (testEnv) =>
        [{ nth: 1 }, { nth: 3, times: 20 }].forEach((when) =>
          testEnv.addFaults({ ...LISTS, ...when, kind: 'status', status: 403 }),
        ),
      outcome: [
        'main exit 0 | 📸 VPS.org snapshots complete: 2 of 2 servers | 801 completed | 802 completed | offers 801,802',
        'post exit 0 | 🧹 VPS.org snapshots kept, 1 older one deleted | warning Older snapshots not deleted | 801 last seen completed at 2026-01-15 12:03:21 UTC | 802 completed | 2 deleted | 802 kept | offers 801,802',
        'POST /snapshots/ 201 ×2',
        'DELETE /snapshots/2/ 204',
        'left: 1 completed, 801 completed, 802 completed',
      ],
      says: ['read snapshots'],
    },
    'rate limit: the deletion is sent again': {
      main: { keepLast: 1 },
      switches: { rate_limit: 3 },
      snapshots: [own(1)],
      post: {},
      outcome: [
        CREATED,
        'post exit 0 | 🧹 VPS.org snapshot kept, 1 older one deleted | 801 completed | 1 deleted | 801 kept | offers 801',
        'POST /snapshots/ 201',
        'DELETE /snapshots/1/ 429',
        'DELETE /snapshots/1/ 204',
        'left: 801 completed',
      ],
    },
    'deletion refused while the snapshot is in progress: one request, and the id is named': {
      main: { onFailure: 'delete' },
      signal: ['SIGKILL', 20_000],
      switches: { delete_busy: 'refused' },
      post: FAILED,
      outcome: [
        'main exit 1',
        'post exit 0 | 📸 VPS.org snapshot kept | warning Snapshot not deleted | 801 in_progress',
        'POST /snapshots/ 201',
        'DELETE /snapshots/801/ 400',
        'left: 801 in_progress',
      ],
      says: [/801.*Snapshot is in use/s],
    },
    'deletion refused for the moment, and nobody waited for the snapshot, which is in progress: one request':
      {
        main: { wait: false, onSuccess: 'delete' },
        faults: { ...DELETE, times: 9, kind: 'status', status: 409 },
        post: {},
        outcome: [
          'main exit 0 | ⏳ VPS.org snapshot requested, not waited for | 801 in_progress',
          'post exit 0 | 📸 VPS.org snapshot kept | warning Snapshot not deleted | 801 in_progress',
          'POST /snapshots/ 201',
          'DELETE /snapshots/801/ 409',
          'left: 801 in_progress',
        ],
      },
    'nothing was made: nothing is deleted, and nothing is said of it': {
      main: { onFailure: 'delete' },
      faults: { ...CREATE_REQUEST, kind: 'reset_before' },
      signal: ['SIGKILL', 120],
      post: FAILED,
      outcome: [
        'main exit 1',
        'post exit 0 | ❓ No list shows a VPS.org snapshot of this step | none not listed',
        'POST /snapshots/ lost',
        'left: nothing',
      ],
    },
    'the marker was lost: what a run after this one made stays': {
      main: { keepLast: 1 },
      switches: { description_kept: 0 },
      snapshots: [own(1)],
      between: (testEnv) => {
        for (const id of [901, 902]) testEnv.api.addSnapshot(own(id, { created_at: START + id * 100 }));
      },
      post: {},
      outcome: [
        'main exit 0 | 📸 VPS.org snapshot complete | warning Description not kept | 801 completed | offers 801',
        'post exit 0 | 🧹 VPS.org snapshot kept, 1 older one deleted | 801 completed | 1 deleted | 902 kept | 901 kept | 801 kept | offers 801',
        'POST /snapshots/ 201',
        'DELETE /snapshots/1/ 204',
        'left: 801 completed, 901 completed, 902 completed',
      ],
    },
    'snapshots without a server and a time: nothing is deleted, and the reason is given': {
      main: { keepLast: 1 },
      switches: { snapshot_missing: ['size_mb', 'created_at', 'name', 'server'], server_missing: ['name'] },
      snapshots: [own(1), own(2)],
      post: {},
      outcome: [
        CREATED,
        'post exit 0 | 📸 VPS.org snapshot kept | warning Nothing can be pruned | 801 completed | 801 kept | 2 kept | 1 kept | offers 801',
        'POST /snapshots/ 201',
        'left: 1 completed, 2 completed, 801 completed',
      ],
      says: [
        'snapshot 801 (deploy-shop-9001-1) is being created',
        /"name":"deploy-shop-9001-1"/,
        'its creation time is missing',
      ],
    },
    'no time from the API: ages are counted by the clock of the runner': {
      main: { whenFull: 'rotate', keepLast: 2 },
      switches: { date_header: false },
      snapshots: FULL,
      post: {},
      outcome: [
        'main exit 0 | 📸 VPS.org snapshot complete | notice No time from the API | 801 completed | offers 801',
        'post exit 0 | 🧹 VPS.org snapshot kept, 1 older one deleted | notice No time from the API | 801 completed | 4 deleted | 801 kept | 5 kept | 3 kept | 2 kept | offers 801',
        'DELETE /snapshots/1/ 204',
        'POST /snapshots/ 201',
        'DELETE /snapshots/4/ 204',
        'left: 2 completed, 3 completed, 5 completed, 801 completed',
      ],
      says: ["runner's clock"],
    },
    'the API ignores the filter: snapshots of another server are left alone': {
      main: { keepLast: 1 },
      servers: [{ id: SERVER }, { id: 2, name: 'db' }],
      snapshots: [own(1), own(2, { server_id: 2 }), own(3)],
      switches: { server_filter: 'ignored' },
      post: {},
      outcome: [
        CREATED,
        'post exit 0 | 🧹 VPS.org snapshot kept, 2 older ones deleted | 801 completed | 1 deleted | 3 deleted | 801 kept | offers 801',
        'POST /snapshots/ 201',
        'DELETE /snapshots/1/ 204',
        'DELETE /snapshots/3/ 204',
        'left: 2 completed, 801 completed',
      ],
      says: ['the API ignored the server_id filter'],
    },
  });
});
