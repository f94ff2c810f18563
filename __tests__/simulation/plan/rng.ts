import { Random } from '../../../simulator/api/random.ts';

/** The random numbers that plans are generated from. */
export class Rng {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  chance(share: number): boolean {
    return this.#random.chance(share);
  }

  integer(low: number, high: number): number {
    return this.#random.integer(low, high);
  }

  /** A whole number whose logarithm is evenly distributed: every order of magnitude is as likely as the others. */
  logUniform(low: number, high: number): number {
    return Math.round(low * (high / low) ** this.#random.next());
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.#random.integer(0, items.length - 1)] ?? items[0];
  }

  /** One of the items, with a probability in proportion to its weight. */
  weighted<T>(items: readonly [readonly [weight: number, item: T], ...(readonly [number, T])[]]): T {
    let left = this.#random.next() * items.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, item] of items) {
      left -= weight;
      if (left < 0) return item;
    }
    return items[0][1];
  }

  /** Some of the fields, each with a probability of `share`. */
  some<T extends object>(share: number, fields: { readonly [Key in keyof T]: () => T[Key] }): Partial<T> {
    const chosen: Partial<T> = {};
    for (const key of Object.keys(fields) as (keyof T)[]) if (this.chance(share)) chosen[key] = fields[key]();
    return chosen;
  }

  times<T>(count: number, generate: (index: number) => T): T[] {
    return Array.from({ length: count }, (_, index) => generate(index));
  }
}
