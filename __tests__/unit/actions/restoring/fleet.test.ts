import { describe, expect, test } from '@jest/globals';
import { restoreServers, type RestoreOptions } from '../../../../src/actions/restoring/fleet.ts';
import type { FinishedRestore, Restore } from '../../../../src/actions/restoring/restore.ts';
import type { RestoreCheck, RestoreFacts } from '../../../../src/snapshots/interlocks.ts';
import type { Limits } from '../../../../src/vps/api.ts';
import type { RestoreAnswer, Server } from '../../../../src/vps/model.ts';
import { restoreTarget } from '../../snapshots/samples.ts';
import {
  createTestDeps,
  fails,
  listOf,
  MINUTE,
  outcomeOf,
  SECOND,
  serverOf,
  snapshotOf,
} from '../test-deps.ts';

interface Script {
  /** The servers to restore; the snapshot of server n is 80n. */
  readonly servers?: readonly number[];
  /** What a server shows so many seconds after the beginning. */
  readonly shows?: (server: number, second: number) => string | Error;
  /** What the API does with a request for a snapshot. */
  readonly answers?: (snapshotId: string) => Error | Partial<RestoreAnswer> | null;
  readonly refuses?: (facts: RestoreFacts) => Partial<RestoreCheck>;
  readonly options?: Partial<RestoreOptions>;
  /** The list of all servers' snapshots is incomplete. */
  readonly isPartial?: boolean;
  readonly target?: Parameters<typeof restoreTarget>[0];
  readonly onPower?: () => void;
  readonly until?: number;
  readonly cancelAt?: number;
  /** What the health check says, and when it was asked. */
  readonly health?: number | Error;
}

interface Ran {
  readonly restores: readonly FinishedRestore[];
  readonly error: unknown;
  /** The requests, each with its second. */
  readonly sent: readonly string[];
  /** The stages of all restores, each time that one was requested. */
  readonly reported: readonly string[];
  readonly lists: readonly string[];
  readonly lines: readonly string[];
  readonly at: number;
}

/** `active`, `restoring` from the request on for a minute, and `active` again. */
const usual = (_server: number, second: number): string =>
  second > 0 && second < 60 ? 'restoring' : 'active';

async function run(script: Script): Promise<Ran> {
  const { servers = [1], shows = usual, answers = () => null, refuses = () => ({}) } = script;
  const sent: string[] = [];
  const reported: string[] = [];
  const lists: string[] = [];
  const second = (): number => clock.now() / SECOND;
  const read = (server: number): Server => {
    const shown = shows(server, second());
    if (shown instanceof Error) throw shown;
    return serverOf(shown, { id: String(server), name: `s${server}` });
  };
  const { deps, clock, lines } = createTestDeps({
    ...(script.until !== undefined && { until: script.until }),
    cancelAt: script.cancelAt,
    api: {
      listSnapshots({ serverId }: { readonly serverId?: string }) {
        lists.push(`${serverId ?? 'all'} ${second()}`);
        const of = servers.map((n) =>
          snapshotOf(`80${n}`, { server: { id: String(n), uuid: null, name: null } }),
        );
        return Promise.resolve(listOf(of, { complete: serverId !== undefined || script.isPartial !== true }));
      },
      getServer: async (id: string) => await Promise.resolve().then(() => read(Number(id))),
      listServers: async (_limits: Limits) =>
        await Promise.resolve().then(() => ({ servers: servers.map(read), complete: true })),
      async restoreSnapshot(id: string) {
        sent.push(`${id} ${second()}`);
        await clock.sleep(1);
        const answer = answers(id);
        if (answer instanceof Error) throw answer;
        return {
          status: 'success',
          snapshotId: id,
          server: { id: id.slice(2), uuid: null, name: null },
          serverStatus: 'restoring',
          ...answer,
        };
      },
      powerServer(id: string) {
        sent.push(`power ${id} ${second()}`);
        script.onPower?.();
        return Promise.resolve();
      },
    },
    more: {
      ownAddresses: new Set(),
      restoreRecords: { has: () => false, save: () => undefined, withdraw: () => undefined },
      health() {
        sent.push(`health ${second()}`);
        const { health = 200 } = script;
        return health instanceof Error
          ? Promise.reject(health)
          : Promise.resolve({ status: health, headers: {}, body: '' });
      },
    },
  });
  const targets = servers.map((n) =>
    restoreTarget({
      label: `s${n}`,
      serverId: String(n),
      serverIds: [String(n)],
      snapshotId: `80${n}`,
      ...script.target,
    }),
  );
  const options: RestoreOptions = {
    maxAge: null,
    whenRestoring: 'refuse',
    isRestoredByJob: () => false,
    healthUrls: [],
    limit: 'restore_timeout (30m) exceeded',
    allOrNone: true,
    onRequested: (restores: readonly Restore[]) => {
      reported.push(restores.map(({ stage }) => stage).join());
      return Promise.resolve();
    },
    check: (facts) => ({
      refusals: [],
      warnings: [],
      undos: [],
      isUnwaited: false,
      snapshot: facts.list.snapshots.find(({ id }) => id === facts.snapshotId) ?? null,
      ...refuses(facts),
    }),
    ...script.options,
  };
  const { value = [], error, at } = await outcomeOf(clock, restoreServers(targets, deps, options));
  return { restores: value, error, sent, reported, lists, lines, at: at / SECOND };
}

