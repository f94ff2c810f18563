import { describe, expect, test } from '@jest/globals';
import { rootInputs } from '../harness/inputs.ts';
import { testOutcomes } from '../harness/outcome-tests.ts';
import {
  answeredWith,
  completeList,
  CREATE_REQUEST,
  FAILED,
  listedOfThisRun,
  LISTS,
  RESTORE,
} from '../harness/samples.ts';
import { TestEnvironment } from '../harness/test-environment.ts';

describe('the API made two', () => {
  test('listed late: two are made, both are named, and post deletes one', async () => {
    const testEnv = new TestEnvironment({
      switches: { listed_late: 40 },
      faults: { method: 'POST', path: '/snapshots/', nth: 1, kind: 'reset_after' },
    });
    const main = await testEnv.main();
    expect(main.exitCode).toBe(0);
    expect(testEnv.existing()).toHaveLength(2);
    const text = main.runner.visible();
    expect(text).toContain('801');
    expect(text).toContain('802');
    // Once, however often the status changes afterwards.
    expect(main.runner.titles()).toEqual(['warning Two snapshots were made']);
    const post = await testEnv.post(main);
    expect(post.exitCode).toBe(0);
    expect(testEnv.existing().map(({ id }) => id)).toEqual([main.runner.outputs.get('snapshot_id')]);
  });

  test('the used one fails, and the other is completed: post deletes the failed one', async () => {
    const testEnv = new TestEnvironment({
      switches: { listed_late: 40, snapshot_seconds: [5, 5] },
      faults: { method: 'POST', path: '/snapshots/', nth: 1, kind: 'reset_after' },
    });
    const main = testEnv.start({ use: 'main', inputs: rootInputs({ wait: false }) });
    await testEnv.pass(5000);
    testEnv.api.setSwitches({ fail_next: 1 });
    await testEnv.clock.run(main.done);
    const post = await testEnv.post(main);
    expect(main.runner.outputs.get('snapshot_id')).toBe('802');
    expect(post.exitCode).toBe(0);
    expect(testEnv.existing().map(({ id, phase }) => [id, phase])).toEqual([['801', 'completed']]);
  });
});

