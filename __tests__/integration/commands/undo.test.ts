import { describe, expect, test } from '@jest/globals';
import { parseMarker } from '../../../src/snapshots/marker.ts';
import { restoreInputs } from '../harness/inputs.ts';
import { CREATE_REQUEST, FULL, LISTS, own, TWO_SERVERS } from '../harness/samples.ts';
import { MINUTE, TestEnvironment } from '../harness/test-environment.ts';

/** A restore that can be undone: `snapshot_first`. */
describe('snapshot_first', () => {
  const second = own(12, { server_id: 2 });
  const snapshots = [own(11, { server_id: 1 }), second];
  const inputs = restoreInputs({ snapshotIds: ['11', '12'], snapshotFirst: true });

  test('the ids are given in the order of the snapshots, whichever was made first', async () => {
    const faults = { ...CREATE_REQUEST, kind: 'late', ms: 20_000 };
    const testEnv = new TestEnvironment({ servers: TWO_SERVERS, snapshots, faults });
    const step = await testEnv.run({ use: 'restore', inputs });
    expect(step.exitCode).toBe(0);
    const made = testEnv.actualState.snapshots.filter(({ madeBy }) => madeBy === 'api');
    expect(made.map(({ serverId }) => serverId)).toEqual(['2', '1']);
    const [ofSecond, ofFirst] = made.map(({ id }) => id);
    expect(step.runner.outputs.get('undo_snapshot_id')).toBe(`${ofFirst},${ofSecond}`);
    const restores = JSON.parse(step.runner.outputs.get('restores') ?? '') as { undo_snapshot_id: string }[];
    expect(restores.map(({ undo_snapshot_id }) => undo_snapshot_id)).toEqual([ofFirst, ofSecond]);
    expect(step.runner.visible()).toContain(`web (1): to undo the restore, restore snapshot ${ofFirst}`);
  });

  test('what waits for the end of another restore gets none, and leaves its place empty', async () => {
    const testEnv = new TestEnvironment({ servers: TWO_SERVERS, snapshots });
    testEnv.api.addEvents([{ kind: 'restore', at: 0, snapshot_id: 11, seconds: 600 }]);
    const step = await testEnv.run({ use: 'restore', inputs });
    expect(step.exitCode).toBe(1);
    const made = testEnv.actualState.snapshots.filter(({ madeBy }) => madeBy === 'api');
    expect(made.map(({ serverId }) => serverId)).toEqual(['2']);
    expect(step.runner.outputs.get('undo_snapshot_id')).toBe(`,${made[0]?.id}`);
    expect(step.runner.outputs.get('restores')).toContain('"undo_snapshot_id":null');
  });

  test('where one is refused none is made, since none is restored', async () => {
    const failed = own(11, { server_id: 1, status: 'failed' });
    const testEnv = new TestEnvironment({ servers: TWO_SERVERS, snapshots: [failed, second] });
    const step = await testEnv.run({ use: 'restore', inputs });
    expect([step.exitCode, step.runner.outputs.get('undo_snapshot_id')]).toEqual([1, ',']);
    expect(testEnv.calls().filter((call) => call.startsWith('POST'))).toEqual([]);
  });

  test('where nothing is restored, the output is empty', async () => {
    const testEnv = new TestEnvironment({ servers: TWO_SERVERS, snapshots: [] });
    const step = await testEnv.run({ use: 'restore', inputs });
    expect(step.exitCode).toBe(1);
    expect(step.runner.outputs.get('undo_snapshot_id')).toBe('');
  });

  test('one that is refused: nothing is overwritten, and that is what is said', async () => {
    const faults = { ...CREATE_REQUEST, kind: 'status', status: 403 };
    const testEnv = new TestEnvironment({ servers: TWO_SERVERS, snapshots, faults });
    const step = await testEnv.run({ use: 'restore', inputs });
    expect(step.exitCode).toBe(1);
    expect(testEnv.actualState.restores).toEqual([]);
    expect(step.runner.titles()).toEqual(['error Nothing restored']);
    expect(step.runner.annotations[0]?.text).toContain('no restore of snapshot 11, 12 was requested');
    expect(step.runner.visible()).toContain('POST /snapshots/');
    // Nothing that a person should type now.
    expect(step.runner.summary).not.toContain('/restore/');
    expect(step.runner.outputs.get('restores')).toContain('"snapshot_id":"11","requested":false');
  });

  test('one of two that is refused: the other one that was made is named, and what was read is reported', async () => {
    const faults = { ...CREATE_REQUEST, nth: 2, kind: 'status', status: 403 };
    const testEnv = new TestEnvironment({ servers: TWO_SERVERS, snapshots, faults });
    const step = await testEnv.run({ use: 'restore', inputs });
    const [made] = testEnv.actualState.snapshots.filter(({ madeBy }) => madeBy === 'api');
    expect(step.exitCode).toBe(1);
    expect(step.runner.summary).toContain(
      `snapshot ${made?.id}, which was taken to undo the restore, is not needed`,
    );
    expect(JSON.parse(step.runner.outputs.get('restores') ?? '')).toMatchObject([
      { server_id: '1', server_name: 'web', server_status: 'active', requested: false },
      { server_id: '2', server_name: 'db', server_status: 'active', requested: false },
    ]);
  });

  test('the list that shows a free slot does not come: red when restore_timeout is over, and nothing is overwritten', async () => {
    const testEnv = new TestEnvironment({ servers: TWO_SERVERS, snapshots });
    testEnv.addFaults({ ...LISTS, nth: 3, times: 9999, kind: 'status', status: 503 });
    const step = await testEnv.run({ use: 'restore', inputs });
    expect(step.exitCode).toBe(1);
    expect(step.runner.titles()).toEqual(['error Nothing restored']);
    expect(step.runner.visible()).toContain("'snapshot_first' needs the list of snapshots");
    expect(step.runner.annotations[0]?.text).toMatch(/caused by: GET .*503/);
    expect(testEnv.calls().filter((call) => call.startsWith('POST'))).toEqual([]);
    expect(testEnv.clock.now()).toBeLessThan(31 * MINUTE);
  });

  const ofOne = restoreInputs({ snapshotIds: ['1'], snapshotFirst: true });

  test('is not complete after 30 minutes: nothing is overwritten, and what was begun is named', async () => {
    const testEnv = new TestEnvironment({
      snapshots: [own(1)],
      switches: { snapshot_seconds: [9999, 9999] },
    });
    const step = await testEnv.run({ use: 'restore', inputs: ofOne });
    expect([step.exitCode, testEnv.actualState.restores]).toEqual([1, []]);
    expect(step.runner.visible()).toContain('the time for it (30m) exceeded');
    expect(step.runner.visible()).toContain('snapshot 801 of the server as it is now is being created');
  });

  test('a refusal of the first list while it is made is not believed at once', async () => {
    const testEnv = new TestEnvironment({ snapshots: [own(1)] });
    testEnv.addFaults({ ...LISTS, nth: 4, kind: 'status', status: 403 });
    const step = await testEnv.run({ use: 'restore', inputs: ofOne });
    expect(step.exitCode).toBe(0);
  });

  test('is known by its id where the API keeps no descriptions, so that nobody is warned of a newer one', async () => {
    const testEnv = new TestEnvironment({ snapshots: [own(1)], switches: { description_kept: 0 } });
    const step = await testEnv.run({
      use: 'restore',
      inputs: restoreInputs({ snapshotIds: ['1'], snapshotFirst: true }),
    });
    expect(step.exitCode).toBe(0);
    expect(testEnv.actualState.restores.map(({ snapshotId }) => snapshotId)).toEqual(['1']);
    expect(step.runner.visible()).not.toContain('Newer snapshot on the server');
  });

  test('a full server has no slot for it: nothing is deleted, made or overwritten', async () => {
    const testEnv = new TestEnvironment({ snapshots: FULL });
    const step = await testEnv.run({
      use: 'restore',
      inputs: restoreInputs({ snapshotIds: ['5'], snapshotFirst: true }),
    });
    expect(step.exitCode).toBe(1);
    expect(step.runner.annotations[0]?.text).toContain(
      "so 'snapshot_first' has no slot, and nothing was restored",
    );
    expect(step.runner.visible()).toContain('own-5: completed, 15d 0h old');
    expect(testEnv.calls().filter((call) => !call.startsWith('GET'))).toEqual([]);
  });

  test.each<[string, 'SIGINT' | 'SIGKILL', string[]]>([
    [
      'cancelled while it is made: that is said, and not that it was not to be had',
      'SIGINT',
      ['error Interrupted'],
    ],
    ['killed then: its id is put out already', 'SIGKILL', []],
  ])('a step that is %s', async (_, signal, titles) => {
    const testEnv = new TestEnvironment({ snapshots: [own(1)] });
    const step = testEnv.start({
      use: 'restore',
      inputs: restoreInputs({ snapshotIds: ['1'], snapshotFirst: true }),
    });
    await testEnv.pass(30_000);
    step.signal(signal);
    await testEnv.clock.run(step.done);
    expect(step.runner.titles()).toEqual(titles);
    expect(step.runner.summary).not.toContain('because the snapshot before it');
    expect(step.runner.outputs.get('restores')).not.toContain('was not to be had');
    expect(step.runner.outputs.get('undo_snapshot_id')).toBe('801');
    expect(testEnv.actualState.restores).toEqual([]);
  });

  test('an undo is undone like any restore, without allow_older', async () => {
    const testEnv = new TestEnvironment({ snapshots: [own(1)] });
    testEnv.api.deploy('12345', 'release 2');
    await testEnv.run({ use: 'restore', inputs: restoreInputs({ snapshotIds: ['1'], snapshotFirst: true }) });
    expect(testEnv.api.contentOf('12345')).toBe('state-1');
    const made = testEnv.actualState.snapshots.find(({ id }) => id === '801');
    expect(parseMarker(made?.description ?? '')).toMatchObject({
      isUndo: true,
      isProtected: false,
      isUnwaited: false,
    });
    const undo = restoreInputs({ snapshotIds: ['801'], snapshotFirst: true });
    expect((await testEnv.run({ use: 'restore', inputs: undo })).exitCode).toBe(0);
    expect(testEnv.api.contentOf('12345')).toBe('release 2');
  });
});
