import { describe, expect, test } from '@jest/globals';
import { jobOf, pruneInputs, type PruneInputs } from '../harness/inputs.ts';
import { testOutcomes } from '../harness/outcome-tests.ts';
import {
  byHand,
  DELETE,
  GET_SERVER,
  LISTS,
  own,
  SERVER_UUID,
  theirs,
  TWO_SERVERS,
} from '../harness/samples.ts';
import { DAY, HOUR, START, TestEnvironment } from '../harness/test-environment.ts';

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
    const testEnv = new TestEnvironment({ snapshots: [own(1), theirs(2), byHand(3), own(5), young] });
    const step = await testEnv.run({ use: 'prune', inputs: pruneInputs(inputs) });
    expect(step.exitCode).toBe(0);
    expect(testEnv.existing().map(({ id }) => id)).toEqual(expected);
    for (const id of ['1', '2', '3', '5', '9']) expect(step.runner.summary).toContain(`\`${id}\``);
  });

  test('what is in progress neither counts nor goes, and failed ones go first', async () => {
    const testEnv = new TestEnvironment({
      snapshots: [
        own(1),
        own(5),
        own(6, { status: 'failed' }),
        own(7, { status: 'in_progress', created_at: START - 2 * HOUR }),
      ],
    });
    const step = await testEnv.run({ use: 'prune', inputs: pruneInputs({ keepLast: 1 }) });
    expect(testEnv.calls().filter((call) => call.startsWith('DELETE'))).toEqual([
      'DELETE /snapshots/6/',
      'DELETE /snapshots/1/',
    ]);
    expect(step.runner.outputs.get('deleted')).toBe('6,1');
  });

  test.each([
    ['unreadable', 'unreadable' as const],
    ['in the future', 'future' as const],
  ])('times that are %s protect', async (_, created_at) => {
    const snapshots = [own(1, { created_at: START - 60_000 }), own(2, { created_at: START - 30_000 })];
    const testEnv = new TestEnvironment({ snapshots, switches: { created_at } });
    await testEnv.run({ use: 'prune', inputs: pruneInputs({ keepLast: 1 }) });
    expect(testEnv.existing()).toHaveLength(2);
  });

  test('the clock of the runner does not matter', async () => {
    const testEnv = new TestEnvironment({ snapshots: [own(1), young], wallSkewMs: 40 * DAY });
    await testEnv.run({ use: 'prune', inputs: pruneInputs({ keepLast: 1, olderThan: 30 * DAY }) });
    expect(testEnv.existing()).toHaveLength(2);
  });

  test('a server that cannot be read does not keep the others from it, and the step is red', async () => {
    const testEnv = new TestEnvironment({
      servers: [{ id: 1 }, { id: 2 }],
      snapshots: [1, 2].flatMap((server_id) => [
        own(server_id * 2, { server_id }),
        own(server_id * 2 + 1, { server_id }),
      ]),
      // Both tries at the first one; the second request is for the other.
      faults: [1, 3].map((nth) => ({ ...LISTS, nth, kind: 'status', status: 403 })),
    });
    const step = await testEnv.run({ use: 'prune', inputs: pruneInputs({ serverIds: ['1', '2'] }) });
    expect(step.exitCode).toBe(1);
    expect(testEnv.existing().map(({ id }) => id)).toEqual(['2', '3', '5']);
    expect(step.runner.outputs.get('deleted')).toBe('4');
  });

  test('cancelled: nothing more is read, and each server that was not pruned is named', async () => {
    const serverIds = ['1', '2', '3', '4'];
    const testEnv = new TestEnvironment({
      servers: serverIds.map((id) => ({ id: Number(id) })),
      faults: { ...LISTS, nth: 1, times: 9, kind: 'delay', ms: 20_000 },
    });
    const step = testEnv.start({ use: 'prune', inputs: pruneInputs({ serverIds }) });
    await testEnv.pass(10_000);
    step.signal('SIGINT');
    await testEnv.clock.run(step.done);
    expect([step.exitCode, testEnv.calls().length]).toEqual([1, 3]);
    for (const id of serverIds) expect(step.runner.summary).toContain(`${id}: The job was cancelled`);
  });

  test('of two repositories on one server each prunes its own', async () => {
    const testEnv = new TestEnvironment({ snapshots: [own(1), theirs(2), own(3), theirs(4)] });
    await testEnv.run({ use: 'prune', inputs: pruneInputs({ keepLast: 1 }) });
    await testEnv.run(
      { use: 'prune', inputs: pruneInputs({ keepLast: 1 }) },
      { job: jobOf({ repositoryId: '7', runId: '1' }) },
    );
    expect(testEnv.existing().map(({ id }) => id)).toEqual(['3', '4']);
  });
});

