import { type HealthResult } from '../server/health.ts';
import { type Restoration } from '../../snapshots/polling/restoration.ts';
import { type Server, type Snapshot } from '../../vps/model.ts';

/** A server that is to be restored. */
export interface RestoreTarget {
  readonly label: string;
  /** The id to ask for the server and its list. */
  readonly serverId: string;
  readonly serverIds: readonly string[];
  readonly snapshotId: string;
  /** False where this may not be the id to its last digit, so that it is not offered to be typed either. */
  readonly idIsLossless: boolean;
  /** As they were last seen, for people. */
  readonly name: string | null;
  readonly createdAt: string | null;
  /** The step's key, `null` where a person named the snapshot by its id. */
  readonly key: string | null;
  /** Who saw the snapshot completed before the deploy could start; `null` for nobody. */
  readonly seenCompleted: string | null;
  /** False where the server was found stopped before the snapshot: it stays as it was. */
  readonly startIfStopped: boolean;
  /** The snapshot of the server as it was before the restore, where one was taken. */
  readonly undoSnapshotId: string | null;
}

/** All ids that the target's server may be known by. */
export function idsOfTarget({ serverId, serverIds }: RestoreTarget): readonly string[] {
  return [...new Set([serverId, ...serverIds])];
}

/** Said before whatever happens to a request that nobody has seen to its end. */
export const UNCONFIRMED = 'restore requested, not confirmed: ';

/** What every restore knows at every stage. */
interface Known {
  readonly target: RestoreTarget;
  /** As the last list showed it. */
  readonly snapshot: Snapshot | null;
  /** The server's last known status word; `null` where it could not be read. */
  readonly serverStatus: string | null;
  /** When it was requested, by the API's clock (epoch milliseconds); absent where nothing was. */
  readonly requestedAt?: number | undefined;
}

/** The checks passed, or somebody else's restore runs. */
export type CheckedRestore = Known &
  (
    | {
        readonly stage: 'ready';
        /** The server just before the request, `null` where the token may not read it. */
        readonly before: Server | null;
        /** When the oldest of what the checks rest on was read (monotonic). */
        readonly readAt: number;
        /** The API's time then, epoch milliseconds. */
        readonly now: number;
      }
    | { readonly stage: 'foreign' }
    | RefusedRestore
  );

interface RefusedRestore {
  readonly stage: 'refused';
  readonly reason: string;
  /** What stands against it says something about this server alone. */
  readonly isOfServerAlone: boolean;
  /**
   * What is left to be done by hand: `restore` the snapshot · `find` it, since no complete list shows it · `none`, a
   * restore would be wrong.
   */
  readonly byHand: 'restore' | 'find' | 'none';
  /** The API refused a request, where one was sent. */
  readonly wasSent: boolean;
  /** This job has requested a restore of the server before. */
  readonly isByJob: boolean;
}

/** A restore that is not done, for a reason that is about its server alone and leaves it to a person. */
export function refuseRestore(
  { target, snapshot, serverStatus }: Known,
  reason: string,
  more: Partial<RefusedRestore> = {},
): Known & RefusedRestore {
  return {
    target,
    snapshot,
    serverStatus,
    stage: 'refused',
    reason,
    isOfServerAlone: true,
    byHand: 'restore',
    wasSent: false,
    isByJob: false,
    ...more,
  };
}

/** The API took the request, or may have; `restoration` is what the reads since have shown. */
export interface RequestedRestore extends Known {
  readonly stage: 'requested';
  readonly restoration: Restoration;
  /** What the API said it restores, where that is not what was asked for. */
  readonly mismatch: string | null;
  /** What stood against a second request after an unclear answer: it stands against a restore by hand, too. */
  readonly notAgain?: string;
}

/**
 * How a restore ended. `isForeign`: it was somebody else's, and none was requested here.
 * `refused` not requested · `unconfirmed` requested, and not seen to its end · `down` the server is not up again ·
 * `restored` seen to start and to end, and the server is as it should be.
 */
export type FinishedRestore = Known &
  (
    | RefusedRestore
    | {
        readonly stage: 'unconfirmed';
        readonly isForeign: boolean;
        readonly reason: string;
        /** The API says that it restores something else. */
        readonly isMismatch: boolean;
      }
    | {
        readonly stage: 'down';
        readonly isForeign: boolean;
        readonly reason: string;
        /** The restore was seen to end; what is missing is the start of the server. */
        readonly hasEnded: boolean;
      }
    | {
        readonly stage: 'restored';
        readonly isForeign: boolean;
        /** This step started the server, which had ended stopped. */
        readonly isStarted: boolean;
        /** A second request followed a lost answer, so that a second restore may follow. */
        readonly isSentTwice: boolean;
        /** It was up before the restore as well. */
        readonly wasUp: boolean;
        /** `null`: not checked. */
        readonly health: HealthResult | null;
      }
  );

/** A restore at any stage. */
export type Restore = CheckedRestore | RequestedRestore | FinishedRestore;

/** What is left of a restore when its step is ended: what was last read of the server may not be so any more. */
export function cutOff(restore: Restore): FinishedRestore {
  switch (restore.stage) {
    case 'ready':
      return refuseRestore(restore, 'the step was ended before it was requested');
    case 'foreign':
      return refuseRestore(restore, FOREIGN, { byHand: 'none' });
    case 'requested': {
      const { target, snapshot, requestedAt, restoration, mismatch } = restore;
      return {
        target,
        snapshot,
        serverStatus: null,
        requestedAt,
        stage: 'unconfirmed',
        isForeign: restoration.request === 'foreign',
        reason: mismatch ?? 'the step was ended before its end was seen',
        isMismatch: mismatch !== null,
      };
    }
    case 'refused':
    case 'unconfirmed':
    case 'down':
    case 'restored':
      return restore;
  }
}

/** "Restored" may be said: this run's restore was confirmed, and what was to follow is well. */
export function isRestored(restore: Restore): boolean {
  return isConfirmed(restore) && restore.health?.ok !== false;
}

/** This run's restore was seen to start and to end, and the server is up or as it was. */
export function isConfirmed(restore: Restore): restore is Extract<FinishedRestore, { stage: 'restored' }> {
  return restore.stage === 'restored' && !restore.isForeign;
}

/** The API took a request of this run, or may have. */
export function isRequested(restore: Restore): boolean {
  switch (restore.stage) {
    case 'ready':
    case 'foreign':
    case 'refused':
      return false;
    case 'requested':
      return restore.restoration.request !== 'foreign';
    case 'unconfirmed':
    case 'down':
    case 'restored':
      return !restore.isForeign;
  }
}

/** Why it is not well, for people; empty where it is, or where nobody knows yet. */
export function reasonOf(restore: Restore): string {
  switch (restore.stage) {
    case 'ready':
      return '';
    case 'foreign':
      return FOREIGN;
    case 'requested':
      return restore.restoration.request === 'foreign' ? FOREIGN : 'not confirmed yet';
    case 'refused':
    case 'unconfirmed':
    case 'down':
      return restore.reason;
    case 'restored': {
      const reasons = [
        ...(restore.isForeign ? [FOREIGN] : []),
        ...(restore.health?.ok === false ? [restore.health.reason] : []),
      ];
      return reasons.join('; ');
    }
  }
}

const FOREIGN = 'another restore was running; none was requested by this run';
