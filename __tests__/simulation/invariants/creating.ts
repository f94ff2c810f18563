import { isRestoredByJob } from './facts/restores.ts';
import {
  isAnswered,
  isCertainlyNotDone,
  isClean,
  isList,
  isUnreadable,
  lastList,
  lastShown,
  serverIn,
} from './facts/exchanges.ts';
import {
  endedByItself,
  expectedOutcome,
  type MainRecord,
  mainsOf,
  mentions,
  outputIds,
  postOf,
  type PostRecord,
  serversOf,
} from './facts/processes.ts';
import {
  createdBy,
  existsAtEnd,
  findSnapshot,
  isCompletedAt,
  isListedAt,
  markerOf,
  namesServers,
  saysFailed,
  showsField,
  type Snapshot,
} from './facts/snapshots.ts';
import type { Exchange, SimulatedRun } from '../run/record.ts';
import { sinceStart } from '../run/environment.ts';

/** New snapshots: one for each server, reported, and no server left stopped. */

/** The snapshots that a main step created, by server and in order. */
function createdByServer(run: SimulatedRun, main: MainRecord): Snapshot[][] {
  return [...Map.groupBy(createdBy(run, main), ({ serverId }) => serverId).values()];
}

/** Two snapshots of a step on a server exist only if the API lost the answer to the first. */
export function createsDuplicatesOnlyAfterALostAnswer(run: SimulatedRun): string[] {
  return mainsOf(run).flatMap((main) =>
    createdByServer(run, main).flatMap((created) => {
      if (created.length < 2) return [];
      if (created.length > 2) return [`main created ${created.length} snapshots of one server`];
      const exchanges = created.map(
        ({ id }) => run.effects.find((e) => e.kind === 'create' && e.snapshotId === id)?.exchange,
      );
      const isAllAnswered = exchanges.every((e) => e != null && isAnswered(e));
      return isAllAnswered && showsField(run, 'id')
        ? [`main created ${created.map(({ id }) => id).join(' and ')}, and both were answered`]
        : [];
    }),
  );
}

/** After an unclear answer a create request is sent again only when enough lists did not show the first one's snapshot. */
export function checksBeforeItRequestsAgain(run: SimulatedRun): string[] {
  return mainsOf(run).flatMap((main) => {
    const creates = main.exchanges.filter(
      ({ record }) => record.method === 'POST' && record.path === '/api/v1/snapshots/',
    );
    return creates.flatMap((again, index) => {
      const server = serverIn(again);
      const first = creates.slice(0, index).findLast((e) => serverIn(e) === server);
      if (first === undefined || !isUnclear(first)) return [];
      const lists = main.exchanges.filter(
        (e) => isList(e) && e.record.status === 200 && e.sentAt >= first.endedAt && e.endedAt <= again.sentAt,
      );
      return lists.length < MIN_LISTS ? [`main requests again after ${lists.length} lists`] : [];
    });
  });
}

/** After a time-out there are more. */
const MIN_LISTS = 5;

/** A response that leaves open whether the request was carried out. */
function isUnclear(exchange: Exchange): boolean {
  const { status, failure } = exchange.record;
  return (failure !== undefined || status !== undefined) && !isCertainlyNotDone(exchange);
}

/** A snapshot is requested of no server that the API has just shown `restoring`: the restore would wipe what follows it. */
export function makesNoSnapshotDuringARestore(run: SimulatedRun): string[] {
  if (!namesServers(run)) return [];
  return run.processes.flatMap((p) =>
    p.exchanges.flatMap((e) => {
      const server = isCreate(e) ? serverIn(e)?.replace('"', '') : undefined;
      const known = run.actualState.servers.find(({ id, uuid }) => id === server || uuid === server);
      if (known === undefined) return [];
      const last = lastShown(p, known.id, e.sentAt);
      return last?.shown.status === 'restoring' && !isUnreadable(p, known, last.exchange, e.sentAt)
        ? [`${p.use.use} requests a snapshot of ${known.id}, which is being restored`]
        : [];
    }),
  );
}

