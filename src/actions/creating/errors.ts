import { formatSize, formatElapsed } from '../../github/format.ts';
import { ageOf } from '../../snapshots/age.ts';
import { describeMaker, isOwn, parseMarker } from '../../snapshots/marker.ts';
import { SLOT_LIMIT } from '../../snapshots/slots.ts';
import { isPending } from '../../snapshots/status.ts';
import { type VpsError } from '../../vps/errors.ts';
import { type Snapshot, type SnapshotWithId } from '../../vps/model.ts';
import { type Deps } from '../common/deps.ts';
import { FailedError, failedRequest } from '../common/errors.ts';
import { type ServerProgress } from './progress.ts';
import { labelOf, printId } from '../common/labels.ts';

/** Why no snapshot came about, for which server, and what to do: the errors of planning and creating. */

/** All slots are in use: who has them, so that a person can decide. `remark` follows "no snapshot was made". */
export function serverFull(
  progress: ServerProgress,
  deps: Pick<Deps, 'job'>,
  snapshots: readonly Snapshot[],
  remark: string,
  options: {
    readonly now: number;
    readonly whenFull: 'fail' | 'rotate' | null;
    readonly cause?: VpsError;
  },
): FailedError {
  const { cause } = options;
  const lines = snapshots.map((snapshot) => describeSlot(snapshot, deps, options.now));
  return new FailedError(
    'No free snapshot slot',
    `${labelOf(progress.record)} has ${snapshots.length} snapshots of the ${SLOT_LIMIT} that VPS.org allows, so no snapshot was made${remark}.${describeRotation(progress)}\n${adviseOnFull(snapshots, deps, options.whenFull === 'fail')}`,
    { cause, details: [...lines, ...(cause === undefined ? [] : [cause.request])].join('\n') },
  );
}

/** How to get a slot, given whose the snapshots are. */
function adviseOnFull(snapshots: readonly Snapshot[], deps: Pick<Deps, 'job'>, mayRotate: boolean): string {
  const own = snapshots.filter((s) => isOwn(parseMarker(s.description), deps.job.origin));
  if (snapshots.every(isPending)) return 'All of them are in progress: wait until they are complete.';
  if (own.length === 0)
    return "None of them was made by this repository, so neither 'when_full: rotate' nor the prune action would delete one. Delete one that nobody needs, in the panel of VPS.org or with the delete action and 'force: true'. Then run the job again.";
  const remove = 'Delete one that nobody needs (with the delete action or in the panel of VPS.org)';
  const keep = "keep fewer with 'keep_last' or the prune action";
  const rotate = "set 'when_full: rotate' to let this action delete one of this repository's own";
  return `${remove}, ${mayRotate ? `${keep}, or ${rotate}` : `or ${keep}`}. Then run the job again.`;
}

function describeSlot(snapshot: Snapshot, deps: Pick<Deps, 'job'>, now: number): string {
  const marker = parseMarker(snapshot.description);
  const { origin } = deps.job;
  const whose = isOwn(marker, origin) ? 'made by this repository' : describeMaker(marker, origin);
  const age = ageOf(snapshot, now);
  const since = age === null ? 'of unknown age' : `${formatElapsed(age)} old`;
  const { id, name, status, createdAt, sizeMb } = snapshot;
  return `- ${printId(id)} ${name ?? '(no name)'}: ${status || 'no status'}, ${since} (${createdAt ?? 'no time'}), ${formatSize(sizeMb)}, ${whose}`;
}

const AMBIGUOUS = 'VPS.org gives the same answer for a wrong request, a taken name and a full server.';
const NOT_FULL = `${AMBIGUOUS} Its list does not show ${SLOT_LIMIT} snapshots`;

/** What was found out about a refusal that says nothing definite. */
export type RefusalFinding = 'at_work' | 'list_unreadable' | 'not_full' | 'renamed';

