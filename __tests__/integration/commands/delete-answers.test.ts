import { describe, expect, test } from '@jest/globals';
import { deleteInputs, pruneInputs } from '../harness/inputs.ts';
import { DELETE, GET_SERVER, LIST_SERVERS, LISTS, own, theirs } from '../harness/samples.ts';
import type { StepProcess } from '../harness/step-process.ts';
import {
  DAY,
  HOUR,
  START,
  TestEnvironment,
  type TestEnvironmentOptions,
} from '../harness/test-environment.ts';

/** What is gone is said by a 204, or by complete lists; a list that may be cut shows only what is there. */

const removals = (testEnv: TestEnvironment) => testEnv.calls().filter((call) => call.startsWith('DELETE'));

async function remove(
  options: TestEnvironmentOptions,
  inputs: Parameters<typeof deleteInputs>[0],
): Promise<{ testEnv: TestEnvironment; step: StepProcess }> {
  const testEnv = new TestEnvironment(options);
  return { testEnv, step: await testEnv.run({ use: 'delete', inputs: deleteInputs(inputs) }) };
}

describe('a bare array that is cut at 20', () => {
  const snapshots = Array.from({ length: 25 }, (_, index) =>
    own(100 + index, { created_at: START - (26 - index) * HOUR }),
  );
  const options = { snapshots, switches: { lists: 'bare' as const, list_limit: 20 } };

  test('does not show that the one beyond is gone: nothing is deleted, red', async () => {
    const { testEnv, step } = await remove(options, { snapshotIds: ['101'] });
    expect(step.exitCode).toBe(1);
    expect(removals(testEnv)).toEqual([]);
    expect(step.runner.titles()).toEqual(['error Nothing deleted']);
    expect(step.runner.visible()).not.toMatch(/already gone/i);
  });

  test('with force it is deleted by its id', async () => {
    const { testEnv, step } = await remove(options, { snapshotIds: ['101'], force: true });
    expect(step.exitCode).toBe(0);
    expect(removals(testEnv)).toEqual(['DELETE /snapshots/101/']);
    expect(step.runner.outputs.get('deleted')).toBe('101');
  });

  test('with force, and one that is not there: it may be of any server', async () => {
    const { step } = await remove(options, { snapshotIds: ['4711'], force: true });
    expect(step.runner.annotations[0]?.text).toMatch(/^snapshot 4711 may still be there/);
  });

  test('one that it shows is deleted', async () => {
    const { testEnv, step } = await remove(options, { snapshotIds: ['120'] });
    expect(step.exitCode).toBe(0);
    expect(testEnv.existing().some(({ id }) => id === '120')).toBe(false);
  });

  test('an array of 25 may be cut as well; one of 24 is all there is', async () => {
    const at25 = await remove({ snapshots, switches: { lists: 'bare' } }, { snapshotIds: ['77'] });
    expect(at25.step.exitCode).toBe(1);
    const at24 = await remove(
      { snapshots: snapshots.slice(1), switches: { lists: 'bare' } },
      { snapshotIds: ['77'] },
    );
    expect(at24.step.runner.titles()).toEqual(['notice Already gone']);
  });
});

describe.each([200, 202] as const)('DELETE is answered with %i', (delete_answer) => {
  test.each([
    ['is gone at once', 0],
    ['goes within 20 s', 20],
  ])('and the snapshot %s: deleted, as lists show', async (_, delete_seconds) => {
    const options = { snapshots: [own(1), own(2)], switches: { delete_answer, delete_seconds } };
    const { testEnv, step } = await remove(options, { snapshotIds: ['1'] });
    expect(step.exitCode).toBe(0);
    expect(step.runner.titles()).toEqual([]);
    expect(step.runner.outputs.get('deleted')).toBe('1');
    expect(removals(testEnv)).toHaveLength(1);
  });

  test('and the snapshot stays for an hour: not called deleted, and not asked for again', async () => {
    const options = { snapshots: [own(1), own(2)], switches: { delete_answer, delete_seconds: 3600 } };
    const { testEnv, step } = await remove(options, { snapshotIds: ['1'] });
    expect(step.exitCode).toBe(1);
    expect(step.runner.outputs.get('deleted')).toBe('');
    expect(step.endedAt).toBeGreaterThanOrEqual(60_000);
    expect(step.endedAt).toBeLessThan(75_000);
    expect(removals(testEnv)).toHaveLength(1);
  });

  test('a rotation goes on when the list shows the slot', async () => {
    const snapshots = [own(1), own(2), theirs(3), theirs(4), theirs(5)];
    const testEnv = new TestEnvironment({ snapshots, switches: { delete_answer, delete_seconds: 20 } });
    const main = await testEnv.main({ whenFull: 'rotate' });
    expect(main.exitCode).toBe(0);
    expect(testEnv.existing().map(({ id }) => id)).toEqual(['2', '3', '4', '5', '801']);
  });
});

