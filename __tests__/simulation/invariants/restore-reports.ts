import { findSnapshot, endedByItself, hasInterference, isPost, restoresBy, type MainRecord } from './facts.ts';
import type { SimulatedRun, ProcessRecord } from '../run/record.ts';
import { sinceStart } from '../run/environment.ts';

/** What annotations and outputs report about restores is true. */

/** "Restored" is reported only for a restore that this process requested, that started and that succeeded. */
export function reportsRestoredOnlyWhenTrue(run: SimulatedRun): string[] {
  return run.processes.flatMap((p) =>
    claimsOf(p).flatMap(({ snapshotId, confirmed }) => {
      if (!confirmed) return [];
      const effect = restoresBy(run, p).find((e) => e.snapshotId === snapshotId);
      // After a lost response nobody can tell this restore from somebody else's.
      if (effect === undefined && hasInterference(run, p)) return [];
      if (effect === undefined) return [`${p.use.use} reports ${snapshotId} as restored, which it was not`];
      const restore = run.actualState.restores.find(
        (r) => r.serverId === effect.serverId && Math.abs(sinceStart(r.startedAt) - effect.at) < 1,
      );
      const ended = restore?.endedAt ?? null;
      if (restore === undefined || ended === null || sinceStart(ended) > p.process.endedAt)
        return [`${p.use.use} reports ${snapshotId} as restored before it is`];
      if (restore.endsAs === 'error') return [`${p.use.use} reports a broken server as restored`];
      const phase = p.phases.get(effect.serverId);
      const isTouched = run.effects.some(
        ({ at, by, serverId }) => serverId === effect.serverId && by !== p && at > effect.at,
      );
      const isAsFound = phase === 'stopped' && isPost(p) && wasFoundStopped(run, p.main, snapshotId);
      return isTouched || phase === 'active' || isAsFound
        ? []
        : [`${p.use.use} reports ${snapshotId} as restored, and the server is '${phase}'`];
    }),
  );
}

/** The main step had to stop the server, and did not, because it was already stopped. */
function wasFoundStopped(run: SimulatedRun, main: MainRecord, snapshotId: string): boolean {
  const server = findSnapshot(run, snapshotId)?.serverId;
  const isOwnStop = run.effects.some(
    ({ kind, by, serverId }) => kind === 'power' && by === main && serverId === server,
  );
  return main.use.use === 'main' && main.use.inputs.stopServer && !isOwnStop;
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

interface Claim {
  readonly snapshotId: string;
  readonly requested: boolean;
  readonly confirmed: boolean;
}

const TITLES: ReadonlyMap<string, Omit<Claim, 'snapshotId'>> = new Map([
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
    ...lines.map(({ text }) => {
      const [, title = '', rest = ''] = /^error: ([^:]+): (.*)$/s.exec(text) ?? [];
      return { title, text: rest };
    }),
  ];
  return reports.flatMap(({ title, text }) => {
    const claim = TITLES.get(title);
    const snapshotId = /\bsnapshot ([A-Za-z0-9_-]+)/i.exec(text)?.[1];
    return claim === undefined || snapshotId === undefined ? [] : [{ ...claim, snapshotId }];
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
