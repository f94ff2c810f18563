import { describe, expect, test } from '@jest/globals';
import { type SelectionFacts, selectSnapshots } from '../../../../src/actions/restoring/selection.ts';
import type { RestoreSelection } from '../../../../src/github/inputs/commands.ts';
import type { ServerRef, Snapshot } from '../../../../src/vps/model.ts';
import { HOUR, list, markerOf, NAMELESS, NOW, ORIGIN, snapshot } from '../../snapshots/samples.ts';

const LATEST: RestoreSelection = { kind: 'latest' };
const named = (...words: string[]): RestoreSelection => ({ kind: 'named', words });
const of = (id: string | null, uuid: string | null = null): { readonly server: ServerRef } => ({
  server: { id, uuid, name: `web-${id}` },
});
const UUID_1 = '0f2b8c1e-0000-4000-8000-00000000abcd';
type Fields = Parameters<typeof snapshot>[0];
const on1 = (id: string | null, fields: Fields = {}): Snapshot =>
  snapshot({ id, name: `backup-${id}`, ...of('1'), ...fields });
const on2 = (id: string | null, fields: Fields = {}): Snapshot => on1(id, { ...of('2'), ...fields });

interface Row extends Partial<Omit<SelectionFacts, 'list'>> {
  readonly name: string;
  readonly snapshots?: readonly Snapshot[];
  readonly complete?: boolean;
  /** `snapshot of server`. */
  readonly chosen?: readonly string[];
  readonly problems?: readonly string[];
}

function select({ snapshots = [], complete = true, ...facts }: Omit<Row, 'name'>): {
  readonly chosen: readonly string[];
  readonly problems: readonly string[];
} {
  const { targets, problems } = selectSnapshots({
    selection: LATEST,
    serverIds: ['1'],
    origin: ORIGIN,
    now: NOW,
    list: list(snapshots, { complete }),
    ...facts,
  });
  return { chosen: targets.map(({ snapshotId, serverId }) => `${snapshotId} of ${serverId}`), problems };
}

const NO_LATEST = 'server 1 has no completed snapshot of known time that this repository made';

describe('`latest`', () => {
  test.each<[string, ...newer: Fields[]]>([
    ['is of this repository, however new another one is', { description: markerOf({ repositoryId: '8' }) }],
    ['is none that was made by hand', { description: null }],
    ['is none that was taken before a restore', { description: markerOf({ isUndo: true }) }],
    ['is completed', { status: 'in_progress' }, { age: 2, status: 'failed' }],
    ['is of known time', { created: null }, { age: -HOUR }],
    ['is of the server, not of another one in the list', of('2')],
  ])('%s', (_name, ...newer) => {
    const snapshots = [on1('3'), ...newer.map((fields, n) => on1(String(5 + n), { age: 1, ...fields }))];
    expect(select({ snapshots })).toEqual({ chosen: ['3 of 1'], problems: [] });
  });

  test.each<Row>([
    { name: 'is the newest', snapshots: [on1('3'), on1('5', { age: 1 }), on1('4')], chosen: ['5 of 1'] },
    {
      name: 'may be one that nobody waited for, or a protected one',
      snapshots: [
        on1('3'),
        on1('5', { age: 1, description: markerOf({ isUnwaited: true, isProtected: true }) }),
      ],
      chosen: ['5 of 1'],
    },
    {
      name: 'is one for each server, in their order',
      snapshots: [on1('3'), on2('5')],
      serverIds: ['2', '1'],
      chosen: ['5 of 2', '3 of 1'],
    },
    { name: 'is nothing where there is none', snapshots: [], problems: [NO_LATEST] },
    {
      name: 'is nothing where the only one is of unknown time',
      snapshots: [on1('3', { created: null })],
      problems: [NO_LATEST],
    },
    {
      name: 'is nothing where one of the servers has none, and the others are chosen anyway',
      snapshots: [on2('5')],
      serverIds: ['1', '2'],
      chosen: ['5 of 2'],
      problems: [NO_LATEST],
    },
    {
      name: 'is not known from an incomplete list',
      snapshots: [on1('3')],
      complete: false,
      problems: ["the API's list is incomplete, so nobody can tell which one is the latest"],
    },
    {
      name: 'is nothing where the newest has no usable id: an older one would be another state',
      snapshots: [on1('3'), on1(null, { age: 1, name: 'odd' })],
      problems: ['snapshot odd has no id that can be used: restore it in the panel of VPS.org'],
    },
  ])('$name', ({ name: _name, chosen = [], problems = [], ...row }) => {
    expect(select(row)).toEqual({ chosen, problems });
  });
});