/** What never left the machine is not called perhaps done. */
export function callsNothingPerhapsDoneThatWasNotSent(run: SimulatedRun): string[] {
  return mainsOf(run).flatMap((main) => {
    const isSaid = main.process.runner.annotations.some(
      ({ title }) => title === 'Unknown whether a snapshot was made',
    );
    const isOpen = main.exchanges.some((e) => isCreate(e) && !isCertainlyNotDone(e));
    return isSaid && !isOpen ? ['main does not know whether a snapshot was made, and sent no request'] : [];
  });
}

function isCreate({ record }: Exchange): boolean {
  return record.method === 'POST' && record.path === '/api/v1/snapshots/';
}

/** Where two were created, both are reported, and the clean-up after a success deletes one. */
export function cleansUpDuplicates(run: SimulatedRun): string[] {
  return mainsOf(run).flatMap((main) => {
    const post = postOf(run, main);
    return createdByServer(run, main).flatMap((created) => {
      // Without id or marker nobody can tell whose a snapshot is.
      const isIdentifiable = showsField(run, 'id') && created.every((s) => markerOf(run, s) !== null);
      if (created.length < 2 || !isIdentifiable) return [];
      if (post === undefined || !isInformed(run, main, post, created)) return [];
      const unreported = created.filter((s) => existsAtEnd(run, s) && !mentions(textOf(main, post), s.id));
      if (unreported.length > 0)
        return [`duplicate ${unreported.map(({ id }) => id).join()} is not reported`];
      const left = created.filter((s) => existsAtEnd(run, s));
      const isCleanedUp =
        main.process.exitCode === 0 &&
        expectedOutcome(post) !== 'restore' &&
        showsField(run, 'status') &&
        // An id that has lost digits is never used for a deletion.
        run.plan.switches.snapshot_ids !== 'huge' &&
        isOneDispensable(run, main, post, created) &&
        // After a restore of one of the servers nothing is deleted, whichever step of the job requested it.
        !serversOf(run, main).some((serverId) => isRestoredByJob(run, post, serverId));
      return isCleanedUp && left.length > 1
        ? [`both duplicates are left: ${left.map(({ id }) => id).join()}`]
        : [];
    });
  });
}

/** Post's list showed the step's own one completed, or that one failed and a duplicate completed. */
function isOneDispensable(
  run: SimulatedRun,
  main: MainRecord,
  post: PostRecord,
  created: readonly Snapshot[],
): boolean {
  const seen = lastList(run, post, undefined, created[0]?.serverId)?.processedAt ?? -1;
  const [own] = created.filter(({ id }) => outputIds(main).includes(id));
  if (own === undefined) return false;
  const isFailed =
    saysFailed(run) && own.phase === 'failed' && sinceStart(own.endedAt ?? Number.POSITIVE_INFINITY) <= seen;
  return isCompletedAt(own, seen) || (isFailed && created.some((s) => isCompletedAt(s, seen)));
}

/** Whether post could read everything about these snapshots. */
function isInformed(
  run: SimulatedRun,
  main: MainRecord,
  post: PostRecord,
  created: readonly Snapshot[],
): boolean {
  if (!endedByItself(post) || !isClean(post)) return false;
  // Pages that link to another host, or change while they are read, hide snapshots.
  const { next_link: link, page_shift: shift } = run.plan.switches;
  if (run.plan.pageSize !== undefined && (link !== undefined || shift !== undefined)) return false;
  if (post.step.tokenLost === true || post.step.tornState !== undefined) return false;
  const [server] = created.map(({ serverId }) => serverId);
  const seen = [post, main].map((p) => lastList(run, p, undefined, server)?.processedAt).find(Boolean);
  return (
    seen !== undefined && created.every((s) => isListedAt(run, s, seen) || sinceStart(s.listedAt) <= seen)
  );
}

function textOf(main: MainRecord, post: PostRecord | undefined): string {
  return main.process.runner.visible() + (post === undefined ? '' : post.process.runner.visible());
}

