import { type ErrorKind } from './errors.ts';
import { type Method } from './transport.ts';

/** What happened to one try: a status, or the kind of failure. */
export type FailureCause = number | Exclude<ErrorKind, 'http'>;

/** Tries of one request, the first included. */
export const MAX_TRIES = 5;

const BASE_MS = 1000;
const CAP_MS = 20_000;

/** Failures after which nothing was carried out, whatever the method. */
const NOTHING_DONE: ReadonlySet<FailureCause> = new Set<FailureCause>(['refused', 'unresolved', 429]);
/** Failures that pass, after which repeating is harmless where the method changes nothing twice. */
const PASSING: ReadonlySet<FailureCause> = new Set<FailureCause>([
  'reset',
  'cut',
  'timeout',
  'malformed',
  408,
]);

/**
 * The retry table: method × what happened.
 *
 * A GET and a DELETE by id have the same effect once or twice. A POST is repeated only where the API cannot
 * have carried it out; everything else about it is for the caller to find out (design §3.2, §3.5).
 */
export function mayRetry(method: Method, happening: FailureCause): boolean {
  if (NOTHING_DONE.has(happening)) return true;
  if (method === 'POST') return false;
  return PASSING.has(happening) || (typeof happening === 'number' && happening >= 500);
}

/**
 * Milliseconds before try number `tries + 1`: what the API asked for, else exponential with full jitter.
 * `random` is in [0, 1); `fixed` is the user's `poll_interval`, which stands for every pause of ours.
 */
export function retryDelay(
  tries: number,
  retryAfter: number | undefined,
  random: number,
  fixed: number | null,
): number {
  if (retryAfter !== undefined) return retryAfter;
  return fixed ?? random * Math.min(CAP_MS, BASE_MS * 2 ** tries);
}

/** `Retry-After` in milliseconds: seconds or a date; `undefined` where it is absent or unreadable. */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  if (!/^[A-Z][a-z]{2}, /.test(text)) return undefined;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
