import { describeError } from '../../github/log.ts';
import { formatDuration } from '../../github/inputs/values.ts';
import {
  observeServer,
  type Restoration,
  type RestorePhase,
  startRestoration,
} from '../../snapshots/restoration.ts';
import { type Server } from '../../vps/model.ts';
import { type Deps, pause } from '../common/deps.ts';
import { FailedError } from '../common/errors.ts';
import { type Heartbeat, pollDeadline } from '../common/heartbeat.ts';
import { look } from '../common/poll.ts';
import { startServer } from '../server/power.ts';
import { type Restore, type RestoreOptions } from './request.ts';

type Outcome = { readonly end: 'active' | 'stopped' } | { readonly end: null; readonly why: string };

/**
 * Watches a requested restore until it is seen to have started and ended, and starts the server if it ended
 * stopped (design §3.5). Throws nothing that the API does: what was not seen is the result's `reason`.
 */
export async function watchRestore(
  restore: Restore,
  deps: Deps,
  options: RestoreOptions,
  heartbeat: Heartbeat,
): Promise<Restore> {
  const { target } = restore;
  const seen = { status: restore.serverStatus };
  const other = restore.stage === 'other';
  const ended: Restore = { ...restore, stage: 'ended', confirmed: !other, reason: other ? OTHER : '' };
  try {
    const outcome = await watchUntilEnd(
      restore,
      deps,
      options,
      heartbeat,
      (server) => (seen.status = server.status),
    );
    if (outcome.end === null)
      return { ...restore, serverStatus: seen.status, reason: unconfirmed(outcome.why, other) };
    if (outcome.end === 'active' || !target.startIfStopped) return { ...ended, serverStatus: seen.status };
    const failure = await startAfterwards(restore, deps, options);
    if (failure === null) return { ...ended, serverStatus: 'active', started: true };
    return {
      ...ended,
      confirmed: false,
      serverStatus: seen.status,
      reason: [ended.reason, failure].filter((text) => text !== '').join('; '),
    };
  } catch (error) {
    return { ...restore, serverStatus: seen.status, reason: unconfirmed(describeError(error), other) };
  } finally {
    heartbeat.remove(target.label);
  }
}

/** What went wrong with the start of a server that the restore left stopped, or `null`. */
async function startAfterwards(
  { target }: Restore,
  deps: Deps,
  options: RestoreOptions,
): Promise<string | null> {
  try {
    await startServer({ id: target.serverId, label: target.label }, deps, options);
    return null;
  } catch (error) {
    if (!(error instanceof FailedError)) throw error;
    return `the server ended stopped and was not seen active again (${describeError(error.cause ?? error)})`;
  }
}

const OTHER = 'another restore was running; none was requested by this run';

function unconfirmed(why: string, other: boolean): string {
  return other ? `another restore is running, and its end was not seen: ${why}` : why;
}

async function watchUntilEnd(
  { target, before, accepted, sawRestoring }: Restore,
  deps: Deps,
  options: RestoreOptions,
  heartbeat: Heartbeat,
  onSeen: (server: Server) => void,
): Promise<Outcome> {
  const { clock, log } = deps;
  const { schedule, until } = options;
  const startedAt = clock.now();
  let state: Restoration = startRestoration(before, { accepted, sawRestoring });
  let phase: RestorePhase = 'requested';
  let status: string | null = null;
  for (;;) {
    const seen = await look(() => deps.api.getServer(target.serverId, pollDeadline(until, deps)));
    if ('value' in seen) {
      onSeen(seen.value);
      if (seen.value.status !== status)
        log.event(target.label, `server is '${seen.value.status || 'without a status'}'`);
      status = seen.value.status;
      ({ state, phase } = observeServer(state, seen.value));
    }
    const now = clock.now();
    const shown = status ?? 'unknown';
    if (phase === 'active' || phase === 'stopped') return { end: phase };
    if (phase === 'broken') return { end: null, why: `the server is '${shown}'` };
    if (phase === 'not_begun') return { end: null, why: 'nothing shows that the restore has begun' };
    if (now >= until) {
      const outage = 'outage' in seen ? `; the API did not answer at last: ${seen.outage.message}` : '';
      return {
        end: null,
        why: `the time of ${formatDuration(options.timeout)} is over, the server is '${shown}'${outage}`,
      };
    }
    heartbeat.set(target.label, `'${shown}'`);
    heartbeat.beat();
    const wanted = status === 'restoring' ? schedule.work('restore', now - startedAt) : schedule.fastPoll;
    await pause(deps, Math.min(wanted, until - now));
  }
}
