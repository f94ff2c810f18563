import { describe, expect, test } from '@jest/globals';
import { postInputs, pruneInputs, restoreInputs } from '../harness/inputs.ts';
import { CREATED, testOutcomes } from '../harness/outcome-tests.ts';
import { headlineOf } from '../harness/outcome.ts';
import { byHand, FAILED, GET_SERVER, LISTS, own, RESTORE } from '../harness/samples.ts';
import { deployAndPost } from '../harness/scenario.ts';
import {
  DAY,
  markerOf,
  START,
  TestEnvironment,
  type TestEnvironmentOptions,
} from '../harness/test-environment.ts';

describe('an interlock that refuses the restore', () => {
  const newer = (given: object = {}) => ({ name: 'newer', description: markerOf(given) });

  test.each<[string, (testEnv: TestEnvironment) => void, TestEnvironmentOptions?]>([
    ['a newer snapshot of another run', (s) => void s.api.addSnapshot(newer())],
    ['a newer snapshot of another repository', (s) => void s.api.addSnapshot(newer({ repositoryId: '7' }))],
    ['a newer snapshot in progress', (s) => void s.api.addSnapshot({ ...newer(), status: 'in_progress' })],
    ['a newer snapshot that failed', (s) => void s.api.addSnapshot({ ...newer(), status: 'failed' })],
    ['a snapshot of the same second', (s) => void s.api.addSnapshot({ ...newer(), created_at: START })],
    ['the snapshot is gone', (s) => s.request('DELETE', '/snapshots/801/')],
    ['a restore is running', (s) => s.request('POST', '/snapshots/801/restore/')],
    [
      'times that cannot be read',
      (s) => void s.api.addSnapshot({ ...newer(), created_at: START - DAY }),
      { switches: { created_at: 'unreadable' } },
    ],
    ['the list cannot be read', (s) => s.addFaults({ ...LISTS, kind: 'status', status: 403 })],
  ])('%s: nothing is requested, red, with the command to do it by hand', async (_, between, options = {}) => {
    const { testEnv, post } = await deployAndPost(RESTORE, FAILED, options, between);
    const requested = testEnv.requests.filter(
      ({ method, path }) => method === 'POST' && path.endsWith('/restore/'),
    );
    expect(requested).toEqual([]);
    expect(post.exitCode).toBe(1);
    expect(post.runner.titles()).toContain('error Not restored');
  });

  test('of several servers, one that refuses stops all: half a fleet rolled back is worse than none', async () => {
    const testEnv = new TestEnvironment({ servers: [{ id: 1 }, { id: 2 }, { id: 3 }] });
    const main = await testEnv.main({ ...RESTORE, serverIds: ['1', '2', '3'] });
    const ids = main.runner.outputs.get('snapshot_id')?.split(',') ?? [];
    testEnv.request('DELETE', `/snapshots/${ids[1]}/`);
    const post = await testEnv.post(main, FAILED);
    expect(testEnv.actualState.restores).toEqual([]);
    expect(post.runner.titles()).toEqual(['error Not restored', 'error Not restored', 'error Not restored']);
    for (const [index, { text }] of post.runner.annotations.entries())
      expect(text).toContain(`/snapshots/${ids[index]}/restore/`);
  });

  test('of several servers, one that is restored already holds back no other', async () => {
    const testEnv = new TestEnvironment({ servers: [{ id: 1 }, { id: 2 }, { id: 3 }] });
    const main = await testEnv.main({ ...RESTORE, serverIds: ['1', '2', '3'] });
    const second = main.runner.outputs.get('snapshot_id')?.split(',')[1];
    testEnv.request('POST', `/snapshots/${second}/restore/`);
    const post = await testEnv.post(main, FAILED);
    expect(testEnv.actualState.restores.map(({ serverId }) => serverId)).toEqual(['2', '1', '3']);
    expect(post.runner.titles()).toEqual(['error Rolled back', 'error Not restored', 'error Rolled back']);
  });

  test('a server that an earlier step of the job has restored is not restored again, and is not called "not restored"', async () => {
    const testEnv = new TestEnvironment();
    const main = await testEnv.main(RESTORE);
    await testEnv.run({ use: 'restore', inputs: restoreInputs({ snapshotIds: ['801'] }) });
    const post = await testEnv.post(main, FAILED);
    expect(post.exitCode).toBe(1);
    expect(testEnv.actualState.restores).toHaveLength(1);
    expect(headlineOf(post.runner.summaries.at(-1) ?? '')).toBe(
      '❌ Not restored again: an earlier step of this job has requested the restore',
    );
    expect(post.runner.annotations.at(-1)?.text).toContain("server not restored again; it is 'active'");
    expect(testEnv.comments.at(-1)?.markdown).toContain('❌ not restored again: an earlier step');
  });

  test('the checks of all servers are printed before the first request', async () => {
    let printed = -1;
    const testEnv = new TestEnvironment({
      servers: [{ id: 1 }, { id: 2 }, { id: 3 }],
      latencyMs: 0,
      onRequest: ({ path }) => {
        if (path.endsWith('/restore/') && printed === -1) printed = checks().length;
      },
    });
    const main = await testEnv.main({ ...RESTORE, serverIds: ['1', '2', '3'] });
    const post = testEnv.start({ use: 'post', inputs: postInputs(FAILED) }, { state: main.runner.state });
    const checks = (): readonly unknown[] =>
      post.runner.lines.filter(({ text }) => text.startsWith('Safety checks for'));
    await testEnv.clock.run(post.done);
    expect(printed).toBe(3);
    expect(checks()).toHaveLength(3);
  });
});

