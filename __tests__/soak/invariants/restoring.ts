import {
  findSnapshot,
  hasEndedWell,
  isAnswered,
  isCompletedAt,
  isList,
  isListedAt,
  isMarked,
  lastList,
  lifeTime,
  madeBy,
  makerOf,
  markerOf,
  postsOf,
  serversOf,
  type PostRecord,
  type Snapshot,
  wantedOf,
} from '../facts.ts';
import type { Effect, Life, ProcessRecord } from '../record.ts';

/** Promise 1 and 2 about restores: asked for, once, under all interlocks, and told as it was. */

function restoresBy(life: Life, p: ProcessRecord): Effect[] {
  return life.effects.filter(({ kind, by }) => kind === 'restore' && by === p);
}

/** The API accepts at most one restore of a server from one process. */
export function restoresAServerOnce(life: Life): string[] {
  return life.processes.flatMap((p) => {
    const servers = restoresBy(life, p).map(({ serverId }) => serverId);
    return new Set(servers).size === servers.length
      ? []
      : [`${p.use.use} restored a server ${servers.length} times`];
  });
}

/** A rollback happens only when it was asked for, after a main step that succeeded. */
export function rollsBackOnlyWhenAsked(life: Life): string[] {
  return postsOf(life).flatMap((p) => {
    if (wantedOf(p) === 'restore' && p.step.tornState === undefined && p.step.tokenLost !== true) return [];
    return restoresBy(life, p).map(({ snapshotId }) => `post restored ${snapshotId}, wanted: ${wantedOf(p)}`);
  });
}

/** Every interlock held when a rollback was accepted, as far as the lists that the post step read could show. */
export function rollsBackUnderAllInterlocks(life: Life): string[] {
  return postsOf(life).flatMap((p) =>
    restoresBy(life, p).flatMap((effect) =>
      judgeRollback(life, p, effect).map((problem) => `post restored ${effect.snapshotId}: ${problem}`),
    ),
  );
}

function judgeRollback(life: Life, p: PostRecord, { snapshotId, exchange }: Effect): string[] {
  const snapshot = findSnapshot(life, snapshotId);
  if (snapshot === undefined || exchange === null) return ['no such snapshot'];
  const problems: string[] = [];
  if (!serversOf(life, p).includes(snapshot.serverId)) problems.push('it is of another server');
  if (!isSeenCompleted(life, p, snapshot)) problems.push('nobody saw it completed before the deploy');
  const newer = findNewer(life, p, snapshot, exchange.sentAt);
  if (newer !== undefined) problems.push(`${newer.id} of another step is newer`);
  if (isShownRestoring(life, snapshot.serverId, lastLook(p, exchange.sentAt)))
    problems.push('the server was being restored already');
  return problems;
}

/** Whether main or the `wait` action of the job read a list that showed it completed, before any deploy of the job. */
function isSeenCompleted(life: Life, p: PostRecord, snapshot: Snapshot): boolean {
  const deploy = life.deploys.find(
    ({ jobIndex, begunAt }) => jobIndex === p.jobIndex && begunAt >= p.main.process.endedAt,
  );
  const before = deploy?.begunAt ?? Number.POSITIVE_INFINITY;
  return life.processes.some((seer) => {
    if (seer.jobIndex !== p.jobIndex || seer.process.endedAt > before) return false;
    const isSeer =
      seer === p.main || (seer.use.use === 'wait' && seer.use.inputs.snapshotIds.includes(snapshot.id));
    return (
      isSeer &&
      seer.exchanges.some((e) => isList(e) && isAnswered(e) && isCompletedAt(snapshot, e.processedAt))
    );
  });
}

/** A marked snapshot of another step that the last list before the request showed, and that is newer. */
function findNewer(life: Life, p: ProcessRecord, mine: Snapshot, sentAt: number): Snapshot | undefined {
  const seen = lastList(life, p, sentAt, mine.serverId)?.processedAt;
  const key = markerOf(life, mine)?.key;
  if (seen === undefined) return mine;
  return life.truth.snapshots.find(
    (s) =>
      s.id !== mine.id &&
      s.serverId === mine.serverId &&
      s.createdAt >= mine.createdAt &&
      isMarked(life, s) &&
      isListedAt(life, s, seen) &&
      (key === undefined ? makerOf(life, s.id) !== p.main : markerOf(life, s)?.key !== key),
  );
}

