import { readFileSync } from 'node:fs';
import path from 'node:path';
import { listTexts } from '../owner/files.ts';
import { ownersIn, relativeLinksIn } from '../owner/texts.ts';
import { ACTIONS, readManifest } from '../runner/actions.ts';
import { readRepository } from '../runner/repository.ts';
import { type Facts } from './findings.ts';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

/** How the action names itself to VPS.org. */
const USER_AGENT = /'vps-snapshot-action\/(\d+)'/g;
const REFERENCE = /\/vps-snapshot-action(?:\/[a-z]+)?@v(\d+)/g;

/** What the working tree says about a release of this tag; without one, of the version in package.json. */
export function readFacts(tag: string | undefined): Facts {
  const { owner, fullName, version } = readRepository();
  const lock = JSON.parse(read('package-lock.json')) as {
    readonly version: string;
    readonly packages: { readonly '': { readonly version: string } };
  };
  const texts = listTexts(root).map((file) => ({ file, text: read(file) }));
  const [main] = ACTIONS;
  if (main === undefined) throw new Error('there is no action');
  const start = { file: 'src/entry/start.ts', pattern: USER_AGENT };
  const majors = [start, ...texts.map(({ file }) => ({ file, pattern: REFERENCE }))].flatMap(
    ({ file, pattern }) => [...read(file).matchAll(pattern)].map(([, major = '']) => ({ file, major })),
  );
  return {
    tag: tag ?? `v${version}`,
    versions: [version, lock.version, lock.packages[''].version],
    changelog: read('CHANGELOG.md'),
    manifest: readManifest(main),
    owner,
    repository: fullName,
    runningIn: process.env['GITHUB_REPOSITORY'] ?? '',
    mentions: texts.flatMap(({ file, text }) => ownersIn(text).map((found) => ({ file, owner: found }))),
    majors,
    relativeLinks: relativeLinksIn(read('README.md')),
  };
}
