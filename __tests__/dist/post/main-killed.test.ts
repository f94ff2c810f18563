import { describe, expect, test } from '@jest/globals';
import { startAction, type ActionResult } from '../harness/action.ts';
import { runPost } from '../harness/job.ts';
import { openTestEnvironment, type TestEnvironment } from '../harness/test-environment.ts';

const LIST = 'GET /snapshots/?server_id=12345 200';
const READ = 'GET /servers/12345/ 200';
const POWER = 'POST /servers/12345/power/ 200';
const INPUTS = { on_failure: 'restore', on_cancel: 'restore' };

/** A request on which main hangs until it is killed: the API has acted on it, or never saw it. */
type Hang = 'silence' | 'silence_before';

/** Kills main while it waits for the answer to its n-th request, then runs post. */
async function killAt(
  testEnv: TestEnvironment,
  nth: number,
  kind: Hang,
  inputs: Readonly<Record<string, string>>,
): Promise<{ main: ActionResult; post: ActionResult }> {
  testEnv.addFaults({ kind, nth });
  const running = await startAction(testEnv, 'main', { inputs });
  await running.requested(nth);
  running.kill('SIGKILL');
  const main = await running.result;
  testEnv.clearFaults();
  const post = await runPost(testEnv, main, { inputs, job: nth % 2 === 0 ? 'cancelled' : 'failure' });
  return { main, post };
}

describe('main killed at a request, then post: what was started is found and reported, nothing is restored', () => {
  const NOTHING = { requests: [], says: /Nothing to do/, summary: /^$/ };
  const FOUND = { requests: [LIST], says: /\b801\b/, summary: /`801`/ };

  // Two reads side by side, the request, and polls.
  test.concurrent.each([
    { nth: 1, kind: 'silence', what: 'a read before the request', made: 0, ...NOTHING },
    { nth: 3, kind: 'silence', what: 'the create request', made: 1, ...FOUND },
    // It cannot be known that the request never arrived: the lists are read for a minute before it counts as not made.
    {
      nth: 3,
      kind: 'silence_before',
      what: 'the create request',
      made: 0,
      requests: [LIST],
      says: /no list shows/,
      summary: /12345/,
    },
    { nth: 5, kind: 'silence_before', what: 'a later poll', made: 1, ...FOUND },
  ] as const)('$what, number $nth ($kind)', async ({ nth, kind, made, requests, says, summary }) => {
    await using testEnv = await openTestEnvironment();
    const { main, post } = await killAt(testEnv, nth, kind, INPUTS);

    expect(main.code).toBeNull();
    expect(post).toMatchObject({ code: 0, requests });
    expect(post.stdout).toMatch(says);
    expect(testEnv.actualState().snapshots).toHaveLength(made);
    expect(testEnv.actualState()).toMatchObject({ restores: [], power: [] });
    expect(post.summary).toMatch(summary);
  });

  test.concurrent(
    'the create request, which the API carries out only when post searches for it',
    async () => {
      await using testEnv = await openTestEnvironment();
      const body = (): string => testEnv.requests[2]?.body ?? '';
      // Two reads were answered, and the create request was not.
      testEnv.before(
        (_request, nth) => nth === 5,
        () => testEnv.request('POST', '/snapshots/', body()),
      );
      const { post } = await killAt(testEnv, 3, 'silence_before', INPUTS);

      expect(post).toMatchObject({ code: 0, requests: [LIST], requestCount: 3 });
      expect(post.stdout).toContain('found snapshot 801');
      expect(testEnv.actualState()).toMatchObject({ snapshots: [{ deletedAt: null }], restores: [] });
    },
  );

  test.concurrent('on_failure: delete applies to what is found', async () => {
    await using testEnv = await openTestEnvironment();
    const { post } = await killAt(testEnv, 3, 'silence', { on_failure: 'delete' });

    expect(post).toMatchObject({ code: 0, requests: [LIST, 'DELETE /snapshots/801/ 204'] });
  });

  test.concurrent('several servers: each is looked up by its own key', async () => {
    await using testEnv = await openTestEnvironment({ servers: [{ id: 12345 }, { id: 7 }] });
    const { post } = await killAt(testEnv, 6, 'silence', { ...INPUTS, server_id: '12345,7' });

    expect(post.code).toBe(0);
    const { snapshots, restores } = testEnv.actualState();
    expect(snapshots.length).toBeGreaterThan(0);
    for (const { id } of snapshots) expect(post.stdout).toContain(id);
    expect(restores).toEqual([]);
  });
});

describe('main killed with stop_server: post starts the server', () => {
  // A stop that the API never saw may still come for six minutes: tested where time is virtual.
  const cells = [
    { nth: 4, kind: 'silence', what: 'the stop' },
    { nth: 5, kind: 'silence', what: 'a read of the stopping server' },
    { nth: 6, kind: 'silence', what: 'the create request' },
    { nth: 6, kind: 'silence_before', what: 'the create request' },
    { nth: 8, kind: 'silence', what: 'a poll' },
    { nth: 10, kind: 'silence', what: 'the start or a read before it' },
  ] as const;
  const inputs = { ...INPUTS, stop_server: 'true' };

  test.concurrent.each(cells)('at $what, request $nth ($kind)', async ({ nth, kind }) => {
    await using testEnv = await openTestEnvironment({ secondsPerAnswer: 100 });
    const { main, post } = await killAt(testEnv, nth, kind, inputs);
    const { servers, snapshots, restores } = testEnv.actualState();

    expect(main.code).toBeNull();
    expect(servers).toMatchObject([{ phase: 'active' }]);
    for (const { id } of snapshots) expect(post.stdout).toContain(id);
    expect(post).toMatchObject({ code: 0, annotations: [] });
    expect(restores).toEqual([]);
    // Before everything else: nothing but reading goes before it.
    const start = post.requests.indexOf(POWER);
    const first = post.requests.slice(0, Math.max(start, 0));
    expect(first.filter((request) => !request.startsWith('GET '))).toEqual([]);
    expect(first[0]).toBe(start === -1 ? undefined : READ);
  });

  test.concurrent('a server that was stopped before is left stopped', async () => {
    await using testEnv = await openTestEnvironment({ servers: [{ id: 12345, status: 'stopped' }] });
    const { post } = await killAt(testEnv, 4, 'silence', inputs);

    expect(post).toMatchObject({ code: 0, requests: [LIST] });
    expect(testEnv.actualState()).toMatchObject({ servers: [{ phase: 'stopped' }], power: [] });
  });
});
