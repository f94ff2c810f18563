import { isAddressable, type Snapshot } from '../vps/model.ts';
import { ageOf, newestFirst } from './age.ts';
import { isOwn, normalizeOrigin, parseMarker, type Origin } from './marker.ts';
import { meaningOf } from './status.ts';

/** Snapshots that a server can have [D]; one in progress is assumed to count [?]. */
export const SLOT_LIMIT = 5;

export interface SlotFacts {
  /** The server's snapshots, no other's. */
  readonly snapshots: readonly Snapshot[];
  readonly complete: boolean;
  readonly whenFull: 'fail' | 'rotate';
  readonly origin: Origin;
  /** The API's time, epoch milliseconds. */
  readonly now: number;
}

export type SlotPlan =
  | { readonly kind: 'free' }
  | { readonly kind: 'full'; readonly why: string }
  | {
      readonly kind: 'rotate';
      readonly toDelete: Snapshot;
      readonly why: string;
      /** The snapshot to delete is this repository's only completed snapshot on the server. */
      readonly lastRestorePoint: boolean;
    };

/** Whether a new snapshot has a slot, and which one would be deleted to make room (design §3.2). */
export function planSlot(facts: SlotFacts): SlotPlan {
  const { snapshots, whenFull } = facts;
  if (snapshots.length < SLOT_LIMIT) return { kind: 'free' };
  if (whenFull === 'fail') return { kind: 'full', why: "'when_full' is 'fail'" };
  if (!facts.complete)
    return { kind: 'full', why: 'the list of snapshots is incomplete, so none is deleted' };
  const own = snapshots.filter((s) => isOwn(parseMarker(s.description), facts.origin));
  if (own.length === 0) return { kind: 'full', why: 'none of them was made by this repository' };
  if (own.some((s) => meaningOf(s.status) === 'pending')) {
    return { kind: 'full', why: 'a snapshot of this repository is still in progress there' };
  }
  const run = normalizeOrigin(facts.origin).runId;
  const candidates = own
    .filter((s) => parseMarker(s.description)?.runId !== run)
    .filter((s) => isAddressable(s) && ageOf(s, facts.now) !== null)
    .toSorted((a, b) => newestFirst(b, a));
  const failed = candidates.find((s) => meaningOf(s.status) === 'failed');
  const toDelete = failed ?? candidates[0];
  if (toDelete === undefined) {
    return {
      kind: 'full',
      why: "this repository's own ones were made by this run, or have no usable id or time, and are not deleted",
    };
  }
  const completed = own.filter((s) => meaningOf(s.status) === 'completed');
  return {
    kind: 'rotate',
    toDelete,
    why: failed
      ? `it failed ('${toDelete.status}') and is no restore point`
      : "it is this repository's oldest",
    lastRestorePoint: !failed && completed.length === 1,
  };
}

/** Marked snapshots in progress that this step did not make: somebody else works on the server. */
export function findRunning(snapshots: readonly Snapshot[], ownKey: string): Snapshot[] {
  return snapshots.filter((s) => {
    const marker = parseMarker(s.description);
    return marker !== null && marker.key !== ownKey && meaningOf(s.status) === 'pending';
  });
}
