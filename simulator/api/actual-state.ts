/** The actual state of servers and snapshots, whatever the API shows of it. All times are epoch milliseconds of the virtual clock. */

export type ServerPhase =
  'active' | 'stopped' | 'suspended' | 'error' | 'stopping' | 'starting' | 'restarting' | 'restoring';

/** What changed the phase of a server. */
type ChangeCause = 'seed' | 'power' | 'restore' | 'restart';

/** A change of phase that is due. */
export interface SimChange {
  readonly at: number;
  readonly to: ServerPhase;
  readonly cause: ChangeCause;
  /** The change after it. */
  readonly next: SimChange | null;
}

/** A phase that a server has had, or has. */
export interface SimPhase {
  readonly phase: ServerPhase;
  /** When it began. */
  readonly at: number;
  readonly cause: ChangeCause;
}

export interface SimServer {
  readonly id: string;
  readonly uuid: string;
  readonly name: string;
  readonly location: string;
  readonly ipAddress: string;
  readonly createdAt: number;
  updatedAt: number;
  phase: ServerPhase;
  /** All its phases, the present one last. */
  readonly history: SimPhase[];
  /** Identifies what is on the disk, so that a test can tell which snapshot a server was restored from. */
  content: string;
  /** Counts the deploys. */
  generation: number;
  /** The next change; null when the server is at rest. */
  change: SimChange | null;
  /** The last accepted restore, also after its end; null when there was none. */
  restore: SimRestore | null;
}

type SnapshotPhase = 'in_progress' | 'completed' | 'failed';

export interface SimSnapshot {
  readonly id: string;
  readonly serverId: string;
  readonly name: string;
  /** As stored, which may be less than what was sent. */
  readonly description: string;
  readonly createdAt: number;
  /** When it completes or fails. */
  readonly endsAt: number;
  /** When lists first show it. */
  readonly listedAt: number;
  readonly willFail: boolean;
  readonly sizeMb: number;
  /** Content of the server at the time of creation. */
  readonly content: string;
  /** State of the server at the time of creation. */
  readonly serverPhase: ServerPhase;
  /** Made by a POST (`api`), by somebody else (`event`), or there before (`seed`). */
  readonly madeBy: 'api' | 'event' | 'seed';
  phase: SnapshotPhase;
  endedAt: number | null;
  /** When a deletion that takes its time was accepted. */
  deletingAt: number | null;
  deletedAt: number | null;
  /** The content of the server changed while this was in progress: it may hold half of a deploy. */
  torn: boolean;
}

export interface SimRestore {
  readonly serverId: string;
  readonly snapshotId: string;
  readonly content: string;
  readonly torn: boolean;
  readonly startedAt: number;
  readonly endsAt: number;
  readonly endsAs: ServerPhase;
  /** Requested by a POST (`api`), or by somebody else (`event`). */
  readonly by: 'api' | 'event';
  /** The server was started meanwhile: what is on it in the end is neither. */
  broken: boolean;
  /** Also set when another restore took its place. */
  endedAt: number | null;
}

export interface SimPower {
  readonly serverId: string;
  readonly action: string;
  readonly at: number;
  readonly from: ServerPhase;
  readonly accepted: boolean;
}

/** What somebody else did. */
export interface SimEventRecord {
  readonly kind: string;
  readonly at: number;
  /** False when the state did not allow it, such as a restart of a stopped server. */
  readonly happened: boolean;
}

/** A copy, for tests to inspect. */
export interface ActualState {
  readonly now: number;
  readonly servers: readonly Readonly<SimServer>[];
  /** In the order of creation, deleted ones included. */
  readonly snapshots: readonly Readonly<SimSnapshot>[];
  /** Accepted restores, in order. */
  readonly restores: readonly Readonly<SimRestore>[];
  /** Power calls that reached the server, refused ones included, in order. */
  readonly power: readonly Readonly<SimPower>[];
  /** What others did so far, in order. */
  readonly events: readonly SimEventRecord[];
}

/** A server that exists from the start; fields under the API's own names. */
export interface ServerSeed {
  readonly id: number | string;
  readonly uuid?: string;
  readonly name?: string;
  readonly status?: ServerPhase;
  readonly location?: string;
  readonly ip_address?: string;
  readonly content?: string;
}

/** A snapshot that exists from the start; fields under the API's own names. */
export interface SnapshotSeed {
  readonly id?: number | string;
  /** The first server when left out. */
  readonly server_id?: number | string;
  readonly name: string;
  readonly description?: string;
  /** `completed` when left out. */
  readonly status?: SnapshotPhase | 'deleting';
  /** How long one in progress, or one being deleted, still takes: the usual time, or for ever, when left out. */
  readonly seconds?: number;
  /** ISO 8601 or epoch milliseconds; now when left out. */
  readonly created_at?: string | number;
  readonly size_mb?: number;
  readonly content?: string;
}

export interface TokenSeed {
  readonly token: string;
  readonly name?: string;
  /** The switch `permissions` when left out. */
  readonly permissions?: readonly string[];
}
