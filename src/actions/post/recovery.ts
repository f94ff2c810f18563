import { formatTime } from '../../github/format.ts';
import { describeError } from '../../github/log.ts';
import { type ServerRecord, type StepRecord } from '../../github/state.ts';
import { findByKey, findUnmarked } from '../../snapshots/lookup.ts';
import { LOST_ANSWER_READS } from '../../snapshots/polling/schedule.ts';
import { contradicts } from '../../snapshots/server.ts';
import { isCompleted } from '../../snapshots/status.ts';
import { VpsError } from '../../vps/errors.ts';
import { type Snapshot, type SnapshotList } from '../../vps/model.ts';
import { type Deps } from '../common/deps.ts';
import { labelOf, printId } from '../common/labels.ts';
import { poll } from '../common/poll.ts';

/** A further snapshot with the key of the step. */
export type Duplicate = Pick<Snapshot, 'id' | 'idIsLossless' | 'status'>;

/** What main left on one server: its own record, which is never changed, and what post's list shows of it. */
export interface RecoveredRecord {
  readonly record: ServerRecord;
  /** Whether post read a list that would show it. */
  readonly wasRead: boolean;
  /** The step's snapshot as that list shows it; `null` where it does not, or was not read. */
  readonly found: Snapshot | null;
  /** The id main saved, else the one found by the key. */
  readonly id: string | null;
  /** Further snapshots with the same key; not certain to the last digit where only main has seen them. */
  readonly duplicates: readonly Duplicate[];
  /** The wait action of this job saw it completed. */
  readonly isProvenByWait: boolean;
}

/** A record before a list was read. */
export function leaveAsSaved(
  record: ServerRecord,
  { completionProofs }: Pick<Deps, 'completionProofs'>,
): RecoveredRecord {
  return {
    record,
    wasRead: false,
    found: null,
    id: record.snapshotId,
    isProvenByWait: record.snapshotId !== null && completionProofs.has(record.snapshotId),
    duplicates: record.duplicates.map((id) => ({ id, idIsLossless: false, status: '' })),
  };
}

/** Whether the API may have made a snapshot that main did not get to know. */
export function isUncertain({ phase, resentAt }: ServerRecord): boolean {
  return phase === 'intent' || resentAt !== null;
}

/**
 * Whether post must read the list first: before it reports or deletes a snapshot that main did not see completed, or one
 * that may have a duplicate. A deletion that is refused for the moment waits only where the snapshot is not in progress.
 */
export function needsList(record: ServerRecord, step: StepRecord, deletes: boolean): boolean {
  const isUnseen = record.phase === 'created' && (!step.succeeded || deletes);
  return isUncertain(record) || record.duplicates.length > 0 || isUnseen;
}

/** Whether the snapshot is known to be completed, by main, by the wait action or by post's own list. */
export function isKnownComplete({ record, found, wasRead, isProvenByWait }: RecoveredRecord): boolean {
  if (found !== null) return isCompleted(found);
  return !wasRead && (record.phase === 'completed' || isProvenByWait);
}

/** What is reported of a completed snapshot that post has not read: main knows when it saw it, the wait action does not. */
export function describeLastSeen({ record: { completedAt } }: RecoveredRecord): string {
  return completedAt === null ? 'last seen completed' : `last seen completed at ${formatTime(completedAt)}`;
}

/** Whether the snapshot's id is certain to the last digit. */
export function isLossless({ record, found }: RecoveredRecord): boolean {
  return found?.idIsLossless ?? record.idIsLossless;
}

/**
 * Looks a record's snapshot up. What main knows stays what it is: a snapshot with the same key that turns up
 * beside it is a duplicate, never its replacement.
 */
