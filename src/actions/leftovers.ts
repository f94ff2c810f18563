import { describeError } from '../github/log.ts';
import { type ServerRecord, type StepRecord } from '../github/state.ts';
import { LOOKS, type Schedule } from '../snapshots/schedule.ts';
import { contradicts } from '../snapshots/server.ts';
import { meaningOf } from '../snapshots/status.ts';
import { findByKey } from '../snapshots/waiting.ts';
import { type Snapshot, type SnapshotList } from '../vps/model.ts';
import { findUnmarked } from './creation.ts';
import { type Deps, pause } from './deps.ts';
import { FailedError } from './errors.ts';
import { look } from './look.ts';
import { isStoppedByUs, startServer } from './power.ts';
import { labelOf, showId } from './track.ts';

/** A further snapshot with the key of the step. */
export type Twin = Pick<Snapshot, 'id' | 'exact' | 'status'>;

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
  readonly twins: readonly Twin[];
  /** The wait action of this job saw it completed. */
  readonly awaited: boolean;
}

/** A record before anybody looked. */
export function leaveAsSaved(record: ServerRecord, { evidence }: Pick<Deps, 'evidence'>): Leftover {
  return {
    record,
    looked: false,
    found: null,
    id: record.snapshotId,
    awaited: record.snapshotId !== null && evidence.has(record.snapshotId),
    twins: record.twins.map((id) => ({ id, exact: false, status: '' })),
  };
}

/** Whether the API may have made a snapshot that main did not get to know. */
export function isUncertain({ phase, resent }: ServerRecord): boolean {
  return phase === 'intent' || resent;
}

/**
 * Whether post must read the list first: before it reports a snapshot that main did not see completed or that may
 * have a twin, and before it deletes one that the API has not shown yet.
 */
export function needsLook(record: ServerRecord, step: StepRecord, deletes: boolean): boolean {
  const unseen = record.phase === 'created' && (!step.succeeded || (deletes && !record.shown));
  return isUncertain(record) || record.twins.length > 0 || unseen;
}

/** Whether the snapshot is known to be completed, by main, by the wait action or by post's own list. */
export function isCompleted({ record, found, looked, awaited }: Leftover): boolean {
  if (found !== null) return meaningOf(found.status) === 'completed';
  return !looked && (record.phase === 'completed' || awaited);
}

/** Whether the snapshot's id is certain to the last digit (design §4). */
export function isExact({ record, found }: Leftover): boolean {
  return found?.exact ?? record.exact;
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
    return leaveAsSaved(record, deps);
  }
  const family = familyOf(record, list);
  const found =
    record.snapshotId === null
      ? (family[0] ?? null)
      : (family.find((s) => s.id === record.snapshotId) ?? null);
  const id = record.snapshotId ?? (found === null || found.id === '' ? null : found.id);
  const twins = family.filter((s) => s !== found && s.id !== id);
  tellFound(record, found, list, deps);
  if (record.resent && family.length < 2) {
    deps.log.event(
      label,
      `the create request was sent twice, and no list shows a second snapshot ${record.name}; it may still appear`,
    );
  }
  return { ...leaveAsSaved(record, deps), looked: true, found, id, twins };
}

function tellFound(record: ServerRecord, found: Snapshot | null, list: SnapshotList, deps: Deps): void {
  const label = labelOf(record);
  if (record.snapshotId !== null && found === null) {
    deps.log.event(label, `snapshot ${record.snapshotId} is not listed now`);
  } else if (record.snapshotId === null && found !== null) {
    deps.log.event(
      label,
      `found snapshot ${showId(found.id)} (${record.name}, ${found.status}), which the step did not get to know`,
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
  const settled = record.snapshotId !== null && (!record.resent || record.phase === 'completed');
  const looks = settled ? 1 : LOOKS.slowCreate;
  const expected = record.resent ? 2 : 1;
  let last: SnapshotList | null = null;
  let complete = 0;
  for (let tries = 0; tries < 2 * looks && deps.clock.now() < until; tries += 1) {
    if (tries > 0) await pause(deps, schedule.doubt);
    try {
      const seen = await look(() => deps.api.listSnapshots({ serverId: record.server }, until));
      if ('outage' in seen) continue;
      if (seen.value.complete) complete += 1;
      const family = familyOf(record, seen.value).length;
      if (complete >= looks || family >= expected) return seen.value;
      if (family > 0) last = seen.value;
    } catch (error) {
      deps.log.debug(describeError(error));
      break;
    }
  }
  return last;
}
