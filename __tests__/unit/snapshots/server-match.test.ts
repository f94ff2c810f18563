import { describe, expect, test } from '@jest/globals';
import { areMixed, contradicts, isOfServer, matchServer } from '../../../src/snapshots/server.ts';
import type { ServerRef } from '../../../src/vps/model.ts';
import { snapshot } from './samples.ts';

const UUID = '0f2b8c1e-0000-4000-8000-00000000abcd';
const UUID_2 = '0f2b8c1e-0000-4000-8000-00000000ef01';
const ref = (id: string | null, uuid: string | null = null): ServerRef => ({ id, uuid, name: 'web' });

describe('a snapshot is of the server', () => {
  test.each([
    ['by its id', ref('12345'), ['12345'], true],
    ['by its uuid', ref('12345', UUID), [UUID], true],
    ['by a uuid in another case', ref(null, UUID.toUpperCase()), [UUID], true],
    ['by any of the ids known', ref('12345'), [UUID, '12345'], true],
    ['not by another id', ref('12346'), ['12345'], false],
    ['not by a piece of the id', ref('123'), ['12345'], false],
    ['not by a number written differently', ref('012345'), ['12345'], false],
    ['not by a text id in another case', ref('Web'), ['web'], false],
    ['not without any id', ref(null), ['12345'], false],
    ['not where none is known', ref('12345'), [], false],
  ])('%s', (_name, server, ids, matches) => {
    expect(isOfServer(server, ids)).toBe(matches);
  });
});

describe('a server cannot be the known one', () => {
  test.each([
    ['another number', ref('2'), ['1'], true],
    ['another number that begins alike', ref('12346'), ['12345'], true],
    ['another UUID', ref(null, UUID_2), [UUID], true],
    ['another UUID beside an unknown number', ref('2', UUID_2), [UUID], true],
    ['a number in common', ref('1', UUID_2), ['1', UUID], false],
    ['a number where a UUID is known', ref('2'), [UUID], false],
    ['a name where another name is known', ref('db'), ['web'], false],
    ['no id', ref(null), ['1'], false],
  ])('%s: %j', (_name, server, known, contradicted) => {
    expect(contradicts(server, known)).toBe(contradicted);
  });
});

/** `mine` and the rest are the positions in the list. */
interface Row {
  readonly name: string;
  readonly listed: readonly ServerRef[];
  readonly known: readonly string[];
  readonly mine: readonly number[];
  readonly ids?: readonly string[];
  readonly filterIgnored?: boolean;
  /** Recognized only because the list names no other server. */
  readonly assumed?: boolean;
  readonly unknown?: boolean;
}

const ROWS: readonly Row[] = [
  { name: 'an empty list says nothing', listed: [], known: ['1'], mine: [] },
  {
    name: 'mine, and others of one server that is named in another way: it is another one',
    listed: [ref('1'), ref(null, UUID), ref(null, UUID)],
    known: ['1'],
    mine: [0],
    filterIgnored: true,
  },
  { name: 'all are mine', listed: [ref('1'), ref('1')], known: ['1'], mine: [0, 1] },
  {
    name: 'a typed UUID, listed as one integer: the list is about that server',
    listed: [ref('12345'), ref('12345')],
    known: [UUID],
    mine: [0, 1],
    assumed: true,
  },
  {
    name: 'a typed integer, listed as one UUID',
    listed: [ref(UUID)],
    known: ['12345'],
    mine: [0],
    assumed: true,
  },
  {
    name: 'a typed name, listed as one integer',
    listed: [ref('12345')],
    known: ['web-server-01'],
    mine: [0],
    assumed: true,
  },
  {
    name: 'what the API says for the server is learnt',
    listed: [ref('12345', UUID)],
    known: ['12345'],
    mine: [0],
    ids: ['12345', UUID],
  },
  {
    name: 'several servers, one of them mine: the filter was ignored',
    listed: [ref('1'), ref('2'), ref('1')],
    known: ['1'],
    mine: [0, 2],
    filterIgnored: true,
  },
  {
    name: 'several servers, none of them mine: nothing may be concluded',
    listed: [ref('2'), ref('3')],
    known: ['1'],
    mine: [],
    filterIgnored: true,
    unknown: true,
  },
  {
    name: 'several servers and a typed UUID: none is known to be mine',
    listed: [ref('2'), ref('3')],
    known: [UUID],
    mine: [],
    filterIgnored: true,
    unknown: true,
  },
  {
    name: 'one server with another id of the same kind is another server',
    listed: [ref('2'), ref('2')],
    known: ['1'],
    mine: [],
    filterIgnored: true,
    unknown: true,
  },
  {
    name: 'one server with another UUID is another server',
    listed: [ref('2', UUID_2)],
    known: [UUID],
    mine: [],
    filterIgnored: true,
    unknown: true,
  },
  {
    name: 'snapshots that name no server are of the one that was asked for, as far as anybody knows',
    listed: [ref(null), ref(null)],
    known: ['1'],
    mine: [0, 1],
    assumed: true,
  },
  {
    name: 'one that names no server is of the server that the others name',
    listed: [ref('1'), ref(null)],
    known: ['1'],
    mine: [0, 1],
  },
  {
    name: 'one that names no server may be of the one that was asked for where the list is of several servers',
    listed: [ref('2'), ref('1'), ref(null), ref('2')],
    known: ['1'],
    mine: [1, 2],
    filterIgnored: true,
  },
  {
    name: 'one that names no server makes no other server the one that was asked for',
    listed: [ref(null), ref('2')],
    known: ['1'],
    mine: [0],
    filterIgnored: true,
    unknown: true,
  },
];

describe('the snapshots of a list that are of the server', () => {
  test.each(ROWS)(
    '$name',
    ({ listed, known, mine, ids, filterIgnored = false, assumed = false, unknown = false }) => {
      const snapshots = listed.map((server) => snapshot({ server }));
      const match = matchServer(snapshots, known);
      expect(match).toMatchObject({ ids: ids ?? known, filterIgnored, assumed, unknown });
      expect(match.snapshots).toEqual(mine.map((index) => snapshots[index]));
      expect(match.name).toBe(mine.length > 0 && !unknown ? 'web' : null);
    },
  );
});

test.each([
  ['one id', ['1'], false],
  ['two numbers', ['1', '2'], false],
  ['two UUIDs', ['5f0c9f6e-3a51-4c0b-9d3f-000000000000', '5F0C9F6E-3A51-4C0B-9D3F-000000000001'], false],
  ['a number and a UUID', ['1', '5f0c9f6e-3a51-4c0b-9d3f-000000000000'], true],
  ['a number and a word', ['1', 'web'], true],
])('ids of more than one form: %s', (_name, ids, expected) => {
  expect(areMixed(ids)).toBe(expected);
});
