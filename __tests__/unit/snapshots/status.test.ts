import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { meaningOf } from '../../../src/snapshots/status.ts';

test.each([
  ['completed', 'completed'],
  [' completed\n', 'completed'],
  ['COMPLETED', 'completed'],
  ['Completed', 'completed'],
  ['failed', 'failed'],
  ['error', 'failed'],
  ['Errored', 'failed'],
  ['cancelled', 'failed'],
  ['canceled', 'failed'],
  ['DELETED', 'failed'],
  ['in_progress', 'pending'],
  ['pending', 'pending'],
  ['finalizing', 'pending'],
  ['complete', 'pending'],
  ['success', 'pending'],
  ['failing', 'pending'],
  ['not completed', 'pending'],
  ['', 'pending'],
  ['constructor', 'pending'],
  ['__proto__', 'pending'],
])('%j means %s', (word, meaning) => {
  expect(meaningOf(word)).toBe(meaning);
});

const KNOWN = new Set(['completed', 'failed', 'error', 'errored', 'cancelled', 'canceled', 'deleted']);

test('a word that nobody knows is neither success nor failure', () => {
  fc.assert(
    fc.property(fc.string(), (word) => {
      fc.pre(!KNOWN.has(word.trim().toLowerCase()));
      expect(meaningOf(word)).toBe('pending');
    }),
  );
});
