import { isList, lastList } from './facts/exchanges.ts';
import {
  expectedOutcome,
  isPost,
  type MainRecord,
  mainsOf,
  namedIds,
  outputIds,
  serversOf,
} from './facts/processes.ts';
import {
  creatorOf,
  DAY,
  findSnapshot,
  hasMarker,
  hasUnevenLists,
  showsField,
  isCompletedAt,
  isDeadAt,
  isDeletingAt,
  isListedAt,
  isOfSameWorkflowRun,
  isPendingAt,
  markerOf,
  ownerOf,
  ownerOfJob,
  saysFailed,
  showsEverything,
  type Snapshot,
} from './facts/snapshots.ts';
import type { Exchange, SimulatedRun, ProcessRecord } from '../run/record.ts';
import { idInPath, sinceStart } from '../run/environment.ts';

/** Nothing is deleted or restored that was not asked for, or that belongs to somebody else. */

/** No DELETE is even sent for a snapshot that is not own, unless a person named exactly that id. */
export function deletesOnlyItsOwn(run: SimulatedRun): string[] {
  return run.processes.flatMap((p) =>
    deletions(p).flatMap(({ id }) => {
      const problem = checkDeletion(run, p, id);
      return problem === undefined ? [] : [`${p.use.use} requests to delete ${id}: ${problem}`];
    }),
  );
}

function checkDeletion(run: SimulatedRun, p: ProcessRecord, id: string): string | undefined {
  const snapshot = findSnapshot(run, id);
  if (p.use.use === 'delete') {
    if (!p.use.inputs.snapshotIds.includes(id)) return 'nobody named it';
    if (p.use.inputs.force || snapshot === undefined) return undefined;
  }
  if (snapshot === undefined) return 'no such snapshot';
  if (ownerOf(run, snapshot) !== ownerOfJob(p.job)) return 'another repository created it';
  if (p.use.use === 'delete') return undefined;
  if (!serversOf(run, p).includes(snapshot.serverId)) return 'it belongs to a server that was not named';
  if (p.isPost && isOfStep(run, p, id)) return undefined;
  const creator = creatorOf(run, id);
  return creator !== null && isOfSameWorkflowRun(run, snapshot, p) && !isClaimable(p, creator)
    ? 'this workflow run created it'
    : undefined;
}

/** An earlier attempt's snapshot of the same step, which a re-run may reuse. */
function isClaimable({ main }: ProcessRecord, creator: ProcessRecord): boolean {
  return main?.use.use === 'main' && main.use.inputs.onRerun === 'reuse' && isOfEarlierAttempt(creator, main);
}

/** The same step of the same job, matrix leg and call of a reusable workflow. */
function isOfEarlierAttempt({ job, step }: ProcessRecord, { job: again, step: later }: MainRecord): boolean {
  return (
    step.kind === 'snapshot' &&
    step.id === later.id &&
    step.ordinal === later.ordinal &&
    ownerOfJob(job) === ownerOfJob(again) &&
    job.workflowRun === again.workflowRun &&
    job.attempt < again.attempt &&
    job.name === again.name &&
    job.leg === again.leg &&
    job.call === again.call
  );
}

/** A step takes no snapshot for its own but what it, or an earlier attempt of it, created. */
export function reusesOnlyItsOwn(run: SimulatedRun): string[] {
  return mainsOf(run).flatMap((main) =>
    outputIds(main).flatMap((id) => {
      const creator = creatorOf(run, id);
      if (findSnapshot(run, id) === undefined || creator === main) return [];
      return creator !== null && isOfEarlierAttempt(creator, main)
        ? []
        : [`main reuses ${id} of another step`];
    }),
  );
}

/** Created or reused by the main step of this post. */
function isOfStep(run: SimulatedRun, { main }: ProcessRecord, id: string): boolean {
  return main !== undefined && (creatorOf(run, id) === main || outputIds(main).includes(id));
}

function deletions({ exchanges }: ProcessRecord): { id: string; exchange: Exchange }[] {
  return exchanges.flatMap((exchange) => {
    const id = exchange.record.method === 'DELETE' ? idInPath(exchange.record.path) : undefined;
    return id === undefined ? [] : [{ id, exchange }];
  });
}

