import { isAddressable, type Snapshot, type SnapshotWithId } from '../vps/model.ts';
import { ageOf, DAY, mayBeNewer } from './age.ts';
import { treat } from './kinds.ts';
import { isOfRun, isOfStep, type Marker, parseMarker, type MarkerFlags, type Origin } from './marker.ts';
import { isCompleted } from './status.ts';

export interface ReuseFacts {
  /** The server's snapshots, no other's. */
  readonly snapshots: readonly Snapshot[];
  readonly complete: boolean;
  readonly origin: Origin;
  /** Whether the runner tells two calls of a reusable workflow apart. */
  readonly isCallKnown: boolean;
  /** What this step's own snapshot would be marked with. */
  readonly flags: Pick<MarkerFlags, 'isProtected' | 'isUnwaited'>;
  /** The oldest that it may be, in milliseconds: `restore_max_age`; `null` for any below a day. */
  readonly maxAge: number | null;
  /** The API's time, epoch milliseconds. */
  readonly now: number;
}

export type Reuse =
  | { readonly kind: 'reuse'; readonly snapshot: SnapshotWithId; readonly marker: Marker }
  | { readonly kind: 'create'; readonly reason: string };

/**
 * The snapshot that an earlier attempt of this run made before its deploy, or why none is taken (`on_rerun: reuse`).
 * A snapshot that any later deploy may have followed is not reused: it would not be the state before the first,
 * failed deploy.
 */
export function findReusable(facts: ReuseFacts): Reuse {
  const { origin, flags } = facts;
  const create = (reason: string): Reuse => ({ kind: 'create', reason });
  if (origin.runAttempt < 2) return create('this is the first attempt of the run');
  if (!facts.isCallKnown)
    return create(
      'this runner does not say whether the job is part of a reusable workflow, or of which call of it',
    );
  if (!facts.complete) return create('the list of snapshots is incomplete');
  const earlier = facts.snapshots.filter((s) => {
    const marker = parseMarker(s.description);
    return (
      marker !== null &&
      isOfStep(marker, origin) &&
      marker.runAttempt < origin.runAttempt &&
      treat('reuse', marker) === 'alike'
    );
  });
  if (earlier.length === 0)
    return create('no earlier attempt of this run has a snapshot of this job, matrix leg and step there');
  const completed = earlier.filter(isCompleted);
  const [snapshot, second] = completed;
  if (snapshot === undefined)
    return create(`the earlier snapshot is not completed ('${earlier[0]?.status ?? ''}')`);
  if (second !== undefined)
    return create(`${completed.length} earlier snapshots qualify, so it is unclear which one to reuse`);
  const marker = parseMarker(snapshot.description);
  if (marker?.isProtected !== flags.isProtected) return create("the earlier snapshot has another 'protect'");
  if (marker.isUnwaited !== flags.isUnwaited)
    return create("the earlier snapshot was made with another 'wait'");
  if (!isAddressable(snapshot)) return create('the earlier snapshot has no usable id');
  const age = ageOf(snapshot, facts.now);
  if (age === null)
    return create('the creation time of the earlier snapshot is missing, unreadable or in the future');
  if (age >= DAY) return create('the earlier snapshot is 24 hours old or older');
  if (facts.maxAge !== null && age > facts.maxAge)
    return create("the earlier snapshot is older than 'restore_max_age'");
  const other = facts.snapshots.find((s) => {
    const others = parseMarker(s.description);
    return s !== snapshot && others !== null && (mayBeNewer(s, snapshot) || isOfRun(others, origin));
  });
  if (other !== undefined)
    return create(
      `another marked snapshot (${other.id ?? 'without a usable id'}) that is newer or of this run is on the server`,
    );
  return { kind: 'reuse', snapshot, marker };
}
