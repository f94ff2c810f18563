import { describe, expect, test } from '@jest/globals';
import type { RootInputs } from '../harness/inputs.ts';
import { CREATED, testOutcomes } from '../harness/outcome-tests.ts';
import {
  answeredWith,
  CREATE_REQUEST,
  FAILED,
  listed,
  listedOfThisRun,
  own,
  SERVER_UUID,
} from '../harness/samples.ts';
import {
  HOUR,
  markerOf,
  SERVER,
  START,
  TestEnvironment,
  type TestEnvironmentOptions,
} from '../harness/test-environment.ts';

describe('others on the server', () => {
  test('a snapshot in progress with a marker is warned of, with the lines to paste', async () => {
    const testEnv = new TestEnvironment({
      snapshots: [{ name: 'theirs', status: 'in_progress', description: markerOf({ repositoryId: '7' }) }],
    });
    const main = await testEnv.main();
    expect(main.exitCode).toBe(0);
    const [warning] = main.runner.annotations;
    expect(warning).toMatchObject({ kind: 'warning', title: 'Another run is using this server' });
    expect(warning?.text).toContain(`concurrency:\n  group: deploy-${SERVER}`);
  });

  test('one of this very run is warned of, with the line for its matrix, also beside one of another run', async () => {
    const description = markerOf({ runId: '9001', job: 'other' });
    const theirs = {
      name: 'theirs',
      status: 'in_progress' as const,
      description: markerOf({ repositoryId: '7' }),
    };
    const testEnv = new TestEnvironment({ snapshots: [theirs, { ...theirs, name: 'leg', description }] });
    const main = await testEnv.main();
    expect(main.exitCode).toBe(0);
    expect(main.runner.annotations[0]?.text).toContain('max-parallel: 1');
    expect(main.runner.annotations[0]?.text).not.toContain('concurrency:');
  });

  test('a snapshot that the API makes for another server is not claimed', async () => {
    const testEnv = new TestEnvironment({
      faults: {
        method: 'POST',
        path: '/snapshots/',
        kind: 'wrong_json',
        status: 201,
        body: { id: 77, status: 'in_progress', server: { id: 999, name: 'other' } },
      },
    });
    const main = await testEnv.main({ onSuccess: 'delete' });
    expect(main.exitCode).toBe(1);
    await testEnv.post(main, { jobStatus: 'success' });
    expect(testEnv.calls()).not.toContain('DELETE /snapshots/77/');
  });

  describe('one server typed in two forms', () => {
    const uuid = '5f0c9f6e-3a51-4c0b-9d3f-000000000000';
    const servers = [{ id: SERVER, uuid }];

    test('is refused before anything is requested', async () => {
      const testEnv = new TestEnvironment({ servers });
      const main = await testEnv.main({ serverIds: [SERVER, uuid] });
      expect(main.exitCode).toBe(1);
      expect(main.runner.titles()).toEqual(['error Same server given twice']);
      expect(testEnv.calls()).not.toContain('POST /snapshots/');
    });

    test('is reported as soon as the answers show it, where the token may not read servers', async () => {
      const testEnv = new TestEnvironment({
        servers,
        switches: { permissions: ['snapshots:read', 'snapshots:write'] },
      });
      const main = await testEnv.main({ serverIds: [SERVER, uuid] });
      expect(main.exitCode).toBe(1);
      expect(main.runner.titles()).toEqual(['error Same server given twice']);
      expect(main.runner.annotations[0]?.text).toContain('801 and 802');
    });
  });

  describe('an answer that names only an id, of a snapshot of another server', () => {
    const answers = (body: unknown): TestEnvironmentOptions => ({
      servers: [{ id: SERVER }, { id: 999 }],
      snapshots: [{ id: 77, name: 'theirs', server_id: 999, created_at: START - HOUR }],
      faults: {
        method: 'POST',
        path: '/snapshots/',
        kind: 'status',
        status: 201,
        body: JSON.stringify(body),
      },
    });

    test.each<[string, Partial<RootInputs>, string]>([
      ['and is not waited for', { wait: false, onSuccess: 'delete' }, 'success'],
      ['and is never listed', { onFailure: 'delete' }, 'failure'],
    ])('%s: nothing is deleted, and the id is reported', async (_name, inputs, jobStatus) => {
      const testEnv = new TestEnvironment(answers({ id: 77, status: 'in_progress' }));
      const main = await testEnv.main(inputs);
      const post = await testEnv.post(main, { jobStatus });

      expect(post.exitCode).toBe(0);
      expect(testEnv.calls().filter((call) => call.startsWith('DELETE'))).toEqual([]);
      expect(post.runner.titles()).toContain('warning Snapshot not deleted');
      expect(post.runner.visible()).toContain('77');
    });

    test('also where the API ignores the filter and lists it', async () => {
      const testEnv = new TestEnvironment({
        ...answers({ id: 77, status: 'in_progress' }),
        switches: { server_filter: 'ignored' },
      });
      const main = await testEnv.main({ wait: false, onSuccess: 'delete' });
      await testEnv.post(main, { jobStatus: 'success' });
      expect(testEnv.calls().filter((call) => call.startsWith('DELETE'))).toEqual([]);
    });
  });

  test('an answer without the marker costs a post step that keeps the snapshot no request', async () => {
    const testEnv = new TestEnvironment({ switches: { description_kept: 0 } });
    const main = await testEnv.main({ wait: false });
    const before = testEnv.requests.length;
    await testEnv.post(main, { jobStatus: 'success' });
    await testEnv.post(main, { jobStatus: 'failure' });
    expect(testEnv.requests).toHaveLength(before);
  });

  test('an answer without the marker, of the snapshot that it made: it is deleted once a list has shown it', async () => {
    const testEnv = new TestEnvironment({ switches: { description_kept: 0 } });
    const main = await testEnv.main({ wait: false, onSuccess: 'delete' });
    const post = await testEnv.post(main, { jobStatus: 'success' });
    expect(post.exitCode).toBe(0);
    expect(testEnv.existing()).toEqual([]);
  });
});

