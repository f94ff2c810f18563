import {
  findSnapshot,
  isListedAt,
  isMarked,
  isPendingAt,
  isCompletedAt,
  lastList,
  makerOf,
  mainsOf,
  outputIds,
  repositoryOf,
  serversOf,
  type Snapshot,
  isPost,
  wantedOf,
} from './facts.ts';
import type { Exchange, Life, ProcessRecord } from '../run/record.ts';
import { idInPath } from '../run/environment.ts';

/** Promise 1: nothing destructive that was not asked for, and nothing that is somebody else's. */

/** No DELETE is even sent for a snapshot that is not own, unless a person named exactly that id. */
export function deletesOnlyItsOwn(life: Life): string[] {
  return life.processes.flatMap((p) =>
    deletions(p).flatMap(({ id }) => {
      const problem = judgeDeletion(life, p, id);
      return problem === undefined ? [] : [`${p.use.use} asks to delete ${id}: ${problem}`];
    }),
  );
}

function judgeDeletion(life: Life, p: ProcessRecord, id: string): string | undefined {
  const snapshot = findSnapshot(life, id);
  if (p.use.use === 'delete') {
    if (!p.use.inputs.snapshotIds.includes(id)) return 'nobody named it';
    if (p.use.inputs.force || snapshot === undefined) return undefined;
  }
  if (snapshot === undefined) return 'no such snapshot';
  if (repositoryOf(life, snapshot) !== p.job.repository) return 'another made it';
  if (p.use.use === 'delete') return undefined;
  if (!serversOf(life, p).includes(snapshot.serverId)) return 'it is of a server that nobody named';
  if (p.isPost && isOfStep(life, p, id)) return undefined;
  const maker = makerOf(life, id);
  return maker?.job.run === p.job.run && !isAdoptable(p, maker) ? 'this run made it' : undefined;
}

/** An earlier attempt's snapshot of the same step, which a re-run may take over. */
function isAdoptable(p: ProcessRecord, maker: ProcessRecord): boolean {
  if (p.main?.use.use !== 'main' || p.main.use.inputs.onRerun !== 'reuse') return false;
  return (
    maker.job.name === p.job.name &&
    maker.job.attempt < p.job.attempt &&
    'id' in maker.step &&
    maker.step.id === p.main.step.id
  );
}

/** Made by the main step of this post, or adopted by it. */
function isOfStep(life: Life, { main }: ProcessRecord, id: string): boolean {
  return main !== undefined && (makerOf(life, id) === main || outputIds(main).includes(id));
}

function deletions({ exchanges }: ProcessRecord): { id: string; exchange: Exchange }[] {
  return exchanges.flatMap((exchange) => {
    const id = exchange.record.method === 'DELETE' ? idInPath(exchange.record.path) : undefined;
    return id === undefined ? [] : [{ id, exchange }];
  });
}

/** No restore is even sent of a snapshot that is not the step's, or that nobody named. */
export function restoresOnlyWhatWasAsked(life: Life): string[] {
  return life.processes.flatMap((p) =>
    p.exchanges.flatMap(({ record: { path, method } }) => {
      const id = idInPath(path);
      if (method !== 'POST' || id === undefined || !path.endsWith('/restore/')) return [];
      const asked = p.use.use === 'restore' ? p.use.inputs.snapshotIds.includes(id) : isOfStep(life, p, id);
      return asked ? [] : [`${p.use.use} asks to restore ${id}, which is not its own`];
    }),
  );
}

