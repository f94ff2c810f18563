import { setImmediate } from 'node:timers';
import type { Clock } from '../../src/vps/clock.ts';

export interface VirtualClockOptions {
  /** True time at the start, epoch milliseconds. 2026-01-15T12:00:00Z when left out. */
  readonly startAt?: number;
  /** How far `wall()` is ahead of the true time, in milliseconds: a computer whose clock is wrong. */
  readonly wallSkewMs?: number;
}

export interface RunOptions {
  /** Give up when the clock passes this many milliseconds from now. */
  readonly limitMs?: number;
  /** Give up after this many timers: an endless loop. 1,000,000 when left out. */
  readonly maxSteps?: number;
}

/** The work given to {@link VirtualClock.run} cannot end, or not within its limits. */
export class StuckError extends Error {
  override readonly name = 'StuckError';
  readonly reason: 'deadlock' | 'limit' | 'steps';

  constructor(reason: StuckError['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

interface Timer {
  readonly at: number;
  fire: (() => void) | undefined;
}

interface Watch {
  readonly reject: (error: StuckError) => void;
  readonly limit: number;
  steps: number;
}

const DEFAULT_START = Date.UTC(2026, 0, 15, 12);
const DEFAULT_STEPS = 1_000_000;

/**
 * Time that passes only when nothing else is left to do: once no promise can settle any more, the
 * clock jumps to its earliest timer. It does not wait for real input and output; put that into {@link hold}.
 */
export class VirtualClock implements Clock {
  /** The true time, for the simulated API: without `wallSkewMs`. */
  readonly apiClock: { now(): number };
  readonly #startAt: number;
  readonly #wallSkewMs: number;
  /** By time, latest first: the next one is at the end. Timers of one instant fire in the order they were set. */
  readonly #timers: Timer[] = [];
  readonly #watches = new Set<Watch>();
  #now = 0;
  #held = 0;
  #isIdleAwaited = false;

  constructor({ startAt = DEFAULT_START, wallSkewMs = 0 }: VirtualClockOptions = {}) {
    this.#startAt = startAt;
    this.#wallSkewMs = wallSkewMs;
    this.apiClock = { now: () => startAt + this.#now };
  }

  now(): number {
    return this.#now;
  }

  wall(): number {
    return this.#startAt + this.#now + this.#wallSkewMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const at = this.#now + Math.max(0, ms);
      if (signal === undefined) {
        this.#set(at, resolve);
        return;
      }
      const timer = this.#set(at, () => {
        signal.removeEventListener('abort', wake);
        resolve();
      });
      const wake = (): void => {
        timer.fire = undefined;
        resolve();
      };
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  /**
   * Calls back when the clock reads `ms` (as in {@link now}), at once when that is past. The callback runs alone: whatever
   * it starts has settled before the next timer fires.
   * @returns cancels the callback
   */
  at(ms: number, callback: () => void): () => void {
    const timer = this.#set(Math.max(this.#now, ms), callback);
    return () => {
      timer.fire = undefined;
    };
  }

  /**
   * The result of a promise, or a {@link StuckError}: `deadlock` when the promise is pending and no timer is set.
   */
  async run<T>(work: Promise<T> | (() => Promise<T>), options: RunOptions = {}): Promise<T> {
    const { limitMs = Number.POSITIVE_INFINITY, maxSteps = DEFAULT_STEPS } = options;
    const stuck = Promise.withResolvers<never>();
    const watch: Watch = { reject: stuck.reject, limit: this.#now + limitMs, steps: maxSteps };
    this.#watches.add(watch);
    this.#awaitIdle();
    try {
      return await Promise.race([typeof work === 'function' ? work() : work, stuck.promise]);
    } finally {
      this.#watches.delete(watch);
    }
  }

  /** Stops the clock until something outside of virtual time, such as reading a file, is done. */
  async hold<T>(outside: Promise<T>): Promise<T> {
    this.#held += 1;
    try {
      return await outside;
    } finally {
      this.#held -= 1;
      this.#awaitIdle();
    }
  }

  /** Removes every timer: a pending sleep never ends. */
  clear(): void {
    this.#timers.length = 0;
  }

  #set(at: number, fire: () => void): Timer {
    const timer: Timer = { at, fire };
    let index = this.#timers.length;
    while (index > 0 && (this.#timers[index - 1]?.at ?? 0) <= at) index -= 1;
    this.#timers.splice(index, 0, timer);
    this.#awaitIdle();
    return timer;
  }

  #awaitIdle(): void {
    if (this.#isIdleAwaited) return;
    this.#isIdleAwaited = true;
    setImmediate(this.#step);
  }

  /** Runs when all microtasks are done: an immediate runs after them. */
  readonly #step = (): void => {
    this.#isIdleAwaited = false;
    if (this.#held > 0) return;
    let timer = this.#timers.pop();
    while (timer !== undefined && timer.fire === undefined) timer = this.#timers.pop();
    if (timer === undefined) {
      for (const watch of this.#watches)
        this.#giveUp(watch, 'deadlock', 'deadlock: pending, and no timer is set');
      return;
    }
    this.#now = timer.at;
    for (const watch of this.#watches) {
      watch.steps -= 1;
      if (timer.at > watch.limit) this.#giveUp(watch, 'limit', `not done by ${watch.limit} ms`);
      else if (watch.steps < 0) this.#giveUp(watch, 'steps', `too many timers by ${timer.at} ms`);
    }
    timer.fire?.();
    this.#awaitIdle();
  };

  #giveUp(watch: Watch, reason: StuckError['reason'], message: string): void {
    this.#watches.delete(watch);
    watch.reject(new StuckError(reason, message));
  }
}