describe('outcome', () => {
  testOutcomes({
    'one server refuses, one is unknown: each is reported': {
      snapshots: [own(1), own(4)],
      faults: { ...DELETE, kind: 'status', status: 403 },
      commands: [{ use: 'prune', inputs: pruneInputs({ serverIds: ['12345', '77'] }) }],
      outcome: [
        'prune exit 1 | ❌ Not all pruned: 0 VPS.org snapshots pruned | warning Snapshot not deleted | error Not all pruned | 1 ❌ not confirmed as deleted | 4 kept',
        'DELETE /snapshots/1/ 403',
        'left: 1 completed, 4 completed',
      ],
      says: ['delete snapshots', 'VPS.org knows no server 77', 'snapshot 1 is not confirmed as deleted'],
      outputs: { deleted: '', kept: '4,1' },
      // The server is read before anything is deleted there.
      reads: {
        '/snapshots/?server_id=12345': 1,
        '/snapshots/?server_id=77': 1,
        '/servers/12345/': 1,
        '/servers/': 1,
      },
    },
    'nothing on a server that the API lists by another id: not called unknown': {
      servers: [{ id: 1, name: 'web' }],
      switches: { server_ids: 'uuid' },
      commands: [{ use: 'prune', inputs: pruneInputs({ serverIds: ['1'] }) }],
      outcome: ['prune exit 0 | ✂️ 0 VPS.org snapshots pruned | notice No snapshots listed', 'left: nothing'],
      says: ['VPS.org lists no snapshots for server 1'],
    },
    'the API filters nothing and lists servers by other ids than the one that was typed: it is asked which is meant':
      {
        servers: TWO_SERVERS,
        switches: { server_ids: 'uuid', server_filter: 'ignored' },
        snapshots: [own(1, { server_id: 1 }), own(2, { server_id: 2 }), own(3, { server_id: 1 })],
        commands: [{ use: 'prune', inputs: pruneInputs({ serverIds: ['1'] }) }],
        outcome: [
          'prune exit 0 | ✂️ 1 VPS.org snapshot pruned | 1 deleted | 3 kept',
          'DELETE /snapshots/1/ 204',
          'left: 2 completed, 3 completed',
        ],
      },
    'one server is typed in two forms: it is pruned once, and red': {
      servers: [{ id: 12_345, uuid: SERVER_UUID }],
      snapshots: [own(1), own(4)],
      commands: [{ use: 'prune', inputs: pruneInputs({ serverIds: ['12345', SERVER_UUID] }) }],
      outcome: [
        'prune exit 1 | ❌ Not all pruned: 1 VPS.org snapshot pruned | error Not all pruned | 1 deleted | 4 kept',
        'DELETE /snapshots/1/ 204',
        'left: 4 completed',
      ],
      says: ['this is the same server as 12345; give it once'],
      outputs: { deleted: '1', kept: '4' },
    },
    'one has no id: kept, and not among the ids that are put out': {
      snapshots: [own(1), own(3), own(4)],
      switches: { snapshot_missing: ['id'], fields_on: 'oldest' },
      commands: [{ use: 'prune', inputs: pruneInputs() }],
      outcome: [
        'prune exit 0 | ✂️ 1 VPS.org snapshot pruned | 3 deleted | 4 kept | no kept',
        'DELETE /snapshots/3/ 204',
        'left: 1 completed, 4 completed',
      ],
      outputs: { deleted: '3', kept: '4' },
    },
    'the token may not read servers: pruned, and it is said that a restore may be running': {
      snapshots: [own(1), own(4)],
      switches: { permissions: ['snapshots:read', 'snapshots:write'] },
      commands: [{ use: 'prune', inputs: pruneInputs() }],
      outcome: [
        'prune exit 0 | ✂️ 1 VPS.org snapshot pruned | notice Server not read before deleting | 1 deleted | 4 kept',
        'DELETE /snapshots/1/ 204',
        'left: 4 completed',
      ],
    },
    'the server cannot be read: nothing is pruned, since a restore may be running': {
      snapshots: [own(1), own(4)],
      faults: { ...GET_SERVER, nth: 1, times: 999, kind: 'status', status: 503 },
      commands: [{ use: 'prune', inputs: pruneInputs() }],
      outcome: [
        'prune exit 1 | ❌ Not all pruned: 0 VPS.org snapshots pruned | error Not all pruned | 1 ❌ not deleted | 4 kept',
        'left: 1 completed, 4 completed',
      ],
    },
  });
});
