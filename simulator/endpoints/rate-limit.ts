import { detailError, type ApiResponse } from '../api/response.ts';
import type { StateMachine } from '../api/state-machine.ts';

const WINDOW_MS = 60_000;

/** A rate limit per token over the last 60 s, which the sources do not define; refused requests do not count. */
export class RateLimiter {
  readonly #state: StateMachine;
  readonly #times = new Map<string, number[]>();

  constructor(state: StateMachine) {
    this.#state = state;
  }

  /** The 429; undefined when the request is within the limit. */
  check(token: string): ApiResponse | undefined {
    const { rate_limit: limit, retry_after: form } = this.#state.switches;
    if (limit === 0) return undefined;
    const now = this.#state.now();
    const times = (this.#times.get(token) ?? []).filter((time) => time > now - WINDOW_MS);
    this.#times.set(token, times);
    const oldest = times[times.length - limit];
    if (oldest === undefined) {
      times.push(now);
      return undefined;
    }
    // Rounded up to the second, which is as exact as either form of Retry-After can be.
    const freeAt = Math.ceil((oldest + WINDOW_MS) / 1000) * 1000;
    const seconds = Math.max(1, Math.ceil((freeAt - now) / 1000));
    const headers: Record<string, string> = {};
    if (form === 'seconds') headers['retry-after'] = String(seconds);
    if (form === 'date') headers['retry-after'] = new Date(freeAt).toUTCString();
    return detailError(429, `Request was throttled. Expected available in ${seconds} seconds.`, headers);
  }
}
