import { describe, expect, test } from '@jest/globals';
import { type ActionResult } from '../harness/action.ts';
import { textOf, titlesOf } from '../harness/annotations.ts';
import { withoutStatus } from '../harness/faults.ts';
import { runJob } from '../harness/job.ts';
import { openTestEnvironment, type TestEnvironment } from '../harness/test-environment.ts';

const LIST = 'GET /snapshots/?server_id=12345';
const SERVER = 'GET /servers/12345/';
const RESTORE = 'POST /snapshots/801/restore/';
const ONCE = [LIST, SERVER, RESTORE, SERVER];
const TWICE = [LIST, SERVER, RESTORE, SERVER, RESTORE, SERVER];

const LOST = { kind: 'reset_before', method: 'POST' };

async function rollBack(
  testEnv: TestEnvironment,
  faults: unknown,
  then: () => void = () => {},
  timeout = '30m',
): Promise<ActionResult> {
  const { post } = await runJob(testEnv, {
    inputs: { on_failure: 'restore', restore_timeout: timeout },
    ends: 'failure',
    between() {
      testEnv.api.deploy();
      testEnv.addFaults(faults);
      then();
    },
  });
  return post;
}

describe('an unclear answer to the restore request', () => {
  test.concurrent('unchanged throughout: sent once more, after 20 reads', async () => {
    await using testEnv = await openTestEnvironment();
    const post = await rollBack(testEnv, { ...LOST, nth: 1 });

    expect(withoutStatus(post.requests)).toEqual(TWICE);
    const posts = testEnv.requests.flatMap(({ path }, at) => (path.endsWith('/restore/') ? [at] : []));
    expect((posts[1] ?? 0) - (posts[0] ?? 0) - 1).toBe(20);
    expect(titlesOf(post)).toEqual(['error: Rolled back']);
    expect(testEnv.actualState().restores).toHaveLength(1);
  });

  test.concurrent('lost twice: never sent a third time, requested, not confirmed', async () => {
    await using testEnv = await openTestEnvironment();
    const post = await rollBack(testEnv, LOST);

    expect(withoutStatus(post.requests)).toEqual(TWICE);
    expect(post.requests.filter((line) => line.includes('/restore/'))).toHaveLength(2);
    expect(titlesOf(post)).toEqual(['error: Restore requested, not confirmed']);
    expect(testEnv.actualState().restores).toEqual([]);
  });

  test.concurrent('a 400 to the second one, because the first is at work: read again, restored', async () => {
    await using testEnv = await openTestEnvironment({
      switches: { restoring_late: 60 * 25, restore_seconds: [1800, 1800] },
    });
    const post = await rollBack(testEnv, { kind: 'reset_after', method: 'POST', nth: 1 });

    expect(withoutStatus(post.requests)).toEqual(TWICE);
    expect(post.requests).toContain(`${RESTORE} 400`);
    expect(titlesOf(post)).toEqual(['error: Rolled back']);
    expect(testEnv.actualState().restores).toHaveLength(1);
  });

  test.concurrent('the server cannot be read: not sent again, requested, not confirmed', async () => {
    await using testEnv = await openTestEnvironment();
    const unread = {
      kind: 'status',
      status: 500,
      method: 'GET',
      path: '/servers/12345/',
      nth: 2,
      times: 999,
    };
    const post = await rollBack(testEnv, [{ ...LOST, nth: 1 }, unread], undefined, '4s');

    expect(withoutStatus(post.requests)).toEqual(ONCE);
    expect(titlesOf(post)).toEqual(['error: Restore requested, not confirmed']);
    expect(testEnv.actualState().restores).toEqual([]);
  });

  test.concurrent(
    'an API without updated_at: "unchanged" cannot be said, so it is not sent again',
    async () => {
      await using testEnv = await openTestEnvironment({ switches: { server_missing: ['updated_at'] } });
      const post = await rollBack(testEnv, { ...LOST, nth: 1 });

      expect(withoutStatus(post.requests)).toEqual(ONCE);
      expect(titlesOf(post)).toEqual(['error: Restore requested, not confirmed']);
    },
  );

  test.concurrent('the server changed into another state meanwhile: not sent again', async () => {
    await using testEnv = await openTestEnvironment();
    const post = await rollBack(testEnv, { ...LOST, nth: 1 }, () =>
      testEnv.before(
        ({ path }) => path.endsWith('/servers/12345/'),
        () =>
          testEnv.before(
            ({ path }) => path.endsWith('/servers/12345/'),
            () => testEnv.api.setSwitches({ word_active: 'maintenance' }),
          ),
      ),
    );

    expect(withoutStatus(post.requests)).toEqual(ONCE);
    expect(titlesOf(post)).toEqual(['error: Restore requested, not confirmed']);
    expect(testEnv.actualState().restores).toEqual([]);
  });
});

describe('a refusal', () => {
  test.concurrent('a 400 to the first request: refused, with the reason of the API', async () => {
    await using testEnv = await openTestEnvironment({ switches: { word_suspended: 'active' } });
    const detail = 'Server is not in a valid state for restoration.';
    const post = await rollBack(testEnv, { kind: 'status', status: 400, body: { detail }, method: 'POST' });

    expect(post.code).toBe(1);
    expect(withoutStatus(post.requests)).toEqual([LIST, SERVER, RESTORE]);
    expect(textOf(post, 'Not restored')).toContain(detail);
  });

  test.concurrent('429 with Retry-After: sent again, restored', async () => {
    await using testEnv = await openTestEnvironment();
    const headers = { 'retry-after': '1' };
    const post = await rollBack(testEnv, { kind: 'status', status: 429, headers, method: 'POST', nth: 1 });

    expect(withoutStatus(post.requests)).toEqual([LIST, SERVER, RESTORE, RESTORE, SERVER]);
    expect(titlesOf(post)).toEqual(['error: Rolled back']);
  });
});

describe('a cancelled job, which has less than five minutes left', () => {
  test.concurrent('all requests go out before the first is confirmed', async () => {
    await using testEnv = await openTestEnvironment({ servers: [{ id: 12345 }, { id: 7 }] });
    const inputs = { server_id: '12345,7', on_cancel: 'restore' };
    const { post } = await runJob(testEnv, { inputs, ends: 'cancelled' });

    const posts = post.requests.flatMap((line, at) => (line.startsWith('POST') ? [at] : []));
    expect(posts).toHaveLength(2);
    expect((posts[1] ?? 0) - (posts[0] ?? 0)).toBe(1);
    expect(testEnv.actualState().restores).toHaveLength(2);
  });
});
