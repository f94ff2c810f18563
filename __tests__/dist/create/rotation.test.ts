import { describe, expect, test } from '@jest/globals';
import { type SnapshotSeed } from '../../../simulator/truth.ts';
import { type Ended, runAction } from '../harness/action.ts';
import { marked, markedByOther } from '../harness/markers.ts';
import { openStage, type Stage } from '../harness/test-environment.ts';
import { textOf, titlesOf } from '../harness/annotations.ts';

const LIST = 'GET /snapshots/?server_id=12345 200';
const ROTATE = { when_full: 'rotate' };

/** A snapshot that was made on the n-th of January. */
function day(n: number, more: Partial<SnapshotSeed> = {}): SnapshotSeed {
  return { id: 500 + n, name: `s-${n}`, created_at: `2026-01-0${n}T08:00:00Z`, ...more };
}
const foreign = (n: number): SnapshotSeed => day(n, { description: markedByOther() });
const own = (n: number, more: Partial<SnapshotSeed> = {}): SnapshotSeed =>
  day(n, { description: marked(), ...more });

function deletedOn(stage: Stage): string[] {
  return stage.truth().snapshots.flatMap(({ id, deletedAt }) => (deletedAt === null ? [] : [id]));
}

describe('a full server with when_full: rotate', () => {
  test.concurrent.each([
    {
      name: "this repository's oldest",
      snapshots: [day(1), foreign(2), own(4), own(3), own(5)],
      gone: '503',
    },
    {
      name: "this repository's failed one first",
      snapshots: [own(1), own(2), own(3, { status: 'failed' }), foreign(4), day(5)],
      gone: '503',
    },
    {
      name: 'the oldest, whatever the order of the list',
      snapshots: [own(5), own(1), own(3), own(2), own(4)],
      gone: '501',
    },
    {
      name: 'never one of this run',
      snapshots: [own(1, { description: marked({ runId: '1001' }) }), own(2), day(3), day(4), day(5)],
      gone: '502',
    },
  ])('deletes $name, says which and why, then makes the new one', async ({ snapshots, gone }) => {
    await using stage = await openStage({ snapshots });
    const main = await runAction(stage, 'main', { inputs: ROTATE });

    expect(main).toMatchObject({
      code: 0,
      requests: [LIST, `DELETE /snapshots/${gone}/ 204`, 'POST /snapshots/ 201', LIST],
      outputs: { snapshot_status: 'completed' },
    });
    expect(main.stdout).toMatch(new RegExp(`snapshot ${gone} \\(s-.\\).* to make room: `));
    expect(main.summary).toContain(gone);
    expect(deletedOn(stage)).toEqual([gone]);
  });

  test.concurrent('the only own restore point goes, with a warning', async () => {
    await using stage = await openStage({ snapshots: [day(1), day(2), own(3), foreign(4), day(5)] });
    const main = await runAction(stage, 'main', { inputs: ROTATE });

    expect(main.code).toBe(0);
    expect(titlesOf(main)).toEqual(['warning: Only restore point deleted']);
    expect(textOf(main, 'Only restore point deleted')).toContain('503');
    expect(deletedOn(stage)).toEqual(['503']);
  });

  async function runFull(snapshots: SnapshotSeed[]): Promise<{ main: Ended; deleted: string[] }> {
    await using stage = await openStage({ snapshots });
    const main = await runAction(stage, 'main', { inputs: ROTATE });
    return { main, deleted: deletedOn(stage) };
  }

  test.concurrent.each([
    {
      name: 'none own',
      snapshots: [day(1), day(2), foreign(3), foreign(4), day(5)],
      why: 'none of them was made by this repository',
    },
    {
      name: 'an own one in progress',
      snapshots: [own(1), own(2), own(3), own(4), own(5, { status: 'in_progress' })],
      why: 'in progress',
    },
    {
      name: 'only own ones of this run',
      snapshots: [1, 2, 3, 4, 5].map((n) => own(n, { description: marked({ runId: '1001' }) })),
      why: 'this run',
    },
  ])('$name: fails, names the five, deletes nothing', async ({ snapshots, why }) => {
    const { main, deleted } = await runFull(snapshots);

    expect(main).toMatchObject({ code: 1, requests: [LIST] });
    expect(textOf(main, 'Server full')).toContain(why);
    for (const { id } of snapshots) expect(textOf(main, 'Server full')).toContain(`- ${id} `);
    expect(deleted).toEqual([]);
  });

  test.concurrent('an own one with a time that cannot be read is not deleted', async () => {
    const snapshots = [1, 2, 3, 4, 5].map((n) => own(n));
    await using stage = await openStage({ snapshots, switches: { created_at: 'unreadable' } });
    const main = await runAction(stage, 'main', { inputs: ROTATE });

    expect(main).toMatchObject({ code: 1, requests: [LIST] });
    expect(deletedOn(stage)).toEqual([]);
  });

  test.concurrent(
    'after the DELETE the API still says "full" for a while: the POST is tried again',
    async () => {
      const snapshots = [own(1), day(2), day(3), day(4), day(5)];
      await using stage = await openStage({ snapshots, pace: 10, switches: { slot_late: 100 } });
      const main = await runAction(stage, 'main', { inputs: ROTATE });

      expect(main).toMatchObject({ code: 0, outputs: { snapshot_status: 'completed' } });
      expect(main.requests).toContain('POST /snapshots/ 400');
      expect(deletedOn(stage)).toEqual(['501']);
    },
  );

  test.concurrent(
    '... and goes on saying so: fails, and says what was deleted and what is left',
    async () => {
      const snapshots = [own(1), own(2), day(3), day(4), day(5)];
      await using stage = await openStage({ snapshots, pace: 1, switches: { slot_late: 1e6 } });
      const main = await runAction(stage, 'main', { inputs: ROTATE });

      expect(main.code).toBe(1);
      const text = main.annotations.map((annotation) => annotation.text).join('\n');
      for (const id of [501, 502, 503, 504, 505]) expect(text).toContain(String(id));
      // One deletion for each server and step, whatever the API says.
      expect(deletedOn(stage)).toEqual(['501']);
    },
  );

  test.concurrent('the DELETE is refused: no snapshot is requested', async () => {
    const snapshots = [own(1), day(2), day(3), day(4), day(5)];
    await using stage = await openStage({ snapshots });
    stage.before(
      ({ method }) => method === 'DELETE',
      () => stage.server.machine.setSwitches({ permissions: ['snapshots:read'] }),
    );
    const main = await runAction(stage, 'main', { inputs: ROTATE });

    expect(main).toMatchObject({ code: 1, requests: [LIST, 'DELETE /snapshots/501/ 403'] });
    expect(textOf(main, 'No slot was freed')).toMatch(/501.*no snapshot was made/s);
  });

  test.concurrent('a 400 from the create request never rotates by itself', async () => {
    await using stage = await openStage({ snapshots: [own(1), own(2), own(3), own(4)] });
    stage.before(
      ({ method }) => method === 'POST',
      () => stage.server.machine.addSnapshot({ ...own(5), name: 'slipped-in' }),
    );
    const main = await runAction(stage, 'main', { inputs: ROTATE });

    expect(main).toMatchObject({ code: 1, requests: [LIST, 'POST /snapshots/ 400', LIST] });
    expect(textOf(main, 'Server full')).toContain('- 505 slipped-in');
    expect(deletedOn(stage)).toEqual([]);
  });
});

