import { expect, test } from '@jest/globals';
import { runAction } from '../harness/action.ts';
import { textOf, titlesOf } from '../harness/annotations.ts';
import { runJob } from '../harness/job.ts';
import { markerOf, own } from '../harness/snapshots.ts';
import { openTestEnvironment, type TestEnvironment } from '../harness/test-environment.ts';

/**
 * No more is said of a restore than was seen, and nothing is started while one may be writing.
 * Not in groups, which would wait for each other.
 */

const FAILED = { inputs: { on_failure: 'restore' }, ends: 'failure' } as const;
const BAD_GATEWAY = { kind: 'status', status: 502, path: '/snapshots/*/restore/', nth: 1 };

function isRestoreRequest({ method, path }: TestEnvironment['requests'][number]): boolean {
  return method === 'POST' && path.endsWith('/restore/');
}

function restoreRequests({ requests }: TestEnvironment): number {
  return requests.filter(isRestoreRequest).length;
}

/** The API carries out a restore request that it has answered with an error. */
function carryOut(testEnv: TestEnvironment): void {
  testEnv.request('POST', '/snapshots/801/restore/');
}

/** Whether the snapshots were listed since the restore request, and more than what is read beside them. */
function hasListedSince({ requests }: TestEnvironment): () => boolean {
  return () => {
    const since = requests.slice(requests.findIndex(isRestoreRequest));
    const listed = since.findIndex(({ method, path }) => method === 'GET' && path.includes('/snapshots/?'));
    return listed > 0 && since.length > listed + 3;
  };
}

/** Whether the first restore ended so many real milliseconds ago, as far as answers have shown. */
function endedFor({ actualState }: TestEnvironment, ms: number): () => boolean {
  let shownAt: number | null = null;
  return () => {
    if (typeof actualState().restores[0]?.endedAt !== 'number') return false;
    shownAt ??= performance.now();
    return performance.now() - shownAt >= ms;
  };
}

test.concurrent(
  'answered 200 with the status "error", while an agent touches the server: not green',
  async () => {
    await using testEnv = await openTestEnvironment({
      snapshots: [own(1)],
      switches: { restore_answer: 'error', updated_at_touched: 30 },
    });
    testEnv.api.deploy();
    // The whole of it passes.
    const inputs = { snapshot_id: '501', restore_timeout: '8s' };
    const result = await runAction(testEnv, 'restore', { inputs });

    expect(result).toMatchObject({ code: 1, outputs: { restored: 'false' } });
    expect(titlesOf(result)).toEqual(['error: Restore requested, not confirmed']);
    expect(result.stdout).toContain("the API answered with the status 'error'");
    expect(result.stdout + result.summary).not.toMatch(/was restored|restored: /);
    // It may have been taken all the same, and the server has changed since.
    expect(restoreRequests(testEnv)).toBe(1);
    expect(testEnv.actualState()).toMatchObject({ restores: [], servers: [{ content: 'generation-1' }] });
  },
);

test.concurrent('answered with the ids of another snapshot and server: never "restored"', async () => {
  await using testEnv = await openTestEnvironment({ servers: [{ id: 12345 }, { id: 7 }] });
  const body = { status: 'success', snapshot: { id: 555 }, server: { id: 7, status: 'restoring' } };
  const { post } = await runJob(testEnv, {
    ...FAILED,
    between() {
      testEnv.api.deploy();
      testEnv.addFaults({ kind: 'wrong_json', body, path: '/snapshots/*/restore/' });
    },
  });

  const title = 'VPS.org restores something else';
  expect(post.code).toBe(1);
  expect(titlesOf(post)).toEqual([`error: ${title}`]);
  expect(textOf(post, title)).toContain('VPS.org says it restores snapshot 555 of server 7');
  expect(post.stdout + post.summary).not.toMatch(/restored from|restored: /);
  expect(restoreRequests(testEnv)).toBe(1);
  expect(testEnv.actualState().power).toEqual([]);
});