describe('an answer with', () => {
  testOutcomes({
    'a snapshot that was there before: not claimed, and the new one is found by post': {
      snapshots: [own(1)],
      faults: answeredWith(listed(1, { description: null }), CREATE_REQUEST),
      post: FAILED,
      outcome: [
        "main exit 1 | ❓ Unknown whether the VPS.org snapshot was made | error Unexpected snapshot in the API's answer | none uncertain",
        'post exit 0 | 📸 VPS.org snapshot kept | 801 in_progress',
        'POST /snapshots/ 201',
        'left: 1 completed, 801 in_progress',
      ],
      says: ['snapshot 1, which existed before the request'],
    },
    'a snapshot of another run: not claimed, and the new one is found by post': {
      faults: answeredWith(listed(77), CREATE_REQUEST),
      post: FAILED,
      outcome: [
        "main exit 1 | ❓ Unknown whether the VPS.org snapshot was made | error Unexpected snapshot in the API's answer | none uncertain",
        'post exit 0 | 📸 VPS.org snapshot kept | 801 in_progress',
        'POST /snapshots/ 201',
        'left: 801 in_progress',
      ],
      says: ['snapshot 77', 'run 8001 of acme/shop'],
    },
    'a snapshot of another server: not claimed, and the new one is found by post': {
      faults: answeredWith(listedOfThisRun(77, { server: { id: 2, name: 'db' } }), CREATE_REQUEST),
      post: FAILED,
      outcome: [
        "main exit 1 | ❓ Unknown whether the VPS.org snapshot was made | error Unexpected snapshot in the API's answer | none uncertain",
        'post exit 0 | 📸 VPS.org snapshot kept | 801 in_progress',
        'POST /snapshots/ 201',
        'left: 801 in_progress',
      ],
      says: ['snapshot 77', 'belongs to server 2'],
      reads: { '/snapshots/?server_id=12345': 2, '/servers/12345/': 1 },
    },
    'a snapshot of a server without an id: looked up by its key': {
      faults: answeredWith(listedOfThisRun(77, { server: { name: 'db' } }), CREATE_REQUEST),
      post: FAILED,
      outcome: [
        CREATED,
        'post exit 0 | 📸 VPS.org snapshot kept, the server is as the job left it | 801 last seen completed at 2026-01-15 12:03:21 UTC | offers 801',
        'POST /snapshots/ 201',
        'left: 801 completed',
      ],
      saved: { serverName: 'web-server-01', ids: ['12345', SERVER_UUID] },
    },
  });
});
