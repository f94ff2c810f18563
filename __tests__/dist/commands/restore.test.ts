import { describe, expect, test } from '@jest/globals';
import { type SnapshotSeed } from '../../../simulator/truth.ts';
import { type Ended, runAction, type StartOptions } from '../harness/action.ts';
import { runLife } from '../harness/job.ts';
import { marked, markedByOther } from '../harness/markers.ts';
import { openStage, type Stage } from '../harness/test-environment.ts';
import { textOf, titlesOf } from '../harness/annotations.ts';

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
  description: marked(),
  ...more,
});

async function restore(
  stage: Stage,
  inputs: Readonly<Record<string, string>> = {},
  options: StartOptions = {},
): Promise<Ended> {
  return await runAction(stage, 'restore', { ...options, inputs: { snapshot_id: '501', ...inputs } });
}

/** What the outputs say of each snapshot. */
function restoresOf(ended: Ended): unknown {
  return JSON.parse(ended.outputs['restores'] ?? 'null');
}

describe('a restore by hand or of another job', () => {
  test.concurrent('green when it was seen to begin and to end; outputs and summary', async () => {
    await using stage = await openStage({ snapshots: [wanted()] });
    const ended = await restore(stage);

    expect(ended).toMatchObject({
      code: 0,
      requests: [ALL, LIST, SERVER, RESTORE, SERVER],
      outputs: { restored: 'true' },
    });
    expect(restoresOf(ended)).toEqual([
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
    expect(titlesOf(ended)).toEqual(['notice: Restored']);
    expect(textOf(ended, 'Restored')).toMatch(/2026-01-05T08:00:00Z is gone/);
    expect(ended.summary).toContain('501');
    expect(stage.server.machine.contentOf()).toBe('as it was');
  });

  test.concurrent('a rollback job with needs: what a cancelled job left is finished', async () => {
    await using stage = await openStage();
    const { main } = await runLife(stage, { ends: 'cancelled' });
    const env = { GITHUB_JOB: 'rollback' };
    const ended = await restore(stage, { snapshot_id: main.outputs['snapshot_id'] ?? '' }, { env });

    expect(ended).toMatchObject({ code: 0, outputs: { restored: 'true' } });
    expect(stage.server.machine.contentOf()).toBe('generation-0');
  });

  test.concurrent.each([
    { name: "another repository's", description: markedByOther() },
    { name: 'made by hand', description: '' },
  ])('a snapshot that is $name may be restored: a person asked for it', async ({ description }) => {
    await using stage = await openStage({ snapshots: [wanted({ description })] });
    const ended = await restore(stage);

    expect(ended).toMatchObject({ code: 0, outputs: { restored: 'true' } });
  });

  test.concurrent('a server that ends stopped is started', async () => {
    await using stage = await openStage({ snapshots: [wanted()], switches: { after_restore: 'stopped' } });
    const ended = await restore(stage);

    expect(ended.requests).toEqual([
      ALL,
      LIST,
      SERVER,
      RESTORE,
      SERVER,
      'POST /servers/12345/power/ 200',
      SERVER,
    ]);
    expect(restoresOf(ended)).toMatchObject([{ confirmed: true, started: true, server_status: 'active' }]);
  });

  test.concurrent('several, each of another server', async () => {
    await using stage = await openStage({
      servers: TWO,
      snapshots: [wanted(), wanted({ id: 502, server_id: 7 })],
    });
    const ended = await restore(stage, { snapshot_id: '501 502' });

    expect(ended).toMatchObject({ code: 0, outputs: { restored: 'true' } });
    expect(stage.truth().restores).toHaveLength(2);
  });
});

describe('refused before anything is requested', () => {
  test.concurrent.each([
    { name: 'not listed', snapshots: [], why: /501 is not listed/ },
    {
      name: 'in progress',
      snapshots: [wanted({ status: 'in_progress' })],
      why: /'in_progress', not 'completed'/,
    },
    { name: 'failed', snapshots: [wanted({ status: 'failed' })], why: /'failed', not 'completed'/ },
    {
      name: "another server's",
      snapshots: [wanted({ server_id: 7 })],
      inputs: { server_id: '12345' },
      why: /another server/,
    },
    {
      name: "another server's, although the API ignores the filter",
      snapshots: [wanted({ server_id: 7 })],
      inputs: { server_id: '12345' },
      switches: { server_filter: 'ignored' as const },
      why: /another server/,
    },
    {
      name: 'older than a marked one of the same server',
      snapshots: [wanted(), { id: 502, name: 'b', created_at: NEW, description: marked() }],
      why: /502.*allow_older/s,
    },
    {
      name: 'older than a marked one of another repository',
      snapshots: [wanted(), { id: 502, name: 'b', created_at: NEW, description: markedByOther() }],
      why: /502.*acme\/blog/s,
    },
    {
      name: 'made by an earlier attempt of this run',
      snapshots: [wanted({ description: marked({ runId: '1001' }) })],
      env: { GITHUB_RUN_ATTEMPT: '2' },
      why: /attempt 1 of this run.*allow_older/s,
    },
    {
      name: 'two of one server',
      snapshots: [wanted(), wanted({ id: 502 })],
      inputs: { snapshot_id: '501,502' },
      why: /same server/,
    },
  ])('$name', async ({ snapshots, inputs = {}, env = {}, switches = {}, why }) => {
    await using stage = await openStage({ servers: TWO, snapshots, switches });
    const ended = await restore(stage, inputs, { env });

    expect(ended).toMatchObject({ code: 1, outputs: { restored: 'false' } });
    expect(ended.requests.filter((line) => line.startsWith('POST'))).toEqual([]);
    expect(ended.annotations.map(({ text }) => text).join('\n')).toMatch(why);
    expect(stage.truth().restores).toEqual([]);
  });

  test.concurrent('one of several: nothing is restored where the servers are not told apart', async () => {
    const snapshots = [wanted(), wanted({ id: 502 }), wanted({ id: 503, server_id: 7 })];
    await using stage = await openStage({ servers: TWO, snapshots });
    const ended = await restore(stage, { snapshot_id: '501,502,503' });

    expect(ended).toMatchObject({ code: 1, requests: [ALL] });
    expect(stage.truth().restores).toEqual([]);
  });
});

describe('allow_older', () => {
  test.concurrent.each([
    {
      name: 'a newer marked one',
      snapshots: [wanted(), { name: 'b', created_at: NEW, description: marked() }],
      env: {},
    },
    {
      name: 'an earlier attempt of this run',
      snapshots: [wanted({ description: marked({ runId: '1001' }) })],
      env: { GITHUB_RUN_ATTEMPT: '2' },
    },
  ])('lifts: $name', async ({ snapshots, env }) => {
    await using stage = await openStage({ snapshots });
    const ended = await restore(stage, { allow_older: 'true' }, { env });

    expect(ended).toMatchObject({ code: 0, outputs: { restored: 'true' } });
    expect(stage.truth().restores).toHaveLength(1);
  });

  test.concurrent('an unmarked newer one is a warning, with or without it', async () => {
    await using stage = await openStage({ snapshots: [wanted(), { id: 502, name: 'b', created_at: NEW }] });
    const ended = await restore(stage);

    expect(ended.code).toBe(0);
    expect(titlesOf(ended)).toContain('warning: Newer snapshot on the server');
  });
});

describe('a server that is being restored already', () => {
  test.concurrent.each([
    { name: 'active', after: 'active' as const, starts: false },
    { name: 'stopped, and is started', after: 'stopped' as const, starts: true },
  ])('no second request; waited for until it is $name; red', async ({ after, starts }) => {
    await using stage = await openStage({ snapshots: [wanted()], switches: { after_restore: after } });
    stage.ask('POST', '/snapshots/501/restore/');
    const ended = await restore(stage);

    expect(ended.code).toBe(1);
    expect(ended.requests.filter((line) => line.includes('/restore/'))).toEqual([]);
    expect(ended.requests.some((line) => line.includes('/power/'))).toBe(starts);
    expect(ended.annotations.map(({ text }) => text).join('\n')).toContain('another restore was running');
    expect(restoresOf(ended)).toMatchObject([
      { requested: false, confirmed: false, server_status: 'active' },
    ]);
    expect(stage.truth()).toMatchObject({ servers: [{ phase: 'active' }] });
    expect(stage.truth().restores).toHaveLength(1);
  });
});
