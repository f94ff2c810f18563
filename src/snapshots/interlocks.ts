import { isAddressable, type Snapshot, type SnapshotList } from '../vps/model.ts';
import { ageOf, DAY, HOUR, mayBeNewer } from './age.ts';
import { treat } from './kinds.ts';
import { isOfRun, nameRepository, parseMarker, type Marker, type Origin } from './marker.ts';
import { idsOf, isOfServer, printServer } from './server.ts';
import { isCompleted } from './status.ts';

const SECOND = 1000;
const UNITS = [
  ['d', DAY],
  ['h', HOUR],
  ['m', 60 * SECOND],
  ['s', SECOND],
  ['ms', 1],
] as const;

/**
 * What the safety checks before a restore rest on (`docs/how-it-works/restoring.md`, "Safety checks before a
 * restore").
 */
export interface RestoreFacts {
  readonly snapshotId: string;
  /** The step's key, or `null` where a person named the snapshot by its id. */
  readonly key: string | null;
  /** The server's ids; empty where the snapshot alone says which server it is. */
  readonly serverIds: readonly string[];
  /** A fresh list that shows the server's snapshots. */
  readonly list: SnapshotList;
  /** The server's status word, or `null` where the token may not read it. */
  readonly serverStatus: string | null;
  /** Who saw the snapshot completed before the deploy could start; `null` for nobody. */
  readonly seenCompleted: string | null;
  /** The oldest that a snapshot may be, in milliseconds; `null` for any age. */
  readonly maxAge: number | null;
  /** The API's time at the step's first read, epoch milliseconds: an age counts up to it. */
  readonly now: number;
  /** A restore of this server was requested by this job before. */
  readonly isRestoredByJob: boolean;
  /** This very runner is on the server, and would be overwritten in the middle of the restore. */
  readonly isRunnersOwn: boolean;
  /** The snapshot that this step took of the server just now, to undo the restore; it stands against nothing. */
  readonly undoSnapshotId: string | null;
}

export interface Refusal {
  readonly reason: string;
  /** It says something about this server alone, so that the restore of others does not wait for it. */
  readonly isOfServerAlone: boolean;
  /** A restore by hand would be wrong as well, or would overwrite another server. */
  readonly forbidsByHand?: boolean;
}

export interface RestoreCheck {
  /** Empty when the restore may go ahead. */
  readonly refusals: readonly Refusal[];
  /** Newer snapshots that are allowed to be there. */
  readonly warnings: readonly string[];
  /** Newer ones that were taken before a restore, to undo it. */
  readonly undos: readonly string[];
  /** Nobody waited for the snapshot, so that it may hold part of the deploy that followed. */
  readonly isUnwaited: boolean;
  readonly snapshot: Snapshot | null;
}

const refuse = (reason: string): Refusal => ({ reason, isOfServerAlone: false });
const forbid = (reason: string): Refusal => ({ ...refuse(reason), forbidsByHand: true });

/** The interlocks of the post step: everything that stands against restoring, each in a sentence. */
export function checkRollback(facts: RestoreFacts): RestoreCheck {
  const check = checkSnapshot(facts);
  const { snapshot } = check;
  const refusals = [...check.refusals];
  if (facts.seenCompleted === null) {
    refusals.push(
      refuse(
        'the snapshot was not confirmed complete before the deploy could start, so it may contain part of the deploy (use wait: true, or the wait action in this job before the deploy)',
      ),
    );
  }
  if (snapshot === null) return { ...check, refusals };
  const marker = parseMarker(snapshot.description);
  if (marker !== null && marker.key !== facts.key)
    refusals.push(refuse('it carries the marker of another step'));
  // Where the API dropped our own marker it drops those of others: an unmarked newer one may be anybody's deploy.
  const unmarked = marker === null ? 'refuse' : 'warn';
  const { refused, warned } = checkNewer(facts, snapshot, { run: marker, unmarked, newer: 'newerInPost' });
  return { ...check, refusals: [...refusals, ...refused], warnings: warned };
}

/** The interlocks of the `restore` action: a person asked for exactly this snapshot. */
export function checkRequestedRestore(
  facts: RestoreFacts,
  origin: Origin,
  allowOlder: boolean,
): RestoreCheck {
  const check = checkSnapshot(facts);
  const { snapshot } = check;
  if (snapshot === null) return check;
  const refusals = [...check.refusals];
  const marker = parseMarker(snapshot.description);
  const isUnwaited = marker !== null && treat('latest', marker) === 'warned';
  if (allowOlder) return { ...check, isUnwaited };
  const hint = '(allow_older: true restores it anyway)';
  if (marker !== null && isOfRun(marker, origin) && marker.runAttempt < origin.runAttempt) {
    refusals.push(
      refuse(
        `it was made by attempt ${marker.runAttempt} of this run, and this is attempt ${origin.runAttempt}: re-run jobs keep outputs of earlier attempts ${hint}`,
      ),
    );
  }
  const { refused, warned, undos } = checkNewer(facts, snapshot, {
    run: origin,
    unmarked: 'warn',
    newer: 'newerInRestore',
  });
  const hinted = refused.map(({ reason }) => refuse(`${reason} ${hint}`));
  return { snapshot, refusals: [...refusals, ...hinted], warnings: warned, undos, isUnwaited };
}

