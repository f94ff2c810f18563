/** The licence texts of the packages whose modules went into the bundles. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** What is read here of a module in webpack's stats; a concatenated module holds others. */
interface Module {
  readonly nameForCondition?: string | null;
  readonly modules?: readonly Module[];
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

/** `…/node_modules/@scope/name` of a file in it, the innermost where packages are nested. */
const PACKAGE = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+(?=[\\/])/;

function packageFolders(modules: readonly Module[], found = new Set<string>()): Set<string> {
  for (const module of modules) {
    const folder = PACKAGE.exec(module.nameForCondition ?? '')?.[0];
    if (folder !== undefined) found.add(folder);
    packageFolders(module.modules ?? [], found);
  }
  return found;
}

function licenceText(folder: string): string {
  const file = readdirSync(folder).find((name) => /^licen[cs]e(\.(md|txt))?$/i.test(name));
  if (file === undefined) throw new Error(`${folder} has no licence file: its terms cannot be kept in dist/`);
  return readFileSync(path.join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim();
}

/**
 * One text for all bundles. ncc's own `--license` writes a file per chunk under one name, so that an entry
 * with a lazily loaded chunk keeps only the last chunk's packages; webpack's stats know them all.
 */
export function licences(statsFiles: readonly string[]): string {
  const folders = new Set<string>();
  for (const file of statsFiles) {
    const stats = JSON.parse(readFileSync(file, 'utf8')) as { readonly modules: readonly Module[] };
    packageFolders(stats.modules, folders);
  }
  const texts = new Map<string, string>();
  for (const folder of folders) {
    // A package may hold further manifests below its own (`{"type": "module"}`); they name nothing.
    if (!existsSync(path.join(folder, 'package.json'))) continue;
    const { name, version, license } = JSON.parse(
      readFileSync(path.join(folder, 'package.json'), 'utf8'),
    ) as Manifest;
    const heading = `${name} ${version} (${license ?? 'see below'})`;
    texts.set(heading, `${heading}\n${'-'.repeat(heading.length)}\n\n${licenceText(folder)}\n`);
  }
  return [...texts.keys()]
    .toSorted()
    .map((heading) => texts.get(heading))
    .join('\n\n');
}
