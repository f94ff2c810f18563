import type { ServerPhase, SimRestore, SimSnapshot } from '../../../simulator/api/actual-state.ts';
import { parseMarker, type Marker } from '../../../src/snapshots/marker.ts';
import { meaningOf } from '../../../src/snapshots/status.ts';
import type { JobPlan, SnapshotStep } from '../plan/plan.ts';
import type { Effect, Exchange, SimulatedRun, ProcessRecord, ShownServer } from '../run/record.ts';
import { FORGES, idInPath, REPOSITORIES, sinceStart } from '../run/environment.ts';

/** Facts about a run for several invariants, taken from the actual state and never from what an action reported. */

export type Snapshot = Readonly<SimSnapshot>;
export type MainRecord = ProcessRecord & { readonly step: SnapshotStep };
export type PostRecord = MainRecord & { readonly main: MainRecord };

export function findSnapshot(run: SimulatedRun, id: string): Snapshot | undefined {
  return run.actualState.snapshots.find((s) => s.id === id);
}

/** The process that requested a snapshot; null for a person, and for one that existed before the run. */
export function creatorOf(run: SimulatedRun, id: string): ProcessRecord | null {
  return run.effects.find(({ kind, snapshotId }) => kind === 'create' && snapshotId === id)?.by ?? null;
}

/** A repository on a forge. */
export type Owner = `${0 | 1}@${0 | 1}`;

export function ownerOfJob({ repository, forge = 0 }: JobPlan): Owner {
  return `${repository}@${forge}`;
}

const OWNERS = { own: '0@0', other: '1@0', forge: '0@1', nobody: null } as const;

/** The repository that created a snapshot, whatever its description says; null where none did. */
export function ownerOf(run: SimulatedRun, { id, name, madeBy }: Snapshot): Owner | null {
  const creator = creatorOf(run, id);
  if (creator !== null) return ownerOfJob(creator.job);
  const existing = run.plan.snapshots[run.actualState.snapshots.findIndex((s) => s.id === id)];
  const event = run.plan.events?.find((e) => e.kind === 'snapshot' && e.name === name);
  if (madeBy === 'event') return event?.kind === 'snapshot' ? OWNERS[event.owner] : null;
  return existing === undefined ? null : OWNERS[existing.owner];
}

/** Whether the API shows a snapshot with a marker, or with the marker of this repository. */
export function hasMarker(run: SimulatedRun, snapshot: Snapshot, owner?: Owner): boolean {
  const marker = markerOf(run, snapshot);
  if (owner === undefined || marker === null) return marker !== null;
  const [repository, forge] = owner.split('@').map(Number);
  return (
    marker.repositoryId === REPOSITORIES[repository ?? 0]?.repositoryId && marker.host === FORGES[forge ?? 0]
  );
}

export function markerOf(run: SimulatedRun, { description }: Snapshot): Marker | null {
  return showsField(run, 'description') ? parseMarker(description) : null;
}

/** Some items of a list lack a field that others have: which ones is not worth a second implementation. */
export function hasUnevenLists({ plan: { switches } }: SimulatedRun): boolean {
  const { fields_on: where = 'all', snapshot_missing: missing = [], snapshot_null: empty = [] } = switches;
  return where !== 'all' && (missing.length > 0 || empty.length > 0 || switches.created_at !== undefined);
}

/** Created by the same run of the same repository. */
export function isOfSameWorkflowRun(run: SimulatedRun, { id }: Snapshot, { job }: ProcessRecord): boolean {
  const creator = creatorOf(run, id);
  return creator?.job.workflowRun === job.workflowRun && ownerOfJob(creator.job) === ownerOfJob(job);
}

/** Whether a list read at this time shows the snapshot. */
export function isListedAt(run: SimulatedRun, snapshot: Snapshot, at: number): boolean {
  if (at < 0 || sinceStart(snapshot.listedAt) > at || sinceStart(snapshot.createdAt) > at) return false;
  if (snapshot.phase === 'failed' && run.plan.switches.failed_snapshots === 'gone' && hasEnded(snapshot, at))
    return false;
  const { deletedAt } = snapshot;
  return deletedAt === null || sinceStart(deletedAt) + 1000 * (run.plan.switches.deleted_late ?? 0) > at;
}

