import { isAddressable, type Snapshot, type SnapshotList } from '../vps/model.ts';
import { mayBeNewer } from './age.ts';
import { isOwn, normalizeOrigin, parseMarker, type Origin } from './marker.ts';
import { idsOf, isOfServer } from './server.ts';
import { meaningOf } from './status.ts';

/** What must hold before a server is overwritten (design §3.4 and §3.5). */
export interface RestoreFacts {
  readonly snapshotId: string;
  /** The step's key, or `null` where a person named the snapshot by its id. */
  readonly key: string | null;
  /** The server's ids; empty where the snapshot alone says which server it is. */
  readonly serverIds: readonly string[];
  /** A fresh list, filtered by the server. */
  readonly list: SnapshotList;
  /** The server's status word, or `null` where the token may not read it. */
  readonly serverStatus: string | null;
  /** Who saw the snapshot completed before the deploy could start; `null` for nobody. */
  readonly seenCompleted: string | null;
}

export interface RestoreCheck {
  /** Empty when the restore may go ahead. */
  readonly refusals: readonly string[];
  readonly warnings: readonly string[];
  readonly snapshot: Snapshot | null;
}

/** The interlocks of the post step: everything that stands against restoring, each in a sentence. */
export function checkRollback(facts: RestoreFacts): RestoreCheck {
  const check = checkSnapshot(facts);
  const { snapshot } = check;
  const refusals = [...check.refusals];
  if (facts.seenCompleted === null) {
    refusals.push(
      'nobody saw the snapshot completed before the deploy could start, so it may contain half a deploy (wait for it with wait: true, or with the wait action in this job before the deploy)',
    );
  }
  if (snapshot === null) return { ...check, refusals };
  const markedKey = parseMarker(snapshot.description)?.key;
  if (markedKey !== undefined && markedKey !== facts.key) {
    refusals.push('it carries the mark of another step');
  }
  const { refused, warned } = checkNewer(facts, snapshot);
  return { snapshot, refusals: [...refusals, ...refused], warnings: [...check.warnings, ...warned] };
}

/** The interlocks of the `restore` action: a person asked for exactly this id. */
export function checkAskedRestore(facts: RestoreFacts, origin: Origin, allowOlder: boolean): RestoreCheck {
  const check = checkSnapshot(facts);
  const { snapshot } = check;
  if (snapshot === null || allowOlder) return check;
  const refusals = [...check.refusals];
  const marker = parseMarker(snapshot.description);
  const run = normalizeOrigin(origin);
  if (
    marker !== null &&
    isOwn(marker, origin) &&
    marker.runId === run.runId &&
    marker.runAttempt < run.runAttempt
  ) {
    refusals.push(
      `it was made by attempt ${marker.runAttempt} of this run, and this is attempt ${run.runAttempt}: re-run jobs keep outputs of earlier attempts (allow_older: true restores it all the same)`,
    );
  }
  const { refused, warned } = checkNewer(facts, snapshot);
  const hint = refused.map((text) => `${text} (allow_older: true restores it all the same)`);
  return { snapshot, refusals: [...refusals, ...hint], warnings: [...check.warnings, ...warned] };
}

function checkSnapshot(facts: RestoreFacts): RestoreCheck {
  const { list, snapshotId } = facts;
  const refusals: string[] = [];
  if (!list.complete) refusals.push("the API's list of snapshots is incomplete");
  if (facts.serverStatus === 'restoring') refusals.push('the server is already being restored');
  const found = list.snapshots.filter((s) => s.id === snapshotId);
  const snapshot = found[0] ?? null;
  if (snapshot === null) {
    refusals.push('it is not in the list; it may have been deleted');
    return { refusals, warnings: [], snapshot };
  }
  if (found.length > 1) refusals.push(`the list shows two snapshots with the id ${snapshotId}`);
  if (!isAddressable(snapshot)) refusals.push('its id is too large a number to be sure of its digits');
  if (meaningOf(snapshot.status) !== 'completed') {
    refusals.push(`it is '${snapshot.status}', not 'completed'`);
  }
  const isNameless = idsOf(snapshot.server).length === 0;
  // Of a snapshot that names no server only its own mark can tell.
  if (isNameless && (facts.key === null || parseMarker(snapshot.description)?.key !== facts.key)) {
    refusals.push('it names no server, so nobody can tell which one it would overwrite');
  } else if (facts.serverIds.length > 0 && !isNameless && !isOfServer(snapshot.server, facts.serverIds)) {
    refusals.push(`it belongs to another server (${snapshot.server.id ?? 'unknown'})`);
  }
  return { refusals, warnings: [], snapshot };
}

/** A newer marked snapshot means that somebody deployed since: restoring would undo their work too. */
function checkNewer(facts: RestoreFacts, mine: Snapshot): { refused: string[]; warned: string[] } {
  const refused: string[] = [];
  const warned: string[] = [];
  for (const other of facts.list.snapshots) {
    if (other === mine || !isOnSameServer(other, mine, facts.serverIds) || !mayBeNewer(other, mine)) continue;
    const marker = parseMarker(other.description);
    if (marker === null) {
      warned.push(`snapshot ${other.id}, newer and not made by this action, is on the server`);
    } else if (facts.key === null || marker.key !== facts.key) {
      refused.push(
        `a newer snapshot (${other.id}, '${other.status}') was made by run ${marker.runId} of ${marker.repository}: a restore would undo what followed it`,
      );
    }
  }
  return { refused, warned };
}

function isOnSameServer(other: Snapshot, mine: Snapshot, serverIds: readonly string[]): boolean {
  // The list was asked for by server: one that names none is more likely of this server than of another.
  if (other.server.id === null && other.server.uuid === null) return true;
  return isOfServer(other.server, [...serverIds, ...idsOf(mine.server)]);
}
