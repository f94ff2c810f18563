import { lastShown, isUnreadable } from './facts/exchanges.ts';
import { outputIds } from './facts/processes.ts';
import { creatorOf, DAY, findSnapshot, isDeadAt, markerOf, type Snapshot } from './facts/snapshots.ts';
import type { Exchange, ProcessRecord, SimulatedRun } from '../run/record.ts';
import { idInPath, sinceStart } from '../run/environment.ts';

/** What may go: the table of docs/how-it-works/retention.md, "Kinds of snapshots". */

const HOUR = 3_600_000;

/** A protected snapshot is deleted by the `delete` action only, or as the second of two with one key. */
export function deletesNoProtected(run: SimulatedRun): string[] {
  return eachDeletion(run, (p, snapshot) => {
    const isOwnDuplicate = p.main !== undefined && creatorOf(run, snapshot.id) === p.main;
    return markerOf(run, snapshot)?.isProtected === true && !isOwnDuplicate ? 'it is protected' : undefined;
  });
}

/** Undo snapshots stay for a day, and `prune` deletes none of another run within an hour. */
export function deletesNothingTooYoung(run: SimulatedRun): string[] {
  return eachDeletion(run, (p, snapshot, exchange) => {
    // Rotation has its own order, and a step deletes its own whatever their age.
    const isRule = p.use.use === 'prune' || (p.use.use === 'post' && !isOfStep(run, p, snapshot));
    if (!isRule || run.plan.switches.created_at === 'future') return undefined;
    const age = exchange.sentAt - sinceStart(snapshot.createdAt);
    const isPoint = snapshot.phase === 'completed' && !isDeadAt(snapshot, exchange.sentAt);
    if (isPoint && markerOf(run, snapshot)?.isUndo === true && age < DAY - MINUTE)
      return 'it undoes a restore of the last day';
    if (p.use.use === 'prune' && age < HOUR - MINUTE) return 'another run made it within the hour';
    return undefined;
  });
}

const MINUTE = 60_000;

/** Nothing is deleted by a rule on a server that the API has just shown `restoring`. */
export function deletesNothingDuringARestore(run: SimulatedRun): string[] {
  return eachDeletion(run, (p, snapshot, { sentAt }) => {
    const isRule = p.use.use === 'prune' || p.use.use === 'main';
    const last = lastShown(p, snapshot.serverId, sentAt);
    const server = run.actualState.servers.find(({ id }) => id === snapshot.serverId);
    if (!isRule || last?.shown.status !== 'restoring' || server === undefined) return undefined;
    return isUnreadable(p, server, last.exchange, sentAt) ? undefined : 'its server is being restored';
  });
}

/** After a restore that a step of the job requested, the clean-up of its post steps keeps everything of that server. */
export function deletesNothingAfterARestore(run: SimulatedRun): string[] {
  return eachDeletion(run, (p, snapshot, { sentAt }) => {
    if (!p.isPost) return undefined;
    const isRestored = run.effects.some(
      ({ kind, by, serverId, at }) =>
        kind === 'restore' && by?.jobIndex === p.jobIndex && serverId === snapshot.serverId && at < sentAt,
    );
    return isRestored ? 'the job has restored its server' : undefined;
  });
}

function isOfStep(run: SimulatedRun, { main }: ProcessRecord, { id }: Snapshot): boolean {
  return main !== undefined && (creatorOf(run, id) === main || outputIds(main).includes(id));
}

function eachDeletion(
  run: SimulatedRun,
  check: (p: ProcessRecord, snapshot: Snapshot, exchange: Exchange) => string | undefined,
): string[] {
  return run.processes.flatMap((p) => {
    if (p.use.use === 'delete') return [];
    return p.exchanges.flatMap((exchange) => {
      const id = exchange.record.method === 'DELETE' ? idInPath(exchange.record.path) : undefined;
      const snapshot = id === undefined ? undefined : findSnapshot(run, id);
      const problem = snapshot && check(p, snapshot, exchange);
      return problem === undefined ? [] : [`${p.use.use} requests to delete ${id}: ${problem}`];
    });
  });
}
