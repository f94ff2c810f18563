import { describe, expect, test } from '@jest/globals';
import type { DeleteInputs, PruneInputs, RestoreInputs } from '../../../src/github/inputs/actions.ts';
import { deleteInputs, jobOf, pruneInputs, restoreInputs } from '../harness/inputs.ts';
import type { StepProcess } from '../harness/step-process.ts';
import { DAY, HOUR, markerOf, SERVER, Stage, START, type StageOptions } from '../harness/test-environment.ts';

const own = (id: number, given: object = {}) => ({
  id,
  name: `own-${id}`,
  created_at: START - (20 - id) * DAY,
  content: `state-${id}`,
  description: markerOf({ runId: String(8000 + id) }),
  ...given,
});
const theirs = (id: number) =>
  own(id, { name: `theirs-${id}`, description: markerOf({ repositoryId: '7' }) });
const byHand = (id: number) => own(id, { name: `by-hand-${id}`, description: 'made by hand' });

describe('restore', () => {
  async function restore(
    inputs: Partial<RestoreInputs>,
    options: StageOptions = {},
  ): Promise<{ stage: Stage; step: StepProcess }> {
    const stage = new Stage({ snapshots: [own(1), theirs(2), own(3)], ...options });
    stage.machine.deploy(SERVER, 'broken');
    return { stage, step: await stage.run({ use: 'restore', inputs: restoreInputs(inputs) }) };
  }

  test('restores the newest, verifies it, and is green', async () => {
    const { stage, step } = await restore({ snapshotIds: ['3'], serverId: SERVER });
    expect(step.exitCode).toBe(0);
    expect(stage.machine.contentOf(SERVER)).toBe('state-3');
    expect(step.runner.outputs.get('restored')).toBe('true');
    expect(JSON.parse(step.runner.outputs.get('restores') ?? '')).toMatchObject([
      {
        server_id: SERVER,
        server_name: 'web-server-01',
        snapshot_id: '3',
        requested: true,
        confirmed: true,
        started: false,
        health: 'not_checked',
        server_status: 'active',
      },
    ]);
  });

  test.each<[string, Partial<RestoreInputs>, StageOptions?]>([
    ['an older one', { snapshotIds: ['1'] }],
    [
      'one of another server',
      { snapshotIds: ['3'], serverId: '2' },
      { servers: [{ id: SERVER }, { id: 2 }] },
    ],
    ['one that is not listed', { snapshotIds: ['77'] }],
    ['one in progress', { snapshotIds: ['3'] }, { snapshots: [own(3, { status: 'in_progress' })] }],
    ['one that failed', { snapshotIds: ['3'] }, { snapshots: [own(3, { status: 'failed' })] }],
    ['two of one server', { snapshotIds: ['1', '3'], allowOlder: true }],
    [
      'one of this run, of an earlier attempt',
      { snapshotIds: ['4'] },
      { snapshots: [own(4, { description: markerOf({ runId: '9001', runAttempt: 0 }) })] },
    ],
  ])('refuses %s: nothing is requested, red', async (_, inputs, options = {}) => {
    const { stage, step } = await restore(inputs, options);
    expect(step.exitCode).toBe(1);
    expect(stage.truth.restores).toEqual([]);
    expect(stage.calls().filter((call) => call.startsWith('POST'))).toEqual([]);
    expect(step.runner.outputs.get('restored')).toBe('false');
  });

  test.each([
    ['an older one with allow_older', ['1'], 'state-1'],
    ["another repository's, which a person named", ['2'], 'state-2'],
  ])('restores %s', async (_, snapshotIds, content) => {
    const { stage, step } = await restore({ snapshotIds, allowOlder: true });
    expect(step.exitCode).toBe(0);
    expect(stage.machine.contentOf(SERVER)).toBe(content);
  });

  test('a server that is being restored already: waits for its end, and is red', async () => {
    const stage = new Stage({ snapshots: [own(3)] });
    const first = stage.start({ use: 'restore', inputs: restoreInputs({ snapshotIds: ['3'] }) });
    await stage.pass(30_000);
    const second = await stage.run({ use: 'restore', inputs: restoreInputs({ snapshotIds: ['3'] }) });
    await stage.clock.run(first.done);
    expect(first.exitCode).toBe(0);
    expect(second.exitCode).toBe(1);
    expect(second.endedAt).toBeGreaterThan((stage.truth.restores[0]?.endedAt ?? 0) - START);
    expect(stage.truth.restores).toHaveLength(1);
    expect(second.runner.visible()).toMatch(/another restore/i);
  });

  test('several servers: each gets its own, and one that fails does not hide the others', async () => {
    const servers = [{ id: 1 }, { id: 2 }];
    const snapshots = [own(11, { server_id: 1 }), own(12, { server_id: 2, status: 'failed' })];
    const stage = new Stage({ servers, snapshots });
    const step = await stage.run({ use: 'restore', inputs: restoreInputs({ snapshotIds: ['11', '12'] }) });
    expect(step.exitCode).toBe(1);
    expect(stage.truth.restores.map(({ snapshotId }) => snapshotId)).toEqual(['11']);
    const told = JSON.parse(step.runner.outputs.get('restores') ?? '') as { confirmed: boolean }[];
    expect(told.map(({ confirmed }) => confirmed)).toEqual([true, false]);
    expect(step.runner.outputs.get('restored')).toBe('false');
  });

  test('a dry run says what it would do, and requests nothing', async () => {
    const { stage, step } = await restore({ snapshotIds: ['3'], dryRun: true });
    expect(step.exitCode).toBe(0);
    expect(new Set(stage.requests.map(({ method }) => method))).toEqual(new Set(['GET']));
    expect(step.runner.visible()).toContain('would be restored');
  });
});

