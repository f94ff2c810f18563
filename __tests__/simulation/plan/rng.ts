import { Random } from '../../../simulator/api/random.ts';

/** Chance for drawing plans. */
export class Dice {
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

  /** A number of milliseconds, small ones as likely as large ones. */
  span(low: number, high: number): number {
    return Math.round(low * (high / low) ** this.#random.next());
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.#random.integer(0, items.length - 1)] ?? items[0];
  }

  /** One of the items, each as often as its weight says. */
  weigh<T>(items: readonly [readonly [weight: number, item: T], ...(readonly [number, T])[]]): T {
    let left = this.#random.next() * items.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, item] of items) {
      left -= weight;
      if (left < 0) return item;
    }
    return items[0][1];
  }

  /** The fields that chance lets in, each for itself. */
  some<T extends object>(share: number, fields: { readonly [Key in keyof T]: () => T[Key] }): Partial<T> {
    const drawn: Partial<T> = {};
    for (const key of Object.keys(fields) as (keyof T)[]) if (this.chance(share)) drawn[key] = fields[key]();
    return drawn;
  }

  times<T>(count: number, draw: (index: number) => T): T[] {
    return Array.from({ length: count }, (_, index) => draw(index));
  }
}
