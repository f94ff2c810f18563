import { describeError } from '../../github/log.ts';
import { type ServerRecord, type StepRecord } from '../../github/state.ts';
import { POLL_LIMITS, type Schedule } from '../../snapshots/schedule.ts';
import { contradicts } from '../../snapshots/server.ts';
import { meaningOf } from '../../snapshots/status.ts';
import { findByKey, findUnmarked } from '../../snapshots/lookup.ts';
import { type Snapshot, type SnapshotList } from '../../vps/model.ts';
import { type Deps, pause } from '../common/deps.ts';
import { FailedError } from '../common/errors.ts';
import { look } from '../common/poll.ts';
import { isStoppedByUs, startServer } from '../server/power.ts';
import { labelOf, printId } from '../common/labels.ts';

/** A further snapshot with the key of the step. */
export type Duplicate = Pick<Snapshot, 'id' | 'idIsLossless' | 'status'>;

/** What main left on one server: its own record, which is never changed, and what post's list shows of it. */
export interface RecoveredRecord {
  readonly record: ServerRecord;
  /** Whether post read a list that would show it. */
  readonly looked: boolean;
  /** The step's snapshot as that list shows it; `null` where it does not, or nobody looked. */
  readonly found: Snapshot | null;
  /** The id main saved, else the one found by the key. */
  readonly id: string | null;
  /** Further snapshots with the same key; not exact where only main has seen them. */
  readonly duplicates: readonly Duplicate[];
  /** The wait action of this job saw it completed. */
  readonly awaited: boolean;
}

/** A record before anybody looked. */
export function leaveAsSaved(
  record: ServerRecord,
  { completionProofs }: Pick<Deps, 'completionProofs'>,
): RecoveredRecord {
  return {
    record,
    looked: false,
    found: null,
    id: record.snapshotId,
    awaited: record.snapshotId !== null && completionProofs.has(record.snapshotId),
    duplicates: record.duplicates.map((id) => ({ id, idIsLossless: false, status: '' })),
  };
}

/** Whether the API may have made a snapshot that main did not get to know. */
export function isUncertain({ phase, resent }: ServerRecord): boolean {
  return phase === 'intent' || resent;
}

/**
 * Whether post must read the list first: before it reports a snapshot that main did not see completed or that may
 * have a duplicate, and before it deletes one that the API has not shown yet.
 */
export function needsLook(record: ServerRecord, step: StepRecord, deletes: boolean): boolean {
  const unseen = record.phase === 'created' && (!step.succeeded || (deletes && !record.shown));
  return isUncertain(record) || record.duplicates.length > 0 || unseen;
}

/** Whether the snapshot is known to be completed, by main, by the wait action or by post's own list. */
export function isCompleted({ record, found, looked, awaited }: RecoveredRecord): boolean {
  if (found !== null) return meaningOf(found.status) === 'completed';
  return !looked && (record.phase === 'completed' || awaited);
}

/** Whether the snapshot's id is certain to the last digit (design §4). */
export function isLossless({ record, found }: RecoveredRecord): boolean {
  return found?.idIsLossless ?? record.idIsLossless;
}

/** Starts what main left stopped; gives whether all are active again. Failures are told. */
export async function startLeftStopped(
  records: readonly ServerRecord[],
  deps: Deps,
  schedule: Schedule,
  until: number,
): Promise<boolean> {
  let started = true;
  await Promise.all(
    records.map(async (record) => {
      if (!isStoppedByUs(record.power)) return;
      const label = labelOf(record);
      deps.log.event(
        label,
        'the snapshot step stopped this server and was cut off before it was active again',
      );
      try {
        const uncertain = record.power.stop !== 'confirmed';
        await startServer({ id: record.server, label }, deps, { schedule, until, uncertain });
      } catch (error) {
        deps.log.error(
          error instanceof FailedError ? error.title : 'Server not started',
          describeError(error),
        );
        started = false;
      }
    }),
  );
  return started;
}

/**
 * Looks a record's snapshot up. What main knows stays what it is: a snapshot with the same key that turns up
 * beside it is a duplicate, never its replacement.
 */
