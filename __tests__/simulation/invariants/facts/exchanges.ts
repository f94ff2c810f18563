import { idInPath } from '../../run/environment.ts';
import { type Exchange, type ProcessRecord, type ShownServer, type SimulatedRun } from '../../run/record.ts';

/** Facts about requests and what they were answered. */

/** Whether an exchange ended with a complete and successful response. */
export function isAnswered({ record: { status, fault, failure } }: Exchange): boolean {
  const isCorrupted = fault !== undefined && !/^(delay|late|drip)(\+(delay|late|drip))*$/.test(fault);
  return failure === undefined && status !== undefined && status >= 200 && status < 300 && !isCorrupted;
}

export function isClean({ exchanges }: ProcessRecord): boolean {
  return exchanges.every(isAnswered);
}

/**
 * Certainly not carried out, by what the process was answered: `docs/how-it-works/api-client.md`, "Request outcomes".
 * A 5xx or a 408 says nothing.
 */
export function isCertainlyNotDone({ record: { status, failure } }: Exchange): boolean {
  if (failure !== undefined) return NOT_SENT.has(failure);
  return status !== undefined && status >= 300 && status < 500 && status !== 408;
}

/** Milliseconds that a response asks to wait; a date is exact to the second. */
export function waitOf({ retryAfter = '', record: { status = 0, at }, endedAt, sentAt }: Exchange): number {
  if (status < 400) return 0;
  if (/^\d+$/.test(retryAfter)) return Number(retryAfter) * 1000;
  const date = Date.parse(retryAfter);
  return Number.isNaN(date) ? 0 : Math.max(0, date - (at - sentAt) - endedAt - 1000);
}

const NOT_SENT: ReadonlySet<string> = new Set([
  'refused',
  'unresolved',
  'connect_timeout',
  'handshake',
  'certificate',
  'proxy',
  'proxy_auth',
]);

/** The last answer of the API about a server that a process had before a time. */
export function lastShown(
  { exchanges }: ProcessRecord,
  serverId: string,
  before: number,
): { readonly exchange: Exchange; readonly shown: ShownServer } | undefined {
  const exchange = exchanges.findLast((e) => e.endedAt <= before && e.shown.has(serverId));
  const shown = exchange?.shown.get(serverId);
  return exchange === undefined || shown === undefined ? undefined : { exchange, shown };
}

/** The last list that a process read before a time, of all servers or of this one. */
export function lastList(
  run: SimulatedRun,
  { exchanges }: ProcessRecord,
  before = Number.POSITIVE_INFINITY,
  serverId?: string,
): Exchange | undefined {
  return exchanges.findLast((e) => isListBefore(run, e, before, serverId));
}

/** When the last list that a process read before a time began: later pages show nothing newer for certain. */
export function lastListBegan(
  run: SimulatedRun,
  { exchanges }: ProcessRecord,
  before: number,
  serverId: string,
): number | undefined {
  return exchanges.findLast((e) => isListBefore(run, e, before, serverId) && !/[?&]page=/.test(e.record.path))
    ?.processedAt;
}

function isListBefore(run: SimulatedRun, e: Exchange, before: number, serverId?: string): boolean {
  return e.endedAt <= before && isAnswered(e) && isList(e) && isAbout(run, e, serverId);
}

export function isList({ record: { method, path } }: Exchange): boolean {
  return method === 'GET' && path.startsWith('/api/v1/snapshots/');
}

function isAbout(run: SimulatedRun, { record: { path } }: Exchange, serverId: string | undefined): boolean {
  const requested = /[?&]server_id=([^&]*)/.exec(path)?.[1];
  if (serverId === undefined || requested === undefined) return true;
  return run.actualState.servers.some(
    ({ id, uuid }) => id === serverId && (id === requested || uuid === requested),
  );
}

/** The server in the body of a create request. */
export function serverIn({ record }: Exchange): string | undefined {
  return /"server_id":("?[\w-]+)/.exec(record.body)?.[1];
}

/** What a process was shown of a server, and when. */
export interface Shown {
  readonly at: number;
  readonly status: string;
}

/** What a process was shown of a server as it was in a time, in order. */
export function shownBetween(
  { exchanges }: ProcessRecord,
  serverId: string,
  from: number,
  to: number,
): Shown[] {
  return exchanges.flatMap((e) => {
    const shown = e.processedAt >= from && e.endedAt <= to ? e.shown.get(serverId) : undefined;
    return shown === undefined ? [] : [{ at: e.endedAt, status: shown.status }];
  });
}

/** `active` in so many seconds of reads in a row, and in four of them at least. */
export function isShownUp(shown: readonly Shown[], seconds: number): boolean {
  let active: number[] = [];
  return shown.some(({ at, status }) => {
    active = status === 'active' ? [...active, at] : [];
    return active.length >= 4 && at - (active[0] ?? at) >= (seconds - 1) * 1000;
  });
}

/** `stopped` in two reads in a row. */
export function isShownDown(shown: readonly Shown[]): boolean {
  return shown.some(({ status }, index) => status === 'stopped' && shown[index + 1]?.status === 'stopped');
}

export interface Requested {
  readonly id: string;
  readonly exchange: Exchange;
}

/** The restore requests that a process sent. */
export function requestsOf({ exchanges }: ProcessRecord): Requested[] {
  return exchanges.flatMap((exchange) => {
    const { method, path } = exchange.record;
    const id = method === 'POST' && path.endsWith('/restore/') ? idInPath(path) : undefined;
    return id === undefined ? [] : [{ id, exchange }];
  });
}

/** Its own address gave no answer, and what showed it was a list that was read for another server. */
export function isUnreadable(
  { exchanges, step }: ProcessRecord,
  { id, uuid }: { readonly id: string; readonly uuid: string },
  showing: Exchange,
  before: number,
): boolean {
  const own = exchanges.findLast(
    ({ record: { method, path }, sentAt }) =>
      method === 'GET' && sentAt < before && [id, uuid].some((each) => path.endsWith(`/servers/${each}/`)),
  );
  const isForAnother =
    'servers' in step && step.servers.length > 1 && !showing.record.path.includes(`/${id}/`);
  return isForAnother && own !== undefined && !isAnswered(own);
}
