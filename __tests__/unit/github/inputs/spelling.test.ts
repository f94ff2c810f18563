import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { findMisspellings } from '../../../../src/github/inputs/spelling.ts';
import { setUp, tearDown, problems, read } from './input-readers.ts';

beforeEach(setUp);
afterEach(tearDown);

describe('an input that the action does not have', () => {
  test.each([
    ['restore-if', 'false', "'restore-if': there is no such input: write 'restore_if'"],
    ['keeplast', '3', "'keeplast': there is no such input: write 'keep_last'"],
    ['on_sucess', 'delete', "'on_sucess': there is no such input: write 'on_success'"],
    ['server_ids', '1, 2', "'server_ids': there is no such input: write 'server_id'"],
    ['health_urls', 'https://web.example/', "'health_urls': there is no such input: write 'health_url'"],
  ])('spelled almost like one: %s', (name, value, problem) => {
    expect(problems('main', { [name]: value })).toEqual([problem]);
  });

  test.each([
    ['nothing like any', 'region', 'eu'],
    ['not given after all', 'restore-if', ''],
    ['as like a short one as many words are', 'wan', 'x'],
    // A composite action's own input, which reaches its steps under some runners.
    ['with the value of the right one', 'server-id', '12345'],
  ])('%s', (_, name, value) => {
    expect(problems('main', { [name]: value })).toEqual([]);
  });

  test.each(['wait', 'restore', 'delete', 'prune'] as const)('is reported by %s, too', (action) => {
    expect(problems(action, { 'dry-run': 'true' })).toEqual([
      "'dry-run': there is no such input: write 'dry_run'",
    ]);
  });

  test('is reported with all other mistakes', () => {
    expect(problems('main', { 'restore-if': 'false', wait: 'maybe' })).toHaveLength(2);
  });

  test('right names are none', () => {
    expect(() => read('main', { restore_if: 'false', keep_last: '3' })).not.toThrow();
  });
});

test('the nearest one is meant', () => {
  const known = new Map(['on_failure', 'on_cancel', 'on_success'].map((name) => [name, 'keep']));
  expect(findMisspellings(new Map([['on-cancell', 'delete']]), known)).toEqual([
    { given: 'on-cancell', meant: 'on_cancel' },
  ]);
});
