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
  /** The same ratio of processor time, which other work on the machine hardly changes; `null` without bash. */
  readonly cpuRatio: number | null;
}

interface Case {
  readonly name: string;
  readonly args: readonly string[];
  readonly times: number[];
  readonly cpuTimes: number[];
}

/** Neither inputs nor state: main and its siblings say what is missing, post finds nothing to do. */
export function measureColdStarts(
  rounds: number,
  others: readonly { readonly name: string; readonly file: string }[],
): ColdStart[] {
  const empty = createCase('node -e 0', ['-e', '0']);
  const cases: Case[] = [
    empty,
    ...ENTRIES.map((entry) => createCase(entry, [bundleOf(entry)])),
    ...others.map(({ name, file }) => createCase(name, [file])),
  ];
  for (const { args } of cases) time(args);
  for (let round = 0; round < rounds; round += 1) {
    // Another order each time: whatever else the machine does meets all of them alike.
    for (const { args, times, cpuTimes } of shuffle(cases)) {
      times.push(time(args));
      cpuTimes.push(cpuTime(args));
    }
  }
  return cases.map(({ name, times, cpuTimes }) => {
    const ratios = times.map((ms, round) => ms / (empty.times[round] ?? Number.NaN));
    const cpuRatio = quantile(
      cpuTimes.map((ms, round) => ms / (empty.cpuTimes[round] ?? Number.NaN)),
      0.5,
    );
    return {
      name,
      ms: quantile(times, 0.5),
      ratio: quantile(ratios, 0.5),
      quartiles: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
      cpuRatio: Number.isNaN(cpuRatio) ? null : cpuRatio,
    };
  });
}

function time(args: readonly string[]): number {
  const started = performance.now();
  spawnSync(process.execPath, args, { env: {}, stdio: 'ignore' });
  return performance.now() - started;
}

/** User and system time in milliseconds; NaN where there is no bash, whose `times` says it of its children. */
function cpuTime(args: readonly string[]): number {
  const script = '"$@" >/dev/null 2>&1; times';
  const bash = spawnSync('bash', ['-c', script, 'bash', process.execPath, ...args], {
    env: {},
    encoding: 'utf8',
  });
  if (bash.error !== undefined) return Number.NaN;
  const [, children = ''] = bash.stdout.split('\n');
  const spent = [...children.matchAll(/(\d+)m([\d.]+)s/g)];
  if (spent.length === 0) return Number.NaN;
  return spent.reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1000,
    0,
  );
}

function createCase(name: string, args: readonly string[]): Case {
  return { name, args, times: [], cpuTimes: [] };
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
