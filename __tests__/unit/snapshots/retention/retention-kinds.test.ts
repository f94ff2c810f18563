import { describe, expect, test } from '@jest/globals';
import type { Marker } from '../../../../src/snapshots/marker.ts';
import { planRetention, type RetentionFacts } from '../../../../src/snapshots/retention.ts';
import type { Snapshot } from '../../../../src/vps/model.ts';
import { HOUR, markerOf, NOW, ORIGIN, snapshot } from '../samples.ts';

/** The table of docs/how-it-works/retention.md: what counts, and what each rule deletes, by the kind of a snapshot. */
const KINDS: readonly (readonly [
  kind: string,
  marker: Partial<Marker>,
  counts: boolean,
  deleted: 'beyond N' | 'never' | 'after a day',
])[] = [
  ['ordinary', {}, true, 'beyond N'],
  ['protected', { isProtected: true }, false, 'never'],
  ['undo', { isUndo: true }, false, 'after a day'],
  ['protected undo', { isUndo: true, isProtected: true }, false, 'never'],
  ['made with wait: false', { isUnwaited: true }, true, 'beyond N'],
  ['protected and made with wait: false', { isUnwaited: true, isProtected: true }, false, 'never'],
];

type Fields = Parameters<typeof snapshot>[0];
const own = (id: string, age: number, fields: Fields = {}): Snapshot =>
  snapshot({ id, age: age * HOUR, ...fields });

const RULE = { keepLast: 1, olderThan: null };
const FACTS = { origin: ORIGIN, now: NOW, rule: RULE, by: 'keep_last', used: null } as const;

function deleted(snapshots: readonly Snapshot[], fields: Partial<RetentionFacts>): string[] {
  return planRetention({ ...FACTS, snapshots, ...fields })
    .filter(({ action }) => action === 'delete')
    .map(({ snapshot: { id } }) => id ?? '');
}

describe.each(['keep_last', 'prune'] as const)('%s', (by) => {
  test.each(KINDS)('%s', (_kind, marker, counts, when) => {
    const description = markerOf(marker);
    const it = (age: number): string[] =>
      deleted([own('newest', 2), own('it', age, { description })], { by });
    expect({ young: it(24), old: it(24.01) }).toEqual(
      {
        'beyond N': { young: ['it'], old: ['it'] },
        never: { young: [], old: [] },
        'after a day': { young: [], old: ['it'] },
      }[when],
    );
    const newest = [own('it', 2, { description }), own('other', 3)];
    expect(deleted(newest, { by })).toEqual(counts ? ['other'] : []);
  });

  test.each(KINDS)('a failed one: %s', (_kind, marker, _counts, when) => {
    const failed = own('it', 2, { status: 'failed', description: markerOf(marker) });
    expect(deleted([failed], { by })).toEqual(when === 'never' ? [] : ['it']);
  });

  test.each(KINDS)('one of this run: %s', (_kind, marker, counts) => {
    const description = markerOf({ ...marker, runId: '900' });
    expect(deleted([own('it', 90, { description }), own('other', 91)], { by })).toEqual(
      counts ? ['other'] : [],
    );
    expect(deleted([own('it', 90, { description }), own('newest', 89)], { by })).not.toContain('it');
  });

  test('an undo goes after a day, whatever older_than says', () => {
    const undo = own('it', 25, { description: markerOf({ isUndo: true }) });
    const rule = { keepLast: 3, olderThan: 999 * HOUR };
    expect(deleted([undo], { by, rule })).toEqual(['it']);
  });

  test('an undo that stays takes no place from an ordinary one', () => {
    const undo = own('undo', 2, { description: markerOf({ isUndo: true }) });
    expect(deleted([undo, own('1', 3), own('2', 4)], { by })).toEqual(['2']);
  });
});

describe('what came after this run’s own stays, beyond N too', () => {
  const mine = own('mine', 5, { description: markerOf({ runId: '900' }) });

  test.each<[string, readonly Snapshot[], Partial<RetentionFacts>, readonly string[]]>([
    ['a newer one', [own('new', 2), own('newer', 1), mine], {}, []],
    ['one of the same time', [own('same', 5), own('newer', 1), mine], {}, []],
    ['not an older one', [own('old', 6), own('newer', 1), mine], {}, ['old']],
    ['a newer failed one', [own('new', 2, { status: 'failed' }), mine], {}, []],
    ['an older failed one does not', [own('old', 6, { status: 'failed' }), mine], {}, ['old']],
    [
      'this run’s own known by its id alone',
      [own('new', 2), own('newer', 1), own('mine', 5, { description: null })],
      { used: { id: 'mine', created: null } },
      [],
    ],
    [
      'this run’s own that is listed no more, by the time it was saved with',
      [own('old', 6), own('new', 2), own('newer', 1)],
      { used: { id: 'mine', created: NOW - 5 * HOUR } },
      ['old'],
    ],
    [
      'everything, where this run’s own is listed no more and its time is unknown',
      [own('old', 6), own('newer', 1)],
      { used: { id: 'mine', created: null } },
      [],
    ],
    [
      'of two of this run the newer counts: what lies between was overtaken',
      [
        own('between', 3),
        mine,
        own('second', 2, { description: markerOf({ runId: '900', leg: '0a1b2c3d' }) }),
      ],
      {},
      ['between'],
    ],
    [
      'everything, where nobody can read the time of this run’s own',
      [own('old', 9), own('older', 10), { ...mine, created: null }],
      {},
      [],
    ],
  ])('%s', (_name, snapshots, fields, gone) => {
    expect(deleted(snapshots, fields)).toEqual(gone);
  });

  test('and is called so', () => {
    const snapshots = [own('new', 2), own('newer', 1), mine];
    const verdicts = planRetention({ ...FACTS, snapshots });
    expect(verdicts.find(({ snapshot: { id } }) => id === 'new')?.reason).toBe(
      "not known to be older than this run's own",
    );
  });

  test('prune has no own that it follows', () => {
    expect(deleted([own('new', 2), own('newer', 1.5), mine], { by: 'prune' })).toEqual(['new']);
  });
});

describe('prune deletes nothing of another run that is younger than an hour', () => {
  const old = own('old', 9);
  const newest = own('newest', 0.1);

  test.each<[string, Fields, readonly string[]]>([
    ['of 59 minutes', { age: HOUR - 1 }, ['old']],
    ['an hour old', { age: HOUR }, ['young', 'old']],
    ['failed', { age: HOUR - 1, status: 'failed' }, ['old']],
  ])('%s', (_name, fields, gone) => {
    const young = snapshot({ id: 'young', ...fields });
    expect(deleted([newest, young, old], { by: 'prune' }).toSorted()).toEqual(gone.toSorted());
  });

  test('keep_last does: it runs after this run’s own, which is newer', () => {
    expect(deleted([newest, own('young', 0.5)], { by: 'keep_last' })).toEqual(['young']);
  });
});
