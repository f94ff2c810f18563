import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';

const root = path.resolve(import.meta.dirname, '../../..');
const guide = readFileSync(path.join(root, 'docs/troubleshooting.md'), 'utf8');
const sources = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(path.join(root, 'src', file), 'utf8'))
  .join('\n');

const titles = [...guide.matchAll(/^## (?!actionlint)(.+)$/gm)].map(([, title = '']) => title);

test.each(titles)('the heading %j is a title that the code gives', (title) => {
  const quote = title.includes("'") ? '"' : "'";
  expect(sources).toContain(quote + title + quote);
});

/** Notices that say everything themselves. */
const PLAIN = [
  'Description cut',
  'Dry run incomplete',
  'Nothing to delete',
  'Nothing to restore',
  'Nothing to wait for',
];
const given = [...sources.matchAll(/(?:FailedError|log\.(?:warning|error|notice))\(\s*(['"])(.+?)\1/g)].map(
  ([, , title = '']) => title,
);

test.each([...new Set(given)].filter((title) => !PLAIN.includes(title)))('%j has its heading', (title) => {
  expect(titles).toContain(title);
});

test('titles are found in the sources', () => {
  expect(given.length).toBeGreaterThan(40);
});