function checkSnapshot(facts: RestoreFacts): RestoreCheck {
  const { list, snapshotId } = facts;
  const refusals = checkServer(facts);
  if (!list.complete) refusals.push(refuse("the API's list of snapshots is incomplete"));
  const found = list.snapshots.filter((s) => s.id === snapshotId);
  const snapshot = found[0] ?? null;
  if (snapshot === null) {
    refusals.push(refuse('it is not in the list; it may have been deleted'));
    return { ...NOTHING_ELSE, refusals, snapshot };
  }
  if (found.length > 1) refusals.push(forbid(`the list shows two snapshots with the id ${snapshotId}`));
  if (!isAddressable(snapshot))
    refusals.push(refuse('its id is too large a number to be sure of its last digits'));
  if (!isCompleted(snapshot)) refusals.push(refuse(`the snapshot is '${snapshot.status}', not completed`));
  const isNameless = idsOf(snapshot.server).length === 0;
  // Of a snapshot that names no server only its own marker can tell.
  if (isNameless && parseMarker(snapshot.description)?.key !== facts.key) {
    refusals.push(forbid('VPS.org names no server for it, so it is unknown which one it would overwrite'));
  } else if (facts.serverIds.length > 0 && !isNameless && !isOfServer(snapshot.server, facts.serverIds)) {
    refusals.push(forbid(`it belongs to another server (${printServer(snapshot.server)})`));
  }
  return { ...NOTHING_ELSE, refusals: [...refusals, ...checkAge(snapshot, facts)], snapshot };
}

const NOTHING_ELSE = { warnings: [], undos: [], isUnwaited: false };

/** What stands against a restore of this server, whichever snapshot of it is meant. */
function checkServer({ serverStatus, isRestoredByJob, isRunnersOwn }: RestoreFacts): Refusal[] {
  const alone = (reason: string): Refusal => ({ reason, isOfServerAlone: true, forbidsByHand: true });
  return [
    ...(serverStatus === 'restoring' ? [alone('the server is already being restored')] : []),
    ...(isRestoredByJob ? [alone('this job has requested a restore of this server already')] : []),
    ...(isRunnersOwn
      ? [refuse('this runner is on the server itself and would be overwritten: restore from another runner')]
      : []),
  ];
}

/** What stands against it where it is too old, or may be. */
function checkAge(snapshot: Snapshot, { maxAge, now }: RestoreFacts): Refusal[] {
  if (maxAge === null) return [];
  const age = ageOf(snapshot, now);
  if (age === null)
    return [refuse('its age is limited, and its creation time is missing, unreadable or in the future')];
  if (age <= maxAge) return [];
  // Rounded up, so that one that is too old never reads as old as is allowed.
  const old = describeSpan(Math.ceil(age / SECOND) * SECOND);
  return [refuse(`it is ${old} old, and at most ${describeSpan(maxAge)} is allowed`)];
}

/** `2h 1s`. */
function describeSpan(ms: number): string {
  let rest = ms;
  const parts = UNITS.flatMap(([unit, length]) => {
    const count = Math.floor(rest / length);
    rest -= count * length;
    return count === 0 ? [] : [`${count}${unit}`];
  });
  return parts.join(' ');
}

type Consequence = 'refuse' | 'warn' | 'note';

interface NewerRule {
  /** The run that restores, where it is known, for people. */
  readonly run: Origin | null;
  /** What follows from a newer one without a marker. */
  readonly unmarked: Consequence;
  /** The row that says what follows from one with a marker. */
  readonly newer: 'newerInPost' | 'newerInRestore';
}

interface Newer {
  readonly refused: readonly Refusal[];
  readonly warned: readonly string[];
  readonly undos: readonly string[];
}

/** A newer snapshot of this action means that somebody deployed since: restoring would undo their work too. */
function checkNewer(facts: RestoreFacts, mine: Snapshot, { run, unmarked, newer }: NewerRule): Newer {
  const refused: Refusal[] = [];
  const warned: string[] = [];
  const undos: string[] = [];
  for (const other of facts.list.snapshots) {
    if (other === mine || !isOnSameServer(other, mine, facts.serverIds) || !mayBeNewer(other, mine)) continue;
    const marker = parseMarker(other.description);
    if (marker?.key === facts.key) continue;
    if (facts.undoSnapshotId !== null && other.id === facts.undoSnapshotId) continue;
    const consequence = marker === null ? unmarked : treat(newer, marker);
    // One from the future is of unknown time, like one without any; one made since the first read is just newer.
    const isDated = mine.created !== null && ageOf(other, facts.list.now ?? facts.now) !== null;
    const text = describeNewer(other, isDated, marker, run);
    if (consequence === 'warn') warned.push(text);
    else if (consequence === 'note') undos.push(text);
    else refused.push(refuse(`${text}: a restore would undo what followed it`));
  }
  return { refused, warned, undos };
}

function describeNewer(other: Snapshot, isDated: boolean, marker: Marker | null, run: Origin | null): string {
  const what = isDated ? 'a newer snapshot' : 'a snapshot of unknown time, which may be newer,';
  const name = `${what} (${other.id || 'without a usable id'}, '${other.status}')`;
  if (marker === null) return `${name} that this action did not make is on the server`;
  const kind = marker.isUndo ? ' before a restore' : '';
  return `${name} was made${kind} by ${nameMaker(marker, run)}`;
}

/** Another run, or another part of this one. */
function nameMaker(marker: Marker, run: Origin | null): string {
  if (run === null) return `run ${marker.runId} of ${marker.repository}`;
  if (!isOfRun(marker, run)) return `run ${marker.runId} of ${nameRepository(marker, run)}`;
  const part = marker.runAttempt === run.runAttempt ? 'another step' : `attempt ${marker.runAttempt}`;
  const use = marker.use === 1 ? '' : `, use ${marker.use}`;
  return `${part} of this run (job ${marker.job}, step ${marker.step}${use})`;
}

function isOnSameServer(other: Snapshot, mine: Snapshot, serverIds: readonly string[]): boolean {
  // The list was asked for by server: one that names none is more likely of this server than of another.
  if (other.server.id === null && other.server.uuid === null) return true;
  return isOfServer(other.server, [...serverIds, ...idsOf(mine.server)]);
}
