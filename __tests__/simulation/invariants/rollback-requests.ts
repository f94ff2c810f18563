import { isRestoredByJob } from './facts/restores.ts';
import {
  isAnswered,
  isCertainlyNotDone,
  isList,
  lastList,
  lastShown,
  requestsOf,
  waitOf,
} from './facts/exchanges.ts';
import {
  endedByItself,
  expectedOutcome,
  isBudgetOver,
  outputIds,
  type PostRecord,
  postsOf,
} from './facts/processes.ts';
import {
  findNewer,
  findSnapshot,
  hasMarker,
  hasUnevenLists,
  isCompletedAt,
  isListedAt,
  isSeenCompleted,
  markerOf,
  namesServers,
  ownerOfJob,
  showsEverything,
  type Snapshot,
} from './facts/snapshots.ts';
import type { Exchange, ProcessRecord, SimulatedRun } from '../run/record.ts';
import { sinceStart } from '../run/environment.ts';

/** Restores that were asked for are requested, of the right snapshot, once in a job, and on fresh checks. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** A rollback that was asked for, and that no interlock refuses, is requested as long as the API takes requests within the budget. */
export function requestsEveryRollback(run: SimulatedRun): string[] {
  if (!showsEverything(run)) return [];
  return postsOf(run).flatMap((p) => {
    const isAsked = expectedOutcome(p) === 'restore' && p.step.tornState === undefined;
    const isAble = p.step.tokenLost !== true && endedByItself(p) && !isDryRun(p);
    if (!isAsked || !isAble) return [];
    const snapshots = outputIds(p.main).map((id) => findSnapshot(run, id));
    if (snapshots.some((s) => s === undefined || isRefused(run, p, s))) return [];
    return snapshots.flatMap((s) => {
      if (
        s === undefined ||
        requestsOf(p).some(({ id, exchange }) => id === s.id && !isCertainlyNotDone(exchange))
      )
        return [];
      return isGivenUpAsDesigned(run, p, s) ? [] : [`post does not request the restore of ${s.id}`];
    });
  });
}

function isDryRun({ main }: PostRecord): boolean {
  return main.use.use === 'main' && main.use.inputs.dryRun;
}

/** An interlock stands against it, by what post was shown last. */
function isRefused(run: SimulatedRun, p: PostRecord, snapshot: Snapshot): boolean {
  const list = lastList(run, p, undefined, snapshot.serverId)?.processedAt;
  if (list === undefined) return false;
  const isUsable =
    isListedAt(run, snapshot, list) && isCompletedAt(snapshot, list) && snapshot.deletingAt === null;
  const isRestoring = p.exchanges.some((e) => e.shown.get(snapshot.serverId)?.status === 'restoring');
  return (
    !isUsable ||
    !isSeenCompleted(run, p, snapshot) ||
    isNewerShown(run, p, snapshot) ||
    isRestoring ||
    isTooOld(p, snapshot) ||
    isRestoredByJob(run, p, snapshot.serverId)
  );
}

/** In any of its lists: one that is deleted later refuses anyway. */
function isNewerShown(run: SimulatedRun, p: PostRecord, snapshot: Snapshot): boolean {
  return p.exchanges.some(
    (e) => isList(e) && isAnswered(e) && findNewer(run, p, snapshot, e.processedAt) !== undefined,
  );
}

function isTooOld(p: PostRecord, { createdAt }: Snapshot): boolean {
  const most = p.main.use.use === 'main' ? p.main.use.inputs.restoreMaxAge : null;
  return most !== null && p.process.endedAt - sinceStart(createdAt) > most;
}

/** What docs/how-it-works.md lets post end with before it requested the restore. */
function isGivenUpAsDesigned(run: SimulatedRun, p: PostRecord, snapshot: Snapshot): boolean {
  const timeout = p.main.use.use === 'main' ? p.main.use.inputs.restoreTimeout : 0;
  return (
    isBudgetOver(p, timeout) ||
    isAskedToWaitLonger(p, timeout) ||
    isRequestRefused(p) ||
    isReadRefused(run, p, snapshot) ||
    isShownOtherList(p)
  );
}

