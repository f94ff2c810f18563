import {
  givesField,
  isLeft,
  findSnapshot,
  hasEndedWell,
  isAnswered,
  isClean,
  isCompletedAt,
  isList,
  isListedAt,
  lastList,
  lifeTime,
  madeBy,
  mainsOf,
  markerOf,
  names,
  outputIds,
  postOf,
  serversOf,
  type MainRecord,
  type PostRecord,
  type Snapshot,
  wantedOf,
} from './facts.ts';
import { meaningOf } from '../../../src/snapshots/status.ts';
import type { Exchange, Life } from '../run/record.ts';

/** Promises 2 and 3 about new snapshots: one for a server, known, named, and no server left stopped. */

/** The snapshots of a main step on each server, in the order in which they were made. */
function families(life: Life, main: MainRecord): Snapshot[][] {
  const made = madeBy(life, main);
  return [...new Set(made.map(({ serverId }) => serverId))].map((id) =>
    made.filter((s) => s.serverId === id),
  );
}

/** Two snapshots of a step on a server exist only if the API lost the answer to the first. */
export function makesTwoOnlyForALostAnswer(life: Life): string[] {
  return mainsOf(life).flatMap((main) =>
    families(life, main).flatMap((family) => {
      if (family.length < 2) return [];
      if (family.length > 2) return [`main made ${family.length} snapshots of one server`];
      const exchanges = family.map(
        ({ id }) => life.effects.find((e) => e.kind === 'create' && e.snapshotId === id)?.exchange,
      );
      const isAllAnswered = exchanges.every((e) => e != null && isAnswered(e));
      return isAllAnswered && givesField(life, 'id')
        ? [`main made ${family.map(({ id }) => id).join(' and ')}, and both were answered`]
        : [];
    }),
  );
}

/** After an unclear answer a create request is sent again only when enough lists did not show the first one's snapshot. */
export function looksBeforeItAsksAgain(life: Life): string[] {
  return mainsOf(life).flatMap((main) => {
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
      return lists.length < LEAST_LOOKS ? [`main asks again after ${lists.length} lists`] : [];
    });
  });
}

/** The agreed number; more after a time-out. */
const LEAST_LOOKS = 5;