const refuse = (isOfServerAlone: boolean): Partial<RestoreCheck> => ({
  refusals: [{ reason: 'a reason', isOfServerAlone }],
});
const ends = ({ restores }: Ran): string[] => restores.map(({ stage }) => stage);

describe('several servers', () => {
  test('are checked, requested at once, and seen to their ends', async () => {
    const ran = await run({ servers: [1, 2] });
    expect([ends(ran), ran.sent]).toEqual([
      ['restored', 'restored'],
      ['801 0', '802 0'],
    ]);
    expect(ran.reported.at(-1)).toBe('requested,requested');
  });

  test('are read with one list for all of them', async () => {
    expect((await run({ servers: [1, 2] })).lists).toEqual(['all 0']);
    expect((await run({ servers: [1] })).lists).toEqual(['1 0']);
  });

  test('with one for each where the list for all is incomplete', async () => {
    const { lists } = await run({ servers: [1, 2], isPartial: true });
    expect(lists).toEqual(['all 0', '1 0', '2 0']);
  });

  test.each([
    ['all are held back by one that is refused', true, false, ['refused', 'refused'], []],
    ['but not by what says something about that one alone', true, true, ['refused', 'restored'], ['802 0']],
    ['nor where each stands for itself', false, false, ['refused', 'restored'], ['802 0']],
  ])('%s', async (_name, allOrNone, alone, stages, sent) => {
    const ran = await run({
      servers: [1, 2],
      options: { allOrNone },
      refuses: ({ snapshotId }) => (snapshotId === '801' ? refuse(alone) : {}),
    });
    expect([ends(ran), ran.sent]).toEqual([stages, sent]);
  });

  test('that are held back say by which', async () => {
    const { restores } = await run({
      servers: [1, 2],
      refuses: ({ snapshotId }) => (snapshotId === '801' ? refuse(false) : {}),
    });
    expect(restores[1]).toMatchObject({
      stage: 'refused',
      reason: expect.stringMatching(/^the restore of s1 is refused/),
      isOfServerAlone: false,
      byHand: 'restore',
    });
  });
});

