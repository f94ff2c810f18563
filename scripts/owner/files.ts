import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

/** What is built has no owner in it, pictures are no texts, and unit tests and the demo have owners as examples. */
const OTHERS = /^(dist\/|__tests__\/unit\/|scripts\/demo\/|package-lock\.json$)|\.png$/;

/** The texts of the repository that may name its owner, those not added to git yet included. */
export function listTexts(root: string): string[] {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ls-files: ${stderr}`);
  const files = stdout.split('\0').filter((file) => file !== '' && !OTHERS.test(file));
  return files.filter((file) => existsSync(path.join(root, file)));
}