/** Rotation: at most one deletion for a server and step, only when five are listed, and only of the snapshot that the rules pick. */
export function rotatesWithinItsLimits(life: Life): string[] {
  return mainsOf(life).flatMap((main) => {
    const found: string[] = [];
    const victims = new Set(deletions(main).map(({ id }) => id));
    const servers = [...victims].map((id) => findSnapshot(life, id)?.serverId);
    if (new Set(servers).size < victims.size) found.push('deletes two snapshots of one server');
    if (main.use.use !== 'main') return found;
    for (const { id, exchange } of deletions(main)) {
      // A repeated request is judged by the list that the first one followed.
      if (exchange !== deletions(main).find((d) => d.id === id)?.exchange) continue;
      const problem = judgeRotation(life, main, id, exchange);
      if (problem !== undefined) found.push(`deletes ${id}: ${problem}`);
    }
    return found;
  });
}

function judgeRotation(
  life: Life,
  main: ProcessRecord,
  id: string,
  { sentAt }: Exchange,
): string | undefined {
  const victim = findSnapshot(life, id);
  if (main.use.use !== 'main' || victim === undefined) return undefined;
  const seen = lastList(life, main, sentAt, victim.serverId)?.processedAt;
  if (main.use.inputs.whenFull !== 'rotate') return 'nobody asked to rotate';
  if (seen === undefined) return 'no list was read before';
  const there = life.truth.snapshots.filter(
    (s) => s.serverId === victim.serverId && isListedAt(life, s, seen),
  );
  // Pages that shift while they are read show what is not there any more.
  const isShifting = life.plan.pageSize !== undefined && life.plan.switches.page_shift !== undefined;
  if (there.length < 5) return isShifting ? undefined : `only ${there.length} snapshots are listed`;
  const own = there.filter((s) => isMarked(life, s, main.job.repository));
  if (own.some((s) => isPendingAt(s, seen))) return 'an own one is in progress';
  // Without a time nobody can tell which is the oldest.
  if (life.plan.switches.created_at !== undefined) return undefined;
  const failed = own.filter((s) => s.phase === 'failed');
  if (failed.length > 0 && victim.phase !== 'failed' && !failed.every((s) => isOfRun(life, s, main)))
    return 'an own failed one would have been first';
  const older = own.find((s) => s.createdAt < victim.createdAt - 1000 && !isOfRun(life, s, main));
  if (victim.phase === 'completed' && older !== undefined) return `${older.id} is older`;
  return undefined;
}

function isOfRun(life: Life, { id }: Snapshot, { job }: ProcessRecord): boolean {
  return makerOf(life, id)?.job.run === job.run;
}

/** Usable restore points never fall below what was asked to keep: judged by the list that was decided on. */
export function keepsTheAskedRestorePoints(life: Life): string[] {
  return life.processes.flatMap((p) => {
    const keep = keptBy(p);
    if (keep === 0) return [];
    return [...new Set(serversOf(life, p))].flatMap((serverId) => {
      // The second of two that a lost answer made is no restore point that was asked for.
      const gone = deletions(p).filter(
        ({ id }) => findSnapshot(life, id)?.serverId === serverId && !isOfStep(life, p, id),
      );
      const [first] = gone;
      const seen = first && lastList(life, p, first.exchange.sentAt, serverId)?.processedAt;
      if (seen === undefined) return [];
      const points = life.truth.snapshots.filter(
        (s) =>
          s.serverId === serverId &&
          isListedAt(life, s, seen) &&
          isCompletedAt(s, seen) &&
          isMarked(life, s, p.job.repository),
      );
      const ids = new Set(gone.map(({ id }) => id));
      const left = points.filter(({ id }) => !ids.has(id));
      return left.length >= Math.min(keep, points.length)
        ? []
        : [
            `${p.use.use} leaves ${left.length} of ${points.length} restore points on ${serverId}, ${keep} were to stay`,
          ];
    });
  });
}

/** How many restore points a process was asked to leave; 0 where it was not asked for any. */
function keptBy(p: ProcessRecord): number {
  if (p.use.use === 'prune') return p.use.inputs.keepLast;
  const isCleaning = isPost(p) && wantedOf(p) === 'clean_up';
  return isCleaning && p.main.use.use === 'main' ? p.main.use.inputs.keepLast : 0;
}