describe('outcome', () => {
  testOutcomes({
    'on_failure: delete deletes both': {
      main: { onFailure: 'delete' },
      switches: { listed_late: 40 },
      faults: { ...CREATE_REQUEST, kind: 'reset_after' },
      post: FAILED,
      outcome: [
        'main exit 0 | 📸 VPS.org snapshot complete | warning Two snapshots were made | 801 completed | offers 801',
        'post exit 0 | 🧹 VPS.org snapshots deleted | 801 deleted',
        'POST /snapshots/ lost',
        'POST /snapshots/ 201',
        'DELETE /snapshots/801/ 204',
        'DELETE /snapshots/802/ 204',
        'left: nothing',
      ],
      says: ['snapshot 802 deleted'],
    },
    'on_failure: delete, and no list shows the second one: it is kept, since only main has seen it': {
      main: { onFailure: 'delete' },
      switches: { listed_late: 40 },
      faults: { ...CREATE_REQUEST, kind: 'reset_after' },
      between: (testEnv) => testEnv.addFaults({ ...LISTS, nth: 1, times: 999, kind: 'status', status: 403 }),
      post: FAILED,
      outcome: [
        'main exit 0 | 📸 VPS.org snapshot complete | warning Two snapshots were made | 801 completed | offers 801',
        'post exit 0 | 🧹 VPS.org snapshot deleted | warning Unknown state of a snapshot | warning Snapshot not deleted | 801 deleted',
        'POST /snapshots/ lost',
        'POST /snapshots/ 201',
        'DELETE /snapshots/801/ 204',
        'left: 802 completed',
      ],
      says: [/snapshot 802 was not deleted .*it is not certain that this is its id/],
    },
    'a rollback keeps both, and names the duplicate: nothing is deleted after a restore': {
      main: RESTORE,
      switches: { listed_late: 40 },
      faults: { ...CREATE_REQUEST, kind: 'reset_after' },
      post: FAILED,
      outcome: [
        'main exit 0 | 📸 VPS.org snapshot complete | warning Two snapshots were made | 801 completed | offers 801',
        'post exit 1 | ⏪ Rolled back to 12:00 UTC, 4 min of writes lost | error Rolled back | 801 ✅ confirmed',
        'POST /snapshots/ lost',
        'POST /snapshots/ 201',
        'POST /snapshots/801/restore/ 200',
        'comment on GitHub',
        'left: 801 completed, 802 completed',
      ],
      says: ['also there: 802'],
    },
    'two of one key are listed, and one without a usable id: the used one stays': {
      faults: [
        { ...CREATE_REQUEST, kind: 'reset_before' },
        answeredWith(completeList(listedOfThisRun(901), listedOfThisRun(902), listedOfThisRun('../x')), {
          ...LISTS,
          nth: 2,
          times: 3,
        }),
      ],
      post: {},
      outcome: [
        'main exit 0 | 📸 VPS.org snapshot complete | warning Two snapshots were made | warning Two snapshots were made | 901 completed | offers 901',
        'post exit 0 | 🧹 VPS.org snapshot deleted | warning Snapshot not deleted | 901 completed | offers 901',
        'POST /snapshots/ lost',
        'DELETE /snapshots/902/ 404',
        'left: nothing',
      ],
      says: [
        'second snapshot, 902',
        'without a usable id',
        /without a usable id, is kept/,
        'the post step will delete it',
        'it is kept; delete it',
      ],
    },
    'the second request is refused, and two of the first are listed: one is used': {
      faults: [
        { ...CREATE_REQUEST, kind: 'reset_before' },
        { ...CREATE_REQUEST, nth: 2, kind: 'status', status: 400, body: { detail: 'Name taken.' } },
        answeredWith(completeList(listedOfThisRun(901), listedOfThisRun(902)), {
          ...LISTS,
          nth: 7,
          times: 3,
        }),
      ],
      post: {},
      outcome: [
        'main exit 0 | 📸 VPS.org snapshot complete | warning Two snapshots were made | 901 completed | offers 901',
        'post exit 0 | 🧹 VPS.org snapshot deleted | 901 completed | offers 901',
        'POST /snapshots/ lost',
        'POST /snapshots/ 400',
        'DELETE /snapshots/902/ 404',
        'left: nothing',
      ],
      says: ['second one, 902', 'a second snapshot, 902, has the same key'],
    },
    'the same with wait: false': {
      main: { wait: false },
      faults: [
        { ...CREATE_REQUEST, kind: 'reset_before' },
        answeredWith(completeList(listedOfThisRun(901), listedOfThisRun(902), listedOfThisRun('../x')), {
          ...LISTS,
          nth: 2,
          times: 3,
        }),
      ],
      post: {},
      outcome: [
        'main exit 0 | ⏳ VPS.org snapshot requested, not waited for | 901 completed',
        'post exit 0 | 🧹 VPS.org snapshot deleted | warning Snapshot not deleted | 901 completed | offers 901',
        'POST /snapshots/ lost',
        'DELETE /snapshots/902/ 404',
        'left: nothing',
      ],
      says: ['second snapshot, 902'],
    },
    'killed while waiting, and three of one key are listed: the duplicates are deleted': {
      signal: ['SIGKILL', 20_000],
      // The lists that follow the deletions do not show them.
      between: (testEnv) =>
        testEnv.addFaults(
          answeredWith(completeList(listedOfThisRun(801), listedOfThisRun(802), listedOfThisRun(803)), {
            ...LISTS,
            nth: 1,
          }),
        ),
      post: FAILED,
      outcome: [
        'main exit 1',
        'post exit 0 | 🧹 VPS.org snapshots deleted | 801 completed | offers 801',
        'POST /snapshots/ 201',
        'DELETE /snapshots/802/ 404',
        'DELETE /snapshots/803/ 404',
        'left: 801 in_progress',
      ],
    },
    'killed before either is complete: both stay, and both are named': {
      signal: ['SIGKILL', 20_000],
      switches: { listed_late: 40 },
      faults: { ...CREATE_REQUEST, kind: 'reset_after' },
      post: FAILED,
      outcome: [
        'main exit 1',
        'post exit 0 | 📸 VPS.org snapshot kept | warning Two snapshots were made | 802 in_progress',
        'POST /snapshots/ lost',
        'POST /snapshots/ 201',
        'left: 801 in_progress, 802 in_progress',
      ],
      says: ['snapshots 802 and 801'],
      outputs: { snapshot_id: '802' },
    },
    'killed while the used one is in progress: both stay, and both are named': {
      signal: ['SIGKILL', 100_000],
      switches: { listed_late: 40 },
      faults: { ...CREATE_REQUEST, kind: 'reset_after' },
      post: FAILED,
      outcome: [
        'main exit 1 | warning Two snapshots were made',
        'post exit 0 | 📸 VPS.org snapshot kept | warning Two snapshots were made | 801 in_progress',
        'POST /snapshots/ lost',
        'POST /snapshots/ 201',
        'left: 801 in_progress, 802 in_progress',
      ],
      says: ['snapshots 801 and 802'],
      outputs: { snapshot_id: '801' },
      saved: { snapshotId: '801', resentAt: expect.any(Number) as unknown as number, duplicates: ['802'] },
    },
  });
});
