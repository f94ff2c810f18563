import { describe, expect, test } from '@jest/globals';
import { checkAskedRestore, checkRollback, type RestoreFacts } from '../../../src/snapshots/interlocks.ts';
import { HOUR, KEY, list, mark, ORIGIN, OTHER_KEY, snapshot } from './samples.ts';

const THIS_RUN = { runId: '900', runAttempt: 2, key: KEY };
const MINE = snapshot({ id: '801', age: HOUR, description: mark(THIS_RUN) });
const FACTS: RestoreFacts = {
  snapshotId: '801',
  key: KEY,
  serverIds: ['12345'],
  list: list([MINE]),
  serverStatus: 'active',
  seenCompleted: 'the snapshot step',
};

/** A list in which `801` has other fields, and others stand beside it. */
const listed = (
  fields: Parameters<typeof snapshot>[0],
  others: readonly Parameters<typeof snapshot>[0][] = [],
): Pick<RestoreFacts, 'list'> => ({
  list: list([{ ...MINE, ...fields }, ...others.map((other) => snapshot({ id: '900', ...other }))]),
});
const beside = (...others: readonly Parameters<typeof snapshot>[0][]): Pick<RestoreFacts, 'list'> =>
  listed({}, others);

/** The interlocks that both kinds of restore have. */
const COMMON: readonly (readonly [name: string, facts: Partial<RestoreFacts>, refusal: RegExp])[] = [
  ['the list is incomplete', { list: list([MINE], { complete: false }) }, /list of snapshots is incomplete/],
  ['the server is being restored', { serverStatus: 'restoring' }, /already being restored/],
  ['the snapshot is gone', { list: list([]) }, /it is not in the list/],
  ['the snapshot is in progress', listed({ status: 'in_progress' }), /it is 'in_progress', not 'completed'/],
  ['the snapshot failed', listed({ status: 'failed' }), /it is 'failed', not 'completed'/],
  ['the snapshot has an unknown word', listed({ status: 'archived' }), /'archived', not 'completed'/],
  ['its id lost digits', listed({ idIsLossless: false }), /too large a number/],
  [
    'it is of another server',
    listed({ server: { id: '999', uuid: null, name: null } }),
    /belongs to another server \(999\)/,
  ],
  ['the id is listed twice', listed({}, [{ id: '801', age: 2 * HOUR }]), /two snapshots with the id 801/],
];

/** Others on the server; `refused` says whether they stand against a restore, else whether they are warned about. */
const OTHERS: readonly (readonly [
  name: string,
  other: Parameters<typeof snapshot>[0],
  checked: 'refused' | 'warned' | 'ignored',
])[] = [
  ['a newer one of this repository', { age: 1 }, 'refused'],
  ['a newer one of another repository', { age: 1, description: mark({ repositoryId: '8' }) }, 'refused'],
  [
    'a newer one of another job of this run',
    { age: 1, description: mark({ runId: '900', job: 'x' }) },
    'refused',
  ],
  [
    'a newer one of another step of this job',
    { age: 1, description: mark({ ...THIS_RUN, step: 'x', key: OTHER_KEY }) },
    'refused',
  ],
  ['a newer one in progress', { age: 1, status: 'in_progress' }, 'refused'],
  ['a newer one that failed', { age: 1, status: 'failed' }, 'refused'],
  ['one of the same second', { age: HOUR }, 'refused'],
  ['a marked one without a readable time', { created: null }, 'refused'],
  ['a marked one from the future', { age: -HOUR }, 'refused'],
  ['a newer one whose id cannot be used', { id: '', idIsLossless: false, age: 1 }, 'refused'],
  [
    'a newer one whose server the API does not name',
    { age: 1, server: { id: null, uuid: null, name: null } },
    'refused',
  ],
  ['an older marked one', { age: 2 * HOUR }, 'ignored'],
  ['a newer one made by hand', { age: 1, description: 'by hand' }, 'warned'],
  ['a newer one without a description', { age: 1, description: null }, 'warned'],
  ['an unmarked one without a readable time', { created: null, description: null }, 'warned'],
  ['an older one made by hand', { age: 2 * HOUR, description: 'by hand' }, 'ignored'],
  ['a newer one of another server', { age: 1, server: { id: '999', uuid: null, name: null } }, 'ignored'],
];

