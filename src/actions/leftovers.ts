import { describeError } from '../github/log.ts';
import { type ServerRecord } from '../github/state.ts';
import { LOOKS, type Schedule } from '../snapshots/schedule.ts';
import { findByKey } from '../snapshots/waiting.ts';
import { type Snapshot } from '../vps/model.ts';
import { type Deps, FailedError, pause } from './deps.ts';
import { look } from './look.ts';
import { startServer } from './power.ts';
import { labelOf } from './track.ts';

/** What a main step that was cut off may have left: servers it stopped, and requests it saw no answer to. */
export interface Leftover {
  readonly record: ServerRecord;
  /** The snapshot's status word as a list shows it now; `null` where nobody looked or it is not listed. */
  readonly status: string | null;
}

/** Main stopped this server and did not see it active again. */
export function isLeftStopped({ power }: ServerRecord): boolean {
  return power !== null && power.found === 'active' && power.stop !== 'none' && !power.started;
}

/** Whether the API may have made more, or other, snapshots than main came to know. */
export function isUncertain({ phase, resent }: ServerRecord): boolean {
  return phase === 'intent' || resent;
}

/** Starts what main left stopped; gives whether all are active again; failures are told. */
export async function startLeftStopped(
  records: readonly ServerRecord[],
  deps: Deps,
  schedule: Schedule,
  until: number,
): Promise<boolean> {
  let started = true;
  await Promise.all(
    records.filter(isLeftStopped).map(async (record) => {
      const label = labelOf(record);
      deps.log.event(label, 'the snapshot step stopped this server and was cut off before it started it');
      try {
        const doubtful = record.power?.stop !== 'confirmed';
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

/** Looks a record's snapshots up: by the key where main did not get an answer, by the id for its status. */
export async function findLeftover(
  record: ServerRecord,
  deps: Deps,
  schedule: Schedule,
  until: number,
): Promise<Leftover> {
  const label = labelOf(record);
  const family = await readFamily(record, deps, schedule, until);
  if (family === null) {
    const what =
      record.snapshotId === null
        ? `whether the snapshot ${record.name} was made`
        : `what became of snapshot ${record.snapshotId}`;
    deps.log.warning(
      'Unknown state of a snapshot',
      `${label}: it is unknown ${what}, because the list could not be read. Look for it in the panel of VPS.org.`,
    );
    return { record, status: null };
  }
  const chosen = family.find((s) => s.id === record.snapshotId) ?? family[0];
  if (chosen === undefined) {
    const name = record.snapshotId ?? record.name;
    deps.log.event(label, `no list shows snapshot ${name}; none is known to be left by this step`);
    return { record, status: null };
  }
  if (record.snapshotId === null) {
    deps.log.event(
      label,
      `found snapshot ${chosen.id} (${chosen.status}), whose id the step did not get to know`,
    );
  }
  const twins = family.filter((s) => s !== chosen && s.id !== '').map((s) => s.id);
  return {
    status: chosen.status,
    record: {
      ...record,
      snapshotId: chosen.id === '' ? record.snapshotId : chosen.id,
      createdAt: chosen.createdAt,
      sizeMb: chosen.sizeMb,
      twins: [...new Set([...record.twins, ...twins])],
    },
  };
}

/** The listed snapshots with the record's key or id; empty where complete lists show none, `null` for outages. */
async function readFamily(
  record: ServerRecord,
  deps: Deps,
  schedule: Schedule,
  until: number,
): Promise<Snapshot[] | null> {
  // The server may still be at work on a request that was cut off, so that its absence counts after a while only.
  const looks = record.snapshotId === null ? LOOKS.slowCreate : 1;
  let complete = 0;
  for (let tries = 0; complete < looks && tries < 2 * looks && deps.clock.now() < until; tries += 1) {
    if (tries > 0) await pause(deps, schedule.doubt);
    try {
      const seen = await look(() => deps.api.listSnapshots({ serverId: record.server }, until));
      if ('outage' in seen) continue;
      const keyed = findByKey(seen.value.snapshots, record.key);
      const named = seen.value.snapshots.filter((s) => s.id === record.snapshotId && !keyed.includes(s));
      if (keyed.length + named.length > 0) return [...keyed, ...named];
      if (seen.value.complete) complete += 1;
    } catch (error) {
      deps.log.debug(describeError(error));
      return null;
    }
  }
  return complete >= looks ? [] : null;
}
