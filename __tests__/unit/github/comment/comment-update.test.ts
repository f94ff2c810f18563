import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import {
  bodyOf,
  close,
  github,
  lines,
  listed,
  listedOnCommit,
  ON_COMMIT,
  onPull,
  open,
  post,
  reset,
  update,
  updateOnCommit,
  type Posted,
} from './github-api.ts';

beforeAll(open);
beforeEach(reset);
afterAll(close);

describe('an earlier comment of the same step, run and servers', () => {
  const EVENT = { pull_request: { number: 5 } };

  /** The comment that this step wrote before, on servers and in a job of its own. */
  async function bodyBefore(options?: Posted): Promise<string> {
    github.answers = { [onPull(5)]: {} };
    await post(EVENT, options);
    const body = bodyOf(onPull(5));
    github.requests = [];
    return body;
  }

  test('is written anew', async () => {
    const body = await bodyBefore({ text: 'first' });
    github.answers = {
      [listed(5)]: [{ id: 1, body: 'LGTM' }, { id: 2 }, { id: 31, body }],
      [update(31)]: {},
    };
    await post(EVENT, { text: 'second' });
    expect([lines(), github.said]).toEqual([[listed(5), update(31)], []]);
    expect(bodyOf(update(31))).toMatch(/-->\nsecond$/);
  });

  test('is written anew on a commit, too', async () => {
    github.answers = { [ON_COMMIT]: {} };
    await post({}, { eventName: 'schedule', text: 'first' });
    const body = bodyOf(ON_COMMIT);
    github.requests = [];
    github.answers = {
      [listedOnCommit]: [
        { id: 1, body: 'LGTM' },
        { id: 31, body },
      ],
      [updateOnCommit(31)]: {},
    };
    await post({}, { eventName: 'schedule', text: 'second' });
    expect([lines(), github.said]).toEqual([[listedOnCommit, updateOnCommit(31)], []]);
    expect(bodyOf(updateOnCommit(31))).toBe(body.replace('first', 'second'));
  });

  test('is found on a later page, of at most ten', async () => {
    const body = await bodyBefore();
    const full = Array.from({ length: 100 }, (_, id) => ({ id, body: 'x' }));
    const pages = Array.from({ length: 10 }, (_, index) => [listed(5, index + 1), full] as const);
    github.answers = { ...Object.fromEntries(pages), [listed(5, 2)]: [{ id: 31, body }], [update(31)]: {} };
    await post(EVENT);
    expect(lines()).toEqual([listed(5), listed(5, 2), update(31)]);
    github.requests = [];
    github.answers = { ...Object.fromEntries(pages), [onPull(5)]: {} };
    await post(EVENT);
    expect(lines()).toEqual([...pages.map(([line]) => line), onPull(5)]);
  });

  test.each<[string, Posted]>([
    ['another run', { env: { GITHUB_RUN_ID: '901' } }],
    ['another job', { env: { GITHUB_JOB: 'build' } }],
    ['another step', { env: { GITHUB_ACTION: 'second' } }],
    ['other servers', { servers: ['12346'] }],
    ['another leg of the matrix', { leg: '0a1b2c3d' }],
    ['another use in the job', { use: 2 }],
    ['one server more', { servers: ['12345', '12346'] }],
  ])('is not one of %s', async (_name, options) => {
    const body = await bodyBefore(options);
    github.answers = { [listed(5)]: [{ id: 31, body }], [onPull(5)]: {} };
    await post(EVENT);
    expect(lines()).toEqual([listed(5), onPull(5)]);
  });

  test.each([['the same servers in another order', ['1', '2'], ['2', '1']]])(
    'is one of %s',
    async (_name, before, servers) => {
      const body = await bodyBefore({ servers: before });
      github.answers = { [listed(5)]: [{ id: 31, body }], [update(31)]: {} };
      await post(EVENT, { servers });
      expect(lines()).toEqual([listed(5), update(31)]);
    },
  );

  test('that quotes ours is not ours', async () => {
    const body = `> ${await bodyBefore()}`;
    github.answers = { [listed(5)]: [{ id: 31, body }], [onPull(5)]: {} };
    await post(EVENT);
    expect(lines()).toEqual([listed(5), onPull(5)]);
  });

  test.each([403, 404])('that may not be changed (%d), because somebody copied it, stays', async (status) => {
    const body = await bodyBefore();
    github.answers = { [listed(5)]: [{ id: 31, body }], [update(31)]: status, [onPull(5)]: {} };
    await post(EVENT);
    expect([lines(), github.said]).toEqual([[listed(5), update(31), onPull(5)], []]);
  });

  test('that cannot be looked for is not missed', async () => {
    github.answers = { [listed(5)]: 500, [onPull(5)]: {} };
    await post(EVENT);
    expect([lines(), github.said]).toEqual([[listed(5), onPull(5)], []]);
  });

  test('all pages of comments together have 15 s', async () => {
    const timeout = jest.spyOn(AbortSignal, 'timeout');
    const full = Array.from({ length: 100 }, (_, id) => ({ id, body: 'x' }));
    github.answers = { [listed(5)]: full, [listed(5, 2)]: full, [listed(5, 3)]: [], [onPull(5)]: {} };
    await post(EVENT);
    expect(timeout.mock.calls.filter(([ms]) => ms === 15_000)).toHaveLength(2);
  });
});
