import { describeSnapshot, type MarkerFlags, type Origin, parseMarker } from '../../snapshots/marker.ts';
import { findByKey, findUnmarked } from '../../snapshots/lookup.ts';
import { LOST_ANSWER_READS } from '../../snapshots/polling/schedule.ts';
import { contradicts, printServer } from '../../snapshots/server.ts';
import { isSlow, outcomeOf, VpsError } from '../../vps/errors.ts';
import {
  hasId,
  isAddressable,
  type Snapshot,
  type SnapshotList,
  type SnapshotWithId,
} from '../../vps/model.ts';
import { type Deps } from '../common/deps.ts';
import { CancelledError } from '../common/errors.ts';
import { labelOf, printId } from '../common/labels.ts';
import { poll } from '../common/poll.ts';
import { mismatchedAnswer, unknownOutcome, unmarkedCandidate, withoutId } from './errors.ts';
import { type ServerProgress } from './progress.ts';
import { resolveRefusal, type Refusals } from './refusal.ts';
import { listServer } from './server-list.ts';

export interface CreateOptions {
  /** The user's own text of the description. */
  readonly text: string;
  readonly origin: Origin;
  readonly flags: MarkerFlags;
  /** When a snapshot was deleted to make room (monotonic): the API may need a moment to see it. */
  readonly rotatedAt: number | null;
  /** What the user wants of a full server; `null` where there is no such input. */
  readonly whenFull: 'fail' | 'rotate' | null;
}

/**
 * Requests the snapshot of one server, exactly once as far as the API lets anybody know
 * (`docs/how-it-works/creating.md`, "Lost answers"): the intent is saved before each request, the id straight after
 * its answer, and an answer that was lost is looked for in the list instead of requested again.
 *
 * Throws a FailedError with the API's reason where none was made, or where nobody can know.
 */
export async function createSnapshot(
  progress: ServerProgress,
  deps: Deps,
  options: CreateOptions,
): Promise<string> {
  const refusals: Refusals = { isRenamed: false };
  for (;;) {
    const answer = await request(progress, deps, options);
    if (typeof answer === 'string') return answer;
    const failure = answer;
    if (deps.cancelled.aborted && outcomeOf(failure) === 'not_done') {
      // It never left, and is not to be looked for as if it had.
      if (progress.record.resentAt === null) progress.save({ ...progress.record, phase: 'planned' });
      throw new CancelledError();
    }
    if (outcomeOf(failure) === 'unclear') {
      const id = await resolveUnclear(failure, progress, deps);
      if (id !== null) return id;
      continue;
    }
    const found = await resolveRefusal(failure, progress, deps, { ...options, refusals });
    if (found !== null) return claim(progress, deps, found.snapshot, found.duplicates);
  }
}

/** After a lost answer: the id of the snapshot that was found, `null` when the request is to be sent once more. */
async function resolveUnclear(
  failure: VpsError,
  progress: ServerProgress,
  deps: Deps,
): Promise<string | null> {
  const id = await findLostAnswer(progress, deps, failure);
  if (id !== null) return id;
  if (progress.record.resentAt !== null) throw unknownOutcome(progress, failure);
  deps.log.event(
    labelOf(progress.record),
    `no list shows the snapshot ${progress.record.name}: sending the request once more, with the same key`,
  );
  progress.save({ ...progress.record, resentAt: deps.clock.wall() });
  return null;
}

/** Sends one create request; gives the id of the snapshot, which is saved then, or what went wrong. */
async function request(
  progress: ServerProgress,
  deps: Deps,
  { text, origin, flags }: CreateOptions,
): Promise<VpsError | string> {
  const { record } = progress;
  const { description, cut } = describeSnapshot(text, { ...origin, ...flags, key: record.key });
  if (cut && record.phase === 'planned') {
    deps.log.notice(
      'Description cut',
      `${labelOf(record)}: 'description' was cut to what fits before the marker of this action.`,
    );
  }
  progress.save({ ...progress.record, phase: 'intent' });
  try {
    const snapshot = await deps.api.createSnapshot(
      { serverId: record.server, name: record.name, description },
      deps,
    );
    refuseMismatch(progress, snapshot);
    const id = claim(progress, deps, snapshot, []);
    if (parseMarker(snapshot.description)?.key !== record.key) {
      deps.log.warning(
        'Description not kept',
        `VPS.org did not keep the description of snapshot ${snapshot.id} as it was sent. The snapshot is fine and known by its id; but rotation, retention, reuse and the check for newer snapshots cannot see that it belongs to this repository.`,
      );
    }
    return id;
  } catch (error) {
    if (!(error instanceof VpsError)) throw error;
    if (outcomeOf(error) === 'unclear') deps.log.event(labelOf(record), `unclear answer: ${error.message}`);
    return error;
  }
}

