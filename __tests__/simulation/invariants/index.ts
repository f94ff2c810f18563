import type { SimulatedRun, Violation } from '../run/record.ts';
import * as creating from './creating.ts';
import * as limits from './limits.ts';
import * as power from './power.ts';
import * as retention from './retention.ts';
import * as rollbackRequests from './rollback-requests.ts';
import * as ownership from './ownership.ts';
import * as restoring from './restoring.ts';
import * as restoreReports from './restore-reports.ts';
import * as reporting from './reporting.ts';

/** What must hold in every run: gives a sentence for each violation. */
export type Invariant = (run: SimulatedRun) => string[];

export const INVARIANTS: ReadonlyMap<string, Invariant> = new Map(
  [
    ownership,
    retention,
    restoring,
    rollbackRequests,
    restoreReports,
    creating,
    power,
    reporting,
    limits,
  ].flatMap((group) => Object.entries<Invariant>({ ...group })),
);

export function checkRun(run: SimulatedRun): Violation[] {
  const found: Violation[] = [];
  for (const [invariant, check] of INVARIANTS) for (const text of check(run)) found.push({ invariant, text });
  return found;
}
