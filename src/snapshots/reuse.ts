import { isAddressable, type Snapshot } from '../vps/model.ts';
import { ageOf, mayBeNewer } from './age.ts';
import { normalizeOrigin, parseMarker, type Origin } from './marker.ts';
import { meaningOf } from './status.ts';

const DAY = 24 * 60 * 60 * 1000;

export interface ReuseFacts {
  /** The server's snapshots, no other's. */
  readonly snapshots: readonly Snapshot[];
  readonly complete: boolean;
  readonly origin: Origin;
  /** The API's time, epoch milliseconds. */
  readonly now: number;
}

/**
 * The snapshot that an earlier attempt of this run made before its deploy, or why none is taken
 * (`on_rerun: reuse`, design §3.2). A snapshot that any later deploy may have followed is not reused: it
 * would not be the state before the first, failed deploy.
 */
export function findReusable(facts: ReuseFacts): { readonly snapshot: Snapshot } | { readonly why: string } {
  const origin = normalizeOrigin(facts.origin);
  if (origin.runAttempt < 2) return { why: 'this is the first attempt of the run' };
  if (!facts.complete) return { why: 'the list of snapshots is incomplete' };
  const earlier = facts.snapshots.filter((s) => {
    const m = parseMarker(s.description);
    return (
      m !== null &&
      m.repositoryId === origin.repositoryId &&
      m.runId === origin.runId &&
      m.runAttempt < origin.runAttempt &&
      m.job === origin.job &&
      m.step === origin.step
    );
  });
  if (earlier.length === 0)
    return { why: 'no earlier attempt of this run has a snapshot of this job and step there' };
  const completed = earlier.filter((s) => meaningOf(s.status) === 'completed');
  const [snapshot, second] = completed;
  if (snapshot === undefined)
    return { why: `the earlier snapshot is not completed ('${earlier[0]?.status ?? ''}')` };
  if (second !== undefined)
    return { why: `${completed.length} earlier snapshots qualify, so none is certain` };
  if (!isAddressable(snapshot)) return { why: 'the earlier snapshot has no usable id' };
  const age = ageOf(snapshot, facts.now);
  if (age === null)
    return { why: 'the creation time of the earlier snapshot is missing, unreadable or in the future' };
  if (age >= DAY) return { why: 'the earlier snapshot is 24 hours old or older' };
  const newer = facts.snapshots.find(
    (s) => s !== snapshot && parseMarker(s.description) !== null && mayBeNewer(s, snapshot),
  );
  if (newer !== undefined) return { why: `a newer marked snapshot (${newer.id}) is on the server` };
  return { snapshot };
}
