import { isAddressable, type Snapshot, type SnapshotWithId } from '../vps/model.ts';
import { ageOf, isAtWork, isDead, newestFirst } from './age.ts';
import { treat } from './kinds.ts';
import { isOfRun, isOwn, type Marker, parseMarker, type Origin } from './marker.ts';
import { idsOf } from './server.ts';
import { isBeingDeleted, isCompleted, isFailed, isPending } from './status.ts';

/** Snapshots that a server can have; one in progress is assumed to count. */
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
  | { readonly kind: 'full'; readonly reason: string }
  | {
      readonly kind: 'rotate';
      readonly toDelete: SnapshotWithId;
      readonly reason: string;
      /** It is this repository's only completed snapshot on the server. */
      readonly isLastRestorePoint: boolean;
    };

/** Whether a new snapshot has a slot, and which one would be deleted to make room. */
export function planSlot(facts: SlotFacts): SlotPlan {
  const { snapshots, whenFull, now } = facts;
  if (snapshots.length < SLOT_LIMIT) return { kind: 'free' };
  if (whenFull === 'fail') return { kind: 'full', reason: "'when_full' is 'fail'" };
  if (!facts.complete)
    return { kind: 'full', reason: 'the list of snapshots is incomplete, so none is deleted' };
  const own = snapshots.filter((s) => isOwn(parseMarker(s.description), facts.origin));
  if (own.length === 0) return { kind: 'full', reason: 'none of them was made by this repository' };
  if (own.some((s) => isAtWork(s, now))) {
    return { kind: 'full', reason: 'a snapshot of this repository is still in progress there' };
  }
  const candidates = own.filter((s) => isCandidate(s, facts)).toSorted((a, b) => newestFirst(b, a));
  const toDelete =
    candidates.find((s) => isFailed(s) || isDead(s, now)) ??
    candidates.find((s) => howToRotate(s) === 'before') ??
    candidates[0];
  if (toDelete === undefined) return { kind: 'full', reason: reasonForNone(own) };
  const isRestorePoint = isCompleted(toDelete);
  return {
    kind: 'rotate',
    toDelete,
    reason: reasonFor(toDelete),
    isLastRestorePoint: isRestorePoint && own.filter(isCompleted).length === 1,
  };
}

/** One of an earlier run that may be deleted, and whose place in the order is known. */
function isCandidate(snapshot: Snapshot, { origin, now }: SlotFacts): snapshot is SnapshotWithId {
  return (
    howToRotate(snapshot) !== 'never' &&
    !isOfRun(parseMarker(snapshot.description), origin) &&
    isAddressable(snapshot) &&
    idsOf(snapshot.server).length > 0 &&
    !isBeingDeleted(snapshot) &&
    (!isPending(snapshot) || isDead(snapshot, now)) &&
    ageOf(snapshot, now) !== null
  );
}

function howToRotate({ description }: Snapshot): 'oldest' | 'before' | 'never' {
  const marker = parseMarker(description);
  return marker === null ? 'never' : treat('rotate', marker);
}

function reasonFor(snapshot: Snapshot): string {
  if (isFailed(snapshot)) return `it failed ('${snapshot.status}') and is not a restore point`;
  if (isPending(snapshot)) return `it has been '${snapshot.status}' for more than a day`;
  if (howToRotate(snapshot) === 'before') return 'it was taken before a restore, to undo it';
  return "it is this repository's oldest";
}

function reasonForNone(own: readonly Snapshot[]): string {
  const kept = own.filter((s) => howToRotate(s) === 'never').length;
  const others =
    'made by this run, are being deleted, or have no usable id, server, time or status, and are not deleted';
  if (kept === 0) return `this repository's own ones were ${others}`;
  const protectedOnes = `${kept} of this repository's own are protected`;
  return kept === own.length ? protectedOnes : `${protectedOnes}; its others were ${others}`;
}

/** Marked snapshots in progress that this step did not make: somebody else works on the server. */
export function findRunning(snapshots: readonly Snapshot[], ownKey: string, now: number): Running[] {
  return snapshots.flatMap((snapshot) => {
    const marker = parseMarker(snapshot.description);
    return marker !== null && marker.key !== ownKey && isAtWork(snapshot, now) ? [{ snapshot, marker }] : [];
  });
}

export interface Running {
  readonly snapshot: Snapshot;
  readonly marker: Marker;
}
