import { type SimSnapshot } from '../../../../simulator/api/actual-state.ts';
import { type Marker, parseMarker } from '../../../../src/snapshots/marker.ts';
import { meaningOf } from '../../../../src/snapshots/status.ts';
import { type JobPlan } from '../../plan/plan.ts';
import { FORGES, REPOSITORIES, sinceStart } from '../../run/environment.ts';
import { type ProcessRecord, type SimulatedRun } from '../../run/record.ts';
import { isAnswered, isList } from './exchanges.ts';
import { type PostRecord } from './processes.ts';

/** Facts about snapshots, from the actual state and never from what an action reported. */

export type Snapshot = Readonly<SimSnapshot>;

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

/** The snapshots that a main step actually created. */
export function createdBy(run: SimulatedRun, main: ProcessRecord): Snapshot[] {
  return run.effects.flatMap(({ kind, by, snapshotId }) => {
    const snapshot = kind === 'create' && by === main ? findSnapshot(run, snapshotId) : undefined;
    return snapshot === undefined ? [] : [snapshot];
  });
}

/** Whether the API of this run shows this field of snapshots. */
export function showsField({ plan: { switches } }: SimulatedRun, field: string): boolean {
  return ![...(switches.snapshot_missing ?? []), ...(switches.snapshot_null ?? [])].includes(field);
}

/** Whether a snapshot exists at the end of the run. */
export function existsAtEnd(run: SimulatedRun, { deletedAt, phase }: Snapshot): boolean {
  return deletedAt === null && (phase !== 'failed' || run.plan.switches.failed_snapshots !== 'gone');
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

/** A newer snapshot with a marker of another step, in a list that was read at `seen`; itself where none was. */
export function findNewer(
  run: SimulatedRun,
  p: ProcessRecord,
  own: Snapshot,
  seen: number | undefined,
): Snapshot | undefined {
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

/** Of servers without an id nobody can tell which one it is. */
export function namesServers({ plan }: SimulatedRun): boolean {
  const { server_missing: missing = [], server_null: empty = [] } = plan.switches;
  return ![...missing, ...empty].includes('id');
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
