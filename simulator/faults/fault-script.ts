import type { Effect, Fault } from './fault.ts';
import { BASE_PATH } from '../api/simulated-api.ts';

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

/** The configured faults, each with its own count of the requests that matched it. */
export class FaultScript {
  #entries: { readonly fault: Fault; readonly matches: (path: string) => boolean; seen: number }[] = [];

  constructor(faults: readonly Fault[] = []) {
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
   */
  plan(method: string, path: string): FaultPlan {
    if (this.#entries.length === 0 || !path.startsWith(BASE_PATH)) return PASS_THROUGH;
    const queryAt = path.indexOf('?');
    const relativePath = path.slice(BASE_PATH.length, queryAt === -1 ? path.length : queryAt);
    let effect: FaultPlan['effect'];
    let delayMs = 0;
    const names: string[] = [];
    for (const entry of this.#entries) {
      const { fault } = entry;
      if ((fault.method !== '*' && fault.method !== method) || !entry.matches(relativePath)) continue;
      entry.seen += 1;
      if (fault.nth !== 'every' && (entry.seen < fault.nth || entry.seen >= fault.nth + fault.times))
        continue;
      if (fault.kind === 'delay') delayMs += fault.ms;
      else if (effect === undefined) effect = fault;
      else continue;
      names.push(fault.kind);
    }
    return names.length === 0 ? PASS_THROUGH : { effect, delayMs, name: names.join('+') };
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