describe('a rollback by the post step', () => {
  test('goes ahead when every interlock holds', () => {
    expect(checkRollback(FACTS)).toEqual({ refusals: [], warnings: [], snapshot: MINE });
  });

  test.each(COMMON)('is refused alone because %s', (_name, facts, refusal) => {
    expect(checkRollback({ ...FACTS, ...facts }).refusals).toEqual([expect.stringMatching(refusal)]);
  });

  test.each<[string, Partial<RestoreFacts>, RegExp]>([
    ['nobody saw it completed before the deploy', { seenCompleted: null }, /nobody saw .* half a deploy/],
    ['it carries the mark of another step', { key: OTHER_KEY }, /it carries the mark of another step/],
  ])('is refused alone because %s', (_name, facts, refusal) => {
    expect(checkRollback({ ...FACTS, ...facts }).refusals).toEqual([expect.stringMatching(refusal)]);
  });

  test.each(OTHERS)('beside %s', (_name, other, checked) => {
    const { refusals, warnings } = checkRollback({ ...FACTS, ...beside(other) });
    expect([refusals.length, warnings.length]).toEqual([
      checked === 'refused' ? 1 : 0,
      checked === 'warned' ? 1 : 0,
    ]);
    expect([...refusals, ...warnings].join()).toMatch(checked === 'ignored' ? /^$/ : /snapshot \(?(900)?\)?/);
  });

  test('everything is newer than a snapshot without a readable time', () => {
    const { refusals } = checkRollback({ ...FACTS, ...listed({ created: null }, [{ age: 9 * HOUR }]) });
    expect(refusals).toEqual([
      expect.stringMatching(/^a newer snapshot \(900, 'completed'\) was made by run 800 of acme\/shop/),
    ]);
  });

  test.each<[string, Partial<RestoreFacts>]>([
    ['its marker was lost: the saved id says whose it is', listed({ description: null })],
    ['a second one with its key, whose answer was lost', beside({ age: 1, description: mark(THIS_RUN) })],
    ['a server that cannot be read', { serverStatus: null }],
    ['a server that is stopped', { serverStatus: 'stopped' }],
    [
      'a server known by its uuid',
      { serverIds: ['u-1'], ...listed({ server: { id: '5', uuid: 'u-1', name: null } }) },
    ],
  ])('goes ahead: %s', (_name, facts) => {
    expect(checkRollback({ ...FACTS, ...facts }).refusals).toEqual([]);
  });

  test('every refusal is told at once', () => {
    const { refusals } = checkRollback({
      ...FACTS,
      ...listed({ status: 'failed' }, [{ age: 1 }]),
      serverStatus: 'restoring',
      seenCompleted: null,
    });
    expect(refusals).toHaveLength(4);
  });
});

describe('a restore that a person asked for', () => {
  const ASKED: RestoreFacts = { ...FACTS, key: null, serverIds: [], seenCompleted: null };
  const other = snapshot({ id: '801', age: HOUR, description: mark() });
  const check = (
    facts: Partial<RestoreFacts> = {},
    allowOlder = false,
  ): ReturnType<typeof checkAskedRestore> => checkAskedRestore({ ...ASKED, ...facts }, ORIGIN, allowOlder);

  test.each<[string, Partial<RestoreFacts>]>([
    ['a snapshot of this repository', { list: list([other]) }],
    ['a snapshot of another repository', listed({ description: mark({ repositoryId: '8' }) })],
    ['a snapshot made by hand', listed({ description: 'by hand' })],
    ['a snapshot of this very attempt', {}],
    ['a snapshot of the given server', { serverIds: ['12345'] }],
  ])('goes ahead with %s', (_name, facts) => {
    expect(check(facts)).toMatchObject({ refusals: [], warnings: [] });
  });

  describe.each([false, true])('with allow_older: %s', (allowOlder) => {
    test.each(COMMON)('is refused alone because %s', (_name, facts, refusal) => {
      const given = { serverIds: ['12345'], ...facts };
      expect(check(given, allowOlder).refusals).toEqual([expect.stringMatching(refusal)]);
    });

    test.each(OTHERS)('beside %s', (_name, newer, checked) => {
      const { refusals } = check(beside(newer), allowOlder);
      expect(refusals).toHaveLength(checked === 'refused' && !allowOlder ? 1 : 0);
      expect(refusals.join()).toMatch(refusals.length > 0 ? /allow_older: true/ : /^$/);
    });
  });

  test.each<[string, Partial<RestoreFacts>, boolean, number]>([
    [
      'an earlier attempt of this run',
      listed({ description: mark({ runId: '900', runAttempt: 1 }) }),
      false,
      1,
    ],
    [
      'an earlier attempt, with allow_older',
      listed({ description: mark({ runId: '900', runAttempt: 1 }) }),
      true,
      0,
    ],
    ['a later attempt', listed({ description: mark({ runId: '900', runAttempt: 3 }) }), false, 0],
    [
      'a first attempt of another run',
      listed({ description: mark({ runId: '899', runAttempt: 1 }) }),
      false,
      0,
    ],
    [
      'a first attempt of another repository’s run',
      listed({ description: mark({ repositoryId: '8', runId: '900', runAttempt: 1 }) }),
      false,
      0,
    ],
  ])('of %s', (_name, facts, allowOlder, refused) => {
    const { refusals } = check(facts, allowOlder);
    expect(refusals).toHaveLength(refused);
    expect(refusals.join()).toMatch(
      refused > 0 ? /made by attempt 1 of this run, and this is attempt 2/ : /^$/,
    );
  });
});

describe('a snapshot that names no server', () => {
  const nameless = listed({ server: { id: null, uuid: null, name: null } });

  test("is the step's own, as its mark says", () => {
    expect(checkRollback({ ...FACTS, ...nameless }).refusals).toEqual([]);
  });

  test.each([
    ['of another step', { key: OTHER_KEY }],
    ['without a mark', listed({ server: { id: null, uuid: null, name: null }, description: null })],
  ])('%s is not restored', (_name, facts) => {
    expect(checkRollback({ ...FACTS, ...nameless, ...facts }).refusals.join()).toContain('names no server');
  });

  test('is not restored because somebody named its id', () => {
    const asked = { ...FACTS, ...nameless, key: null };
    expect(checkAskedRestore(asked, ORIGIN, true).refusals.join()).toContain('names no server');
  });
});
