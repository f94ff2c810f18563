import { spawnSync } from 'node:child_process';
import { cpSync, existsSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

function git(cwd: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/**
 * Copies the working tree, as a commit of it would be, into a repository of its own: act copies a whole
 * repository for each job, and with node_modules that takes longer than all the rest.
 */
export function exportTree(target: string): void {
  const files = git(root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0');
  for (const file of files) {
    if (file !== '' && existsSync(path.join(root, file)))
      cpSync(path.join(root, file), path.join(target, file));
  }
  git(target, 'init', '--quiet', '--initial-branch=main');
  git(target, 'add', '--all', '--force');
  const identity = ['-c', 'user.name=workflows', '-c', 'user.email=workflows@example.invalid'];
  git(target, ...identity, 'commit', '--quiet', '--no-verify', '--message=export');
}