const REMARKS: Readonly<Record<RefusalFinding, string>> = {
  at_work: 'The server was still at work when the time for the request ended, and that may be the reason.',
  list_unreadable: `${AMBIGUOUS} Its list could not be read either, so look at the reason it gave.`,
  not_full: `${NOT_FULL}, so look at the reason it gave.`,
  renamed: `${NOT_FULL}, and a second name was refused as well, so look at the reason it gave.`,
};

/** The sentence about it; a conflict speaks for itself unless the server was at work. */
export function remarkOn(finding: RefusalFinding, { status }: VpsError): string {
  return status === 400 || finding === 'at_work' ? REMARKS[finding] : '';
}

const NO_SUCH_SERVER =
  "No such server, or the token may not see it: check 'server_id' in the panel of VPS.org.";

/** What was deleted to make room, and what is left; empty where nothing was. */
export function describeRotation({ rotated }: Pick<ServerProgress, 'rotated'>): string {
  if (rotated === null) return '';
  const { snapshot, isCertain } = rotated;
  const named = `${snapshot.id} (${snapshot.name ?? 'no name'})`;
  return isCertain
    ? ` Snapshot ${named} was deleted to make room.`
    : ` The deletion of snapshot ${named} to make room was requested, outcome unknown.`;
}

/** The request was refused or not carried out. `remark` is a further sentence. */
export function notCreated(
  progress: ServerProgress,
  deps: Pick<Deps, 'clock' | 'job'>,
  failure: VpsError,
  remark: string,
): FailedError {
  const { record, rotated, before } = progress;
  const earlier =
    record.resentAt === null
      ? ''
      : 'An earlier request of this step had an unclear answer, so the snapshot may exist; the post step will look for it.';
  const left = (before ?? []).map((snapshot) => describeSlot(snapshot, deps, deps.clock.wall()));
  const rotation =
    rotated === null
      ? ''
      : `${describeRotation(progress).trim()} Left on the server:\n${left.join('\n') || '- none'}`;
  const isUnknown = failure.status === 404 && !failure.isHtml;
  const remarks = [isUnknown ? NO_SUCH_SERVER : '', remark, earlier, rotation];
  return failedRequest(
    'No snapshot was made',
    `no snapshot was made of ${labelOf(record)}`,
    failure,
    remarks.filter((each) => each !== '').join('\n'),
  );
}

/** Nobody can know whether the request was carried out. */
export function unknownOutcome({ record }: ServerProgress, cause: unknown): FailedError {
  return new FailedError(
    'Unknown whether a snapshot was made',
    `${labelOf(record)}: the answer to the create request was lost, and the lists do not show whether it was carried out. A snapshot ${record.name} may exist or may still appear; the post step looks once more. Run the job again when the API works.`,
    { cause },
  );
}

/** A snapshot that looks like this step's but does not carry its marker. */
export function unmarkedCandidate(
  { record }: ServerProgress,
  candidate: Snapshot,
  cause: VpsError,
): FailedError {
  return new FailedError(
    'Unknown whether a snapshot was made',
    `${labelOf(record)}: the answer to the create request was lost. Snapshot ${printId(candidate.id)} has the name ${record.name} but not the description that was sent, so nobody can tell whether it is this step's. Look at it in the panel of VPS.org.`,
    { cause },
  );
}

/** The answer is about something that this step cannot have made. */
export function mismatchedAnswer(
  { record }: ServerProgress,
  snapshot: SnapshotWithId,
  what: string,
): FailedError {
  return new FailedError(
    "Unexpected snapshot in the API's answer",
    `${labelOf(record)}: VPS.org answered the create request with snapshot ${snapshot.id}, which ${what}. This step does not claim it, and whether a new one (${record.name}) exists is unknown; the post step will look for it. Check the server in the panel of VPS.org.`,
  );
}

/** The snapshot exists, and its id must not be used. */
export function withoutId({ record }: ServerProgress): FailedError {
  return new FailedError(
    'Snapshot without a usable id',
    `${labelOf(record)}: the snapshot ${record.name} was made, but the API gives it an id that cannot be used safely. Look for it in the panel of VPS.org.`,
  );
}
