import {
  findSnapshot,
  isAnswered,
  isCompletedAt,
  isList,
  isListedAt,
  hasMarker,
  lastList,
  createdBy,
  creatorOf,
  markerOf,
  postsOf,
  restoresBy,
  serversOf,
  type PostRecord,
  type Snapshot,
  expectedOutcome,
} from './facts.ts';
import type { Exchange, SimulatedRun, ProcessRecord } from '../run/record.ts';
import { idInPath, sinceStart } from '../run/environment.ts';

/** Restores: only when asked for, once, and under all interlocks. */

/** The API accepts at most one restore of a server from one process. */
export function restoresAServerOnce(run: SimulatedRun): string[] {
  return run.processes.flatMap((p) => {
    const servers = restoresBy(run, p).map(({ serverId }) => serverId);
    return new Set(servers).size === servers.length
      ? []
      : [`${p.use.use} restored a server ${servers.length} times`];
  });
}

/** A rollback happens only when it was asked for, after a main step that succeeded. */
export function rollsBackOnlyWhenAsked(run: SimulatedRun): string[] {
  return postsOf(run).flatMap((p) => {
    if (expectedOutcome(p) === 'restore' && p.step.tornState === undefined && p.step.tokenLost !== true)
      return [];
    return restoresBy(run, p).map(
      ({ snapshotId }) => `post restored ${snapshotId}, expected: ${expectedOutcome(p)}`,
    );
  });
}

