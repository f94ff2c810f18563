/**
 * Proves that the soak finds mistakes: applies each deliberate one to a copy of the tree, lives up to 5,000 lives
 * there, and expects a broken promise. Words on the command line choose breakages by their name; `--seed N` takes
 * other lives. `--keep` notes the shortest life that finds each in the list of regressions, and `--replay` lives
 * only those, which takes a second for each.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { BREAKAGES, type Breakage } from './planted-bugs/bugs.ts';

const root = path.resolve(import.meta.dirname, '..');
const LIVES = 5000;
const NEEDED = ['src', 'simulator', '__tests__/integration', '__tests__/simulation', 'package.json'];
const REGRESSIONS = '__tests__/simulation/regressions.json';

interface Found {
  /** How many lives it took. */
  readonly lives: number;
  readonly invariant: string;
  /** The life with everything taken away that it does not need, where it was asked for. */
  readonly plan?: unknown;
}

interface Regression {
  readonly name: string;
  readonly plan: unknown;
}

/** What the soak prints in the copy, and whether it is green. */
async function run(copy: string, options: readonly string[]): Promise<{ stdout: string; green: boolean }> {
  const args = ['--disable-warning=ExperimentalWarning', '__tests__/simulation/cli.ts', ...options];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: copy, maxBuffer: 1e8 });
    return { stdout, green: true };
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { readonly stdout?: string; readonly stderr?: string };
    if (!stdout.includes('BROKEN ') && !/^broken /m.test(stdout))
      throw new Error(`the soak could not run:\n${stdout}\n${stderr}`, { cause: error });
    return { stdout, green: false };
  }
}

/** Lives in the copy; undefined when no promise was broken. */
async function soak(copy: string, firstSeed: number, isKept = false): Promise<Found | undefined> {
  const brief = isKept ? [] : ['--brief'];
  const { stdout, green } = await run(copy, [...brief, '--seeds', `${LIVES}`, '--seed', `${firstSeed}`]);
  if (green) return undefined;
  const [, invariant = '', seed] = /^broken \d+ times: (\w+) \(seeds (\d+)/m.exec(stdout) ?? [];
  const [, plan] = /^as a plan: (.*)$/m.exec(stdout) ?? [];
  return {
    invariant,
    lives: Number(seed) - firstSeed + 1,
    ...(plan !== undefined && { plan: JSON.parse(plan) as unknown }),
  };
}

/** The one life that found the mistake before; undefined when it breaks no promise any more. */
async function replay(copy: string, plan: unknown): Promise<Found | undefined> {
  const file = path.join(copy, 'plan.json');
  writeFileSync(file, JSON.stringify(plan));
  const { stdout, green } = await run(copy, ['--story', file]);
  return green ? undefined : { lives: 1, invariant: /^BROKEN (\w+)/m.exec(stdout)?.[1] ?? '' };
}

function readRegressions(): Regression[] {
  return JSON.parse(readFileSync(path.join(root, REGRESSIONS), 'utf8')) as Regression[];
}

/** Puts the life that found this mistake in the place of the one that did before. */
function keepRegression(regression: Regression): void {
  const others = readRegressions().filter(({ name }) => name !== regression.name);
  const lines = [...others, regression].map((each) => JSON.stringify(each));
  writeFileSync(path.join(root, REGRESSIONS), `[\n${lines.join(',\n')}\n]\n`);
}

/** Applies the mistake, calls back, and takes it back. */
async function withBreakage<T>(
  copy: string,
  { file, find, replace }: Breakage,
  work: () => Promise<T>,
): Promise<T> {
  const target = path.join(copy, 'src', file);
  const text = readFileSync(target, 'utf8');
  writeFileSync(
    target,
    text.replace(find, () => replace),
  );
  try {
    return await work();
  } finally {
    writeFileSync(target, text);
  }
}

/** The texts change with the sources: one that does not fit any more breaks nothing. */
function refuseOutdated(breakages: readonly Breakage[]): void {
  const outdated = breakages.filter(
    ({ file, find }) => readFileSync(path.join(root, 'src', file), 'utf8').split(find).length !== 2,
  );
  if (outdated.length === 0) return;
  const lines = outdated.map(
    ({ name, file, find }) => `- ${name}: src/${file} does not hold exactly once: ${find}`,
  );
  throw new Error(`scripts/planted-bugs/bugs.ts does not fit the sources:\n${lines.join('\n')}`);
}

function say(text: string): void {
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
  const chosen = BREAKAGES.filter(({ name }) => positionals.every((word) => name.includes(word)));
  refuseOutdated(chosen);
  const copy = mkdtempSync(path.join(tmpdir(), 'breakages-'));
  try {
    for (const part of NEEDED) cpSync(path.join(root, part), path.join(copy, part), { recursive: true });
    symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
    const regressions = new Map(readRegressions().map(({ name, plan }) => [name, plan]));
    // The search is to find each mistake anew.
    writeFileSync(path.join(copy, REGRESSIONS), '[]');
    const find = async (name: string): Promise<Found | undefined> =>
      values.replay ? await replay(copy, regressions.get(name)) : await soak(copy, firstSeed, values.keep);
    const before = values.replay ? undefined : await soak(copy, firstSeed);
    if (before !== undefined) {
      say(`the sources break ${before.invariant} as they are, after ${before.lives} lives`);
      return false;
    }
    let missed = 0;
    for (const breakage of chosen) {
      const found = await withBreakage(copy, breakage, () => find(breakage.name));
      if (found === undefined) missed += 1;
      if (values.keep && found !== undefined) keepRegression({ name: breakage.name, plan: found.plan });
      const result =
        found === undefined ? 'NOT FOUND' : `${String(found.lives).padStart(5)} lives  ${found.invariant}`;
      say(`${breakage.name.padEnd(72)} ${result}`);
    }
    const limit = values.replay ? 'by the lives kept for them' : `within ${LIVES} lives`;
    say(`${chosen.length - missed} of ${chosen.length} deliberate mistakes found ${limit}`);
    return missed === 0;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

if (!(await main())) process.exitCode = 1;