/** When the process last read the server. */
function lastLook({ exchanges }: ProcessRecord, before: number): number {
  const look = exchanges.findLast(
    (e) => e.endedAt <= before && isAnswered(e) && e.record.path.startsWith('/api/v1/servers/'),
  );
  return look?.processedAt ?? 0;
}

function isShownRestoring(life: Life, serverId: string, at: number): boolean {
  const lag = 1000 * (life.plan.switches.restoring_late ?? 0);
  if ((life.plan.switches.word_restoring ?? 'restoring').toLowerCase() !== 'restoring') return false;
  return life.truth.restores.some(
    (r) =>
      r.serverId === serverId &&
      lifeTime(r.begunAt) + lag <= at &&
      (r.endedAt === null || lifeTime(r.endedAt) > at),
  );
}

/** The `restore` action restores nothing older than a marked snapshot, nor an earlier attempt's, unless allowed. */
export function restoresNothingOlderUnasked(life: Life): string[] {
  return life.processes.flatMap((p) => {
    if (p.use.use !== 'restore') return [];
    const { allowOlder, serverId, dryRun } = p.use.inputs;
    return restoresBy(life, p).flatMap(({ snapshotId, exchange, serverId: restored }) => {
      const snapshot = findSnapshot(life, snapshotId);
      if (snapshot === undefined || exchange === null) return [];
      if (dryRun) return [`a dry run restored ${snapshotId}`];
      if (serverId !== null && serverId !== restored)
        return [`${snapshotId} is of ${restored}, not of ${serverId}`];
      if (allowOlder) return [];
      const newer = findNewer(life, p, snapshot, exchange.sentAt);
      if (newer !== undefined && newer.createdAt > snapshot.createdAt)
        return [`restored ${snapshotId} although ${newer.id} is newer`];
      const maker = makerOf(life, snapshotId);
      const isEarlier =
        maker !== null &&
        isMarked(life, snapshot) &&
        maker.job.repository === p.job.repository &&
        maker.job.run === p.job.run &&
        maker.job.attempt < p.job.attempt;
      return isEarlier ? [`restored ${snapshotId} of an earlier attempt`] : [];
    });
  });
}

/** "Restored" is said only of a restore that this process requested, that began and that ended well. */
export function saysRestoredOnlyWhenItIs(life: Life): string[] {
  return life.processes.flatMap((p) =>
    claimsOf(p).flatMap(({ snapshotId, confirmed }) => {
      if (!confirmed) return [];
      const effect = restoresBy(life, p).find((e) => e.snapshotId === snapshotId);
      // After a lost answer nobody can tell an own restore from another's, nor from another's stop and start.
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
      const mayBeStopped = p.isPost && restore.phaseBefore === 'stopped';
      return isTouched || phase === 'active' || (mayBeStopped && phase === 'stopped')
        ? []
        : [`${p.use.use} says that ${snapshotId} is restored, and the server is '${phase}'`];
    }),
  );
}

/** Whether somebody else acted on servers that this process asked to restore, without a whole answer. */
function isInterfered(life: Life, p: ProcessRecord): boolean {
  const lost = p.exchanges.filter((e) => e.record.path.endsWith('/restore/') && !isAnswered(e));
  return lost.some(({ sentAt }) =>
    life.effects.some(
      ({ kind, by, at, serverId }) =>
        (kind === 'restore' || kind === 'power') &&
        by !== p &&
        settledAt(life, serverId, at) >= sentAt - 30_000,
    ),
  );
}

/** When what was begun on a server at this time came to its end. */
function settledAt(life: Life, serverId: string, at: number): number {
  const restore = life.truth.restores.find(
    (r) => r.serverId === serverId && Math.abs(lifeTime(r.begunAt) - at) < 1,
  );
  return restore?.endedAt == null ? at : lifeTime(restore.endedAt);
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

/** A rollback, asked for or done, leaves the job red. */
export function aRollbackStaysRed(life: Life): string[] {
  return postsOf(life).flatMap((p) => {
    const { process, main, step } = p;
    if (process.exitCode !== 0) return [];
    if (restoresBy(life, p).length > 0) return ['post restored, and is green'];
    const isIdle = step.tornState !== undefined || (main.use.use === 'main' && main.use.inputs.dryRun);
    return wantedOf(p) === 'restore' && !isIdle && madeBy(life, main).length > 0
      ? ['post was to restore, did not, and is green']
      : [];
  });
}
