import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { ACTIONS, readManifest } from '../../../scripts/runner/actions.ts';
import { pages, ROOT } from '../../../scripts/test-workflows/sources.ts';

let given: Readonly<Record<string, string>> = {};

jest.unstable_mockModule('@actions/core', () => ({
  getInput: (name: string) => given[name] ?? '',
  setSecret: () => undefined,
}));

const { READERS } = await import('../github/inputs/input-readers.ts');

const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const readme = read('README.md');

test('the README has less than 2,000 words, its tables included', () => {
  expect(readme.split(/\s+/).filter((word) => word !== '').length).toBeLessThan(2000);
});

test('the table of contents names every section of the README, in order', () => {
  const contents = /\[Quick start\]\(#quick-start\)[^]*?\n\n/.exec(readme)?.[0] ?? '';
  const named = [...contents.matchAll(/\[([^\]]+)\]\(#[^)]+\)/g)].map(([, name]) => name);
  const sections = [...readme.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
  expect(named).toEqual(sections);
});

describe.each(ACTIONS)('the README beside $manifest', (action) => {
  const page = read(path.join(path.dirname(action.manifest), 'README.md'));
  const { inputs, outputs } = readManifest(action);

  test.each([...Object.keys(inputs), ...Object.keys(outputs)])('names %s', (name) => {
    expect(page).toMatch(new RegExp(`^\\| \`${name}\` \\||^Do not set .*\`${name}\``, 'm'));
  });

  test.each(Object.entries({ ...inputs, ...outputs }))(
    'has a sentence about %s',
    (_name, { description }) => {
      expect(description.trim()).toMatch(/^\S+ .*\w.*\.$/s);
    },
  );
});

/** Settings that the texts for users mention, as `name: value`. */
const mentioned = pages()
  .filter((page) => !page.startsWith('docs/how-it-works') && !page.startsWith('docs/decisions'))
  .flatMap((page) =>
    [...read(page).matchAll(/`(?<name>[a-z]+_[a-z_]+|wait|protect): (?<value>[^`]+)`/g)].map(
      ({ 0: text, groups = {} }) => ({
        page,
        text,
        setting: { [groups['name'] ?? '']: groups['value'] ?? '' },
      }),
    ),
  );

const REQUIRED = { api_token: 'vps_x', server_id: '12345', snapshot_id: '801', max_age: '2d' };

test.each(mentioned)('$text in $page is taken by an action', ({ setting }) => {
  const takers = ACTIONS.filter((action) => {
    if (!Object.hasOwn(readManifest(action).inputs, Object.keys(setting)[0] ?? '')) return false;
    given = { ...REQUIRED, ...setting };
    try {
      READERS[action.name]();
      return true;
    } catch {
      return false;
    }
  });
  expect(takers).not.toEqual([]);
});
