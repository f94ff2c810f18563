import { type ErrorKind, type VpsError } from '../errors.ts';
import { type Method } from '../transport.ts';

/** Why one try failed: a status, `html` for a page where JSON is due, or the kind of failure. */
export type FailureCause = number | 'html' | Exclude<ErrorKind, 'http'>;

/**
 * How long a refusal (any other 4xx, a redirect, JSON of another shape, a body over 10 MiB) of a read is tried again
 * before it is believed, since one answer may come from a proxy or a stale cache:
 * `elsewhere` it is not tried again, and a web page neither: another address may have the answer · `at_once` it is an
 * answer like any other · `twice` two tries 3 s apart · `standing` until it stood for 60 s · `never` as long as there is
 * time.
 */
export type RefusalPatience = 'elsewhere' | 'at_once' | 'twice' | 'standing' | 'never';

export interface FailedTry {
  readonly method: Method;
  readonly cause: FailureCause;
  readonly patience: RefusalPatience;
  /** Since when this request met nothing but refusals, and how many; 0 and 1 at the first. */
  readonly refusedFor: number;
  readonly refusals: number;
  /** A change that the caller repeats by itself, because something has to be checked before each try. */
  readonly once: boolean;
  /** A cause that does not pass by itself is tried again as well, as a post step does. */
  readonly persistent: boolean;
}

/** The spans that a refusal has to stand, in milliseconds. */
export interface RefusalSpans {
  readonly twice: number;
  readonly standing: number;
}

/** Tries that the longer span rests on at the least. */
const STANDING_REFUSALS = 4;

/** Failures after which nothing was carried out, whatever the method, and which pass. */
const NOTHING_DONE: ReadonlySet<FailureCause> = new Set<FailureCause>([
  'refused',
  'unresolved',
  'connect_timeout',
  'handshake',
  'proxy',
  423,
  429,
]);
/** Nothing was carried out either, and nothing will be until somebody changes a setting. */
const LASTING: ReadonlySet<FailureCause> = new Set<FailureCause>(['certificate', 'proxy_auth']);
/** Failures that pass, after which a read is simply repeated. */
const PASSING: ReadonlySet<FailureCause> = new Set<FailureCause>([
  'reset',
  'cut',
  'timeout',
  'html',
  408,
  409,
]);

/**
 * The retry table: method × what happened. `retry` after the usual pause, `retry_refusal` after that of a refusal
 * that is not believed yet, `final` for the caller to decide.
 *
 * A change is repeated only where the API cannot have carried it out; everything else about it is for the caller to
 * find out (`docs/how-it-works/api-client.md`, "Request outcomes").
 */
export function decideRetry(tried: FailedTry, spans: RefusalSpans): 'retry' | 'retry_refusal' | 'final' {
  const { method, cause } = tried;
  if (tried.once) return 'final';
  if (LASTING.has(cause)) return tried.persistent ? 'retry' : 'final';
  if (NOTHING_DONE.has(cause)) return 'retry';
  if (method !== 'GET' || (cause === 'html' && tried.patience === 'elsewhere')) return 'final';
  if (PASSING.has(cause) || (typeof cause === 'number' && cause >= 500)) return 'retry';
  if (!isRefusal(cause)) return 'final';
  return isBelieved(tried, spans) ? 'final' : 'retry_refusal';
}

function isBelieved({ patience, refusedFor, refusals }: FailedTry, spans: RefusalSpans): boolean {
  switch (patience) {
    case 'elsewhere':
    case 'at_once':
      return true;
    case 'twice':
      return refusals >= 2 && refusedFor >= spans.twice;
    case 'standing':
      return refusals >= STANDING_REFUSALS && refusedFor >= spans.standing;
    case 'never':
      return false;
  }
}

/** What the table is asked about a failed try. */
export function causeOf(error: VpsError): FailureCause {
  // A 5xx is an outage whoever says it; 401 to 404 in HTML are a proxy's or a firewall's, not the API's.
  if (error.isHtml && (error.status ?? 0) < 500 && error.method === 'GET') return 'html';
  return error.kind === 'http' ? (error.status ?? 0) : error.kind;
}

/** Whether this may be the API's verdict on a read, which the patience is about. */
export function isRefusal(cause: FailureCause): boolean {
  if (typeof cause !== 'number') return cause === 'malformed' || cause === 'too_large';
  return cause >= 300 && cause < 500 && !PASSING.has(cause) && !NOTHING_DONE.has(cause);
}

/** Whether nothing but a changed setting ends this: worth an annotation at once, however long it is tried again. */
export function isLasting(cause: FailureCause): boolean {
  return LASTING.has(cause);
}

/** `Retry-After` in milliseconds: seconds or a date; `undefined` where it is absent or unreadable. */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  if (!/^[A-Z][a-z]{2}, /.test(text)) return undefined;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
