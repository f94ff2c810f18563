import { describeSnapshot, isOwn, parseMarker } from '../snapshots/marker.ts';
import { addKeySuffix } from '../snapshots/name.ts';
import { LOOKS, type Schedule } from '../snapshots/schedule.ts';
import { isOfServer, matchServer } from '../snapshots/server.ts';
import { SLOT_LIMIT } from '../snapshots/slots.ts';
import { findByKey } from '../snapshots/waiting.ts';
import { formatSize } from '../github/markdown.ts';
import { certaintyOf, isSlow, VpsError } from '../vps/errors.ts';
import { type Snapshot, type SnapshotList } from '../vps/model.ts';
import { type Deps, FailedError, pause } from './deps.ts';
import { look } from './look.ts';
import { labelOf, type Track } from './track.ts';

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
  let fullLooks = 0;
  let renamed = false;
  for (;;) {
    const failure = await request(track, deps, options);
    if (failure === null) return;
    const certainty = certaintyOf(failure);
    if (certainty === 'unclear') {
      if (await findLostAnswer(track, deps, options, failure)) return;
      if (track.record.resent) throw unknownOutcome(track, failure);
      deps.log.event(
        labelOf(track.record),
        'no list shows the snapshot: the request is sent once more, with the same key',
      );
      track.save({ resent: true });
      continue;
    }
    if (certainty === 'not_done' || failure.status !== 400) {
      // An earlier, unclear request of this step stays unclear whatever became of this one.
      if (!track.record.resent) track.save({ phase: 'refused' });
      throw notCreated(track, failure);
    }
    const list = await readAfterRefusal(track, deps, options, failure);
    const found = findByKey(list.snapshots, track.record.key);
    if (found[0] !== undefined) return adopt(track, deps, found[0], found.slice(1));
    if (!renamed && hasName(list, track)) {
      renamed = true;
      const name = addKeySuffix(track.record.name, track.record.key);
      deps.log.event(labelOf(track.record), `the name ${track.record.name} is taken there; trying ${name}`);
      track.save({ name });
      continue;
    }
    if (options.rotated !== null && fullLooks < LOOKS.slotFreed) {
      fullLooks += 1;
      await pause(deps, options.schedule.doubt);
      continue;
    }
    if (!track.record.resent) track.save({ phase: 'refused' });
    const deleted =
      options.rotated === null ? '' : `, although snapshot ${options.rotated.id} was deleted to make room`;
    throw list.snapshots.length >= SLOT_LIMIT
      ? serverFull(track, deps, list.snapshots, failure, deleted)
      : notCreated(track, failure, deleted);
  }
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

/** Takes a snapshot over as this step's own: the id is saved before anything else happens. */
export function adopt(track: Track, deps: Deps, snapshot: Snapshot, twins: readonly Snapshot[]): void {
  const { record } = track;
  const ids = [...new Set([...record.ids, ...idsOf(snapshot)])];
  track.save({
    phase: 'created',
    snapshotId: snapshot.id === '' ? null : snapshot.id,
    createdAt: snapshot.createdAt,
    sizeMb: snapshot.sizeMb,
    serverName: snapshot.server.name ?? record.serverName,
    ids,
    twins: twins.map((s) => s.id).filter((id) => id !== ''),
  });
  track.show({ snapshot });
  const label = labelOf(track.record);
  if (snapshot.id === '') {
    throw new FailedError(
      'Snapshot without a usable id',
      `${label}: the snapshot ${record.name} was made, but the API gives it an id that cannot be used safely. Look for it in the panel of VPS.org.`,
    );
  }
  if (isForeign(track, snapshot)) {
    throw new FailedError(
      'Snapshot of another server',
      `${label}: the API answered with snapshot ${snapshot.id} of server ${snapshot.server.id ?? 'unknown'}. Check 'server_id' and look at both servers in the panel of VPS.org.`,
    );
  }
  deps.log.event(label, `snapshot ${snapshot.id} (${snapshot.name ?? record.name}) is being made`);
  for (const twin of twins) {
    deps.log.event(label, `a second snapshot ${twin.id} has the same key; the post step deletes it`);
  }
}

function idsOf({ server }: Snapshot): string[] {
  return [server.id, server.uuid].filter((id) => id !== null);
}

