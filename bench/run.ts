/**
 * `npm run bench`: one table of everything that is measured, also written to bench/results.json (bench/README.md says how
 * each is measured). `--rounds N` sets how often each process is started; `--peer NAME=FILE`, repeatable, measures the
 * bundle of another action beside ours.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { format } from 'prettier';
import { bundleOf, ENTRIES } from '../scripts/runner/actions.ts';
import { type BudgetLine, measureBudget } from './budget.ts';
import { type ColdStart, measureColdStarts } from './cold-start.ts';
import { runFleet } from './fleet.ts';
import { costOf, type PollingCost, POLLINGS, SPANS } from './polling.ts';

const RESULTS = path.join(import.meta.dirname, 'results.json');
/** Written by `.ci/run`: a part and its seconds in each line. */
const CI_TIMES = path.resolve(import.meta.dirname, '../reports/ci-times.tsv');
const FLEETS = [1, 5, 25, 50];
/** Snapshots that end one after the other. */
const SPREAD = [180, 480] as const;

type Row = readonly [what: string, ...values: (string | number)[]];

interface Fleet {
  readonly servers: number;
  /** Time of the step over that of the slowest server alone. */
  readonly overSlowest: number;
  readonly requestsPerRound: number;
  readonly outputKb: number;
  readonly logLines: number;
  /** With `stop_server`: seconds for which a server is down beyond its snapshot, its stop and its start, at the median. */
  readonly extraDowntime: number;
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '25' },
    peer: { type: 'string', multiple: true, default: [] },
  },
});
const peers = values.peer.map((given) => {
  const at = given.indexOf('=');
  return { name: given.slice(0, at), file: path.resolve(given.slice(at + 1)) };
});
for (const file of [...ENTRIES.map(bundleOf), ...peers.map((peer) => peer.file)])
  if (!existsSync(file)) throw new Error(`${file} is not there`);

const coldStarts = measureColdStarts(Number(values.rounds), peers);
const polling = POLLINGS.map((each) => ({
  name: each.name,
  costs: SPANS.map((span) => ({ seconds: span, ...roundCost(costOf(each, span)) })),
}));
const fleets = await measureFleets();
const budget = await measureBudget();
const ci = readCiTimes();

print('Start to end without work', [
  ['', 'median', 'times node -e 0', 'quartiles', 'the same of processor time'],
  ...coldStarts.map(rowOfStart),
]);
print('Requests / seconds until a completion is seen, for what ends within', [
  ['', ...SPANS.map(([from, to]) => `${from}-${to} s`)],
  ...polling.map(({ name, costs }): Row => [
    name,
    ...costs.map(({ requests, delay }) => `${requests.toFixed(1)} / ${delay.toFixed(2)}`),
  ]),
]);
print('Servers in one step', [
  ['', 'over the slowest', 'requests a round', 'outputs, KB', 'lines', 'extra downtime, s'],
  ...fleets.map(({ servers, ...rest }): Row => [String(servers), ...Object.values(rest)]),
]);
print('Budget', [['', 'is', 'most'], ...budget.map(({ what, is, most }): Row => [what, is, most])]);
if (ci.length > 0)
  print(
    'CI, seconds',
    ci.map(({ part, seconds }): Row => [part, seconds]),
  );

const results = {
  node: process.version,
  machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${process.platform}`,
  rounds: Number(values.rounds),
  coldStarts: coldStarts.map(roundStart),
  polling,
  fleets,
  budget,
  ci: ci.length > 0 ? ci : readEarlierCi(),
};
writeFileSync(RESULTS, await format(JSON.stringify(results), { parser: 'json', printWidth: 110 }));
if (budget.some(({ is, most }: BudgetLine) => is > most)) process.exitCode = 1;

async function measureFleets(): Promise<Fleet[]> {
  const alone = await runFleet(1);
  const fleets: Fleet[] = [];
  for (const servers of FLEETS) {
    const together = await runFleet(servers);
    const spread = await runFleet(servers, { seconds: SPREAD });
    const stopped = await runFleet(servers, { stops: true });
    fleets.push({
      servers,
      overSlowest: round(together.seconds / alone.seconds),
      requestsPerRound: together.mostPerRound,
      outputKb: round(spread.outputBytes / 1024),
      logLines: spread.lines.length,
      extraDowntime: round(stopped.extraDowntime ?? Number.NaN),
    });
  }
  return fleets;
}

function rowOfStart(start: ColdStart): Row {
  const { name, ms, ratio, quartiles, cpuRatio } = start;
  const spread = quartiles.map((each) => each.toFixed(2)).join('-');
  return [name, `${ms.toFixed(1)} ms`, ratio.toFixed(2), spread, cpuRatio?.toFixed(2) ?? '-'];
}

function roundStart({ name, ms, ratio, quartiles, cpuRatio }: ColdStart): ColdStart {
  return {
    name,
    ms: round(ms),
    ratio: round(ratio),
    quartiles: [round(quartiles[0]), round(quartiles[1])],
    cpuRatio: cpuRatio === null ? null : round(cpuRatio),
  };
}

function roundCost({ requests, delay }: PollingCost): PollingCost {
  return { requests: round(requests), delay: round(delay) };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

interface CiPart {
  readonly part: string;
  readonly seconds: number;
}

function readCiTimes(): CiPart[] {
  if (!existsSync(CI_TIMES)) return [];
  const lines = readFileSync(CI_TIMES, 'utf8').trim().split('\n');
  return lines.map((line) => {
    const [part = '', seconds = ''] = line.split('\t');
    return { part, seconds: Number(seconds) };
  });
}

/** What an earlier run wrote stays until the CI has run again. */
function readEarlierCi(): unknown {
  if (!existsSync(RESULTS)) return [];
  return (JSON.parse(readFileSync(RESULTS, 'utf8')) as { readonly ci?: unknown }).ci ?? [];
}

function print(title: string, rows: readonly Row[]): void {
  const widths = rows.reduce<number[]>(
    (all, row) => row.map((cell, column) => Math.max(all[column] ?? 0, String(cell).length)),
    [],
  );
  process.stdout.write(`\n${title}\n`);
  for (const row of rows) {
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column === 0 ? String(cell).padEnd(width) : String(cell).padStart(width);
    });
    process.stdout.write(`  ${cells.join('  ')}\n`);
  }
}
