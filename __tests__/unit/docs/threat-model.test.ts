import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';

const root = path.resolve(import.meta.dirname, '../../..');
const page = readFileSync(path.join(root, 'docs/threat-model.md'), 'utf8');
const statements = [...page.matchAll(/^\d+\. \*\*(?<name>[^*]+)\*\*(?<rest>[^]*?)(?=^\d+\. |^## )/gm)].map(
  ({ groups }) => ({ name: groups?.['name'] ?? '', rest: groups?.['rest'] ?? '' }),
);

test('there are seven statements, as the page says', () => {
  expect(statements).toHaveLength(7);
  expect(page).toContain('one of the seven statements');
});

describe.each(statements)('$name', ({ rest }) => {
  test('is held by tests that exist', () => {
    const tests = [...rest.matchAll(/`([\w/-]+\.test\.ts)`/g)].map(([, file = '']) => file);
    expect(tests).not.toEqual([]);
    expect(tests.filter((file) => !existsSync(path.join(root, '__tests__', file)))).toEqual([]);
  });
});
