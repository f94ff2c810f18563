/**
 * What a release needs; the workflow in .github/workflows/release.yml only calls it.
 *   check [TAG]     fails if something stands against a release of this tag. Without a tag it is a dry run: what has to
 *                   be done for a release only is printed, and fails nothing.
 *   files FOLDER    writes what is attached to a release: the list of what is bundled, and the licences
 *   notes TAG       prints what CHANGELOG.md says of it
 *   moving TAG      prints the tag that has to move along (v1), nothing if there is a newer release
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readFacts } from './release/facts.ts';
import { findings, movingTag, releaseNotes } from './release/findings.ts';

const root = path.resolve(import.meta.dirname, '..');

function run(command: string, ...args: string[]): string {
  // npm is a script on Windows, which only a shell starts.
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
  return stdout;
}

function succeeds(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}

/** Workflows that have to be green for the commit. */
const WORKFLOWS = ['ci.yml', 'self-test.yml'];

/** What only GitHub and git know of the commit that the tag is on. */
function findingsOnGithub(): string[] {
  const commit = run('git', 'rev-parse', 'HEAD').trim();
  const isOnMain = succeeds('git', 'merge-base', '--is-ancestor', 'HEAD', 'origin/main');
  const red = WORKFLOWS.filter((workflow) => {
    const list = [
      'run',
      'list',
      '--workflow',
      workflow,
      '--commit',
      commit,
      '--status',
      'success',
      '--json',
      'url',
    ];
    return run('gh', ...list).trim() === '[]';
  });
  return [
    ...(isOnMain ? [] : ['this commit is not on origin/main']),
    ...red.map(
      (workflow) => `${workflow} is not green for this commit, or not yet: run this again when it is`,
    ),
  ];
}

function check(tag: string | undefined): void {
  const found = findings(readFacts(tag));
  const fails = found
    .filter(({ isForRelease }) => tag !== undefined || !isForRelease)
    .map(({ text }) => text)
    .concat(tag === undefined || process.env['GITHUB_ACTIONS'] !== 'true' ? [] : findingsOnGithub());
  if (!succeeds(process.execPath, 'scripts/build.ts', '--check'))
    fails.push('dist/ is not what src/ builds to');
  for (const { text } of found) if (!fails.includes(text)) process.stdout.write(`to do  ${text}\n`);
  for (const text of fails) process.stdout.write(`FAIL   ${text}\n`);
  if (fails.length === 0) process.stdout.write(`ok     ${tag ?? 'as far as a dry run tells'}\n`);
  else process.exitCode = 1;
}

function writeFiles(folder: string): void {
  mkdirSync(folder, { recursive: true });
  // Node itself is an optional dependency, and not part of the bundles.
  const sbom = run('npm', 'sbom', '--sbom-format=spdx', '--omit=dev', '--omit=optional');
  writeFileSync(path.join(folder, 'sbom.spdx.json'), sbom);
  cpSync(path.join(root, 'dist/licenses.txt'), path.join(folder, 'licenses.txt'));
}

const [command, argument] = process.argv.slice(2);
switch (command) {
  case 'check':
    check(argument);
    break;
  case 'files':
    writeFiles(path.resolve(argument ?? 'release'));
    break;
  case 'notes':
    process.stdout.write(
      releaseNotes(readFileSync(path.join(root, 'CHANGELOG.md'), 'utf8'), (argument ?? '').slice(1)),
    );
    break;
  case 'moving':
    process.stdout.write(movingTag(argument ?? '', run('git', 'tag', '--list').split('\n')) ?? '');
    break;
  default:
    process.stderr.write('usage: npm run release -- check [TAG] | files FOLDER | notes TAG | moving TAG\n');
    process.exitCode = 2;
}