describe('health', () => {
  const healthUrls = ['https://app.example/up'];

  test('is asked once, when all restores have ended, and said of what is up', async () => {
    const ran = await run({ servers: [1, 2], options: { healthUrls } });
    expect(ran.restores).toMatchObject([{ health: { ok: true } }, { health: { ok: true } }]);
    expect(ran.sent.filter((line) => line.startsWith('health'))).toEqual([`health ${ran.at}`]);
  });

  test('is not asked where no server is up', async () => {
    const ran = await run({ options: { healthUrls }, refuses: () => refuse(false) });
    expect([ends(ran), ran.sent]).toEqual([['refused'], []]);
  });

  test('is said of no server that is not up', async () => {
    const ran = await run({
      servers: [1, 2],
      options: { healthUrls, allOrNone: false },
      refuses: ({ snapshotId }) => (snapshotId === '801' ? refuse(false) : {}),
    });
    expect(ran.restores[0]).not.toHaveProperty('health');
    expect(ran.restores[1]).toMatchObject({ stage: 'restored', health: { ok: true } });
  });

  test('is said of no server that stays stopped, as it was', async () => {
    const ran = await run({
      servers: [1, 2],
      target: { startIfStopped: false },
      options: { healthUrls },
      shows: (server, second) =>
        second > 0 && second < 60 ? 'restoring' : server === 1 ? 'stopped' : 'active',
    });
    expect(ran.restores).toMatchObject([
      { stage: 'restored', serverStatus: 'stopped', health: null },
      { stage: 'restored', serverStatus: 'active', health: { ok: true } },
    ]);
  });

  test('that a cancel ends leaves the restore confirmed', async () => {
    const { restores } = await run({ options: { healthUrls }, health: 503, cancelAt: 2 * MINUTE });
    expect(restores).toMatchObject([
      { stage: 'restored', health: { ok: false, reason: 'The job was cancelled' } },
    ]);
  });

  test('that cannot be asked has failed', async () => {
    const { restores } = await run({ options: { healthUrls }, health: new TypeError('a bug') });
    expect(restores).toMatchObject([{ stage: 'restored', health: { ok: false } }]);
  });
});

describe('a server that nobody may read', () => {
  test('may be restored, and nobody can tell', async () => {
    const { restores, sent, at } = await run({ shows: () => fails('http', 403) });
    expect([sent, at < 60]).toEqual([['801 0'], true]);
    expect(restores).toMatchObject([
      {
        stage: 'unconfirmed',
        isForeign: false,
        isMismatch: false,
        reason: 'the token may not read the server, so nobody can tell whether it was restored',
      },
    ]);
  });
});

describe('a restore of somebody else', () => {
  test('is waited for, and is not ours', async () => {
    const { restores, sent, reported } = await run({
      options: { whenRestoring: 'wait' },
      shows: (_server, second) => (second < 60 ? 'restoring' : 'active'),
    });
    expect([sent, reported]).toEqual([[], []]);
    expect(restores).toMatchObject([{ stage: 'restored', isForeign: true }]);
  });

  test('that is not seen to its end is not ours either', async () => {
    const { restores } = await run({
      options: { whenRestoring: 'wait' },
      shows: () => 'restoring',
      until: 5 * MINUTE,
    });
    expect(restores).toMatchObject([
      {
        stage: 'unconfirmed',
        isForeign: true,
        reason: expect.stringMatching(/^another restore is running, and its end was not confirmed: /),
      },
    ]);
  });
});

