import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { INVARIANTS } from '../../simulation/invariants/index.ts';

const guide = readFileSync(path.resolve(import.meta.dirname, '../../../docs/how-it-works.md'), 'utf8');

test.each([...INVARIANTS.keys()])('the invariant %s is named in the guide', (name) => {
  expect(guide).toContain(`- \`${name}\`: `);
});

test('the guide names no invariant that is not checked', () => {
  const named = [...guide.matchAll(/^- `([a-zA-Z]+)`: /gm)].map(([, name]) => name);
  expect(named.filter((name) => name === undefined || !INVARIANTS.has(name))).toEqual([]);
});
