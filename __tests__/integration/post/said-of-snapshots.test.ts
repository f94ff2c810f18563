import { describe, expect, test } from '@jest/globals';
import { deleteInputs } from '../harness/inputs.ts';
import { outcomeOf } from '../harness/outcome.ts';
import { CREATED, testOutcomes } from '../harness/outcome-tests.ts';
import {
  answeredWith,
  BOTH,
  CANCELLED,
  completeList,
  CREATE_REQUEST,
  DELETE,
  FAILED,
  LISTS,
  TWO_SERVERS,
} from '../harness/samples.ts';
import { TestEnvironment } from '../harness/test-environment.ts';

/** What the post step may say of a snapshot: no more than somebody saw, and of a request no more than became of it. */

const LAST_SEEN = 'last seen completed at 2026-01-15 12:03:21 UTC';
const DELETED_BY_JOB = [{ use: 'delete', inputs: deleteInputs({ snapshotIds: ['801'] }) }] as const;
const DELETED = 'delete exit 0 | 🗑️ 1 of 1 VPS.org snapshot deleted | 801 deleted';
const LOST = { ...DELETE, times: 99, kind: 'reset_after' };
const noLists = (testEnv: TestEnvironment): void =>
  testEnv.addFaults({ ...LISTS, nth: 1, times: 999, kind: 'reset_before' });

describe('what post has not read', () => {
  testOutcomes({
    'is last seen completed, and when': {
      post: FAILED,
      outcome: [
        CREATED,
        `post exit 0 | 📸 VPS.org snapshot kept, the server is as the job left it | 801 ${LAST_SEEN} | offers 801`,
        'POST /snapshots/ 201',
        'left: 801 completed',
      ],
      says: [`snapshot 801 (deploy-shop-9001-1) is kept, ${LAST_SEEN}`],
    },
    'is not called kept where the list that keep_last reads does not show it': {
      main: { keepLast: 1 },
      post: {},
      between: (testEnv) => testEnv.addFaults(answeredWith(completeList(), { ...LISTS, times: 999 })),
      outcome: [
        CREATED,
        'post exit 0 | ❓ VPS.org snapshot not listed any more | 801 not listed',
        'POST /snapshots/ 201',
        'left: 801 completed',
      ],
      says: ['snapshot 801 is not listed at the moment'],
      neverSays: ['is kept', LAST_SEEN],
    },
    'was deleted by the delete action of this job: deleted, and nothing to restore it with': {
      commands: DELETED_BY_JOB,
      main: {},
      post: FAILED,
      outcome: [
        CREATED,
        DELETED,
        'post exit 0 | 🧹 VPS.org snapshot deleted | 801 deleted',
        'POST /snapshots/ 201',
        'DELETE /snapshots/801/ 204',
        'left: nothing',
      ],
      says: ['snapshot 801 was deleted by an earlier step of this job'],
      neverSays: ['is kept', /VPS\.org snapshot kept/],
    },
    'was deleted by the delete action, and a restore was configured: no command is offered': {
      commands: DELETED_BY_JOB,
      main: { onCancel: 'restore' },
      post: FAILED,
      outcome: [
        CREATED,
        DELETED,
        'post exit 0 | ⚠️ Not restored: the server is as the job left it | warning Kept, not restored | 801 deleted',
        'POST /snapshots/ 201',
        'DELETE /snapshots/801/ 204',
        'left: nothing',
      ],
      says: ['No complete snapshot is known.'],
      neverSays: ['is complete and kept'],
    },
  });

  test('was deleted, and nobody could write that down: nothing but last seen is said of it', async () => {
    const testEnv = new TestEnvironment();
    const main = await testEnv.main();
    testEnv.deletionRecords.save = () => {
      throw new Error('no space left on device');
    };
    const remove = await testEnv.run(DELETED_BY_JOB[0]);
    const post = await testEnv.post(main, FAILED);

    expect([remove.exitCode, remove.runner.titles(), post.exitCode]).toEqual([0, [], 0]);
    expect(post.runner.visible()).toContain(LAST_SEEN);
  });

  test('may have been deleted: all answers to the delete action were lost', async () => {
    const testEnv = new TestEnvironment();
    const main = await testEnv.main();
    // The action reads one list before it deletes.
    testEnv.addFaults([LOST, { ...LISTS, nth: 2, times: 999, kind: 'reset_before' }]);
    const remove = await testEnv.run(DELETED_BY_JOB[0]);
    const post = await testEnv.post(main, FAILED);

    expect([remove.exitCode, post.exitCode]).toEqual([1, 0]);
    expect(outcomeOf({ testEnv, steps: [{ name: 'post', process: post }] })[0]).toBe(
      'post exit 0 | ❓ Unknown whether a VPS.org snapshot was deleted | 801 deletion requested, outcome unknown',
    );
    expect(post.runner.visible()).toContain(
      'an earlier step of this job requested the deletion of snapshot 801, outcome unknown',
    );
    expect(post.runner.visible()).not.toMatch(/kept|last seen/);
  });
});