describe('outcome', () => {
  testOutcomes({
    'wait: false and a failed job: the snapshot may hold half of the deploy': {
      main: { ...RESTORE, wait: false },
      post: FAILED,
      outcome: [
        'main exit 0 | ⏳ VPS.org snapshot requested, not waited for | warning Wait before the deploy | 801 in_progress',
        'post exit 1 | ❌ Deploy failed, server NOT restored | error Not restored | 801 ❌ not restored | offers 801',
        'POST /snapshots/ 201',
        'comment on GitHub',
        'left: 801 in_progress',
      ],
      says: ['part of the deploy', 'not before the snapshot is complete', 'before the deploy: no'],
    },
    'a newer snapshot without a marker: a warning only': {
      main: RESTORE,
      post: FAILED,
      between: (testEnv) => void testEnv.api.addSnapshot({ name: 'newer' }),
      outcome: [
        CREATED,
        'post exit 1 | ⏪ Rolled back to 12:00 UTC, 4 min of writes lost | warning Newer snapshot on the server | error Rolled back | 801 ✅ confirmed',
        'POST /snapshots/ 201',
        'POST /snapshots/801/restore/ 200',
        'comment on GitHub',
        'left: 801 completed, 802 completed',
      ],
      says: [/a newer snapshot \(802, 'completed'\) that this action did not make/],
    },
    'a newer snapshot without a marker, where the API drops ours too: refused': {
      main: RESTORE,
      switches: { description_kept: 0 },
      post: FAILED,
      between: (testEnv) => void testEnv.api.addSnapshot({ name: 'newer' }),
      outcome: [
        'main exit 0 | 📸 VPS.org snapshot complete | warning Description not kept | 801 completed | offers 801',
        'post exit 1 | ❌ Deploy failed, server NOT restored | error Not restored | 801 ❌ not restored | offers 801',
        'POST /snapshots/ 201',
        'comment on GitHub',
        'left: 801 completed, 802 completed',
      ],
      says: [/REFUSED: a newer snapshot \(802, 'completed'\) that this action did not make/],
    },
    'an older snapshot without a marker, where the API drops ours too: rolled back': {
      main: RESTORE,
      switches: { description_kept: 0 },
      snapshots: [byHand(1)],
      post: FAILED,
      outcome: [
        'main exit 0 | 📸 VPS.org snapshot complete | warning Description not kept | 801 completed | offers 801',
        'post exit 1 | ⏪ Rolled back to 12:00 UTC, 4 min of writes lost | error Rolled back | 801 ✅ confirmed',
        'POST /snapshots/ 201',
        'POST /snapshots/801/restore/ 200',
        'comment on GitHub',
        'left: 1 completed, 801 completed',
      ],
    },
    'the list is refused: not restored, and the permission is named': {
      main: RESTORE,
      post: FAILED,
      between: (testEnv) => testEnv.addFaults({ ...LISTS, kind: 'status', status: 403 }),
      outcome: [
        CREATED,
        'post exit 1 | ❌ Deploy failed, server NOT restored | error Not restored | 801 ❌ not restored | offers 801',
        'POST /snapshots/ 201',
        'comment on GitHub',
        'left: 801 completed',
      ],
      says: ['read snapshots'],
    },
    'the server cannot be read for as long as there is time: not restored': {
      main: RESTORE,
      faults: { ...GET_SERVER, nth: 2, times: 9999, kind: 'status', status: 500 },
      post: FAILED,
      outcome: [
        CREATED,
        'post exit 1 | ❌ Deploy failed, server NOT restored | error Not restored | 801 ❌ not restored | offers 801',
        'POST /snapshots/ 201',
        'comment on GitHub',
        'left: 801 completed',
      ],
      says: [/could not be completed: GET \/servers\/12345\/ was answered with 500/],
      neverSays: ['not before the snapshot is complete'],
      took: [201, 1798],
    },
    'times that cannot be read count as newer, and protect': {
      main: { ...RESTORE, whenFull: 'rotate' },
      switches: { created_at: 'unreadable' },
      snapshots: [own(1), own(2)],
      post: FAILED,
      commands: [{ use: 'prune', inputs: pruneInputs() }],
      outcome: [
        'main exit 0 | 📸 VPS.org snapshot complete | warning A rollback would be refused | 801 completed | offers 801',
        'prune exit 0 | ✂️ 0 VPS.org snapshots pruned | warning Nothing can be pruned | 801 kept | 2 kept | 1 kept',
        'post exit 1 | ❌ Deploy failed, server NOT restored | error Not restored | 801 ❌ not restored | offers 801',
        'POST /snapshots/ 201',
        'comment on GitHub',
        'left: 1 completed, 2 completed, 801 completed',
      ],
      says: [/a snapshot of unknown time, which may be newer, \(2/, 'unreadable'],
    },
  });
});
