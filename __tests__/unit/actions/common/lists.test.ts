import { describe, expect, test } from '@jest/globals';
import { CancelledError, FailedError } from '../../../../src/actions/common/errors.ts';
import { explainToken, joinLists, requireList } from '../../../../src/actions/common/lists.ts';
import type { Limits } from '../../../../src/vps/api.ts';
import type { TokenInfo } from '../../../../src/vps/model.ts';
import { createTestDeps, fails, listOf, MINUTE, NOW, outcomeOf, snapshotOf } from '../test-deps.ts';

describe('the first list of a step', () => {
  const TEXT = 'nothing was done';
  const SAYS = { name: 'ci', permissions: ['servers:read'] };

  test('is read with the patience that reports a wrong token at once', async () => {
    const { deps, clock } = createTestDeps({ until: MINUTE });
    const given: Limits[] = [];
    const mine = listOf([snapshotOf('1')]);
    const read = (limits: Limits): Promise<typeof mine> => {
      given.push(limits);
      return Promise.resolve(mine);
    };
    expect(await clock.run(requireList(read, deps, 'Title', TEXT))).toBe(mine);
    expect(given).toEqual([{ until: MINUTE, patience: 'twice' }]);
  });

  test('that there is none of ends the step: the cause first, then what it leads to and what to do', async () => {
    const cause = fails('http', 503);
    const { deps, clock } = createTestDeps();
    const { error } = await outcomeOf(
      clock,
      requireList(() => Promise.reject(cause), deps, 'Title', TEXT),
    );
    expect(error).toBeInstanceOf(FailedError);
    expect(error).toMatchObject({
      title: 'Title',
      message: 'The API or a proxy in front of it has a problem, so nothing was done.\nTry again later.',
      more: { details: 'GET /x/ was answered with 503' },
      cause,
    });
  });

  test('that was given up in a cancel is no failure', async () => {
    const { deps, clock, cancelled } = createTestDeps();
    cancelled.abort();
    const read = (): Promise<never> => Promise.reject(fails('cancelled'));
    const { error } = await outcomeOf(clock, requireList(read, deps, 'Title', TEXT));
    expect(error).toEqual(new CancelledError());
  });

  test.each<[string, number, TokenInfo | Error, string]>([
    ['its name and permissions', 401, SAYS, "The token 'ci' has the permissions servers:read."],
    ['of several', 403, { name: 'ci', permissions: ['a', 'b'] }, "The token 'ci' has the permissions a, b."],
    ['that it has none', 403, { name: 'ci', permissions: [] }, "The token 'ci' has no permissions."],
    ['no name that it has not', 403, { name: null, permissions: ['a'] }, 'The token has the permissions a.'],
    ['nothing where the API says nothing', 401, fails('http', 401), ''],
    ['nothing of it for any other refusal', 404, SAYS, ''],
  ])('what the token may is reported after a refusal: %s', async (_name, status, answer, reported) => {
    const { deps, clock } = createTestDeps({
      api: {
        getTokenInfo: () => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)),
      },
    });
    const read = (): Promise<never> => Promise.reject(fails('http', status));
    const { error } = await outcomeOf(clock, requireList(read, deps, 'Title', TEXT));
    const [first = '', ...more] = error instanceof Error ? error.message.split('\n') : [];
    expect(first).toMatch(/, so nothing was done\.$/);
    expect(more.filter((line) => line.startsWith('The token'))).toEqual(reported === '' ? [] : [reported]);
  });
});

describe('the question after a refused token', () => {
  test('is asked once, and has 5 s, whatever the budget', async () => {
    const limits: Limits[] = [];
    const { deps, clock } = createTestDeps({
      until: 30 * MINUTE,
      api: {
        async getTokenInfo(given) {
          limits.push(given);
          await clock.sleep(given.until - clock.now());
          throw fails('timeout');
        },
      },
    });
    const { value, at } = await outcomeOf(clock, explainToken(fails('http', 401), deps));
    expect([value, at, limits]).toEqual(['', 5000, [{ until: 5000, patience: 'at_once' }]]);
  });

  test.each([
    ['a web page', fails('http', 403, { isHtml: true })],
    ['an outage', fails('http', 503)],
  ])('is not asked after %s', async (_name, cause) => {
    const { deps, clock } = createTestDeps({
      api: { getTokenInfo: () => Promise.reject(new Error('asked')) },
    });
    expect(await clock.run(explainToken(cause, deps))).toBe('');
  });
});

describe('the lists of several servers as one', () => {
  const [a, b, c] = ['1', '2', '3'].map((id) => snapshotOf(id)) as [never, never, never];

  test('hold all snapshots, one that is in two of them once, as it was seen first', () => {
    const again = snapshotOf('1', { status: 'failed' });
    expect(joinLists([listOf([a, b]), listOf([again, c])]).snapshots).toEqual([a, b, c]);
  });

  test('hold each one without a usable id: nobody can tell whether they are the same', () => {
    const odd = [snapshotOf(null), snapshotOf(null)];
    expect(joinLists([listOf(odd)]).snapshots).toEqual(odd);
  });

  test.each([
    [true, true, true],
    [true, false, false],
    [false, true, false],
  ])('are complete only if all are: %s and %s', (first, second, complete) => {
    const lists = [listOf([a], { complete: first }), listOf([b], { complete: second })];
    expect(joinLists(lists).complete).toBe(complete);
  });

  test('have the pages of all, and the time of the last', () => {
    const lists = [listOf([a], { pages: 2, now: NOW - 5 }), listOf([b], { pages: 3 })];
    expect(joinLists(lists)).toMatchObject({ pages: 5, now: NOW });
    expect(joinLists([])).toMatchObject({ pages: 0, now: null });
  });
});
