import { findSnapshot } from './snapshots.ts';
import { type ServerPhase, type SimRestore } from '../../../../simulator/api/actual-state.ts';
import { sinceStart } from '../../run/environment.ts';
import { type Effect, type Exchange, type ProcessRecord, type SimulatedRun } from '../../run/record.ts';
import { isAnswered, isCertainlyNotDone, requestsOf, lastShown } from './exchanges.ts';

/** Facts about restores and servers, from the actual state and from what a process was shown. */

/** The restores that the API accepted from a process. */
export function restoresBy(run: SimulatedRun, p: ProcessRecord): Effect[] {
  return run.effects.filter(({ kind, by }) => kind === 'restore' && by === p);
}

/**
 * Whether somebody else restored a server while this process requested that without a clear response, or changed
 * it in any way while the API had falsely accepted a request.
 */
export function hasInterference(run: SimulatedRun, p: ProcessRecord): boolean {
  const own = restoresBy(run, p);
  const others = run.actualState.restores
    .filter(
      (r) => !own.some((e) => e.serverId === r.serverId && Math.abs(sinceStart(r.startedAt) - e.at) < 1),
    )
    .map((r) => sinceStart(r.endedAt ?? r.endsAt));
  const changes = run.effects.filter(({ kind, by }) => kind === 'power' && by !== p).map(({ at }) => at);
  // Its own reboot, and a read that shows it as it was, look as if a restore had begun.
  const { deploy_restarts: restarts, stale_share: stale } = run.plan.switches;
  const isRestless = restarts !== undefined || stale !== undefined || (run.plan.events ?? []).length > 0;
  return p.exchanges.some((e) => {
    if (!e.record.path.endsWith('/restore/') || isClearlyAccepted(e)) return false;
    const since = e.sentAt - 30_000;
    const isFalse = e.record.status === 200 && !e.record.processed;
    return others.some((at) => at >= since) || (isFalse && (isRestless || changes.some((at) => at >= since)));
  });
}

/** The API carried a restore out, and said so. */
function isClearlyAccepted(e: Exchange): boolean {
  return isAnswered(e) && e.word === 'success';
}

/** The restore that an effect began. */
export function restoreOf(run: SimulatedRun, { serverId, at }: Effect): Readonly<SimRestore> | undefined {
  return run.actualState.restores.find(
    (r) => r.serverId === serverId && Math.abs(sinceStart(r.startedAt) - at) < 1,
  );
}

/** The restore that writes to a server at a time. */
export function runningRestore(
  run: SimulatedRun,
  serverId: string,
  at: number,
): Readonly<SimRestore> | undefined {
  return run.actualState.restores.find(
    (r) =>
      r.serverId === serverId &&
      sinceStart(r.startedAt) < at &&
      (r.endedAt === null || sinceStart(r.endedAt) > at),
  );
}

/** The actual phase of a server at a time. */
export function phaseAt(run: SimulatedRun, serverId: string, at: number): ServerPhase | undefined {
  const server = run.actualState.servers.find(({ id }) => id === serverId);
  return server?.history.findLast((change) => sinceStart(change.at) <= at)?.phase;
}

/** Main found the server stopped when it began to change anything: a restore leaves it as it was. */
export function isFoundStopped(main: ProcessRecord, serverId: string): boolean {
  const change = main.exchanges.find(({ record }) => record.method !== 'GET');
  return lastShown(main, serverId, change?.sentAt ?? Number.POSITIVE_INFINITY)?.shown.status === 'stopped';
}

/** Another step of the job has requested a restore of the server, or may have. */
export function isRestoredByJob(run: SimulatedRun, p: ProcessRecord, serverId: string | undefined): boolean {
  return run.processes.some(
    (other) =>
      other !== p &&
      other.jobIndex === p.jobIndex &&
      other.process.startedAt <= p.process.startedAt &&
      ((other.use.use === 'restore' && hasLeftARecord(other)) ||
        requestsOf(other).some(
          ({ id, exchange }) => findSnapshot(run, id)?.serverId === serverId && !isCertainlyNotDone(exchange),
        )),
  );
}

/** A process that was ended between its note for later steps and the request. */
function hasLeftARecord({ process }: ProcessRecord): boolean {
  return process.wasKilled || process.cancelledAt !== Number.POSITIVE_INFINITY;
}
