import { refuse, type Answer } from './response.ts';
import type { World } from './state-machine.ts';

const WINDOW_MS = 60_000;

/** A rate limit per token over the last 60 s [?]; refused requests do not count. */
export class Limiter {
  readonly #world: World;
  readonly #times = new Map<string, number[]>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Undefined when the request may go on, else the 429. */
  check(token: string): Answer | undefined {
    const { rate_limit: limit, retry_after: form } = this.#world.switches;
    if (limit === 0) return undefined;
    const now = this.#world.now();
    const times = (this.#times.get(token) ?? []).filter((time) => time > now - WINDOW_MS);
    this.#times.set(token, times);
    const oldest = times[times.length - limit];
    if (oldest === undefined) {
      times.push(now);
      return undefined;
    }
    // Rounded up to the second, since neither form can say less and a promise kept late is kept.
    const freeAt = Math.ceil((oldest + WINDOW_MS) / 1000) * 1000;
    const seconds = Math.max(1, Math.ceil((freeAt - now) / 1000));
    const headers: Record<string, string> = {};
    if (form === 'seconds') headers['retry-after'] = String(seconds);
    if (form === 'date') headers['retry-after'] = new Date(freeAt).toUTCString();
    return refuse(429, `Request was throttled. Expected available in ${seconds} seconds.`, headers);
  }
}
