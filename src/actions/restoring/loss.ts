import { formatClock, formatMinutes } from '../../github/format.ts';
import { ageOf } from '../../snapshots/age.ts';
import { parseTime } from '../../vps/model.ts';
import { type Restore } from './restore.ts';

/** What a restore goes back to, and how much that loses. */
export interface Loss {
  /** ` to 03:07 UTC`, with the day where it is another one; empty where nobody knows. */
  readonly to: string;
  /** `14 min of writes lost`. */
  readonly lost: string;
  /** The same in milliseconds, `null` where nobody knows. */
  readonly ms: number | null;
}

/** The time is the snapshot's: everything written from then on until the restore is lost. */
export function lossOf(restore: Restore): Loss {
  const since = parseTime(sinceOf(restore));
  const until = restore.requestedAt;
  if (since === null || until === undefined)
    return { to: '', lost: 'all writes since the snapshot lost', ms: null };
  const day = new Date(since).toISOString().slice(0, 10);
  const isSameDay = new Date(until).toISOString().startsWith(day);
  const clock = formatClock(since);
  const ms = Math.max(0, until - since);
  return {
    to: ` to ${isSameDay ? clock : `${day} ${clock}`}`,
    lost: `${formatMinutes(ms)} of writes lost`,
    ms,
  };
}

/** From when on writes are lost, as the API says it; `null` where it says none, or one that is still to come. */
export function sinceOf(restore: Restore): string | null {
  const createdAt = createdAtOf(restore);
  const isKnown = ageOf({ created: parseTime(createdAt) }, restore.requestedAt ?? Infinity) !== null;
  return isKnown ? createdAt : null;
}

/** When the snapshot was taken, as the API says it. */
export function createdAtOf({ snapshot, target }: Restore): string | null {
  return snapshot?.createdAt ?? target.createdAt;
}
