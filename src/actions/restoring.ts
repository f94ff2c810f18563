import { formatDuration, formatElapsed } from '../github/values.ts';
import {
  observeServer,
  type RestorePhase,
  showsBegin,
  startRestoration,
  type Restoration,
} from '../snapshots/restoration.ts';
import { LOOKS, type Schedule } from '../snapshots/schedule.ts';
import { certaintyOf, isTransient, VpsError } from '../vps/errors.ts';
import { type Server, type Snapshot } from '../vps/model.ts';
import { CancelledError, type Deps, pause } from './deps.ts';
import { look } from './look.ts';
import { startServer } from './power.ts';

/** A server that is to be put back. */
export interface RestoreTarget {
  readonly label: string;
  /** The id to ask for the server and its list. */
  readonly serverId: string;
  readonly serverIds: readonly string[];
  readonly snapshotId: string;
  readonly key: string | null;
  readonly seenCompleted: string | null;
  /** False where the server was found stopped before the snapshot: it stays as it was. */
  readonly startIfStopped: boolean;
}

export type Health = 'passed' | 'failed' | 'not_checked';

export interface RestoreResult {
  readonly target: RestoreTarget;
  readonly snapshot: Snapshot | null;
  /** The API took the request, or may have. */
  readonly requested: boolean;
  /** It was seen to begin and to end. */
  readonly confirmed: boolean;
  readonly started: boolean;
  readonly health: Health;
  readonly serverStatus: string | null;
  /** What became of it, in a sentence; empty where all is well. */
  readonly reason: string;
}

/** A restore on its way. */
export interface Progress extends RestoreResult {
  /** The server just before the request, `null` where it could not be read. */
  readonly before: Server | null;
  /** Somebody else's restore runs: none is requested, its end is waited for. */
  readonly watchOther: boolean;
}

export interface RestoreOptions {
  readonly schedule: Schedule;
  /** Monotonic deadline. */
  readonly until: number;
  /** How long that is, in milliseconds. */
  readonly timeout: number;
}

/** Sends the restore request: once, and a second time only where the first certainly had no effect. */
export async function request(progress: Progress, deps: Deps, options: RestoreOptions): Promise<Progress> {
  const { target, before, reason, watchOther } = progress;
  if (reason !== '') return progress;
  if (watchOther) {
    deps.log.event(target.label, 'another restore is running; waiting for its end');
    return progress;
  }
  for (let sent = 1; ; sent += 1) {
    deps.log.event(target.label, `requesting the restore of snapshot ${target.snapshotId}`);
    try {
      await deps.api.restoreSnapshot(target.snapshotId, options.until);
      deps.log.event(target.label, 'restore requested, not confirmed yet');
      return { ...progress, requested: true };
    } catch (error) {
      if (!(error instanceof VpsError)) return { ...progress, reason: `not restored: ${messageOf(error)}` };
      const certainty = certaintyOf(error);
      // A refusal of the second request may mean that the first one is at work.
      const settled = certainty !== 'unclear' && !(sent > 1 && error.status === 400);
      if (settled) return { ...progress, requested: sent > 1, reason: refusalOf(error, sent) };
      deps.log.event(target.label, `unclear answer to the restore request: ${error.message}`);
      const state = await findOutcome(target, before, deps, options);
      if (state === 'taken') return { ...progress, requested: true };
      if (state === 'unknown' || sent > 1) {
        return {
          ...progress,
          requested: true,
          reason: unconfirmed(
            'the answer to the request was lost, and the server does not show whether it was taken',
          ),
        };
      }
    }
  }
}

/** After an unclear answer: whether the server shows the restore, shows that there is none, or tells nothing. */
async function findOutcome(
  target: RestoreTarget,
  before: Server | null,
  deps: Deps,
  options: RestoreOptions,
): Promise<'taken' | 'not_taken' | 'unknown'> {
  let untold = before === null || before.updatedAt === null;
  for (let looks = 0; looks < LOOKS.unclearRestore && deps.clock.now() < options.until; looks += 1) {
    try {
      await pause(deps, options.schedule.doubt);
      const server = await deps.api.getServer(target.serverId, options.until);
      if (showsBegin(before, server)) return 'taken';
      untold ||= server.status !== before?.status || server.updatedAt === null;
    } catch (error) {
      if (error instanceof CancelledError) return 'unknown';
      deps.log.debug(`the server could not be read: ${messageOf(error)}`);
      untold = true;
    }
  }
  return untold || deps.clock.now() >= options.until ? 'unknown' : 'not_taken';
}

