/**
 * How long each bundle takes to start and end when there is nothing to do, against an empty node process.
 * The runs are interleaved, so that whatever else the machine does meets all of them alike.
 * `--check` fails when a bundle is over the budget; `--runs N` sets how often each one runs.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { bundleOf, ENTRIES } from '../scripts/runner/actions.ts';

/** The best of the well-known actions. */
const BUDGET = 2.8;

const { values } = parseArgs({
  options: { check: { type: 'boolean', default: false }, runs: { type: 'string', default: '30' } },
});

function milliseconds(args: readonly string[]): number {
  const started = performance.now();
  // Neither inputs nor state: main and its siblings say what is missing, post finds nothing to do.
  spawnSync(process.execPath, args, { env: {}, stdio: 'ignore' });
  return performance.now() - started;
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return ((sorted[middle] ?? 0) + (sorted[sorted.length - 1 - middle] ?? 0)) / 2;
}

const missing = ENTRIES.filter((entry) => !existsSync(bundleOf(entry)));
if (missing.length > 0) throw new Error(`no bundle of ${missing.join(', ')}: run 'npm run build'`);

const cases = [
  { name: 'node -e 0', args: ['-e', '0'], times: [] as number[] },
  ...ENTRIES.map((entry) => ({ name: entry as string, args: [bundleOf(entry)], times: [] as number[] })),
];
for (const { args } of cases) milliseconds(args);
for (let run = 0; run < Number(values.runs); run += 1) {
  for (const { args, times } of cases) times.push(milliseconds(args));
}

const empty = median(cases[0]?.times ?? []);
const rows = cases.map(({ name, times }) => ({ name, ms: median(times), ratio: median(times) / empty }));
for (const { name, ms, ratio } of rows) {
  process.stdout.write(`${name.padEnd(12)} ${ms.toFixed(1).padStart(6)} ms  ${ratio.toFixed(2)}x\n`);
}
const over = rows.filter(({ ratio }) => ratio > BUDGET).map(({ name }) => name);
process.stdout.write(
  `budget ${BUDGET}x, medians of ${values.runs} runs: ${over.length === 0 ? 'kept' : `exceeded by ${over.join(', ')}`}\n`,
);
if (values.check && over.length > 0) process.exitCode = 1;
