import { serverIn, waitOf } from './facts/exchanges.ts';
import { endedByItself, isPost, serverCount } from './facts/processes.ts';
import type { Exchange, SimulatedRun, ProcessRecord } from '../run/record.ts';

/** Time and requests: every run ends, and no process sends too many requests. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** For a last poll and its response. */
const SLACK = 45 * SECOND;
const BEFORE_CHANGE = 2 * MINUTE;
const STOP = 5 * MINUTE;
const START = 15 * MINUTE;
const UNDO = 30 * MINUTE;
const CLEAN_UP = 5 * MINUTE;
const AFTER_CANCEL = 4 * MINUTE;
const FAST_POLL_MS = 3 * SECOND;
/** While something is uncertain, whatever `poll_interval` says. */
const LONGEST_FAST_POLL_MS = 4 * SECOND;

/** Everything ended by itself. */
export function everyRunEnds(run: SimulatedRun): string[] {
  return run.stuck === undefined ? [] : [run.stuck];
}

/** Every process ends within the time-outs that it was given. */
export function everyProcessEndsInTime(run: SimulatedRun): string[] {
  return run.processes.flatMap((p) => {
    const lasted = p.process.endedAt - p.process.startedAt;
    const most = maxDuration(p);
    return lasted <= most
      ? []
      : [`${p.use.use} took ${Math.round(lasted / SECOND)} s of at most ${Math.round(most / SECOND)} s`];
  });
}

/** The budgets that `docs/timing.md` gives an operation, none of which a count of tries shortens or a lag extends. */
function maxDuration({ use, main }: ProcessRecord): number {
  switch (use.use) {
    case 'main': {
      const { waitTimeout, stopServer, serverIds, whenFull } = use.inputs;
      const rounds = Math.ceil(serverIds.length / 3);
      const rotation = whenFull === 'rotate' ? rounds * CLEAN_UP : 0;
      const power = stopServer ? rounds * STOP + 2 * START : 0;
      // A restore that runs when main begins is waited for as long as for the snapshots.
      return BEFORE_CHANGE + rotation + power + 2 * waitTimeout + SLACK;
    }
    case 'post': {
      if (use.inputs.jobStatus === 'cancelled') return AFTER_CANCEL + SLACK;
      const restoreTimeout = main?.use.use === 'main' ? main.use.inputs.restoreTimeout : 0;
      return Math.max(START, restoreTimeout + CLEAN_UP) + SLACK;
    }
    case 'wait':
      return use.inputs.waitTimeout + SLACK;
    case 'restore': {
      const { restoreTimeout, snapshotFirst } = use.inputs;
      return restoreTimeout + (snapshotFirst ? restoreTimeout + UNDO : 0) + SLACK;
    }
    case 'delete':
    case 'prune':
      return CLEAN_UP + SLACK;
  }
}

/** No hot loop: in no minute more requests than the polling intervals allow. */
export function limitsItsRequestRate(run: SimulatedRun): string[] {
  return run.processes.flatMap((p) => {
    // Where nothing shows all servers, a restore reads of each its list and itself.
    const reads = isPost(p) || p.use.use === 'restore' ? 2.2 : 1.5;
    const most = 80 + Math.ceil((MINUTE / pauseOf(p)) * reads) * serverCount(p) * pagesOf(run);
    const { exchanges } = p;
    for (let from = 0; from + most < exchanges.length; from += 1) {
      const lasted = (exchanges[from + most]?.sentAt ?? 0) - (exchanges[from]?.sentAt ?? 0);
      if (lasted < MINUTE)
        return [`${p.use.use} sends more than ${most} requests in ${Math.round(lasted / SECOND)} s`];
    }
    return [];
  });
}

function pauseOf({ use, main }: ProcessRecord): number {
  const inputs = main?.use.inputs ?? use.inputs;
  const pause = ('pollInterval' in inputs ? inputs.pollInterval : null) ?? FAST_POLL_MS;
  return Math.min(pause, LONGEST_FAST_POLL_MS);
}

/** Requests for one list. */
function pagesOf({ plan, actualState }: SimulatedRun): number {
  return plan.pageSize === undefined ? 1 : 3 * Math.ceil(actualState.snapshots.length / plan.pageSize);
}

/** The same request is not sent again before the time that `Retry-After` names. */
export function obeysRetryAfter(run: SimulatedRun): string[] {
  return run.processes.flatMap((p) =>
    p.exchanges.flatMap((first, index) => {
      const wait = waitOf(first);
      if (wait === 0) return [];
      // One that was under way when the answer came could not know of it.
      const again = p.exchanges
        .slice(index + 1)
        .find((e) => e.sentAt >= first.endedAt && isSameRequest(e, first));
      if (again === undefined || again.sentAt - first.endedAt >= wait) return [];
      const waited = Math.round((again.sentAt - first.endedAt) / SECOND);
      return [
        `${p.use.use} sends ${first.record.method} ${first.record.path} again after ${waited} s of ${wait / SECOND} s`,
      ];
    }),
  );
}

function isSameRequest(one: Exchange, other: Exchange): boolean {
  return (
    one.record.method === other.record.method &&
    one.record.path === other.record.path &&
    serverIn(one) === serverIn(other)
  );
}

/** After SIGINT or SIGTERM nothing new is sent, and the process ends soon and fails. */
export function sendsNothingAfterACancel(run: SimulatedRun): string[] {
  return run.processes.flatMap((p) => {
    const { cancelledAt, endedAt, exitCode } = p.process;
    if (cancelledAt === Number.POSITIVE_INFINITY) return [];
    const found: string[] = [];
    const late = p.exchanges.filter(({ sentAt }) => sentAt > cancelledAt);
    if (late.length > 0) found.push(`${p.use.use} sends ${late[0]?.record.method} after the cancel`);
    if (endedAt - cancelledAt > 5.5 * SECOND)
      found.push(`${p.use.use} continues for ${endedAt - cancelledAt} ms`);
    const isUndone = endedByItself(p) && exitCode === 0 && endedAt > cancelledAt;
    if (isUndone) found.push(`${p.use.use} was cancelled, and succeeds`);
    return found;
  });
}
