import { expect, test } from '@jest/globals';
import type { Deps } from '../../../../src/actions/common/deps.ts';
import { createHeartbeat } from '../../../../src/actions/common/heartbeat.ts';
import type { FinishedRestore, RequestedRestore } from '../../../../src/actions/restoring/restore.ts';
import { watchRestore } from '../../../../src/actions/restoring/watch.ts';
import type { SharedServerReader } from '../../../../src/actions/server/reader.ts';
import { startRestoration } from '../../../../src/snapshots/polling/restoration.ts';
import { restoreTarget } from '../../snapshots/samples.ts';
import { createTestDeps, outcomeOf, SECOND, serverOf } from '../test-deps.ts';

/** What each read of the server gets: its word, and how many seconds ago the request for it was sent. */
type ServerRead = readonly [status: string, secondsAgo: number];

const up = (secondsAgo = 0): ServerRead => ['active', secondsAgo];

const BEFORE = { status: 'active', updatedAt: null };

/** Watches a restore that VPS.org has accepted, but for what is given. */
function watch(
  deps: Deps,
  servers: SharedServerReader,
  given: Partial<RequestedRestore> = {},
): Promise<FinishedRestore> {
  const requested: RequestedRestore = {
    target: restoreTarget(),
    snapshot: null,
    serverStatus: 'active',
    stage: 'requested',
    restoration: startRestoration({ before: BEFORE, request: 'accepted', requestedAt: 0 }),
    mismatch: null,
    ...given,
  };
  const heartbeat = createHeartbeat('restoring', deps);
  return watchRestore(requested, deps, { servers, heartbeat, limit: 'restore_timeout (30m) exceeded' });
}

test.each<[string, readonly ServerRead[], string, number]>([
  ['five reads of its own: 15 s have passed', [up(), up(), up(), up(), up(), up()], 'active', 18],
  [
    'what was read a while ago has stood until then',
    [up(), up(), up(), up(), up(), up(2), up()],
    'active',
    21,
  ],
])('`active` after a restore: %s', async (_, words, status, at) => {
  const { deps, clock } = createTestDeps();
  const left: ServerRead[] = [['restoring', 0], ...words];
  const servers: SharedServerReader = {
    listen: () => () => undefined,
    read() {
      const [word, secondsAgo] = left.shift() ?? up();
      return Promise.resolve({ value: serverOf(word), readAt: clock.now() - secondsAgo * SECOND });
    },
  };
  const watching = watch(deps, servers);
  const ended = await outcomeOf(clock, watching);
  expect([ended.value?.stage, ended.value?.serverStatus, ended.at / SECOND]).toEqual([
    'restored',
    status,
    at,
  ]);
});

test('what stood against a second request stands in the reason', async () => {
  const { deps, clock } = createTestDeps({ until: 30 * SECOND });
  const servers: SharedServerReader = {
    listen: () => () => undefined,
    read: () => Promise.resolve({ value: serverOf('active'), readAt: clock.now() }),
  };
  const watching = watch(deps, servers, {
    restoration: startRestoration({ before: BEFORE, request: 'unclear', requestedAt: 0 }),
    notAgain: 'a newer snapshot is on the server',
  });
  const { value } = await outcomeOf(clock, watching);
  expect(value).toMatchObject({
    stage: 'unconfirmed',
    reason:
      "nothing shows that the restore has started; restore_timeout (30m) exceeded, the server is 'active'; no second one was requested: a newer snapshot is on the server",
  });
});

test('a word of the server that only counts is one line', async () => {
  const { deps, clock, lines } = createTestDeps();
  const words = [
    'restoring 1%',
    'restoring 2%',
    'restoring 3%',
    'starting',
    ...Array<string>(40).fill('active'),
  ];
  const servers: SharedServerReader = {
    listen: () => () => undefined,
    read: () => Promise.resolve({ value: serverOf(words.shift() ?? 'active'), readAt: clock.now() }),
  };
  const watching = watch(deps, servers);
  expect((await outcomeOf(clock, watching)).value?.stage).toBe('restored');
  expect(lines.filter((line) => line.includes('server is')).map((line) => line.replace(/^.*: /, ''))).toEqual(
    ["server is 'restoring 1%'", "server is 'starting'", "server is 'active'"],
  );
});

test('a list for another server that shows this one up takes back that it is down', async () => {
  const { deps, clock, lines } = createTestDeps();
  const words = ['restoring', 'stopped', 'stopped', ...Array<string>(40).fill('active')];
  let hear: Parameters<SharedServerReader['listen']>[1] | undefined;
  let reads = 0;
  const servers: SharedServerReader = {
    listen(_ids, note) {
      hear = note;
      return () => (hear = undefined);
    },
    read() {
      reads += 1;
      const value = serverOf(words.shift() ?? 'active');
      // Between the two reads of `stopped`.
      if (reads === 3) hear?.({ value: serverOf('active'), readAt: clock.now() - SECOND });
      return Promise.resolve({ value, readAt: clock.now() });
    },
  };
  const watching = watch(deps, servers, { target: restoreTarget({ startIfStopped: true }) });
  expect((await outcomeOf(clock, watching)).value).toMatchObject({ stage: 'restored', isStarted: false });
  expect(lines.filter((line) => line.includes('starting'))).toEqual([]);
  expect(hear).toBeUndefined();
});