function existsAt(snapshot: Snapshot, at: number): boolean {
  const { createdAt, deletedAt } = snapshot;
  return sinceStart(createdAt) <= at && (deletedAt === null || sinceStart(deletedAt) > at);
}

function hasEnded({ endedAt }: Snapshot, at: number): boolean {
  return endedAt !== null && sinceStart(endedAt) <= at;
}

export function isCompletedAt(snapshot: Snapshot, at: number): boolean {
  return snapshot.phase === 'completed' && hasEnded(snapshot, at);
}

export function isPendingAt(snapshot: Snapshot, at: number): boolean {
  return existsAt(snapshot, at) && !hasEnded(snapshot, at);
}

/** Whether the word that the API has for a failed snapshot is known as one: any other is progress. */
export function saysFailed({ plan: { switches } }: SimulatedRun): boolean {
  return meaningOf(switches.word_failed ?? 'failed') === 'failed';
}

export const DAY = 86_400_000;

/** In progress for more than a day, or being deleted: it holds a slot as long as it is listed, and nobody works on it. */
export function isDeadAt(snapshot: Snapshot, at: number): boolean {
  return !hasEnded(snapshot, at) && (at - sinceStart(snapshot.createdAt) > DAY || isDeletingAt(snapshot, at));
}

/** Its deletion was accepted and takes its time. */
export function isDeletingAt({ deletingAt }: Snapshot, at: number): boolean {
  return deletingAt !== null && sinceStart(deletingAt) <= at;
}

/** Main steps of the root action. */
export function mainsOf(run: SimulatedRun): MainRecord[] {
  return run.processes.filter((p): p is MainRecord => p.use.use === 'main');
}

export function isPost(p: ProcessRecord): p is PostRecord {
  return p.main !== undefined;
}

export function postsOf(run: SimulatedRun): PostRecord[] {
  return run.processes.filter(isPost);
}

export function postOf(run: SimulatedRun, main: ProcessRecord): PostRecord | undefined {
  return postsOf(run).find((p) => p.main === main);
}

/** The actual ids of the servers that a step was given. */
export function serversOf(run: SimulatedRun, { step }: ProcessRecord): string[] {
  const indexes = 'servers' in step ? step.servers : [];
  return indexes.map((index) => run.plan.servers[index]?.id ?? 'none');
}

/** The output of a main step: one snapshot id for each server, empty where it has none. */
export function outputIds({ process }: ProcessRecord): string[] {
  return (process.runner.outputs.get('snapshot_id') ?? '').split(',');
}

/** The snapshots that a main step actually created. */
export function createdBy(run: SimulatedRun, main: ProcessRecord): Snapshot[] {
  return run.effects.flatMap(({ kind, by, snapshotId }) => {
    const snapshot = kind === 'create' && by === main ? findSnapshot(run, snapshotId) : undefined;
    return snapshot === undefined ? [] : [snapshot];
  });
}

/** Whether an exchange ended with a complete and successful response. */
export function isAnswered({ record: { status, fault, failure } }: Exchange): boolean {
  const isCorrupted = fault !== undefined && !/^(delay|late|drip)(\+(delay|late|drip))*$/.test(fault);
  return failure === undefined && status !== undefined && status >= 200 && status < 300 && !isCorrupted;
}

export function isClean({ exchanges }: ProcessRecord): boolean {
  return exchanges.every(isAnswered);
}

/**
 * Certainly not carried out, by what the process was answered: `docs/how-it-works/api-client.md`, "Request outcomes".
 * A 5xx or a 408 says nothing.
 */
export function isCertainlyNotDone({ record: { status, failure } }: Exchange): boolean {
  if (failure !== undefined) return NOT_SENT.has(failure);
  return status !== undefined && status >= 300 && status < 500 && status !== 408;
}

/** Milliseconds that a response asks to wait; a date is exact to the second. */
export function waitOf({ retryAfter = '', record: { status = 0, at }, endedAt, sentAt }: Exchange): number {
  if (status < 400) return 0;
  if (/^\d+$/.test(retryAfter)) return Number(retryAfter) * 1000;
  const date = Date.parse(retryAfter);
  return Number.isNaN(date) ? 0 : Math.max(0, date - (at - sentAt) - endedAt - 1000);
}

