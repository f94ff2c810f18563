import type { SimSnapshot } from '../../simulator/truth.ts';
import { parseMarker, type Marker } from '../../src/snapshots/marker.ts';
import { START } from '../integration/harness/test-environment.ts';
import type { SnapshotStep } from './plan.ts';
import type { Effect, Exchange, Life, ProcessRecord } from './record.ts';
import { REPOSITORIES } from './world.ts';

/** Questions about a life that several invariants ask, answered from the truth and never from what an action said. */

export type Snapshot = Readonly<SimSnapshot>;
export type MainRecord = ProcessRecord & { readonly step: SnapshotStep };
export type PostRecord = MainRecord & { readonly main: MainRecord };

export function findSnapshot(life: Life, id: string): Snapshot | undefined {
  return life.truth.snapshots.find((s) => s.id === id);
}

/** The process that asked for a snapshot; null for a person, and for one that was there before. */
export function makerOf(life: Life, id: string): ProcessRecord | null {
  return life.effects.find(({ kind, snapshotId }) => kind === 'create' && snapshotId === id)?.by ?? null;
}

/** The repository that made a snapshot, whatever its description says; null for nobody's. */
export function repositoryOf(life: Life, { id }: Snapshot): 0 | 1 | null {
  const maker = makerOf(life, id);
  if (maker !== null) return maker.job.repository;
  const old = life.plan.snapshots[life.truth.snapshots.findIndex((s) => s.id === id)];
  return old === undefined || old.by === 'nobody' ? null : old.by === 'own' ? 0 : 1;
}

/** Whether a snapshot carries the mark of a repository, as everybody can read it. */
export function isMarked(life: Life, snapshot: Snapshot, repository?: 0 | 1): boolean {
  const marker = markerOf(life, snapshot);
  if (repository === undefined) return marker !== null;
  return marker?.repositoryId === REPOSITORIES[repository].repositoryId;
}

export function markerOf(life: Life, { description }: Snapshot): Marker | null {
  return givesField(life, 'description') ? parseMarker(description) : null;
}

/** Milliseconds of the life for a time of the simulator. */
export function lifeTime(epochMs: number): number {
  return epochMs - START;
}

/** Whether a list that was read at this time shows the snapshot. */
export function isListedAt(life: Life, snapshot: Snapshot, at: number): boolean {
  if (at < 0 || lifeTime(snapshot.listedAt) > at || lifeTime(snapshot.createdAt) > at) return false;
  if (snapshot.phase === 'failed' && life.plan.switches.failed_snapshots === 'gone' && hasEnded(snapshot, at))
    return false;
  const { deletedAt } = snapshot;
  return deletedAt === null || lifeTime(deletedAt) + 1000 * (life.plan.switches.deleted_late ?? 0) > at;
}

function existsAt(snapshot: Snapshot, at: number): boolean {
  const { createdAt, deletedAt } = snapshot;
  return lifeTime(createdAt) <= at && (deletedAt === null || lifeTime(deletedAt) > at);
}

function hasEnded({ endedAt }: Snapshot, at: number): boolean {
  return endedAt !== null && lifeTime(endedAt) <= at;
}

export function isCompletedAt(snapshot: Snapshot, at: number): boolean {
  return snapshot.phase === 'completed' && hasEnded(snapshot, at);
}

export function isPendingAt(snapshot: Snapshot, at: number): boolean {
  return existsAt(snapshot, at) && !hasEnded(snapshot, at);
}

/** Main steps of the root action. */
export function mainsOf(life: Life): MainRecord[] {
  return life.processes.filter((p): p is MainRecord => p.use.use === 'main');
}

export function isPost(p: ProcessRecord): p is PostRecord {
  return p.main !== undefined;
}

export function postsOf(life: Life): PostRecord[] {
  return life.processes.filter(isPost);
}

export function postOf(life: Life, main: ProcessRecord): PostRecord | undefined {
  return postsOf(life).find((p) => p.main === main);
}

/** The true ids of the servers that a step was given. */
export function serversOf(life: Life, { step }: ProcessRecord): string[] {
  const indexes = 'servers' in step ? step.servers : [];
  return indexes.map((index) => life.plan.servers[index]?.id ?? 'none');
}

/** What the root action's main step says its snapshots are: one id for each server, empty for none. */
export function outputIds({ process }: ProcessRecord): string[] {
  return (process.runner.outputs.get('snapshot_id') ?? '').split(',');
}

