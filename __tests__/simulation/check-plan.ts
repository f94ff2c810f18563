import { checkRun } from './invariants/index.ts';
import { simulate } from './run/simulate.ts';
import type { Plan } from './plan/plan.ts';
import type { SimulatedRun, Violation } from './run/record.ts';

const unhandled: unknown[] = [];

/** From now on an unhandled rejection counts as a violation of the run in which it happened. */
export function watchRejections(): void {
  process.on('unhandledRejection', (reason) => unhandled.push(reason));
}

/** Runs a plan and checks every invariant. */
export async function checkPlan(plan: Plan): Promise<{ run: SimulatedRun; violations: Violation[] }> {
  unhandled.length = 0;
  const run = await simulate(plan);
  const violations = checkRun(run);
  for (const reason of unhandled)
    violations.push({ invariant: 'leavesNoRejectionUnhandled', text: String(reason) });
  return { run, violations };
}
