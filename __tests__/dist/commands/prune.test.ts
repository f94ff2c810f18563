import { describe, expect, test } from '@jest/globals';
import { runAction, type ActionResult } from '../harness/action.ts';
import { titlesOf } from '../harness/annotations.ts';
import { byHand, deleted, markerOf, markerOfOther, ofOtherRepository, own } from '../harness/snapshots.ts';
import { openTestEnvironment, type TestEnvironment } from '../harness/test-environment.ts';

const LIST = 'GET /snapshots/?server_id=12345 200';

describe('prune', () => {
  async function prune(
    testEnv: TestEnvironment,
    inputs: Readonly<Record<string, string>>,
  ): Promise<ActionResult> {
    return await runAction(testEnv, 'prune', { inputs: { server_id: '12345', ...inputs } });
  }
  // Now is the 10th, 12:00.
  const MIXED = [
    own(1),
    own(2),
    own(5, { status: 'failed' }),
    own(7),
    own(9),
    ofOtherRepository(3),
    byHand(4),
  ];

  test.concurrent.each([
    { inputs: { keep_last: '2' }, gone: ['505', '501', '502'] },
    { inputs: { keep_last: '1' }, gone: ['505', '501', '502', '507'] },
    { inputs: { keep_last: '9' }, gone: ['505'] },
    // Without a number the newest one stays, however old.
    { inputs: { older_than: '1h' }, gone: ['505', '501', '502', '507'] },
    { inputs: { older_than: '6d' }, gone: ['501', '502'] },
    // Both: beyond the newest N and older.
    { inputs: { keep_last: '3', older_than: '4d' }, gone: ['505', '501'] },
    { inputs: { keep_last: '1', older_than: '20d' }, gone: [] },
  ])('$inputs: deletes $gone', async ({ inputs, gone }) => {
    await using testEnv = await openTestEnvironment({ snapshots: MIXED });
    const result = await prune(testEnv, inputs);

    expect(result).toMatchObject({
      code: 0,
      requests: [LIST, ...gone.map((id) => `DELETE /snapshots/${id}/ 204`)],
      outputs: { deleted: gone.join(',') },
    });
    // Of this repository's own; the others are no business of it, but stand in the summary.
    const kept = ['501', '502', '505', '507', '509'].filter((id) => !gone.includes(id));
    expect(result.outputs['kept']?.split(',').toSorted()).toEqual(kept.toSorted());
    for (const { id } of MIXED) expect(result.summary).toContain(String(id));
  });

  test.concurrent(
    'several servers, each by itself; one that cannot be pruned does not keep the others from it',
    async () => {
      await using testEnv = await openTestEnvironment({
        servers: [{ id: 12345 }, { id: 7 }],
        snapshots: [own(1), own(2), own(3, { server_id: 7 }), own(4, { server_id: 7 })],
      });
      testEnv.addFaults({ kind: 'status', status: 403, path: '/snapshots/', nth: 1 });
      const result = await prune(testEnv, { server_id: '12345 7', keep_last: '1' });

      expect(result).toMatchObject({ code: 1, outputs: { deleted: '503' } });
      expect(titlesOf(result)).toEqual(['error: Not all pruned']);
    },
  );

  test.concurrent('a refused deletion is red, and the snapshot is reported as kept', async () => {
    await using testEnv = await openTestEnvironment({ snapshots: [own(1), own(2), own(3)] });
    testEnv.addFaults({ kind: 'status', status: 400, method: 'DELETE', nth: 1 });
    const result = await prune(testEnv, { keep_last: '1' });

    expect(result).toMatchObject({ code: 1, outputs: { deleted: '502' } });
    expect(result.outputs['kept']?.split(',')).toContain('501');
  });

  test.concurrent.each([
    { name: 'as usual', switches: {}, gone: ['501'] },
    { name: 'unreadable', switches: { created_at: 'unreadable' }, gone: [] },
    { name: 'missing', switches: { snapshot_missing: ['created_at'] }, gone: [] },
    // One day ahead: the newer one is from tomorrow, the older one is not.
    {
      name: 'in the future',
      switches: { created_at: 'future' },
      startAt: Date.parse('2026-01-01T09:00:00Z'),
      gone: [],
    },
  ] as const)('a time that is $name: deletes $gone', async ({ switches, gone, ...options }) => {
    const hour = '2026-01-01T08:30:00Z';
    await using testEnv = await openTestEnvironment({
      snapshots: [own(1), own(2, { created_at: hour })],
      switches,
      ...options,
    });
    const result = await prune(testEnv, { keep_last: '1' });

    expect(result.code).toBe(0);
    expect(deleted(testEnv)).toEqual(gone);
  });

  test.concurrent('an incomplete list deletes nothing', async () => {
    const snapshots = Array.from({ length: 130 }, (_, n) => own(1, { id: 1000 + n, name: `s-${n}` }));
    await using testEnv = await openTestEnvironment({ snapshots, switches: { page_shift: 'delete' } });
    const result = await prune(testEnv, { keep_last: '1' });

    expect(result.code).toBe(1);
    expect(result.annotations[0]?.text).toContain('incomplete');
    expect(deleted(testEnv)).toEqual([]);
  });

  test.concurrent('of two pages every snapshot is checked', async () => {
    const snapshots = Array.from({ length: 130 }, (_, n) =>
      own(1, { id: 1000 + n, name: `s-${n}`, description: n === 7 ? markerOf() : markerOfOther() }),
    );
    await using testEnv = await openTestEnvironment({ snapshots: [...snapshots, own(9)] });
    const result = await prune(testEnv, { keep_last: '1' });

    expect(result).toMatchObject({ code: 0, outputs: { deleted: '1007' } });
    expect(result.outputs['kept']).toBe('509');
  });
});
