import { describe, expect, test } from '@jest/globals';
import { type GivenRestore, restoreInputs, waitInputs } from '../harness/inputs.ts';
import { testOutcomes } from '../harness/outcome-tests.ts';
import { headlineOf } from '../harness/outcome.ts';
import {
  answeredWith,
  completeList,
  listed,
  LISTS,
  own,
  partialList,
  theirs,
  TWO_SERVERS,
} from '../harness/samples.ts';
import type { StepProcess } from '../harness/step-process.ts';
import {
  markerOf,
  SERVER,
  START,
  TestEnvironment,
  type TestEnvironmentOptions,
} from '../harness/test-environment.ts';

describe('restore', () => {
  async function restore(
    inputs: GivenRestore,
    options: TestEnvironmentOptions = {},
  ): Promise<{ testEnv: TestEnvironment; step: StepProcess }> {
    const testEnv = new TestEnvironment({ snapshots: [own(1), theirs(2), own(3)], ...options });
    testEnv.api.deploy(SERVER, 'broken');
    return { testEnv, step: await testEnv.run({ use: 'restore', inputs: restoreInputs(inputs) }) };
  }

  test('restores the newest, verifies it, and is green', async () => {
    const { testEnv, step } = await restore({ snapshotIds: ['3'], serverIds: [SERVER] });
    expect(step.exitCode).toBe(0);
    expect(testEnv.api.contentOf(SERVER)).toBe('state-3');
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
    expect(testEnv.comments).toMatchObject([{ serverIds: [SERVER], leg: '', use: 1 }]);
  });

  test.each<[string, GivenRestore, RegExp, TestEnvironmentOptions?]>([
    ['an older one', { snapshotIds: ['1'] }, /newer snapshot \(3/],
    [
      'one of another server',
      { snapshotIds: ['3'], serverIds: ['2'] },
      /3 is not listed for server 2/,
      { servers: [{ id: SERVER }, { id: 2 }] },
    ],
    ['one that is not listed', { snapshotIds: ['77'] }, /77 is not listed:/],
    [
      'one of a server that VPS.org does not know',
      { snapshotIds: ['3'], serverIds: ['99'] },
      /VPS\.org knows no server 99, so nothing was requested\. The token sees 12345 \(web-server-01\)\.$/,
    ],
    [
      'the latest of servers of which VPS.org knows one',
      { selection: { kind: 'latest' }, serverIds: [SERVER, '99'] },
      /VPS\.org knows no server 99/,
    ],
    [
      'one in progress',
      { snapshotIds: ['3'] },
      /the snapshot is 'in_progress'/,
      { snapshots: [own(3, { status: 'in_progress' })] },
    ],
    [
      'one that failed',
      { snapshotIds: ['3'] },
      /the snapshot is 'failed'/,
      { snapshots: [own(3, { status: 'failed' })] },
    ],
    ['two of one server', { snapshotIds: ['1', '3'], allowOlder: true }, /3 is of the same server/],
    [
      'one of this run, of an earlier attempt',
      { snapshotIds: ['4'] },
      /attempt 0 of this run/,
      { snapshots: [own(4, { description: markerOf({ runId: '9001', runAttempt: 0 }) })] },
    ],
  ])(
    'refuses %s: nothing is requested, red, and the reason is given',
    async (_, inputs, reason, options = {}) => {
      const { testEnv, step } = await restore(inputs, options);
      expect(step.exitCode).toBe(1);
      expect(testEnv.actualState.restores).toEqual([]);
      expect(testEnv.calls().filter((call) => call.startsWith('POST'))).toEqual([]);
      expect(step.runner.outputs.get('restored')).toBe('false');
      expect(step.runner.annotations.at(-1)?.text).toMatch(reason);
    },
  );

  test.each([
    ['an older one with allow_older', ['1'], 'state-1'],
    ["another repository's, which a person named", ['2'], 'state-2'],
  ])('restores %s', async (_, snapshotIds, content) => {
    const { testEnv, step } = await restore({ snapshotIds, allowOlder: true });
    expect(step.exitCode).toBe(0);
    expect(testEnv.api.contentOf(SERVER)).toBe(content);
  });

  test('a server that is being restored already: waits for its end, and is red', async () => {
    const testEnv = new TestEnvironment({ snapshots: [own(3)] });
    const first = testEnv.start({ use: 'restore', inputs: restoreInputs({ snapshotIds: ['3'] }) });
    await testEnv.pass(30_000);
    const second = await testEnv.run({ use: 'restore', inputs: restoreInputs({ snapshotIds: ['3'] }) });
    await testEnv.clock.run(first.done);
    expect(first.exitCode).toBe(0);
    expect(second.exitCode).toBe(1);
    expect(second.endedAt).toBeGreaterThan((testEnv.actualState.restores[0]?.endedAt ?? 0) - START);
    expect(testEnv.actualState.restores).toHaveLength(1);
    expect(second.runner.visible()).toMatch(/another restore/i);
  });

  test('several servers: each gets its own, reported as soon as it is requested', async () => {
    const servers = [{ id: 1 }, { id: 2 }];
    const snapshots = [own(11, { server_id: 1 }), own(12, { server_id: 2 })];
    const testEnv = new TestEnvironment({ servers, snapshots });
    const step = await testEnv.run({ use: 'restore', inputs: restoreInputs({ snapshotIds: ['11', '12'] }) });
    expect(step.exitCode).toBe(0);
    expect(testEnv.actualState.restores.map(({ snapshotId }) => snapshotId)).toEqual(['11', '12']);
    expect(headlineOf(step.runner.summaries[0] ?? '')).toContain('Restore requested, not confirmed');
    expect(step.runner.outputs.get('restored')).toBe('true');
  });

  test('a dry run while another restore runs plans none', async () => {
    const testEnv = new TestEnvironment({ snapshots: [own(3)] });
    testEnv.api.addEvents([{ kind: 'restore', at: 0, snapshot_id: 3, seconds: 600 }]);
    const inputs = restoreInputs({ snapshotIds: ['3'], dryRun: true });
    const step = await testEnv.run({ use: 'restore', inputs });
    expect([step.exitCode, headlineOf(step.runner.summary)]).toEqual([0, '🔎 Dry run: nothing was restored']);
    expect(step.runner.visible()).toContain('another restore is running, and its end would be waited for');
  });

  test.each<[string, 'SIGINT' | 'SIGKILL', number, string, object[]]>([
    ['cancelled before it knows anything', 'SIGINT', 1, '❌ Server NOT restored', []],
    [
      'killed while the restore is watched',
      'SIGKILL',
      30_000,
      '⚠️ Restore requested, not confirmed',
      [{ requested: true, confirmed: false }],
    ],
  ])(
    'a step that is %s: its outputs and its card say how it stands',
    async (_, signal, ms, headline, restores) => {
      const testEnv = new TestEnvironment({ snapshots: [own(3)] });
      const step = testEnv.start({ use: 'restore', inputs: restoreInputs({ snapshotIds: ['3'] }) });
      await testEnv.pass(ms);
      step.signal(signal);
      await testEnv.clock.run(step.done);
      expect(headlineOf(step.runner.summary)).toBe(headline);
      expect(JSON.parse(step.runner.outputs.get('restores') ?? '')).toMatchObject(restores);
    },
  );

  test('a dry run says what it would do, and requests nothing', async () => {
    const { testEnv, step } = await restore({ snapshotIds: ['3'], dryRun: true });
    expect(step.exitCode).toBe(0);
    expect(new Set(testEnv.requests.map(({ method }) => method))).toEqual(new Set(['GET']));
    expect(step.runner.visible()).toContain('would be restored');
  });
});

describe('outcome', () => {
  testOutcomes({
    'dry runs: with a snapshot before it, while another restore runs, and of one that is not there': {
      snapshots: [own(3)],
      commands: [
        { use: 'restore', inputs: restoreInputs({ snapshotIds: ['3'], dryRun: true, snapshotFirst: true }) },
        { use: 'restore', inputs: restoreInputs({ snapshotIds: ['77'], dryRun: true }) },
      ],
      outcome: [
        'restore exit 0 | 🔎 Dry run: snapshot 3 would be restored',
        'restore exit 1 | ❌ Dry run: nothing restored | error Nothing restored',
        'left: 3 completed',
      ],
      says: ['dry run: snapshot 3 would be restored, after a snapshot of the server as it is now'],
    },
    'the latest of a list that changes while it is read: waits until it is complete': {
      snapshots: [own(3)],
      faults: answeredWith(partialList(listed(1)), { ...LISTS, nth: 1 }),
      commands: [
        {
          use: 'restore',
          inputs: restoreInputs({ selection: { kind: 'latest' }, serverIds: [SERVER], dryRun: true }),
        },
      ],
      outcome: ['restore exit 0 | 🔎 Dry run: snapshot 3 would be restored', 'left: 3 completed'],
    },
    'two that are named, of which an incomplete list shows one: waits for the other': {
      servers: TWO_SERVERS,
      snapshots: [own(1, { server_id: 1 }), own(2, { server_id: 2 })],
      faults: answeredWith(partialList(listed(1, { server: { id: 1 } })), { ...LISTS, nth: 1 }),
      commands: [{ use: 'restore', inputs: restoreInputs({ snapshotIds: ['1', '2'], dryRun: true }) }],
      outcome: [
        'restore exit 0 | 🔎 Dry run: snapshot 1, 2 would be restored',
        'left: 1 completed, 2 completed',
      ],
    },
    'one that an incomplete list shows: its server is found at once': {
      snapshots: [own(3)],
      faults: answeredWith(partialList(listed(3)), { ...LISTS, nth: 1 }),
      commands: [{ use: 'restore', inputs: restoreInputs({ snapshotIds: ['3'], dryRun: true }) }],
      outcome: ['restore exit 0 | 🔎 Dry run: snapshot 3 would be restored', 'left: 3 completed'],
      took: [0],
    },
    'the server ends in error: not confirmed': {
      snapshots: [own(3)],
      switches: { after_restore: 'error' },
      commands: [{ use: 'restore', inputs: restoreInputs({ snapshotIds: ['3'] }) }],
      outcome: [
        "restore exit 1 | ⚠️ Restore requested, not confirmed; the server is 'error' | error Restore requested, not confirmed | 3 ⚠️ requested, not confirmed | offers 3",
        'POST /snapshots/3/restore/ 200',
        'comment on GitHub',
        'left: 3 completed, server 12345 error',
      ],
      says: ["the server is 'error'", '1 of 1 not restored'],
    },
    'a time in the future says nothing about what is lost': {
      snapshots: [{ ...own(3), created_at: START - 60_000 }],
      switches: { created_at: 'future' },
      commands: [{ use: 'restore', inputs: restoreInputs({ snapshotIds: ['3'] }) }],
      outcome: [
        'restore exit 0 | ⏪ Restored, all writes since the snapshot lost | notice Restored | 3 ✅ confirmed',
        'POST /snapshots/3/restore/ 200',
        'comment on GitHub',
        'left: 3 completed',
      ],
      says: ['Everything written to the server since the snapshot was taken is gone.'],
    },
    'the server ends stopped: it is started': {
      snapshots: [own(3)],
      switches: { after_restore: 'stopped' },
      commands: [{ use: 'restore', inputs: restoreInputs({ snapshotIds: ['3'], serverIds: [SERVER] }) }],
      outcome: [
        'restore exit 0 | ⏪ Restored to 2025-12-29 12:00 UTC, 17 d 0 h of writes lost | notice Restored | 3 ✅ confirmed',
        'POST /snapshots/3/restore/ 200',
        'POST /servers/12345/power/ start 200',
        'comment on GitHub',
        'left: 3 completed',
      ],
      says: ['"started":true', '"server_status":"active"'],
      reads: { '/snapshots/?server_id=12345': 2, '/servers/12345/': 70 },
    },
    'a snapshot that names no server, or one that cannot be read': {
      faults: answeredWith(
        completeList(
          listed(1, { server: null }),
          listed(2, { server: { uuid: 'a087eaf3-00b3-49c9-b706-c4ebfb2627fd' } }),
        ),
        {
          ...LISTS,
          nth: 1,
          times: 4,
        },
      ),
      commands: [
        { use: 'restore', inputs: restoreInputs({ snapshotIds: ['1'] }) },
        { use: 'restore', inputs: restoreInputs({ snapshotIds: ['2'], dryRun: true }) },
        { use: 'wait', inputs: waitInputs({ snapshotIds: ['1'], serverIds: [SERVER] }) },
      ],
      outcome: [
        'restore exit 1 | ❌ Nothing restored | error Nothing restored',
        'restore exit 1 | ❌ Dry run: would not be restored | error Would not be restored',
        'wait exit 1 | ❌ VPS.org snapshot not complete | error Snapshot not listed | 1 unknown',
        'left: nothing',
      ],
      says: ['snapshot 1 names no server', 'server: could not be read', 'a newer snapshot (1'],
      reads: {
        '/snapshots/': 2,
        // Read again after that minute: it was too old to check by.
        '/snapshots/?server_id=a087eaf3-00b3-49c9-b706-c4ebfb2627fd': 2,
        // The list does not show it either, and the answer that there is no such server has to stand for a minute.
        '/servers/a087eaf3-00b3-49c9-b706-c4ebfb2627fd/': 22,
        // The one of `wait` says that there is such a server.
        '/servers/': 2,
        '/snapshots/?server_id=12345': 41,
      },
    },
  });
});