/** What exists at the end is reported in log, annotations, outputs or summary of its step. */
export function leavesNoUnreportedSnapshot(run: SimulatedRun): string[] {
  return mainsOf(run).flatMap((main) => {
    const post = postOf(run, main);
    const wasCutOff = main.process.wasKilled || main.process.cancelledAt !== Number.POSITIVE_INFINITY;
    if (wasCutOff && (post === undefined || !endedByItself(post))) return [];
    // Nothing can be read from a state that is torn.
    if (main.step.tornState !== undefined && main.process.exitCode !== 0) return [];
    const text = textOf(main, post);
    return run.effects.flatMap(({ kind, by, snapshotId, exchange }) => {
      const snapshot = kind === 'create' && by === main ? findSnapshot(run, snapshotId) : undefined;
      if (snapshot === undefined || !existsAtEnd(run, snapshot) || exchange === null) return [];
      if (mentions(text, snapshot.id)) return [];
      const isIdentifiable = showsField(run, 'id') && markerOf(run, snapshot) !== null && post !== undefined;
      if (isIdentifiable && isInformed(run, main, post, [snapshot]))
        return [`snapshot ${snapshot.id} is left and not reported by its id`];
      const lists = isIdentifiable ? listsReadByPost(run, main, post, exchange) : undefined;
      if (lists !== undefined && lists < MAX_LISTS)
        return [
          `snapshot ${snapshot.id} is left and not reported by its id, and post gave up after ${lists} lists`,
        ];
      return mentions(text, snapshot.name) ? [] : [`snapshot ${snapshot.id} is left and not reported at all`];
    });
  });
}

/** After this many lists post concludes that what none of them shows was not created. */
const MAX_LISTS = 20;
/** Less than the time that post has for its search, even after a cancel. */
const SEARCH_MS = 200_000;

/** How many lists post read after a request that main had sent twice; undefined where it did not have to or could not. */
function listsReadByPost(
  run: SimulatedRun,
  main: MainRecord,
  post: PostRecord,
  create: Exchange,
): number | undefined {
  const server = serverIn(create);
  const [first, second] = main.exchanges.filter(
    (e) => e.record.method === 'POST' && e.record.path === create.record.path && serverIn(e) === server,
  );
  if (first === undefined || second === undefined || !isUnclear(first)) return undefined;
  const wasCompleted = createdBy(run, main).some((s) => isShownCompleted(run, main, s));
  const { process, step, exchanges } = post;
  const isHindered = step.tokenLost === true || step.tornState !== undefined || !isClean(post);
  const isOver = process.endedAt - process.startedAt > SEARCH_MS;
  if (wasCompleted || isHindered || isOver || !endedByItself(post)) return undefined;
  const serverId = server?.replace('"', '');
  return exchanges.filter((e) => isList(e) && e.record.path.includes(`server_id=${serverId}`)).length;
}

/** A main step that succeeds: each snapshot exists and, unless the user chose not to wait, was seen complete. */
export function mainSuccessIsTrue(run: SimulatedRun): string[] {
  return mainsOf(run).flatMap((main) => {
    if (main.process.exitCode !== 0 || main.use.use !== 'main' || main.use.inputs.dryRun) return [];
    const { wait } = main.use.inputs;
    const ids = outputIds(main);
    const servers = serversOf(run, main);
    if (ids.length !== servers.length)
      return [`main succeeds with ${ids.length} ids for ${servers.length} servers`];
    return ids.flatMap((id, index) => {
      const snapshot = findSnapshot(run, id);
      if (snapshot === undefined)
        return wait || !isMisled(main) ? [`main succeeds, and snapshot '${id}' does not exist`] : [];
      if (snapshot.serverId !== servers[index]) return [`main succeeds, and ${id} belongs to another server`];
      const reused = !createdBy(run, main).includes(snapshot);
      return (!wait && !reused) || isShownCompleted(run, main, snapshot)
        ? []
        : [`main succeeds, and ${id} was not complete`];
    });
  });
}

/** The API reported a snapshot that it did not create. */
function isMisled({ exchanges }: MainRecord): boolean {
  return exchanges.some(
    ({ record }) => record.status === 201 && record.fault !== undefined && !record.processed,
  );
}

/** A list that this process read showed the snapshot completed; it may have been deleted at that very moment. */
function isShownCompleted(run: SimulatedRun, { exchanges }: MainRecord, snapshot: Snapshot): boolean {
  const isShownAt = (at: number): boolean => isCompletedAt(snapshot, at) && isListedAt(run, snapshot, at);
  return exchanges.some((e) => isList(e) && (isShownAt(e.processedAt) || isShownAt(e.processedAt - 0.5)));
}