/** No restore is even sent of a snapshot that is not the step's, or that nobody named. */
export function restoresOnlyWhatWasAsked(run: SimulatedRun): string[] {
  return run.processes.flatMap((p) =>
    p.exchanges.flatMap(({ record: { path, method } }) => {
      const id = idInPath(path);
      if (method !== 'POST' || id === undefined || !path.endsWith('/restore/')) return [];
      const isAsked = p.use.use === 'restore' ? isNamed(run, p, id) : isOfStep(run, p, id);
      return isAsked ? [] : [`${p.use.use} requests to restore ${id}, which is not its own`];
    }),
  );
}

/** A person named it by its id or its name, or asked for the latest: `latestIsTheNewestOwn` is about that. */
function isNamed(run: SimulatedRun, { use }: ProcessRecord, id: string): boolean {
  if ('selection' in use.inputs && use.inputs.selection.kind === 'latest') return true;
  const words = namedIds(use);
  return words.includes(id) || words.includes(findSnapshot(run, id)?.name ?? id);
}

/** Rotation: at most one deletion for a server and step, only when five are listed, and only of the snapshot that the rules pick. */
export function rotatesWithinItsLimits(run: SimulatedRun): string[] {
  return mainsOf(run).flatMap((main) => {
    const found: string[] = [];
    const deletedIds = new Set(deletions(main).map(({ id }) => id));
    const servers = [...deletedIds].map((id) => findSnapshot(run, id)?.serverId);
    if (new Set(servers).size < deletedIds.size) found.push('deletes two snapshots of one server');
    if (main.use.use !== 'main') return found;
    for (const { id, exchange } of deletions(main)) {
      // A repeated request is checked against the list that was read before the first one.
      if (exchange !== deletions(main).find((d) => d.id === id)?.exchange) continue;
      const problem = checkRotation(run, main, id, exchange);
      if (problem !== undefined) found.push(`deletes ${id}: ${problem}`);
    }
    return found;
  });
}

function checkRotation(
  run: SimulatedRun,
  main: ProcessRecord,
  id: string,
  { sentAt }: Exchange,
): string | undefined {
  const deleted = findSnapshot(run, id);
  if (main.use.use !== 'main' || deleted === undefined) return undefined;
  const seen = lastList(run, main, sentAt, deleted.serverId)?.processedAt;
  if (main.use.inputs.whenFull !== 'rotate') return 'nobody asked to rotate';
  if (seen === undefined) return 'no list was read before';
  const listed = run.actualState.snapshots.filter(
    (s) => s.serverId === deleted.serverId && isListedAt(run, s, seen),
  );
  // Those that name no server may be of another one, and hold a slot of this one.
  const isNameless = hasUnevenLists(run) || !showsField(run, 'server');
  // Pages that shift while they are read show snapshots that no longer exist.
  const isShifting = run.plan.pageSize !== undefined && run.plan.switches.page_shift !== undefined;
  if (listed.length < 5)
    return isShifting || isNameless ? undefined : `only ${listed.length} snapshots are listed`;
  const own = listed.filter((s) => hasMarker(run, s, ownerOfJob(main.job)));
  if (markerOf(run, deleted)?.isProtected === true) return 'it is protected';
  // Without a time the oldest, and what has been in progress for a day, is unknown.
  if (run.plan.switches.created_at !== undefined || hasUnevenLists(run)) return undefined;
  if (own.some((s) => isPendingAt(s, seen) && !isDeadAt(s, seen))) return 'an own one is in progress';
  const candidates = own.filter((s) => isRotatable(run, s, main, seen));
  const ranks = new Map(candidates.map((s) => [s.id, rotationRank(run, s, seen)]));
  const known = ranks.get(id);
  if (known === undefined) return 'it is none that may be rotated';
  // An earlier page of the same list may have shown it before its work ended.
  const rank = Math.min(known, rotationRank(run, deleted, firstPageBefore(main, seen)));
  const first = candidates.find((s) => (ranks.get(s.id) ?? rank) < rank);
  if (first !== undefined) return `${first.id} would have been first`;
  const older = candidates.find((s) => ranks.get(s.id) === rank && s.createdAt < deleted.createdAt - 1000);
  return older === undefined ? undefined : `${older.id} is older`;
}

