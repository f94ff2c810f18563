import { spawnSync } from 'node:child_process';
import { bundleOf, ENTRIES } from '../scripts/runner/actions.ts';

/** How long a process takes from its start to its end when there is nothing to do, against an empty one. */
export interface ColdStart {
  readonly name: string;
  /** Median, in milliseconds. */
  readonly ms: number;
  /** Median of its ratios to `node -e 0` in the same round. */
  readonly ratio: number;
  /** A quarter of the ratios is below the first, a quarter above the second. */
  readonly quartiles: readonly [number, number];
}

interface Case {
  readonly name: string;
  readonly args: readonly string[];
  readonly times: number[];
}

/** Neither inputs nor state: main and its siblings say what is missing, post finds nothing to do. */
export function measureColdStarts(
  rounds: number,
  others: readonly { readonly name: string; readonly file: string }[],
): ColdStart[] {
  const empty: Case = { name: 'node -e 0', args: ['-e', '0'], times: [] };
  const cases: Case[] = [
    empty,
    ...ENTRIES.map((entry) => ({ name: entry, args: [bundleOf(entry)], times: [] })),
    ...others.map(({ name, file }) => ({ name, args: [file], times: [] })),
  ];
  for (const { args } of cases) time(args);
  for (let round = 0; round < rounds; round += 1) {
    // Another order each time: whatever else the machine does meets all of them alike.
    for (const { args, times } of shuffle(cases)) times.push(time(args));
  }
  return cases.map(({ name, times }) => {
    const ratios = times.map((ms, round) => ms / (empty.times[round] ?? Number.NaN));
    return {
      name,
      ms: quantile(times, 0.5),
      ratio: quantile(ratios, 0.5),
      quartiles: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
    };
  });
}

function time(args: readonly string[]): number {
  const started = performance.now();
  spawnSync(process.execPath, args, { env: {}, stdio: 'ignore' });
  return performance.now() - started;
}

function shuffle<T>(all: readonly T[]): T[] {
  return all
    .map((item) => ({ item, key: Math.random() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)] ?? 0, sorted[Math.ceil(at)] ?? 0];
  return low + (high - low) * (at - Math.floor(at));
}
