import {
  isAnswered,
  isCertainlyNotDone,
  isShownDown,
  isShownUp,
  requestsOf,
  shownBetween,
} from './facts/exchanges.ts';
import { endedByItself, isPost } from './facts/processes.ts';
import { hasInterference, isFoundStopped, phaseAt, restoreOf, restoresBy } from './facts/restores.ts';
import type { Effect, SimulatedRun, ProcessRecord } from '../run/record.ts';
import { sinceStart } from '../run/environment.ts';

/** What annotations and outputs report about restores is true. */

/**
 * "Restored" is reported only for a restore that this process requested, that really ended, and after which the server
 * is up or as it was. Where the API showed `active` in its place for as long as anybody waits, nobody can know.
 */
export function reportsRestoredOnlyWhenTrue(run: SimulatedRun): string[] {
  return run.processes.flatMap((p) =>
    claimsOf(p).flatMap(({ snapshotId, confirmed, at }) => {
      if (!confirmed) return [];
      const effect = restoresBy(run, p).findLast((e) => e.snapshotId === snapshotId);
      // After a lost response nobody can tell this restore from somebody else's.
      if (effect === undefined && hasInterference(run, p)) return [];
      if (effect === undefined) return [`${p.use.use} reports ${snapshotId} as restored, which it was not`];
      const restore = restoreOf(run, effect);
      const ended = restore?.endedAt == null ? Number.POSITIVE_INFINITY : sinceStart(restore.endedAt);
      // The API may show the end of a restore as late as its switches say.
      const shownBy = ended + 1000 * (run.plan.switches.after_restore_late ?? 0);
      const isShownEarly = isShownEnded(p, effect, Math.min(shownBy, at));
      if (restore === undefined || (ended > at && !isShownEarly))
        return [`${p.use.use} reports ${snapshotId} as restored before it is`];
      if (restore.endsAs === 'error' && ended <= at && !isShownEarly)
        return [`${p.use.use} reports a broken server as restored`];
      if (isAnsweredForAnother(run, effect)) return [`${p.use.use} reports as restored what the API denies`];
      // An ending that comes later than anybody waits for is not this report's.
      const phase = phaseAt(run, effect.serverId, Math.min(ended + 14_000, Math.max(ended, at)) + 1000);
      const isTouched =
        run.effects.some(
          ({ at: changed, by, serverId }) => serverId === effect.serverId && by !== p && changed > effect.at,
        ) ||
        run.actualState.restores.some(
          (r) => r !== restore && r.serverId === effect.serverId && sinceStart(r.startedAt) > effect.at,
        );
      const isAsFound = phase === 'stopped' && isPost(p) && isFoundStopped(p.main, effect.serverId);
      const isUp = phase === 'active' || phaseAt(run, effect.serverId, at) === 'active';
      return isTouched || isUp || isAsFound || isShownEarly
        ? []
        : [`${p.use.use} reports ${snapshotId} as restored, and the server is '${phase}'`];
    }),
  );
}

/**
 * The API showed the end of the restore for as long as anybody waits, and it had not ended: `active` in every read, or
 * after `restoring` `stopped` in two in a row, which is the end for a server that main found stopped.
 */
function isShownEnded(p: ProcessRecord, { serverId, at: since }: Effect, at: number): boolean {
  const shown = shownBetween(p, serverId, since, at);
  const first = shown.findIndex(({ status }) => status === 'restoring');
  const unseen = first < 0 ? shown : shown.slice(0, first);
  const after = shown.slice(unseen.length + 1);
  return isShownUp(unseen, 90) || isShownUp(after, 15) || isShownDown(after);
}

/** The answer to the request named another snapshot or another server. */
function isAnsweredForAnother(run: SimulatedRun, { exchange }: Effect): boolean {
  const { restore_answer: answer } = run.plan.switches;
  const isOther = answer === 'other_snapshot' || answer === 'other_server';
  return isOther && exchange !== null && isAnswered(exchange);
}