export async function recoverRecord(record: ServerRecord, deps: Deps): Promise<RecoveredRecord> {
  const label = labelOf(record);
  const list = await readUntilFound(record, deps);
  if (list === null) {
    const what =
      record.snapshotId === null
        ? `whether the snapshot ${record.name} was made`
        : `what became of snapshot ${record.snapshotId}`;
    deps.log.warning(
      'Unknown state of a snapshot',
      `${label}: it is unknown ${what}, because no list tells. Look for it in the panel of VPS.org.`,
    );
    return leaveAsSaved(record, deps);
  }
  const candidates = candidatesOf(record, list);
  const found =
    record.snapshotId === null
      ? (candidates[0] ?? null)
      : (candidates.find((s) => s.id === record.snapshotId) ?? null);
  const id = record.snapshotId ?? found?.id ?? null;
  const duplicates = candidates.filter((s) => s !== found && (s.id === null || s.id !== id));
  reportFound(record, found, list, deps);
  if (record.resentAt !== null && candidates.length < 2) {
    deps.log.event(
      label,
      `the create request was sent twice, and no list shows a second snapshot ${record.name}; it may still appear`,
    );
  }
  return { ...leaveAsSaved(record, deps), wasRead: true, found, id, duplicates };
}

function reportFound(record: ServerRecord, found: Snapshot | null, list: SnapshotList, deps: Deps): void {
  const label = labelOf(record);
  if (record.snapshotId !== null && found === null) {
    deps.log.event(label, `snapshot ${record.snapshotId} is not listed at the moment`);
  } else if (record.snapshotId === null && found !== null) {
    deps.log.event(
      label,
      `found snapshot ${printId(found.id)} (${record.name}, ${found.status}), which the snapshot step did not know of`,
    );
  } else if (found === null) {
    deps.log.event(label, `no list shows a snapshot with the key of this step (${record.name})`);
  }
  const candidate = isUncertain(record) ? findUnmarked(list.snapshots, record.name, null) : undefined;
  const isKnown = candidate?.id != null && candidate.id === record.snapshotId;
  if (candidate === undefined || isKnown) return;
  deps.log.warning(
    'Unknown whether a snapshot was made',
    `${label}: snapshot ${printId(candidate.id)} has the name ${record.name} but no marker; it may be this step's. It is not touched; look at it in the panel of VPS.org.`,
  );
}

function candidatesOf(record: ServerRecord, list: SnapshotList): Snapshot[] {
  const keyed = findByKey(list.snapshots, record.key);
  const named = list.snapshots.filter(
    (s) =>
      s.id !== null && s.id === record.snapshotId && !keyed.includes(s) && !contradicts(s.server, record.ids),
  );
  return [...keyed, ...named];
}

/**
 * The first list that shows all that is looked for, else the last of enough complete ones; `null` where there was
 * none in time, or the API refuses it.
 */
async function readUntilFound(record: ServerRecord, deps: Deps): Promise<SnapshotList | null> {
  // The server may still be at work on a request that was cut off, so that absence counts after a while only;
  // main may have waited that long already until it saw the snapshot completed.
  const { snapshotId, resentAt, completedAt } = record;
  const patience = deps.schedule.fastPoll * LOST_ANSWER_READS.slow;
  const isOneListEnough =
    snapshotId !== null &&
    (resentAt === null || (completedAt !== null && completedAt - resentAt >= patience));
  const enough = isOneListEnough ? 1 : LOST_ANSWER_READS.slow;
  const expected = resentAt === null ? 1 : 2;
  let last: SnapshotList | null = null;
  let complete = 0;
  let reads = 0;
  try {
    const result = await poll<SnapshotList, SnapshotList | 'none'>(deps, {
      read: async (limits) => await deps.api.listSnapshots({ serverId: record.server }, limits),
      pause: () => deps.schedule.fastPoll,
      decide: (list) => {
        reads += 1;
        if (list.complete) complete += 1;
        const count = candidatesOf(record, list).length;
        if (count > 0) last = list;
        if (complete >= enough || count >= expected) return list;
        return reads >= 2 * enough ? 'none' : null;
      },
    });
    return result.kind === 'done' && result.value !== 'none' ? result.value : last;
  } catch (error) {
    if (!(error instanceof VpsError)) throw error;
    deps.log.debug(describeError(error));
    return last;
  }
}
