import { isAddressable, type Snapshot } from '../vps/model.ts';
import { ageOf, newestFirst } from './age.ts';
import { isOwn, normalizeOrigin, parseMarker, type Origin } from './marker.ts';
import { meaningOf } from './status.ts';

export interface RetentionRule {
  /** This repository's newest completed snapshots to keep on each server, at least 1. */
  readonly keepLast: number;
  /** Only snapshots older than this (milliseconds) go; `null` for any age. */
  readonly olderThan: number | null;
}

export interface RetentionFacts {
  /** The snapshots of one server. */
  readonly snapshots: readonly Snapshot[];
  readonly origin: Origin;
  /** The API's time, epoch milliseconds. */
  readonly now: number;
  readonly rule: RetentionRule;
  /** The id of this step's snapshot, protected even where its marker was lost. */
  readonly protectedIds?: readonly string[];
}

export interface RetentionVerdict {
  readonly snapshot: Snapshot;
  readonly action: 'keep' | 'delete';
  readonly why: string;
}

/**
 * Kept or deleted, for each snapshot of a server, and why (design §3.6). Deletions come in the order in which
 * to carry them out: failed ones first, then from the oldest on, so that a cut-off leaves the newest.
 */
export function planRetention(facts: RetentionFacts): RetentionVerdict[] {
  const newest = facts.snapshots
    .filter((s) => isOwn(parseMarker(s.description), facts.origin) && meaningOf(s.status) === 'completed')
    // One that this tool could not restore is no restore point that it may count on.
    .filter(isAddressable)
    .toSorted(newestFirst)
    .slice(0, facts.rule.keepLast);
  return facts.snapshots
    .toSorted(newestFirst)
    .map((snapshot) => {
      const reason = reasonToKeep(snapshot, newest, facts);
      if (reason !== null) return { snapshot, action: 'keep' as const, why: reason };
      return { snapshot, action: 'delete' as const, why: reasonToDelete(snapshot, facts.rule) };
    })
    .toSorted(
      (a, b) => rank(a) - rank(b) || (a.action === 'delete' ? newestFirst(b.snapshot, a.snapshot) : 0),
    );
}

function rank({ action, snapshot }: RetentionVerdict): number {
  if (action === 'keep') return 2;
  return meaningOf(snapshot.status) === 'failed' ? 0 : 1;
}

function reasonToKeep(snapshot: Snapshot, newest: readonly Snapshot[], facts: RetentionFacts): string | null {
  const { rule, now } = facts;
  const marker = parseMarker(snapshot.description);
  if (marker === null) return 'not made by this action';
  if (!isOwn(marker, facts.origin)) return `made by another repository (${marker.repository})`;
  if (marker.runId === normalizeOrigin(facts.origin).runId) return 'made by this run';
  if (facts.protectedIds?.includes(snapshot.id)) return 'used by this run';
  if (meaningOf(snapshot.status) === 'pending') return `not finished ('${snapshot.status}')`;
  if (newest.includes(snapshot))
    return rule.keepLast === 1 ? 'the newest completed' : `among the newest ${rule.keepLast} completed`;
  if (!isAddressable(snapshot)) return 'its id cannot be used safely';
  const age = ageOf(snapshot, now);
  if (age === null) return 'its creation time is missing, unreadable or in the future';
  if (rule.olderThan !== null && age <= rule.olderThan) return 'not old enough';
  return null;
}

function reasonToDelete(snapshot: Snapshot, rule: RetentionRule): string {
  if (meaningOf(snapshot.status) === 'failed') return `'${snapshot.status}' is no restore point`;
  const beyond =
    rule.keepLast === 1 ? 'not the newest completed' : `beyond the newest ${rule.keepLast} completed`;
  return rule.olderThan === null ? beyond : `${beyond}, and old enough`;
}