test.concurrent('shown as `stopped` and never as `restoring`: not started while it writes', async () => {
  await using testEnv = await openTestEnvironment({
    switches: {
      restore_seconds: [2700, 2700],
      restoring_shown: 0,
      restoring_hidden_as: 'stopped',
      start_while_restoring: 'accepted',
      updated_at_touched: 30,
    },
  });
  const { post } = await runJob(testEnv, FAILED);

  expect(post.code).toBe(1);
  expect(titlesOf(post)).toEqual(['error: Rolled back']);
  expect(textOf(post, 'Rolled back')).toContain('server is active again');
  const { power, restores, servers } = testEnv.actualState();
  expect(power).toEqual([]);
  expect(restores).toMatchObject([{ broken: false, endedAt: expect.any(Number) }]);
  expect(servers).toMatchObject([{ phase: 'active', content: 'generation-0' }]);
});

test.concurrent('`active` for a moment, then `stopped`: started before it is called restored', async () => {
  await using testEnv = await openTestEnvironment({
    switches: { after_restore: 'stopped', after_restore_late: 180 },
  });
  const { post } = await runJob(testEnv, FAILED);

  expect(post.code).toBe(1);
  expect(titlesOf(post)).toEqual(['error: Rolled back']);
  expect(textOf(post, 'Rolled back')).toContain('started by this step');
  const { power, servers } = testEnv.actualState();
  expect(power).toMatchObject([{ action: 'start', accepted: true }]);
  expect(servers).toMatchObject([{ phase: 'active', content: 'generation-0' }]);
});

test.concurrent(
  'answered 502 twice, and carried out late: not "rolled back" while one is outstanding',
  async () => {
    await using testEnv = await openTestEnvironment();
    const { post } = await runJob(testEnv, {
      ...FAILED,
      between() {
        testEnv.api.deploy();
        testEnv.addFaults({ ...BAD_GATEWAY, times: 2 });
        testEnv.before(
          () => restoreRequests(testEnv) === 2,
          () => carryOut(testEnv),
        );
        // A third of the span for which a server has to stay active after two requests, twice that after one.
        testEnv.before(endedFor(testEnv, 1000), () => carryOut(testEnv));
      },
    });

    expect(post.code).toBe(1);
    expect(titlesOf(post)).toEqual(['error: Rolled back']);
    expect(post.stdout).toContain('two restores may be under way');
    expect(restoreRequests(testEnv)).toBe(2);
    const { restores, servers } = testEnv.actualState();
    expect(restores).toMatchObject([{ endedAt: expect.any(Number) }, { endedAt: expect.any(Number) }]);
    expect(servers).toMatchObject([{ phase: 'active', content: 'generation-0' }]);
  },
);

test.concurrent('answered 502, and another run makes a snapshot: it is not sent again', async () => {
  await using testEnv = await openTestEnvironment();
  const { post } = await runJob(testEnv, {
    ...FAILED,
    between() {
      testEnv.api.deploy();
      testEnv.addFaults(BAD_GATEWAY);
      testEnv.before(
        () => restoreRequests(testEnv) === 1,
        () => testEnv.api.addEvents([{ kind: 'snapshot', at: 0, name: 'theirs', description: markerOf() }]),
      );
      testEnv.before(hasListedSince(testEnv), () => carryOut(testEnv));
    },
  });

  expect(post.code).toBe(1);
  expect(post.stdout).toMatch(/REFUSED: a newer snapshot \(802/);
  expect(titlesOf(post)).toEqual(['error: Rolled back']);
  expect(textOf(post, 'Rolled back')).toContain('server is active again');
  expect(restoreRequests(testEnv)).toBe(1);
  expect(testEnv.actualState()).toMatchObject({
    restores: [{ endedAt: expect.any(Number) }],
    servers: [{ phase: 'active', content: 'generation-0' }],
  });
});
