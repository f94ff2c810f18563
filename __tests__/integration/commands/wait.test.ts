import { describe, expect, test } from '@jest/globals';
import { waitInputs } from '../harness/inputs.ts';
import { testOutcomes } from '../harness/outcome-tests.ts';
import { TWO_SERVERS } from '../harness/samples.ts';
import type { StepProcess } from '../harness/step-process.ts';
import { MINUTE, SERVER, START, takes, TestEnvironment } from '../harness/test-environment.ts';

describe('the wait action', () => {
  async function waitFor(testEnv: TestEnvironment, main: StepProcess): Promise<StepProcess> {
    const snapshotIds = [main.runner.outputs.get('snapshot_id') ?? ''];
    return await testEnv.run({ use: 'wait', inputs: waitInputs({ snapshotIds }) });
  }

  test('lets post restore what main did not wait for', async () => {
    const testEnv = new TestEnvironment();
    const main = await testEnv.main({ wait: false, onFailure: 'restore' });
    const wait = await waitFor(testEnv, main);
    expect(wait.exitCode).toBe(0);
    expect(wait.runner.outputs.get('snapshot_status')).toBe('completed');
    expect(wait.runner.outputs.has('created')).toBe(false);
    expect(JSON.parse(wait.runner.outputs.get('snapshots') ?? '')).toEqual([
      {
        server_id: SERVER,
        server_name: 'web-server-01',
        snapshot_id: '801',
        name: 'deploy-shop-9001-1',
        status: 'completed',
        size_mb: 6476,
        created_at: '2026-01-15T12:00:00Z',
      },
    ]);
    testEnv.api.deploy(SERVER);
    const post = await testEnv.post(main, { jobStatus: 'failure' });
    expect(post.runner.titles()).toContain('error Rolled back');
  });

  test('without it post restores nothing: the snapshot may hold half of a deploy', async () => {
    const testEnv = new TestEnvironment();
    const main = await testEnv.main({ wait: false, onFailure: 'restore' });
    await testEnv.pass(10 * MINUTE);
    testEnv.api.deploy(SERVER);
    const post = await testEnv.post(main, { jobStatus: 'failure' });
    expect(post.exitCode).toBe(1);
    expect(post.runner.titles()).toContain('error Not restored');
    expect(testEnv.actualState.restores).toEqual([]);
  });

  test.each([
    ['failed', { switches: { fail_next: 1 } }],
    ['timed out', { switches: takes(2000) }],
  ])('that ends red (%s) leaves no completion proof', async (_, options) => {
    const testEnv = new TestEnvironment(options);
    const main = await testEnv.main({ wait: false, onFailure: 'restore' });
    expect((await waitFor(testEnv, main)).exitCode).toBe(1);
    expect(testEnv.completionProofs.ids).toEqual(new Set());
  });

  test('an id that no list shows is red after two minutes', async () => {
    const testEnv = new TestEnvironment();
    const wait = await testEnv.run({ use: 'wait', inputs: waitInputs({ snapshotIds: ['4711'] }) });
    expect(wait.exitCode).toBe(1);
    expect(wait.endedAt).toBeLessThan(2.5 * MINUTE);
  });
});

describe('outcome', () => {
  testOutcomes({
    'one that failed stands before a completed one in the same list': {
      servers: TWO_SERVERS,
      snapshots: [
        { id: 1, name: 'a', server_id: 1, created_at: START - 2 * MINUTE, status: 'failed' },
        { id: 2, name: 'b', server_id: 2, created_at: START - 2 * MINUTE },
      ],
      commands: [{ use: 'wait', inputs: waitInputs({ snapshotIds: ['1', '2'] }) }],
      outcome: [
        'wait exit 1 | ❌ VPS.org snapshots not complete: 1 of 2 | error Snapshot failed | 1 failed | 2 completed | offers 2',
        'left: 1 failed, 2 completed',
      ],
    },
    'a snapshot that is not there': {
      commands: [{ use: 'wait', inputs: waitInputs({ snapshotIds: ['77'] }) }],
      outcome: [
        'wait exit 1 | ❌ VPS.org snapshot not complete | error Snapshot not listed | 77 unknown',
        'left: nothing',
      ],
      says: [
        'Snapshot 77 is not listed: check',
        '"server_id":"","server_name":null,"snapshot_id":"77","name":null',
      ],
    },
    'several snapshots, with and without time, and dry runs': {
      servers: TWO_SERVERS,
      main: { serverIds: ['1', '2'], wait: false },
      commands: [
        { use: 'wait', inputs: waitInputs({ snapshotIds: ['801', '802'], serverIds: ['1', '2'] }) },
        { use: 'wait', inputs: waitInputs({ snapshotIds: ['801', '802'], waitTimeout: 1000 }) },
        { use: 'wait', inputs: waitInputs({ snapshotIds: ['801', '77'], waitTimeout: 90_000 }) },
        { use: 'wait', inputs: waitInputs({ snapshotIds: ['801'], dryRun: true }) },
        { use: 'wait', inputs: waitInputs({ dryRun: true }) },
      ],
      post: {},
      outcome: [
        'main exit 0 | ⏳ VPS.org snapshots requested, not waited for: 2 of 2 servers | 801 in_progress | 802 in_progress',
        'wait exit 0 | 📸 VPS.org snapshots complete | 801 completed | 802 completed | offers 801,802',
        'wait exit 0 | 📸 VPS.org snapshots complete | 801 completed | 802 completed | offers 801,802',
        'wait exit 1 | ❌ VPS.org snapshots not complete: 1 of 2 | error Timed out waiting for the snapshot | 801 completed | 77 unknown | offers 801',
        'wait exit 0 | 🔎 Dry run: VPS.org snapshot not waited for | 801 completed | offers 801',
        'wait exit 0 | notice Nothing to wait for',
        'post exit 0',
        'POST /snapshots/ 201 ×2',
        'left: 801 completed, 802 completed',
      ],
      says: [
        'snapshot_id: 77',
        "dry run: snapshot 801 is 'completed'",
        /Still waiting after \S+ .*: snapshot 77 of an unknown server: not listed yet$/m,
        "'snapshot_id' is empty",
      ],
    },
  });
});
