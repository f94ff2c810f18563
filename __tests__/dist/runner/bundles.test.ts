import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ENTRIES } from '../../../scripts/runner/actions.ts';

const dist = path.resolve(import.meta.dirname, '../../../dist');
const read = (...parts: string[]): string => readFileSync(path.join(dist, ...parts), 'utf8');

test('there is one bundle for each action and step, and the client of GitHub beside them', () => {
  const folders = readdirSync(dist, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => name).toSorted()).toEqual([...ENTRIES, 'github'].toSorted());
  const files = folders.flatMap(({ name }) => readdirSync(path.join(dist, name)));
  expect(new Set(files)).toEqual(new Set(['index.js', 'package.json']));
});

describe.each([...ENTRIES, 'github'])('%s', (entry) => {
  // A megabyte that nothing here needs.
  test('holds no undici', () => {
    expect(read(entry, 'index.js')).not.toMatch(/class ProxyAgent (?!\{\})|undici\/lib/);
  });

  test('holds no path of the machine that built it', () => {
    expect(read(entry, 'index.js')).not.toContain(path.dirname(dist));
  });
});

describe.each(ENTRIES)('%s', (entry) => {
  // It would cost every start some ten milliseconds.
  test('holds no client of GitHub, and starts no programs', () => {
    const bundle = read(entry, 'index.js');
    expect(bundle).not.toContain('@octokit/');
    expect(bundle).not.toContain('child_process');
  });
});

test('the client of GitHub is read by the two that write comments', () => {
  expect(ENTRIES.filter((entry) => read(entry, 'index.js').includes('../github/index.js'))).toEqual([
    'post',
    'restore',
  ]);
});

test('the licences of all that is bundled are kept', () => {
  const licences = read('licenses.txt');
  for (const name of ['@actions/core', '@actions/github', '@actions/http-client', 'tunnel']) {
    expect(licences).toMatch(new RegExp(`^${name} [\\d.]+ \\(MIT\\)$`, 'm'));
  }
});
