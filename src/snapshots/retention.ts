import { isAddressable, type Snapshot, type SnapshotWithId } from '../vps/model.ts';
import { ageOf, DAY, HOUR, isDead, mayBeNewer, newestFirst } from './age.ts';
import { treat } from './kinds.ts';
import { isOfRun, isOwn, nameRepository, parseMarker, type Marker, type Origin } from './marker.ts';
import { idsOf } from './server.ts';
import { isBeingDeleted, isCompleted, isFailed, isPending } from './status.ts';

export interface RetentionRule {
  /** This repository's newest completed snapshots to keep on each server, at least 1. */
  readonly keepLast: number;
  /** Only snapshots older than this (milliseconds) go; `null` for any age. */
  readonly olderThan: number | null;
}

export type UsedSnapshot = Pick<SnapshotWithId, 'id' | 'created'>;

export interface RetentionFacts {
  /** The snapshots of one server. */
  readonly snapshots: readonly Snapshot[];
  readonly origin: Origin;
  /** The API's time, epoch milliseconds. */
  readonly now: number;
  readonly rule: RetentionRule;
  /** `keep_last` tidies up after this run's own snapshot; `prune` may run beside any other run. */
  readonly by: 'keep_last' | 'prune';
  /** This step's snapshot as it was saved: it stays even where its marker was lost, and counts even where it is gone. */
  readonly used: UsedSnapshot | null;
}

export interface RetentionVerdict {
  readonly snapshot: Snapshot;
  readonly action: 'keep' | 'delete';
  readonly reason: string;
}

/**
 * Kept or deleted, for each snapshot of a server, and why (`docs/how-it-works/retention.md`, "What is kept").
 * Deletions come in the order in which to carry them out: failed ones first, then from the oldest on, so that a
 * cut-off leaves the newest.
 */
export function planRetention(facts: RetentionFacts): RetentionVerdict[] {
  const newest = facts.snapshots
    .filter((s) => countsTowardsKeepLast(s, facts))
    .toSorted(newestFirst)
    .slice(0, facts.rule.keepLast);
  return facts.snapshots
    .toSorted(newestFirst)
    .map((snapshot) => {
      const reason = reasonToKeep(snapshot, newest, facts);
      if (reason !== null) return { snapshot, action: 'keep' as const, reason };
      return { snapshot, action: 'delete' as const, reason: reasonToDelete(snapshot, facts) };
    })
    .toSorted(
      (a, b) => rank(a) - rank(b) || (a.action === 'delete' ? newestFirst(b.snapshot, a.snapshot) : 0),
    );
}

/** A restore point to count on: this repository's, completed, of a known time and server, restorable by its id. */
function countsTowardsKeepLast(snapshot: Snapshot, { origin, now }: RetentionFacts): boolean {
  const marker = parseMarker(snapshot.description);
  return (
    marker !== null &&
    isOwn(marker, origin) &&
    treat('counts', marker) &&
    isCompleted(snapshot) &&
    isAddressable(snapshot) &&
    idsOf(snapshot.server).length > 0 &&
    ageOf(snapshot, now) !== null
  );
}

function rank({ action, snapshot }: RetentionVerdict): number {
  if (action === 'keep') return 2;
  return isCompleted(snapshot) ? 1 : 0;
}

function reasonToKeep(snapshot: Snapshot, newest: readonly Snapshot[], facts: RetentionFacts): string | null {
  const marker = parseMarker(snapshot.description);
  if (marker === null) return 'not made by this action';
  if (!isOwn(marker, facts.origin))
    return `made by another repository (${nameRepository(marker, facts.origin)})`;
  return (
    reasonOfWhose(snapshot, marker, facts) ??
    reasonOfState(snapshot, facts) ??
    reasonOfRule(snapshot, marker, newest, facts)
  );
}

/** This run's snapshots, protected ones, and those that may be another run's restore point right now. */
function reasonOfWhose(snapshot: Snapshot, marker: Marker, facts: RetentionFacts): string | null {
  if (isOfRun(marker, facts.origin)) return 'made by this run';
  if (facts.used !== null && facts.used.id === snapshot.id) return 'used by this run';
  if (treat('prune', marker) === 'never') return 'protected';
  if (facts.by === 'prune') {
    const age = ageOf(snapshot, facts.now);
    return age !== null && age < HOUR ? 'younger than an hour, so another run may rely on it' : null;
  }
  // One of unknown time has that for its reason, not that it is newer.
  if (ageOf(snapshot, facts.now) === null) return null;
  const { used, snapshots, origin } = facts;
  const ofRun = snapshots.filter((s) => isOfRun(parseMarker(s.description), origin));
  const mine = used === null ? ofRun : [...ofRun, snapshots.find(({ id }) => id === used.id) ?? used];
  return mine.length > 0 && mine.every((own) => mayBeNewer(snapshot, own))
    ? "not known to be older than this run's own"
    : null;
}

/** What nobody may delete, or what is not finished. */
function reasonOfState(snapshot: Snapshot, { now }: RetentionFacts): string | null {
  if (isBeingDeleted(snapshot)) return `being deleted already ('${snapshot.status}')`;
  if (ageOf(snapshot, now) === null) return 'its creation time is missing, unreadable or in the future';
  if (isPending(snapshot) && !isDead(snapshot, now)) return `not finished ('${snapshot.status}')`;
  if (!isAddressable(snapshot)) return 'its id cannot be used safely';
  if (idsOf(snapshot.server).length === 0) return 'it names no server';
  return null;
}

function reasonOfRule(
  snapshot: Snapshot,
  marker: Marker,
  newest: readonly Snapshot[],
  { rule, now }: RetentionFacts,
): string | null {
  const age = ageOf(snapshot, now) ?? 0;
  if (treat('prune', marker) === 'after_a_day' && isCompleted(snapshot))
    return age > DAY ? null : 'taken before a restore less than 24 hours ago';
  if (newest.includes(snapshot))
    return rule.keepLast === 1 ? 'the newest completed' : `among the newest ${rule.keepLast} completed`;
  return rule.olderThan !== null && age <= rule.olderThan ? "not older than 'older_than'" : null;
}

function reasonToDelete(snapshot: Snapshot, { rule }: RetentionFacts): string {
  if (isFailed(snapshot)) return `'${snapshot.status}', not a restore point`;
  if (isPending(snapshot)) return `'${snapshot.status}' for more than a day`;
  if (parseMarker(snapshot.description)?.isUndo === true)
    return 'taken before a restore more than 24 hours ago';
  const beyond =
    rule.keepLast === 1 ? 'not the newest completed' : `beyond the newest ${rule.keepLast} completed`;
  return rule.olderThan === null ? beyond : `${beyond}, and older than 'older_than'`;
}

/** Own snapshots of an unknown time are never deleted: whether they are all that stands in the way of any deletion. */
export function isHeldUpByTimes(facts: RetentionFacts): boolean {
  const own = facts.snapshots.filter((s) => isOwn(parseMarker(s.description), facts.origin));
  return own.length > facts.rule.keepLast && own.every((s) => ageOf(s, facts.now) === null);
}