/** The snapshots that a main step made, in truth. */
export function madeBy(life: Life, main: ProcessRecord): Snapshot[] {
  return life.effects.flatMap(({ kind, by, snapshotId }) => {
    const snapshot = kind === 'create' && by === main ? findSnapshot(life, snapshotId) : undefined;
    return snapshot === undefined ? [] : [snapshot];
  });
}

/** Whether an exchange ended with a whole, good answer. */
export function isAnswered({ record: { status, fault, failure } }: Exchange): boolean {
  const isHarmed = fault !== undefined && !/^(delay|late|drip)(\+(delay|late|drip))*$/.test(fault);
  return failure === undefined && status !== undefined && status >= 200 && status < 300 && !isHarmed;
}

export function isClean({ exchanges }: ProcessRecord): boolean {
  return exchanges.every(isAnswered);
}

/** The last list that a process got before a moment, of all servers or of this one. */
export function lastList(
  life: Life,
  { exchanges }: ProcessRecord,
  before = Number.POSITIVE_INFINITY,
  serverId?: string,
): Exchange | undefined {
  return exchanges.findLast(
    (e) => e.endedAt <= before && isAnswered(e) && isList(e) && isAbout(life, e, serverId),
  );
}

export function isList({ record: { method, path } }: Exchange): boolean {
  return method === 'GET' && path.startsWith('/api/v1/snapshots/');
}

function isAbout(life: Life, { record: { path } }: Exchange, serverId: string | undefined): boolean {
  const asked = /[?&]server_id=([^&]*)/.exec(path)?.[1];
  if (serverId === undefined || asked === undefined) return true;
  return life.truth.servers.some(({ id, uuid }) => id === serverId && (id === asked || uuid === asked));
}

/** Whether a text names an id, which is no part of a longer word. */
export function names(text: string, word: string): boolean {
  let at = text.indexOf(word);
  while (at !== -1) {
    const before = text.charAt(at - 1);
    const after = text.charAt(at + word.length);
    if (!/[A-Za-z0-9]/.test(before) && !/[A-Za-z0-9]/.test(after)) return true;
    at = text.indexOf(word, at + 1);
  }
  return false;
}

/** A process that said its last word. */
export function hasEndedWell({ process }: ProcessRecord): boolean {
  return process.isOver && !process.wasKilled;
}

export type Wanted = 'restore' | 'delete' | 'clean_up' | 'keep';

/** What a post step is to do by the table of the agreed behaviour, read once more. */
export function wantedOf({ use, main, step }: PostRecord): Wanted {
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

/** Whether the API of this life says this of snapshots at all. */
export function givesField({ plan: { switches } }: Life, field: string): boolean {
  return ![...(switches.snapshot_missing ?? []), ...(switches.snapshot_null ?? [])].includes(field);
}

/** Whether a snapshot is there at the end of the life. */
export function isLeft(life: Life, { deletedAt, phase }: Snapshot): boolean {
  return deletedAt === null && (phase !== 'failed' || life.plan.switches.failed_snapshots !== 'gone');
}

/** How many servers a process works on at most. */
export function widthOf({ step, use }: ProcessRecord): number {
  if ('servers' in step) return step.servers.length;
  return 'snapshotIds' in use.inputs ? use.inputs.snapshotIds.length : 1;
}

/** The restores that the API accepted from a process. */
export function restoresBy(life: Life, p: ProcessRecord): Effect[] {
  return life.effects.filter(({ kind, by }) => kind === 'restore' && by === p);
}

/**
 * Whether somebody else restored a server while this process asked for it without a whole answer, or did anything to
 * it while the API said that it had taken a request, which it had not.
 */
export function isInterfered(life: Life, p: ProcessRecord): boolean {
  const lost = p.exchanges.filter((e) => e.record.path.endsWith('/restore/') && !isAnswered(e));
  return lost.some(({ sentAt, record: { status, processed } }) =>
    life.effects.some(({ kind, by, at, serverId }) => {
      const counts = kind === 'restore' || (kind === 'power' && status === 200 && !processed);
      return counts && by !== p && settledAt(life, serverId, at) >= sentAt - 30_000;
    }),
  );
}

/** When what was begun on a server at this time came to its end. */
function settledAt(life: Life, serverId: string, at: number): number {
  const restore = life.truth.restores.find(
    (r) => r.serverId === serverId && Math.abs(lifeTime(r.begunAt) - at) < 1,
  );
  return restore?.endedAt == null ? at : lifeTime(restore.endedAt);
}
