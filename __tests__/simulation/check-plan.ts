import { checkLife } from './invariants/index.ts';
import { runLife } from './run/simulate.ts';
import type { Plan } from './plan/plan.ts';
import type { Life, Violation } from './run/record.ts';

const unhandled: unknown[] = [];

/** From now on a promise that nobody waits for and that fails counts against the life in which it did. */
export function watchRejections(): void {
  process.on('unhandledRejection', (reason) => unhandled.push(reason));
}

/** Lives a plan and holds it against every invariant. */
export async function judgePlan(plan: Plan): Promise<{ life: Life; violations: Violation[] }> {
  unhandled.length = 0;
  const life = await runLife(plan);
  const violations = checkLife(life);
  for (const reason of unhandled)
    violations.push({ invariant: 'leavesNoRejectionUnhandled', text: String(reason) });
  return { life, violations };
}
