import { detailError, type ApiResponse } from '../api/response.ts';
import type { StateMachine } from '../api/state-machine.ts';

const WINDOW_MS = 60_000;

/** A rate limit, which the sources do not define; refused requests do not count. */
export class RateLimiter {
  readonly #state: StateMachine;
  readonly #times = new Map<string, number[]>();

  constructor(state: StateMachine) {
    this.#state = state;
  }

  /** The 429; undefined when the request is within the limit. */
  check(token: string): ApiResponse | undefined {
    const { rate_limit: limit, rate_limit_scope: scope, rate_limit_window: form } = this.#state.switches;
    if (limit === 0) return undefined;
    const now = this.#state.now();
    const key = scope === 'account' ? 'account' : `token ${token}`;
    const since = form === 'fixed' ? now - (now % WINDOW_MS) - 1 : now - WINDOW_MS;
    const times = (this.#times.get(key) ?? []).filter((time) => time > since);
    this.#times.set(key, times);
    const oldest = times[times.length - limit];
    if (oldest === undefined) {
      times.push(now);
      return undefined;
    }
    return this.#throttled(now, form === 'fixed' ? since + 1 + WINDOW_MS : oldest + WINDOW_MS);
  }

  #throttled(now: number, availableAt: number): ApiResponse {
    const { retry_after: form } = this.#state.switches;
    // Rounded up to the second, which is as exact as either form of Retry-After can be.
    const freeAt = Math.ceil(availableAt / 1000) * 1000;
    const seconds = Math.max(1, Math.ceil((freeAt - now) / 1000));
    const headers: Record<string, string> = {};
    if (form === 'seconds') headers['retry-after'] = String(seconds);
    if (form === 'date') headers['retry-after'] = new Date(freeAt).toUTCString();
    if (form === 'zero') headers['retry-after'] = '0';
    return detailError(429, `Request was throttled. Expected available in ${seconds} seconds.`, headers);
  }
}
