import { describe, expect, test } from '@jest/globals';
import { runAction } from '../harness/action.ts';
import { textOf, titlesOf } from '../../../dist/harness/annotations.ts';
import { runJob, runPost } from '../harness/job.ts';
import { byHand, deleted, existing, own } from '../../../dist/harness/snapshots.ts';
import { openTestEnvironment, type SnapshotSeed } from '../harness/test-environment.ts';

const leg = (name: string): string => JSON.stringify({ leg: name });
const SECOND = { GITHUB_RUN_ATTEMPT: '2' };

describe('two legs of a matrix on one server', () => {
  test.concurrent('a re-run of the second takes no snapshot of the first', async () => {
    await using testEnv = await openTestEnvironment();
    const inputs = { on_rerun: 'reuse', on_failure: 'restore' };
    await runJob(testEnv, { inputs: { ...inputs, matrix: leg('a') }, ends: 'success' });
    testEnv.api.deploy(12345, 'good deploy of a');
    const b = { inputs: { ...inputs, matrix: leg('b') }, env: SECOND };
    const { main } = await runJob(testEnv, { ...b, ends: 'failure' });

    expect(main.outputs).toMatchObject({ snapshot_id: '802', created: 'true' });
    expect(testEnv.actualState().restores.map(({ snapshotId }) => snapshotId)).toEqual(['802']);
    expect(testEnv.api.contentOf()).toBe('good deploy of a');
  });

  test.concurrent('get names of their own, where names are unique for a server', async () => {
    await using testEnv = await openTestEnvironment({ switches: { unique_names: 'server' } });
    const a = await runAction(testEnv, 'main', { inputs: { matrix: leg('a') } });
    const b = await runAction(testEnv, 'main', { inputs: { matrix: leg('b') } });

    expect([a.code, b.code]).toEqual([0, 0]);
    expect(b.outputs['snapshot_name']).toMatch(new RegExp(`^${a.outputs['snapshot_name']}-[0-9a-f]{6}$`));
  });
});

test.concurrent('two servers and the default name, where names are unique for the account', async () => {
  const servers = [{ id: 12345 }, { id: 7 }];
  await using testEnv = await openTestEnvironment({ servers, switches: { unique_names: 'account' } });
  const main = await runAction(testEnv, 'main', { inputs: { server_id: '12345, 7' } });

  expect(main.code).toBe(0);
  const [first, second] = main.outputs['snapshot_name']?.split(',').toSorted() ?? [];
  expect(second).toMatch(new RegExp(`^${first}-[0-9a-f]{6}$`));
});

test.concurrent('the same repository number on another forge is another repository', async () => {
  await using testEnv = await openTestEnvironment({ snapshots: [own(1), own(2), own(3)] });
  const env = { GITHUB_SERVER_URL: 'https://git.example.com' };
  const prune = await runAction(testEnv, 'prune', { inputs: { server_id: '12345', keep_last: '1' }, env });
  const remove = await runAction(testEnv, 'delete', { inputs: { snapshot_id: '501' }, env });

  expect([prune.code, prune.outputs]).toEqual([0, { deleted: '', kept: '' }]);
  expect(prune.stdout).toContain('made by another repository (acme/shop on github.example)');
  expect([remove.code, titlesOf(remove)]).toEqual([1, ['error: Nothing deleted']]);
  expect(existing(testEnv)).toEqual(['501', '502', '503']);
});

describe('a state that was planted through the environment', () => {
  test.concurrent.each([
    { name: 'main ended on its inputs', inputs: { wait: 'perhaps' } },
    { name: 'main made a snapshot of its own', inputs: {} },
  ])('is not believed: $name', async ({ inputs }) => {
    await using testEnv = await openTestEnvironment({ snapshots: [own(1)] });
    const other = await runAction(testEnv, 'main', { inputs: { on_success: 'delete' } });
    const planted = Object.fromEntries(
      Object.entries(other.state).map(([name, value]) => [`STATE_${name}`, value]),
    );
    const main = await runAction(testEnv, 'main', { inputs, env: planted });
    // The runner sets what main saved over what the job's environment says.
    const saved = Object.fromEntries(
      Object.entries(main.state).map(([name, value]) => [`STATE_${name}`, value]),
    );
    const post = await runAction(testEnv, 'post', { env: { ...planted, ...saved } });

    expect(post.requests.filter((line) => line.startsWith('DELETE'))).toEqual([]);
    expect(deleted(testEnv)).toEqual([]);
  });
});

test.concurrent('wait at the end of a failed job proves nothing about the time before it', async () => {
  await using testEnv = await openTestEnvironment();
  const options = { inputs: { wait: 'false', on_failure: 'restore' } };
  const main = await runAction(testEnv, 'main', options);
  testEnv.api.deploy();
  const snapshotId = { snapshot_id: main.outputs['snapshot_id'] ?? '' };
  const wait = await runAction(testEnv, 'wait', { inputs: snapshotId, job: 'failure' });
  const post = await runPost(testEnv, main, { ...options, job: 'failure' });

  expect(wait.code).toBe(0);
  expect([post.code, titlesOf(post)]).toEqual([1, ['error: Not restored']]);
  expect(textOf(post, 'Not restored')).toContain('not confirmed complete before the deploy');
  expect(testEnv.actualState().restores).toEqual([]);
  // A person may restore it, and is told what it may be.
  const restore = await runAction(testEnv, 'restore', { inputs: snapshotId });
  expect([restore.code, titlesOf(restore)[0]]).toEqual([0, expect.stringMatching(/^warning: /)]);
});

