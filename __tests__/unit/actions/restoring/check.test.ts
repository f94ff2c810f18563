import { describe, expect, test } from '@jest/globals';
import {
  checkRestore,
  type CheckOptions,
  createRestoreReaders,
  reportCheck,
  type ReportedCheck,
} from '../../../../src/actions/restoring/check.ts';
import type { Refusal, RestoreCheck, RestoreFacts } from '../../../../src/snapshots/interlocks.ts';
import type { Api } from '../../../../src/vps/api.ts';
import type { Server, SnapshotList } from '../../../../src/vps/model.ts';
import { restoreTarget } from '../../snapshots/samples.ts';
import {
  createTestDeps,
  fails,
  listOf,
  MINUTE,
  NOW,
  outcomeOf,
  SECOND,
  serverOf,
  snapshotOf,
} from '../test-deps.ts';

interface Script {
  readonly server?: Partial<Server>;
  readonly list?: SnapshotList;
  /** How long each read takes, in seconds. */
  readonly listTakes?: readonly number[];
  readonly serverTakes?: readonly number[];
  readonly check?: Partial<RestoreCheck>;
  readonly options?: Partial<CheckOptions>;
  readonly target?: Parameters<typeof restoreTarget>[0];
  readonly ownAddresses?: readonly string[];
  readonly fails?: Error;
  readonly cancelAt?: number;
}

/** One check: its outcome, what the interlocks were asked, and when each read began, in seconds. */
async function check(script: Script = {}): Promise<{
  readonly checked: ReportedCheck | undefined;
  readonly error: unknown;
  readonly facts: readonly RestoreFacts[];
  readonly reads: readonly string[];
  readonly lines: readonly string[];
}> {
  const facts: RestoreFacts[] = [];
  const reads: string[] = [];
  const count = { list: 0, server: 0 };
  const take = async (what: 'list' | 'server', takes: readonly number[] = []): Promise<void> => {
    reads.push(`${what} ${clock.now() / SECOND}`);
    const seconds = takes[Math.min(count[what], takes.length - 1)] ?? 0;
    count[what] += 1;
    await clock.sleep(seconds * SECOND);
  };
  const { deps, clock, lines } = createTestDeps({
    cancelAt: script.cancelAt,
    api: {
      async listSnapshots() {
        await take('list', script.listTakes);
        if (script.fails) throw script.fails;
        return script.list ?? listOf([snapshotOf('801')]);
      },
      async getServer() {
        await take('server', script.serverTakes);
        return serverOf('active', script.server);
      },
    },
    more: { ownAddresses: new Set(script.ownAddresses) },
  });
  const target = restoreTarget(script.target);
  const options: CheckOptions = {
    readers: createRestoreReaders([target], deps),
    maxAge: null,
    whenRestoring: 'refuse',
    isRestoredByJob: () => false,
    check(asked) {
      facts.push(asked);
      const snapshot = asked.list.snapshots[0] ?? null;
      return { refusals: [], warnings: [], undos: [], isUnwaited: false, snapshot, ...script.check };
    },
    ...script.options,
  };
  const { value: checked, error } = await outcomeOf(clock, checkRestore(target, deps, options));
  if (checked) reportCheck(checked, deps);
  return { checked, error, facts, reads, lines };
}

const refusal = (fields: Partial<Refusal> = {}): Refusal => ({
  reason: 'no',
  isOfServerAlone: false,
  ...fields,
});

describe('the interlocks are asked', () => {
  test('about the server by all ids that it is known by', async () => {
    const { facts } = await check({ target: { serverIds: ['12345', 'u-1'] }, server: { uuid: 'u-2' } });
    expect(facts[0]?.serverIds).toEqual(['12345', 'u-1', '12345', 'u-2']);
  });

  test.each([
    ['10.0.0.1', true],
    ['10.0.0.2', false],
    [null, false],
  ])('whether the runner is on it, which has the address 10.0.0.1: %s', async (ipAddress, expected) => {
    const { facts } = await check({ ownAddresses: ['10.0.0.1'], server: { ipAddress } });
    expect(facts[0]?.isRunnersOwn).toBe(expected);
  });

  test('with the snapshot that undoes the restore', async () => {
    const { facts } = await check({ target: { undoSnapshotId: '900' } });
    expect(facts[0]?.undoSnapshotId).toBe('900');
  });

  test('with the API’s time at the first read, however long a restore has to wait', async () => {
    const times = [NOW, NOW + 60_000];
    const { deps, clock } = createTestDeps({
      api: {
        listSnapshots: () => Promise.resolve(listOf([], { now: times.shift() ?? null })),
        getServer: () => Promise.resolve(serverOf('active')),
      },
      more: { ownAddresses: new Set() },
    });
    const asked: number[] = [];
    const target = restoreTarget();
    const options: CheckOptions = {
      readers: createRestoreReaders([target], deps),
      maxAge: null,
      whenRestoring: 'refuse',
      isRestoredByJob: () => false,
      check({ now }) {
        asked.push(now);
        return { refusals: [], warnings: [], undos: [], isUnwaited: false, snapshot: null };
      },
    };
    await clock.run(async () => {
      await checkRestore(target, deps, options);
      await clock.sleep(60_000);
      await checkRestore(target, deps, options);
    });
    expect([asked, times]).toEqual([[NOW, NOW], []]);
  });
});

