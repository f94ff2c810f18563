import { describe, expect, test } from '@jest/globals';
import { runAction, type ActionResult } from '../harness/action.ts';
import { textOf, titlesOf } from '../harness/annotations.ts';
import { byHand, deleted, markerOf, markerOfOther, ofOtherRepository, own } from '../harness/snapshots.ts';
import { openTestEnvironment, type SnapshotSeed } from '../harness/test-environment.ts';

const LIST = 'GET /snapshots/?server_id=12345 200';
const ROTATE = { when_full: 'rotate' };

describe('a full server with when_full: rotate', () => {
  test.concurrent.each([
    {
      name: "this repository's oldest",
      snapshots: [byHand(1), ofOtherRepository(2), own(4), own(3), own(5)],
      gone: '503',
    },
    {
      name: "this repository's failed one first",
      snapshots: [own(1), own(2), own(3, { status: 'failed' }), ofOtherRepository(4), byHand(5)],
      gone: '503',
    },
    {
      name: 'the oldest, whatever the order of the list',
      snapshots: [own(5), own(1), own(3), own(2), own(4)],
      gone: '501',
    },
    {
      name: 'never one of this run',
      snapshots: [
        own(1, { description: markerOf({ runId: '1001' }) }),
        own(2),
        byHand(3),
        byHand(4),
        byHand(5),
      ],
      gone: '502',
    },
  ])('deletes $name, says which and why, then makes the new one', async ({ snapshots, gone }) => {
    await using testEnv = await openTestEnvironment({ snapshots });
    const main = await runAction(testEnv, 'main', { inputs: ROTATE });

    expect(main).toMatchObject({
      code: 0,
      requests: [LIST, `DELETE /snapshots/${gone}/ 204`, 'POST /snapshots/ 201', LIST],
      outputs: { snapshot_status: 'completed' },
    });
    expect(main.stdout).toMatch(new RegExp(`snapshot ${gone} \\(s-.\\).* to make room: `));
    expect(main.summary).toContain(gone);
    expect(deleted(testEnv)).toEqual([gone]);
  });

  test.concurrent('the only own restore point goes, with a warning', async () => {
    await using testEnv = await openTestEnvironment({
      snapshots: [byHand(1), byHand(2), own(3), ofOtherRepository(4), byHand(5)],
    });
    const main = await runAction(testEnv, 'main', { inputs: ROTATE });

    expect(main.code).toBe(0);
    expect(titlesOf(main)).toEqual(['warning: Only restore point deleted']);
    expect(textOf(main, 'Only restore point deleted')).toContain('503');
    expect(deleted(testEnv)).toEqual(['503']);
  });

  async function runFull(snapshots: SnapshotSeed[]): Promise<{ main: ActionResult; deleted: string[] }> {
    await using testEnv = await openTestEnvironment({ snapshots });
    const main = await runAction(testEnv, 'main', { inputs: ROTATE });
    return { main, deleted: deleted(testEnv) };
  }

  test.concurrent.each([
    {
      name: 'none own',
      snapshots: [byHand(1), byHand(2), ofOtherRepository(3), ofOtherRepository(4), byHand(5)],
      reason: 'none of them was made by this repository',
    },
    {
      name: 'an own one in progress',
      snapshots: [own(1), own(2), own(3), own(4), own(5, { status: 'in_progress' })],
      reason: 'in progress',
    },
    {
      name: 'only own ones of this run',
      snapshots: [1, 2, 3, 4, 5].map((n) => own(n, { description: markerOf({ runId: '1001' }) })),
      reason: 'this run',
    },
  ])('$name: fails, names the five, deletes nothing', async ({ snapshots, reason }) => {
    const { main, deleted } = await runFull(snapshots);

    expect(main).toMatchObject({ code: 1, requests: [LIST] });
    expect(textOf(main, 'Server full')).toContain(reason);
    for (const { id } of snapshots) expect(textOf(main, 'Server full')).toContain(`- ${id} `);
    expect(deleted).toEqual([]);
  });

  test.concurrent('an own one with a time that cannot be read is not deleted', async () => {
    const snapshots = [1, 2, 3, 4, 5].map((n) => own(n));
    await using testEnv = await openTestEnvironment({ snapshots, switches: { created_at: 'unreadable' } });
    const main = await runAction(testEnv, 'main', { inputs: ROTATE });

    expect(main).toMatchObject({ code: 1, requests: [LIST] });
    expect(deleted(testEnv)).toEqual([]);
  });

  test.concurrent(
    'after the DELETE the API still says "full" for a while: the POST is tried again',
    async () => {
      const snapshots = [own(1), byHand(2), byHand(3), byHand(4), byHand(5)];
      await using testEnv = await openTestEnvironment({
        snapshots,
        secondsPerAnswer: 10,
        switches: { slot_late: 100 },
      });
      const main = await runAction(testEnv, 'main', { inputs: ROTATE });

      expect(main).toMatchObject({ code: 0, outputs: { snapshot_status: 'completed' } });
      expect(main.requests).toContain('POST /snapshots/ 400');
      expect(deleted(testEnv)).toEqual(['501']);
    },
  );

  test.concurrent('... and still says so: fails, and says what was deleted and what is left', async () => {
    const snapshots = [own(1), own(2), byHand(3), byHand(4), byHand(5)];
    await using testEnv = await openTestEnvironment({
      snapshots,
      secondsPerAnswer: 1,
      switches: { slot_late: 1e6 },
    });
    const main = await runAction(testEnv, 'main', { inputs: ROTATE });

    expect(main.code).toBe(1);
    const text = main.annotations.map((annotation) => annotation.text).join('\n');
    for (const id of [501, 502, 503, 504, 505]) expect(text).toContain(String(id));
    // One deletion for each server and step, whatever the API says.
    expect(deleted(testEnv)).toEqual(['501']);
  });

  test.concurrent('the DELETE is refused: no snapshot is requested', async () => {
    const snapshots = [own(1), byHand(2), byHand(3), byHand(4), byHand(5)];
    await using testEnv = await openTestEnvironment({ snapshots });
    testEnv.before(
      ({ method }) => method === 'DELETE',
      () => testEnv.api.setSwitches({ permissions: ['snapshots:read'] }),
    );
    const main = await runAction(testEnv, 'main', { inputs: ROTATE });

    expect(main).toMatchObject({ code: 1, requests: [LIST, 'DELETE /snapshots/501/ 403'] });
    expect(textOf(main, 'No slot was freed')).toMatch(/501.*no snapshot was made/s);
  });

  test.concurrent('a 400 from the create request never rotates by itself', async () => {
    await using testEnv = await openTestEnvironment({ snapshots: [own(1), own(2), own(3), own(4)] });
    testEnv.before(
      ({ method }) => method === 'POST',
      () => testEnv.api.addSnapshot({ ...own(5), name: 'slipped-in' }),
    );
    const main = await runAction(testEnv, 'main', { inputs: ROTATE });

    expect(main).toMatchObject({ code: 1, requests: [LIST, 'POST /snapshots/ 400', LIST] });
    expect(textOf(main, 'Server full')).toContain('- 505 slipped-in');
    expect(deleted(testEnv)).toEqual([]);
  });
});