test.concurrent('two steps on two servers: each speaks for its own', async () => {
  const servers = [
    { id: 12345, name: 'web' },
    { id: 7, name: 'db' },
  ];
  await using testEnv = await openTestEnvironment({ servers });
  const [first, second] = [
    { inputs: { server_id: '12345', restore_if: 'false', on_failure: 'restore' } },
    { inputs: { server_id: '7', restore_if: 'false' }, env: { GITHUB_ACTION: 'database' } },
  ];
  const web = await runAction(testEnv, 'main', first);
  const db = await runAction(testEnv, 'main', second);
  testEnv.api.deploy(7);
  const inputs = { ...second.inputs, restore_if: 'true' };
  const rolledBack = await runPost(testEnv, db, { ...second, inputs, job: 'failure' });
  const kept = await runPost(testEnv, web, { ...first, job: 'failure' });

  expect(titlesOf(rolledBack)).toEqual(['error: Rolled back']);
  expect([kept.code, titlesOf(kept)]).toEqual([0, ['notice: Not asked to restore']]);
  expect(textOf(kept, 'Not asked to restore')).toContain('this step left the server as the job left it');
  expect(kept.stdout + kept.summary).not.toMatch(/\bdb\b/);
});

/** A marker as the first version wrote it, of a run of repository `id`. */
const firstForm = (n: number, id = '4711'): SnapshotSeed =>
  byHand(n, {
    description: `before [vps-snapshot key=00000000-0000-4000-8000-00000000000${n} repo-id=${id} repo=acme/shop run=90${n}/1 job=deploy step=snapshot sha=0123456789ab]`,
  });

describe('snapshots with a marker of the first form', () => {
  const env = { GITHUB_SERVER_URL: 'https://github.com' };
  const ALL = [firstForm(1), firstForm(2), firstForm(3, '99'), byHand(4), firstForm(5)];

  test.concurrent('are rotated, the oldest own one first', async () => {
    await using testEnv = await openTestEnvironment({ snapshots: ALL });
    const main = await runAction(testEnv, 'main', { inputs: { when_full: 'rotate' }, env });
    expect([main.code, deleted(testEnv)]).toEqual([0, ['501']]);
  });

  test.concurrent('are pruned, by prune and by keep_last, the own ones only', async () => {
    await using testEnv = await openTestEnvironment({ snapshots: ALL });
    const prune = await runAction(testEnv, 'prune', { inputs: { server_id: '12345', keep_last: '2' }, env });
    expect(prune.outputs).toEqual({ deleted: '501', kept: '505,502' });
    const { post } = await runJob(testEnv, { inputs: { keep_last: '1' }, env });
    expect([post.code, deleted(testEnv)]).toEqual([0, ['501', '502', '505']]);
  });

  test.concurrent('are deleted where they are own, and refused where they are not', async () => {
    await using testEnv = await openTestEnvironment({ snapshots: ALL });
    const refused = await runAction(testEnv, 'delete', { inputs: { snapshot_id: '501,503' }, env });
    expect([refused.code, deleted(testEnv)]).toEqual([1, []]);
    const done = await runAction(testEnv, 'delete', { inputs: { snapshot_id: '501' }, env });
    expect([done.code, deleted(testEnv)]).toEqual([0, ['501']]);
  });

  test.concurrent('refuse the restore of an older one, and may be the latest', async () => {
    await using testEnv = await openTestEnvironment({ snapshots: ALL });
    const older = await runAction(testEnv, 'restore', { inputs: { snapshot_id: '501' }, env });
    expect(older.code).toBe(1);
    expect(textOf(older, 'Not restored')).toContain(
      "a newer snapshot (502, 'completed') was made by run 902 of acme/shop",
    );
    const inputs = { snapshot_id: 'latest', server_id: '12345', max_age: '30d' };
    await runAction(testEnv, 'restore', { inputs, env });
    expect(testEnv.actualState().restores.map(({ snapshotId }) => snapshotId)).toEqual(['505']);
  });

  test.concurrent('are reused by a re-run of their own run', async () => {
    const earlier = { ...firstForm(1), created_at: '2026-01-10T11:00:00Z' };
    await using testEnv = await openTestEnvironment({ snapshots: [earlier] });
    const rerun = { ...env, ...SECOND, GITHUB_RUN_ID: '901' };
    const main = await runAction(testEnv, 'main', { inputs: { on_rerun: 'reuse' }, env: rerun });
    expect(main.outputs).toMatchObject({ snapshot_id: '501', created: 'false' });
  });
});
