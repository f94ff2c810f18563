import { describe, expect, test } from '@jest/globals';
import { parseFaults } from '../../../simulator/fault.ts';
import { type Ended } from '../harness/action.ts';
import { bare } from '../harness/faults.ts';
import { runLife } from '../harness/job.ts';
import { openStage, type Stage } from '../harness/test-environment.ts';
import { textOf, titlesOf } from '../harness/annotations.ts';

const LIST = 'GET /snapshots/?server_id=12345';
const SERVER = 'GET /servers/12345/';
const RESTORE = 'POST /snapshots/801/restore/';
const ONCE = [LIST, SERVER, RESTORE, SERVER];
const TWICE = [LIST, SERVER, RESTORE, SERVER, RESTORE, SERVER];

const LOST = { kind: 'reset_before', method: 'POST' };

async function rollBack(
  stage: Stage,
  faults: unknown,
  then: () => void = () => {},
  timeout = '30m',
): Promise<Ended> {
  const { post } = await runLife(stage, {
    inputs: { on_failure: 'restore', restore_timeout: timeout },
    ends: 'failure',
    between() {
      stage.server.machine.deploy();
      stage.server.faults.add(parseFaults(faults));
      then();
    },
  });
  return post;
}

describe('an unclear answer to the restore request', () => {
  test.concurrent('unchanged throughout: sent once more, after 20 looks', async () => {
    await using stage = await openStage();
    const post = await rollBack(stage, { ...LOST, nth: 1 });

    expect(bare(post.requests)).toEqual(TWICE);
    const posts = stage.server.requests.flatMap(({ path }, at) => (path.endsWith('/restore/') ? [at] : []));
    expect((posts[1] ?? 0) - (posts[0] ?? 0) - 1).toBe(20);
    expect(titlesOf(post)).toEqual(['error: Rolled back']);
    expect(stage.truth().restores).toHaveLength(1);
  });

  test.concurrent('lost twice: never sent a third time, requested, not confirmed', async () => {
    await using stage = await openStage();
    const post = await rollBack(stage, LOST);

    expect(bare(post.requests)).toEqual(TWICE);
    expect(post.requests.filter((line) => line.includes('/restore/'))).toHaveLength(2);
    expect(titlesOf(post)).toEqual(['error: Restore requested, not confirmed']);
    expect(stage.truth().restores).toEqual([]);
  });

  test.concurrent(
    'a 400 to the second one, because the first is at work: looked at again, restored',
    async () => {
      await using stage = await openStage({
        switches: { restoring_late: 60 * 25, restore_seconds: [1800, 1800] },
      });
      const post = await rollBack(stage, { kind: 'reset_after', method: 'POST', nth: 1 });

      expect(bare(post.requests)).toEqual(TWICE);
      expect(post.requests).toContain(`${RESTORE} 400`);
      expect(titlesOf(post)).toEqual(['error: Rolled back']);
      expect(stage.truth().restores).toHaveLength(1);
    },
  );

  test.concurrent('the server cannot be read: not sent again, requested, not confirmed', async () => {
    await using stage = await openStage();
    const unread = {
      kind: 'status',
      status: 500,
      method: 'GET',
      path: '/servers/12345/',
      nth: 2,
      times: 999,
    };
    const post = await rollBack(stage, [{ ...LOST, nth: 1 }, unread], undefined, '4s');

    expect(bare(post.requests)).toEqual(ONCE);
    expect(titlesOf(post)).toEqual(['error: Restore requested, not confirmed']);
    expect(stage.truth().restores).toEqual([]);
  });

  test.concurrent(
    'an API without updated_at: "unchanged" cannot be said, so it is not sent again',
    async () => {
      await using stage = await openStage({ switches: { server_missing: ['updated_at'] } });
      const post = await rollBack(stage, { ...LOST, nth: 1 });

      expect(bare(post.requests)).toEqual(ONCE);
      expect(titlesOf(post)).toEqual(['error: Restore requested, not confirmed']);
    },
  );

  test.concurrent('the server changed into another state meanwhile: not sent again', async () => {
    await using stage = await openStage();
    const post = await rollBack(stage, { ...LOST, nth: 1 }, () =>
      stage.before(
        ({ path }) => path.endsWith('/servers/12345/'),
        () =>
          stage.before(
            ({ path }) => path.endsWith('/servers/12345/'),
            () => stage.server.machine.setSwitches({ word_active: 'maintenance' }),
          ),
      ),
    );

    expect(bare(post.requests)).toEqual(ONCE);
    expect(titlesOf(post)).toEqual(['error: Restore requested, not confirmed']);
    expect(stage.truth().restores).toEqual([]);
  });
});

describe('a refusal', () => {
  test.concurrent('a 400 to the first request: refused, with the reason of the API', async () => {
    await using stage = await openStage({ switches: { word_suspended: 'active' } });
    const detail = 'Server is not in a valid state for restoration.';
    const post = await rollBack(stage, { kind: 'status', status: 400, body: { detail }, method: 'POST' });

    expect(post.code).toBe(1);
    expect(bare(post.requests)).toEqual([LIST, SERVER, RESTORE]);
    expect(textOf(post, 'Not restored')).toContain(detail);
  });

  test.concurrent('429 with Retry-After: sent again, restored', async () => {
    await using stage = await openStage();
    const headers = { 'retry-after': '1' };
    const post = await rollBack(stage, { kind: 'status', status: 429, headers, method: 'POST', nth: 1 });

    expect(bare(post.requests)).toEqual([LIST, SERVER, RESTORE, RESTORE, SERVER]);
    expect(titlesOf(post)).toEqual(['error: Rolled back']);
  });
});

describe('a cancelled job, which has less than five minutes left', () => {
  test.concurrent('all requests go out before the first is confirmed', async () => {
    await using stage = await openStage({ servers: [{ id: 12345 }, { id: 7 }] });
    const inputs = { server_id: '12345,7', on_cancel: 'restore' };
    const { post } = await runLife(stage, { inputs, ends: 'cancelled' });

    const posts = post.requests.flatMap((line, at) => (line.startsWith('POST') ? [at] : []));
    expect(posts).toHaveLength(2);
    expect((posts[1] ?? 0) - (posts[0] ?? 0)).toBe(1);
    expect(stage.truth().restores).toHaveLength(2);
  });
});
