import { describe, expect, test } from '@jest/globals';
import type { RootInputs } from '../../../src/github/inputs/actions.ts';
import { HOUR, markerOf, SERVER, Stage, START, type StageOptions } from '../harness/test-environment.ts';

describe('others on the server', () => {
  test('a marked snapshot in progress is warned of, with the lines to paste', async () => {
    const stage = new Stage({
      snapshots: [{ name: 'theirs', status: 'in_progress', description: markerOf({ repositoryId: '7' }) }],
    });
    const main = await stage.main();
    expect(main.exitCode).toBe(0);
    const [warning] = main.runner.annotations;
    expect(warning).toMatchObject({ kind: 'warning', title: 'Another run works on this server' });
    expect(warning?.text).toContain(`concurrency:\n  group: deploy-${SERVER}`);
  });

  test('a snapshot that the API makes for another server is not adopted', async () => {
    const stage = new Stage({
      faults: {
        method: 'POST',
        path: '/snapshots/',
        kind: 'wrong_json',
        status: 201,
        body: { id: 77, status: 'in_progress', server: { id: 999, name: 'stranger' } },
      },
    });
    const main = await stage.main({ onSuccess: 'delete' });
    expect(main.exitCode).toBe(1);
    await stage.post(main, { jobStatus: 'success' });
    expect(stage.calls()).not.toContain('DELETE /snapshots/77/');
  });

  describe('one server typed in two forms', () => {
    const uuid = '5f0c9f6e-3a51-4c0b-9d3f-000000000000';
    const servers = [{ id: SERVER, uuid }];

    test('is refused before anything is requested', async () => {
      const stage = new Stage({ servers });
      const main = await stage.main({ serverIds: [SERVER, uuid] });
      expect(main.exitCode).toBe(1);
      expect(main.runner.titles()).toEqual(['error One server named twice']);
      expect(stage.calls()).not.toContain('POST /snapshots/');
    });

    test('is told as soon as the answers show it, where the token may not read servers', async () => {
      const stage = new Stage({ servers, switches: { permissions: ['snapshots:read', 'snapshots:write'] } });
      const main = await stage.main({ serverIds: [SERVER, uuid] });
      expect(main.exitCode).toBe(1);
      expect(main.runner.titles()).toEqual(['error One server named twice']);
      expect(main.runner.annotations[0]?.text).toContain('801 and 802');
    });
  });

  describe('an answer that names only an id, of a snapshot of another server', () => {
    const answers = (body: unknown): StageOptions => ({
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
    ])('%s: nothing is deleted, and the id is told', async (_name, inputs, jobStatus) => {
      const stage = new Stage(answers({ id: 77, status: 'in_progress' }));
      const main = await stage.main(inputs);
      const post = await stage.post(main, { jobStatus });

      expect(post.exitCode).toBe(0);
      expect(stage.calls().filter((call) => call.startsWith('DELETE'))).toEqual([]);
      expect(post.runner.titles()).toContain('warning Snapshot not deleted');
      expect(post.runner.visible()).toContain('77');
    });

    test('also where the API ignores the filter and lists it', async () => {
      const stage = new Stage({
        ...answers({ id: 77, status: 'in_progress' }),
        switches: { server_filter: 'ignored' },
      });
      const main = await stage.main({ wait: false, onSuccess: 'delete' });
      await stage.post(main, { jobStatus: 'success' });
      expect(stage.calls().filter((call) => call.startsWith('DELETE'))).toEqual([]);
    });
  });

  test('an answer without the mark costs a post step that keeps the snapshot no request', async () => {
    const stage = new Stage({ switches: { description_kept: 0 } });
    const main = await stage.main({ wait: false });
    const before = stage.requests.length;
    await stage.post(main, { jobStatus: 'success' });
    await stage.post(main, { jobStatus: 'failure' });
    expect(stage.requests).toHaveLength(before);
  });

  test('an answer without the mark, of the snapshot that it made: it is deleted once a list has shown it', async () => {
    const stage = new Stage({ switches: { description_kept: 0 } });
    const main = await stage.main({ wait: false, onSuccess: 'delete' });
    const post = await stage.post(main, { jobStatus: 'success' });
    expect(post.exitCode).toBe(0);
    expect(stage.existing()).toEqual([]);
  });
});
