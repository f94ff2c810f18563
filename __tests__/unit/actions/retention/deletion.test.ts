import { describe, expect, test } from '@jest/globals';
import { CancelledError } from '../../../../src/actions/common/errors.ts';
import { deleteAndReport, type Deletion, type ToDelete } from '../../../../src/actions/retention/deletion.ts';
import type { Api } from '../../../../src/vps/api.ts';
import type { Snapshot } from '../../../../src/vps/model.ts';
import { createTestDeps, fails, listOf, MINUTE, outcomeOf, SECOND, snapshotOf } from '../test-deps.ts';

type Answer = Awaited<ReturnType<Api['deleteSnapshot']>> | Error;

interface Script {
  readonly snapshot?: Partial<ToDelete>;
  /** The answers to the requests, the last one for ever. */
  readonly answers: readonly Answer[];
  /** What lists show from which second on: snapshots, `incomplete` without it, or why there is none. */
  readonly listed?: readonly (readonly [from: number, list: readonly Snapshot[] | 'incomplete' | Error])[];
  readonly cancelAt?: number;
}

interface Deleted {
  readonly deletion: Deletion | undefined;
  readonly error: unknown;
  readonly at: number;
  /** When each request was sent, in seconds. */
  readonly requests: readonly number[];
  readonly lines: readonly string[];
  /** What each list was narrowed by. */
  readonly filters: readonly object[];
}

const THERE = [snapshotOf('801'), snapshotOf('7')];
const GONE = [snapshotOf('7')];

async function remove({ snapshot, answers, listed = [[0, THERE]], cancelAt }: Script): Promise<Deleted> {
  const requests: number[] = [];
  const filters: object[] = [];
  const { deps, clock, lines } = createTestDeps({
    until: 5 * MINUTE,
    cancelAt,
    api: {
      async deleteSnapshot() {
        const answer = answers[Math.min(requests.length, answers.length - 1)] ?? 'deleted';
        requests.push(clock.now() / SECOND);
        await Promise.resolve();
        if (answer instanceof Error) throw answer;
        return answer;
      },
      async listSnapshots(filter) {
        filters.push(filter);
        const list = listed.findLast(([from]) => from * SECOND <= clock.now())?.[1] ?? THERE;
        await Promise.resolve();
        if (list instanceof Error) throw list;
        return list === 'incomplete' ? listOf(GONE, { complete: false }) : listOf(list);
      },
    },
  });
  const toDelete = { id: '801', idIsLossless: true, status: 'completed', serverId: '12345', ...snapshot };
  const { value, error, at } = await outcomeOf(clock, deleteAndReport(toDelete, 'web', deps));
  return { deletion: value, error, at: at / SECOND, requests, lines, filters };
}