/** The answer names a server that cannot be the one asked for: both have ids, and none is shared. */
function isForeign({ record }: Track, snapshot: Snapshot): boolean {
  const match = matchServer([snapshot], [record.server]);
  return match.unknown && idsOf(snapshot).length > 0 && !isOfServer(snapshot.server, [record.server]);
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
    const suspect = findUnmarked(seen.value, track);
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
): Promise<SnapshotList> {
  try {
    return await readServer(track, deps, options.until);
  } catch (error) {
    deps.log.debug(`no list after the refusal: ${String(error)}`);
    throw notCreated(track, failure);
  }
}

async function readServer(track: Track, deps: Deps, until: number): Promise<SnapshotList> {
  const list = await deps.api.listSnapshots({ serverId: track.record.server }, until);
  const match = matchServer(list.snapshots, track.record.ids);
  const keyed = findByKey(list.snapshots, track.record.key).filter((s) => !match.snapshots.includes(s));
  return { ...list, snapshots: [...match.snapshots, ...keyed] };
}

function hasName(list: SnapshotList, { record }: Track): boolean {
  return list.snapshots.some((s) => s.name === record.name && parseMarker(s.description)?.key !== record.key);
}

/** A new snapshot of this name without any marker: likely this step's, on an API that drops descriptions. */
function findUnmarked(list: SnapshotList, track: Track): Snapshot | undefined {
  const known = new Set(track.before?.map((s) => s.id));
  return list.snapshots.find(
    (s) => s.name === track.record.name && !known.has(s.id) && parseMarker(s.description) === null,
  );
}

/** The error for a server with all its slots in use: who has them, so that a person can decide. */
export function serverFull(
  track: Track,
  deps: Deps,
  snapshots: readonly Snapshot[],
  cause: VpsError | null,
  remark = '',
): FailedError {
  const lines = snapshots.map((s) => {
    const marker = parseMarker(s.description);
    const whose = isOwn(marker, deps.job.origin)
      ? 'made by this repository'
      : marker
        ? `made by ${marker.repository}`
        : 'not made by this action';
    return `- ${s.id} ${s.name ?? '(no name)'}: ${s.status || 'no status'}, created ${s.createdAt ?? 'at an unknown time'}, ${formatSize(s.sizeMb)}, ${whose}`;
  });
  return new FailedError(
    'Server full',
    `${labelOf(track.record)} has ${snapshots.length} snapshots, and VPS.org allows ${SLOT_LIMIT} for a server; no snapshot was made${remark}.\n${lines.join('\n')}\nDelete one that nobody needs (the delete action, or the panel), keep fewer with 'keep_last' or the prune action, or set 'when_full: rotate' to let this action delete one of this repository's own.`,
    cause === null ? undefined : { cause },
  );
}

function notCreated(track: Track, failure: VpsError, remark = ''): FailedError {
  const label = labelOf(track.record);
  const earlier = track.record.resent
    ? ` An earlier request of this step had an unclear answer, so a snapshot ${track.record.name} may exist; the post step looks for it.`
    : '';
  const help: Readonly<Record<number, string>> = {
    400: ` VPS.org gives the same answer for a wrong request and for a full server; its list does not show ${SLOT_LIMIT} snapshots, so look at the reason it gave, and at the name (${track.record.name}).`,
    404: ` No server has the id ${track.record.server}, or the token may not see it: check 'server_id' in the panel of VPS.org.`,
  };
  return new FailedError(
    'No snapshot was made',
    `${label}: VPS.org did not make the snapshot${remark}.${help[failure.status ?? 0] ?? ''}${earlier}`,
    { cause: failure },
  );
}

function unknownOutcome(track: Track, failure: unknown): FailedError {
  return new FailedError(
    'Unknown whether a snapshot was made',
    `${labelOf(track.record)}: the answer to the create request was lost, and the lists do not tell what became of it. A snapshot ${track.record.name} may exist or may still appear; the post step looks once more. Run the job again when the API is well.`,
    { cause: failure },
  );
}

function unmarkedSuspect(track: Track, suspect: Snapshot, failure: VpsError): FailedError {
  return new FailedError(
    'Unknown whether a snapshot was made',
    `${labelOf(track.record)}: the answer to the create request was lost. Snapshot ${suspect.id} has the name ${track.record.name} but not the description that was sent, so it cannot be taken for this step's. Look at it in the panel of VPS.org.`,
    { cause: failure },
  );
}