/** Every interlock held when a rollback was requested, as far as the responses to the post step could show. */
export function rollsBackUnderAllInterlocks(run: SimulatedRun): string[] {
  return postsOf(run).flatMap((p) => {
    const ids = new Set<string>();
    return requestsOf(p).flatMap(({ id, exchange }) => {
      // A repeated request relies on the same checks as the first one.
      if (ids.has(id)) return [];
      ids.add(id);
      return checkRollback(run, p, id, exchange.sentAt).map(
        (problem) => `post requests to restore ${id}: ${problem}`,
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

function checkRollback(run: SimulatedRun, p: PostRecord, id: string, sentAt: number): string[] {
  const snapshot = findSnapshot(run, id);
  if (snapshot === undefined) return ['no such snapshot'];
  const problems: string[] = [];
  if (!serversOf(run, p).includes(snapshot.serverId)) problems.push('it belongs to another server');
  if (!isSeenCompleted(run, p, snapshot)) problems.push('nobody saw it completed before the deploy');
  const newer = findNewer(run, p, snapshot, sentAt);
  if (newer !== undefined) problems.push(`${newer.id} of another step is newer`);
  if (isShownRestoring(run, snapshot.serverId, lastServerRead(run, p, snapshot.serverId, sentAt)))
    problems.push('the server was being restored already');
  return problems;
}

/** A restore is requested again only when the server showed no effect of the first request; never a third time. */
export function requestsRestoreAgainOnlyWhenUncertain(run: SimulatedRun): string[] {
  return run.processes.flatMap((p) =>
    requestsOf(p).flatMap(({ id, exchange }, index, all) => {
      const earlier = all.slice(0, index).filter((r) => r.id === id && !isCertainlyNotDone(r.exchange));
      if (earlier.length === 0) return [];
      if (earlier.length > 1) return [`${p.use.use} requests to restore ${id} a third time`];
      const serverId = findSnapshot(run, id)?.serverId;
      const first = earlier[0]?.exchange;
      if (first === undefined || serverId === undefined) return [];
      if (isAnswered(first)) return [`${p.use.use} requests to restore ${id} again after a clear response`];
      const readAt = lastServerRead(run, p, serverId, exchange.sentAt);
      const isShown = isShownRestoring(run, serverId, readAt) && readAt > first.sentAt;
      return isShown ? [`${p.use.use} requests to restore ${id} again while it is being restored`] : [];
    }),
  );
}

/** Certainly not carried out, so that the same request may be sent again. */
function isCertainlyNotDone({ record: { status, failure } }: Exchange): boolean {
  return status === 429 || failure === 'refused' || failure === 'unresolved';
}

/** Whether main or the `wait` action of the job read a list that showed it completed, before any deploy of the job. */
function isSeenCompleted(run: SimulatedRun, p: PostRecord, snapshot: Snapshot): boolean {
  const deploy = run.deploys.find(
    ({ jobIndex, startedAt }) => jobIndex === p.jobIndex && startedAt >= p.main.process.endedAt,
  );
  const before = deploy?.startedAt ?? Number.POSITIVE_INFINITY;
  return run.processes.some((witness) => {
    if (witness.jobIndex !== p.jobIndex || witness.process.endedAt > before) return false;
    const isWitness =
      witness === p.main ||
      (witness.use.use === 'wait' && witness.use.inputs.snapshotIds.includes(snapshot.id));
    return (
      isWitness &&
      witness.exchanges.some((e) => isList(e) && isAnswered(e) && isCompletedAt(snapshot, e.processedAt))
    );
  });
}

/** A newer snapshot with a marker of another step, in the last list before the request. */
function findNewer(run: SimulatedRun, p: ProcessRecord, own: Snapshot, sentAt: number): Snapshot | undefined {
  const seen = lastList(run, p, sentAt, own.serverId)?.processedAt;
  const key = markerOf(run, own)?.key;
  if (seen === undefined) return own;
  return run.actualState.snapshots.find(
    (s) =>
      s.id !== own.id &&
      s.serverId === own.serverId &&
      s.createdAt >= own.createdAt &&
      hasMarker(run, s) &&
      isListedAt(run, s, seen) &&
      (key === undefined ? creatorOf(run, s.id) !== p.main : markerOf(run, s)?.key !== key),
  );
}

/** When the process last read this server. */
function lastServerRead(
  run: SimulatedRun,
  { exchanges }: ProcessRecord,
  serverId: string,
  before: number,
): number {
  const uuid = run.actualState.servers.find(({ id }) => id === serverId)?.uuid ?? '';
  const paths = [`/api/v1/servers/${serverId}/`, `/api/v1/servers/${uuid}/`];
  const read = exchanges.findLast(
    (e) => e.endedAt <= before && isAnswered(e) && paths.includes(e.record.path),
  );
  return read?.processedAt ?? -1;
}

function isShownRestoring(run: SimulatedRun, serverId: string, at: number): boolean {
  const { server_missing: missing = [], server_null: empty = [] } = run.plan.switches;
  if ([...missing, ...empty].includes('status')) return false;
  const lag = 1000 * (run.plan.switches.restoring_late ?? 0);
  if ((run.plan.switches.word_restoring ?? 'restoring').toLowerCase() !== 'restoring') return false;
  return run.actualState.restores.some(
    (r) =>
      r.serverId === serverId &&
      sinceStart(r.startedAt) + lag <= at &&
      (r.endedAt === null || sinceStart(r.endedAt) > at),
  );
}

/** Unless allowed, `restore` restores no snapshot if one with a marker is newer, and none of an earlier attempt. */
export function restoresNothingOlderUnlessAllowed(run: SimulatedRun): string[] {
  return run.processes.flatMap((p) => {
    if (p.use.use !== 'restore') return [];
    const { allowOlder, serverIds, dryRun } = p.use.inputs;
    return restoresBy(run, p).flatMap(({ snapshotId, exchange, serverId: restored }) => {
      const snapshot = findSnapshot(run, snapshotId);
      if (snapshot === undefined || exchange === null) return [];
      if (dryRun) return [`a dry run restored ${snapshotId}`];
      if (serverIds.length > 0 && !serverIds.includes(restored))
        return [`${snapshotId} belongs to ${restored}, not to ${serverIds.join()}`];
      if (allowOlder) return [];
      const newer = findNewer(run, p, snapshot, exchange.sentAt);
      if (newer !== undefined && newer.createdAt > snapshot.createdAt)
        return [`restored ${snapshotId} although ${newer.id} is newer`];
      const creator = creatorOf(run, snapshotId);
      const isEarlier =
        creator !== null &&
        hasMarker(run, snapshot) &&
        creator.job.repository === p.job.repository &&
        creator.job.workflowRun === p.job.workflowRun &&
        creator.job.attempt < p.job.attempt;
      return isEarlier ? [`restored ${snapshotId} of an earlier attempt`] : [];
    });
  });
}

/** A rollback, asked for or done, makes the job fail. */
export function rollbackFailsTheJob(run: SimulatedRun): string[] {
  return postsOf(run).flatMap((p) => {
    const { process, main, step } = p;
    if (process.exitCode !== 0) return [];
    if (restoresBy(run, p).length > 0) return ['post restored, and succeeds'];
    const isIdle = step.tornState !== undefined || (main.use.use === 'main' && main.use.inputs.dryRun);
    return expectedOutcome(p) === 'restore' && !isIdle && createdBy(run, main).length > 0
      ? ['post had to restore, did not, and succeeds']
      : [];
  });
}