test.concurrent('with a free slot nothing is deleted: never before the new one is complete', async () => {
  await using stage = await openStage({ snapshots: [own(1), own(2), own(3), own(4)] });
  const main = await runAction(stage, 'main', { inputs: ROTATE });

  expect(main).toMatchObject({ code: 0, requests: [LIST, 'POST /snapshots/ 201', LIST] });
  expect(deletedOn(stage)).toEqual([]);
});

test.concurrent('rotation needs a stopped server first, where stop_server is asked for', async () => {
  const snapshots = [own(1), day(2), day(3), day(4), day(5)];
  await using stage = await openStage({
    snapshots,
    switches: { permissions: ['snapshots:read', 'snapshots:write', 'servers:read'] },
  });
  const main = await runAction(stage, 'main', { inputs: { ...ROTATE, stop_server: 'true' } });

  expect(main.code).toBe(1);
  expect(main.requests).toEqual([LIST, 'GET /servers/12345/ 200', 'POST /servers/12345/power/ 403']);
  expect(deletedOn(stage)).toEqual([]);
});

test.concurrent(
  'another run has a snapshot in progress there: a warning with the lines to paste',
  async () => {
    await using stage = await openStage({
      snapshots: [day(1, { status: 'in_progress', description: markedByOther() })],
    });
    const main = await runAction(stage, 'main');

    expect(main.code).toBe(0);
    expect(main.annotations).toMatchObject([{ kind: 'warning' }]);
    expect(main.annotations[0]?.text).toMatch(/501.*concurrency:\n/s);
  },
);