/** The API asked to wait beyond the budget, so that nothing can be sent any more. */
function isAskedToWaitLonger(p: PostRecord, timeout: number): boolean {
  return p.exchanges.some((e) => e.endedAt + waitOf(e) >= p.process.startedAt + timeout);
}

/** The API refused the request for another reason than the moment, or said 400 for two minutes. */
function isRequestRefused(p: ProcessRecord): boolean {
  const requests = requestsOf(p).map(({ exchange }) => exchange);
  const isMeant = requests.some(
    ({ record: { status = 0 } }) =>
      status >= 300 && status < 500 && ![400, 408, 409, 423, 429].includes(status),
  );
  const bad = requests.filter(({ record }) => record.status === 400);
  const stood = (bad.at(-1)?.endedAt ?? 0) - (bad[0]?.endedAt ?? 0);
  return isMeant || stood >= 2 * MINUTE - 20 * SECOND;
}

/** A read of the list or of this server was refused for a minute, in four reads and with no other answer. */
function isReadRefused(run: SimulatedRun, p: ProcessRecord, { serverId }: Snapshot): boolean {
  const lists = p.exchanges.filter((e) => e.record.method === 'GET' && isList(e));
  return hasRefusalStood(lists) || hasRefusalStood(readsOf(run, p, serverId));
}

function readsOf(run: SimulatedRun, { exchanges }: ProcessRecord, serverId: string): Exchange[] {
  const uuid = run.actualState.servers.find(({ id }) => id === serverId)?.uuid ?? '';
  return exchanges.filter(
    ({ record: { method, path } }) =>
      method === 'GET' &&
      path.startsWith('/api/v1/servers/') &&
      (path.includes(`/${serverId}/`) || path.includes(`/${uuid}/`)),
  );
}

function hasRefusalStood(exchanges: readonly Exchange[]): boolean {
  let first: Exchange | undefined;
  let reads = 0;
  return exchanges.some((e) => {
    const { status = 0 } = e.record;
    const isRefusal =
      (status >= 300 && status < 500 && ![408, 409, 423, 429].includes(status)) || isMalformed(e);
    if (isAnswered(e)) [first, reads] = [undefined, 0];
    if (!isRefusal) return false;
    first ??= e;
    reads += 1;
    return reads >= 4 && e.endedAt - first.endedAt >= MINUTE - 5 * SECOND;
  });
}

/** A list that is not the API's, and looks like one that does not show everything. */
function isShownOtherList({ exchanges }: ProcessRecord): boolean {
  return exchanges.some((e) => isList(e) && isMalformed(e) && e.record.status === 200);
}

function isMalformed({ record: { fault, failure } }: Exchange): boolean {
  return (
    failure === 'too_large' || fault?.includes('wrong_json') === true || fault?.includes('status') === true
  );
}

/** A post step does not restore a server that another step of its job has restored. */
export function restoresAServerOnceInAJob(run: SimulatedRun): string[] {
  return postsOf(run).flatMap((p) =>
    run.effects.flatMap(({ kind, by, serverId, at }) => {
      if (kind !== 'restore' || by !== p) return [];
      const isSecond = run.effects.some(
        (e) =>
          e.kind === 'restore' &&
          e.by !== p &&
          e.by?.jobIndex === p.jobIndex &&
          e.serverId === serverId &&
          e.at < at,
      );
      return isSecond ? [`post restores ${serverId}, which its job has restored already`] : [];
    }),
  );
}

/** How old a list or a server may be that a request rests on, and how long a request may take to leave. */
const FRESHNESS_MS = 15 * SECOND;
const ON_THE_WAY_MS = 12 * SECOND;

