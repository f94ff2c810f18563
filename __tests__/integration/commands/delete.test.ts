import { describe, expect, test } from '@jest/globals';
import { deleteInputs, type DeleteInputs } from '../harness/inputs.ts';
import { testOutcomes } from '../harness/outcome-tests.ts';
import {
  answeredWith,
  byHand,
  completeList,
  DELETE,
  listed,
  LISTS,
  own,
  theirs,
} from '../harness/samples.ts';
import type { StepProcess } from '../harness/step-process.ts';
import { TestEnvironment, type TestEnvironmentOptions } from '../harness/test-environment.ts';

describe('delete', () => {
  async function remove(
    inputs: Partial<DeleteInputs>,
    options: TestEnvironmentOptions = {},
  ): Promise<{ testEnv: TestEnvironment; step: StepProcess; left: string[] }> {
    const testEnv = new TestEnvironment({ snapshots: [own(1), theirs(2), byHand(3), own(4)], ...options });
    const step = await testEnv.run({ use: 'delete', inputs: deleteInputs(inputs) });
    return { testEnv, step, left: testEnv.existing().map(({ id }) => id) };
  }

  test.each<[string, Partial<DeleteInputs>, string[], string, 0 | 1]>([
    ['own ones', { snapshotIds: ['1', '4'] }, ['2', '3'], '1,4', 0],
    ["another repository's among them: none", { snapshotIds: ['1', '2'] }, ['1', '2', '3', '4'], '', 1],
    ['one made by hand: none', { snapshotIds: ['3'] }, ['1', '2', '3', '4'], '', 1],
    [
      'with force, exactly those that are named',
      { snapshotIds: ['2', '3'], force: true },
      ['1', '4'],
      '2,3',
      0,
    ],
    ['one that is gone already', { snapshotIds: ['1', '99'] }, ['2', '3', '4'], '1', 0],
    ['a name in place of an id: none', { snapshotIds: ['1', 'own-4'] }, ['1', '2', '3', '4'], '', 1],
    ['latest, which is for a restore: none', { snapshotIds: ['latest'] }, ['1', '2', '3', '4'], '', 1],
    ['a dry run: none', { snapshotIds: ['1'], dryRun: true }, ['1', '2', '3', '4'], '', 0],
  ])('%s', async (_, inputs, expected, deleted, code) => {
    const { step, left } = await remove(inputs);
    expect(left).toEqual(expected);
    expect(step.runner.outputs.get('deleted')).toBe(deleted);
    expect(step.exitCode).toBe(code);
  });

  test('an id that is listed in other letters is not gone', async () => {
    const id = '6a3c1c1e-aaaa-4bbb-8ccc-0123456789ab';
    const { step } = await remove(
      { snapshotIds: [id.toUpperCase()] },
      { faults: answeredWith(completeList(listed(id)), { ...LISTS, times: 9 }) },
    );
    expect(step.exitCode).toBe(1);
    expect(step.runner.titles()).toEqual(['error Nothing deleted']);
    expect(step.runner.annotations[0]?.text).toContain(`is listed as ${id}: write the id like that`);
  });

  test.each([
    ['refused', { kind: 'status', status: 403 }, 1, ''],
    ['lost once', { kind: 'reset_before', nth: 1 }, 0, '1'],
    ['lost after it was carried out', { kind: 'reset_after', nth: 1 }, 0, '1'],
    ['down', { kind: 'status', status: 503, times: 99 }, 1, ''],
  ])('a request that is %s', async (_, fault, code, deleted) => {
    const { step } = await remove(
      { snapshotIds: ['1'] },
      { faults: { method: 'DELETE', path: '*', ...fault } },
    );
    expect(step.exitCode).toBe(code);
    expect(step.runner.outputs.get('deleted')).toBe(deleted);
  });

  test('an incomplete list proves nothing: none is deleted', async () => {
    const { step, left } = await remove(
      { snapshotIds: ['1', '99'] },
      {
        faults: {
          method: 'GET',
          path: '/snapshots/',
          kind: 'wrong_json',
          body: { count: 9, results: [{ id: 5 }] },
        },
      },
    );
    expect(step.exitCode).toBe(1);
    expect(left).toHaveLength(4);
  });
});

test('cancelled while a deletion is under way: it is not called untouched, and post knows', async () => {
  const testEnv = new TestEnvironment({ snapshots: [own(1)], faults: { ...DELETE, kind: 'silence' } });
  const step = testEnv.start({ use: 'delete', inputs: deleteInputs({ snapshotIds: ['1'] }) });
  await testEnv.pass(3000);
  step.signal('SIGINT');
  await testEnv.clock.run(step.done);
  expect([step.exitCode, step.runner.outputs.get('deleted')]).toEqual([1, '']);
  expect(step.runner.summary).toContain('not confirmed as deleted');
  expect(testEnv.deletionRecords.read('1')).toBe('unknown');
});

