import type { Clock } from '../../src/vps/clock.ts';

/**
 * The clock of one process that may be killed: from then on none of its sleeps ends, so nothing that waits on it
 * (a request over the in-process transport included) gets any further, and no `finally` runs.
 */
export class Lifetime implements Clock {
  /** Resolves when the process is killed; to be raced against what it does. */
  readonly killed: Promise<void>;
  readonly #clock: Clock;
  readonly #die: () => void;
  #isAlive = true;

  constructor(clock: Clock) {
    this.#clock = clock;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.killed = promise;
    this.#die = resolve;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** As SIGKILL does: at once and without a word. */
  kill(): void {
    this.#isAlive = false;
    this.#die();
  }

  now(): number {
    return this.#clock.now();
  }

  wall(): number {
    return this.#clock.wall();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    void this.#wake(this.#clock.sleep(ms, signal), resolve);
    return promise;
  }

  async #wake(slept: Promise<void>, resolve: () => void): Promise<void> {
    await slept;
    if (this.#isAlive) resolve();
  }
}
