import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { withRelativeLinks } from '../../../scripts/owner/texts.ts';
import { REPOSITORY } from '../../../scripts/runner/actions.ts';

/** Comments point at texts that are in the repository, and links lead to headings that exist. */

const root = path.resolve(import.meta.dirname, '../../..');
const FOLDERS = ['src', 'simulator', 'scripts', '__tests__', 'bench'];

function listFiles(folder: string, ending: RegExp): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => ending.test(file) && !file.includes('node_modules'))
    .map((file) => path.posix.join(folder, file));
}

const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const sources = FOLDERS.flatMap((folder) => listFiles(folder, /\.(ts|cjs|mjs|js|sh|yml)$/));

/** Marks that stand for texts which only those who wrote the code could read. */
const OUTSIDE = /design §|\[[DC?]\](?![(:])|runner facts|\(cases? \d/;

/** A comment's text over several lines as one. */
function joinLines(text: string): string {
  return text.replace(/\n\s*(?:\*|\/\/|#)?\s*/g, ' ');
}

function headingsOf(page: string): string[] {
  const text = read(page).replace(/^```[^]*?^```/gm, '');
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading.replaceAll('`', ''));
}

/** What GitHub makes of a heading. */
function toAnchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
}

/** Every page or folder of `docs/` that a text names, with the heading where it names one. */
function referencesIn(text: string): { readonly page: string; readonly heading: string | undefined }[] {
  const found = joinLines(text).matchAll(/(?<![\w/.-])(docs\/[\w./-]*\w)(?:`?, "([^"]+)")?/g);
  return [...found].map(([, page = '', heading]) => ({ page, heading }));
}

/** What is wrong with the references of a text; empty where all lead somewhere. */
function problemsIn(text: string): string[] {
  const outside = OUTSIDE.exec(text)?.[0];
  const broken = referencesIn(text).flatMap(({ page, heading }) => {
    if (!existsSync(path.join(root, page))) return [`there is no ${page}`];
    if (heading === undefined) return [];
    return headingsOf(page).includes(heading) ? [] : [`${page} has no heading "${heading}"`];
  });
  return [...(outside === undefined ? [] : [`"${outside}" points outside of the repository`]), ...broken];
}

test.each(sources)('%s points only at what is there', (file) => {
  // This file has to name what it looks for.
  const text = file.endsWith('docs/references.test.ts') ? '' : read(file);
  expect(problemsIn(text)).toEqual([]);
});

test('comments do point at the docs', () => {
  const pages = sources.flatMap((file) =>
    referencesIn(read(file)).filter(({ heading }) => heading !== undefined),
  );
  expect(pages.length).toBeGreaterThan(20);
});

describe('what is found', () => {
  test.each([
    ['/** As in design §3.4. */', '"design §" points outside of the repository'],
    ['// The API says so [D].', '"[D]" points outside of the repository'],
    ['// Assumed [?]', '"[?]" points outside of the repository'],
    ['// See runner facts, 4', '"runner facts" points outside of the repository'],
    ['/** See `docs/no-such-page.md`. */', 'there is no docs/no-such-page.md'],
    [
      '/**\n * See (`docs/how-it-works/power.md`,\n * "No such heading").\n */',
      'docs/how-it-works/power.md has no heading "No such heading"',
    ],
  ])('%j', (text, problem) => {
    expect(problemsIn(text)).toEqual([problem]);
  });

  test.each(['/** See (`docs/how-it-works/power.md`,\n * "Starting"). */', "path.join(root, 'docs/images')"])(
    '%j is fine',
    (text) => {
      expect(problemsIn(text)).toEqual([]);
    },
  );
});

const pages = globSync('**/*.md', { cwd: root, exclude: ['node_modules', 'dist', '.tools', 'reports'] });

test.each(pages)('the links of %s lead somewhere', (page) => {
  // The README has addresses for links once its owner is set.
  const text = withRelativeLinks(read(page).replace(/^```[^]*?^```/gm, ''), REPOSITORY);
  const links = [...text.matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)].map(([, link = '']) => link);
  const broken = links.filter((link) => {
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? page : path.posix.join(path.posix.dirname(page), file);
    if (!existsSync(path.join(root, target))) return true;
    return anchor !== undefined && !headingsOf(target).map(toAnchor).includes(anchor);
  });
  expect(broken).toEqual([]);
});
