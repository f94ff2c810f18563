import type { Life, Violation } from '../run/record.ts';
import * as creating from './creating.ts';
import * as limits from './limits.ts';
import * as ownership from './ownership.ts';
import * as restoring from './restoring.ts';
import * as telling from './restore-reports.ts';
import * as words from './reporting.ts';

/** What must hold after every life: each gives a sentence for every time it was broken. */
export type Invariant = (life: Life) => string[];

export const INVARIANTS: ReadonlyMap<string, Invariant> = new Map(
  [ownership, restoring, telling, creating, words, limits].flatMap((room) =>
    Object.entries<Invariant>({ ...room }),
  ),
);

export function checkLife(life: Life): Violation[] {
  const found: Violation[] = [];
  for (const [invariant, check] of INVARIANTS)
    for (const text of check(life)) found.push({ invariant, text });
  return found;
}
