import { restoreServers, type RestoreOptions } from '../../../../src/actions/restoring/fleet.ts';
import type { FinishedRestore, Restore } from '../../../../src/actions/restoring/restore.ts';
import type { RestoreCheck, RestoreFacts } from '../../../../src/snapshots/interlocks.ts';
import type { Limits } from '../../../../src/vps/api.ts';
import type { RestoreAnswer, Server } from '../../../../src/vps/model.ts';
import { restoreTarget } from '../../snapshots/samples.ts';
import { createTestDeps, listOf, outcomeOf, SECOND, serverOf, snapshotOf } from '../test-deps.ts';

export interface Script {
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

export interface Ran {
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

export async function run(script: Script): Promise<Ran> {
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