/** Watches a requested restore until it is seen to have begun and ended, and starts the server if it stopped. */
export async function confirm(progress: Progress, deps: Deps, options: RestoreOptions): Promise<Progress> {
  if (progress.reason !== '' || (!progress.requested && !progress.watchOther)) return progress;
  const { target } = progress;
  let server: Server | null = null;
  try {
    const outcome = await watchRestore(progress, deps, options, (seen) => (server = seen));
    const serverStatus = statusOf(server) ?? progress.serverStatus;
    if (outcome.end === null) return { ...progress, serverStatus, reason: unconfirmed(outcome.why) };
    if (outcome.end === 'active' || !target.startIfStopped) return finish({ ...progress, serverStatus });
    await startServer({ id: target.serverId, label: target.label }, deps, options);
    return finish({ ...progress, serverStatus: 'active', started: true });
  } catch (error) {
    return { ...progress, serverStatus: statusOf(server), reason: unconfirmed(messageOf(error)) };
  }
}

function statusOf(server: Server | null): string | null {
  return server === null ? null : server.status;
}

function finish(progress: Progress): Progress {
  if (progress.watchOther)
    return { ...progress, reason: 'another restore was running; none was requested by this run' };
  return { ...progress, confirmed: true };
}

type Outcome = { readonly end: 'active' | 'stopped' } | { readonly end: null; readonly why: string };

async function watchRestore(
  progress: Progress,
  deps: Deps,
  options: RestoreOptions,
  onSeen: (server: Server) => void,
): Promise<Outcome> {
  const { clock, log } = deps;
  const { target } = progress;
  const begun = clock.now();
  let state: Restoration = startRestoration(progress.before);
  let phase: RestorePhase = 'requested';
  let status = '';
  let spoken = begun;
  for (;;) {
    const seen = await look(() =>
      deps.api.getServer(target.serverId, Math.max(options.until, clock.now() + LAST_LOOK_MS)),
    );
    if ('value' in seen) {
      const server = seen.value;
      onSeen(server);
      const step = observeServer(state, server);
      if (server.status !== status)
        log.event(target.label, `server is '${server.status || 'without a status'}'`);
      status = server.status;
      state = step.state;
      phase = step.phase;
    }
    const now = clock.now();
    if (phase === 'active' || phase === 'stopped') return { end: phase };
    if (phase === 'broken') return { end: null, why: `the server is '${status}'` };
    if (phase === 'not_begun') return { end: null, why: 'nothing shows that the restore has begun' };
    if (now >= options.until) {
      const outage = 'outage' in seen ? `; the API did not answer at last (${seen.outage.message})` : '';
      return {
        end: null,
        why: `the time of ${formatDuration(options.timeout)} is over, the server is '${status || 'unknown'}'${outage}`,
      };
    }
    if (now - spoken >= HEARTBEAT_MS) {
      spoken = now;
      log.info(
        `${target.label}: still restoring after ${formatElapsed(now - begun)} (server is '${status}')`,
      );
    }
    const wanted =
      state.sawRestoring && status === 'restoring'
        ? options.schedule.work('restore', now - begun)
        : options.schedule.doubt;
    await pause(deps, Math.min(wanted, options.until - now));
  }
}

const HEARTBEAT_MS = 30_000;
/** A last look after the deadline may take this long. */
const LAST_LOOK_MS = 10_000;

function unconfirmed(why: string): string {
  return `restore requested, not confirmed: ${why}`;
}

function refusalOf(error: VpsError, sent: number): string {
  if (sent > 1) {
    return unconfirmed(`the first request had an unclear answer, and the second failed: ${error.message}`);
  }
  const what =
    certaintyOf(error) === 'refused' ? 'VPS.org refused the request' : 'the request could not be sent';
  return `not restored: ${what}: ${error.message}`;
}

export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause =
    error.cause instanceof VpsError && !isTransient(error.cause) ? ` (${error.cause.message})` : '';
  return `${error.message}${cause}`;
}
