import { type Snapshot, type SnapshotList } from '../vps/model.ts';
import { newestFirst } from './age.ts';
import { parseMarker } from './marker.ts';
import { LOOKS } from './schedule.ts';
import { meaningOf } from './status.ts';

/** One awaited snapshot: what is looked for, and what the looks so far have shown. */
export interface Watch {
  readonly id: string;
  /** The key of this step, or `null` where somebody else made the snapshot. */
  readonly key: string | null;
  readonly seen: boolean;
  /** Complete lists in a row that did not show it. */
  readonly missing: number;
}

export type Verdict = 'pending' | 'completed' | 'failed' | 'gone' | 'never_listed';

export interface Observation {
  readonly watch: Watch;
  readonly verdict: Verdict;
  /** The snapshot as the list shows it, where it does. */
  readonly snapshot: Snapshot | null;
  /** Others with the same key: the API carried out a request whose answer was lost. */
  readonly twins: readonly Snapshot[];
}

export function startWatch(id: string, key: string | null): Watch {
  return { id, key, seen: false, missing: 0 };
}

/** Whether an id that this list does not show is not there: one without a usable id could be any. */
export function provesAbsence(list: SnapshotList): boolean {
  return list.complete && list.snapshots.every((s) => s.id !== '');
}

/** All listed snapshots that carry a key, best first: completed before pending before failed, then oldest. */
export function findByKey(snapshots: readonly Snapshot[], key: string): Snapshot[] {
  const rank = { completed: 0, pending: 1, failed: 2 };
  return snapshots
    .filter((s) => parseMarker(s.description)?.key === key)
    .toSorted((a, b) => rank[meaningOf(a.status)] - rank[meaningOf(b.status)] || newestFirst(b, a));
}

/**
 * Which of the snapshots with a step's key may go: all but its own, which the outputs name, when that is completed;
 * all but a completed twin when its own has failed. `null` while no completed one is known to stay.
 */
export function findSurplus<T extends Pick<Snapshot, 'status'>>(own: T, twins: readonly T[]): T[] | null {
  const isCompleted = ({ status }: T): boolean => meaningOf(status) === 'completed';
  const isFailed = meaningOf(own.status) === 'failed';
  const keeper = isFailed ? twins.find(isCompleted) : [own].find(isCompleted);
  return keeper === undefined ? null : [own, ...twins].filter((each) => each !== keeper);
}

/**
 * What one more list says about an awaited snapshot (design §3.3). Absence counts in complete lists only; a
 * snapshot seen before is gone after {@link LOOKS.gone} of them, one never seen is given up after
 * {@link LOOKS.neverListed}.
 */
export function observeList(watch: Watch, list: SnapshotList): Observation {
  const keyed = watch.key === null ? [] : findByKey(list.snapshots, watch.key);
  const listed = list.snapshots.find((s) => s.id === watch.id);
  const family = listed === undefined || keyed.includes(listed) ? keyed : [...keyed, listed];
  const snapshot = chooseSnapshot(family, watch.id);
  if (snapshot === null) {
    const absent = watch.key === null ? provesAbsence(list) : list.complete;
    const missing = absent ? watch.missing + 1 : watch.missing;
    const limit = watch.seen ? LOOKS.gone : LOOKS.neverListed;
    const verdict = missing < limit ? 'pending' : watch.seen ? 'gone' : 'never_listed';
    return { watch: { ...watch, missing }, verdict, snapshot: null, twins: [] };
  }
  return {
    watch: { ...watch, id: snapshot.id, seen: true, missing: 0 },
    verdict: meaningOf(snapshot.status),
    snapshot,
    twins: family.filter((s) => s !== snapshot && (s.id === '' || s.id !== snapshot.id)),
  };
}

/**
 * The oldest completed one; while none is completed, the one already named stays unless it has failed. One without
 * a usable id never takes the place of what has one.
 */
function chooseSnapshot(family: readonly Snapshot[], id: string): Snapshot | null {
  const best = family.find((s) => s.id !== '') ?? null;
  const named = family.find((s) => s.id === id);
  if (named === undefined || best === null) return best;
  return meaningOf(best.status) === 'completed' || meaningOf(named.status) === 'failed' ? best : named;
}
