/**
 * Sets who publishes this action: `npm run owner -- NAME`. package.json's `repository` is the place where the owner
 * stands; this writes it, and every text that has to agree with it. README.md gets addresses for links, since it is shown
 * on the Marketplace too: relative ones would lead nowhere there.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isAccount, withAbsoluteLinks, withOwner } from './owner/texts.ts';
import { listTexts } from './owner/files.ts';
import { readRepository } from './runner/repository.ts';

const root = path.resolve(import.meta.dirname, '..');
const [owner = ''] = process.argv.slice(2);
if (!isAccount(owner)) {
  process.stderr.write(
    `usage: npm run owner -- NAME    the account or organisation on GitHub, not "${owner}"\n`,
  );
  process.exit(2);
}

let changed = 0;
for (const file of listTexts(root)) {
  const before = readFileSync(path.join(root, file), 'utf8');
  let after = withOwner(before, owner);
  if (file === 'README.md') after = withAbsoluteLinks(after, `${owner}/${readRepository().name}`, 'v1');
  // A code owner is a person or a team, so that an organisation needs a team here: see the file.
  if (file === '.github/CODEOWNERS') after = after.replace(/^\* @\S+/m, `* @${owner}`);
  if (after === before) continue;
  writeFileSync(path.join(root, file), after);
  changed += 1;
}
const { status } = spawnSync(process.execPath, ['scripts/readme.ts', '--check'], {
  cwd: root,
  stdio: 'inherit',
});
process.stdout.write(`${changed} files name ${owner} now\n`);
process.exitCode = status ?? 1;
