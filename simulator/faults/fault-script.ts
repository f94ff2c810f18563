import { Random } from '../api/random.ts';
import { BASE_PATH } from '../api/path.ts';
import type { Effect, Fault } from './fault.ts';

/** What happens to one request. */
export interface FaultPlan {
  /** Undefined: the request is answered as usual. */
  readonly effect: Exclude<Effect, { kind: 'delay' }> | undefined;
  /** Milliseconds by which the response is delayed. */
  readonly delayMs: number;
  /** Names the faults, for the request log. */
  readonly name: string | undefined;
}

const PASS_THROUGH: FaultPlan = { effect: undefined, delayMs: 0, name: undefined };

interface Entry {
  readonly fault: Fault;
  readonly matches: (path: string) => boolean;
  /** How many requests have matched. */
  seen: number;
  /** Time of the first request since the fault was added. */
  since?: number;
  /** When a fault with `for_ms` ends. */
  until?: number;
}

/** The configured faults, each with its own count of the requests that matched it. */
export class FaultScript {
  readonly #random: Random;
  #entries: Entry[] = [];

  /** @param seed of the choice that `share` makes */
  constructor(faults: readonly Fault[] = [], seed = 1) {
    this.#random = new Random(seed);
    this.add(faults);
  }

  /** Adds faults; each starts to count now. */
  add(faults: readonly Fault[]): void {
    for (const fault of faults) this.#entries.push({ fault, matches: matcher(fault.path), seen: 0 });
  }

  clear(): void {
    this.#entries = [];
  }

  /** The faults with how many requests have matched each. */
  list(): readonly (Fault & { readonly seen: number })[] {
    return this.#entries.map(({ fault, seen }) => ({ ...fault, seen }));
  }

  /**
   * Counts a request and plans what happens to it: the sum of all delays that apply, and the first other fault that applies.
   * @param path with or without query, relative to the origin
   * @param at milliseconds of any clock, for faults that depend on time
   */
  plan(method: string, path: string, at = 0): FaultPlan {
    if (this.#entries.length === 0 || !path.startsWith(BASE_PATH)) return PASS_THROUGH;
    const queryAt = path.indexOf('?');
    const relativePath = path.slice(BASE_PATH.length, queryAt === -1 ? path.length : queryAt);
    let effect: FaultPlan['effect'];
    let delayMs = 0;
    const names: string[] = [];
    for (const entry of this.#entries) {
      const { fault } = entry;
      entry.since ??= at;
      if ((fault.method !== '*' && fault.method !== method) || !entry.matches(relativePath)) continue;
      if (!this.#applies(entry, at)) continue;
      if (fault.kind === 'delay') delayMs += fault.ms;
      else if (effect === undefined) effect = fault;
      else continue;
      names.push(fault.kind);
    }
    return names.length === 0 ? PASS_THROUGH : { effect, delayMs, name: names.join('+') };
  }

  /** Whether a fault applies to a request that matches, which is counted. */
  #applies(entry: Entry, at: number): boolean {
    const { nth, times, for_ms: forMs, after_ms: afterMs = 0, share } = entry.fault;
    if (at - (entry.since ?? at) < afterMs) return false;
    entry.seen += 1;
    if (nth !== 'every') {
      if (entry.seen < nth) return false;
      if (forMs === undefined && entry.seen >= nth + times) return false;
      entry.until ??= at + (forMs ?? Number.POSITIVE_INFINITY);
      if (at >= entry.until) return false;
    }
    return share === undefined || this.#random.chance(share);
  }
}

function matcher(pattern: string): (path: string) => boolean {
  if (pattern === '*') return () => true;
  if (!pattern.includes('*')) return (path) => path === pattern;
  const wanted = pattern.split('/');
  return (path) => {
    const segments = path.split('/');
    return (
      segments.length === wanted.length &&
      wanted.every((want, index) => want === '*' || want === segments[index])
    );
  };
}
