import { expect, test } from '@jest/globals';
import { ROWS } from '../../../../scripts/contract/rows/index.ts';
import { runTest } from './contract-run.ts';
import { DEVIATIONS } from './deviations.ts';

test('every row has a deviation of its own', () => {
  expect(Object.keys(DEVIATIONS).toSorted()).toEqual(ROWS.map(({ id }) => id).toSorted());
});

test.each(ROWS)('$id differs where it is broken on purpose', async ({ id, check }) => {
  const deviation = DEVIATIONS[id];
  // What only reads needs an account in which there is something to read.
  const { recording, left } = await runTest({ isSmall: deviation?.isReadOnly !== true, ...deviation });
  const { verdict, seen } = check(recording);
  expect({ verdict, seen, left }).toEqual({ verdict: 'differs', seen, left: [] });
});
