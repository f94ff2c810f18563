import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { drawPlan } from './plan/generate-plan.ts';
import { INVARIANTS } from './invariants/index.ts';
import { judgePlan, watchRejections } from './check-plan.ts';
import type { Plan } from './plan/plan.ts';
import type { Violation } from './run/record.ts';
import { shrinkPlan } from './shrink-plan.ts';
import { tellStory } from './run/timeline.ts';
import type { BadLife, Share } from './worker.ts';

const HELP = `Lives drawn from seeds, each held against every promise of the action.

  npm run simulation -- [options]

  --seeds N       how many lives (default 3000)
  --seed S        the first seed; N follow one another (default: drawn, and printed)
  --story FILE    one life from a file with its plan as JSON, with its story
  --tell          print the story of the first life, broken promise or not
  --brief         only drawn lives, and which promises they broke, without a story
  --keep-going    count every broken promise instead of ending at the first
  --workers N     threads (default: one for each core)
`;

const OPTIONS = {
  seeds: { type: 'string', default: '3000' },
  seed: { type: 'string' },
  story: { type: 'string' },
  tell: { type: 'boolean', default: false },
  brief: { type: 'boolean', default: false },
  'keep-going': { type: 'boolean', default: false },
  workers: { type: 'string', default: String(availableParallelism()) },
  help: { type: 'boolean', default: false },
} as const;

const REGRESSIONS = path.join(import.meta.dirname, 'regressions.json');
const LARGEST_SEED = 1_000_000_000;
/** Makes every worker stop. */
const STOP = -LARGEST_SEED;
/** Broken promises that are told with their story. */
const MOST_STORIES = 3;

interface Regression {
  readonly name: string;
  readonly plan: Plan;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function readNumber(text: string, name: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new Error(`--${name}: "${text}" is no whole number`);
  return Number(text);
}

async function main(): Promise<boolean> {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) {
    say(HELP);
    return true;
  }
  watchRejections();
  if (values.story !== undefined) {
    return await tellPlan(JSON.parse(readFileSync(values.story, 'utf8')) as Plan);
  }
  const firstSeed = values.seed === undefined ? randomInt(LARGEST_SEED) : readNumber(values.seed, 'seed');
  const seeds = readNumber(values.seeds, 'seeds');
  if (values.tell) return await tellPlan(drawPlan(firstSeed));
  const isKept = values.brief || (await keepRegressions());
  const workers = readNumber(values.workers, 'workers');
  const broken = await soak({ firstSeed, seeds, workers }, values['keep-going']);
  if (!values.brief) await tellStories(broken);
  for (const [invariant, found] of broken) {
    const some = [...new Set(found.map(({ seed }) => seed))].slice(0, 10).join(' ');
    say(`broken ${found.length} times: ${invariant} (seeds ${some})`);
  }
  return broken.size === 0 && isKept;
}

/** The lives that once broke a promise. */
async function keepRegressions(): Promise<boolean> {
  const regressions = JSON.parse(readFileSync(REGRESSIONS, 'utf8')) as readonly Regression[];
  let isKept = true;
  for (const { name, plan } of regressions) {
    const { life, violations } = await judgePlan(plan);
    if (violations.length === 0) continue;
    isKept = false;
    say(`\nREGRESSION ${name}\n${tellStory(life)}\n${list(violations)}`);
  }
  say(`${regressions.length} regressions ${isKept ? 'hold' : 'DO NOT HOLD'}`);
  return isKept;
}

interface Size {
  readonly firstSeed: number;
  readonly seeds: number;
  readonly workers: number;
}

/** Broken promises by invariant, those of the first seeds first. */
type Broken = ReadonlyMap<string, readonly (Violation & { readonly seed: number })[]>;

async function soak({ firstSeed, seeds, workers }: Size, isKeptGoing: boolean): Promise<Broken> {
  say(`${seeds} lives from seed ${firstSeed}, each held against ${INVARIANTS.size} promises`);
  const begun = performance.now();
  const taken = new Int32Array(new SharedArrayBuffer(4));
  const bad: BadLife[] = [];
  const workerData: Share = { firstSeed, seeds, taken };
  const work = Array.from({ length: Math.max(1, workers) }, async () => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData });
    worker.on('message', (life: BadLife) => {
      bad.push(life);
      if (!isKeptGoing) Atomics.store(taken, 0, STOP);
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    worker
      .on('error', reject)
      .on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`worker: ${code}`))));
    await promise;
  });
  await Promise.all(work);
  const seconds = (performance.now() - begun) / 1000;
  if (bad.length === 0) {
    const speed = `${seconds.toFixed(0)} s, ${Math.round(seeds / seconds)} a second`;
    say(`no promise was broken in ${seeds} lives (${speed})`);
  }
  const all = bad
    .toSorted((a, b) => a.seed - b.seed)
    .flatMap(({ seed, violations }) => violations.map((violation) => ({ seed, ...violation })));
  return Map.groupBy(all, ({ invariant }) => invariant);
}

async function tellStories(broken: Broken): Promise<void> {
  for (const [invariant, [first]] of [...broken].slice(0, MOST_STORIES)) {
    if (first === undefined) continue;
    const { seed } = first;
    const plan = await shrinkPlan(drawPlan(seed), invariant);
    const { life, violations } = await judgePlan(plan);
    say(`\n${'='.repeat(100)}\nBROKEN ${invariant}, seed ${seed}\n`);
    say(tellStory(life));
    say(`\n${list(violations)}\n\nas a plan: ${JSON.stringify(plan)}`);
    say(`\nagain: npm run simulation -- --seed ${seed} --seeds 1\n`);
  }
}

async function tellPlan(plan: Plan): Promise<boolean> {
  const { life, violations } = await judgePlan(plan);
  say(`${tellStory(life)}\n\n${violations.length === 0 ? 'no promise was broken' : list(violations)}`);
  return violations.length === 0;
}

function list(violations: readonly { invariant: string; text: string }[]): string {
  return violations.map(({ invariant, text }) => `BROKEN ${invariant}: ${text}`).join('\n');
}

if (!(await main())) process.exitCode = 1;
