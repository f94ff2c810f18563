import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

function git(cwd: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** What a user of the actions gets, and what the workflows themselves run. */
const NEEDED = ['action.yml', '*/action.yml', 'dist', 'package.json', '__tests__/workflows'];

/**
 * Copies the working tree, as a commit of it would be, into a repository of its own: what a user gets, or all of it.
 * act copies a whole repository for each job and action, so that less of it is faster.
 */
export function exportTree(target: string, what: 'needed' | 'all'): void {
  const paths = what === 'all' ? [] : NEEDED;
  const listed = git(root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...paths);
  const files = listed.split('\0');
  for (const file of files) {
    if (file !== '' && existsSync(path.join(root, file)))
      cpSync(path.join(root, file), path.join(target, file));
  }
  mkdirSync(target, { recursive: true });
  git(target, 'init', '--quiet', '--initial-branch=main');
  git(target, 'add', '--all', '--force');
  const identity = ['-c', 'user.name=workflows', '-c', 'user.email=workflows@example.invalid'];
  git(target, ...identity, 'commit', '--quiet', '--no-verify', '--message=export');
}
