import { expect, test } from '@jest/globals';
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

test.concurrent('deletes what this repository made; what is gone already is a notice', async () => {
  await using testEnv = await openTestEnvironment({ snapshots: SNAPSHOTS });
  const result = await remove(testEnv, { snapshot_id: '#501,,502,999' });

  expect(result).toMatchObject({
    code: 0,
    requests: [LIST, 'DELETE /snapshots/501/ 204', 'DELETE /snapshots/502/ 204'],
    outputs: { deleted: '501,502' },
  });
  expect(titlesOf(result)).toEqual(['notice: Already gone']);
  expect(textOf(result, 'Already gone')).toContain('999');
  expect(existing(testEnv)).toEqual(['503', '504']);
});

test.concurrent('deletes what the snapshot step of an earlier job made', async () => {
  await using testEnv = await openTestEnvironment();
  const { main } = await runJob(testEnv);
  const result = await remove(testEnv, { snapshot_id: main.outputs['snapshot_id'] ?? '' });

  expect(result).toMatchObject({ code: 0, outputs: { deleted: '801' } });
});

test.concurrent(
  'what this repository did not make is refused, and so is everything named with it; force',
  async () => {
    await using testEnv = await openTestEnvironment({ snapshots: SNAPSHOTS });
    const refused = await remove(testEnv, { snapshot_id: '501 503 504' });
    const forced = await remove(testEnv, { snapshot_id: '503', force: 'true' });

    expect(refused).toMatchObject({ code: 1, requests: [LIST], outputs: { deleted: '' } });
    expect(titlesOf(refused)).toEqual(['error: Nothing deleted']);
    expect(textOf(refused, 'Nothing deleted')).toMatch(
      /503.*acme\/blog.*504.*not made by this action.*force/s,
    );
    expect(forced).toMatchObject({ code: 0, outputs: { deleted: '503' } });
    expect(existing(testEnv)).toEqual(['501', '502', '504']);
  },
);

test.concurrent(
  'one that is refused by the API is red; the others are deleted, and the output names those',
  async () => {
    await using testEnv = await openTestEnvironment({ snapshots: SNAPSHOTS });
    const detail = 'Snapshot is in use.';
    testEnv.addFaults({ kind: 'status', status: 400, body: { detail }, method: 'DELETE', nth: 1 });
    const result = await remove(testEnv, { snapshot_id: '501,502' });

    expect(result).toMatchObject({ code: 1, outputs: { deleted: '502' } });
    expect(result.annotations.map(({ text }) => text).join('\n')).toMatch(/501.*in use/s);
    expect(existing(testEnv)).toEqual(['501', '503', '504']);
  },
);
