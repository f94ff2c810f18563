import { describe, expect, test } from '@jest/globals';
import { pruneInputs } from '../harness/inputs.ts';
import { CREATED, testOutcomes } from '../harness/outcome-tests.ts';
import { FAILED, GET_SERVER, LISTS, own, RESTORE } from '../harness/samples.ts';
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

  test('of several servers, the others are restored anyway', async () => {
    const testEnv = new TestEnvironment({ servers: [{ id: 1 }, { id: 2 }, { id: 3 }] });
    const main = await testEnv.main({ ...RESTORE, serverIds: ['1', '2', '3'] });
    const second = main.runner.outputs.get('snapshot_id')?.split(',')[1];
    testEnv.request('DELETE', `/snapshots/${second}/`);
    const post = await testEnv.post(main, FAILED);
    expect(testEnv.actualState.restores.map(({ serverId }) => serverId)).toEqual(['1', '3']);
    expect(post.runner.titles().toSorted()).toEqual([
      'error Not restored',
      'error Rolled back',
      'error Rolled back',
    ]);
  });
});

describe('outcome', () => {
  testOutcomes({
    'wait: false and a failed job: the snapshot may hold half of the deploy': {
      main: { ...RESTORE, wait: false },
      post: FAILED,
      outcome: [
        'main exit 0 | ⏳ VPS.org snapshot requested, not waited for | notice Wait before the deploy | 801 in_progress',
        'post exit 1 | ❌ Not rolled back | error Not restored | 801 ❌ not restored | offers 801',
        'POST /snapshots/ 201',
        'comment on GitHub',
        'left: 801 in_progress',
      ],
      says: ['half a deploy', 'not before the snapshot is completed', 'seen completed by: nobody'],
    },
    'a newer snapshot without a marker: a warning only': {
      main: RESTORE,
      post: FAILED,
      between: (testEnv) => void testEnv.api.addSnapshot({ name: 'newer' }),
      outcome: [
        CREATED,
        'post exit 1 | ⏪ Rolled back | warning Newer snapshot on the server | error Rolled back | 801 ✅ confirmed',
        'POST /snapshots/ 201',
        'POST /snapshots/801/restore/ 200',
        'comment on GitHub',
        'left: 801 completed, 802 completed',
      ],
      says: ['snapshot 802, newer'],
    },
    'the list is refused: not restored, and the permission is named': {
      main: RESTORE,
      post: FAILED,
      between: (testEnv) => testEnv.addFaults({ ...LISTS, kind: 'status', status: 403 }),
      outcome: [
        CREATED,
        'post exit 1 | ❌ Not rolled back | error Not restored | 801 ❌ not restored | offers 801',
        'POST /snapshots/ 201',
        'comment on GitHub',
        'left: 801 completed',
      ],
      says: ['read snapshots'],
    },
    'the server cannot be read: not restored': {
      main: RESTORE,
      faults: { ...GET_SERVER, nth: 2, times: 99, kind: 'status', status: 500 },
      post: FAILED,
      outcome: [
        CREATED,
        'post exit 1 | ❌ Not rolled back | error Not restored | 801 ❌ not restored | offers 801',
        'POST /snapshots/ 201',
        'comment on GitHub',
        'left: 801 completed',
      ],
      says: [/could not be read: GET \/servers\/12345\/ was answered with 500/],
      neverSays: ['not before the snapshot is completed'],
    },
    'times that cannot be read count as newer, and protect': {
      main: { ...RESTORE, whenFull: 'rotate' },
      switches: { created_at: 'unreadable' },
      snapshots: [own(1), own(2)],
      post: FAILED,
      commands: [{ use: 'prune', inputs: pruneInputs() }],
      outcome: [
        CREATED,
        'prune exit 0 | ✂️ 0 VPS.org snapshots pruned | 801 keep | 2 keep | 1 keep',
        'post exit 1 | ❌ Not rolled back | error Not restored | 801 ❌ not restored | offers 801',
        'POST /snapshots/ 201',
        'comment on GitHub',
        'left: 1 completed, 2 completed, 801 completed',
      ],
      says: [/newer snapshot \(2/, 'unreadable'],
    },
  });
});
