import { detailError, type ApiResponse } from '../api/response.ts';
import type { StateMachine } from '../api/state-machine.ts';

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
    const times = this.#timesOf(token, scope, form);
    const oldest = times[times.length - limit];
    if (oldest === undefined) {
      times.push(now);
      return undefined;
    }
    return this.#throttled(now, this.#freeAt(oldest));
  }

  /** Adds what the switch `rate_limit_headers` shows of the limit. */
  withHeaders(token: string, response: ApiResponse): ApiResponse {
    const { rate_limit: limit, rate_limit_scope: scope, rate_limit_window: window } = this.#state.switches;
    const { rate_limit_headers: form } = this.#state.switches;
    if (limit === 0 || form === 'none') return response;
    const now = this.#state.now();
    const times = this.#timesOf(token, scope, window);
    const freeAt = Math.ceil(this.#freeAt(times[0] ?? now) / 1000);
    const prefix = form === 'x' ? 'x-ratelimit' : 'ratelimit';
    const headers = {
      [`${prefix}-limit`]: String(limit),
      [`${prefix}-remaining`]: String(Math.max(0, limit - times.length)),
      [`${prefix}-reset`]: String(form === 'x' ? freeAt : Math.max(0, freeAt - Math.floor(now / 1000))),
    };
    return { ...response, headers: { ...response.headers, ...headers } };
  }

  /** When the requests that count were made. */
  #timesOf(token: string, scope: 'token' | 'account', form: 'sliding' | 'fixed'): number[] {
    const now = this.#state.now();
    const key = scope === 'account' ? 'account' : `token ${token}`;
    const since = form === 'fixed' ? now - (now % this.#windowMs) - 1 : now - this.#windowMs;
    const times = (this.#times.get(key) ?? []).filter((time) => time > since);
    this.#times.set(key, times);
    return times;
  }

  /** When a request of that time no longer counts. */
  #freeAt(time: number): number {
    const isFixed = this.#state.switches.rate_limit_window === 'fixed';
    return (isFixed ? time - (time % this.#windowMs) : time) + this.#windowMs;
  }

  get #windowMs(): number {
    return this.#state.switches.rate_limit_seconds * 1000;
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
