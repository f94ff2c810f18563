import { describeError } from '../github/log.ts';
import { type ServerRecord, type StepRecord } from '../github/state.ts';
import { LOOKS, type Schedule } from '../snapshots/schedule.ts';
import { meaningOf } from '../snapshots/status.ts';
import { findByKey } from '../snapshots/waiting.ts';
import { type Snapshot, type SnapshotList } from '../vps/model.ts';
import { type SnapshotId } from './cleanup.ts';
import { findUnmarked } from './creation.ts';
import { type Deps, pause } from './deps.ts';
import { FailedError } from './errors.ts';
import { look } from './look.ts';
import { isStoppedByUs, startServer } from './power.ts';
import { labelOf } from './track.ts';

/** What main left on one server: its own record, which is never changed, and what post's list shows of it. */
export interface Leftover {
  readonly record: ServerRecord;
  /** Whether post read a list that would show it. */
  readonly looked: boolean;
  /** The step's snapshot as that list shows it; `null` where it does not, or nobody looked. */
  readonly found: Snapshot | null;
  /** The id main saved, else the one found by the key. */
  readonly id: string | null;
  /** Further snapshots with the same key; not exact where only main has seen them. */
  readonly twins: readonly SnapshotId[];
}

/** A record before anybody looked. */
export function leaveAsSaved(record: ServerRecord): Leftover {
  return {
    record,
    looked: false,
    found: null,
    id: record.snapshotId,
    twins: record.twins.map((id) => ({ id, exact: false })),
  };
}

/** Whether the API may have made a snapshot that main did not get to know. */
export function isUncertain({ phase, resent }: ServerRecord): boolean {
  return phase === 'intent' || resent;
}

/** A snapshot that main did not follow to its end, or may have a twin, is looked up before it is spoken of. */
export function needsLook(record: ServerRecord, step: StepRecord): boolean {
  return isUncertain(record) || record.twins.length > 0 || (!step.succeeded && record.phase === 'created');
}

/** Whether the snapshot is known to be completed, by main or by post's own list. */
export function isCompleted({ record, found, looked }: Leftover): boolean {
  return found === null ? !looked && record.phase === 'completed' : meaningOf(found.status) === 'completed';
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
        const doubtful = record.power.stop !== 'confirmed';
        await startServer({ id: record.server, label }, deps, { schedule, until, doubtful });
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
 * beside it is a twin, never its replacement.
 */
export async function findLeftover(
  record: ServerRecord,
  deps: Deps,
  schedule: Schedule,
  until: number,
): Promise<Leftover> {
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
    return leaveAsSaved(record);
  }
  const family = familyOf(record, list);
  const found =
    record.snapshotId === null
      ? (family[0] ?? null)
      : (family.find((s) => s.id === record.snapshotId) ?? null);
  const id = record.snapshotId ?? (found === null || found.id === '' ? null : found.id);
  const twins = family.filter((s) => s !== found && s.id !== id);
  tellFound(record, found, list, deps);
  return {
    record,
    looked: true,
    found,
    id,
    twins,
  };
}

function tellFound(record: ServerRecord, found: Snapshot | null, list: SnapshotList, deps: Deps): void {
  const label = labelOf(record);
  if (record.snapshotId !== null && found === null) {
    deps.log.event(label, `snapshot ${record.snapshotId} is not listed now`);
  } else if (record.snapshotId === null && found !== null) {
    const id = found.id === '' ? 'without a usable id' : found.id;
    deps.log.event(
      label,
      `found snapshot ${id} (${record.name}, ${found.status}), which the step did not get to know`,
    );
  } else if (found === null) {
    deps.log.event(label, `no list shows a snapshot with the key of this step (${record.name})`);
  }
  const suspect = isUncertain(record) ? findUnmarked(list.snapshots, { record, before: null }) : undefined;
  if (suspect === undefined || suspect.id === record.snapshotId) return;
  deps.log.warning(
    'Unknown whether a snapshot was made',
    `${label}: snapshot ${suspect.id} has the name ${record.name} but no mark; it may be this step's. It is not touched; look at it in the panel of VPS.org.`,
  );
}

function familyOf(record: ServerRecord, list: SnapshotList): Snapshot[] {
  const keyed = findByKey(list.snapshots, record.key);
  const named = list.snapshots.filter((s) => s.id !== '' && s.id === record.snapshotId && !keyed.includes(s));
  return [...keyed, ...named];
}

/** The first list that shows what is looked for, or the last of enough complete ones; `null` for outages. */
async function readUntilFound(
  record: ServerRecord,
  deps: Deps,
  schedule: Schedule,
  until: number,
): Promise<SnapshotList | null> {
  // The server may still be at work on a request that was cut off, so that absence counts after a while only.
  const looks = record.snapshotId === null ? LOOKS.slowCreate : 1;
  let complete = 0;
  for (let tries = 0; tries < 2 * looks && deps.clock.now() < until; tries += 1) {
    if (tries > 0) await pause(deps, schedule.doubt);
    try {
      const seen = await look(() => deps.api.listSnapshots({ serverId: record.server }, until));
      if ('outage' in seen) continue;
      if (seen.value.complete) complete += 1;
      if (complete >= looks || familyOf(record, seen.value).length > 0) return seen.value;
    } catch (error) {
      deps.log.debug(describeError(error));
      return null;
    }
  }
  return null;
}
