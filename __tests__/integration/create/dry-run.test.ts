import { describe, expect, test } from '@jest/globals';
import { jobOf } from '../harness/inputs.ts';
import { testOutcomes } from '../harness/outcome-tests.ts';
import { CANCELLED, FAILED, FULL, NO_TOKEN, own, RESTORE_ON_FAILURE } from '../harness/samples.ts';
import { HOUR, markerOf, START, TestEnvironment } from '../harness/test-environment.ts';

describe('a dry run', () => {
  test('warns of a server that it cannot read', async () => {
    const testEnv = new TestEnvironment({
      switches: { permissions: ['snapshots:read', 'snapshots:write'] },
    });
    const main = await testEnv.main({ dryRun: true });
    expect(main.exitCode).toBe(0);
    expect(main.runner.titles()).toEqual(['warning Server cannot be read']);
  });

  test('is red for a server that does not exist', async () => {
    const testEnv = new TestEnvironment();
    const main = await testEnv.main({ dryRun: true, serverIds: ['54321'] });
    expect(main.exitCode).toBe(1);
    expect(main.runner.titles()).toEqual(['error Unknown server']);
    expect(main.runner.annotations[0]?.text).toContain('12345 (web-server-01)');
  });

  test('only reads, and its post step sends nothing', async () => {
    const testEnv = new TestEnvironment({ snapshots: FULL });
    const main = await testEnv.main({ dryRun: true, whenFull: 'rotate', stopServer: true });
    const post = await testEnv.post(main, { jobStatus: 'failure' });
    expect([main.exitCode, post.exitCode]).toEqual([0, 0]);
    expect(new Set(testEnv.requests.map(({ method }) => method))).toEqual(new Set(['GET']));
    expect(main.runner.visible()).toContain('delete snapshot 1');
    expect(testEnv.existing()).toHaveLength(5);
  });
});

const SHOWN = 'main exit 0 | 🔎 Dry run: the snapshot would be created | none –';

describe('what would follow a failed deploy', () => {
  testOutcomes({
    'restore_if is true: a restore': {
      main: { dryRun: true, restoreIfGiven: true },
      post: { ...FAILED, restoreIf: 'true' },
      outcome: [
        SHOWN,
        'post exit 0 | 🔎 Dry run: the server would be restored | none not requested',
        'left: nothing',
      ],
    },
    'restore_if is false, as with a misspelt step id: the notice of a real run': {
      main: { dryRun: true, restoreIfGiven: true },
      post: { ...FAILED, restoreIf: 'false' },
      outcome: [
        SHOWN,
        'post exit 0 | 🔎 Dry run: the snapshot would be kept | notice Not asked to restore | none not requested',
        'left: nothing',
      ],
      says: [
        "The job failed and 'restore_if' is false, so nothing would be restored.\n",
        "check that 'restore_if' names the id of the deploy step",
      ],
      neverSays: ['nothing is restored'],
    },
    'restore_if is false after a cancel: the same': {
      main: { dryRun: true, restoreIfGiven: true },
      post: { ...CANCELLED, restoreIf: 'false' },
      outcome: [
        SHOWN,
        'post exit 0 | 🔎 Dry run: the snapshot would be kept | notice Not asked to restore | none not requested',
        'left: nothing',
      ],
      says: ["was cancelled or timed out and 'restore_if' is false, so nothing would be restored"],
    },
    'the job had failed before, so nothing is restored: neither a warning nor a request': {
      main: { dryRun: true, ...RESTORE_ON_FAILURE, jobStatus: 'failure', keepLast: 1 },
      snapshots: [own(1), own(2)],
      post: FAILED,
      outcome: [
        SHOWN,
        'post exit 0 | 🔎 Dry run: the snapshot would be kept | none not requested',
        'left: 1 completed, 2 completed',
      ],
      says: ['Dry run, not carried out: Keeping the snapshot'],
      reads: { '/snapshots/?server_id=12345': 1, '/servers/12345/': 1 },
    },
    'on_failure: delete: a deletion': {
      main: { dryRun: true, onFailure: 'delete' },
      post: FAILED,
      outcome: [
        SHOWN,
        'post exit 0 | 🔎 Dry run: the snapshot would be deleted | none not requested',
        'left: nothing',
      ],
    },
    'the snapshot step failed: nothing, as in a real run': {
      main: { dryRun: true, ...RESTORE_ON_FAILURE },
      snapshots: FULL,
      post: { ...FAILED, restoreIf: 'false' },
      outcome: [
        'main exit 1 | ❌ Dry run: no free snapshot slot | error No free snapshot slot | none –',
        'post exit 0',
        'left: 1 completed, 2 completed, 3 completed, 4 completed, 5 completed',
      ],
      says: ['Nothing to do: the snapshot step made no snapshot'],
      neverSays: ['names the id', 'would be restored'],
    },
  });
});

describe('the plan', () => {
  testOutcomes({
    'of a rotation: names the snapshot to delete': {
      main: { dryRun: true, whenFull: 'rotate' },
      snapshots: FULL,
      post: {},
      outcome: [
        'main exit 0 | 🔎 Dry run: the snapshot would be created | none –',
        'post exit 0 | 🔎 Dry run: the snapshot would be kept | none not requested',
        'left: 1 completed, 2 completed, 3 completed, 4 completed, 5 completed',
      ],
      says: [/Would delete snapshot 1 .*create the snapshot/],
    },
    'of a re-run: names the snapshot to reuse': {
      main: { dryRun: true, onRerun: 'reuse', stopServer: true },
      job: jobOf({ runAttempt: 2 }),
      snapshots: [own(1, { description: markerOf({ runId: '9001' }), created_at: START - HOUR })],
      outcome: [
        'main exit 0 | 🔎 Dry run: the snapshot would be reused | 1 completed | offers 1',
        'left: 1 completed',
      ],
      says: ['Would reuse snapshot 1', /Would reuse snapshot 1$/m],
      saved: { phase: 'completed', snapshotId: '1', reused: true, shown: true },
      reads: { '/snapshots/?server_id=12345': 1, '/servers/12345/': 1 },
    },
    'of on_success: delete: a deletion': {
      main: { dryRun: true, onSuccess: 'delete' },
      post: {},
      outcome: [
        'main exit 0 | 🔎 Dry run: the snapshot would be created | none –',
        'post exit 0 | 🔎 Dry run: the snapshot would be deleted | none not requested',
        'left: nothing',
      ],
    },
    'without a token in the post step: a warning, green': {
      main: { dryRun: true, keepLast: 1 },
      post: NO_TOKEN,
      outcome: [
        'main exit 0 | 🔎 Dry run: the snapshot would be created | none –',
        "post exit 0 | 🔎 Dry run: the snapshot would be kept, and this repository's older ones deleted beyond its newest 1 | warning Dry run incomplete | none not requested",
        'left: nothing',
      ],
      says: ['it is empty', /Would create the snapshot deploy-shop-9001-1$/m],
    },
  });
});
