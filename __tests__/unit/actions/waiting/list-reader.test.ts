import { expect, test } from '@jest/globals';
import { createListReader } from '../../../../src/actions/waiting/list-reader.ts';
import { createTestDeps, listOf, snapshotOf } from '../test-deps.ts';

const ACCOUNT = 'account';

interface Row {
  readonly name: string;
  readonly servers: readonly (string | null)[];
  /** Pages of the account's list; all of them are read where that is allowed. */
  readonly pages: number;
  readonly complete?: boolean;
  /** The lists that are read the first and the second time. */
  readonly first: readonly string[];
  readonly second: readonly string[];
  /** Whether the first answer shows everything. */
  readonly shows: boolean;
}

test.each<Row>([
  {
    name: 'one server, twice: its own list',
    servers: ['1', '1'],
    pages: 9,
    first: ['1'],
    second: ['1'],
    shows: true,
  },
  {
    name: 'servers that nobody knows: all of the account, however long',
    servers: [null, null],
    pages: 9,
    first: [ACCOUNT],
    second: [ACCOUNT],
    shows: true,
  },
  {
    name: 'one of two is not known: the same',
    servers: ['1', null],
    pages: 9,
    first: [ACCOUNT],
    second: [ACCOUNT],
    shows: true,
  },
  {
    name: 'two servers and few pages: the account',
    servers: ['1', '2'],
    pages: 2,
    first: ['account, up to 2 pages'],
    second: ['account, up to 2 pages'],
    shows: true,
  },
  {
    name: 'two servers, and few pages that changed while they were read: as it is',
    servers: ['1', '2'],
    pages: 2,
    complete: false,
    first: ['account, up to 2 pages'],
    second: ['account, up to 2 pages'],
    shows: false,
  },
  {
    name: 'two servers and many pages: each, from then on',
    servers: ['1', '2'],
    pages: 3,
    first: ['account, up to 2 pages', '1', '2'],
    second: ['1', '2'],
    shows: true,
  },
])('$name', async ({ servers, pages, complete = true, first, second, shows }) => {
  const lists: string[] = [];
  const { deps } = createTestDeps({
    api: {
      listSnapshots({ serverId, mostPages = 50 }) {
        const limit = mostPages === 50 ? '' : `, up to ${mostPages} pages`;
        lists.push(serverId ?? `${ACCOUNT}${limit}`);
        const isAll = serverId !== undefined || (complete && pages <= mostPages);
        return Promise.resolve(listOf([snapshotOf(serverId ?? '7')], { pages, complete: isAll }));
      },
    },
  });
  const read = createListReader(deps);
  expect((await read(servers, { until: 1000 })).complete).toBe(shows);
  expect(lists.splice(0)).toEqual(first);
  await read(servers, { until: 1000 });
  expect(lists).toEqual(second);
});
