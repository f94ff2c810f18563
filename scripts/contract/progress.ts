import { formatElapsed } from '../../src/github/format.ts';
import { type World } from './session/connection.ts';

interface Step {
  readonly title: string;
  /** How long it usually takes, in minutes: at least, at most. */
  readonly minutes: readonly [number, number];
}

const TIMES = {
  read: { title: 'questions that only read', minutes: [1, 2] },
  refusals: { title: 'requests that the documentation refuses', minutes: [1, 2] },
  snapshots: { title: 'two snapshots at a time, on each server', minutes: [3, 20] },
  restore: { title: 'a restore, and a snapshot meanwhile', minutes: [7, 30] },
  limits: { title: 'as many snapshots as a server may have', minutes: [4, 30] },
  power: { title: 'stop, snapshot, start, restart, restore of the stopped server', minutes: [12, 35] },
  clean: { title: 'deleting what was made', minutes: [1, 12] },
} as const satisfies Record<string, Step>;

export type StepName = keyof typeof TIMES;

const spanOf = ([low, high]: readonly [number, number]): string => `usually ${low} to ${high} minutes`;

export const STEPS = {
  clean: { line: `Cleaning up: ${TIMES.clean.title}, ${spanOf(TIMES.clean.minutes)}` },
} as const;

/** One line for each step: which, of how many, how long it usually takes, and how long is left. */
export class Progress {
  readonly #world: Pick<World, 'clock' | 'print'>;
  readonly #startedAt: number;
  #names: readonly StepName[] = [];

  constructor(world: Pick<World, 'clock' | 'print'>) {
    this.#world = world;
    this.#startedAt = world.clock.now();
  }

  plan(
    names: readonly StepName[] = Object.keys(TIMES).filter((name) => name !== 'clean') as StepName[],
  ): void {
    this.#names = names;
  }

  async step<T>(name: StepName, work: () => Promise<T>): Promise<T> {
    const { clock, print } = this.#world;
    const at = this.#names.indexOf(name);
    const rest = this.#names.slice(at).map((each) => TIMES[each].minutes);
    const low = rest.reduce((sum, [least]) => sum + least, 0);
    const high = rest.reduce((sum, [, most]) => sum + most, 0);
    const elapsed = formatElapsed(clock.now() - this.#startedAt);
    const { title, minutes } = TIMES[name];
    print(
      `[${at + 1}/${this.#names.length}] ${title}: ${spanOf(minutes)} (${elapsed} so far, ${low} to ${high} minutes left)`,
    );
    return await work();
  }
}
