import { expect, test } from '@jest/globals';
import { runAction, type ActionResult } from '../harness/action.ts';
import { textOf, titlesOf } from '../harness/annotations.ts';
import { byHand, deleted, markerOf, markerOfOther, ofOtherRepository, own } from '../harness/snapshots.ts';
import { openTestEnvironment, type TestEnvironment } from '../harness/test-environment.ts';

const LIST = 'GET /snapshots/?server_id=12345 200';
const SERVER = 'GET /servers/12345/ 200';

async function prune(
  testEnv: TestEnvironment,
  inputs: Readonly<Record<string, string>>,
): Promise<ActionResult> {
  return await runAction(testEnv, 'prune', { inputs: { server_id: '12345', ...inputs } });
}

// Now is the 10th, 12:00.
const MIXED = [own(1), own(2), own(5, { status: 'failed' }), own(7), own(9), ofOtherRepository(3), byHand(4)];

test.concurrent.each([
  { inputs: { keep_last: '2' }, gone: ['505', '501', '502'] },
  // Both: beyond the newest N and older.
  { inputs: { keep_last: '1', older_than: '4d' }, gone: ['505', '501', '502'] },
])('$inputs: deletes $gone, and says of each why it stays or goes', async ({ inputs, gone }) => {
  await using testEnv = await openTestEnvironment({ snapshots: MIXED });
  const result = await prune(testEnv, inputs);

  expect(result).toMatchObject({
    code: 0,
    // Before each deletion the server is seen at rest.
    requests: [SERVER, LIST, ...gone.flatMap((id) => [SERVER, `DELETE /snapshots/${id}/ 204`]).slice(1)],
    outputs: { deleted: gone.join(',') },
  });
  // Of this repository's own; the others are no business of it, but stand in the summary.
  const kept = ['501', '502', '505', '507', '509'].filter((id) => !gone.includes(id));
  expect(result.outputs['kept']?.split(',').toSorted()).toEqual(kept.toSorted());
  for (const text of [result.stdout, result.summary.replaceAll('\\', '')]) {
    for (const { id } of MIXED) expect(text).toContain(String(id));
    expect(text).toMatch(/503.*another repository/);
    expect(text).toMatch(/504.*not made by this action/);
  }
});

test.concurrent('one server that cannot be pruned does not keep the others from it: red', async () => {
  await using testEnv = await openTestEnvironment({
    servers: [{ id: 12345 }, { id: 7 }],
    snapshots: [own(1), own(2), own(3), own(4, { server_id: 7 }), own(5, { server_id: 7 })],
  });
  testEnv.addFaults({ kind: 'status', status: 400, method: 'DELETE', nth: 1 });
  const result = await prune(testEnv, { server_id: '12345 7', keep_last: '1' });

  expect(result).toMatchObject({ code: 1, outputs: { deleted: '502,504' } });
  expect(result.outputs['kept']?.split(',')).toContain('501');
  expect(titlesOf(result)).toContain('error: Not all pruned');
  expect(textOf(result, 'Not all pruned')).toContain('501');
});

test.concurrent('of two pages every snapshot is checked, and pages that shift delete nothing', async () => {
  const snapshots = Array.from({ length: 130 }, (_, n) =>
    own(1, { id: 1000 + n, name: `s-${n}`, description: n === 7 ? markerOf() : markerOfOther() }),
  );
  await using testEnv = await openTestEnvironment({ snapshots: [...snapshots, own(9)] });
  testEnv.api.setSwitches({ page_shift: 'delete' });
  const shifted = await prune(testEnv, { keep_last: '1' });
  testEnv.api.setSwitches({ page_shift: 'no' });
  const result = await prune(testEnv, { keep_last: '1' });

  expect(shifted).toMatchObject({ code: 1, outputs: { deleted: '' } });
  expect(textOf(shifted, 'Not all pruned')).toContain('incomplete');
  expect(result).toMatchObject({ code: 0, outputs: { deleted: '1007', kept: '509' } });
  expect(deleted(testEnv)).toEqual(['1007']);
});
