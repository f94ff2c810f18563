import { isCertainlyNotDone, lastListBegan, lastShown, requestsOf } from './facts/exchanges.ts';
import { expectedOutcome, type PostRecord, postsOf, serversOf } from './facts/processes.ts';
import { restoresBy } from './facts/restores.ts';
import {
  createdBy,
  creatorOf,
  findNewer,
  findSnapshot,
  hasMarker,
  isOfSameWorkflowRun,
  isSeenCompleted,
} from './facts/snapshots.ts';
import type { Effect, Exchange, SimulatedRun, ProcessRecord, ShownServer } from '../run/record.ts';

/** Restores: only when asked for, once, and under all interlocks. */

/** The API accepts at most one restore of a server from one process. */
export function restoresAServerOnce(run: SimulatedRun): string[] {
  return run.processes.flatMap((p) =>
    [...Map.groupBy(restoresBy(run, p), ({ serverId }) => serverId)].flatMap(([serverId, restores]) =>
      restores.length < 2 || isUnseenAfterUnclear(p, serverId, restores)
        ? []
        : [`${p.use.use} restored ${serverId} ${restores.length} times`],
    ),
  );
}

/**
 * The one exception: the answer to the first request was unclear, and the API showed nothing of that restore for a
 * minute, so that the request was sent once more.
 */
function isUnseenAfterUnclear(p: ProcessRecord, serverId: string, restores: readonly Effect[]): boolean {
  const [first, second, third] = restores.map(({ exchange }) => exchange);
  if (first == null || second == null || third !== undefined) return false;
  return first.word !== 'success' && checkUnchanged(p, serverId, first, second) === undefined;
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
    return requestsOf(p).flatMap(({ id, exchange }) =>
      checkRollback(run, p, id, exchange.sentAt).map(
        (problem) => `post requests to restore ${id}: ${problem}`,
      ),
    );
  });
}

function checkRollback(run: SimulatedRun, p: PostRecord, id: string, sentAt: number): string[] {
  const snapshot = findSnapshot(run, id);
  if (snapshot === undefined) return ['no such snapshot'];
  const problems: string[] = [];
  if (!serversOf(run, p).includes(snapshot.serverId)) problems.push('it belongs to another server');
  if (!isSeenCompleted(run, p, snapshot)) problems.push('nobody saw it completed before the deploy');
  const newer = findNewer(run, p, snapshot, lastListBegan(run, p, sentAt, snapshot.serverId));
  if (newer !== undefined) problems.push(`${newer.id} of another step is newer`);
  if (lastShown(p, snapshot.serverId, sentAt)?.shown.status === 'restoring')
    problems.push('the server was being restored already');
  return problems;
}

/**
 * After an unclear answer a restore is requested once more at most, and only where nothing at all happened to the
 * server for 60 s; after a clear one never. What was certainly not carried out may be sent again.
 */
export function requestsRestoreAgainOnlyWhenUncertain(run: SimulatedRun): string[] {
  return run.processes.flatMap((p) =>
    requestsOf(p).flatMap(({ id, exchange }, index, all) => {
      const before = all.slice(0, index).filter((r) => r.id === id);
      const first = before.findIndex((r) => !isCertainlyNotDone(r.exchange));
      const unclear = before[first]?.exchange;
      const serverId = findSnapshot(run, id)?.serverId;
      if (unclear === undefined || serverId === undefined) return [];
      const again = `${p.use.use} requests to restore ${id}`;
      if (before.length > first + 1) return [`${again} once more after an unclear request and another one`];
      if (unclear.word === 'success') return [`${again} again after a clear response`];
      const problem = checkUnchanged(p, serverId, unclear, exchange);
      return problem === undefined ? [] : [`${again} again: ${problem}`];
    }),
  );
}

const UNCHANGED_MS = 60_000;
const UNCHANGED_READS = 4;

/** What speaks against "nothing at all happened" between an unclear request and the next one. */
function checkUnchanged(
  p: ProcessRecord,
  serverId: string,
  first: Exchange,
  again: Exchange,
): string | undefined {
  const before = lastShown(p, serverId, first.sentAt)?.shown;
  if (before === undefined) return 'nobody knows what the server was before';
  // A read that was under way when the answer came may show the server as it was before the request.
  const reads = p.exchanges.filter(
    (e) => e.sentAt >= first.endedAt && e.endedAt <= again.sentAt && e.shown.has(serverId),
  );
  const changed = reads.map((e) => e.shown.get(serverId)).find((shown) => !isSame(shown, before));
  if (changed !== undefined) return `the server was '${before.status}' and is '${changed.status}'`;
  const watched = (reads.at(-1)?.sentAt ?? 0) - (reads[0]?.sentAt ?? 0);
  return reads.length < UNCHANGED_READS || watched < UNCHANGED_MS
    ? `after ${reads.length} reads in ${Math.round(watched / 1000)} s`
    : undefined;
}

function isSame(one: ShownServer | undefined, other: ShownServer): boolean {
  return one?.status === other.status && one.updatedAt !== null && one.updatedAt === other.updatedAt;
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
      const newer = findNewer(run, p, snapshot, lastListBegan(run, p, exchange.sentAt, restored));
      if (newer !== undefined) return [`restored ${snapshotId} although ${newer.id} is newer`];
      const creator = creatorOf(run, snapshotId);
      const isEarlier =
        creator !== null &&
        hasMarker(run, snapshot) &&
        isOfSameWorkflowRun(run, snapshot, p) &&
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
