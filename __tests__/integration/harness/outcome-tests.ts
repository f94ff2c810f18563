import { expect, test } from '@jest/globals';
import type { ServerRecord } from '../../../src/github/state.ts';
import { outcomeOf, readsOf } from './outcome.ts';
import { play, type Scenario } from './scenario.ts';

export interface OutcomeCase extends Scenario {
  /** See `outcomeOf`. */
  readonly outcome: readonly string[];
  /** What must stand somewhere in the log (debug lines too), in an annotation, an output or a summary, and what must not. */
  readonly says?: readonly (string | RegExp)[];
  readonly neverSays?: readonly (string | RegExp)[];
  /** Where time matters: the whole seconds that each step took. */
  readonly took?: readonly number[];
  /** Where it matters how often something is read: see `readsOf`. */
  readonly reads?: Readonly<Record<string, number>>;
  /** What the first step says in its outputs, and part of what it saves of its first server. */
  readonly outputs?: Readonly<Record<string, string>>;
  readonly saved?: Partial<ServerRecord>;
}

/** A main step and a post step in which nothing went wrong; the post step has nothing to add to the card of main. */
export const CREATED = 'main exit 0 | 📸 VPS.org snapshot complete | 801 completed | offers 801';
export const KEPT = 'post exit 0';

/** One test for each scenario: what the job comes to, and what it says. */
export function testOutcomes(cases: Readonly<Record<string, OutcomeCase>>): void {
  test.each(Object.entries(cases))('%s', async (_, { outcome, says, neverSays, ...scenario }) => {
    const played = await play(scenario);
    const { testEnv, steps } = played;
    expect(outcomeOf(played)).toEqual(outcome);
    const text = steps
      .flatMap(({ process: { runner } }) => [runner.visible(), ...runner.debugLines])
      .join('\n');
    for (const part of says ?? []) expect(text).toMatch(part);
    for (const part of neverSays ?? []) expect(text).not.toMatch(part);
    const [first] = steps;
    const actual = {
      took: steps.map(({ process }) => secondsOf(process)),
      reads: readsOf(testEnv.requests),
      outputs: Object.fromEntries(first?.process.runner.outputs ?? []),
      saved: JSON.parse(first?.process.runner.state.get('server_0') ?? '{}') as object,
    };
    const { took = actual.took, reads = actual.reads, outputs = {}, saved = {} } = scenario;
    expect(actual).toMatchObject({ took, outputs, saved });
    expect(actual.reads).toEqual(reads);
  });
}

function secondsOf({ startedAt, endedAt }: { readonly startedAt: number; readonly endedAt: number }): number {
  return Math.floor((endedAt - startedAt) / 1000);
}
