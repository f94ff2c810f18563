import { describe, expect, test } from '@jest/globals';
import { parseFaults } from '../../../simulator/fault.ts';
import { type Ended, runAction } from '../harness/action.ts';
import { runLife } from '../harness/job.ts';
import { marked, markedByOther } from '../harness/markers.ts';
import { openStage, type Stage } from '../harness/test-environment.ts';
import { textOf, titlesOf } from '../harness/annotations.ts';

const LIST = 'GET /snapshots/ 200';
const SNAPSHOTS = [
  { id: 501, name: 'mine', description: marked() },
  { id: 502, name: 'mine-too', description: `before the deploy ${marked()}` },
  { id: 503, name: 'theirs', description: markedByOther() },
  { id: 504, name: 'by-hand', description: `${marked()} and then something` },
];

async function remove(stage: Stage, inputs: Readonly<Record<string, string>>): Promise<Ended> {
  return await runAction(stage, 'delete', { inputs });
}

function leftOn(stage: Stage): string[] {
  return stage.truth().snapshots.flatMap(({ id, deletedAt }) => (deletedAt === null ? [id] : []));
}

test.concurrent('deletes what this repository made', async () => {
  await using stage = await openStage({ snapshots: SNAPSHOTS });
  const ended = await remove(stage, { snapshot_id: '501,,502' });

  expect(ended).toMatchObject({
    code: 0,
    annotations: [],
    requests: [LIST, 'DELETE /snapshots/501/ 204', 'DELETE /snapshots/502/ 204'],
    outputs: { deleted: '501,502' },
  });
  expect(leftOn(stage)).toEqual(['503', '504']);
});

test.concurrent('deletes what the snapshot step of an earlier job made', async () => {
  await using stage = await openStage();
  const { main } = await runLife(stage);
  const ended = await remove(stage, { snapshot_id: main.outputs['snapshot_id'] ?? '' });

  expect(ended).toMatchObject({ code: 0, outputs: { deleted: '801' } });
});

describe('what this repository did not make', () => {
  test.concurrent.each([
    { name: "another repository's", id: '503', says: 'acme/blog' },
    { name: 'one made by hand', id: '504', says: 'not made by this action' },
  ])('$name is refused, and so is everything named with it', async ({ id, says }) => {
    await using stage = await openStage({ snapshots: SNAPSHOTS });
    const ended = await remove(stage, { snapshot_id: `501 ${id}` });

    expect(ended).toMatchObject({ code: 1, requests: [LIST], outputs: { deleted: '' } });
    expect(titlesOf(ended)).toEqual(['error: Nothing deleted']);
    expect(textOf(ended, 'Nothing deleted')).toMatch(new RegExp(`${id}.*${says}.*force`, 's'));
    expect(leftOn(stage)).toHaveLength(4);
  });

  test.concurrent('force deletes exactly what was named', async () => {
    await using stage = await openStage({ snapshots: SNAPSHOTS });
    const ended = await remove(stage, { snapshot_id: '503', force: 'true' });

    expect(ended).toMatchObject({ code: 0, outputs: { deleted: '503' } });
    expect(leftOn(stage)).toEqual(['501', '502', '504']);
  });
});

describe('what is gone', () => {
  test.concurrent('already: a success with a notice', async () => {
    await using stage = await openStage({ snapshots: SNAPSHOTS });
    const ended = await remove(stage, { snapshot_id: '999' });

    expect(ended).toMatchObject({ code: 0, requests: [LIST], outputs: { deleted: '' } });
    expect(titlesOf(ended)).toEqual(['notice: Already gone']);
    expect(textOf(ended, 'Already gone')).toContain('999');
  });

  test.concurrent('a moment before: the same, and not called deleted by this step', async () => {
    await using stage = await openStage({ snapshots: SNAPSHOTS });
    stage.before(
      ({ method }) => method === 'DELETE',
      () => stage.ask('DELETE', '/snapshots/501/'),
    );
    const ended = await remove(stage, { snapshot_id: '501' });

    expect(ended).toMatchObject({
      code: 0,
      requests: [LIST, 'DELETE /snapshots/501/ 404'],
      outputs: { deleted: '' },
    });
    expect(titlesOf(ended)).toEqual(['notice: Already gone']);
  });

  test.concurrent('cannot be said of a list that is incomplete: refused', async () => {
    const snapshots = Array.from({ length: 130 }, (_, n) => ({ name: `s-${n}`, description: marked() }));
    await using stage = await openStage({ snapshots, switches: { page_shift: 'delete' } });
    const ended = await remove(stage, { snapshot_id: '99999' });

    expect(ended.code).toBe(1);
    expect(textOf(ended, 'Nothing deleted')).toContain('99999');
    expect(leftOn(stage)).toHaveLength(130);
  });
});

test.concurrent('a refusal by the API is red, the others are deleted, the output names those', async () => {
  await using stage = await openStage({ snapshots: SNAPSHOTS });
  const detail = 'Snapshot is in use.';
  stage.server.faults.add(
    parseFaults({ kind: 'status', status: 400, body: { detail }, method: 'DELETE', nth: 1 }),
  );
  const ended = await remove(stage, { snapshot_id: '501,502' });

  expect(ended).toMatchObject({ code: 1, outputs: { deleted: '502' } });
  expect(ended.annotations.map(({ text }) => text).join('\n')).toMatch(/501.*in use/s);
  expect(leftOn(stage)).toEqual(['501', '503', '504']);
});

test.concurrent('an empty snapshot_id is an error that explains the likely cause', async () => {
  await using stage = await openStage();
  const ended = await remove(stage, { snapshot_id: '' });

  expect(ended).toMatchObject({ code: 1, requests: [] });
  expect(textOf(ended, 'Wrong inputs')).toMatch(/made none or was skipped.*contains a secret/s);
});
