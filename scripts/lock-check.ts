/**
 * Fails when package-lock.json names a dependency without an entry, which `npm ci` refuses: some registries
 * lack the newest platform packages, and `npm install` then leaves such gaps without a word. Fails too when
 * an entry says which host it came from, since everybody else's registry is another one.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';

interface Entry {
  readonly version?: string;
  readonly resolved?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const file = path.resolve(import.meta.dirname, '../package-lock.json');
const { packages } = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly packages: Readonly<Record<string, Entry>>;
};

/** As node resolves it: beside the package that asks, then in every folder above. */
function found(from: string, name: string): boolean {
  const candidate = `${from === '' ? '' : `${from}/`}node_modules/${name}`;
  if (packages[candidate]?.version !== undefined) return true;
  if (from === '') return false;
  return found(from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))), name);
}

const complaints = Object.entries(packages).flatMap(([where, entry]) => {
  const wanted = Object.entries({ ...entry.dependencies, ...entry.optionalDependencies });
  return [
    ...wanted
      .filter(([name]) => !found(where, name))
      .map(([name, range]) => `${where === '' ? 'package.json' : where} needs ${name}@${range}: no entry`),
    ...(entry.resolved === undefined ? [] : [`${where} names a host: ${new URL(entry.resolved).host}`]),
  ];
});

for (const complaint of complaints) process.stderr.write(`package-lock.json: ${complaint}\n`);
process.stdout.write(`lock: ${Object.keys(packages).length} entries, ${complaints.length} wrong\n`);
process.exitCode = complaints.length === 0 ? 0 : 1;
