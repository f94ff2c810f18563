import { type ServerRef, type Snapshot } from '../vps/model.ts';

/**
 * Which of the listed snapshots belong to the server that the user typed:
 * `docs/how-it-works/identity.md`, "Which server a list is about".
 */
export interface ServerMatch {
  readonly snapshots: readonly Snapshot[];
  /** All ids known for the server: the typed one, and those that an answer confirms for it. */
  readonly ids: readonly string[];
  readonly name: string | null;
  /** The list names other servers too, or only others: the `server_id` filter was ignored. */
  readonly filterIgnored: boolean;
  /**
   * The server was recognized only because the list names no other: none of the ids is a known one. Good enough
   * to count slots, not to delete.
   */
  readonly assumed: boolean;
  /** Snapshots exist, and none of them is known to be of this server: nothing may be concluded. */
  readonly unknown: boolean;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function kindOf(id: string): 'number' | 'uuid' | 'other' {
  if (/^\d+$/.test(id)) return 'number';
  return UUID.test(id) ? 'uuid' : 'other';
}

/** Whether ids are of more than one form, so that two of them may mean one server. */
export function areMixed(ids: readonly string[]): boolean {
  return new Set(ids.map(kindOf)).size > 1;
}

/** Ids are compared as text; a UUID in any case, since it is a number written in hexadecimal. */
function normalize(id: string): string {
  return UUID.test(id) ? id.toLowerCase() : id;
}

/** The ids that the API says for a server. */
export function idsOf(server: ServerRef): string[] {
  return [server.id, server.uuid].filter((id) => id !== null);
}

/** A server's id as people read it. */
export function printServer(server: ServerRef): string {
  return idsOf(server)[0] ?? 'unknown';
}

/** Whether a snapshot's server is one of the given ids. */
export function isOfServer(server: ServerRef, ids: readonly string[]): boolean {
  const known = new Set(ids.map(normalize));
  return idsOf(server).some((id) => known.has(normalize(id)));
}

/**
 * Finds the server's snapshots in a list asked for with its `server_id`. `known` holds the typed id and what
 * an answer of the API confirmed for it.
 *
 * A list whose snapshots all name one server is about that server, unless that server has an id of the same
 * kind as the typed one and a different one: two numbers that differ are two servers. A snapshot that names no
 * server may be of the typed one, and holds a slot.
 */
export function matchServer(snapshots: readonly Snapshot[], known: readonly string[]): ServerMatch {
  const mine = snapshots.filter((s) => isOfServer(s.server, known));
  const isOther = (s: Snapshot): boolean => !mine.includes(s) && idsOf(s.server).length > 0;
  const others = snapshots.filter(isOther);
  const [first] = others;
  const isAnother = first !== undefined && (!isOneServer(others) || contradicts(first.server, known));
  if (first === undefined || (mine.length === 0 && !isAnother)) {
    return {
      snapshots,
      ids: merge(known, mine),
      name: (mine[0] ?? snapshots[0])?.server.name ?? null,
      filterIgnored: false,
      assumed: mine.length === 0 && snapshots.length > 0,
      unknown: false,
    };
  }
  return {
    snapshots: snapshots.filter((s) => !isOther(s)),
    ids: merge(known, mine),
    name: mine[0]?.server.name ?? null,
    filterIgnored: true,
    assumed: false,
    unknown: mine.length === 0,
  };
}

function isOneServer(snapshots: readonly Snapshot[]): boolean {
  return new Set(snapshots.map((s) => idsOf(s.server).map(normalize).join(' '))).size === 1;
}

/** Whether a server cannot be the known one: it has another id of the same kind, and none in common. */
export function contradicts(server: ServerRef, known: readonly string[]): boolean {
  if (isOfServer(server, known)) return false;
  const kinds = new Set(known.map(kindOf));
  return idsOf(server).some((id) => kindOf(id) !== 'other' && kinds.has(kindOf(id)));
}

/** Whether a server may be the typed one although none of its ids says so: it shows none of that form. */
export function mayBe(server: ServerRef, typed: string): boolean {
  return kindOf(typed) !== 'other' && !contradicts(server, [typed]);
}

function merge(known: readonly string[], snapshots: readonly Snapshot[]): string[] {
  return [...new Set([...known, ...snapshots.flatMap((s) => idsOf(s.server))])];
}