describe('a name for several servers', () => {
  const both = { selection: named('before'), serverIds: ['1', '2'] };

  test('beside an id: only the name is missing elsewhere, and an id alone is of one server', () => {
    const snapshots = [on1('3', { name: 'before' }), on1('4')];
    const { problems } = select({ ...both, selection: named('before', '4'), snapshots });
    expect(problems[0]).toBe('server 2 has no snapshot with the name before');
    expect(select({ ...both, selection: named('4'), snapshots })).toEqual({
      chosen: ['4 of 1'],
      problems: [],
    });
  });

  test('is restored on none of them where one has no snapshot of that name', () => {
    expect(select({ ...both, snapshots: [on1('3', { name: 'before' }), on2('5')] }).problems).toEqual([
      'server 2 has no snapshot with the name before',
    ]);
  });

  test.each<[string, readonly Snapshot[]]>([
    ['two names', [on1('3', { name: 'before' }), on2('5', { name: 'earlier' })]],
    ['a name and an id', [on1('3', { name: 'before' }), on2('earlier')]],
  ])('may be one of %s', (_name, snapshots) => {
    const selection = named('before', 'earlier');
    expect(select({ ...both, selection, snapshots }).problems).toEqual([]);
  });
});

describe('a snapshot that a person names', () => {
  const sameAs = (id: string): string =>
    `snapshot ${id} is of the same server as another one: a server can be restored to one state only`;

  test.each<Row>([
    {
      name: 'by its id is of the server that it names',
      selection: named('3'),
      snapshots: [on1('4'), on1('3')],
      chosen: ['3 of 1'],
    },
    {
      name: 'is of its server’s uuid where that has no number',
      selection: named('3'),
      snapshots: [on1('3', of(null, UUID_1))],
      chosen: [`3 of ${UUID_1}`],
    },
    {
      name: 'by its id comes before one that has this id for a name',
      selection: named('3'),
      snapshots: [on1('4', { name: '3' }), on1('3')],
      chosen: ['3 of 1'],
    },
    {
      name: 'by its id is checked by the safety checks where one other server is given',
      selection: named('3'),
      serverIds: ['2'],
      snapshots: [on1('3')],
      chosen: ['3 of 2'],
    },
    {
      name: 'by its id is of that one of several servers',
      selection: named('5', '3'),
      serverIds: ['1', '2'],
      snapshots: [on1('3'), on2('5')],
      chosen: ['5 of 2', '3 of 1'],
    },
    {
      name: 'by its id is none of several servers',
      selection: named('7', '8'),
      serverIds: ['1', '2'],
      snapshots: [on1('7', of('9')), on1('8', of(null, UUID_1))],
      problems: [
        'snapshot 7 belongs to server 9, which is none of 1, 2',
        `snapshot 8 belongs to server ${UUID_1}, which is none of 1, 2`,
      ],
    },
    {
      name: 'by its id names no server, and none is given',
      selection: named('3'),
      snapshots: [on1('3', { server: NAMELESS })],
      problems: ['snapshot 3 names no server'],
    },
    {
      name: 'by a name that is unique is that one',
      selection: named('nightly'),
      snapshots: [on1('3'), on1('4', { name: 'nightly' })],
      chosen: ['4 of 1'],
    },
    {
      name: 'by a name that is unique, with a server given, is asked for as of that server',
      selection: named('nightly'),
      serverIds: ['2'],
      snapshots: [on1('3'), on1('4', { name: 'nightly' })],
      chosen: ['4 of 2'],
    },
    {
      name: 'by a name that two have is neither',
      selection: named('nightly'),
      serverIds: ['1'],
      snapshots: [on1('3', { name: 'nightly' }), on1('4', { name: 'nightly' })],
      problems: ['2 snapshots have the name nightly: give the id of one'],
    },
    {
      name: 'by a name is that one on each of several servers',
      selection: named('nightly'),
      serverIds: ['1', '2'],
      snapshots: [
        on1('3', { name: 'nightly' }),
        on2('5', { name: 'nightly' }),
        on1('6', { ...of('9'), name: 'nightly' }),
      ],
      chosen: ['3 of 1', '5 of 2'],
    },
    {
      name: 'by a name that two have on one of several servers is neither there',
      selection: named('nightly'),
      serverIds: ['1', '2'],
      snapshots: [
        on1('3', { name: 'nightly' }),
        on2('5', { name: 'nightly' }),
        on2('6', { name: 'nightly' }),
      ],
      chosen: ['3 of 1'],
      problems: ['2 snapshots of server 2 have the name nightly: give the id of one'],
    },
    {
      name: 'is not listed',
      selection: named('77'),
      snapshots: [on1('3')],
      problems: ['snapshot 77 is not listed: it may have been deleted, or belong to another server'],
    },
    {
      name: 'is not listed for the given servers',
      selection: named('77'),
      serverIds: ['1', '2'],
      snapshots: [on1('3')],
      problems: [
        'snapshot 77 is not listed for server 1, 2: it may have been deleted, or belong to another server',
      ],
    },
    {
      name: 'is of the same server as another one, which the list names by two ids there and by one here',
      selection: named('3', '4', '5'),
      snapshots: [on1('3', of('1', UUID_1)), on1('4', of(null, UUID_1)), on2('5')],
      chosen: ['3 of 1', `4 of ${UUID_1}`, '5 of 2'],
      problems: [sameAs('4')],
    },
    {
      name: 'is listed without a usable id',
      selection: named('odd'),
      serverIds: ['1'],
      snapshots: [on1(null, { name: 'odd' })],
      problems: ['snapshot odd has no id that can be used: restore it in the panel of VPS.org'],
    },
  ])('$name', ({ name: _name, chosen = [], problems = [], ...row }) => {
    expect(select({ serverIds: [], ...row })).toEqual({ chosen, problems });
  });

  test.each<[string, readonly string[], Fields]>([
    ['', [], {}],
    [', which the list names by another id than the one that was typed', ['1'], of(null, UUID_1)],
    [', which the list does not name at all', ['1'], { server: NAMELESS }],
  ])('is of the same server as another one%s', (_name, serverIds, fields) => {
    const snapshots = [on1('3', fields), on1('4', fields)];
    const found = select({ selection: named('3', '4'), serverIds, snapshots });
    expect(found).toEqual({ chosen: ['3 of 1', '4 of 1'], problems: [sameAs('4')] });
  });
});

describe('what is known of the server to restore', () => {
  const found = (serverIds: readonly string[]): unknown =>
    selectSnapshots({
      selection: named('3'),
      serverIds,
      origin: ORIGIN,
      now: NOW,
      list: list([on1('3', { ...of('1', UUID_1), idIsLossless: false })]),
    }).targets;
  const TARGET = {
    snapshotId: '3',
    idIsLossless: false,
    name: 'backup-3',
    key: null,
    seenCompleted: null,
    startIfStopped: true,
  };

  test('is what its snapshot says, where no server is given', () => {
    expect(found([])).toMatchObject([
      { ...TARGET, label: 'web-1 (1)', serverId: '1', serverIds: ['1', UUID_1] },
    ]);
  });

  test('is the given one alone, which the safety checks compare with the snapshot’s', () => {
    expect(found(['2'])).toMatchObject([{ ...TARGET, serverId: '2', serverIds: ['2'] }]);
  });
});
