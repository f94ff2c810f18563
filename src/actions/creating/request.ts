import { findUnmarked, findByKey } from '../../snapshots/lookup.ts';
import { describeSnapshot, parseMarker } from '../../snapshots/marker.ts';
import { addKeySuffix } from '../../snapshots/name.ts';
import { POLL_LIMITS, type Schedule } from '../../snapshots/schedule.ts';
import { contradicts, matchServer } from '../../snapshots/server.ts';
import { SLOT_LIMIT } from '../../snapshots/slots.ts';
import { outcomeOf, isSlow, VpsError } from '../../vps/errors.ts';
import { isAddressable, type Snapshot, type SnapshotList } from '../../vps/model.ts';
import {
  foreignAnswer,
  notCreated,
  serverFull,
  slotNotFreed,
  unknownOutcome,
  unmarkedCandidate,
  withoutId,
} from './errors.ts';
import { type Deps, pause } from '../common/deps.ts';
import { type FailedError } from '../common/errors.ts';
import { look } from '../common/poll.ts';
import { type ServerProgress } from './progress.ts';
import { labelOf, printId } from '../common/labels.ts';

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
export async function createSnapshot(
  progress: ServerProgress,
  deps: Deps,
  options: CreationOptions,
): Promise<void> {
  const tries: Tries = { renamed: false, whileFull: 0 };
  for (let resolved = false; !resolved;) {
    const failure = await request(progress, deps, options);
    if (failure === null) return;
    const resolve = outcomeOf(failure) === 'unclear' ? resolveUnclear : resolveRefused;
    resolved = await resolve(failure, progress, deps, options, tries);
  }
}

/** What was tried already, each of it once or for a limited time. */
interface Tries {
  renamed: boolean;
  whileFull: number;
}

/** After a lost answer: true when the snapshot was found, false when the request is to be sent once more. */
async function resolveUnclear(
  failure: VpsError,
  progress: ServerProgress,
  deps: Deps,
  options: CreationOptions,
): Promise<boolean> {
  if (await findLostAnswer(progress, deps, options, failure)) return true;
  if (progress.record.resent) throw unknownOutcome(progress, failure);
  deps.log.event(
    labelOf(progress.record),
    `no list shows the snapshot ${progress.record.name}: the request is sent once more, with the same key`,
  );
  progress.save({ resent: true });
  return false;
}

/**
 * After a refusal: true when a snapshot of this step turned up, false when another request may be taken. Only a
 * 400 has meanings that a list can tell apart: an earlier request of ours, a taken name, a full server.
 */
async function resolveRefused(
  failure: VpsError,
  progress: ServerProgress,
  deps: Deps,
  options: CreationOptions,
  tries: Tries,
): Promise<boolean> {
  const refused = (error: FailedError): FailedError => {
    // An earlier, unclear request of this step stays unclear whatever became of this one.
    if (!progress.record.resent) progress.save({ phase: 'refused' });
    return error;
  };
  if (failure.status !== 400) throw refused(notCreated(progress, failure));
  const list = await readAfterRefusal(progress, deps, options, failure);
  const [found, ...duplicates] = findByKey(list.snapshots, progress.record.key);
  if (found !== undefined) {
    claim(progress, deps, found, duplicates);
    return true;
  }
  const candidate = progress.record.resent
    ? findUnmarked(list.snapshots, progress.record.name, progress.before)
    : undefined;
  if (candidate !== undefined) throw unmarkedCandidate(progress, candidate, failure);
  if (!tries.renamed && hasName(list, progress)) {
    tries.renamed = true;
    const name = addKeySuffix(progress.record.name, progress.record.key);
    deps.log.event(
      labelOf(progress.record),
      `the name ${progress.record.name} is taken there; trying ${name}`,
    );
    progress.save({ name });
    return false;
  }
  const { rotated } = options;
  if (rotated !== null && tries.whileFull < POLL_LIMITS.slotFreed) {
    tries.whileFull += 1;
    await pause(deps, options.schedule.fastPoll);
    return false;
  }
  const context = { now: list.now ?? deps.clock.wall(), cause: failure };
  if (rotated !== null) throw refused(slotNotFreed(progress, deps, rotated, list.snapshots, context));
  if (list.snapshots.length < SLOT_LIMIT) throw refused(notCreated(progress, failure));
  throw refused(serverFull(progress, deps, list.snapshots, '', { ...context, rotates: false }));
}

/** Sends one create request; `null` when the snapshot exists now, with its id saved. */
async function request(
  progress: ServerProgress,
  deps: Deps,
  options: CreationOptions,
): Promise<VpsError | null> {
  const { record } = progress;
  const { description, cut } = describeSnapshot(options.text, { ...deps.job.origin, key: record.key });
  if (cut && !progress.record.resent) {
    deps.log.notice(
      'Description cut',
      `${labelOf(record)}: 'description' was cut to what fits before the mark of this action.`,
    );
  }
  progress.save({ phase: 'intent' });
  try {
    const snapshot = await deps.api.createSnapshot(
      { serverId: record.server, name: record.name, description },
      options.until,
    );
    refuseForeign(progress, snapshot);
    claim(progress, deps, snapshot, []);
    if (parseMarker(snapshot.description)?.key !== record.key) {
      deps.log.warning(
        'Description not kept',
        `VPS.org did not keep the description of snapshot ${snapshot.id} as it was sent. The snapshot is fine and known by its id; but rotation, retention and reuse cannot see that it belongs to this repository.`,
      );
    }
    return null;
  } catch (error) {
    if (!(error instanceof VpsError)) throw error;
    if (outcomeOf(error) === 'unclear') deps.log.event(labelOf(record), `unclear answer: ${error.message}`);
    return error;
  }
}