export async function recoverRecord(
  record: ServerRecord,
  deps: Deps,
  schedule: Schedule,
  until: number,
): Promise<RecoveredRecord> {
  const label = labelOf(record);
  const list = await readUntilFound(record, deps, schedule, until);
  if (list === null) {
    const what =
      record.snapshotId === null
        ? `whether the snapshot ${record.name} was made`
        : `what became of snapshot ${record.snapshotId}`;
    deps.log.warning(
      'Unknown state of a snapshot',
      `${label}: it is unknown ${what}, because the list could not be read. Look for it in the panel of VPS.org.`,
    );
    return leaveAsSaved(record, deps);
  }
  const candidates = candidatesOf(record, list);
  const found =
    record.snapshotId === null
      ? (candidates[0] ?? null)
      : (candidates.find((s) => s.id === record.snapshotId) ?? null);
  const id = record.snapshotId ?? (found === null || found.id === '' ? null : found.id);
  const duplicates = candidates.filter((s) => s !== found && s.id !== id);
  reportFound(record, found, list, deps);
  if (record.resent && candidates.length < 2) {
    deps.log.event(
      label,
      `the create request was sent twice, and no list shows a second snapshot ${record.name}; it may still appear`,
    );
  }
  return { ...leaveAsSaved(record, deps), looked: true, found, id, duplicates };
}

function reportFound(record: ServerRecord, found: Snapshot | null, list: SnapshotList, deps: Deps): void {
  const label = labelOf(record);
  if (record.snapshotId !== null && found === null) {
    deps.log.event(label, `snapshot ${record.snapshotId} is not listed now`);
  } else if (record.snapshotId === null && found !== null) {
    deps.log.event(
      label,
      `found snapshot ${printId(found.id)} (${record.name}, ${found.status}), which the step did not get to know`,
    );
  } else if (found === null) {
    deps.log.event(label, `no list shows a snapshot with the key of this step (${record.name})`);
  }
  const candidate = isUncertain(record) ? findUnmarked(list.snapshots, record.name, null) : undefined;
  if (candidate === undefined || candidate.id === record.snapshotId) return;
  deps.log.warning(
    'Unknown whether a snapshot was made',
    `${label}: snapshot ${candidate.id} has the name ${record.name} but no mark; it may be this step's. It is not touched; look at it in the panel of VPS.org.`,
  );
}

function candidatesOf(record: ServerRecord, list: SnapshotList): Snapshot[] {
  const keyed = findByKey(list.snapshots, record.key);
  const named = list.snapshots.filter(
    (s) =>
      s.id !== '' && s.id === record.snapshotId && !keyed.includes(s) && !contradicts(s.server, record.ids),
  );
  return [...keyed, ...named];
}

/** The first list that shows all that is looked for, else the last of enough complete ones; `null` for outages. */
async function readUntilFound(
  record: ServerRecord,
  deps: Deps,
  schedule: Schedule,
  until: number,
): Promise<SnapshotList | null> {
  // The server may still be at work on a request that was cut off, so that absence counts after a while only;
  // main has waited that long already where it saw the snapshot completed.
  const resolved = record.snapshotId !== null && (!record.resent || record.phase === 'completed');
  const looks = resolved ? 1 : POLL_LIMITS.slowCreate;
  const expected = record.resent ? 2 : 1;
  let last: SnapshotList | null = null;
  let complete = 0;
  for (let tries = 0; tries < 2 * looks && deps.clock.now() < until; tries += 1) {
    if (tries > 0) await pause(deps, schedule.fastPoll);
    try {
      const seen = await look(() => deps.api.listSnapshots({ serverId: record.server }, until));
      if ('outage' in seen) continue;
      if (seen.value.complete) complete += 1;
      const candidates = candidatesOf(record, seen.value).length;
      if (complete >= looks || candidates >= expected) return seen.value;
      if (candidates > 0) last = seen.value;
    } catch (error) {
      deps.log.debug(describeError(error));
      break;
    }
  }
  return last;
}
