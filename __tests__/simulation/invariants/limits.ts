import { hasEndedWell, widthOf } from './facts.ts';
import type { Exchange, Life, ProcessRecord } from '../run/record.ts';

/** Time and requests: every life ends, and asks no more than is polite. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** For a last look and its answer. */
const SLACK = 45 * SECOND;
/** Time for a server to stop, and to start. */
const STOP = 5 * MINUTE;
const START = 15 * MINUTE;
const DOUBT_MS = 3 * SECOND;

/** Everything came to its end by itself. */
export function everyLifeEnds(life: Life): string[] {
  return life.stuck === undefined ? [] : [life.stuck];
}

/** Every process ends within the time-outs that it was given. */
export function everyProcessEndsInTime(life: Life): string[] {
  return life.processes.flatMap((p) => {
    const lasted = p.process.endedAt - p.process.startedAt;
    const most = longest(p);
    return lasted <= most
      ? []
      : [`${p.use.use} took ${Math.round(lasted / SECOND)} s of at most ${Math.round(most / SECOND)} s`];
  });
}

function longest({ use, main }: ProcessRecord): number {
  switch (use.use) {
    case 'main': {
      const { waitTimeout, stopServer, serverIds } = use.inputs;
      const rounds = Math.ceil(serverIds.length / 3);
      return stopServer ? 2 * waitTimeout + rounds * STOP + 2 * START + SLACK : waitTimeout + SLACK;
    }
    case 'post': {
      if (use.inputs.jobStatus === 'cancelled') return 4 * MINUTE + SLACK;
      const restoreTimeout = main?.use.use === 'main' ? main.use.inputs.restoreTimeout : 0;
      return START + restoreTimeout + SLACK;
    }
    case 'wait':
      return use.inputs.waitTimeout + SLACK;
    case 'restore':
      return 5 * MINUTE + use.inputs.restoreTimeout + SLACK;
    case 'delete':
      return 10 * MINUTE + SLACK;
    case 'prune':
      return 10 * MINUTE * use.inputs.serverIds.length + SLACK;
  }
}

/** No hot loop: in no minute more requests than the pauses allow. */
export function asksPolitely(life: Life): string[] {
  return life.processes.flatMap((p) => {
    const most = 80 + Math.ceil((MINUTE / pauseOf(p)) * 1.5) * widthOf(p) * pagesOf(life);
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
  return ('pollInterval' in inputs ? inputs.pollInterval : null) ?? DOUBT_MS;
}

/** Requests for one list. */
function pagesOf({ plan, truth }: Life): number {
  return plan.pageSize === undefined ? 1 : 3 * Math.ceil(truth.snapshots.length / plan.pageSize);
}

/** The same question is not asked again before the time that the API asked to wait. */
export function obeysRetryAfter(life: Life): string[] {
  return life.processes.flatMap((p) =>
    p.exchanges.flatMap((told, index) => {
      const wait = waitOf(told);
      if (wait === 0) return [];
      const again = p.exchanges.slice(index + 1).find(({ record }) => isSameQuestion(record, told.record));
      if (again === undefined || again.sentAt - told.endedAt >= wait) return [];
      const waited = Math.round((again.sentAt - told.endedAt) / SECOND);
      return [
        `${p.use.use} asks ${told.record.method} ${told.record.path} again after ${waited} s of ${wait / SECOND} s`,
      ];
    }),
  );
}

type Question = Exchange['record'];

function isSameQuestion(one: Question, other: Question): boolean {
  return one.method === other.method && one.path === other.path && serverIn(one) === serverIn(other);
}

/** The server that a create request names. */
function serverIn({ body }: Question): string | undefined {
  return /"server_id":("?[\w-]+)/.exec(body)?.[1];
}

/** Milliseconds that an answer asked to wait; a date is good to the second. */
function waitOf({ retryAfter = '', record: { status = 0, at }, endedAt, sentAt }: Exchange): number {
  if (status < 400) return 0;
  if (/^\d+$/.test(retryAfter)) return Number(retryAfter) * SECOND;
  const date = Date.parse(retryAfter);
  return Number.isNaN(date) ? 0 : Math.max(0, date - (at - sentAt) - endedAt - SECOND);
}

/** After SIGINT or SIGTERM nothing new is sent, the process ends soon, and ends red. */
export function isQuietAfterACancel(life: Life): string[] {
  return life.processes.flatMap((p) => {
    const { cancelledAt, endedAt, exitCode } = p.process;
    if (cancelledAt === Number.POSITIVE_INFINITY) return [];
    const found: string[] = [];
    const late = p.exchanges.filter(({ sentAt }) => sentAt > cancelledAt);
    if (late.length > 0) found.push(`${p.use.use} sends ${late[0]?.record.method} after the cancel`);
    if (endedAt - cancelledAt > 5.5 * SECOND)
      found.push(`${p.use.use} goes on for ${endedAt - cancelledAt} ms`);
    const isUndone = hasEndedWell(p) && exitCode === 0 && endedAt > cancelledAt;
    if (isUndone) found.push(`${p.use.use} was cancelled, and is green`);
    return found;
  });
}