/** What a restore request rests on was read just before, also for a repeated one. */
export function restoresOnFreshChecks(run: SimulatedRun): string[] {
  return run.processes.flatMap((p) =>
    requestsOf(p).flatMap(({ id, exchange: { sentAt } }) => {
      const serverId = findSnapshot(run, id)?.serverId;
      if (serverId === undefined) return [];
      const list = lastList(run, p, sentAt, serverId);
      const shown = namesServers(run) ? lastShown(p, serverId, sentAt)?.exchange : undefined;
      // Since then the token may not read the server, as far as anybody could see.
      const later = readsOf(run, p, serverId).filter(
        ({ endedAt }) => endedAt > (shown?.endedAt ?? 0) && endedAt <= sentAt,
      );
      const server = hasRefusalStood(later) ? undefined : shown;
      const oldest = Math.min(list?.endedAt ?? 0, server?.endedAt ?? Number.POSITIVE_INFINITY);
      const age = sentAt - oldest;
      return age <= FRESHNESS_MS + ON_THE_WAY_MS || isSlow(p, oldest, sentAt)
        ? []
        : [`${p.use.use} requests to restore ${id} on what it read ${Math.round(age / SECOND)} s before`];
    }),
  );
}

/** The API limits requests, or takes so long for each answer, that nothing fresher is to be had. */
function isSlow({ exchanges }: ProcessRecord, from: number, to: number): boolean {
  return exchanges.some(
    (e) =>
      e.endedAt >= from - 30 * SECOND &&
      e.sentAt <= to &&
      (e.record.status === 429 || e.endedAt - e.sentAt > FRESHNESS_MS),
  );
}

/** No restore is requested of a snapshot that is older than the user allows. */
export function restoresNothingTooOld(run: SimulatedRun): string[] {
  if (run.plan.switches.created_at !== undefined) return [];
  return run.processes.flatMap((p) => {
    const most = maxAgeOf(p);
    if (most === null) return [];
    return requestsOf(p).flatMap(({ id }) => {
      const snapshot = findSnapshot(run, id);
      if (snapshot === undefined) return [];
      // A restore that has to wait does not make its snapshot too old.
      const age = p.process.startedAt - sinceStart(snapshot.createdAt);
      return age <= most + MINUTE ? [] : [`${p.use.use} requests to restore ${id}, which is too old`];
    });
  });
}

function maxAgeOf({ use, main }: ProcessRecord): number | null {
  if (use.use === 'restore') return use.inputs.maxAge;
  return main?.use.use === 'main' ? main.use.inputs.restoreMaxAge : null;
}

/** `latest` is the newest completed snapshot that this repository made of the server, and none that undoes a restore. */
export function latestIsTheNewestOwn(run: SimulatedRun): string[] {
  return run.processes.flatMap((p) => {
    if (p.use.use !== 'restore' || p.use.inputs.selection.kind !== 'latest') return [];
    const chosenFrom = p.exchanges.find((e) => isList(e) && isAnswered(e))?.processedAt;
    // One of unknown time is never the latest.
    if (chosenFrom === undefined || run.plan.switches.created_at !== undefined || hasUnevenLists(run))
      return [];
    return requestsOf(p).flatMap(({ id }) => {
      const snapshot = findSnapshot(run, id);
      if (snapshot === undefined) return [];
      if (!isEligible(run, p, snapshot)) return [`latest is ${id}, which is not own, or undoes a restore`];
      const newer = run.actualState.snapshots.find(
        (s) =>
          s.serverId === snapshot.serverId &&
          s.createdAt > snapshot.createdAt + SECOND &&
          isListedAt(run, s, chosenFrom) &&
          isCompletedAt(s, chosenFrom) &&
          s.deletingAt === null &&
          isEligible(run, p, s),
      );
      return newer === undefined ? [] : [`latest is ${id}, and ${newer.id} is newer`];
    });
  });
}

function isEligible(run: SimulatedRun, p: ProcessRecord, snapshot: Snapshot): boolean {
  return hasMarker(run, snapshot, ownerOfJob(p.job)) && markerOf(run, snapshot)?.isUndo === false;
}
