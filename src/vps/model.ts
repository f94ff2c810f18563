/** What the API says, after the schema check. Texts are cleaned of control characters, but not trusted. */

/** A list of more pages is not read to its end. */
export const MOST_PAGES = 50;

export interface ServerRef {
  /** `server.id` as text, `null` where the API gave none. */
  readonly id: string | null;
  readonly uuid: string | null;
  readonly name: string | null;
}

export interface Snapshot {
  /** The id as text, with all its digits; `null` where the API gave none that could be used. */
  readonly id: string | null;
  /**
   * False for a numeric id above 2^53: a JSON client on the way may have changed its last digits, so it is
   * shown but never used to delete or restore.
   */
  readonly idIsLossless: boolean;
  readonly server: ServerRef;
  readonly name: string | null;
  /** The API's word in lower case, empty where it gave none. */
  readonly status: string;
  readonly sizeMb: number | null;
  /** As the API wrote it, for people. */
  readonly createdAt: string | null;
  /** Epoch milliseconds, `null` where `createdAt` is missing or not a time with a zone. */
  readonly created: number | null;
  readonly description: string | null;
}

interface WithId {
  readonly id: string;
}

export type SnapshotWithId = Snapshot & WithId;

/** Whether the API gave it an id that can be named. */
export function hasId<T extends Pick<Snapshot, 'id'>>(snapshot: T): snapshot is T & WithId {
  return snapshot.id !== null;
}

export interface SnapshotList {
  readonly snapshots: readonly Snapshot[];
  /** True when it holds `count` items or its pages were followed to the end without a change in between. */
  readonly complete: boolean;
  /** The API's own time (`Date` header) in epoch milliseconds. */
  readonly now: number | null;
  readonly pages: number;
}

export interface Server {
  readonly id: string | null;
  readonly uuid: string | null;
  readonly name: string | null;
  /** The API's word in lower case, empty where it gave none. */
  readonly status: string;
  readonly updatedAt: string | null;
  readonly ipAddress: string | null;
}

export interface ServerList {
  readonly servers: readonly Server[];
  /** True when it shows every server that the token may see. */
  readonly complete: boolean;
}

/** What the API says when it takes a restore request. */
export interface RestoreAnswer {
  /** The request's own word, `success` where it was taken. */
  readonly status: string;
  readonly snapshotId: string | null;
  readonly server: ServerRef;
  /** The server's word in it, lower case. */
  readonly serverStatus: string;
}

/** Whose token this is, as `GET /account/me/` shows it. */
export interface TokenInfo {
  readonly name: string | null;
  readonly permissions: readonly string[];
}

/** Ids, typed or received, that may stand in a path: letters and digits first, so that no path segment folds. */
export const ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** Whether this snapshot may be named in a request that changes something. */
export function isAddressable<T extends Pick<Snapshot, 'id' | 'idIsLossless'>>(
  snapshot: T,
): snapshot is T & WithId {
  return snapshot.idIsLossless && snapshot.id !== null && ID_PATTERN.test(snapshot.id);
}

/** Epoch milliseconds of an ISO 8601 time with a zone; one without says no instant. */
export function parseTime(value: string | null): number | null {
  if (
    value === null ||
    !/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/.test(value)
  )
    return null;
  const time = Date.parse(value.replace(' ', 'T'));
  return Number.isNaN(time) ? null : time;
}
