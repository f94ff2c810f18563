import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { PLANTED_BUGS } from '../../../scripts/test-planted-bugs/bugs.ts';
import { plant } from '../../../scripts/test-planted-bugs/plant.ts';

const REGRESSIONS = path.resolve(import.meta.dirname, '../../simulation/regressions.json');

test.each(PLANTED_BUGS.map((bug) => [bug.name, bug] as const))(
  'the sources have the place for the planted bug: %s',
  (_, bug) => {
    const { file, source } = plant(bug);
    expect(source).not.toBe(readFileSync(file, 'utf8'));
  },
);

test('every planted bug has a run that finds it', () => {
  const kept = JSON.parse(readFileSync(REGRESSIONS, 'utf8')) as readonly { readonly name: string }[];
  const names = new Set(kept.map(({ name }) => name));
  expect(PLANTED_BUGS.filter(({ name }) => !names.has(name)).map(({ name }) => name)).toEqual([]);
});
