import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';

/**
 * Which word means completed is known in `src/snapshots/status.ts` only: elsewhere a second word would be taken for
 * something else. How far a saved record has come (`phase`) is a word of our own.
 */

const root = path.resolve(import.meta.dirname, '../../../src');
const KNOWS_THE_WORD = 'snapshots/status.ts';
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && file !== KNOWS_THE_WORD,
);

const WORD = String.raw`['"\`]completed['"\`]`;
const COMPARISONS = [
  String.raw`(?<![=!]|\bphase )[=!]==? ${WORD}`,
  String.raw`${WORD} [=!]==?`,
  String.raw`\bcase ${WORD}`,
  String.raw`\b(?:includes|has|indexOf|startsWith|test|localeCompare)\(${WORD}`,
  String.raw`\[${WORD}(?:, ['"\`]\w+['"\`])*\]\.`,
  String.raw`/\^?\(?completed`,
];

/** The comparisons of a text with the word. */
function comparisonsIn(text: string): string[] {
  return [...text.replace(/\s+/g, ' ').matchAll(new RegExp(COMPARISONS.join('|'), 'gi'))].map(
    ([found]) => found,
  );
}

test.each(sources)('%s compares nothing with the word', (file) => {
  expect(comparisonsIn(readFileSync(path.join(root, file), 'utf8'))).toEqual([]);
});

test('the one place that may do is found', () => {
  expect(comparisonsIn(readFileSync(path.join(root, KNOWS_THE_WORD), 'utf8'))).toHaveLength(1);
});

test.each([
  "if (snapshot.status === 'completed') done();",
  'if (status !== "completed") return;',
  "return 'completed' == status;",
  "if (\n  snapshot?.status.toLowerCase() ===\n  'completed'\n)",
  "switch (status) { case 'completed': }",
  "['completed', 'done'].includes(status)",
  "status.startsWith('completed')",
  '/^completed$/i.test(status)',
])('%j is found', (text) => {
  expect(comparisonsIn(text)).toHaveLength(1);
});

test.each([
  "if (record.phase === 'completed') done();",
  "save({ phase: 'completed' });",
  "oneOf('planned', 'completed')",
  "createJobFiles('completed', job, apiUrl)",
])('%j is fine', (text) => {
  expect(comparisonsIn(text)).toEqual([]);
});
