/**
 * Proves that the simulation finds bugs: plants each one in the sources as they are loaded, simulates up to 5,000 runs,
 * and expects a violation. Words on the command line choose bugs by their name; `--seed N` takes other runs. `--keep`
 * puts the shortest run that finds each into the list of regressions, and `--replay` simulates only those runs.
 */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { PLANTED_BUGS, type PlantedBug } from './test-planted-bugs/bugs.ts';
import { plant } from './test-planted-bugs/plant.ts';

const root = path.resolve(import.meta.dirname, '..');
const RUNS = 5000;
const SIMULATION = '__tests__/simulation';
const REGRESSIONS = path.join(root, SIMULATION, 'regressions.json');

interface Found {
  /** How many runs it took. */
  readonly runs: number;
  readonly invariant: string;
  /** The shrunk plan, where timelines were printed. */
  readonly plan?: unknown;
}

interface Regression {
  readonly name: string;
  readonly plan: unknown;
}

/** What the simulation prints with a bug, or without one; undefined when it finds no violation. */
async function simulate(bug: PlantedBug | null, options: readonly string[]): Promise<string | undefined> {
  const hook = bug === null ? [] : ['--import', path.join(import.meta.dirname, 'test-planted-bugs/hook.ts')];
  const args = ['--disable-warning=ExperimentalWarning', ...hook, `${SIMULATION}/cli.ts`, ...options];
  const env = { ...process.env, PLANTED_BUG: bug?.name ?? '' };
  try {
    await promisify(execFile)(process.execPath, args, { cwd: root, env, maxBuffer: 1e8 });
    return undefined;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { readonly stdout?: string; readonly stderr?: string };
    if (!/^(VIOLATION of|violated) /m.test(stdout))
      throw new Error(`the simulation could not run:\n${stdout}\n${stderr}`, { cause: error });
    return stdout;
  }
}

async function search(
  bug: PlantedBug | null,
  firstSeed: number,
  shrinks = false,
): Promise<Found | undefined> {
  const brief = shrinks ? [] : ['--brief'];
  const output = await simulate(bug, [...brief, '--seeds', `${RUNS}`, '--seed', `${firstSeed}`]);
  if (output === undefined) return undefined;
  const [, invariant = '', seed] = /^violated \d+ times: (\w+) \(seeds (\d+)/m.exec(output) ?? [];
  const [, plan] = /^as a plan: (.*)$/m.exec(output) ?? [];
  return {
    invariant,
    runs: Number(seed) - firstSeed + 1,
    ...(plan !== undefined && { plan: JSON.parse(plan) as unknown }),
  };
}

async function replay(bug: PlantedBug): Promise<Found | undefined> {
  const output = await simulate(bug, ['--regression', bug.name]);
  if (output === undefined) return undefined;
  return { runs: 1, invariant: /^VIOLATION of (\w+)/m.exec(output)?.[1] ?? '' };
}

/** Puts the run that found this bug in the place of the one that did before. */
function keepRegression(regression: Regression): void {
  const regressions = JSON.parse(readFileSync(REGRESSIONS, 'utf8')) as readonly Regression[];
  const others = regressions.filter(({ name }) => name !== regression.name);
  const lines = [...others, regression].map((each) => JSON.stringify(each));
  writeFileSync(REGRESSIONS, `[\n${lines.join(',\n')}\n]\n`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function main(): Promise<boolean> {
  const { values, positionals } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      keep: { type: 'boolean', default: false },
      replay: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const firstSeed = Number(values.seed);
  const bugs = PLANTED_BUGS.filter(({ name }) => positionals.every((word) => name.includes(word)));
  // One that has no place in the sources is an error at once.
  for (const bug of bugs) plant(bug);
  const before = values.replay ? undefined : await search(null, firstSeed);
  if (before !== undefined) {
    print(`without a planted bug, ${before.invariant} is violated after ${before.runs} runs`);
    return false;
  }
  let missed = 0;
  const queue = bugs.values();
  const work = async (): Promise<void> => {
    for (const bug of queue) {
      const found = values.replay ? await replay(bug) : await search(bug, firstSeed, values.keep);
      if (found === undefined) missed += 1;
      else if (values.keep) keepRegression({ name: bug.name, plan: found.plan });
      const runs = String(found?.runs ?? '').padStart(6);
      print(`${bug.name.padEnd(66)} ${runs}  ${found?.invariant ?? 'NOT FOUND'}`);
    }
  };
  // A search has all cores for itself.
  await Promise.all(Array.from({ length: values.replay ? availableParallelism() : 1 }, work));
  const limit = values.replay ? 'by the runs kept for them' : `within ${RUNS} runs`;
  print(`${bugs.length - missed} of ${bugs.length} planted bugs found ${limit}`);
  return missed === 0;
}

if (!(await main())) process.exitCode = 1;