describe('how a restore that was not seen to its end is told', () => {
  test.each<[string, Script, object]>([
    [
      'still restoring',
      { shows: (_server, second) => (second === 0 ? 'active' : 'restoring'), until: 5 * MINUTE },
      { serverStatus: 'restoring', reason: "restore_timeout (30m) exceeded, the server is 'restoring'" },
    ],
    [
      'not started',
      { shows: () => 'active', until: 5 * MINUTE },
      {
        serverStatus: 'active',
        reason:
          "nothing shows that the restore has started; restore_timeout (30m) exceeded, the server is 'active'",
      },
    ],
    [
      'not readable any more: what was seen before is not the state now',
      {
        shows: (_server, second) =>
          second === 0 ? 'active' : second < 60 ? 'restoring' : fails('http', 503),
        until: 5 * MINUTE,
      },
      {
        serverStatus: null,
        reason: expect.stringMatching(
          /^restore_timeout \(30m\) exceeded, the server cannot be read, last seen 'restoring'; last attempt to read it failed: .*503/,
        ),
      },
    ],
    [
      'broken, which ends the watch',
      {
        shows: (_server, second) => (second === 0 ? 'active' : second < 60 ? 'restoring' : 'error'),
        until: 30 * MINUTE,
      },
      { serverStatus: 'error', reason: "the server is 'error'" },
    ],
  ])('%s', async (_name, script, expected) => {
    const { restores } = await run(script);
    expect(restores).toMatchObject([
      { stage: 'unconfirmed', isForeign: false, isMismatch: false, ...expected },
    ]);
  });

  test('stopped when it cannot be read any more: it may have to be started', async () => {
    const { restores } = await run({
      shows: (_server, second) => (second === 0 ? 'active' : second < 10 ? 'stopped' : fails('http', 503)),
      until: 5 * MINUTE,
    });
    expect(restores).toMatchObject([
      {
        stage: 'down',
        serverStatus: null,
        reason: expect.stringMatching(
          /^nothing shows whether the restore has ended, so the server was not started; /,
        ),
      },
    ]);
  });
});

describe('a restore of something else, as the API says', () => {
  const REASON = /^VPS\.org says it restores snapshot 999 of server 1, which is not what was requested$/;
  const answers = (): Partial<RestoreAnswer> => ({ snapshotId: '999' });

  test.each<[string, string, string, string | undefined]>([
    ['is not confirmed, however it ends', 'active', 'active', undefined],
    ['is started where it ends stopped, and is not confirmed either', 'stopped', 'active', 'start'],
  ])('%s', async (_name, end, serverStatus, power) => {
    let started = false;
    const { restores, sent } = await run({
      answers,
      onPower: () => void (started = true),
      shows: (_server, second) =>
        second === 0 ? 'active' : second < 60 ? 'restoring' : started ? 'active' : end,
    });
    expect(restores).toMatchObject([
      { stage: 'unconfirmed', isMismatch: true, serverStatus, reason: expect.stringMatching(REASON) },
    ]);
    expect(sent.some((line) => line.startsWith('power'))).toBe(power === 'start');
  });
});

describe('a mistake in the code', () => {
  const bug = new TypeError('a bug');

  test('before the request is a refusal', async () => {
    const { restores } = await run({ answers: () => bug });
    expect(restores).toMatchObject([
      { stage: 'refused', target: { snapshotId: '801' }, reason: 'it could not be requested: a bug' },
    ]);
  });

  test('after the request leaves it requested', async () => {
    const { restores } = await run({ options: { onRequested: () => Promise.reject(bug) } });
    expect(restores).toMatchObject([
      {
        stage: 'unconfirmed',
        isForeign: false,
        isMismatch: false,
        reason: 'it could not be followed to its end: a bug',
      },
    ]);
  });

  test('while the restore of somebody else is watched is neither a refusal nor a restore of ours', async () => {
    const shows = (_server: number, second: number): string => {
      if (second > 30) throw bug;
      return 'restoring';
    };
    const { restores, sent } = await run({ options: { whenRestoring: 'wait' }, shows });
    expect([restores, sent]).toMatchObject([
      [{ stage: 'unconfirmed', isForeign: true, reason: 'it could not be followed to its end: a bug' }],
      [],
    ]);
  });
});

test('a cancel ends the start of a server that ended stopped as well', async () => {
  const shows = (_server: number, second: number): string =>
    second === 0 ? 'active' : second < 60 ? 'restoring' : 'stopped';
  const { error, sent } = await run({ shows, cancelAt: 100 * SECOND });
  expect(error).toMatchObject({ name: 'CancelledError' });
  expect(sent.at(-1)).toMatch(/^power 1 /);
});

test('a cancel ends all of it', async () => {
  const { error, sent } = await run({ cancelAt: 30 * SECOND });
  expect([error, sent]).toMatchObject([{ name: 'CancelledError' }, ['801 0']]);
});
