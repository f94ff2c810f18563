import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { useContract } from '../../simulator/api/contract.ts';
import { checkPlan, watchRejections } from './check-plan.ts';
import { INVARIANTS } from './invariants/index.ts';
import { generatePlan } from './plan/generate-plan.ts';
import type { Plan } from './plan/plan.ts';
import type { Violation } from './run/record.ts';
import { formatTimeline } from './run/timeline.ts';
import { shrinkPlan } from './shrink-plan.ts';
import type { FailedRun, WorkerInput } from './worker.ts';

const HELP = `Simulated runs generated from seeds, each checked against every invariant.

  npm run simulation -- [options]

  --seeds N          how many runs (default 3000)
  --seed S           the first seed; the others follow it (default: random, and printed)
  --regression NAME  only this run of regressions.json, with its timeline
  --plan FILE        only the run of a plan in a file, as JSON, with its timeline
  --timeline         only the run of the first seed, with its timeline
  --brief            no regressions, and violations without timelines
  --keep-going       count every violation instead of stopping at the first
  --contract FILE    the API as a contract.json describes it
  --workers N        threads (default: one for each core)
`;

const OPTIONS = {
  seeds: { type: 'string', default: '3000' },
  seed: { type: 'string' },
  regression: { type: 'string' },
  plan: { type: 'string' },
  timeline: { type: 'boolean', default: false },
  brief: { type: 'boolean', default: false },
  'keep-going': { type: 'boolean', default: false },
  contract: { type: 'string' },
  workers: { type: 'string', default: String(availableParallelism()) },
  help: { type: 'boolean', default: false },
} as const;

const REGRESSIONS = path.join(import.meta.dirname, 'regressions.json');
const MAX_SEED = 1_000_000_000;
/** Makes every worker stop. */
const STOP = -MAX_SEED;
/** A run is short and leaves nothing behind: what is collected seldom is collected in passing. */
const resourceLimits = { maxYoungGenerationSizeMb: 96 };
/** How many violated invariants are printed with a timeline. */
const MAX_TIMELINES = 3;

interface Regression {
  readonly name: string;
  readonly plan: Plan;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function readNumber(text: string, name: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new Error(`--${name}: "${text}" is not a whole number`);
  return Number(text);
}

interface Command extends Size {
  readonly help: boolean;
  readonly brief: boolean;
  /** The only run; `null` for those of the seeds. */
  readonly plan: Plan | null;
}

function readCommand(): Command {
  const { values } = parseArgs({ options: OPTIONS });
  const { help, brief, regression, plan: file } = values;
  useContract(values.contract);
  const firstSeed = values.seed === undefined ? randomInt(MAX_SEED) : readNumber(values.seed, 'seed');
  const seeds = readNumber(values.seeds, 'seeds');
  const workers = readNumber(values.workers, 'workers');
  let plan = values.timeline ? generatePlan(firstSeed) : null;
  if (file !== undefined) plan = JSON.parse(readFileSync(file, 'utf8')) as Plan;
  if (regression !== undefined) plan = findRegression(regression).plan;
  return { help, brief, plan, firstSeed, seeds, workers, stopsAtFirst: !values['keep-going'] };
}

async function main(command: Command): Promise<boolean> {
  if (command.help) {
    print(HELP);
    return true;
  }
  watchRejections();
  if (command.plan !== null) return await printRun(command.plan);
  const regressionsPass = command.brief || (await checkRegressions());
  const violated = await runSeeds(command);
  if (!command.brief) await printTimelines(violated);
  for (const [invariant, violations] of violated) {
    const examples = [...new Set(violations.map(({ seed }) => seed))].slice(0, 10).join(' ');
    print(`violated ${violations.length} times: ${invariant} (seeds ${examples})`);
  }
  return violated.size === 0 && regressionsPass;
}

function readRegressions(): readonly Regression[] {
  return JSON.parse(readFileSync(REGRESSIONS, 'utf8')) as readonly Regression[];
}

function findRegression(wanted: string): Regression {
  const found = readRegressions().find(({ name }) => name === wanted);
  if (found === undefined) throw new Error(`--regression: regressions.json has no "${wanted}"`);
  return found;
}

/** Runs the plans that once violated an invariant. */
async function checkRegressions(): Promise<boolean> {
  const regressions = readRegressions();
  let pass = true;
  for (const { name, plan } of regressions) {
    const { run, violations } = await checkPlan(plan);
    if (violations.length === 0) continue;
    pass = false;
    print(`\nREGRESSION ${name}\n${formatTimeline(run)}\n${format(violations)}`);
  }
  print(`${regressions.length} regressions ${pass ? 'pass' : 'FAIL'}`);
  return pass;
}

interface Size {
  readonly firstSeed: number;
  readonly seeds: number;
  readonly workers: number;
  readonly stopsAtFirst: boolean;
}

/** Violations by invariant, those of the first seeds first. */
type Violated = ReadonlyMap<string, readonly (Violation & { readonly seed: number })[]>;

async function runSeeds({ firstSeed, seeds, workers, stopsAtFirst }: Size): Promise<Violated> {
  print(`${seeds} runs from seed ${firstSeed}, each checked against ${INVARIANTS.size} invariants`);
  const startedAt = performance.now();
  const taken = new Int32Array(new SharedArrayBuffer(4));
  const failed: FailedRun[] = [];
  const workerData: WorkerInput = { firstSeed, seeds, taken };
  const work = Array.from({ length: Math.max(1, workers) }, async () => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData, resourceLimits });
    worker.on('message', (run: FailedRun) => {
      failed.push(run);
      if (stopsAtFirst) Atomics.store(taken, 0, STOP);
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    worker
      .on('error', reject)
      .on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`worker: ${code}`))));
    await promise;
  });
  await Promise.all(work);
  const seconds = (performance.now() - startedAt) / 1000;
  if (failed.length === 0) {
    const speed = `${seconds.toFixed(0)} s, ${Math.round(seeds / seconds)} a second`;
    print(`no invariant was violated in ${seeds} runs (${speed})`);
  }
  const all = failed
    .toSorted((a, b) => a.seed - b.seed)
    .flatMap(({ seed, violations }) => violations.map((violation) => ({ seed, ...violation })));
  return Map.groupBy(all, ({ invariant }) => invariant);
}

async function printTimelines(violated: Violated): Promise<void> {
  for (const [invariant, [first]] of [...violated].slice(0, MAX_TIMELINES)) {
    if (first === undefined) continue;
    const { seed } = first;
    const plan = await shrinkPlan(generatePlan(seed), invariant);
    print(`\n${'='.repeat(100)}\n${invariant} violated by seed ${seed}, shrunk to:\n`);
    await printRun(plan);
    print(`\nas a plan: ${JSON.stringify(plan)}`);
    print(`\nrun again: npm run simulation -- --seed ${seed} --seeds 1\n`);
  }
}

async function printRun(plan: Plan): Promise<boolean> {
  const { run, violations } = await checkPlan(plan);
  print(`${formatTimeline(run)}\n\n${format(violations) || 'no invariant was violated'}`);
  return violations.length === 0;
}

function format(violations: readonly Violation[]): string {
  return violations.map(({ invariant, text }) => `VIOLATION of ${invariant}: ${text}`).join('\n');
}

/** A mistake in the command line is a line; whatever else is thrown has a stack. */
function readOrExit(): Command {
  try {
    return readCommand();
  } catch (error) {
    process.stderr.write(`simulation: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}

if (!(await main(readOrExit()))) process.exitCode = 1;
