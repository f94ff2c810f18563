import { describeSnapshot, parseMarker } from '../snapshots/marker.ts';
import { addKeySuffix } from '../snapshots/name.ts';
import { LOOKS, type Schedule } from '../snapshots/schedule.ts';
import { contradicts, matchServer } from '../snapshots/server.ts';
import { SLOT_LIMIT } from '../snapshots/slots.ts';
import { findByKey } from '../snapshots/waiting.ts';
import { certaintyOf, isSlow, VpsError } from '../vps/errors.ts';
import { isAddressable, type Snapshot, type SnapshotList } from '../vps/model.ts';
import {
  foreignAnswer,
  notCreated,
  serverFull,
  slotNotFreed,
  unknownOutcome,
  unmarkedSuspect,
  withoutId,
} from './creation-errors.ts';
import { type Deps, pause } from './deps.ts';
import { type FailedError } from './errors.ts';
import { look } from './look.ts';
import { labelOf, showId, type Track } from './track.ts';

export interface CreationOptions {
  readonly schedule: Schedule;
  /** The user's own text of the description. */
  readonly text: string;
  /** Monotonic deadline. */
  readonly until: number;
  /** The snapshot that was deleted to make room: the API may need a moment to see it. */
  readonly rotated: Snapshot | null;
}

/**
 * Requests the snapshot of one server, exactly once as far as the API lets anybody know (design §3.2): the
 * intent is saved before each request, the id straight after its answer, and an answer that was lost is looked
 * for in the list instead of asked for again.
 *
 * Throws {@link FailedError} with the API's reason where none was made, or where nobody can know.
 */
export async function createSnapshot(track: Track, deps: Deps, options: CreationOptions): Promise<void> {
  const tries: Tries = { renamed: false, whileFull: 0 };
  for (let settled = false; !settled;) {
    const failure = await request(track, deps, options);
    if (failure === null) return;
    const settle = certaintyOf(failure) === 'unclear' ? settleUnclear : settleRefused;
    settled = await settle(failure, track, deps, options, tries);
  }
}

/** What was tried already, each of it once or for a limited time. */
interface Tries {
  renamed: boolean;
  whileFull: number;
}

/** After a lost answer: true when the snapshot was found, false when the request is to be sent once more. */
async function settleUnclear(
  failure: VpsError,
  track: Track,
  deps: Deps,
  options: CreationOptions,
): Promise<boolean> {
  if (await findLostAnswer(track, deps, options, failure)) return true;
  if (track.record.resent) throw unknownOutcome(track, failure);
  deps.log.event(
    labelOf(track.record),
    `no list shows the snapshot ${track.record.name}: the request is sent once more, with the same key`,
  );
  track.save({ resent: true });
  return false;
}

/**
 * After a refusal: true when a snapshot of this step turned up, false when another request may be taken. Only a
 * 400 has meanings that a list can tell apart: an earlier request of ours, a taken name, a full server.
 */
async function settleRefused(
  failure: VpsError,
  track: Track,
  deps: Deps,
  options: CreationOptions,
  tries: Tries,
): Promise<boolean> {
  const refused = (error: FailedError): FailedError => {
    // An earlier, unclear request of this step stays unclear whatever became of this one.
    if (!track.record.resent) track.save({ phase: 'refused' });
    return error;
  };
  if (failure.status !== 400) throw refused(notCreated(track, failure));
  const list = await readAfterRefusal(track, deps, options, failure);
  const [found, ...twins] = findByKey(list.snapshots, track.record.key);
  if (found !== undefined) {
    adopt(track, deps, found, twins);
    return true;
  }
  const suspect = track.record.resent ? findUnmarked(list.snapshots, track) : undefined;
  if (suspect !== undefined) throw unmarkedSuspect(track, suspect, failure);
  if (!tries.renamed && hasName(list, track)) {
    tries.renamed = true;
    const name = addKeySuffix(track.record.name, track.record.key);
    deps.log.event(labelOf(track.record), `the name ${track.record.name} is taken there; trying ${name}`);
    track.save({ name });
    return false;
  }
  const { rotated } = options;
  if (rotated !== null && tries.whileFull < LOOKS.slotFreed) {
    tries.whileFull += 1;
    await pause(deps, options.schedule.doubt);
    return false;
  }
  const context = { now: list.now ?? deps.clock.wall(), cause: failure };
  if (rotated !== null) throw refused(slotNotFreed(track, deps, rotated, list.snapshots, context));
  if (list.snapshots.length < SLOT_LIMIT) throw refused(notCreated(track, failure));
  throw refused(serverFull(track, deps, list.snapshots, '', { ...context, rotates: false }));
}

/** Sends one create request; `null` when the snapshot exists now, with its id saved. */
async function request(track: Track, deps: Deps, options: CreationOptions): Promise<VpsError | null> {
  const { record } = track;
  const { description, cut } = describeSnapshot(options.text, { ...deps.job.origin, key: record.key });
  if (cut && !track.record.resent) {
    deps.log.notice(
      'Description cut',
      `${labelOf(record)}: 'description' was cut to what fits before the mark of this action.`,
    );
  }
  track.save({ phase: 'intent' });
  try {
    const snapshot = await deps.api.createSnapshot(
      { serverId: record.server, name: record.name, description },
      options.until,
    );
    refuseForeign(track, snapshot);
    adopt(track, deps, snapshot, []);
    if (parseMarker(snapshot.description)?.key !== record.key) {
      deps.log.warning(
        'Description not kept',
        `VPS.org did not keep the description of snapshot ${snapshot.id} as it was sent. The snapshot is fine and known by its id; but rotation, retention and reuse cannot see that it belongs to this repository.`,
      );
    }
    return null;
  } catch (error) {
    if (!(error instanceof VpsError)) throw error;
    if (certaintyOf(error) === 'unclear') deps.log.event(labelOf(record), `unclear answer: ${error.message}`);
    return error;
  }
}

