import { findByKey, findUnmarked } from '../../snapshots/lookup.ts';
import { addKeySuffix } from '../../snapshots/name.ts';
import { SLOT_LIMIT } from '../../snapshots/slots.ts';
import { type VpsError } from '../../vps/errors.ts';
import { type Snapshot, type SnapshotList } from '../../vps/model.ts';
import { type Deps } from '../common/deps.ts';
import { apiFailureOf, CancelledError, type FailedError } from '../common/errors.ts';
import { createHeartbeat } from '../common/heartbeat.ts';
import { labelOf } from '../common/labels.ts';
import { explainToken } from '../common/lists.ts';
import { pause } from '../common/poll.ts';
import { createServerReader, noteServers } from '../server/reader.ts';
import { isAtRest, waitForRest } from '../server/rest.ts';
import { notCreated, type RefusalFinding, remarkOn, serverFull, unmarkedCandidate } from './errors.ts';
import { idsShownBy, type ServerProgress } from './progress.ts';
import { listServer } from './server-list.ts';

/** What was tried already. */
export interface Refusals {
  isRenamed: boolean;
}

interface RefusalOptions {
  readonly rotatedAt: number | null;
  readonly whenFull: 'fail' | 'rotate' | null;
  readonly refusals: Refusals;
}

/** A snapshot of this step that turned up after all. */
export interface Found {
  readonly snapshot: Snapshot;
  readonly duplicates: readonly Snapshot[];
}

/**
 * What follows a refusal of the create request (`docs/how-it-works/creating.md`, "A refused create request"). The API
 * gives the same 400 for a bad request, a full server, a taken name and a busy server; only the server, a list and a
 * second name tell them apart. Gives a snapshot of this step that turned up, `null` when another request may be taken;
 * throws a FailedError where none will be.
 */
export async function resolveRefusal(
  failure: VpsError,
  progress: ServerProgress,
  deps: Deps,
  options: RefusalOptions,
): Promise<Found | null> {
  const { status } = failure;
  // Also while it is waited for another one. An earlier, unclear request of this step stays unclear.
  if (progress.record.resentAt === null) progress.save({ ...progress.record, phase: 'refused' });
  if (failure.isHtml || (status !== 400 && status !== 409))
    throw notCreated(progress, deps, failure, await explainToken(failure, deps));
  const passes = await passesWithTime(status, progress, deps, options);
  if (passes === 'yes') return null;
  const list = await readAfterRefusal(progress, deps, failure);
  const [snapshot, ...duplicates] = findByKey(list.snapshots, progress.record.key);
  if (snapshot !== undefined) return { snapshot, duplicates };
  const { name, key } = progress.record;
  const isResent = progress.record.resentAt !== null;
  // Its time is over, and the server is still at work: another name would not help.
  if (passes === 'busy') throw refusedAfter('at_work', failure, progress, deps);
  const candidate = isResent ? findUnmarked(list.snapshots, name, progress.before) : undefined;
  if (candidate !== undefined) throw unmarkedCandidate(progress, candidate, failure);
  const now = list.now ?? deps.clock.wall();
  if (list.snapshots.length >= SLOT_LIMIT) {
    const { whenFull, rotatedAt } = options;
    const remarks = [
      isResent
        ? ' by this request. An earlier one of this step had an unclear answer, and the post step looks for its snapshot'
        : '',
      whenFull === 'rotate' && rotatedAt === null
        ? ': it was not full when this step began, so nothing was rotated; run the job again'
        : '',
    ];
    const full = { now, whenFull, cause: failure };
    throw serverFull(progress, deps, list.snapshots, remarks.join(''), full);
  }
  // After a lost answer the name may be taken by this step's own first snapshot, which no list shows yet.
  const { isRenamed } = options.refusals;
  if (isRenamed || isResent) throw refusedAfter(isRenamed ? 'renamed' : 'not_full', failure, progress, deps);
  options.refusals.isRenamed = true;
  const longer = addKeySuffix(name, key);
  deps.log.event(
    labelOf(progress.record),
    `the request was refused, and the server is not full; the name ${name} may be taken, so ${longer} is tried`,
  );
  progress.save({ ...progress.record, name: longer });
  return null;
}

/**
 * Waits where the refusal is of the moment: the server works on something, or a rotation is not counted yet. `yes`: the
 * request may be taken now · `no`: the moment is not the reason · `busy`: there is no time left, and it still is.
 */
async function passesWithTime(
  status: 400 | 409,
  progress: ServerProgress,
  deps: Deps,
  { rotatedAt }: RefusalOptions,
): Promise<'yes' | 'no' | 'busy'> {
  const { clock, schedule } = deps;
  const rotationEnd = rotatedAt === null ? 0 : rotatedAt + schedule.span('rotation');
  const waited = await waitUntilAtRest(progress, deps);
  if (waited !== 'no') return waited;
  if (status !== 400 || clock.now() + schedule.fastPoll >= Math.min(rotationEnd, deps.until)) return 'no';
  await pause(deps, schedule.fastPoll);
  return 'yes';
}

/**
 * Whether the server was at work and has come to rest now (`yes`), or still is at work (`busy`). One that cannot be read
 * is no reason to wait, unless it was being restored when that was seen last: a restore would wipe the deploy.
 */
async function waitUntilAtRest(progress: ServerProgress, deps: Deps): Promise<'yes' | 'no' | 'busy'> {
  let status = '';
  const reader = noteServers(createServerReader('address', deps), (server) => void ({ status } = server));
  const serverIds = idsShownBy(progress);
  try {
    const { value } = await reader.read(serverIds, deps.clock.now() - 1, {
      // A call that the API does not have may be answered with a web page for ever.
      until: Math.min(deps.until, deps.clock.now() + deps.schedule.span('refusal')),
      patience: 'at_once',
    });
    if (isAtRest(value)) return 'no';
    await waitForRest(reader, deps, {
      serverIds,
      label: labelOf(progress.record),
      newerThan: deps.clock.now() - 1,
      // One stray refusal does not end the wait: a restore would wipe the deploy.
      patience: 'standing',
      heartbeat: createHeartbeat('waiting for the server', deps),
    });
    // The last read may show it at rest too late for another request.
    return deps.clock.now() < deps.until ? 'yes' : 'busy';
  } catch (error) {
    apiFailureOf(error, deps);
    return status === 'restoring' ? 'busy' : 'no';
  }
}

/** The one list after a refusal, which tells a full server from a wrong request. */
async function readAfterRefusal(
  progress: ServerProgress,
  deps: Deps,
  failure: VpsError,
): Promise<SnapshotList> {
  try {
    return await listServer(progress, deps, { until: deps.until });
  } catch (error) {
    if (deps.cancelled.aborted) throw new CancelledError();
    deps.log.debug(`no list after the refusal: ${String(error)}`);
    throw refusedAfter('list_unreadable', failure, progress, deps);
  }
}

function refusedAfter(
  finding: RefusalFinding,
  failure: VpsError,
  progress: ServerProgress,
  deps: Deps,
): FailedError {
  return notCreated(progress, deps, failure, remarkOn(finding, failure));
}