describe('a refusal', () => {
  test.each<[string, readonly Refusal[], readonly string[], string]>([
    ['leaves a restore by hand', [refusal()], ['801'], 'restore'],
    [
      'leaves none where one reason forbids it',
      [refusal(), refusal({ forbidsByHand: true })],
      ['801'],
      'none',
    ],
    ['leaves looking for a snapshot that is gone', [refusal()], [], 'find'],
    ['leaves nothing of one that is gone and forbidden', [refusal({ forbidsByHand: true })], [], 'none'],
  ])('%s', async (_name, refusals, ids, byHand) => {
    const { checked } = await check({ check: { refusals }, list: listOf(ids.map((id) => snapshotOf(id))) });
    expect(checked).toMatchObject({ stage: 'refused', byHand });
  });

  test.each([
    [[true, true], true],
    [[true, false], false],
    [[false], false],
  ])('holds back no other server only if that goes for all of it: %j', async (alone, expected) => {
    const refusals = alone.map((isOfServerAlone) => refusal({ isOfServerAlone }));
    expect((await check({ check: { refusals } })).checked).toMatchObject({ isOfServerAlone: expected });
  });

  test('says whether this job has restored the server', async () => {
    const options = { isRestoredByJob: () => true };
    const { checked, facts } = await check({ check: { refusals: [refusal()] }, options });
    expect([checked, facts[0]?.isRestoredByJob]).toMatchObject([{ stage: 'refused', isByJob: true }, true]);
  });

  test('follows where the checks cannot be completed', async () => {
    const { checked } = await check({ fails: fails('http', 403) });
    expect(checked).toMatchObject({
      stage: 'refused',
      isOfServerAlone: true,
      wasSent: false,
      reason: expect.stringMatching(/^the safety checks could not be completed: .*403/),
    });
  });

  test('does not follow a cancel, which ends everything', async () => {
    const { checked, error } = await check({
      listTakes: [20],
      cancelAt: 5 * SECOND,
      fails: fails('cancelled'),
    });
    expect([checked, error]).toMatchObject([undefined, { name: 'CancelledError' }]);
  });
});

describe('what the checks rest on', () => {
  test.each<[string, Script, readonly string[], number]>([
    ['is as old as the older of the two reads', {}, ['list 0', 'server 0'], 0],
    [
      'is read again where the other read took too long, three times at most: the list',
      { serverTakes: [20] },
      ['list 0', 'server 0', 'list 20', 'server 20', 'list 40'],
      20,
    ],
    ['the server', { listTakes: [20, 0] }, ['list 0', 'server 0', 'list 20', 'server 20'], 20],
    ['not where it took 15 s', { listTakes: [15] }, ['list 0', 'server 0'], 0],
  ])('%s', async (_name, script, reads, readAt) => {
    const { checked, reads: done } = await check(script);
    expect([done, checked]).toMatchObject([reads, { stage: 'ready', readAt: readAt * SECOND }]);
  });
});

describe('what is shared with the checks of other servers', () => {
  const script = (api: Partial<Api>) => {
    const { deps, clock } = createTestDeps({ api, more: { ownAddresses: new Set() } });
    const targets = [restoreTarget(), restoreTarget({ serverId: '2', serverIds: ['2'] })];
    const options: CheckOptions = {
      readers: createRestoreReaders(targets, deps),
      maxAge: null,
      whenRestoring: 'refuse',
      isRestoredByJob: () => false,
      check: () => ({ refusals: [], warnings: [], undos: [], isUnwaited: false, snapshot: null }),
    };
    return { clock, deps, options, run: async () => await checkRestore(restoreTarget(), deps, options) };
  };

  test('a list of servers that was read for another one meanwhile is the newer word', async () => {
    const { clock, deps, options, run } = script({
      async listSnapshots() {
        await clock.sleep(10 * SECOND);
        return listOf([]);
      },
      listServers: () =>
        Promise.resolve({
          servers: [
            serverOf(clock.now() < 5 * SECOND ? 'active' : 'stopped'),
            serverOf('active', { id: '2' }),
          ],
          complete: true,
        }),
    });
    clock.at(5 * SECOND, () => void options.readers.servers.read(['2'], clock.now() - 1, deps));
    const checked = await clock.run(run());
    expect(checked).toMatchObject({ stage: 'ready', serverStatus: 'stopped', before: { status: 'stopped' } });
  });

  test('an incomplete list is waited for once, and anew after a complete one', async () => {
    let complete = false;
    const { clock, run } = script({
      listSnapshots: () => Promise.resolve(listOf([], { complete })),
      listServers: () => Promise.resolve({ servers: [serverOf('active')], complete: true }),
    });
    const waited: boolean[] = [];
    await clock.run(async () => {
      for (complete of [false, false, true, false]) {
        await clock.sleep(MINUTE);
        const from = clock.now();
        await run();
        waited.push(clock.now() > from);
      }
    });
    expect(waited).toEqual([true, false, false, true]);
  });
});

describe('what people read', () => {
  test('an undo snapshot that stands there is a notice', async () => {
    const { lines } = await check({ check: { undos: ['an undo'] } });
    expect(lines).toContain('0 Undo snapshot on the server: web: an undo.');
  });

  test('a newer one that is allowed is a warning', async () => {
    const { lines } = await check({ check: { warnings: ['a newer one'] } });
    expect(lines).toContain('0 Newer snapshot on the server: web: a newer one.');
  });

  test.each([true, false])('a snapshot that nobody waited for is a warning: %s', async (isUnwaited) => {
    const { lines } = await check({ check: { isUnwaited } });
    expect(lines.join('\n').includes('Snapshot was not waited for: web: snapshot 801 was made with')).toBe(
      isUnwaited,
    );
  });
});