/** An answer about a snapshot that was there before, is of another step or of another server, is not adopted. */
function refuseForeign(progress: ServerProgress, snapshot: Snapshot): void {
  const { record, before } = progress;
  const marker = parseMarker(snapshot.description);
  if (before?.some((s) => s.id === snapshot.id)) throw foreignAnswer(progress, snapshot, 'was there before');
  if (marker !== null && marker.key !== record.key) {
    throw foreignAnswer(
      progress,
      snapshot,
      `carries the mark of run ${marker.runId} of ${marker.repository}`,
    );
  }
  if (contradicts(snapshot.server, record.ids)) {
    throw foreignAnswer(progress, snapshot, `is of server ${snapshot.server.id ?? 'unknown'}`);
  }
}

/** Takes a snapshot over as this step's own: the id is saved before anything else happens. */
function claim(
  progress: ServerProgress,
  deps: Deps,
  snapshot: Snapshot,
  duplicates: readonly Snapshot[],
): void {
  progress.save({
    phase: 'created',
    snapshotId: snapshot.id === '' ? null : snapshot.id,
    idIsLossless: snapshot.idIsLossless,
    shown: parseMarker(snapshot.description)?.key === progress.record.key,
    createdAt: snapshot.createdAt,
    sizeMb: snapshot.sizeMb,
    duplicates: duplicates.map((s) => s.id).filter((id) => id !== ''),
  });
  progress.meet(snapshot.server);
  progress.show({ snapshot });
  if (snapshot.id === '') throw withoutId(progress);
  const label = labelOf(progress.record);
  deps.log.event(label, `snapshot ${snapshot.id} (${snapshot.name ?? progress.record.name}) is being made`);
  for (const duplicate of duplicates) {
    const fate = isAddressable(duplicate)
      ? 'the post step deletes it'
      : 'it stays, delete it in the panel of VPS.org';
    deps.log.event(label, `a second snapshot, ${printId(duplicate.id)}, has the same key; ${fate}`);
  }
}

/** Looks for the key in complete lists until it is there or certainly not (design §3.2). */
async function findLostAnswer(
  progress: ServerProgress,
  deps: Deps,
  options: CreationOptions,
  failure: VpsError,
): Promise<boolean> {
  const looks = isSlow(failure) ? POLL_LIMITS.slowCreate : POLL_LIMITS.unclearCreate;
  let outages = 0;
  for (let complete = 0; complete < looks;) {
    await pause(deps, options.schedule.fastPoll);
    if (deps.clock.now() >= options.until) throw unknownOutcome(progress, failure);
    const seen = await look(() => readServer(progress, deps, options.until)).catch((error: unknown) => {
      throw unknownOutcome(progress, error);
    });
    if ('outage' in seen) {
      outages += 1;
      if (outages >= looks) throw unknownOutcome(progress, failure);
      continue;
    }
    const [found, ...duplicates] = findByKey(seen.value.snapshots, progress.record.key);
    if (found !== undefined) {
      claim(progress, deps, found, duplicates);
      return true;
    }
    const candidate = findUnmarked(seen.value.snapshots, progress.record.name, progress.before);
    if (candidate !== undefined) throw unmarkedCandidate(progress, candidate, failure);
    if (seen.value.complete) complete += 1;
    else outages += 1;
    if (outages >= looks) throw unknownOutcome(progress, failure);
  }
  return false;
}

/** The one list after a 400, which tells a full server and a taken name from a wrong request. */
async function readAfterRefusal(
  progress: ServerProgress,
  deps: Deps,
  options: CreationOptions,
  failure: VpsError,
): Promise<ServerList> {
  try {
    return await readServer(progress, deps, options.until);
  } catch (error) {
    deps.log.debug(`no list after the refusal: ${String(error)}`);
    throw notCreated(progress, failure);
  }
}

/** The server's own part of a list, and all that the API gave: names may be unique in the whole account. */
interface ServerList extends SnapshotList {
  readonly listed: readonly Snapshot[];
}

async function readServer(progress: ServerProgress, deps: Deps, until: number): Promise<ServerList> {
  const list = await deps.api.listSnapshots({ serverId: progress.record.server }, until);
  const match = matchServer(list.snapshots, progress.record.ids);
  const keyed = findByKey(list.snapshots, progress.record.key).filter((s) => !match.snapshots.includes(s));
  return { ...list, snapshots: [...match.snapshots, ...keyed], listed: list.snapshots };
}

function hasName(list: ServerList, { record }: ServerProgress): boolean {
  return list.listed.some((s) => s.name === record.name && parseMarker(s.description)?.key !== record.key);
}