describe('outcome', () => {
  testOutcomes({
    'a dry run: what would be deleted': {
      snapshots: [own(1)],
      commands: [{ use: 'delete', inputs: deleteInputs({ snapshotIds: ['1'], dryRun: true }) }],
      outcome: [
        'delete exit 0 | 🔎 Dry run: 1 of 1 VPS.org snapshot would be deleted | 1 would be deleted',
        'left: 1 completed',
      ],
    },
    'a dry run of another one’s: red, and no plan': {
      snapshots: [theirs(2)],
      commands: [{ use: 'delete', inputs: deleteInputs({ snapshotIds: ['2'], dryRun: true }) }],
      outcome: [
        'delete exit 1 | ❌ 0 of 1 VPS.org snapshot deleted | error Nothing deleted | 2 not touched',
        'left: 2 completed',
      ],
    },
    'a name, beside a snapshot without an id: its ids are said': {
      snapshots: [own(1), own(4)],
      switches: { snapshot_missing: ['id'], fields_on: 'oldest' },
      commands: [
        { use: 'delete', inputs: deleteInputs({ snapshotIds: ['own-4', 'own-1'] }) },
        { use: 'delete', inputs: deleteInputs({ snapshotIds: ['77'] }) },
      ],
      outcome: [
        'delete exit 1 | ❌ 0 of 2 VPS.org snapshots deleted | error Nothing deleted | own-4 not touched | own-1 not touched',
        'delete exit 1 | ❌ 0 of 1 VPS.org snapshot deleted | error Nothing deleted | 77 not touched',
        'left: 1 completed, 4 completed',
      ],
      says: [
        "'own-4' is the name of 4: write the id",
        "'own-1' is the name of without a usable id",
        '77: not in the list, which does not show everything',
      ],
    },
    'a refused deletion leaves nothing for the post step to say': {
      main: {},
      faults: { ...DELETE, kind: 'status', status: 403 },
      commands: [{ use: 'delete', inputs: deleteInputs({ snapshotIds: ['801'] }) }],
      post: {},
      outcome: [
        'main exit 0 | 📸 VPS.org snapshot complete | 801 completed | offers 801',
        'delete exit 1 | ❌ 0 of 1 VPS.org snapshot deleted | warning Snapshot not deleted | error Not all deleted | 801 not confirmed as deleted',
        'post exit 0',
        'POST /snapshots/ 201',
        'DELETE /snapshots/801/ 403',
        'left: 801 completed',
      ],
      neverSays: ['outcome unknown'],
    },
    'one of two is refused: the other is deleted': {
      snapshots: [own(1), own(4)],
      faults: { ...DELETE, kind: 'status', status: 403 },
      commands: [{ use: 'delete', inputs: deleteInputs({ snapshotIds: ['1', '4'] }) }],
      outcome: [
        'delete exit 1 | ❌ 1 of 2 VPS.org snapshots deleted | warning Snapshot not deleted | error Not all deleted | 1 not confirmed as deleted | 4 deleted',
        'DELETE /snapshots/1/ 403',
        'DELETE /snapshots/4/ 204',
        'left: 1 completed',
      ],
      says: ['delete snapshots', /Not known to be deleted: 1\./],
    },
    'a number above 2^53 as the API gives it: never deleted, with force neither': {
      switches: { snapshot_ids: 'huge' },
      main: {},
      commands: [
        { use: 'delete', inputs: deleteInputs({ snapshotIds: ['9007199254740993'] }) },
        { use: 'delete', inputs: deleteInputs({ snapshotIds: ['9007199254740993'], force: true }) },
      ],
      outcome: [
        'main exit 0 | 📸 VPS.org snapshot complete | 9007199254740993 completed',
        'delete exit 1 | ❌ 0 of 1 VPS.org snapshot deleted | error Nothing deleted | 9007199254740993 not touched',
        'delete exit 1 | ❌ 0 of 1 VPS.org snapshot deleted | error Nothing deleted | 9007199254740993 not touched',
        'POST /snapshots/ 201',
        'left: 9007199254740993 completed',
      ],
      says: ['too large a number'],
    },
    'an id above 2^53 that the API gives as text is used as it is': {
      faults: answeredWith(completeList(listed(1, { id: 9_007_199_254_740_993n.toString() })), {
        ...LISTS,
        nth: 1,
      }),
      commands: [
        { use: 'delete', inputs: deleteInputs({ snapshotIds: ['9007199254740993', '77'] }) },
        { use: 'delete', inputs: deleteInputs({ snapshotIds: ['78'], force: true }) },
      ],
      outcome: [
        'delete exit 0 | 🗑️ 1 of 2 VPS.org snapshots deleted | notice Already gone | 9007199254740993 deleted | 77 was already gone',
        'delete exit 0 | 🗑️ 0 of 1 VPS.org snapshot deleted | notice Already gone | 78 was already gone',
        'DELETE /snapshots/9007199254740993/ 404',
        'left: nothing',
      ],
      says: ['snapshot 9007199254740993 deleted'],
    },
  });
});
