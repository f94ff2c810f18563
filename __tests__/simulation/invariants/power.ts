import { isAnswered, isShownDown, isShownUp, type Shown, shownBetween } from './facts/exchanges.ts';
import { endedByItself, isBudgetOver, isPost, postOf } from './facts/processes.ts';
import { isFoundStopped, restoreOf, restoresBy, runningRestore } from './facts/restores.ts';
import type { Effect, Exchange, ProcessRecord, SimulatedRun } from '../run/record.ts';
import { sinceStart } from '../run/environment.ts';

/** Power: what was stopped runs again, and nothing is started under a restore. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const START = 15 * MINUTE;
/** A stop that shows nothing for longer than this is not waited for. */
const LATE_STOP = 6 * MINUTE;

/** What a step stopped, or its restore left stopped, is active again, as long as the API took a start within the budget. */
export function leavesNoServerStopped(run: SimulatedRun): string[] {
  return run.actualState.servers.flatMap(({ id, phase }) => {
    if (phase !== 'stopped') return [];
    const last = run.effects.findLast(
      ({ kind, serverId, snapshotId }) =>
        serverId === id && (kind === 'restore' || (kind === 'power' && snapshotId === 'stop')),
    );
    if (last === undefined || last.by === null || isTouchedByOthers(run, last)) return [];
    const problem = last.kind === 'power' ? checkStop(run, last, last.by) : checkRestored(run, last, last.by);
    return problem === undefined ? [] : [`server ${id} is left stopped: ${problem}`];
  });
}

/** Somebody else's restore or power action came after it, or was under way. */
function isTouchedByOthers(run: SimulatedRun, last: Effect): boolean {
  const isOthers = (effect: Effect): boolean =>
    effect.kind !== 'create' && effect.kind !== 'delete' && effect.by?.jobIndex !== last.by?.jobIndex;
  const effects = run.effects.some((e) => e.serverId === last.serverId && e.at > last.at && isOthers(e));
  const own = run.effects.filter(({ kind }) => kind === 'restore').map((e) => restoreOf(run, e));
  const events = run.actualState.restores.some(
    (r) => r.serverId === last.serverId && !own.includes(r) && sinceStart(r.endedAt ?? r.endsAt) > last.at,
  );
  return effects || events;
}

function checkStop(run: SimulatedRun, stop: Effect, main: ProcessRecord): string | undefined {
  if (isLaterThanDesigned(run, stop) || isIgnored(run)) return undefined;
  const post = postOf(run, main);
  if (isMisled(run, main, stop) || (post !== undefined && isMisled(run, post, stop))) return undefined;
  if (post === undefined)
    return endedByItself(main) && main.process.exitCode === 0 ? 'main succeeds' : undefined;
  if (!endedByItself(post) || post.step.tokenLost === true || post.step.tornState !== undefined)
    return undefined;
  // Where main saw it up again, post does not look.
  if (main.process.exitCode === 0) return 'main succeeds';
  if (isCutByCancel(post)) return post.process.exitCode === 0 ? 'post was cut off, and succeeds' : undefined;
  if (!isBudgetOver(post, START)) return 'post gave up before its time was over';
  return isStartTaken(post, stop) ? 'the API took a start' : undefined;
}

/**
 * Two reads in a row were stale and said the same, which is believed (`docs/how-it-works/power.md`): beyond what anybody
 * can tell from reads.
 */
function isMisled(run: SimulatedRun, p: ProcessRecord, { serverId, at }: Effect): boolean {
  const { stale_share: share = 0 } = run.plan.switches;
  if (share === 0) return false;
  const shown = shownBetween(p, serverId, at, p.process.endedAt);
  const isStale = ({ status, at: readAt }: Shown): boolean =>
    RESTING.includes(status) && status !== restingAt(run, serverId, readAt);
  return shown.some((read, index) => {
    const next = shown[index + 1];
    return next?.status === read.status && isStale(read) && isStale(next);
  });
}

const RESTING = ['active', 'stopped'];

/** The state in which the server last rested, as a read that is not stale shows it at a time. */
function restingAt(run: SimulatedRun, serverId: string, at: number): string | undefined {
  const { power_late: late = 0 } = run.plan.switches;
  const server = run.actualState.servers.find(({ id }) => id === serverId);
  return server?.history.findLast((c) => RESTING.includes(c.phase) && sinceStart(c.at) + late * SECOND <= at)
    ?.phase;
}

/** When the server really went down after a time. */
function downAfter(run: SimulatedRun, serverId: string, at: number): number | undefined {
  const server = run.actualState.servers.find(({ id }) => id === serverId);
  const down = server?.history.find((c) => c.phase === 'stopped' && sinceStart(c.at) >= at);
  return down && sinceStart(down.at);
}

