import type { Clock } from '../../src/vps/clock.ts';

/**
 * The clock of one process that can be killed: from then on none of its sleeps ends, so nothing that waits for it
 * (a request over the in-process transport included) gets any further, and no `finally` runs.
 */
export class ProcessClock implements Clock {
  /** Resolves when the process is killed; race the work of the process against it. */
  readonly killed: Promise<void>;
  readonly #clock: Clock;
  readonly #resolveKilled: () => void;
  #isAlive = true;

  constructor(clock: Clock) {
    this.#clock = clock;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.killed = promise;
    this.#resolveKilled = resolve;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Like SIGKILL: at once and without notice. */
  kill(): void {
    this.#isAlive = false;
    this.#resolveKilled();
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
