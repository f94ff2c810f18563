import { createHeartbeat } from '../../../../src/actions/common/heartbeat.ts';
import { createSharedRead } from '../../../../src/actions/common/shared-read.ts';
import { requestRestore } from '../../../../src/actions/restoring/request.ts';
import type { CheckedRestore, RequestedRestore } from '../../../../src/actions/restoring/restore.ts';
import { createServerReader } from '../../../../src/actions/server/reader.ts';
import type { RestoreRecords } from '../../../../src/github/job-files/restore-record.ts';
import type { RestoreCheck, RestoreFacts } from '../../../../src/snapshots/interlocks.ts';
import type { RestoreAnswer, Server, SnapshotList } from '../../../../src/vps/model.ts';
import { restoreTarget } from '../../snapshots/samples.ts';
import {
  createTestDeps,
  fails,
  listOf,
  outcomeOf,
  SECOND,
  serverOf,
  snapshotOf,
  type TestDeps,
} from '../test-deps.ts';

const OTHER = serverOf('active', { id: '2' });
const TARGET = restoreTarget({ serverIds: ['12345', 'u-1'], name: 'backup-801' });

/** The API's answer to a request that it took. */
export const TAKEN: RestoreAnswer = {
  status: 'success',
  snapshotId: '801',
  server: { id: '12345', uuid: null, name: 'web' },
  serverStatus: 'restoring',
};

export interface Script {
  /** The answers to the requests, the last one for ever. */
  readonly answers?: readonly (RestoreAnswer | Error)[];
  /** What the server shows from which second on: a word, a whole server, or no answer. */
  readonly shown?: readonly (readonly [from: number, server: string | Server | Error])[];
  /** What the list shows from which second on. */
  readonly listed?: readonly (readonly [from: number, list: SnapshotList])[];
  /** What stands against a restore from which second on. */
  readonly refusals?: readonly (readonly [from: number, reason: string | null])[];
  /** Newer ones that are no reason against it, from which second on. */
  readonly warnings?: readonly (readonly [from: number, warnings: readonly string[]])[];
  /** The server as the checks read it. */
  readonly before?: Server | null;
  /** How many seconds ago the checks were read. */
  readonly readAgo?: number;
  /** When the list of servers, which is asked first then, is read for another server. */
  readonly readForOther?: readonly number[];
  readonly until?: number;
  readonly cancelAt?: number;
  readonly records?: Partial<RestoreRecords>;
}

export interface Requested {
  readonly restore: CheckedRestore | RequestedRestore | undefined;
  readonly error: unknown;
  /** When each request was sent, in seconds. */
  readonly sent: readonly number[];
  /** By when each request had to be sent. */
  readonly sendBys: readonly number[];
  readonly at: number;
  /** When "requested" was reported. */
  readonly reported: readonly number[];
  /** When the server and the list were read. */
  readonly reads: readonly number[];
  readonly lists: readonly number[];
  /** Which servers' lists were read. */
  readonly listed: readonly (string | undefined)[];
  /** What was written to the job's own record of restores. */
  readonly records: readonly string[];
  readonly lines: readonly string[];
}

function shownAt<T>(script: readonly (readonly [number, T])[], now: number): T | undefined {
  return script.findLast(([from]) => from <= now)?.[1];
}

/** Requests a restore of a server whose checks have passed. */
export async function request(script: Script): Promise<Requested> {
  const { answers = [TAKEN], shown = [[0, 'active']], listed = [], refusals = [], before } = script;
  const sent: number[] = [];
  const sendBys: number[] = [];
  const reported: number[] = [];
  const reads: number[] = [];
  const lists: number[] = [];
  const listedServers: (string | undefined)[] = [];
  const records: string[] = [];
  const seconds = (): number => stand.clock.now() / SECOND;
  const stand: TestDeps = createTestDeps({
    cancelAt: script.cancelAt,
    ...(script.until !== undefined && { until: script.until }),
    api: {
      restoreSnapshot(id, { sendBy = Number.POSITIVE_INFINITY }) {
        const answer = answers[Math.min(sent.length, answers.length - 1)] ?? TAKEN;
        sent.push(seconds());
        sendBys.push(sendBy / SECOND);
        if (id !== '801') throw new Error(`a request for snapshot ${id}`);
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
      },
      getServer() {
        reads.push(seconds());
        const server = shownAt(shown, seconds()) ?? 'active';
        if (server instanceof Error) return Promise.reject(server);
        return Promise.resolve(typeof server === 'string' ? serverOf(server) : server);
      },
      async listServers() {
        if (script.readForOther === undefined) throw fails('http', 403);
        return { servers: [await deps.api.getServer('12345', deps), OTHER], complete: true };
      },
      listSnapshots({ serverId }) {
        lists.push(seconds());
        listedServers.push(serverId);
        return Promise.resolve(shownAt(listed, seconds()) ?? listOf([snapshotOf('801')]));
      },
    },
    more: {
      restoreRecords: {
        has: () => false,
        save: (ids) => void records.push(`saved ${ids.join()}`),
        withdraw: (ids) => void records.push(`withdrawn ${ids.join()}`),
        ...script.records,
      },
    },
  });
  const { deps, clock } = stand;
  const check = ({ snapshotId, list }: RestoreFacts): RestoreCheck => {
    const reason = shownAt(refusals, seconds()) ?? null;
    return {
      refusals: reason === null ? [] : [{ reason, isOfServerAlone: false }],
      warnings: shownAt(script.warnings ?? [], seconds()) ?? [],
      undos: [],
      isUnwaited: false,
      snapshot: list.snapshots.find(({ id }) => id === snapshotId) ?? null,
    };
  };
  const ready = {
    target: TARGET,
    stage: 'ready',
    snapshot: snapshotOf('801'),
    serverStatus: before === null ? null : (before?.status ?? 'active'),
    before: before === undefined ? serverOf('active') : before,
    readAt: -(script.readAgo ?? 0) * SECOND,
    now: 0,
    warnings: [],
    undos: [],
    isUnwaited: false,
  } as const;
  const servers = createServerReader(script.readForOther === undefined ? 'address' : 'list', deps);
  for (const second of script.readForOther ?? [])
    clock.at(second * SECOND, () => void servers.read(['2'], clock.now() - 1, deps));
  const { value, error, at } = await outcomeOf(
    clock,
    requestRestore(ready, deps, {
      readers: {
        servers,
        lists: () =>
          createSharedRead((limits) => deps.api.listSnapshots({ serverId: '12345' }, limits), clock),
        incomplete: new Set(),
        age: { firstNow: null },
      },
      check,
      maxAge: null,
      whenRestoring: 'refuse',
      isRestoredByJob: () => false,
      heartbeat: createHeartbeat('restoring', deps),
      onRequested: () => {
        reported.push(seconds());
        return Promise.resolve();
      },
    }),
  );
  const { lines } = stand;
  return {
    restore: value,
    error,
    sent,
    sendBys,
    at: at / SECOND,
    reported,
    reads,
    lists,
    listed: listedServers,
    records,
    lines,
  };
}