describe('prune', () => {
  test('of dated ones and one without a time: the newest dated one stays, the undated too', async () => {
    for (const fields_on of ['oldest', 'newest'] as const) {
      const snapshots = [own(1), own(2), own(3), own(4)];
      const testEnv = new TestEnvironment({
        snapshots,
        switches: { fields_on, snapshot_missing: ['created_at'] },
      });
      const step = await testEnv.run({ use: 'prune', inputs: pruneInputs({ keepLast: 1 }) });
      const undated = fields_on === 'oldest' ? '1' : '4';
      const newest = fields_on === 'oldest' ? '4' : '3';
      const left = testEnv.existing().map(({ id }) => id);
      expect(left).toEqual([undated, newest].toSorted());
      expect(step.exitCode).toBe(0);
      expect(step.runner.visible()).toContain('its creation time is missing');
    }
  });

  test('and rotation leave a snapshot alone that names no server where the filter is ignored', async () => {
    // The oldest of each server does not say whose it is: 1 of another one, and 11.
    const options = (): TestEnvironmentOptions => ({
      servers: [{ id: 12_345 }, { id: 2, name: 'db' }],
      snapshots: [
        own(1, { server_id: 2, created_at: START - 30 * DAY }),
        ...[11, 12, 13, 14].map((id) => own(id)),
      ],
      switches: { server_filter: 'ignored', fields_on: 'oldest', snapshot_missing: ['server'] },
    });
    const pruned = new TestEnvironment(options());
    await pruned.run({ use: 'prune', inputs: pruneInputs({ keepLast: 1 }) });
    expect(pruned.existing().map(({ id }) => id)).toEqual(['1', '11', '14']);
    const rotated = new TestEnvironment(options());
    const main = await rotated.main({ whenFull: 'rotate' });
    // Each holds a slot, since it may be of this server.
    expect(main.exitCode).toBe(0);
    expect(removals(rotated)).toEqual(['DELETE /snapshots/12/']);
  });

  test('goes by the day for those in progress, and never takes one being deleted', async () => {
    const snapshots = [
      own(1, { status: 'in_progress', created_at: START - 72 * HOUR }),
      own(2, { status: 'in_progress', created_at: START - 2 * HOUR }),
      own(3, { status: 'deleting', created_at: START - 72 * HOUR }),
      own(4),
    ];
    const testEnv = new TestEnvironment({
      snapshots,
      switches: { snapshot_seconds: [36_000, 36_000], delete_seconds: 36_000 },
    });
    testEnv.api.setSwitches({ delete_seconds: 0 });
    const step = await testEnv.run({ use: 'prune', inputs: pruneInputs({ keepLast: 1 }) });
    expect(removals(testEnv)).toEqual(['DELETE /snapshots/1/']);
    expect(step.runner.outputs.get('deleted')).toBe('1');
  });

  test('deletes nothing on a server that is being restored, and nothing younger than an hour', async () => {
    const restoring = new TestEnvironment({ snapshots: [own(1), own(2)] });
    restoring.api.addEvents([{ kind: 'restore', at: 0, snapshot_id: 2, seconds: 600 }]);
    const refused = await restoring.run({ use: 'prune', inputs: pruneInputs({ keepLast: 1 }) });
    expect(removals(restoring)).toEqual([]);
    expect(refused.exitCode).toBe(1);
    expect(refused.runner.visible()).toContain('the server is being restored, so nothing is deleted');
    // Nothing goes, so everything is kept.
    expect([refused.runner.outputs.get('deleted'), refused.runner.outputs.get('kept')]).toEqual(['', '1,2']);
    expect(refused.runner.summary).toMatch(
      /`1`.*❌ not deleted.*\n.*`2`.*kept|`2`.*kept.*\n.*`1`.*❌ not deleted/,
    );

    const young = [own(1, { created_at: START - HOUR + 60_000 }), own(2, { created_at: START - 60_000 })];
    const testEnv = new TestEnvironment({ snapshots: young });
    await testEnv.run({ use: 'prune', inputs: pruneInputs({ keepLast: 1 }) });
    expect(removals(testEnv)).toEqual([]);
  });
});

