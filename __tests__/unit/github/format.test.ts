import { expect, test } from '@jest/globals';
import { formatSize } from '../../../src/github/format.ts';

test.each([
  [null, '–'],
  [0, '0 MB'],
  [1023, '1023 MB'],
  [1024, '1.0 GB'],
  [2560, '2.5 GB'],
])('%j MB read %s', (size, text) => {
  expect(formatSize(size)).toBe(text);
});