test.concurrent('with a free slot nothing is deleted: never before the new one is complete', async () => {
  await using testEnv = await openTestEnvironment({ snapshots: [own(1), own(2), own(3), own(4)] });
  const main = await runAction(testEnv, 'main', { inputs: ROTATE });

  expect(main).toMatchObject({ code: 0, requests: [LIST, 'POST /snapshots/ 201', LIST] });
  expect(deleted(testEnv)).toEqual([]);
});

test.concurrent('rotation needs a stopped server first, where stop_server is set', async () => {
  const snapshots = [own(1), byHand(2), byHand(3), byHand(4), byHand(5)];
  await using testEnv = await openTestEnvironment({
    snapshots,
    switches: { permissions: ['snapshots:read', 'snapshots:write', 'servers:read'] },
  });
  const main = await runAction(testEnv, 'main', { inputs: { ...ROTATE, stop_server: 'true' } });

  expect(main.code).toBe(1);
  expect(main.requests).toEqual([LIST, 'GET /servers/12345/ 200', 'POST /servers/12345/power/ 403']);
  expect(deleted(testEnv)).toEqual([]);
});

test.concurrent(
  'another run has a snapshot in progress there: a warning with the lines to paste',
  async () => {
    await using testEnv = await openTestEnvironment({
      snapshots: [byHand(1, { status: 'in_progress', description: markerOfOther() })],
    });
    const main = await runAction(testEnv, 'main');

    expect(main.code).toBe(0);
    expect(main.annotations).toMatchObject([{ kind: 'warning' }]);
    expect(main.annotations[0]?.text).toMatch(/501.*concurrency:\n/s);
  },
);
