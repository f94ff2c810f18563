import { expect, test } from '@jest/globals';
import { apiTime } from '../../../../src/actions/common/api-time.ts';
import { createTestDeps, listOf, NOW } from '../test-deps.ts';

test('the time is that of the API', () => {
  const { deps, lines } = createTestDeps();
  expect([apiTime(listOf([], { now: NOW - 5 }), deps), lines]).toEqual([NOW - 5, []]);
});

test('where the API gives none it is the runner’s, and that is said once, however many servers there are', () => {
  const { deps, clock, lines } = createTestDeps();
  const times = [1, 2, 3].map(() => apiTime(listOf([], { now: null }), deps));
  expect(times).toEqual([clock.wall(), clock.wall(), clock.wall()]);
  expect(lines).toEqual([
    "0 No time from the API: The API's answers have no date, so ages are counted by the runner's clock.",
  ]);
});

test('each step says it by itself', () => {
  const list = listOf([], { now: null });
  const [first, second] = [createTestDeps(), createTestDeps()];
  apiTime(list, first.deps);
  apiTime(list, second.deps);
  expect(second.lines).toHaveLength(1);
});