test.each<[string, object, RegExp]>([
  [
    'is refused for the moment',
    { times: 8, kind: 'status', status: 409 },
    /^Still deleting after .*: snapshot 1: .*409/m,
  ],
  [
    'is accepted and not carried out',
    { kind: 'status', status: 202 },
    /^Still deleting after .*: snapshot 1: .*looking for it in lists/m,
  ],
])('a deletion that %s is waited for, and the log says so', async (_, fault, line) => {
  const { step } = await remove(
    { snapshots: [own(1)], faults: { ...DELETE, ...fault } },
    { snapshotIds: ['1'] },
  );
  expect(step.runner.visible()).toMatch(line);
});

describe('what waits until the budget ends uses up nobody else’s time', () => {
  const servers = [{ id: 1 }, { id: 2 }];
  const snapshots = [1, 2].flatMap((server_id) =>
    [server_id * 2, server_id * 2 + 1].map((id) => own(id, { server_id })),
  );
  const lost = { method: 'DELETE', path: '/snapshots/2/', times: 999, kind: 'reset_before' };

  test('prune: a list that never comes', async () => {
    // The second request is for the other server.
    const faults = [{ nth: 1 }, { nth: 3, times: 9999 }].map((when) => ({
      ...LISTS,
      ...when,
      kind: 'status',
      status: 503,
    }));
    const testEnv = new TestEnvironment({ servers, snapshots, faults });
    const step = await testEnv.run({ use: 'prune', inputs: pruneInputs({ serverIds: ['1', '2'] }) });
    expect(step.exitCode).toBe(1);
    expect(step.runner.outputs.get('deleted')).toBe('4');
  });

  test('delete: a request that is lost each time', async () => {
    const { step } = await remove({ servers, snapshots, faults: lost }, { snapshotIds: ['2', '4'] });
    expect(step.exitCode).toBe(1);
    expect(step.runner.outputs.get('deleted')).toBe('4');
  });
});

describe('a server that is being restored', () => {
  const snapshots = [own(1), own(2), own(3), own(4)];
  const prune = { use: 'prune', inputs: pruneInputs({ keepLast: 1 }) } as const;

  test('is not taken for one that the token may not read, however often that is said within a minute', async () => {
    const testEnv = new TestEnvironment({ snapshots });
    testEnv.api.addEvents([{ kind: 'restore', at: 0, snapshot_id: 4, seconds: 600 }]);
    for (const read of [GET_SERVER, LIST_SERVERS])
      testEnv.addFaults({ ...read, nth: 1, for_ms: 50_000, kind: 'status', status: 403 });
    const step = await testEnv.run(prune);
    expect(removals(testEnv)).toEqual([]);
    expect(step.exitCode).toBe(1);
  });

  test('loses no further snapshot, where its restore begins between two deletions', async () => {
    const faults = { ...DELETE, kind: 'late', ms: 10_000 };
    const testEnv = new TestEnvironment({ snapshots, faults });
    testEnv.api.addEvents([{ kind: 'restore', at: 5, snapshot_id: 4, seconds: 600 }]);
    const step = await testEnv.run(prune);
    expect(removals(testEnv)).toEqual(['DELETE /snapshots/1/']);
    expect(step.exitCode).toBe(1);
    expect(step.runner.outputs.get('deleted')).toBe('1');
    expect(step.runner.outputs.get('kept')?.split(',').toSorted()).toEqual(['2', '3', '4']);
  });

  test('that the token may not read is pruned, with one notice', async () => {
    const testEnv = new TestEnvironment({ snapshots });
    for (const read of [GET_SERVER, LIST_SERVERS])
      testEnv.addFaults({ ...read, nth: 1, times: 99, kind: 'status', status: 403 });
    const step = await testEnv.run(prune);
    expect(removals(testEnv)).toHaveLength(3);
    expect(step.runner.titles()).toEqual(['notice Server not read before deleting']);
  });
});