/** The server that a create request is about. */
function serverIn({ record }: Exchange): string | undefined {
  return /"server_id":("?[\w-]+)/.exec(record.body)?.[1];
}

/** An answer that leaves open whether the request was carried out. */
function isUnclear({ record: { status, failure } }: Exchange): boolean {
  if (failure !== undefined) return !['refused', 'unresolved', 'certificate'].includes(failure);
  return status !== undefined && (status >= 500 || status === 408 || status < 400);
}

/** Where two were made, both are named, and the clean-up after a success deletes one. */
export function tidiesUpTwins(life: Life): string[] {
  return mainsOf(life).flatMap((main) => {
    const post = postOf(life, main);
    return families(life, main).flatMap((family) => {
      // Nobody can tell whose a snapshot without an id or without its mark is.
      const isTellable = givesField(life, 'id') && family.every((s) => markerOf(life, s) !== null);
      if (family.length < 2 || !isTellable) return [];
      if (post === undefined || !isInformed(life, main, post, family)) return [];
      const unnamed = family.filter((s) => isLeft(life, s) && !names(textOf(main, post), s.id));
      if (unnamed.length > 0) return [`twin ${unnamed.map(({ id }) => id).join()} is not named`];
      const left = family.filter((s) => isLeft(life, s));
      const isTidied =
        main.process.exitCode === 0 &&
        wantedOf(post) !== 'restore' &&
        givesField(life, 'status') &&
        // A number that has lost digits is never deleted.
        life.plan.switches.snapshot_ids !== 'huge' &&
        isOneDispensable(life, main, post, family);
      return isTidied && left.length > 1 ? [`both twins are left: ${left.map(({ id }) => id).join()}`] : [];
    });
  });
}

/** Post's list showed the step's own one completed, or that one failed and another completed. */
function isOneDispensable(
  life: Life,
  main: MainRecord,
  post: PostRecord,
  family: readonly Snapshot[],
): boolean {
  const seen = lastList(life, post, undefined, family[0]?.serverId)?.processedAt ?? -1;
  const [own] = family.filter(({ id }) => outputIds(main).includes(id));
  if (own === undefined) return false;
  // Words that nobody knows are no failure.
  const isKnown = meaningOf(life.plan.switches.word_failed ?? 'failed') === 'failed';
  const isFailed =
    isKnown && own.phase === 'failed' && lifeTime(own.endedAt ?? Number.POSITIVE_INFINITY) <= seen;
  return isCompletedAt(own, seen) || (isFailed && family.some((s) => isCompletedAt(s, seen)));
}

/** Whether post could read everything that there is to know about these snapshots. */
function isInformed(life: Life, main: MainRecord, post: PostRecord, family: readonly Snapshot[]): boolean {
  if (!hasEndedWell(post) || !isClean(post)) return false;
  // Pages that lead elsewhere, or change while they are read, hide what is on them.
  const { next_link: link, page_shift: shift } = life.plan.switches;
  if (life.plan.pageSize !== undefined && (link !== undefined || shift !== undefined)) return false;
  if (post.step.tokenLost === true || post.step.tornState !== undefined) return false;
  const [server] = family.map(({ serverId }) => serverId);
  const seen = [post, main].map((p) => lastList(life, p, undefined, server)?.processedAt).find(Boolean);
  return seen !== undefined && family.every((s) => isListedAt(life, s, seen) || lifeTime(s.listedAt) <= seen);
}

function textOf(main: MainRecord, post: PostRecord | undefined): string {
  return main.process.runner.visible() + (post === undefined ? '' : post.process.runner.visible());
}

/** What exists at the end is named in log, annotations, outputs or summary of its step. */
export function leaksNothingUnnamed(life: Life): string[] {
  return mainsOf(life).flatMap((main) => {
    const post = postOf(life, main);
    const wasCutOff = main.process.wasKilled || main.process.cancelledAt !== Number.POSITIVE_INFINITY;
    if (wasCutOff && (post === undefined || !hasEndedWell(post))) return [];
    // Nothing can be read from a state that is torn.
    if (main.step.tornState !== undefined && main.process.exitCode !== 0) return [];
    const text = textOf(main, post);
    return life.effects.flatMap(({ kind, by, snapshotId, exchange }) => {
      const snapshot = kind === 'create' && by === main ? findSnapshot(life, snapshotId) : undefined;
      if (snapshot === undefined || !isLeft(life, snapshot) || exchange === null) return [];
      if (names(text, snapshot.id)) return [];
      const isTellable = givesField(life, 'id') && markerOf(life, snapshot) !== null && post !== undefined;
      if (isTellable && isInformed(life, main, post, [snapshot]))
        return [`snapshot ${snapshot.id} is left and not named by its id`];
      const looks = isTellable ? looksInDoubt(life, main, post, exchange) : undefined;
      if (looks !== undefined && looks < MOST_LOOKS)
        return [
          `snapshot ${snapshot.id} is left and not named by its id, and post gave up after ${looks} lists`,
        ];
      return names(text, snapshot.name) ? [] : [`snapshot ${snapshot.id} is left and not named at all`];
    });
  });
}

/** The agreed number after which what no list shows was not made. */
const MOST_LOOKS = 20;
/** Less than what post has for looking, even after a cancel. */
const LOOKING_MS = 200_000;

/** How many lists post read after a request that main had sent twice; undefined where it had no need or no chance. */
function looksInDoubt(life: Life, main: MainRecord, post: PostRecord, create: Exchange): number | undefined {
  const server = serverIn(create);
  const [first, second] = main.exchanges.filter(
    (e) => e.record.method === 'POST' && e.record.path === create.record.path && serverIn(e) === server,
  );
  if (first === undefined || second === undefined || !isUnclear(first)) return undefined;
  const isFollowed = madeBy(life, main).some((s) => isShownCompleted(life, main, s));
  const { process, step, exchanges } = post;
  const isHindered = step.tokenLost === true || step.tornState !== undefined || !isClean(post);
  const isOver = process.endedAt - process.startedAt > LOOKING_MS;
  if (isFollowed || isHindered || isOver || !hasEndedWell(post)) return undefined;
  const typed = server?.replace('"', '');
  return exchanges.filter((e) => isList(e) && e.record.path.includes(`server_id=${typed}`)).length;
}

/** A green main step: each snapshot exists and, unless the user chose not to wait, was seen complete. */
export function greenMainIsTrue(life: Life): string[] {
  return mainsOf(life).flatMap((main) => {
    if (main.process.exitCode !== 0 || main.use.use !== 'main' || main.use.inputs.dryRun) return [];
    const { wait } = main.use.inputs;
    const ids = outputIds(main);
    const servers = serversOf(life, main);
    if (ids.length !== servers.length)
      return [`main is green with ${ids.length} ids for ${servers.length} servers`];
    return ids.flatMap((id, index) => {
      const snapshot = findSnapshot(life, id);
      if (snapshot === undefined)
        return wait || !isDeceived(main) ? [`main is green, and snapshot '${id}' does not exist`] : [];
      if (snapshot.serverId !== servers[index]) return [`main is green, and ${id} is of another server`];
      const reused = !madeBy(life, main).includes(snapshot);
      return (!wait && !reused) || isShownCompleted(life, main, snapshot)
        ? []
        : [`main is green, and ${id} was not complete`];
    });
  });
}

/** The API said that it made a snapshot, and did not. */
function isDeceived({ exchanges }: MainRecord): boolean {
  return exchanges.some(
    ({ record }) => record.status === 201 && record.fault !== undefined && !record.processed,
  );
}

/** A list that this process read showed the snapshot, completed; it may have been deleted in that very instant. */
function isShownCompleted(life: Life, { exchanges }: MainRecord, snapshot: Snapshot): boolean {
  const isShownAt = (at: number): boolean => isCompletedAt(snapshot, at) && isListedAt(life, snapshot, at);
  return exchanges.some((e) => isList(e) && (isShownAt(e.processedAt) || isShownAt(e.processedAt - 0.5)));
}

/** `stop_server`: what main stopped is active again, as long as post ran and the API answered. */
export function leavesNoServerStopped(life: Life): string[] {
  return life.truth.servers.flatMap(({ id, phase }) => {
    const last = life.effects.findLast(
      ({ kind, serverId }) => (kind === 'power' || kind === 'restore') && serverId === id,
    );
    if (phase === 'active' || last?.snapshotId !== 'stop' || last.by === null) return [];
    const post = postOf(life, last.by);
    if (post === undefined)
      return hasEndedWell(last.by) && last.by.process.exitCode === 0
        ? [`main left ${id} stopped, and is green`]
        : [];
    if (!hasEndedWell(post) || post.step.tokenLost === true || post.step.tornState !== undefined) return [];
    const troubles = post.exchanges.filter((e) => !isAnswered(e));
    const isLasting = troubles.some(
      ({ retryAfter, record: { status = 500, failure } }) =>
        failure === 'certificate' || (status < 500 && status !== 429) || Number(retryAfter) > 40,
    );
    return isLasting || troubles.length > 4 ? [] : [`server ${id} is left stopped`];
  });
}