/** An answer about a snapshot that was there before, is of another step or of another server, is not claimed. */
function refuseMismatch(progress: ServerProgress, snapshot: SnapshotWithId): void {
  const { record, before } = progress;
  const marker = parseMarker(snapshot.description);
  if (before?.some((s) => s.id === snapshot.id))
    throw mismatchedAnswer(progress, snapshot, 'existed before the request');
  if (marker !== null && marker.key !== record.key) {
    throw mismatchedAnswer(
      progress,
      snapshot,
      `carries the marker of run ${marker.runId} of ${marker.repository}`,
    );
  }
  if (contradicts(snapshot.server, record.ids)) {
    throw mismatchedAnswer(progress, snapshot, `belongs to server ${printServer(snapshot.server)}`);
  }
}

/** Takes a snapshot over as this step's own, and gives its id, which is saved before anything else happens. */
function claim(
  progress: ServerProgress,
  deps: Deps,
  snapshot: Snapshot,
  duplicates: readonly Snapshot[],
): string {
  progress.save({
    ...progress.record,
    phase: 'created',
    snapshotId: snapshot.id,
    idIsLossless: snapshot.idIsLossless,
    shown: parseMarker(snapshot.description)?.key === progress.record.key,
    createdAt: snapshot.createdAt,
    sizeMb: snapshot.sizeMb,
    duplicates: duplicates.filter(hasId).map(({ id }) => id),
  });
  progress.recordIds(snapshot.server);
  progress.recordSnapshot(snapshot);
  if (!hasId(snapshot)) throw withoutId(progress);
  const label = labelOf(progress.record);
  deps.log.event(
    label,
    `snapshot ${snapshot.id} (${snapshot.name ?? progress.record.name}) is being created`,
  );
  for (const duplicate of duplicates) {
    const fate = isAddressable(duplicate)
      ? 'the post step will delete it'
      : 'it is kept; delete it in the panel of VPS.org';
    deps.log.event(label, `a second snapshot, ${printId(duplicate.id)}, has the same key; ${fate}`);
  }
  return snapshot.id;
}

/**
 * Looks for the key until it is there or certainly not: absent from enough complete lists. Lists that cannot show
 * everything prove nothing, and end the search when there were as many of them.
 */
async function findLostAnswer(
  progress: ServerProgress,
  deps: Deps,
  failure: VpsError,
): Promise<string | null> {
  const enough = isSlow(failure) ? LOST_ANSWER_READS.slow : LOST_ANSWER_READS.usual;
  let complete = 0;
  let incomplete = 0;
  let isFirst = true;
  const result = await poll<SnapshotList | null, { readonly id: string | null }>(deps, {
    // The API is given time to list what it may have begun.
    read: async (limits) => {
      if (!isFirst) return await listServer(progress, deps, limits);
      isFirst = false;
      return null;
    },
    pause: () => deps.schedule.fastPoll,
    decide: (list) => {
      if (list === null) return null;
      const [found, ...duplicates] = findByKey(list.snapshots, progress.record.key);
      if (found !== undefined) return { id: claim(progress, deps, found, duplicates) };
      const candidate = findUnmarked(list.snapshots, progress.record.name, progress.before);
      if (candidate !== undefined) throw unmarkedCandidate(progress, candidate, failure);
      if (list.complete) complete += 1;
      else incomplete += 1;
      if (incomplete >= enough) throw unknownOutcome(progress, failure);
      return complete >= enough ? { id: null } : null;
    },
  }).catch((error: unknown) => {
    throw error instanceof VpsError ? unknownOutcome(progress, error) : error;
  });
  if (result.kind === 'timeout') throw unknownOutcome(progress, failure);
  return result.value.id;
}
