import { describe, expect, test } from '@jest/globals';
import { look } from '../../../src/actions/common/poll.ts';
import { joinLists } from '../../../src/actions/common/lists.ts';
import { VpsError } from '../../../src/vps/errors.ts';
import { list, NOW, snapshot } from '../snapshots/samples.ts';

describe('a look', () => {
  const fails = (status: number): VpsError =>
    new VpsError({ kind: 'http', method: 'GET', path: '/', status });

  test('gives what it sees', async () => {
    expect(await look(() => Promise.resolve(5))).toEqual({ value: 5 });
  });

  test('takes an outage for an answer', async () => {
    const outage = fails(503);
    expect(await look(() => Promise.reject(outage))).toEqual({ outage });
  });

  test.each([fails(403), new TypeError('a bug')])('throws anything else: %s', async (error) => {
    const ask = async (): Promise<never> => {
      throw error;
    };
    await expect(look(ask)).rejects.toBe(error);
  });
});

describe('the lists of several servers as one', () => {
  const [a, b, c] = ['1', '2', '3'].map((id) => snapshot({ id })) as [never, never, never];

  test('hold all snapshots, one that is in two of them once, as it was seen first', () => {
    const again = snapshot({ id: '1', status: 'failed' });
    expect(joinLists([list([a, b]), list([again, c])]).snapshots).toEqual([a, b, c]);
  });

  test('hold each one without a usable id: nobody can tell whether they are the same', () => {
    const odd = [snapshot({ id: '' }), snapshot({ id: '' })];
    expect(joinLists([list(odd)]).snapshots).toEqual(odd);
  });

  test.each([
    [true, true, true],
    [true, false, false],
    [false, true, false],
  ])('are complete only if all are: %s and %s', (first, second, complete) => {
    const lists = [list([a], { complete: first }), list([b], { complete: second })];
    expect(joinLists(lists).complete).toBe(complete);
  });

  test('have the pages of all, and the time of the last', () => {
    const lists = [list([a], { pages: 2, now: NOW - 5 }), list([b], { pages: 3 })];
    expect(joinLists(lists)).toMatchObject({ pages: 5, now: NOW });
    expect(joinLists([])).toMatchObject({ pages: 0, now: null });
  });
});
