import { type Snapshot } from '../vps/model.ts';
import { isBeingDeleted, isPending } from './status.ts';

/** Ages and order by the API's times alone: runners and servers disagree about the hour. */

/** The API's "now" is its `Date` header, which has whole seconds. */
const SECOND = 1000;

/** Milliseconds since creation, or `null` where it cannot be known: no time, an unreadable or a future one. */
export function ageOf(snapshot: Pick<Snapshot, 'created'>, now: number | null): number | null {
  if (snapshot.created === null || now === null || snapshot.created >= now + SECOND) return null;
  return Math.max(0, now - snapshot.created);
}

/** Sorts newest first; what has no readable time counts as newest, so that doubt protects it. */
export function newestFirst(a: Pick<Snapshot, 'created'>, b: Pick<Snapshot, 'created'>): number {
  if (a.created === b.created) return 0;
  if (a.created === null) return -1;
  if (b.created === null) return 1;
  return b.created - a.created;
}

/** Whether `other` may be newer than `mine`: equal and unreadable times count as newer. */
export function mayBeNewer(other: Pick<Snapshot, 'created'>, mine: Pick<Snapshot, 'created'>): boolean {
  return other.created === null || mine.created === null || other.created >= mine.created;
}

export const HOUR = 60 * 60 * 1000;
export const DAY = 24 * HOUR;

/** In progress for no more than a day, as far as anybody knows: somebody may work on it. */
export function isAtWork(snapshot: Pick<Snapshot, 'created' | 'status'>, now: number | null): boolean {
  return isPending(snapshot) && !isBeingDeleted(snapshot) && (ageOf(snapshot, now) ?? 0) <= DAY;
}

/** In progress for more than a day, or on its way out: it holds a slot, and nobody works on it. */
export function isDead(snapshot: Pick<Snapshot, 'created' | 'status'>, now: number | null): boolean {
  // Without a status it may be complete.
  return isPending(snapshot) && snapshot.status !== '' && !isAtWork(snapshot, now);
}
