import {
  findSnapshot,
  isAnswered,
  isCompletedAt,
  isList,
  isListedAt,
  isMarked,
  lastList,
  lifeTime,
  madeBy,
  makerOf,
  markerOf,
  postsOf,
  restoresBy,
  serversOf,
  type PostRecord,
  type Snapshot,
  wantedOf,
} from './facts.ts';
import type { Exchange, Life, ProcessRecord } from '../run/record.ts';
import { idInPath } from '../run/environment.ts';

/** Promise 1 and 2 about restores: asked for, once, under all interlocks, and told as it was. */

/** The API accepts at most one restore of a server from one process. */
export function restoresAServerOnce(life: Life): string[] {
  return life.processes.flatMap((p) => {
    const servers = restoresBy(life, p).map(({ serverId }) => serverId);
    return new Set(servers).size === servers.length
      ? []
      : [`${p.use.use} restored a server ${servers.length} times`];
  });
}

/** A rollback happens only when it was asked for, after a main step that succeeded. */
export function rollsBackOnlyWhenAsked(life: Life): string[] {
  return postsOf(life).flatMap((p) => {
    if (wantedOf(p) === 'restore' && p.step.tornState === undefined && p.step.tokenLost !== true) return [];
    return restoresBy(life, p).map(({ snapshotId }) => `post restored ${snapshotId}, wanted: ${wantedOf(p)}`);
  });
}

/** Every interlock held when a rollback was requested, as far as the answers that the post step had could show. */
export function rollsBackUnderAllInterlocks(life: Life): string[] {
  return postsOf(life).flatMap((p) => {
    const ids = new Set<string>();
    return requestsOf(p).flatMap(({ id, exchange }) => {
      // A request that is repeated rests on what the first one rested on.
      if (ids.has(id)) return [];
      ids.add(id);
      return judgeRollback(life, p, id, exchange.sentAt).map(
        (problem) => `post asks to restore ${id}: ${problem}`,
      );
    });
  });
}

interface Requested {
  readonly id: string;
  readonly exchange: Exchange;
}

/** The restore requests that a process sent. */
function requestsOf({ exchanges }: ProcessRecord): Requested[] {
  return exchanges.flatMap((exchange) => {
    const { method, path } = exchange.record;
    const id = method === 'POST' && path.endsWith('/restore/') ? idInPath(path) : undefined;
    return id === undefined ? [] : [{ id, exchange }];
  });
}

function judgeRollback(life: Life, p: PostRecord, id: string, sentAt: number): string[] {
  const snapshot = findSnapshot(life, id);
  if (snapshot === undefined) return ['no such snapshot'];
  const problems: string[] = [];
  if (!serversOf(life, p).includes(snapshot.serverId)) problems.push('it is of another server');
  if (!isSeenCompleted(life, p, snapshot)) problems.push('nobody saw it completed before the deploy');
  const newer = findNewer(life, p, snapshot, sentAt);
  if (newer !== undefined) problems.push(`${newer.id} of another step is newer`);
  if (isShownRestoring(life, snapshot.serverId, lastLook(life, p, snapshot.serverId, sentAt)))
    problems.push('the server was being restored already');
  return problems;
}

/** A restore is requested again only when the server showed nothing of the first request; never a third time. */
export function asksToRestoreAgainOnlyInDoubt(life: Life): string[] {
  return life.processes.flatMap((p) =>
    requestsOf(p).flatMap(({ id, exchange }, index, all) => {
      const earlier = all.slice(0, index).filter((r) => r.id === id && !isNotDone(r.exchange));
      if (earlier.length === 0) return [];
      if (earlier.length > 1) return [`${p.use.use} asks to restore ${id} a third time`];
      const serverId = findSnapshot(life, id)?.serverId;
      const first = earlier[0]?.exchange;
      if (first === undefined || serverId === undefined) return [];
      if (isAnswered(first)) return [`${p.use.use} asks to restore ${id} again after a clear answer`];
      const look = lastLook(life, p, serverId, exchange.sentAt);
      const isShown = isShownRestoring(life, serverId, look) && look > first.sentAt;
      return isShown ? [`${p.use.use} asks to restore ${id} again while it is being restored`] : [];
    }),
  );
}

/** Certainly not carried out, so that the same request may be sent again. */
function isNotDone({ record: { status, failure } }: Exchange): boolean {
  return status === 429 || failure === 'refused' || failure === 'unresolved';
}

