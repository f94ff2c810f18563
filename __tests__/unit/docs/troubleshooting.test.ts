import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';

/** Each annotation title of the sources has its heading in `docs/troubleshooting.md`, and each heading its title. */

const root = path.resolve(import.meta.dirname, '../../..');
const guide = readFileSync(path.join(root, 'docs/troubleshooting.md'), 'utf8');
const sources = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, text: readFileSync(path.join(root, 'src', file), 'utf8') }));

const LITERAL = /'([^'\n]+)'|"([^"\n]+)"/g;

function literalsIn(text: string): string[] {
  return [...text.matchAll(LITERAL)].map(([, single, double]) => single ?? double ?? '');
}

/** The first argument of everything that makes an annotation. */
function firstArguments(text: string): string[] {
  const calls =
    /(?:\bnew FailedError|(?<!\bcore)\.(?:warning|error|notice))\(\s*('[^'\n]+'|"[^"\n]+"|[\w.]+)/g;
  return [...text.matchAll(calls)].map(([, argument = '']) => argument);
}

/** What a file names its titles by: `const NOT_STARTED = '…'`, `const TITLES = { down: '…' }`. */
function constantsIn(text: string): ReadonlyMap<string, string> {
  const plain = [...text.matchAll(/^(?:export )?const ([A-Z_]+) = ('[^'\n]+'|"[^"\n]+");$/gm)];
  const grouped = [...text.matchAll(/^(?:export )?const (TITLES) = \{\n([^}]+)\}/gm)].flatMap(
    ([, group = '', body = '']) =>
      [...body.matchAll(/^ {2}(\w+): ('[^'\n]+'|"[^"\n]+"),$/gm)].map(
        ([line, key = '', value = '']) => [line, `${group}.${key}`, value] as const,
      ),
  );
  return new Map([...plain, ...grouped].map(([, name = '', value = '']) => [name, value.slice(1, -1)]));
}

/** Titles in other places: `title: '…'`, `const title = … ? '…' : '…'`, and the third argument of `requireList`. */
function passedOn(text: string): string[] {
  const assigned = [...text.matchAll(/\btitle(?::| =) (?!string)([^;\n]+)/g)].flatMap(([, value = '']) =>
    literalsIn(value),
  );
  const lists = [...text.matchAll(/\brequireList\(\n[^;]+?\n\s+('[^'\n]+'|"[^"\n]+"),\n/g)];
  return [...assigned, ...lists.map(([, title = '']) => title.slice(1, -1))];
}

/** A file may use a title that another one names. */
const shared = new Map(sources.flatMap(({ text }) => [...constantsIn(text)]));

const titles = sources.flatMap(({ file, text }) => {
  const constants = constantsIn(text);
  const direct = firstArguments(text).flatMap((argument) => {
    if (/^['"]/.test(argument)) return [argument.slice(1, -1)];
    // A variable or parameter, whose value comes from the places below.
    if (argument === 'title') return [];
    const title = constants.get(argument) ?? shared.get(argument);
    return [title ?? `${file}: what title is ${argument}?`];
  });
  const named = [...constants].filter(([name]) => name.startsWith('TITLES.')).map(([, title]) => title);
  return [...direct, ...named, ...passedOn(text)];
});
const headings = [...guide.matchAll(/^## (?!actionlint|VS Code)(.+)$/gm)].map(([, heading = '']) => heading);

test.each([...new Set(titles)].toSorted())('the title %j has its heading', (title) => {
  expect(headings).toContain(title);
});

test.each(headings)('the heading %j is a title that the code gives', (heading) => {
  expect(titles).toContain(heading);
});

test('no heading stands twice', () => {
  expect(headings.length).toBe(new Set(headings).size);
});

test.each([
  'Rolled back',
  'VPS.org restores something else',
  "Unexpected snapshot in the API's answer",
  'Server not stopped',
  'Runner file not written',
  'Runner file cannot be written',
  'VPS.org snapshot action failed',
  'Nothing restored',
])('%j is found, however it is given', (title) => {
  expect(titles).toContain(title);
});
