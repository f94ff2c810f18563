import { describe, expect, test } from '@jest/globals';
import { runAction } from '../harness/action.ts';
import { textOf, titlesOf } from '../../../dist/harness/annotations.ts';
import { runJob } from '../harness/job.ts';
import { byHand, markerOfOther, own } from '../../../dist/harness/snapshots.ts';
import { openTestEnvironment } from '../harness/test-environment.ts';

const LIST = 'GET /snapshots/?server_id=12345';
const PLANNED = ['GET /servers/12345/ 200', `${LIST} 200`];

describe('main is refused before anything was made', () => {
  test.concurrent.each([
    {
      name: 'wrong token, believed after two reads',
      testEnv: { tokens: [] },
      requests: ['GET /servers/12345/ 401', 'GET /servers/ 401', `${LIST} 401`, 'GET /account/me/ 401'],
      title: 'No snapshot was made',
      says: ['API token is wrong, revoked or expired', 'Account → Developers', "'api_token'", '12345'],
    },
    {
      name: 'token may not create snapshots',
      testEnv: {
        tokens: [{ token: 'vps_demo_token', permissions: ['snapshots:read', 'servers:read'] }],
      },
      requests: [...PLANNED, 'POST /snapshots/ 403', 'GET /account/me/ 200'],
      title: 'No snapshot was made',
      says: ['lacks a permission', '12345', 'The token', 'snapshots:read, servers:read'],
    },
    {
      name: 'unknown server',
      inputs: { server_id: '777' },
      requests: ['GET /servers/777/ 404', 'GET /snapshots/?server_id=777 200', 'GET /servers/ 200'],
      title: 'Unknown server',
      says: ['777', "'server_id'", '12345 (web-server-01)'],
    },
  ])('$name', async ({ testEnv: options = {}, inputs = {}, requests, title, says }) => {
    await using testEnv = await openTestEnvironment(options);
    const { main, post } = await runJob(testEnv, { inputs: { on_failure: 'restore', ...inputs } });

    expect(main.code).toBe(1);
    expect(new Set(main.requests)).toEqual(new Set(requests));
    expect(titlesOf(main)).toContain(`error: ${title}`);
    for (const part of says) expect(textOf(main, title)).toContain(part);
    expect(main.summary).toContain(title);
    expect(main.outputs['snapshot_id'] ?? '').toBe('');
    // Nothing was started, so there is nothing to do and nothing to request.
    expect(post).toMatchObject({ code: 0, requests: [], annotations: [] });
    expect(testEnv.actualState().snapshots).toEqual([]);
  });

  test.concurrent(
    'a full server: the five are named with what tells them apart, and with whose they are',
    async () => {
      const snapshots = [
        own(1, { size_mb: 501 }),
        byHand(2, { size_mb: 502, description: markerOfOther() }),
        byHand(3, { size_mb: 503 }),
        byHand(4, { status: 'failed' }),
        byHand(5, { size_mb: 2048 }),
      ];
      await using testEnv = await openTestEnvironment({ snapshots });
      const main = await runAction(testEnv, 'main');

      expect(main).toMatchObject({ code: 1, requests: PLANNED });
      expect(titlesOf(main)).toEqual(['error: No free snapshot slot']);
      const lines = textOf(main, 'No free snapshot slot').split('\n');
      const expected = [
        /^- 501 s-1: completed, .*9d 4h.*2026-01-01T08:00:00Z.*, 501 \w+, made by this repository$/,
        /^- 502 s-2: completed, .*8d 4h.*2026-01-02T08:00:00Z.*, 502 \w+, made by acme\/blog$/,
        /^- 503 s-3: completed, .*7d 4h.*2026-01-03T08:00:00Z.*, 503 \w+, not made by this action$/,
        /^- 504 s-4: failed, .*6d 4h.*2026-01-04T08:00:00Z.*/,
        /^- 505 s-5: completed, .*5d 4h.*2026-01-05T08:00:00Z.*, 2\.0 \w+, not made by this action$/,
      ];
      expect(lines).toEqual(expect.arrayContaining(expected.map((line) => expect.stringMatching(line))));
      for (const next of ["'when_full: rotate'", 'delete action', 'prune'])
        expect(lines.join('\n')).toContain(next);
    },
  );
});

describe('main fails after the snapshot was started: nothing is lost, nothing is restored', () => {
  const STARTED = [...PLANNED, 'POST /snapshots/ 201', `${LIST} 200`];

  test.concurrent('the snapshot failed', async () => {
    await using testEnv = await openTestEnvironment({ switches: { fail_next: 1 } });
    const { main, post } = await runJob(testEnv, { inputs: { on_failure: 'restore' } });

    expect(main).toMatchObject({ code: 1, requests: STARTED });
    expect(main.outputs).toMatchObject({ snapshot_id: '801', snapshot_status: 'failed', created: 'true' });
    expect(textOf(main, 'Snapshot failed')).toMatch(/801 is 'failed'.*Run the job again/s);
    expect(post).toMatchObject({ code: 0, requests: [`${LIST} 200`] });
    expect(post.stdout).toMatch(/snapshot 801 \(\S+\) is kept, failed/);
  });

  test.concurrent(
    'wait_timeout exceeded: the error gives the id and how to go on, nothing is deleted',
    async () => {
      await using testEnv = await openTestEnvironment({ secondsPerAnswer: 0 });
      const inputs = { wait_timeout: '1s', on_failure: 'restore' };
      const { main, post } = await runJob(testEnv, { inputs });

      expect(main).toMatchObject({ code: 1, requests: STARTED });
      expect(main.outputs).toMatchObject({ snapshot_id: '801', snapshot_status: 'in_progress' });
      const text = textOf(main, 'Timed out waiting for the snapshot');
      for (const part of [
        'wait_timeout (1s)',
        "snapshot 801 of web-server-01 (12345) ('in_progress')",
        'wait action',
        "'wait_timeout'",
      ]) {
        expect(text).toContain(part);
      }
      expect(post).toMatchObject({ code: 0, requests: [`${LIST} 200`] });
      expect(post.stdout).toContain('801');
      expect(testEnv.actualState()).toMatchObject({ snapshots: [{ deletedAt: null }], restores: [] });
    },
  );

  test.concurrent('with on_failure: delete, while it is in progress: one attempt, refused', async () => {
    await using testEnv = await openTestEnvironment({
      secondsPerAnswer: 0,
      switches: { delete_busy: 'refused' },
    });
    const { post } = await runJob(testEnv, { inputs: { wait_timeout: '1s', on_failure: 'delete' } });

    expect(post).toMatchObject({ code: 0, requests: [`${LIST} 200`, 'DELETE /snapshots/801/ 400'] });
    expect(titlesOf(post)).toEqual(['warning: Snapshot not deleted']);
    expect(textOf(post, 'Snapshot not deleted')).toMatch(/801.*Snapshot is in use/s);
  });
});
