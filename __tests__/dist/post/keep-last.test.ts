import { describe, expect, test } from '@jest/globals';
import { parseFaults } from '../../../simulator/fault.ts';
import { type SnapshotSeed } from '../../../simulator/truth.ts';
import { type Ended, runAction } from '../harness/action.ts';
import { runLife } from '../harness/job.ts';
import { marked, markedByOther } from '../harness/markers.ts';
import { openStage, type Stage } from '../harness/test-environment.ts';
import { titlesOf } from '../harness/annotations.ts';

const LIST = 'GET /snapshots/?server_id=12345 200';

/** A snapshot that was made on the n-th of January; its id is 500 and that day. */
function own(n: number, more: Partial<SnapshotSeed> = {}): SnapshotSeed {
  return {
    id: 500 + n,
    name: `s-${n}`,
    created_at: `2026-01-0${n}T08:00:00Z`,
    description: marked(),
    ...more,
  };
}
const foreign = (n: number): SnapshotSeed => own(n, { description: markedByOther() });
const byHand = (n: number): SnapshotSeed => own(n, { description: 'by hand' });

function deletedOn(stage: Stage): string[] {
  return stage.truth().snapshots.flatMap(({ id, deletedAt }) => (deletedAt === null ? [] : [id]));
}

function deletes(...ids: number[]): string[] {
  return ids.map((id) => `DELETE /snapshots/${id}/ 204`);
}

describe('keep_last after a good deploy', () => {
  const INPUTS = { keep_last: '2' };

  test.concurrent(
    "this repository's newest stay, this run's included; older own ones go, the oldest first",
    async () => {
      await using stage = await openStage({ snapshots: [own(1), own(2), own(3), foreign(4)] });
      const { main, post } = await runLife(stage, { inputs: INPUTS });

      expect(main.code).toBe(0);
      expect(post).toMatchObject({ code: 0, annotations: [], requests: [LIST, ...deletes(501, 502)] });
      expect(deletedOn(stage)).toEqual(['501', '502']);
    },
  );

  test.concurrent('the log and the summary say for each snapshot why it stays or goes', async () => {
    await using stage = await openStage({ snapshots: [own(1), own(2), byHand(3), foreign(4)] });
    const { post } = await runLife(stage, { inputs: INPUTS });

    for (const told of [post.stdout, post.summary.replaceAll('\\', '')]) {
      expect(told).toMatch(/501.*beyond the newest 2/);
      expect(told).toMatch(/502.*among the newest 2/);
      expect(told).toMatch(/503.*not made by this action/);
      expect(told).toMatch(/504.*another repository/);
      expect(told).toMatch(/801.*this run/);
    }
  });

  test.concurrent('only a successful job prunes', async () => {
    await using stage = await openStage({ snapshots: [own(1), own(2), own(3)] });
    const { post } = await runLife(stage, { inputs: INPUTS, ends: 'failure' });

    expect(post).toMatchObject({ code: 0, requests: [] });
  });

  test.concurrent('after a restore nothing is deleted', async () => {
    await using stage = await openStage({ snapshots: [own(1), own(2), own(3)] });
    const { post } = await runLife(stage, { inputs: INPUTS, restoreIf: 'true' });

    expect(titlesOf(post)).toEqual(['error: Rolled back']);
    expect(deletedOn(stage)).toEqual([]);
  });

  test.concurrent(
    'failed ones count for nothing and go first; those in progress neither count nor go',
    async () => {
      const snapshots = [own(1), own(2, { status: 'in_progress' }), own(3, { status: 'failed' }), own(4)];
      await using stage = await openStage({ snapshots, pace: 10, switches: { snapshot_seconds: [60, 60] } });
      // The one in progress goes on for longer than this life.
      stage.server.machine.setSwitches({ snapshot_seconds: [10, 10] });
      const { post } = await runLife(stage, { inputs: INPUTS });

      expect(post.code).toBe(0);
      expect(deletedOn(stage)).toContain('503');
      expect(deletedOn(stage)).not.toContain('504');
      expect(post.requests[1]).toBe('DELETE /snapshots/503/ 204');
    },
  );

  test.concurrent(
    'a good deploy is not failed by a clean-up that fails: a warning with the reason',
    async () => {
      await using stage = await openStage({ snapshots: [own(1), own(2), own(3)] });
      const detail = 'Not today.';
      stage.server.faults.add(
        parseFaults({ kind: 'status', status: 403, body: { detail }, method: 'DELETE' }),
      );
      const { post } = await runLife(stage, { inputs: INPUTS });

      expect(post.code).toBe(0);
      expect(new Set(post.annotations.map(({ kind }) => kind))).toEqual(new Set(['warning']));
      expect(post.annotations.map(({ text }) => text).join('\n')).toMatch(/501.*Not today/s);
    },
  );

  test.concurrent('a list that cannot be had: a warning, nothing is deleted', async () => {
    await using stage = await openStage({ snapshots: [own(1), own(2), own(3)] });
    const { post } = await runLife(stage, {
      inputs: INPUTS,
      between: () => stage.server.faults.add(parseFaults({ kind: 'status', status: 500, method: 'GET' })),
    });

    expect(post.code).toBe(0);
    expect(post.annotations).toMatchObject([{ kind: 'warning' }]);
    expect(deletedOn(stage)).toEqual([]);
  });
});

