/**
 * Proves that the soak finds mistakes: applies each deliberate one to a copy of the tree, lives up to 5,000 lives
 * there, and expects a broken promise. Words on the command line choose breakages by their name; `--seed N` takes
 * other lives.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { BREAKAGES, type Breakage } from './breakages/edits.ts';

const root = path.resolve(import.meta.dirname, '..');
const LIVES = 5000;
const NEEDED = ['src', 'simulator', '__tests__/integration', '__tests__/soak', 'package.json'];

interface Found {
  /** How many lives it took. */
  readonly lives: number;
  readonly invariant: string;
}

/** Lives in the copy; undefined when no promise was broken. */
async function soak(copy: string, firstSeed: number): Promise<Found | undefined> {
  const options = ['--brief', '--seeds', String(LIVES), '--seed', String(firstSeed)];
  const args = ['--disable-warning=ExperimentalWarning', '__tests__/soak/cli.ts', ...options];
  try {
    await promisify(execFile)(process.execPath, args, { cwd: copy, maxBuffer: 1e8 });
    return undefined;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { readonly stdout?: string; readonly stderr?: string };
    const [, invariant, seed] = /^broken \d+ times: (\w+) \(seeds (\d+)/m.exec(stdout) ?? [];
    if (invariant === undefined)
      throw new Error(`the soak could not run:\n${stdout}\n${stderr}`, { cause: error });
    return { invariant, lives: Number(seed) - firstSeed + 1 };
  }
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
  throw new Error(`scripts/breakages/edits.ts does not fit the sources:\n${lines.join('\n')}`);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function main(): Promise<boolean> {
  const { values, positionals } = parseArgs({
    options: { seed: { type: 'string', default: '1' } },
    allowPositionals: true,
  });
  const firstSeed = Number(values.seed);
  const chosen = BREAKAGES.filter(({ name }) => positionals.every((word) => name.includes(word)));
  refuseOutdated(chosen);
  const copy = mkdtempSync(path.join(tmpdir(), 'breakages-'));
  try {
    for (const part of NEEDED) cpSync(path.join(root, part), path.join(copy, part), { recursive: true });
    symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
    const before = await soak(copy, firstSeed);
    if (before !== undefined) {
      say(`the sources break ${before.invariant} as they are, after ${before.lives} lives`);
      return false;
    }
    say(`unbroken: ${LIVES} lives without a broken promise`);
    let missed = 0;
    for (const breakage of chosen) {
      const found = await withBreakage(copy, breakage, () => soak(copy, firstSeed));
      if (found === undefined) missed += 1;
      const result =
        found === undefined ? 'NOT FOUND' : `${String(found.lives).padStart(5)} lives  ${found.invariant}`;
      say(`${breakage.name.padEnd(72)} ${result}`);
    }
    say(`${chosen.length - missed} of ${chosen.length} deliberate mistakes found within ${LIVES} lives`);
    return missed === 0;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

if (!(await main())) process.exitCode = 1;