const NOT_SENT: ReadonlySet<string> = new Set([
  'refused',
  'unresolved',
  'connect_timeout',
  'handshake',
  'certificate',
  'proxy',
  'proxy_auth',
]);

/** The last answer of the API about a server that a process had before a time. */
export function lastShown(
  { exchanges }: ProcessRecord,
  serverId: string,
  before: number,
): { readonly exchange: Exchange; readonly shown: ShownServer } | undefined {
  const exchange = exchanges.findLast((e) => e.endedAt <= before && e.shown.has(serverId));
  const shown = exchange?.shown.get(serverId);
  return exchange === undefined || shown === undefined ? undefined : { exchange, shown };
}

/** The last list that a process read before a time, of all servers or of this one. */
export function lastList(
  run: SimulatedRun,
  { exchanges }: ProcessRecord,
  before = Number.POSITIVE_INFINITY,
  serverId?: string,
): Exchange | undefined {
  return exchanges.findLast(
    (e) => e.endedAt <= before && isAnswered(e) && isList(e) && isAbout(run, e, serverId),
  );
}

export function isList({ record: { method, path } }: Exchange): boolean {
  return method === 'GET' && path.startsWith('/api/v1/snapshots/');
}

function isAbout(run: SimulatedRun, { record: { path } }: Exchange, serverId: string | undefined): boolean {
  const requested = /[?&]server_id=([^&]*)/.exec(path)?.[1];
  if (serverId === undefined || requested === undefined) return true;
  return run.actualState.servers.some(
    ({ id, uuid }) => id === serverId && (id === requested || uuid === requested),
  );
}