describe('prune', () => {
  async function prune(stage: Stage, inputs: Readonly<Record<string, string>>): Promise<Ended> {
    return await runAction(stage, 'prune', { inputs: { server_id: '12345', ...inputs } });
  }
  // Now is the 10th, 12:00.
  const MIXED = [own(1), own(2), own(5, { status: 'failed' }), own(7), own(9), foreign(3), byHand(4)];

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
    await using stage = await openStage({ snapshots: MIXED });
    const ended = await prune(stage, inputs);

    expect(ended).toMatchObject({
      code: 0,
      requests: [LIST, ...gone.map((id) => `DELETE /snapshots/${id}/ 204`)],
      outputs: { deleted: gone.join(',') },
    });
    // Of this repository's own; the others are no business of it, but stand in the summary.
    const kept = ['501', '502', '505', '507', '509'].filter((id) => !gone.includes(id));
    expect(ended.outputs['kept']?.split(',').toSorted()).toEqual(kept.toSorted());
    for (const { id } of MIXED) expect(ended.summary).toContain(String(id));
  });

  test.concurrent(
    'several servers, each by itself; one that cannot be pruned does not keep the others from it',
    async () => {
      await using stage = await openStage({
        servers: [{ id: 12345 }, { id: 7 }],
        snapshots: [own(1), own(2), own(3, { server_id: 7 }), own(4, { server_id: 7 })],
      });
      stage.server.faults.add(parseFaults({ kind: 'status', status: 403, path: '/snapshots/', nth: 1 }));
      const ended = await prune(stage, { server_id: '12345 7', keep_last: '1' });

      expect(ended).toMatchObject({ code: 1, outputs: { deleted: '503' } });
      expect(titlesOf(ended)).toEqual(['error: Not all pruned']);
    },
  );

  test.concurrent('a refused deletion is red, and the snapshot is told as kept', async () => {
    await using stage = await openStage({ snapshots: [own(1), own(2), own(3)] });
    stage.server.faults.add(parseFaults({ kind: 'status', status: 400, method: 'DELETE', nth: 1 }));
    const ended = await prune(stage, { keep_last: '1' });

    expect(ended).toMatchObject({ code: 1, outputs: { deleted: '502' } });
    expect(ended.outputs['kept']?.split(',')).toContain('501');
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
    await using stage = await openStage({
      snapshots: [own(1), own(2, { created_at: hour })],
      switches,
      ...options,
    });
    const ended = await prune(stage, { keep_last: '1' });

    expect(ended.code).toBe(0);
    expect(deletedOn(stage)).toEqual(gone);
  });

  test.concurrent('an incomplete list deletes nothing', async () => {
    const snapshots = Array.from({ length: 130 }, (_, n) => own(1, { id: 1000 + n, name: `s-${n}` }));
    await using stage = await openStage({ snapshots, switches: { page_shift: 'delete' } });
    const ended = await prune(stage, { keep_last: '1' });

    expect(ended.code).toBe(1);
    expect(ended.annotations[0]?.text).toContain('incomplete');
    expect(deletedOn(stage)).toEqual([]);
  });

  test.concurrent('of two pages every one is judged', async () => {
    const snapshots = Array.from({ length: 130 }, (_, n) =>
      own(1, { id: 1000 + n, name: `s-${n}`, description: n === 7 ? marked() : markedByOther() }),
    );
    await using stage = await openStage({ snapshots: [...snapshots, own(9)] });
    const ended = await prune(stage, { keep_last: '1' });

    expect(ended).toMatchObject({ code: 0, outputs: { deleted: '1007' } });
    expect(ended.outputs['kept']).toBe('509');
  });
});
