import { expect, test } from '@jest/globals';
import { createHeartbeat } from '../../../../src/actions/common/heartbeat.ts';
import { watchRestore } from '../../../../src/actions/restoring/watch.ts';
import type { SharedServerReader } from '../../../../src/actions/server/reader.ts';
import { startRestoration } from '../../../../src/snapshots/polling/restoration.ts';
import { restoreTarget } from '../../snapshots/samples.ts';
import { createTestDeps, outcomeOf, SECOND, serverOf } from '../test-deps.ts';

/** What each read of the server gets: its word, and how many seconds ago the request for it was sent. */
type ServerRead = readonly [status: string, secondsAgo: number];

const up = (secondsAgo = 0): ServerRead => ['active', secondsAgo];

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
  const before = { status: 'active', updatedAt: null };
  const watching = watchRestore(
    {
      target: restoreTarget(),
      snapshot: null,
      serverStatus: 'active',
      stage: 'requested',
      restoration: startRestoration({ before, request: 'accepted', requestedAt: 0 }),
      mismatch: null,
    },
    deps,
    { servers, heartbeat: createHeartbeat('restoring', deps), limit: 'restore_timeout (30m) exceeded' },
  );
  const ended = await outcomeOf(clock, watching);
  expect([ended.value?.stage, ended.value?.serverStatus, ended.at / SECOND]).toEqual([
    'restored',
    status,
    at,
  ]);
});

test('what stood against a second request stands in the reason', async () => {
  const { deps, clock } = createTestDeps({ until: 30 * SECOND });
  const before = { status: 'active', updatedAt: null };
  const servers: SharedServerReader = {
    listen: () => () => undefined,
    read: () => Promise.resolve({ value: serverOf('active'), readAt: clock.now() }),
  };
  const watching = watchRestore(
    {
      target: restoreTarget(),
      snapshot: null,
      serverStatus: 'active',
      stage: 'requested',
      restoration: startRestoration({ before, request: 'unclear', requestedAt: 0 }),
      mismatch: null,
      notAgain: 'a newer snapshot is on the server',
    },
    deps,
    { servers, heartbeat: createHeartbeat('restoring', deps), limit: 'restore_timeout (30m) exceeded' },
  );
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
  const before = { status: 'active', updatedAt: null };
  const watching = watchRestore(
    {
      target: restoreTarget(),
      snapshot: null,
      serverStatus: 'active',
      stage: 'requested',
      restoration: startRestoration({ before, request: 'accepted', requestedAt: 0 }),
      mismatch: null,
    },
    deps,
    { servers, heartbeat: createHeartbeat('restoring', deps), limit: 'restore_timeout (30m) exceeded' },
  );
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
  const before = { status: 'active', updatedAt: null };
  const watching = watchRestore(
    {
      target: restoreTarget({ startIfStopped: true }),
      snapshot: null,
      serverStatus: 'active',
      stage: 'requested',
      restoration: startRestoration({ before, request: 'accepted', requestedAt: 0 }),
      mismatch: null,
    },
    deps,
    { servers, heartbeat: createHeartbeat('restoring', deps), limit: 'restore_timeout (30m) exceeded' },
  );
  expect((await outcomeOf(clock, watching)).value).toMatchObject({ stage: 'restored', isStarted: false });
  expect(lines.filter((line) => line.includes('starting'))).toEqual([]);
  expect(hear).toBeUndefined();
});
