import { hasId, type Snapshot, type SnapshotList } from '../vps/model.ts';
import { newestFirst } from './age.ts';
import { parseMarker } from './marker.ts';
import { isCompleted, isFailed, meaningOf } from './status.ts';

/** Whether an id that this list does not show is not there: one without a usable id could be any. */
export function provesAbsence(list: SnapshotList): boolean {
  return list.complete && list.snapshots.every(hasId);
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
 * all but a completed duplicate when its own has failed. `null` while no completed one is known to stay.
 */
export function findExtras<T extends Pick<Snapshot, 'status'>>(own: T, duplicates: readonly T[]): T[] | null {
  const keeper = isFailed(own) ? duplicates.find(isCompleted) : [own].find(isCompleted);
  return keeper === undefined ? null : [own, ...duplicates].filter((each) => each !== keeper);
}

/** A new snapshot of this name without any marker: likely this step's, on an API that drops descriptions. */
export function findUnmarked(
  snapshots: readonly Snapshot[],
  name: string,
  before: readonly Snapshot[] | null,
): Snapshot | undefined {
  const known = new Set(before?.map((s) => s.id));
  return snapshots.find((s) => s.name === name && !known.has(s.id) && parseMarker(s.description) === null);
}