describe('deleting a snapshot', () => {
  interface Row extends Script {
    readonly name: string;
    /** Why it stays, or may; without it it is deleted. */
    readonly reason?: RegExp;
    readonly at: number;
    readonly requests: readonly number[];
  }
  const LOST = fails('reset');
  const BUSY = fails('http', 409);
  const PENDING = { status: 'in_progress' };

  test.each<Row>([
    {
      name: 'without an id: never',
      snapshot: { id: null },
      answers: [],
      reason: /^it has no usable id$/,
      at: 0,
      requests: [],
    },
    {
      name: 'whose id may have lost digits: never',
      snapshot: { idIsLossless: false },
      answers: [],
      reason: /^it is not certain/,
      at: 0,
      requests: [],
    },
    {
      name: 'that a 204 confirms: no list is asked',
      answers: ['deleted'],
      listed: [[0, new TypeError('a bug')]],
      at: 0,
      requests: [0],
    },
    {
      name: 'that is in use for a while: again each 15 s',
      answers: [BUSY, BUSY, 'deleted'],
      at: 30,
      requests: [0, 15, 30],
    },
    {
      name: 'that is in use: as long as there is time',
      answers: [BUSY],
      reason: /409/,
      at: 285,
      requests: Array.from({ length: 20 }, (_, n) => 15 * n),
    },
    {
      name: 'in progress, that is in use: once, since that lasts',
      snapshot: PENDING,
      answers: [BUSY],
      reason: /409/,
      at: 0,
      requests: [0],
    },
    {
      name: 'that the token may not delete: reported at once',
      answers: [fails('http', 403)],
      reason: /403/,
      at: 0,
      requests: [0],
    },
    {
      name: 'that the API does not know, nor two lists: gone',
      answers: ['absent'],
      listed: [[0, GONE]],
      at: 3,
      requests: [0],
    },
    {
      name: 'that the API does not know, and lists',
      answers: ['absent'],
      reason: /^it is still listed: VPS\.org knows no such snapshot$/,
      at: 60,
      requests: [0],
    },
    {
      name: 'that the API goes on to list for a while',
      answers: ['accepted'],
      listed: [
        [0, THERE],
        [30, GONE],
      ],
      at: 33,
      requests: [0],
    },
    {
      name: 'that one list alone does not show: that is no proof',
      answers: ['accepted'],
      listed: [
        [0, GONE],
        [3, THERE],
      ],
      reason: /^it is still listed: VPS\.org accepted the deletion$/,
      at: 60,
      requests: [0],
    },
    {
      name: 'of which there is no complete list',
      answers: ['accepted'],
      listed: [[0, 'incomplete']],
      reason: /^no complete list tells whether it is gone: VPS\.org accepted the deletion$/,
      at: 60,
      requests: [0],
    },
    {
      name: 'beside one without an id, which may be it',
      answers: ['accepted'],
      listed: [[0, [snapshotOf(null)]]],
      reason: /^no complete list/,
      at: 60,
      requests: [0],
    },
    {
      name: 'of which there is no list, since the token may not read any',
      answers: ['accepted'],
      listed: [
        [0, THERE],
        [20, fails('http', 403)],
      ],
      reason: /^no complete list/,
      at: 21,
      requests: [0],
    },
    {
      name: 'whose answer was lost, and that is gone',
      answers: [LOST],
      listed: [
        [0, THERE],
        [30, GONE],
      ],
      at: 33,
      requests: [0],
    },
    {
      name: 'whose answer was lost, and that is still listed: again, since twice is as once',
      answers: [LOST, 'deleted'],
      at: 60,
      requests: [0, 60],
    },
    {
      name: 'in progress, whose answer was lost: once',
      snapshot: PENDING,
      answers: [LOST],
      reason: /^it is still listed: /,
      at: 60,
      requests: [0],
    },
    {
      name: 'whose answers are lost: as long as there is time',
      answers: [LOST],
      reason: /^it is still listed: /,
      at: 300,
      requests: [0, 60, 120, 180, 240],
    },
    {
      name: 'whose answer was lost, and of which there is no complete list: once',
      answers: [LOST],
      listed: [[0, 'incomplete']],
      reason: /^no complete list/,
      at: 60,
      requests: [0],
    },
  ])('$name', async ({ name: _name, reason, at, requests, ...script }) => {
    const deleted = await remove(script);
    expect([deleted.at, deleted.requests]).toEqual([at, requests]);
    const { deletion } = deleted;
    expect(deletion?.ok === false ? deletion.reason : `deleted ${deletion?.id}`).toMatch(
      reason ?? /^deleted 801$/,
    );
  });

  test('is reported, and what may stay is a warning', async () => {
    expect((await remove({ answers: ['deleted'] })).lines).toEqual(['0 web: snapshot 801 deleted']);
    const stays = async (id: string | null): Promise<string> =>
      (await remove({ snapshot: { id }, answers: [fails('http', 403)] })).lines.join('\n');
    expect(await stays('801')).toMatch(
      /^0 Snapshot not deleted: web: snapshot 801 was not deleted and keeps its slot\. .* The reason: /,
    );
    expect(await stays(null)).toMatch(
      /: web: a snapshot was not deleted and keeps its slot\. .* The reason: it has no usable id$/,
    );
    // The first of two requests may be carried out yet, although the second was refused.
    for (const answers of [['accepted'], [fails('reset'), fails('http', 403)]] satisfies Answer[][])
      expect((await remove({ answers })).lines.at(-1)).toContain('snapshot 801 may still be there and use');
  });

  test('is looked for in the list of its server, or in all where that is not known', async () => {
    const filters = async (serverId: string | null): Promise<unknown> =>
      (await remove({ snapshot: { serverId }, answers: ['absent'], listed: [[0, GONE]] })).filters;
    expect(await filters('12345')).toEqual([{ serverId: '12345' }, { serverId: '12345' }]);
    expect(await filters(null)).toEqual([{}, {}]);
  });

  test('ends at once with a cancel while it is in use', async () => {
    const { error, at } = await remove({ answers: [BUSY], cancelAt: 4 * SECOND });
    expect([error, at]).toEqual([new CancelledError(), 4]);
  });

  test.each<[string, Answer]>([
    ['lists are to show it', 'accepted'],
    ['the answer is lost', fails('reset')],
  ])('is not called undone after a cancel while %s', async (_name, answer) => {
    const { deletion, at } = await remove({ answers: [answer], cancelAt: 4 * SECOND });
    expect([deletion, at]).toMatchObject([{ ok: false, state: 'unknown' }, 4]);
  });

  test('passes a mistake on as it is', async () => {
    expect((await remove({ answers: [new TypeError('a bug')] })).error).toEqual(new TypeError('a bug'));
  });
});