describe('delete', () => {
  async function remove(
    inputs: Partial<DeleteInputs>,
    options: StageOptions = {},
  ): Promise<{ stage: Stage; step: StepProcess; left: string[] }> {
    const stage = new Stage({ snapshots: [own(1), theirs(2), byHand(3), own(4)], ...options });
    const step = await stage.run({ use: 'delete', inputs: deleteInputs(inputs) });
    return { stage, step, left: stage.existing().map(({ id }) => id) };
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
    ['a dry run: none', { snapshotIds: ['1'], dryRun: true }, ['1', '2', '3', '4'], '', 0],
  ])('%s', async (_, inputs, expected, deleted, code) => {
    const { step, left } = await remove(inputs);
    expect(left).toEqual(expected);
    expect(step.runner.outputs.get('deleted')).toBe(deleted);
    expect(step.exitCode).toBe(code);
  });

  test.each([
    ['refused', { kind: 'status', status: 403 }, 1, ''],
    ['lost once', { kind: 'reset_before', nth: 1 }, 0, '1'],
    ['lost after it was carried out', { kind: 'reset_after', nth: 1 }, 0, ''],
    ['down', { kind: 'status', status: 503, times: 99 }, 1, ''],
  ])('a request that is %s', async (_, fault, code, deleted) => {
    const { step } = await remove(
      { snapshotIds: ['1'] },
      { faults: { method: 'DELETE', path: '*', ...fault } },
    );
    expect(step.exitCode).toBe(code);
    expect(step.runner.outputs.get('deleted')).toBe(deleted);
  });

  test('an incomplete list tells nothing: none is deleted', async () => {
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

describe('prune', () => {
  const young = own(9, { created_at: START - HOUR });

  test.each<[string, Partial<PruneInputs>, string[]]>([
    ['keep_last 1', { keepLast: 1 }, ['2', '3', '9']],
    ['keep_last 2', { keepLast: 2 }, ['2', '3', '5', '9']],
    ['keep_last 9', { keepLast: 9 }, ['1', '2', '3', '5', '9']],
    ['older than a day: the newest stays', { keepLast: 1, olderThan: DAY }, ['2', '3', '9']],
    ['older than 17 days, and beyond the newest', { keepLast: 1, olderThan: 17 * DAY }, ['2', '3', '5', '9']],
    ['a dry run', { keepLast: 1, dryRun: true }, ['1', '2', '3', '5', '9']],
  ])('%s', async (_, inputs, expected) => {
    const stage = new Stage({ snapshots: [own(1), theirs(2), byHand(3), own(5), young] });
    const step = await stage.run({ use: 'prune', inputs: pruneInputs(inputs) });
    expect(step.exitCode).toBe(0);
    expect(stage.existing().map(({ id }) => id)).toEqual(expected);
    for (const id of ['1', '2', '3', '5', '9']) expect(step.runner.summary).toContain(`\`${id}\``);
  });

  test('what is in progress neither counts nor goes, and failed ones go first', async () => {
    const stage = new Stage({
      snapshots: [own(1), own(5), own(6, { status: 'failed' }), own(7, { status: 'in_progress' })],
    });
    await stage.run({ use: 'prune', inputs: pruneInputs({ keepLast: 1 }) });
    expect(stage.calls().filter((call) => call.startsWith('DELETE'))).toEqual([
      'DELETE /snapshots/6/',
      'DELETE /snapshots/1/',
    ]);
  });

  test.each([
    ['unreadable', 'unreadable' as const],
    ['in the future', 'future' as const],
  ])('times that are %s protect', async (_, created_at) => {
    const snapshots = [own(1, { created_at: START - 60_000 }), own(2, { created_at: START - 30_000 })];
    const stage = new Stage({ snapshots, switches: { created_at } });
    await stage.run({ use: 'prune', inputs: pruneInputs({ keepLast: 1 }) });
    expect(stage.existing()).toHaveLength(2);
  });

  test('the clock of the runner does not matter', async () => {
    const stage = new Stage({ snapshots: [own(1), young], wallSkewMs: 40 * DAY });
    await stage.run({ use: 'prune', inputs: pruneInputs({ keepLast: 1, olderThan: 30 * DAY }) });
    expect(stage.existing()).toHaveLength(2);
  });

  test('a server that cannot be read does not keep the others from it, and the step is red', async () => {
    const stage = new Stage({
      servers: [{ id: 1 }, { id: 2 }],
      snapshots: [1, 2].flatMap((server_id) => [
        own(server_id * 2, { server_id }),
        own(server_id * 2 + 1, { server_id }),
      ]),
      faults: { method: 'GET', path: '/snapshots/', nth: 1, kind: 'status', status: 403 },
    });
    const step = await stage.run({ use: 'prune', inputs: pruneInputs({ serverIds: ['1', '2'] }) });
    expect(step.exitCode).toBe(1);
    expect(stage.existing().map(({ id }) => id)).toEqual(['2', '3', '5']);
    expect(step.runner.outputs.get('deleted')).toBe('4');
  });

  test('of two repositories on one server each prunes its own', async () => {
    const stage = new Stage({ snapshots: [own(1), theirs(2), own(3), theirs(4)] });
    await stage.run({ use: 'prune', inputs: pruneInputs({ keepLast: 1 }) });
    await stage.run(
      { use: 'prune', inputs: pruneInputs({ keepLast: 1 }) },
      { job: jobOf({ repositoryId: '7', runId: '1' }) },
    );
    expect(stage.existing().map(({ id }) => id)).toEqual(['3', '4']);
  });
});
