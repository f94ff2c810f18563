import { hasId, MOST_PAGES, type Snapshot, type SnapshotList, type SnapshotWithId } from '../../vps/model.ts';
import { findByKey, provesAbsence } from '../lookup.ts';
import { hasStood, type Schedule, stand, type Standing } from './schedule.ts';
import { isCompleted, isFailed, meaningOf } from '../status.ts';

/** One snapshot that is waited for: what is looked for, and what the lists so far have shown. */
export interface Watch {
  readonly id: string;
  /** The key of this step, or `null` where somebody else made the snapshot. */
  readonly key: string | null;
  readonly seen: boolean;
  /** Complete lists in a row that did not show it. */
  readonly missing: Standing | null;
}

/** `wrong_id`: a person named it, and complete lists have not shown it for long enough. */
export type Verdict = 'pending' | 'completed' | 'failed' | 'gone' | 'wrong_id';

export interface Observation {
  readonly watch: Watch;
  readonly verdict: Verdict;
  /** The snapshot as the list shows it, where it does. */
  readonly snapshot: SnapshotWithId | null;
  /** Others with the same key: the API carried out a request whose answer was lost. */
  readonly duplicates: readonly Snapshot[];
  /** This step's request was accepted, and lists have not shown the snapshot for so long that people should know. */
  readonly isUnlisted: boolean;
}

export function startWatch(id: string, key: string | null): Watch {
  return { id, key, seen: false, missing: null };
}

/**
 * What one more list, read at `now` (monotonic), says about a snapshot that is waited for
 * (`docs/how-it-works/waiting.md`, "Absence"). Absence counts in complete lists only. One that was accepted and never
 * listed is pending for as long as there is time.
 */
export function observeList(
  watch: Watch,
  list: SnapshotList,
  now: number,
  { span }: Pick<Schedule, 'span'>,
): Observation {
  const keyed = watch.key === null ? [] : findByKey(list.snapshots, watch.key);
  const listed = list.snapshots.find((s) => s.id === watch.id);
  const candidates = listed === undefined || keyed.includes(listed) ? keyed : [...keyed, listed];
  const snapshot = chooseSnapshot(candidates, watch.id);
  if (snapshot === null) {
    const absent = watch.key === null ? provesAbsence(list) || isOutOfReach(watch, list) : list.complete;
    const missing = absent ? stand(watch.missing, now) : watch.missing;
    const isMine = watch.key !== null;
    return {
      watch: { ...watch, missing },
      verdict: verdictOnMissing(watch, (name) => hasStood(missing, span(name))),
      snapshot: null,
      duplicates: [],
      isUnlisted: isMine && !watch.seen && hasStood(missing, span('notListed')),
    };
  }
  return {
    watch: { ...watch, id: snapshot.id, seen: true, missing: null },
    verdict: meaningOf(snapshot.status),
    snapshot,
    duplicates: candidates.filter((s) => s !== snapshot && s.id !== snapshot.id),
    isUnlisted: false,
  };
}

/** A list with more pages than are read shows it as little as one without it: polling that would lead nowhere. */
function isOutOfReach(watch: Watch, list: SnapshotList): boolean {
  return !watch.seen && !list.complete && list.pages >= MOST_PAGES;
}

function verdictOnMissing(watch: Watch, stood: (name: 'gone' | 'wrongId') => boolean): Verdict {
  if (watch.seen) return stood('gone') ? 'gone' : 'pending';
  return watch.key === null && stood('wrongId') ? 'wrong_id' : 'pending';
}

/**
 * The oldest completed one; while none is completed, the one already named stays unless it has failed. One without
 * a usable id never takes the place of what has one.
 */
function chooseSnapshot(candidates: readonly Snapshot[], id: string): SnapshotWithId | null {
  const addressed = candidates.filter(hasId);
  const best = addressed[0] ?? null;
  const named = addressed.find((s) => s.id === id);
  if (named === undefined || best === null) return best;
  return isCompleted(best) || isFailed(named) ? best : named;
}
