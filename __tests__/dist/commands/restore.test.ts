import { describe, expect, test } from '@jest/globals';
import { runAction, type StartOptions, type ActionResult } from '../harness/action.ts';
import { textOf, titlesOf } from '../harness/annotations.ts';
import { runJob } from '../harness/job.ts';
import { markerOf, markerOfOther } from '../harness/snapshots.ts';
import { openTestEnvironment, type SnapshotSeed, type TestEnvironment } from '../harness/test-environment.ts';

const ALL = 'GET /snapshots/ 200';
const LIST = 'GET /snapshots/?server_id=12345 200';
const SERVER = 'GET /servers/12345/ 200';
const RESTORE = 'POST /snapshots/501/restore/ 200';
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
    await using testEnv = await openTestEnvironment({ snapshots: [wanted()] });
    const result = await restore(testEnv);

    expect(result).toMatchObject({
      code: 0,
      requests: [ALL, LIST, SERVER, RESTORE, SERVER],
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

  test.concurrent.each([
    { name: "another repository's", description: markerOfOther() },
    { name: 'made by hand', description: '' },
  ])('a snapshot that is $name may be restored: a person asked for it', async ({ description }) => {
    await using testEnv = await openTestEnvironment({ snapshots: [wanted({ description })] });
    const result = await restore(testEnv);

    expect(result).toMatchObject({ code: 0, outputs: { restored: 'true' } });
  });

  test.concurrent('a server that ends stopped is started', async () => {
    await using testEnv = await openTestEnvironment({
      snapshots: [wanted()],
      switches: { after_restore: 'stopped' },
    });
    const result = await restore(testEnv);

    expect(result.requests).toEqual([
      ALL,
      LIST,
      SERVER,
      RESTORE,
      SERVER,
      'POST /servers/12345/power/ 200',
      SERVER,
    ]);
    expect(restoresOf(result)).toMatchObject([{ confirmed: true, started: true, server_status: 'active' }]);
  });

  test.concurrent('several, each of another server', async () => {
    await using testEnv = await openTestEnvironment({
      servers: TWO,
      snapshots: [wanted(), wanted({ id: 502, server_id: 7 })],
    });
    const result = await restore(testEnv, { snapshot_id: '501 502' });

    expect(result).toMatchObject({ code: 0, outputs: { restored: 'true' } });
    expect(testEnv.actualState().restores).toHaveLength(2);
  });
});

describe('refused before anything is requested', () => {
  test.concurrent.each([
    { name: 'not listed', snapshots: [], reason: /501 is not listed/ },
    {
      name: 'in progress',
      snapshots: [wanted({ status: 'in_progress' })],
      reason: /'in_progress', not 'completed'/,
    },
    { name: 'failed', snapshots: [wanted({ status: 'failed' })], reason: /'failed', not 'completed'/ },
    {
      name: "another server's",
      snapshots: [wanted({ server_id: 7 })],
      inputs: { server_id: '12345' },
      reason: /another server/,
    },
    {
      name: "another server's, although the API ignores the filter",
      snapshots: [wanted({ server_id: 7 })],
      inputs: { server_id: '12345' },
      switches: { server_filter: 'ignored' as const },
      reason: /another server/,
    },
    {
      name: 'older than one with a marker of the same server',
      snapshots: [wanted(), { id: 502, name: 'b', created_at: NEW, description: markerOf() }],
      reason: /502.*allow_older/s,
    },
    {
      name: 'older than one with a marker of another repository',
      snapshots: [wanted(), { id: 502, name: 'b', created_at: NEW, description: markerOfOther() }],
      reason: /502.*acme\/blog/s,
    },
    {
      name: 'made by an earlier attempt of this run',
      snapshots: [wanted({ description: markerOf({ runId: '1001' }) })],
      env: { GITHUB_RUN_ATTEMPT: '2' },
      reason: /attempt 1 of this run.*allow_older/s,
    },
    {
      name: 'two of one server',
      snapshots: [wanted(), wanted({ id: 502 })],
      inputs: { snapshot_id: '501,502' },
      reason: /same server/,
    },
  ])('$name', async ({ snapshots, inputs = {}, env = {}, switches = {}, reason }) => {
    await using testEnv = await openTestEnvironment({ servers: TWO, snapshots, switches });
    const result = await restore(testEnv, inputs, { env });

    expect(result).toMatchObject({ code: 1, outputs: { restored: 'false' } });
    expect(result.requests.filter((line) => line.startsWith('POST'))).toEqual([]);
    expect(result.annotations.map(({ text }) => text).join('\n')).toMatch(reason);
    expect(testEnv.actualState().restores).toEqual([]);
  });

  test.concurrent('one of several: nothing is restored where two are of the same server', async () => {
    const snapshots = [wanted(), wanted({ id: 502 }), wanted({ id: 503, server_id: 7 })];
    await using testEnv = await openTestEnvironment({ servers: TWO, snapshots });
    const result = await restore(testEnv, { snapshot_id: '501,502,503' });

    expect(result).toMatchObject({ code: 1, requests: [ALL] });
    expect(testEnv.actualState().restores).toEqual([]);
  });
});

describe('allow_older', () => {
  test.concurrent.each([
    {
      name: 'a newer one with a marker',
      snapshots: [wanted(), { name: 'b', created_at: NEW, description: markerOf() }],
      env: {},
    },
    {
      name: 'an earlier attempt of this run',
      snapshots: [wanted({ description: markerOf({ runId: '1001' }) })],
      env: { GITHUB_RUN_ATTEMPT: '2' },
    },
  ])('lifts: $name', async ({ snapshots, env }) => {
    await using testEnv = await openTestEnvironment({ snapshots });
    const result = await restore(testEnv, { allow_older: 'true' }, { env });

    expect(result).toMatchObject({ code: 0, outputs: { restored: 'true' } });
    expect(testEnv.actualState().restores).toHaveLength(1);
  });

  test.concurrent('a newer one without a marker is a warning, with or without it', async () => {
    await using testEnv = await openTestEnvironment({
      snapshots: [wanted(), { id: 502, name: 'b', created_at: NEW }],
    });
    const result = await restore(testEnv);

    expect(result.code).toBe(0);
    expect(titlesOf(result)).toContain('warning: Newer snapshot on the server');
  });
});

describe('a server that is being restored already', () => {
  test.concurrent.each([
    { name: 'active', after: 'active' as const, starts: false },
    { name: 'stopped, and is started', after: 'stopped' as const, starts: true },
  ])('no second request; waited for until it is $name; red', async ({ after, starts }) => {
    await using testEnv = await openTestEnvironment({
      snapshots: [wanted()],
      switches: { after_restore: after },
    });
    testEnv.request('POST', '/snapshots/501/restore/');
    const result = await restore(testEnv);

    expect(result.code).toBe(1);
    expect(result.requests.filter((line) => line.includes('/restore/'))).toEqual([]);
    expect(result.requests.some((line) => line.includes('/power/'))).toBe(starts);
    expect(result.annotations.map(({ text }) => text).join('\n')).toContain('another restore was running');
    expect(restoresOf(result)).toMatchObject([
      { requested: false, confirmed: false, server_status: 'active' },
    ]);
    expect(testEnv.actualState()).toMatchObject({ servers: [{ phase: 'active' }] });
    expect(testEnv.actualState().restores).toHaveLength(1);
  });
});