/** An answer about a snapshot that was there before, is of another step or of another server, is not adopted. */
function refuseForeign(track: Track, snapshot: Snapshot): void {
  const { record, before } = track;
  const marker = parseMarker(snapshot.description);
  if (before?.some((s) => s.id === snapshot.id)) throw foreignAnswer(track, snapshot, 'was there before');
  if (marker !== null && marker.key !== record.key) {
    throw foreignAnswer(track, snapshot, `carries the mark of run ${marker.runId} of ${marker.repository}`);
  }
  if (contradicts(snapshot.server, record.ids)) {
    throw foreignAnswer(track, snapshot, `is of server ${snapshot.server.id ?? 'unknown'}`);
  }
}

/** Takes a snapshot over as this step's own: the id is saved before anything else happens. */
function adopt(track: Track, deps: Deps, snapshot: Snapshot, twins: readonly Snapshot[]): void {
  track.save({
    phase: 'created',
    snapshotId: snapshot.id === '' ? null : snapshot.id,
    exact: snapshot.exact,
    shown: parseMarker(snapshot.description)?.key === track.record.key,
    createdAt: snapshot.createdAt,
    sizeMb: snapshot.sizeMb,
    twins: twins.map((s) => s.id).filter((id) => id !== ''),
  });
  track.meet(snapshot.server);
  track.show({ snapshot });
  if (snapshot.id === '') throw withoutId(track);
  const label = labelOf(track.record);
  deps.log.event(label, `snapshot ${snapshot.id} (${snapshot.name ?? track.record.name}) is being made`);
  for (const twin of twins) {
    const fate = isAddressable(twin)
      ? 'the post step deletes it'
      : 'it stays, delete it in the panel of VPS.org';
    deps.log.event(label, `a second snapshot, ${showId(twin.id)}, has the same key; ${fate}`);
  }
}

/** Looks for the key in complete lists until it is there or certainly not (design §3.2). */
async function findLostAnswer(
  track: Track,
  deps: Deps,
  options: CreationOptions,
  failure: VpsError,
): Promise<boolean> {
  const looks = isSlow(failure) ? LOOKS.slowCreate : LOOKS.unclearCreate;
  let outages = 0;
  for (let complete = 0; complete < looks;) {
    await pause(deps, options.schedule.doubt);
    if (deps.clock.now() >= options.until) throw unknownOutcome(track, failure);
    const seen = await look(() => readServer(track, deps, options.until)).catch((error: unknown) => {
      throw unknownOutcome(track, error);
    });
    if ('outage' in seen) {
      outages += 1;
      if (outages >= looks) throw unknownOutcome(track, failure);
      continue;
    }
    const [found, ...twins] = findByKey(seen.value.snapshots, track.record.key);
    if (found !== undefined) {
      adopt(track, deps, found, twins);
      return true;
    }
    const suspect = findUnmarked(seen.value.snapshots, track);
    if (suspect !== undefined) throw unmarkedSuspect(track, suspect, failure);
    if (seen.value.complete) complete += 1;
    else outages += 1;
    if (outages >= looks) throw unknownOutcome(track, failure);
  }
  return false;
}

/** The one list after a 400, which tells a full server and a taken name from a wrong request. */
async function readAfterRefusal(
  track: Track,
  deps: Deps,
  options: CreationOptions,
  failure: VpsError,
): Promise<ServerList> {
  try {
    return await readServer(track, deps, options.until);
  } catch (error) {
    deps.log.debug(`no list after the refusal: ${String(error)}`);
    throw notCreated(track, failure);
  }
}

/** The server's own part of a list, and all that the API gave: names may be unique in the whole account. */
interface ServerList extends SnapshotList {
  readonly listed: readonly Snapshot[];
}

async function readServer(track: Track, deps: Deps, until: number): Promise<ServerList> {
  const list = await deps.api.listSnapshots({ serverId: track.record.server }, until);
  const match = matchServer(list.snapshots, track.record.ids);
  const keyed = findByKey(list.snapshots, track.record.key).filter((s) => !match.snapshots.includes(s));
  return { ...list, snapshots: [...match.snapshots, ...keyed], listed: list.snapshots };
}

function hasName(list: ServerList, { record }: Track): boolean {
  return list.listed.some((s) => s.name === record.name && parseMarker(s.description)?.key !== record.key);
}

/** A new snapshot of this name without any marker: likely this step's, on an API that drops descriptions. */
export function findUnmarked(
  snapshots: readonly Snapshot[],
  { record, before }: Pick<Track, 'record' | 'before'>,
): Snapshot | undefined {
  const known = new Set(before?.map((s) => s.id));
  return snapshots.find(
    (s) => s.name === record.name && !known.has(s.id) && parseMarker(s.description) === null,
  );
}