describe('a DELETE of post whose answers were all lost', () => {
  testOutcomes({
    'and no list shows it: neither deleted nor kept': {
      main: { onSuccess: 'delete' },
      post: {},
      faults: LOST,
      between: noLists,
      outcome: [
        CREATED,
        'post exit 0 | ❓ Unknown whether a VPS.org snapshot was deleted | warning Snapshot not deleted | 801 deletion requested, outcome unknown',
        'POST /snapshots/ 201',
        'DELETE /snapshots/801/ lost',
        'left: nothing',
      ],
      says: ['no complete list tells whether it is gone'],
      neverSays: ['is kept', 'snapshot 801 deleted', LAST_SEEN],
    },
    'refused for certain: it is kept': {
      main: { onSuccess: 'delete' },
      post: {},
      faults: { ...DELETE, kind: 'status', status: 403 },
      outcome: [
        CREATED,
        `post exit 0 | 📸 VPS.org snapshot kept | warning Snapshot not deleted | 801 ${LAST_SEEN} | offers 801`,
        'POST /snapshots/ 201',
        'DELETE /snapshots/801/ 403',
        'left: 801 completed',
      ],
    },
  });
});

describe('a request that main sent, or did not', () => {
  testOutcomes({
    'not sent': {
      post: CANCELLED,
      signal: ['SIGINT', 20],
      outcome: [
        'main exit 1 | ⏹️ Interrupted: VPS.org snapshot not requested | error Interrupted | none –',
        'post exit 0',
        'left: nothing',
      ],
      neverSays: [/outcome unknown/, 'kept'],
    },
    'sent, and the answer never came': {
      post: CANCELLED,
      signal: ['SIGINT', 5000],
      faults: { ...CREATE_REQUEST, kind: 'silence' },
      between: noLists,
      outcome: [
        'main exit 1 | ⏹️ Interrupted: VPS.org snapshot requested, outcome unknown | error Interrupted | none uncertain',
        'post exit 0 | ❓ Unknown whether a VPS.org snapshot was made | warning Unknown state of a snapshot | none requested, outcome unknown',
        'POST /snapshots/ lost',
        'left: 801 completed',
      ],
      neverSays: [/not requested/, 'kept'],
    },
    'refused for one of two servers: kept is said of the other alone': {
      main: BOTH,
      servers: TWO_SERVERS,
      post: FAILED,
      faults: { ...CREATE_REQUEST, nth: 2, kind: 'status', status: 403 },
      outcome: [
        'main exit 1 | ❌ No snapshot was made: 1 of 2 complete | error No snapshot was made | 801 completed | none – | offers 801',
        `post exit 0 | 📸 VPS.org snapshot kept on 1 of 2 servers | 801 ${LAST_SEEN} | none refused, not made | offers 801`,
        'POST /snapshots/ 201',
        'POST /snapshots/ 403',
        'left: 801 completed',
      ],
    },
    'lost for one of two servers: the card says of how many no list shows one': {
      main: BOTH,
      servers: TWO_SERVERS,
      post: FAILED,
      signal: ['SIGKILL', 15_000],
      faults: { ...CREATE_REQUEST, nth: 2, kind: 'silence_before' },
      outcome: [
        'main exit 1',
        'post exit 0 | ❓ No list shows a VPS.org snapshot of this step on 1 of 2 servers | 801 in_progress | none not listed',
        'POST /snapshots/ 201',
        'POST /snapshots/ lost',
        'left: 801 in_progress',
      ],
    },
  });
});
