import { performance } from 'node:perf_hooks';
import type { ApiClock } from '../api/state-machine.ts';

/** Virtual time that runs `scale` times as fast as real time, and can jump ahead. */
export class ScaledClock implements ApiClock {
  readonly #startAt: number;
  readonly #scale: number;
  readonly #startedAtReal = performance.now();
  #jumped = 0;

  /**
   * @param startAt epoch milliseconds at which virtual time begins
   * @param scale virtual seconds per real second; 0: only {@link jump} moves time
   */
  constructor(startAt: number, scale: number) {
    this.#startAt = startAt;
    this.#scale = scale;
  }

  now(): number {
    return this.#startAt + this.#jumped + Math.floor((performance.now() - this.#startedAtReal) * this.#scale);
  }

  /** Moves ahead by this many virtual seconds. */
  jump(seconds: number): void {
    this.#jumped += seconds * 1000;
  }
}
