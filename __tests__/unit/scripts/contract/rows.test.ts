import { expect, test } from '@jest/globals';
import { ROWS } from '../../../../scripts/contract/rows/index.ts';
import { runTest } from './contract-run.ts';
import { DEVIATIONS } from './deviations.ts';

test('every row has a deviation of its own', () => {
  expect(Object.keys(DEVIATIONS).toSorted()).toEqual(ROWS.map(({ id }) => id).toSorted());
});

test.each(Object.entries(DEVIATIONS))('%s differs where it is broken on purpose', async (id, deviation) => {
  const { results, left } = await runTest(deviation);
  expect({ verdict: results.find((row) => row.id === id)?.verdict, left }).toEqual({
    verdict: 'differs',
    left: [],
  });
});
