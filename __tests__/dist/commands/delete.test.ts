import { describe, expect, test } from '@jest/globals';
import { runAction, type ActionResult } from '../harness/action.ts';
import { textOf, titlesOf } from '../harness/annotations.ts';
import { runJob } from '../harness/job.ts';
import { existing, markerOf, markerOfOther } from '../harness/snapshots.ts';
import { openTestEnvironment, type TestEnvironment } from '../harness/test-environment.ts';

const LIST = 'GET /snapshots/ 200';
const SNAPSHOTS = [
  { id: 501, name: 'mine', description: markerOf() },
  { id: 502, name: 'mine-too', description: `before the deploy ${markerOf()}` },
  { id: 503, name: 'theirs', description: markerOfOther() },
  { id: 504, name: 'by-hand', description: `${markerOf()} and then something` },
];

async function remove(
  testEnv: TestEnvironment,
  inputs: Readonly<Record<string, string>>,
): Promise<ActionResult> {
  return await runAction(testEnv, 'delete', { inputs });
}

test.concurrent('deletes what this repository made', async () => {
  await using testEnv = await openTestEnvironment({ snapshots: SNAPSHOTS });
  const result = await remove(testEnv, { snapshot_id: '501,,502' });

  expect(result).toMatchObject({
    code: 0,
    annotations: [],
    requests: [LIST, 'DELETE /snapshots/501/ 204', 'DELETE /snapshots/502/ 204'],
    outputs: { deleted: '501,502' },
  });
  expect(existing(testEnv)).toEqual(['503', '504']);
});

test.concurrent('deletes what the snapshot step of an earlier job made', async () => {
  await using testEnv = await openTestEnvironment();
  const { main } = await runJob(testEnv);
  const result = await remove(testEnv, { snapshot_id: main.outputs['snapshot_id'] ?? '' });

  expect(result).toMatchObject({ code: 0, outputs: { deleted: '801' } });
});

describe('what this repository did not make', () => {
  test.concurrent.each([
    { name: "another repository's", id: '503', says: 'acme/blog' },
    { name: 'one made by hand', id: '504', says: 'not made by this action' },
  ])('$name is refused, and so is everything named with it', async ({ id, says }) => {
    await using testEnv = await openTestEnvironment({ snapshots: SNAPSHOTS });
    const result = await remove(testEnv, { snapshot_id: `501 ${id}` });

    expect(result).toMatchObject({ code: 1, requests: [LIST], outputs: { deleted: '' } });
    expect(titlesOf(result)).toEqual(['error: Nothing deleted']);
    expect(textOf(result, 'Nothing deleted')).toMatch(new RegExp(`${id}.*${says}.*force`, 's'));
    expect(existing(testEnv)).toHaveLength(4);
  });

  test.concurrent('force deletes exactly what was named', async () => {
    await using testEnv = await openTestEnvironment({ snapshots: SNAPSHOTS });
    const result = await remove(testEnv, { snapshot_id: '503', force: 'true' });

    expect(result).toMatchObject({ code: 0, outputs: { deleted: '503' } });
    expect(existing(testEnv)).toEqual(['501', '502', '504']);
  });
});

describe('what is gone', () => {
  test.concurrent('already: a success with a notice', async () => {
    await using testEnv = await openTestEnvironment({ snapshots: SNAPSHOTS });
    const result = await remove(testEnv, { snapshot_id: '999' });

    expect(result).toMatchObject({ code: 0, requests: [LIST], outputs: { deleted: '' } });
    expect(titlesOf(result)).toEqual(['notice: Already gone']);
    expect(textOf(result, 'Already gone')).toContain('999');
  });

  test.concurrent('a moment before: the same, and not reported as deleted by this step', async () => {
    await using testEnv = await openTestEnvironment({ snapshots: SNAPSHOTS });
    testEnv.before(
      ({ method }) => method === 'DELETE',
      () => testEnv.request('DELETE', '/snapshots/501/'),
    );
    const result = await remove(testEnv, { snapshot_id: '501' });

    expect(result).toMatchObject({
      code: 0,
      requests: [LIST, 'DELETE /snapshots/501/ 404'],
      outputs: { deleted: '' },
    });
    expect(titlesOf(result)).toEqual(['notice: Already gone']);
  });

  test.concurrent('cannot be concluded from an incomplete list: refused', async () => {
    const snapshots = Array.from({ length: 130 }, (_, n) => ({ name: `s-${n}`, description: markerOf() }));
    await using testEnv = await openTestEnvironment({ snapshots, switches: { page_shift: 'delete' } });
    const result = await remove(testEnv, { snapshot_id: '99999' });

    expect(result.code).toBe(1);
    expect(textOf(result, 'Nothing deleted')).toContain('99999');
    expect(existing(testEnv)).toHaveLength(130);
  });
});

test.concurrent('a refusal by the API is red, the others are deleted, the output names those', async () => {
  await using testEnv = await openTestEnvironment({ snapshots: SNAPSHOTS });
  const detail = 'Snapshot is in use.';
  testEnv.addFaults({ kind: 'status', status: 400, body: { detail }, method: 'DELETE', nth: 1 });
  const result = await remove(testEnv, { snapshot_id: '501,502' });

  expect(result).toMatchObject({ code: 1, outputs: { deleted: '502' } });
  expect(result.annotations.map(({ text }) => text).join('\n')).toMatch(/501.*in use/s);
  expect(existing(testEnv)).toEqual(['501', '503', '504']);
});

test.concurrent('an empty snapshot_id is an error that explains the likely cause', async () => {
  await using testEnv = await openTestEnvironment();
  const result = await remove(testEnv, { snapshot_id: '' });

  expect(result).toMatchObject({ code: 1, requests: [] });
  expect(textOf(result, 'Wrong inputs')).toMatch(/made none or was skipped.*contains a secret/s);
});