/** A full server is no reason to fail while there is one that may be rotated. */
export function rotatesWhereItMay(run: SimulatedRun): string[] {
  if (!showsEverything(run)) return [];
  return mainsOf(run).flatMap((main) => {
    if (main.use.use !== 'main' || main.use.inputs.whenFull !== 'rotate' || deletions(main).length > 0)
      return [];
    // What a refused request is found to be full by is not rotated.
    const isPlanned = main.exchanges.every(({ record }) => record.method === 'GET');
    const isFull = main.process.runner.annotations.some(({ title }) => title === 'No free snapshot slot');
    // Of several servers another one may be the full one.
    const servers = serversOf(run, main);
    return (isFull && isPlanned && servers.length === 1 ? servers : []).flatMap((serverId) => {
      const seen = lastList(run, main, undefined, serverId)?.processedAt ?? -1;
      const listed = run.actualState.snapshots.filter(
        (s) => s.serverId === serverId && isListedAt(run, s, seen),
      );
      const own = listed.filter((s) => hasMarker(run, s, ownerOfJob(main.job)));
      const isInUse = (s: Snapshot): boolean =>
        isBusy(run, s, seen) || isBusy(run, s, main.process.startedAt);
      if (listed.length < 5 || own.some(isInUse)) return [];
      const candidate = own.find((s) => isRotatable(run, s, main, seen));
      return candidate === undefined ? [] : [`main does not rotate ${candidate.id}, and fails`];
    });
  });
}

/** When the first page of the last list before a time was read. */
function firstPageBefore({ exchanges }: ProcessRecord, time: number): number {
  const first = exchanges.findLast(
    (e) => isList(e) && e.processedAt <= time && !/[?&]page=/.test(e.record.path),
  );
  return first?.processedAt ?? time;
}

/** In progress as far as the API tells: an unknown word is no failure, and a deleted one is shown as it was. */
function isBusy(run: SimulatedRun, s: Snapshot, time: number): boolean {
  const at = s.deletedAt === null ? time : Math.min(time, sinceStart(s.deletedAt) - 1);
  const isPending = isPendingAt(s, at) || (s.phase === 'failed' && !saysFailed(run));
  return isPending && !isDeadAt(s, at) && at - sinceStart(s.createdAt) <= DAY;
}

function isRotatable(run: SimulatedRun, s: Snapshot, main: ProcessRecord, at: number): boolean {
  return (
    !isOfSameWorkflowRun(run, s, main) && !isDeletingAt(s, at) && markerOf(run, s)?.isProtected === false
  );
}

/** Failed and dead ones first, then undo ones, then the others: the table of docs/how-it-works/retention.md, "Kinds of snapshots". */
function rotationRank(run: SimulatedRun, snapshot: Snapshot, at: number): number {
  if (snapshot.phase === 'failed' || isDeadAt(snapshot, at)) return 0;
  return markerOf(run, snapshot)?.isUndo === true ? 1 : 2;
}

/** Usable restore points never fall below the number to keep, according to the list that was read before. */
export function keepsTheConfiguredRestorePoints(run: SimulatedRun): string[] {
  return run.processes.flatMap((p) => {
    const keep = keptBy(p);
    if (keep === 0) return [];
    return [...new Set(serversOf(run, p))].flatMap((serverId) => {
      // A duplicate after a lost answer is not a restore point that somebody asked for.
      const removed = deletions(p).filter(
        ({ id }) => findSnapshot(run, id)?.serverId === serverId && !isOfStep(run, p, id),
      );
      const [first] = removed;
      const seen = first && lastList(run, p, first.exchange.sentAt, serverId)?.processedAt;
      if (seen === undefined) return [];
      const points = run.actualState.snapshots.filter(
        (s) =>
          s.serverId === serverId &&
          isListedAt(run, s, seen) &&
          isCompletedAt(s, seen) &&
          hasMarker(run, s, ownerOfJob(p.job)) &&
          // These do not count: they stay, or go, by rules of their own.
          markerOf(run, s)?.isProtected === false &&
          markerOf(run, s)?.isUndo === false,
      );
      const ids = new Set(removed.map(({ id }) => id));
      const left = points.filter(({ id }) => !ids.has(id));
      return left.length >= Math.min(keep, points.length)
        ? []
        : [
            `${p.use.use} leaves ${left.length} of ${points.length} restore points on ${serverId}, ${keep} were to stay`,
          ];
    });
  });
}

/** How many restore points a process has to keep; 0 where it has no such input. */
function keptBy(p: ProcessRecord): number {
  if (p.use.use === 'prune') return p.use.inputs.keepLast;
  const isCleanUp = isPost(p) && expectedOutcome(p) === 'clean_up';
  return isCleanUp && p.main.use.use === 'main' ? p.main.use.inputs.keepLast : 0;
}
