import { tablesOf } from '../harness/outcome.ts';
import { play, type Scenario } from '../harness/scenario.ts';
import type { StepProcess } from '../harness/step-process.ts';

/** What the use cases put into the tables and the texts of a summary; how those are drawn is tested in `unit`. */

/** When the first snapshot of a scenario is created. */
export const TAKEN = '2026-01-15 12:00:00 UTC';

/** A step that a scenario plays, the last one when left out. */
export async function stepOf(scenario: Scenario, index = -1): Promise<StepProcess> {
  const { steps } = await play(scenario);
  const step = steps.at(index);
  if (step === undefined) throw new Error('no such step');
  return step.process;
}

/** The rows of the first table, their cells joined, without what follows one row in its list. */
export function rowsOf(summary: string): string[] {
  return (tablesOf(summary)[0] ?? []).map((row) =>
    Object.entries(row)
      .filter(([name]) => !['Trigger', 'Why', 'This step'].includes(name))
      .map(([, fact]) => fact)
      .join(' | '),
  );
}