/** A restore that the API accepted is never reported as not requested. */
export function reportsEveryRequestedRestore(run: SimulatedRun): string[] {
  return run.processes.filter(endedByItself).flatMap((p) =>
    restoresBy(run, p).flatMap(({ snapshotId }) => {
      const claim = claimsOf(p).find((c) => c.snapshotId === snapshotId);
      // A process that is interrupted has said so in its log, as soon as the request was out.
      const isInterrupted = p.process.cancelledAt !== Number.POSITIVE_INFINITY && claim === undefined;
      const isInLog = isInterrupted && p.process.runner.lines.some(({ text }) => REQUESTED.test(text));
      return claim?.requested === true || isInLog
        ? []
        : [`${p.use.use} does not report that the restore of ${snapshotId} was requested`];
    }),
  );
}

const REQUESTED = /: restore requested, not confirmed/;

/** A restore is called requested only where a request has left the machine, and was not refused for certain. */
export function callsNothingRequestedThatWasNot(run: SimulatedRun): string[] {
  return run.processes.flatMap((p) =>
    claimsOf(p).flatMap(({ snapshotId, requested, isForeign }) => {
      const isOut = requestsOf(p).some(
        ({ id, exchange }) => id === snapshotId && !isCertainlyNotDone(exchange),
      );
      return requested && !isForeign && !isOut
        ? [`${p.use.use} calls the restore of ${snapshotId} requested, which it is not`]
        : [];
    }),
  );
}

interface Claim {
  readonly snapshotId: string;
  readonly requested: boolean;
  readonly confirmed: boolean;
  readonly at: number;
  /** It speaks of somebody else's restore. */
  readonly isForeign: boolean;
}

const TITLES: ReadonlyMap<string, Pick<Claim, 'requested' | 'confirmed'>> = new Map([
  ['Rolled back', { requested: true, confirmed: true }],
  ['Restored', { requested: true, confirmed: true }],
  ['Restored, health check failed', { requested: true, confirmed: true }],
  ['Server stopped after the restore', { requested: true, confirmed: false }],
  ['VPS.org restores something else', { requested: true, confirmed: false }],
  ['Restore requested, not confirmed', { requested: true, confirmed: false }],
  ['Not restored', { requested: false, confirmed: false }],
]);

/** What a process reports about each restore in its annotations. */
function claimsOf({ process }: ProcessRecord): Claim[] {
  const { annotations, lines } = process.runner;
  const reports = [
    ...annotations,
    // From the tenth on, annotations are lines of the log.
    ...lines.map(({ at, text }) => {
      const [, title = '', rest = ''] = /^error: ([^:]+): (.*)$/s.exec(text) ?? [];
      return { title, text: rest, at };
    }),
  ];
  return reports.flatMap(({ title, text, at }) => {
    const claim = TITLES.get(title);
    const snapshotId = /\bSnapshot ([A-Za-z0-9_-]+) is (?:kept|not listed)\./.exec(text)?.[1];
    return claim === undefined || snapshotId === undefined
      ? []
      : [{ ...claim, snapshotId, at, isForeign: /another restore (is|was) running/.test(text) }];
  });
}

/** The outputs `restores` and `restored` agree with the annotations. */
export function restoreOutputsAreTrue(run: SimulatedRun): string[] {
  return run.processes.flatMap((p) => {
    const text = p.process.runner.outputs.get('restores');
    if (p.use.use !== 'restore' || text === undefined || !endedByItself(p)) return [];
    const outputs = JSON.parse(text) as readonly {
      readonly snapshot_id: string;
      readonly confirmed: boolean;
    }[];
    const claims = new Map(claimsOf(p).map((claim) => [claim.snapshotId, claim.confirmed]));
    return outputs.flatMap(({ snapshot_id: id, confirmed }) =>
      confirmed === (claims.get(id) ?? false) ? [] : [`the output reports for ${id} confirmed: ${confirmed}`],
    );
  });
}
