import { provesAbsence, findByKey } from './lookup.ts';
import { type Snapshot, type SnapshotList } from '../vps/model.ts';
import { POLL_LIMITS } from './schedule.ts';
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
  readonly duplicates: readonly Snapshot[];
}

export function startWatch(id: string, key: string | null): Watch {
  return { id, key, seen: false, missing: 0 };
}

/**
 * What one more list says about an awaited snapshot (design §3.3). Absence counts in complete lists only; a
 * snapshot seen before is gone after {@link POLL_LIMITS.gone} of them, one never seen is given up after
 * {@link POLL_LIMITS.neverListed}.
 */
export function observeList(watch: Watch, list: SnapshotList): Observation {
  const keyed = watch.key === null ? [] : findByKey(list.snapshots, watch.key);
  const listed = list.snapshots.find((s) => s.id === watch.id);
  const candidates = listed === undefined || keyed.includes(listed) ? keyed : [...keyed, listed];
  const snapshot = chooseSnapshot(candidates, watch.id);
  if (snapshot === null) {
    const absent = watch.key === null ? provesAbsence(list) : list.complete;
    const missing = absent ? watch.missing + 1 : watch.missing;
    const limit = watch.seen ? POLL_LIMITS.gone : POLL_LIMITS.neverListed;
    const verdict = missing < limit ? 'pending' : watch.seen ? 'gone' : 'never_listed';
    return { watch: { ...watch, missing }, verdict, snapshot: null, duplicates: [] };
  }
  return {
    watch: { ...watch, id: snapshot.id, seen: true, missing: 0 },
    verdict: meaningOf(snapshot.status),
    snapshot,
    duplicates: candidates.filter((s) => s !== snapshot && (s.id === '' || s.id !== snapshot.id)),
  };
}

/**
 * The oldest completed one; while none is completed, the one already named stays unless it has failed. One without
 * a usable id never takes the place of what has one.
 */
function chooseSnapshot(candidates: readonly Snapshot[], id: string): Snapshot | null {
  const best = candidates.find((s) => s.id !== '') ?? null;
  const named = candidates.find((s) => s.id === id);
  if (named === undefined || best === null) return best;
  return meaningOf(best.status) === 'completed' || meaningOf(named.status) === 'failed' ? best : named;
}
