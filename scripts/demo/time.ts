import { setTimeout } from 'node:timers/promises';

/** Virtual seconds per real one, for the simulator and the bundles alike. */
export const TIME_SCALE = 120;

/** The fast time of one scenario, which starts now. */
export class DemoTime {
  readonly startAt: number;
  readonly #real = Date.now();

  constructor(startAt = Date.now()) {
    this.startAt = startAt;
  }

  /** Epoch milliseconds. */
  now(): number {
    return this.startAt + (Date.now() - this.#real) * TIME_SCALE;
  }

  /** `03:07:15`, UTC. */
  clock(): string {
    return new Date(this.now()).toISOString().slice(11, 19);
  }

  /** Lets some minutes of it pass. */
  async pass(minutes: number): Promise<void> {
    await setTimeout((minutes * 60_000) / TIME_SCALE);
  }

  /** What fast-time.ts reads. */
  forProcess(): string {
    return JSON.stringify({ scale: TIME_SCALE, real: this.#real, virtual: this.startAt });
  }
}