/** The server in the body of a create request. */
export function serverIn({ record }: Exchange): string | undefined {
  return /"server_id":("?[\w-]+)/.exec(record.body)?.[1];
}

/** Whether a text contains an id that is not part of a longer word. */
export function mentions(text: string, word: string): boolean {
  let at = text.indexOf(word);
  while (at !== -1) {
    const before = text.charAt(at - 1);
    const after = text.charAt(at + word.length);
    if (!/[A-Za-z0-9]/.test(before) && !/[A-Za-z0-9]/.test(after)) return true;
    at = text.indexOf(word, at + 1);
  }
  return false;
}

/** Whether a process ended by itself. */
export function endedByItself({ process }: ProcessRecord): boolean {
  return process.isOver && !process.wasKilled;
}

export type ExpectedOutcome = 'restore' | 'delete' | 'clean_up' | 'keep';

/** What a post step has to do, written down a second time, independently of the sources. */
export function expectedOutcome({ use, main, step }: PostRecord): ExpectedOutcome {
  if (use.use !== 'post' || main.use.use !== 'main') return 'keep';
  const { jobStatus, restoreIf } = use.inputs;
  const { onFailure, onCancel, jobStatus: statusBefore } = main.use.inputs;
  const ended = { failure: onFailure, cancelled: onCancel, success: 'clean_up' } as const;
  const policy = ended[jobStatus as keyof typeof ended];
  if (main.process.exitCode !== 0) return policy === 'delete' ? 'delete' : 'keep';
  if (step.restoreIf === 'perhaps') return 'keep';
  if (restoreIf === 'true') return 'restore';
  if (policy !== 'restore') return policy;
  return restoreIf === 'false' || statusBefore !== 'success' ? 'keep' : 'restore';
}

/** Whether the API of this run shows this field of snapshots. */
export function showsField({ plan: { switches } }: SimulatedRun, field: string): boolean {
  return ![...(switches.snapshot_missing ?? []), ...(switches.snapshot_null ?? [])].includes(field);
}

/** Whether a snapshot exists at the end of the run. */
export function existsAtEnd(run: SimulatedRun, { deletedAt, phase }: Snapshot): boolean {
  return deletedAt === null && (phase !== 'failed' || run.plan.switches.failed_snapshots !== 'gone');
}

/** The most servers that a process works on. */
export function serverCount({ step, use }: ProcessRecord): number {
  if ('servers' in step) return step.servers.length;
  if ('latest' in step) return step.latest.length;
  return Math.max(1, namedIds(use).length);
}

/** The restores that the API accepted from a process. */
export function restoresBy(run: SimulatedRun, p: ProcessRecord): Effect[] {
  return run.effects.filter(({ kind, by }) => kind === 'restore' && by === p);
}

/**
 * Whether somebody else restored a server while this process requested that without a clear response, or changed
 * it in any way while the API had falsely accepted a request.
 */
export function hasInterference(run: SimulatedRun, p: ProcessRecord): boolean {
  const own = restoresBy(run, p);
  const others = run.actualState.restores
    .filter(
      (r) => !own.some((e) => e.serverId === r.serverId && Math.abs(sinceStart(r.startedAt) - e.at) < 1),
    )
    .map((r) => sinceStart(r.endedAt ?? r.endsAt));
  const changes = run.effects.filter(({ kind, by }) => kind === 'power' && by !== p).map(({ at }) => at);
  // Its own reboot, and a read that shows it as it was, look as if a restore had begun.
  const { deploy_restarts: restarts, stale_share: stale } = run.plan.switches;
  const isRestless = restarts !== undefined || stale !== undefined || (run.plan.events ?? []).length > 0;
  return p.exchanges.some((e) => {
    if (!e.record.path.endsWith('/restore/') || isClearlyAccepted(e)) return false;
    const since = e.sentAt - 30_000;
    const isFalse = e.record.status === 200 && !e.record.processed;
    return others.some((at) => at >= since) || (isFalse && (isRestless || changes.some((at) => at >= since)));
  });
}

/** The API carried a restore out, and said so. */
function isClearlyAccepted(e: Exchange): boolean {
  return isAnswered(e) && e.word === 'success';
}

/** The snapshots that a person named to a step. */
export function namedIds({ inputs }: ProcessRecord['use']): readonly string[] {
  if ('snapshotIds' in inputs) return inputs.snapshotIds;
  return 'selection' in inputs && inputs.selection.kind === 'named' ? inputs.selection.words : [];
}

/** The restore that an effect began. */
export function restoreOf(run: SimulatedRun, { serverId, at }: Effect): Readonly<SimRestore> | undefined {
  return run.actualState.restores.find(
    (r) => r.serverId === serverId && Math.abs(sinceStart(r.startedAt) - at) < 1,
  );
}

/** The restore that writes to a server at a time. */
export function runningRestore(
  run: SimulatedRun,
  serverId: string,
  at: number,
): Readonly<SimRestore> | undefined {
  return run.actualState.restores.find(
    (r) =>
      r.serverId === serverId &&
      sinceStart(r.startedAt) < at &&
      (r.endedAt === null || sinceStart(r.endedAt) > at),
  );
}

/** What a process was shown of a server in a time, in order. */
export function shownBetween(
  { exchanges }: ProcessRecord,
  serverId: string,
  from: number,
  to: number,
): { readonly at: number; readonly status: string }[] {
  return exchanges.flatMap((e) => {
    const shown = e.sentAt >= from && e.endedAt <= to ? e.shown.get(serverId) : undefined;
    return shown === undefined ? [] : [{ at: e.endedAt, status: shown.status }];
  });
}

/** The actual phase of a server at a time. */
export function phaseAt(run: SimulatedRun, serverId: string, at: number): ServerPhase | undefined {
  const server = run.actualState.servers.find(({ id }) => id === serverId);
  return server?.history.findLast((change) => sinceStart(change.at) <= at)?.phase;
}

/** When a process has used its budget up, all but its last request. */
export function isBudgetOver({ process, use, main }: ProcessRecord, budget: number): boolean {
  const afterCancel = use.use === 'post' && use.inputs.jobStatus === 'cancelled';
  const given = main === undefined ? undefined : main.process.endedAt;
  const most = afterCancel ? Math.min(budget, AFTER_CANCEL_MS) : budget;
  // After a cancel the budget began with the job's first post step, which comes soon after main at the earliest.
  const since = afterCancel ? Math.min(process.startedAt, (given ?? 0) + LAST_REQUEST_MS) : process.startedAt;
  return process.endedAt - since >= most - LAST_REQUEST_MS;
}

const AFTER_CANCEL_MS = 4 * 60_000;
const LAST_REQUEST_MS = 45_000;

export interface Requested {
  readonly id: string;
  readonly exchange: Exchange;
}

/** The restore requests that a process sent. */
export function requestsOf({ exchanges }: ProcessRecord): Requested[] {
  return exchanges.flatMap((exchange) => {
    const { method, path } = exchange.record;
    const id = method === 'POST' && path.endsWith('/restore/') ? idInPath(path) : undefined;
    return id === undefined ? [] : [{ id, exchange }];
  });
}

/** Whether main or the `wait` action of the job read a list that showed it completed, before any deploy of the job. */
export function isSeenCompleted(run: SimulatedRun, p: PostRecord, snapshot: Snapshot): boolean {
  const deploy = run.deploys.find(
    ({ jobIndex, startedAt }) => jobIndex === p.jobIndex && startedAt >= p.main.process.endedAt,
  );
  const before = deploy?.startedAt ?? Number.POSITIVE_INFINITY;
  return run.processes.some((witness) => {
    if (witness.jobIndex !== p.jobIndex || witness.process.endedAt > before) return false;
    const isWitness =
      (witness === p.main && p.main.use.use === 'main' && p.main.use.inputs.wait) ||
      (witness.use.use === 'wait' && witness.use.inputs.snapshotIds.includes(snapshot.id));
    return (
      isWitness &&
      witness.exchanges.some(
        (e) =>
          isList(e) &&
          isAnswered(e) &&
          isListedAt(run, snapshot, e.processedAt) &&
          isCompletedAt(snapshot, e.processedAt) &&
          // Killed as the answer came: nothing could be written of it.
          !(witness.process.wasKilled && e.endedAt >= witness.process.endedAt),
      )
    );
  });
}

/** When it was created, as exactly as the API tells. */
function shownTime({ plan }: SimulatedRun, { createdAt }: Snapshot): number {
  return plan.switches.timestamps === 'micros' ? createdAt : Math.floor(createdAt / 1000);
}

/** A newer snapshot with a marker of another step, in the last list before the request. */
export function findNewer(
  run: SimulatedRun,
  p: ProcessRecord,
  own: Snapshot,
  sentAt: number,
): Snapshot | undefined {
  const seen = lastList(run, p, sentAt, own.serverId)?.processedAt;
  const key = markerOf(run, own)?.key;
  if (seen === undefined) return own;
  if (hasUnevenLists(run)) return undefined;
  return run.actualState.snapshots.find(
    (s) =>
      s.id !== own.id &&
      s.serverId === own.serverId &&
      shownTime(run, s) >= shownTime(run, own) &&
      hasMarker(run, s) &&
      isListedAt(run, s, seen) &&
      (key === undefined ? creatorOf(run, s.id) !== p.main : markerOf(run, s)?.key !== key) &&
      // The one that a restore takes just before, and for `restore` those of others too, undo nothing but a restore.
      !(p.use.use === 'restore' && markerOf(run, s)?.isUndo === true),
  );
}

/** The API shows all fields, all snapshots and all markers, so that the interlocks are those of the actual state. */
export function showsEverything({ plan }: SimulatedRun): boolean {
  const { switches, pageSize } = plan;
  const hidden = [
    switches.snapshot_missing,
    switches.snapshot_null,
    switches.server_missing,
    switches.server_null,
    switches.created_at,
    switches.list_limit,
    switches.permissions,
    switches.description_kept,
    switches.page_shift,
    switches.server_filter,
    switches.date_header,
    pageSize,
  ];
  const isEvent = plan.events?.some(({ kind }) => kind === 'switches') === true;
  return (
    hidden.every((each) => each === undefined) &&
    switches.snapshot_ids !== 'huge' &&
    switches.lists !== 'bare' &&
    !isEvent
  );
}

/** Main found the server stopped, before any request of its own: a restore leaves it as it was. */
export function isFoundStopped(main: ProcessRecord, serverId: string): boolean {
  const first = main.exchanges.find((e) => e.shown.has(serverId));
  return first?.shown.get(serverId)?.status === 'stopped';
}
