import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isBeingDeleted, isSameWord, meaningOf } from '../../../src/snapshots/status.ts';

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
  ['deleting', 'pending'],
  ['creating 41%', 'pending'],
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

describe('a state that says that the snapshot is being deleted', () => {
  test.each([
    ['deleting', true],
    [' Deleting\n', true],
    ['DELETING 40%', true],
    ['deleting (queued)', true],
    ['removing', true],
    ['pending deletion', true],
    ['pending_deletion', true],
    ['pending-deletion', true],
    ['pendingdeletion', true],
    ['being_deleted', true],
    ['delete_pending', true],
    ['deletion in progress', true],
    ['deleting_snapshot', true],
    ['marked-for-deletion', true],
    ['destroying', true],
    ['deleted', false],
    ['delete_failed', false],
    ['deletion error', false],
    ['undeleting', false],
    ['not deleting', false],
    ['pending', false],
    ['in_progress', false],
    ['completed', false],
    ['', false],
  ])('%j: %s', (status, expected) => {
    expect(isBeingDeleted({ status })).toBe(expected);
  });
});

describe('two words are one line of a log', () => {
  test.each([
    ['the same', 'creating', 'creating', true],
    ['but for a percentage', 'creating 41%', 'creating 42%', true],
    ['but for a percentage with a fraction', 'creating 41.5 %', 'creating 7%', true],
    ['but for a comma in it', 'creating 41,5%', 'creating 42,1%', true],
    ['but for a count', 'uploading (3/17)', 'uploading (4/17)', true],
    ['but for a percentage that is not there yet', 'creating', 'creating 1%', true],
    ['not two words', 'creating 41%', 'verifying 41%', false],
    ['not a word and none', 'creating', '', false],
    ['not the end after the count', 'creating 100%', 'completed', false],
  ])('%s: %j, %j', (_name, one, other, same) => {
    expect(isSameWord(one, other)).toBe(same);
    expect(isSameWord(other, one)).toBe(same);
  });
});
