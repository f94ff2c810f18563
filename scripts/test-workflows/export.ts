import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { standInFor } from './act.ts';
import { examples, ROOT, type Source } from './sources.ts';
import { LIBRARY, SCRIPT } from './substitutions.ts';

function git(cwd: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** What a user of the actions gets, and what the workflows themselves run. */
const NEEDED = ['action.yml', '*/action.yml', 'dist', 'package.json', '__tests__/workflows'];

/** Writes files into a folder, and makes it a repository of one commit. */
function commit(target: string, files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(target, file)), { recursive: true });
    writeFileSync(path.join(target, file), text, { mode: file === SCRIPT ? 0o755 : 0o644 });
  }
  mkdirSync(target, { recursive: true });
  git(target, 'init', '--quiet', '--initial-branch=main');
  git(target, 'add', '--all', '--force');
  const identity = ['-c', 'user.name=workflows', '-c', 'user.email=workflows@example.invalid'];
  git(target, ...identity, 'commit', '--quiet', '--no-verify', '--message=export');
}

/** Copies files of the working tree, as a commit of it would have them. */
function copyTree(target: string, paths: readonly string[]): void {
  const listed = git(ROOT, 'ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...paths);
  for (const file of listed.split('\0')) {
    if (file !== '' && existsSync(path.join(ROOT, file)))
      cpSync(path.join(ROOT, file), path.join(target, file));
  }
}

/**
 * A part of the working tree as a repository of its own: act copies a whole repository for each job and action, which
 * would take longer than all the rest.
 */
export function exportTree(target: string, sources: readonly Source[]): void {
  copyTree(target, NEEDED);
  const workflows = Object.fromEntries(sources.map(({ file, runs }) => [file, runs]));
  commit(target, { ...workflows, [SCRIPT]: standInFor(SCRIPT) });
}

/** All of the working tree, for the workflows that are about this repository itself. */
export function exportWhole(target: string): void {
  copyTree(target, []);
  commit(target, {});
}

/** The repository of the workflow that others call. */
export function exportLibrary(target: string): void {
  const called = examples().find(({ file }) => file === LIBRARY.file);
  if (called === undefined) throw new Error(`there is no ${LIBRARY.file}`);
  mkdirSync(target);
  commit(target, { [LIBRARY.path]: called.runs });
}
