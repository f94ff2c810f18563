import {
  findSnapshot,
  hasEndedWell,
  isInterfered,
  isPost,
  lifeTime,
  restoresBy,
  type MainRecord,
} from './facts.ts';
import type { Life, ProcessRecord } from '../run/record.ts';

/** Promise 2 about restores: what is said of them in annotations and outputs is so. */

/** "Restored" is said only of a restore that this process requested, that began and that ended well. */
export function saysRestoredOnlyWhenItIs(life: Life): string[] {
  return life.processes.flatMap((p) =>
    claimsOf(p).flatMap(({ snapshotId, confirmed }) => {
      if (!confirmed) return [];
      const effect = restoresBy(life, p).find((e) => e.snapshotId === snapshotId);
      // After a lost answer nobody can tell an own restore from another's.
      if (effect === undefined && isInterfered(life, p)) return [];
      if (effect === undefined)
        return [`${p.use.use} says that ${snapshotId} was restored, which it was not`];
      const restore = life.truth.restores.find(
        (r) => r.serverId === effect.serverId && Math.abs(lifeTime(r.begunAt) - effect.at) < 1,
      );
      const ended = restore?.endedAt ?? null;
      if (restore === undefined || ended === null || lifeTime(ended) > p.process.endedAt)
        return [`${p.use.use} says that ${snapshotId} is restored before it is`];
      if (restore.endsAs === 'error') return [`${p.use.use} calls a broken server restored`];
      const phase = p.phases.get(effect.serverId);
      const isTouched = life.effects.some(
        ({ at, by, serverId }) => serverId === effect.serverId && by !== p && at > effect.at,
      );
      const isAsFound = phase === 'stopped' && isPost(p) && wasFoundStopped(life, p.main, snapshotId);
      return isTouched || phase === 'active' || isAsFound
        ? []
        : [`${p.use.use} says that ${snapshotId} is restored, and the server is '${phase}'`];
    }),
  );
}

/** The step that took the snapshot was to stop the server, succeeded, and did not stop it: it was stopped already. */
function wasFoundStopped(life: Life, main: MainRecord, snapshotId: string): boolean {
  const server = findSnapshot(life, snapshotId)?.serverId;
  const isOwnStop = life.effects.some(
    ({ kind, by, serverId }) => kind === 'power' && by === main && serverId === server,
  );
  return main.use.use === 'main' && main.use.inputs.stopServer && !isOwnStop;
}

/** A restore that the API accepted is never told as one that was not requested. */
export function tellsEveryRequestedRestore(life: Life): string[] {
  return life.processes.filter(hasEndedWell).flatMap((p) =>
    restoresBy(life, p).flatMap(({ snapshotId }) => {
      const claim = claimsOf(p).find((c) => c.snapshotId === snapshotId);
      return claim?.requested === true
        ? []
        : [`${p.use.use} does not say that the restore of ${snapshotId} was requested`];
    }),
  );
}

interface Claim {
  readonly snapshotId: string;
  readonly requested: boolean;
  readonly confirmed: boolean;
}

const TITLES: ReadonlyMap<string, Omit<Claim, 'snapshotId'>> = new Map([
  ['Rolled back', { requested: true, confirmed: true }],
  ['Restored', { requested: true, confirmed: true }],
  ['Restored, but not well', { requested: true, confirmed: true }],
  ['Restore requested, not confirmed', { requested: true, confirmed: false }],
  ['Not restored', { requested: false, confirmed: false }],
]);

/** What a process says of each restore in its annotations. */
function claimsOf({ process }: ProcessRecord): Claim[] {
  const { annotations, lines } = process.runner;
  const told = [
    ...annotations,
    // From the tenth on they are lines of the log.
    ...lines.map(({ text }) => {
      const [, title = '', rest = ''] = /^error: ([^:]+): (.*)$/s.exec(text) ?? [];
      return { title, text: rest };
    }),
  ];
  return told.flatMap(({ title, text }) => {
    const claim = TITLES.get(title);
    const snapshotId = /\bsnapshot ([A-Za-z0-9_-]+)/.exec(text)?.[1];
    return claim === undefined || snapshotId === undefined ? [] : [{ ...claim, snapshotId }];
  });
}

/** The `restores` output and `restored` say what the annotations say. */
export function outputsOfRestoreAreTrue(life: Life): string[] {
  return life.processes.flatMap((p) => {
    const text = p.process.runner.outputs.get('restores');
    if (p.use.use !== 'restore' || text === undefined || !hasEndedWell(p)) return [];
    const told = JSON.parse(text) as readonly { readonly snapshot_id: string; readonly confirmed: boolean }[];
    const claims = new Map(claimsOf(p).map((claim) => [claim.snapshotId, claim.confirmed]));
    return told.flatMap(({ snapshot_id: id, confirmed }) =>
      confirmed === (claims.get(id) ?? false) ? [] : [`the output says of ${id} confirmed: ${confirmed}`],
    );
  });
}
