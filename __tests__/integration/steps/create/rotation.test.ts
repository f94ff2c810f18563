import { describe, expect, test } from '@jest/globals';
import { runAction } from '../harness/action.ts';
import { textOf, titlesOf } from '../../../dist/harness/annotations.ts';
import { byHand, deleted, markerOfOther, ofOtherRepository, own } from '../../../dist/harness/snapshots.ts';
import { openTestEnvironment } from '../harness/test-environment.ts';

const LIST = 'GET /snapshots/?server_id=12345 200';
const SERVER = 'GET /servers/12345/ 200';
const ROTATE = { when_full: 'rotate' };

/** Five of five, of which one is this repository's. */
const FULL = [own(1), byHand(2), byHand(3), ofOtherRepository(4), byHand(5)];

describe('a full server with when_full: rotate', () => {
  test.concurrent("this repository's oldest goes, then the new one is made", async () => {
    const snapshots = [own(5), own(2), byHand(1), ofOtherRepository(3), own(4)];
    await using testEnv = await openTestEnvironment({ snapshots });
    const main = await runAction(testEnv, 'main', { inputs: ROTATE });

    expect(main).toMatchObject({
      code: 0,
      requests: [SERVER, LIST, 'DELETE /snapshots/502/ 204', 'POST /snapshots/ 201', LIST],
      outputs: { snapshot_status: 'completed' },
    });
    expect(main.stdout).toMatch(/snapshot 502 \(s-2\).* to make room: /);
    expect(main.summary).toContain('502');
    expect(deleted(testEnv)).toEqual(['502']);
  });

  test.concurrent('none own: fails, and deletes nothing', async () => {
    await using testEnv = await openTestEnvironment({ snapshots: [byHand(6), ...FULL.slice(1)] });
    const main = await runAction(testEnv, 'main', { inputs: ROTATE });

    expect(main).toMatchObject({ code: 1, requests: [SERVER, LIST] });
    expect(textOf(main, 'No free snapshot slot')).toContain('none of them was made by this repository');
    expect(deleted(testEnv)).toEqual([]);
  });

  test.concurrent(
    'the slot is freed late: the POST is tried again, and the only restore point was warned of',
    async () => {
      await using testEnv = await openTestEnvironment({
        snapshots: FULL,
        secondsPerAnswer: 10,
        switches: { slot_late: 100 },
      });
      const main = await runAction(testEnv, 'main', { inputs: ROTATE });

      expect(main).toMatchObject({ code: 0, outputs: { snapshot_status: 'completed' } });
      expect(main.requests).toContain('POST /snapshots/ 400');
      expect(titlesOf(main)).toEqual(['warning: Only restore point deleted']);
      expect(deleted(testEnv)).toEqual(['501']);
    },
  );

  test.concurrent(
    '... and never: red after a minute (two seconds here), with what was deleted and what is left',
    async () => {
      await using testEnv = await openTestEnvironment({
        snapshots: FULL,
        secondsPerAnswer: 1,
        switches: { slot_late: 1e6 },
      });
      const main = await runAction(testEnv, 'main', { inputs: ROTATE });

      expect(main.code).toBe(1);
      const text = main.annotations.map((annotation) => annotation.text).join('\n');
      for (const id of [501, 502, 503, 504, 505]) expect(text).toContain(String(id));
      // One deletion for each server and step, whatever the API says.
      expect(deleted(testEnv)).toEqual(['501']);
    },
  );

  test.concurrent('the server cannot be stopped: nothing is deleted', async () => {
    await using testEnv = await openTestEnvironment({
      snapshots: FULL,
      switches: { permissions: ['snapshots:read', 'snapshots:write', 'servers:read'] },
    });
    const main = await runAction(testEnv, 'main', { inputs: { ...ROTATE, stop_server: 'true' } });

    expect(main.code).toBe(1);
    expect(main.requests).toEqual([SERVER, LIST, 'POST /servers/12345/power/ 403', 'GET /account/me/ 200']);
    expect(deleted(testEnv)).toEqual([]);
  });
});

test.concurrent(
  'another run has a snapshot in progress there: a warning with the lines to paste',
  async () => {
    const running = byHand(9, {
      status: 'in_progress',
      created_at: '2026-01-10T11:00:00Z',
      description: markerOfOther(),
    });
    await using testEnv = await openTestEnvironment({ snapshots: [running] });
    const main = await runAction(testEnv, 'main');

    expect(main.code).toBe(0);
    expect(titlesOf(main)).toEqual(['warning: Another run is using this server']);
    expect(main.annotations[0]?.text).toMatch(/509.*concurrency:\n/s);
  },
);
