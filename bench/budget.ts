/**
 * What a change may cost, in numbers that do not depend on time: `npm run bench:budget` fails when one is exceeded. A budget
 * is a little above what there is; whoever needs more changes it here and says why.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleOf, ENTRIES, type EntryName } from '../scripts/runner/actions.ts';
import { runFleet } from './fleet.ts';
import { runMain } from './virtual-main.ts';

export interface BudgetLine {
  readonly what: string;
  readonly is: number;
  readonly most: number;
}

const ROOT = path.resolve(import.meta.dirname, '..');
const KB = 1024;

/** The largest that one bundle may be: those that restore, with what follows a failed job, and the small ones. */
const MOST_BYTES: Readonly<Record<EntryName, number>> = {
  main: 380 * KB,
  post: 414 * KB,
  restore: 409 * KB,
  wait: 255 * KB,
  delete: 245 * KB,
  prune: 265 * KB,
};
const MOST_DIST = 2225 * KB;
/** Modules of Node that a step without work loads beyond an empty process. */
const MOST_MODULES = 30;

export async function measureBudget(): Promise<BudgetLine[]> {
  return [...measureSizes(), ...measureModules(), ...(await measureRequests())];
}

function measureSizes(): BudgetLine[] {
  const dist = path.join(ROOT, 'dist');
  const files = readdirSync(dist, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  const sizes = files.map((file) => statSync(path.join(file.parentPath, file.name)).size);
  return [
    ...ENTRIES.map((entry) => ({
      what: `bytes of dist/${entry}/index.js`,
      is: statSync(bundleOf(entry)).size,
      most: MOST_BYTES[entry],
    })),
    { what: 'bytes of dist/', is: sizes.reduce((sum, size) => sum + size, 0), most: MOST_DIST },
  ];
}

function measureModules(): BudgetLine[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'modules-'));
  const file = path.join(folder, 'loaded.json');
  try {
    return ENTRIES.map((entry) => {
      const args = ['--require', path.join(import.meta.dirname, 'loaded-modules.cjs'), bundleOf(entry)];
      spawnSync(process.execPath, args, { env: { LOADED_MODULES: file }, stdio: 'ignore' });
      const loaded = JSON.parse(readFileSync(file, 'utf8')) as readonly string[];
      return { what: `modules of Node at the start of ${entry}`, is: loaded.length, most: MOST_MODULES };
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A snapshot that takes 200 s, and 50 full servers of which each takes 360 s. */
async function measureRequests(): Promise<BudgetLine[]> {
  const one = await runMain(
    { server_id: '12345' },
    { servers: [{ id: 12345, name: 'web' }], switches: { snapshot_seconds: [200, 200] } },
  );
  const fleet = await runFleet(50);
  if (!one.succeeded || !fleet.succeeded) throw new Error('a main step that is measured has failed');
  const before = one.requests.findIndex(({ method }) => method === 'POST');
  return [
    { what: 'requests before the create request', is: before, most: 2 },
    { what: 'polls of a snapshot that takes 200 s', is: one.requests.length - before - 1, most: 33 },
    { what: 'bytes of outputs of one server', is: one.outputBytes, most: KB },
    { what: 'bytes of the log of one server', is: bytesOf(one.lines), most: KB },
    { what: 'requests of a round for 50 full servers', is: fleet.mostPerRound, most: 3 },
    { what: 'bytes of outputs of 50 servers', is: fleet.outputBytes, most: 64 * KB },
    { what: 'bytes of the log of 50 servers', is: bytesOf(fleet.lines), most: 15 * KB },
  ];
}

function bytesOf(lines: readonly string[]): number {
  return Buffer.byteLength(lines.join('\n'));
}

if (import.meta.main) {
  const lines = await measureBudget();
  for (const { what, is, most } of lines)
    process.stdout.write(`${is > most ? 'OVER ' : 'kept '} ${what}: ${is} of ${most}\n`);
  const over = lines.filter(({ is, most }) => is > most);
  process.stdout.write(`budget: ${lines.length - over.length} kept, ${over.length} exceeded\n`);
  if (over.length > 0) process.exitCode = 1;
}
