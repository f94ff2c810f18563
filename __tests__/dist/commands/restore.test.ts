import { describe, expect, test } from '@jest/globals';
import { runAction, type StartOptions, type ActionResult } from '../harness/action.ts';
import { textOf, titlesOf } from '../harness/annotations.ts';
import { runJob } from '../harness/job.ts';
import { markerOf, markerOfOther } from '../harness/snapshots.ts';
import {
  AMONG_OTHERS,
  openTestEnvironment,
  type SnapshotSeed,
  type TestEnvironment,
} from '../harness/test-environment.ts';

const CHECKED = ['GET /servers/12345/ 200', 'GET /snapshots/ 200', 'GET /snapshots/?server_id=12345 200'];
const OLD = '2026-01-05T08:00:00Z';
const NEW = '2026-01-06T08:00:00Z';
const TWO = [
  { id: 12345, name: 'web-server-01' },
  { id: 7, name: 'db-01' },
];

const wanted = (more: Partial<SnapshotSeed> = {}): SnapshotSeed => ({
  id: 501,
  name: 'wanted',
  created_at: OLD,
  content: 'as it was',
  description: markerOf(),
  ...more,
});

async function restore(
  testEnv: TestEnvironment,
  inputs: Readonly<Record<string, string>> = {},
  options: StartOptions = {},
): Promise<ActionResult> {
  return await runAction(testEnv, 'restore', { ...options, inputs: { snapshot_id: '501', ...inputs } });
}

/** What the outputs say of each snapshot. */
function restoresOf(result: ActionResult): unknown {
  return JSON.parse(result.outputs['restores'] ?? 'null');
}

describe('a restore by hand or of another job', () => {
  test.concurrent('green when it was seen to start and to end; outputs and summary', async () => {
    await using testEnv = await openTestEnvironment({ snapshots: [wanted({ description: '' })] });
    const result = await restore(testEnv);

    expect(result).toMatchObject({
      code: 0,
      requests: [...CHECKED, 'POST /snapshots/501/restore/ 200', 'GET /servers/12345/ 200'],
      outputs: { restored: 'true' },
    });
    expect(restoresOf(result)).toEqual([
      {
        server_id: '12345',
        server_name: 'web-server-01',
        snapshot_id: '501',
        requested: true,
        confirmed: true,
        started: false,
        undo_snapshot_id: null,
        health: 'not_checked',
        server_status: 'active',
        reason: '',
      },
    ]);
    expect(titlesOf(result)).toEqual(['notice: Restored']);
    expect(textOf(result, 'Restored')).toMatch(/2026-01-05T08:00:00Z is gone/);
    expect(result.summary).toContain('501');
    expect(testEnv.api.contentOf()).toBe('as it was');
  });

  test.concurrent('a rollback job with needs: what a cancelled job left is finished', async () => {
    await using testEnv = await openTestEnvironment();
    const { main } = await runJob(testEnv, { ends: 'cancelled' });
    const env = { GITHUB_JOB: 'rollback' };
    const result = await restore(testEnv, { snapshot_id: main.outputs['snapshot_id'] ?? '' }, { env });

    expect(result).toMatchObject({ code: 0, outputs: { restored: 'true' } });
    expect(testEnv.api.contentOf()).toBe('generation-0');
  });

  test.concurrent('several, each of another server', async () => {
    await using testEnv = await openTestEnvironment({
      ...AMONG_OTHERS,
      servers: TWO,
      snapshots: [wanted(), wanted({ id: 502, server_id: 7 })],
    });
    const result = await restore(testEnv, { snapshot_id: '501 502', server_id: '12345, 7' });

    expect(result).toMatchObject({ code: 0, outputs: { restored: 'true' } });
    expect(testEnv.actualState().restores).toHaveLength(2);
  });
});

describe('refused before anything is requested', () => {
  test.concurrent.each([
    {
      name: "another server's, although the API ignores the filter",
      snapshots: [wanted({ server_id: 7 })],
      inputs: { server_id: '12345' },
      switches: { server_filter: 'ignored' as const },
      reason: /another server/,
    },
    {
      name: 'in progress, and older than one with a marker of another repository',
      snapshots: [
        wanted({ status: 'in_progress' }),
        { id: 502, name: 'b', created_at: NEW, description: markerOfOther() },
      ],
      reason: /'in_progress', not completed.*502.*acme\/blog.*allow_older/s,
    },
    {
      name: 'made by an earlier attempt of this run',
      snapshots: [wanted({ description: markerOf({ runId: '1001' }) })],
      env: { GITHUB_RUN_ATTEMPT: '2' },
      reason: /attempt 1 of this run.*allow_older/s,
    },
    {
      name: 'two of one server, and one that is not there',
      snapshots: [wanted(), wanted({ id: 502 })],
      inputs: { snapshot_id: '501,502,503' },
      reason: /same server.*503 is not listed|503 is not listed.*same server/s,
    },
  ])('$name', async ({ snapshots, inputs = {}, env = {}, switches = {}, reason }) => {
    await using testEnv = await openTestEnvironment({ servers: TWO, snapshots, switches });
    const result = await restore(testEnv, inputs, { env });

    expect(result).toMatchObject({ code: 1, outputs: { restored: 'false' } });
    expect(result.requests.filter((line) => line.startsWith('POST'))).toEqual([]);
    expect(result.annotations.map(({ text }) => text).join('\n')).toMatch(reason);
    expect(testEnv.actualState().restores).toEqual([]);
  });

  test.concurrent('allow_older lifts what is refused for its age', async () => {
    await using testEnv = await openTestEnvironment({
      snapshots: [
        wanted({ description: markerOf({ runId: '1001' }) }),
        { name: 'b', created_at: NEW, description: markerOf() },
      ],
    });
    const env = { GITHUB_RUN_ATTEMPT: '2' };
    const result = await restore(testEnv, { allow_older: 'true' }, { env });

    expect(result).toMatchObject({ code: 0, outputs: { restored: 'true' } });
  });
});

test.concurrent(
  'a server that is being restored already: no second request; waited for, started; red',
  async () => {
    await using testEnv = await openTestEnvironment({
      snapshots: [wanted()],
      switches: { after_restore: 'stopped' },
    });
    testEnv.request('POST', '/snapshots/501/restore/');
    const result = await restore(testEnv);

    expect(result.code).toBe(1);
    expect(result.requests.filter((line) => line.startsWith('POST'))).toEqual([
      'POST /servers/12345/power/ 200',
    ]);
    expect(result.annotations.map(({ text }) => text).join('\n')).toContain('another restore was running');
    expect(restoresOf(result)).toMatchObject([
      { requested: false, confirmed: false, server_status: 'active' },
    ]);
    expect(testEnv.actualState()).toMatchObject({ servers: [{ phase: 'active' }] });
    expect(testEnv.actualState().restores).toHaveLength(1);
  },
);