/** Whether main or the `wait` action of the job read a list that showed it completed, before any deploy of the job. */
function isSeenCompleted(life: Life, p: PostRecord, snapshot: Snapshot): boolean {
  const deploy = life.deploys.find(
    ({ jobIndex, begunAt }) => jobIndex === p.jobIndex && begunAt >= p.main.process.endedAt,
  );
  const before = deploy?.begunAt ?? Number.POSITIVE_INFINITY;
  return life.processes.some((seer) => {
    if (seer.jobIndex !== p.jobIndex || seer.process.endedAt > before) return false;
    const isSeer =
      seer === p.main || (seer.use.use === 'wait' && seer.use.inputs.snapshotIds.includes(snapshot.id));
    return (
      isSeer &&
      seer.exchanges.some((e) => isList(e) && isAnswered(e) && isCompletedAt(snapshot, e.processedAt))
    );
  });
}

/** A marked snapshot of another step that the last list before the request showed, and that is newer. */
function findNewer(life: Life, p: ProcessRecord, mine: Snapshot, sentAt: number): Snapshot | undefined {
  const seen = lastList(life, p, sentAt, mine.serverId)?.processedAt;
  const key = markerOf(life, mine)?.key;
  if (seen === undefined) return mine;
  return life.truth.snapshots.find(
    (s) =>
      s.id !== mine.id &&
      s.serverId === mine.serverId &&
      s.createdAt >= mine.createdAt &&
      isMarked(life, s) &&
      isListedAt(life, s, seen) &&
      (key === undefined ? makerOf(life, s.id) !== p.main : markerOf(life, s)?.key !== key),
  );
}

/** When the process last read this server. */
function lastLook(life: Life, { exchanges }: ProcessRecord, serverId: string, before: number): number {
  const uuid = life.truth.servers.find(({ id }) => id === serverId)?.uuid ?? '';
  const paths = [`/api/v1/servers/${serverId}/`, `/api/v1/servers/${uuid}/`];
  const look = exchanges.findLast(
    (e) => e.endedAt <= before && isAnswered(e) && paths.includes(e.record.path),
  );
  return look?.processedAt ?? -1;
}

function isShownRestoring(life: Life, serverId: string, at: number): boolean {
  const { server_missing: missing = [], server_null: empty = [] } = life.plan.switches;
  if ([...missing, ...empty].includes('status')) return false;
  const lag = 1000 * (life.plan.switches.restoring_late ?? 0);
  if ((life.plan.switches.word_restoring ?? 'restoring').toLowerCase() !== 'restoring') return false;
  return life.truth.restores.some(
    (r) =>
      r.serverId === serverId &&
      lifeTime(r.begunAt) + lag <= at &&
      (r.endedAt === null || lifeTime(r.endedAt) > at),
  );
}

/** The `restore` action restores nothing older than a marked snapshot, nor an earlier attempt's, unless allowed. */
export function restoresNothingOlderUnasked(life: Life): string[] {
  return life.processes.flatMap((p) => {
    if (p.use.use !== 'restore') return [];
    const { allowOlder, serverId, dryRun } = p.use.inputs;
    return restoresBy(life, p).flatMap(({ snapshotId, exchange, serverId: restored }) => {
      const snapshot = findSnapshot(life, snapshotId);
      if (snapshot === undefined || exchange === null) return [];
      if (dryRun) return [`a dry run restored ${snapshotId}`];
      if (serverId !== null && serverId !== restored)
        return [`${snapshotId} is of ${restored}, not of ${serverId}`];
      if (allowOlder) return [];
      const newer = findNewer(life, p, snapshot, exchange.sentAt);
      if (newer !== undefined && newer.createdAt > snapshot.createdAt)
        return [`restored ${snapshotId} although ${newer.id} is newer`];
      const maker = makerOf(life, snapshotId);
      const isEarlier =
        maker !== null &&
        isMarked(life, snapshot) &&
        maker.job.repository === p.job.repository &&
        maker.job.run === p.job.run &&
        maker.job.attempt < p.job.attempt;
      return isEarlier ? [`restored ${snapshotId} of an earlier attempt`] : [];
    });
  });
}

/** A rollback, asked for or done, leaves the job red. */
export function aRollbackStaysRed(life: Life): string[] {
  return postsOf(life).flatMap((p) => {
    const { process, main, step } = p;
    if (process.exitCode !== 0) return [];
    if (restoresBy(life, p).length > 0) return ['post restored, and is green'];
    const isIdle = step.tornState !== undefined || (main.use.use === 'main' && main.use.inputs.dryRun);
    return wantedOf(p) === 'restore' && !isIdle && madeBy(life, main).length > 0
      ? ['post was to restore, did not, and is green']
      : [];
  });
}