/** The server goes down more than six minutes after the API took the stop. */
function isLaterThanDesigned(run: SimulatedRun, { serverId, at }: Effect): boolean {
  const { power_late: late = 0 } = run.plan.switches;
  const down = downAfter(run, serverId, at);
  return down !== undefined && down + late * SECOND - at > LATE_STOP - 30 * SECOND;
}

/** The API takes starts, and carries none out. */
function isIgnored({ plan: { switches } }: SimulatedRun): boolean {
  return switches.power_ignored?.includes('start') === true;
}

/** The four minutes that all post steps have after a cancel were over. */
function isCutByCancel(post: ProcessRecord): boolean {
  return post.use.use === 'post' && post.use.inputs.jobStatus === 'cancelled' && isBudgetOver(post, START);
}

function isStartTaken({ exchanges }: ProcessRecord, after: Effect): boolean {
  return exchanges.some((e) => isStart(e) && isAnswered(e) && e.processedAt > after.at);
}

function isStart({ record: { method, path, body } }: Exchange): boolean {
  return method === 'POST' && path.endsWith('/power/') && body.includes('"start"');
}

/** A restore that ends with the server stopped: it is started by whoever requested it. */
function checkRestored(run: SimulatedRun, effect: Effect, p: ProcessRecord): string | undefined {
  const restore = restoreOf(run, effect);
  const ended = restore?.endedAt ?? null;
  if (!endedByItself(p) || p.process.cancelledAt !== Number.POSITIVE_INFINITY || ended === null)
    return undefined;
  if (isIgnored(run) || (isPost(p) && isFoundStopped(p.main, effect.serverId))) return undefined;
  const shown = shownBetween(p, effect.serverId, effect.at, p.process.endedAt);
  // `stopped`, and `restoring` was not shown: it may be the restore's own stop.
  if (shown.every(({ status }) => status !== 'restoring')) return undefined;
  // It went down after that.
  if (isShownUp(shown, 15)) return undefined;
  return isBudgetOver(p, restoreTimeoutOf(p)) ? undefined : 'nobody started it after the restore';
}

function restoreTimeoutOf({ use, main }: ProcessRecord): number {
  const given = main === undefined ? use.inputs : main.use.inputs;
  return 'restoreTimeout' in given ? given.restoreTimeout : 0;
}

/** No start is sent to a server while a restore writes to it. */
export function startsNothingDuringARestore(run: SimulatedRun): string[] {
  return run.processes.flatMap((p) =>
    p.exchanges.flatMap((e) => {
      if (!isStart(e)) return [];
      return run.actualState.servers.flatMap(({ id, uuid }) => {
        if (!e.record.path.includes(`/${id}/`) && !e.record.path.includes(`/${uuid}/`)) return [];
        const restore = runningRestore(run, id, e.sentAt);
        if (restore === undefined) return [];
        const since = sinceStart(restore.startedAt);
        const shown = shownBetween(p, id, since, e.sentAt);
        const isOwn = restoresBy(run, p).some((effect) => restoreOf(run, effect) === restore);
        const isExcused = isOwn ? e.sentAt - since > LONGEST_RESTORE - SECOND : isHidden(shown);
        return isExcused || isToldEnded(shown)
          ? []
          : [`${p.use.use} starts ${id} while a restore writes to it`];
      });
    }),
  );
}

/** The longest documented restore: after it `stopped` in every read counts as its end, where the answer said `restoring`. */
const LONGEST_RESTORE = 15 * MINUTE;

/** Somebody else's restore, of which `restoring` was not shown to this process. */
function isHidden(shown: readonly Shown[]): boolean {
  return shown.every(({ status }) => status !== 'restoring');
}

/**
 * `restoring` was shown, and then that it has ended: `stopped` in two reads in a row, `active` for 15 s, or one unknown
 * word for half a minute.
 */
function isToldEnded(shown: readonly Shown[]): boolean {
  const last = shown.findLastIndex(({ status }) => status === 'restoring');
  if (last < 0) return false;
  const after = shown.slice(last + 1);
  const [first, ...rest] = after;
  if (first === undefined) return false;
  const stood = (after.at(-1)?.at ?? 0) - first.at;
  const isStuck =
    !KNOWN_WORDS.includes(first.status) &&
    rest.every(({ status }) => status === first.status) &&
    stood >= STUCK - SECOND;
  return isShownDown(after) || isShownUp(after, 15) || isStuck;
}

const KNOWN_WORDS = ['active', 'stopped', 'starting', 'stopping', 'restarting'];
const STUCK = 30 * SECOND;
