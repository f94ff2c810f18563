import { showsStart } from '../../snapshots/restoration.ts';
import { POLL_LIMITS, type Schedule } from '../../snapshots/schedule.ts';
import { outcomeOf, VpsError } from '../../vps/errors.ts';
import { type Server, type Snapshot } from '../../vps/model.ts';
import { type Deps, pause } from '../common/deps.ts';
import { CancelledError } from '../common/errors.ts';

/** A server that is to be put back. */
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
}

export type Health = 'passed' | 'failed' | 'not_checked';

/**
 * Where a restore stands: `checked` it may be requested · `refused` it is not requested · `requested` the API took
 * the request, or may have · `other` somebody else's restore runs, and its end is waited for · `ended`.
 */
export type Stage = 'checked' | 'refused' | 'requested' | 'other' | 'ended';

/** One restore, and what is known of it by now. */
export interface Restore {
  readonly target: RestoreTarget;
  readonly stage: Stage;
  readonly snapshot: Snapshot | null;
  /** A list of the server was read, and does not show the snapshot. */
  readonly absent: boolean;
  /** The server just before the request, `null` where it could not be read. */
  readonly before: Server | null;
  /** The API took the request, or may have. */
  readonly requested: boolean;
  /** The API answered that it took the request. */
  readonly accepted: boolean;
  /** A look at the server since the request has said `restoring`. */
  readonly sawRestoring: boolean;
  /** It was seen to begin and to end. */
  readonly confirmed: boolean;
  readonly started: boolean;
  readonly health: Health;
  readonly serverStatus: string | null;
  /** For people: what became of it; empty where all is well. */
  readonly reason: string;
}

export interface RestoreOptions {
  readonly schedule: Schedule;
  /** Monotonic deadline. */
  readonly until: number;
  /** How long that is, in milliseconds. */
  readonly timeout: number;
}

/**
 * Sends the restore request: once, and a second time only where the first certainly had no effect (design §3.5).
 * `tell` is called as soon as the API may have taken it, before anybody knows.
 */
export async function requestRestore(
  restore: Restore,
  deps: Deps,
  options: RestoreOptions,
  tell: (restore: Restore) => Promise<void>,
): Promise<Restore> {
  const { target, before } = restore;
  const requested: Restore = { ...restore, stage: 'requested', requested: true };
  for (let sent = 1; ; sent += 1) {
    deps.log.event(target.label, `requesting the restore of snapshot ${target.snapshotId}`);
    try {
      await deps.api.restoreSnapshot(target.snapshotId, options.until);
      deps.log.event(target.label, 'restore requested, not confirmed yet');
      await tell(requested);
      return { ...requested, accepted: true };
    } catch (error) {
      if (!(error instanceof VpsError)) throw error;
      const unclear = outcomeOf(error) === 'unclear';
      if (!unclear && sent === 1) return { ...restore, stage: 'refused', reason: describeRefusal(error) };
      deps.log.event(target.label, `restore requested, not confirmed: ${error.message}`);
      await tell(requested);
      // A refusal of the second request may mean that the first one is at work; the server shows it, or nobody does.
      if (!unclear || sent > 1) return requested;
      const outcome = await findOutcome(target, before, deps, options);
      if (outcome !== 'not_taken') return { ...requested, sawRestoring: outcome === 'restoring' };
      deps.log.event(target.label, 'the server shows that nothing happened: the request is sent once more');
    }
  }
}

/** After an unclear answer: whether the server shows a restore, may show one, shows that there is none, or tells nothing. */
async function findOutcome(
  target: RestoreTarget,
  before: Server | null,
  deps: Deps,
  options: RestoreOptions,
): Promise<'restoring' | 'changed' | 'not_taken' | 'unknown'> {
  if (before === null || before.updatedAt === null) return 'unknown';
  for (let looks = 0; looks < POLL_LIMITS.unclearRestore; looks += 1) {
    if (deps.clock.now() >= options.until) return 'unknown';
    try {
      await pause(deps, options.schedule.fastPoll);
      const server = await deps.api.getServer(target.serverId, options.until);
      if (server.status === 'restoring') return 'restoring';
      if (showsStart(before, server)) return 'changed';
      if (server.status !== before.status || server.updatedAt === null) return 'unknown';
    } catch (error) {
      if (error instanceof VpsError || error instanceof CancelledError) return 'unknown';
      throw error;
    }
  }
  return 'not_taken';
}

function describeRefusal(error: VpsError): string {
  const refused = outcomeOf(error) === 'refused';
  return `${refused ? 'VPS.org refused the request' : 'the request could not be sent'}: ${error.message}`;
}
