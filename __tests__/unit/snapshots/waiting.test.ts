import { describe, expect, test } from '@jest/globals';
import { POLL_LIMITS } from '../../../src/snapshots/schedule.ts';
import { observeList, startWatch, type Observation } from '../../../src/snapshots/waiting.ts';
import { findByKey, findExtras, provesAbsence } from '../../../src/snapshots/lookup.ts';
import type { Snapshot, SnapshotList } from '../../../src/vps/model.ts';
import { HOUR, KEY, list, mark, snapshot } from './samples.ts';

const mine = (status: string, fields: Parameters<typeof snapshot>[0] = {}): Snapshot =>
  snapshot({ id: '801', status, description: mark({ key: KEY }), ...fields });

const EMPTY = list([]);
const OTHERS = list([snapshot(), snapshot({ description: null })]);
const PART = list([], { complete: false });
const times = (count: number, one: SnapshotList): SnapshotList[] => Array<SnapshotList>(count).fill(one);
const shows = (...snapshots: Snapshot[]): SnapshotList => list(snapshots);

/** What each of these lists said about snapshot 801. */
function observe(lists: readonly SnapshotList[], key: string | null = KEY): Observation[] {
  let watch = startWatch('801', key);
  return lists.map((one) => {
    const observation = observeList(watch, one);
    watch = observation.watch;
    return observation;
  });
}

/** The first verdict that ends the waiting, and at which list. */
function end(lists: readonly SnapshotList[], key?: string | null): string {
  const verdicts = observe(lists, key).map(({ verdict }) => verdict);
  const first = verdicts.findIndex((verdict) => verdict !== 'pending');
  return first < 0 ? 'pending' : `${verdicts[first]} at ${first + 1}`;
}

describe('lists, and what they say', () => {
  test.each<[string, readonly SnapshotList[], string]>([
    ['in progress', [shows(mine('in_progress'))], 'pending'],
    ['completed', [shows(mine('in_progress')), shows(mine('completed'))], 'completed at 2'],
    ['completed at the first look', [shows(mine('COMPLETED'))], 'completed at 1'],
    ['failed', [shows(mine('in_progress')), shows(mine('failed'))], 'failed at 2'],
    ['an unknown word is pending', times(500, shows(mine('verifying'))), 'pending'],
    ['a blank word is pending', times(500, shows(mine(''))), 'pending'],
    [
      'completed after unknown words',
      [...times(3, shows(mine('odd'))), shows(mine('completed'))],
      'completed at 4',
    ],
    ['listed late', [...times(39, EMPTY), shows(mine('completed'))], 'completed at 40'],
    ['never listed in 2 minutes', times(40, EMPTY), 'never_listed at 40'],
    ['never listed among others', times(40, OTHERS), 'never_listed at 40'],
    ['incomplete lists say nothing of what they do not show', times(500, PART), 'pending'],
    ['seen, then missing for less than 30 s', [shows(mine('odd')), ...times(9, EMPTY)], 'pending'],
    ['seen, then missing for 30 s', [shows(mine('odd')), ...times(10, EMPTY)], 'gone at 11'],
    [
      'seen, then missing, then back, then missing',
      [shows(mine('odd')), ...times(9, EMPTY), shows(mine('odd')), ...times(9, EMPTY)],
      'pending',
    ],
    [
      'an incomplete list between does not count, and does not reset',
      [shows(mine('odd')), ...times(9, EMPTY), ...times(9, PART), EMPTY],
      'gone at 20',
    ],
    ['shown by an incomplete list', [list([mine('completed')], { complete: false })], 'completed at 1'],
  ])('%s', (_name, lists, expected) => {
    expect(end(lists)).toBe(expected);
    expect(POLL_LIMITS).toMatchObject({ gone: 10, neverListed: 40 });
  });

  test('a snapshot of somebody else is known by its id alone', () => {
    expect(end([shows(snapshot({ id: '802' }), snapshot({ id: '801' }))], null)).toBe('completed at 1');
    expect(end(times(40, OTHERS), null)).toBe('never_listed at 40');
  });

  test('one without a usable id could be that of somebody else: its absence proves nothing', () => {
    const odd = list([snapshot(), snapshot({ id: '' })]);
    expect(end(times(500, odd), null)).toBe('pending');
    expect(end(times(40, odd))).toBe('never_listed at 40');
    expect([provesAbsence(odd), provesAbsence(OTHERS), provesAbsence(PART)]).toEqual([false, true, false]);
  });

  test('a snapshot whose marker was lost is known by its id', () => {
    expect(end([shows(mine('completed', { description: null }))])).toBe('completed at 1');
  });

  test('a snapshot that the list shows under another id is known by its key', () => {
    const [seen] = observe([shows(mine('completed', { id: 'u-801' }))]);
    expect(seen).toMatchObject({ verdict: 'completed', watch: { id: 'u-801' }, duplicates: [] });
  });
});

describe('two snapshots with one key', () => {
  const OLD = 2 * HOUR;
  test.each<[string, readonly Snapshot[], string, string]>([
    [
      'while neither is completed, the one already named stays',
      [mine('in_progress'), mine('in_progress', { id: '800', age: OLD })],
      '801',
      'pending',
    ],
    [
      'the completed one is used',
      [mine('in_progress'), mine('completed', { id: '802', age: 1 })],
      '802',
      'completed',
    ],
    [
      'of two completed ones the oldest',
      [mine('completed'), mine('completed', { id: '800', age: OLD })],
      '800',
      'completed',
    ],
    [
      'of two completed ones the oldest, in any order',
      [mine('completed', { id: '802', age: 1 }), mine('completed')],
      '801',
      'completed',
    ],
    [
      'one without a time counts as newest',
      [mine('completed', { id: '802', created: null }), mine('completed')],
      '801',
      'completed',
    ],
    [
      'a failed one gives way to one in progress',
      [mine('failed'), mine('in_progress', { id: '802', age: 1 })],
      '802',
      'pending',
    ],
    [
      'one in progress does not give way to a failed one',
      [mine('in_progress'), mine('failed', { id: '800', age: OLD })],
      '801',
      'pending',
    ],
    [
      'two failed ones are a failure',
      [mine('failed'), mine('error', { id: '802', age: 1 })],
      '801',
      'failed',
    ],
    [
      'the named one is not listed',
      [mine('in_progress', { id: '802' }), mine('failed', { id: '803' })],
      '802',
      'pending',
    ],
  ])('%s', (_name, snapshots, used, verdict) => {
    const [seen] = observe([shows(...snapshots)]);
    expect(seen).toMatchObject({ verdict, watch: { id: used, seen: true }, snapshot: { id: used } });
    expect(seen?.duplicates.map(({ id }) => id)).toEqual(
      snapshots.map(({ id }) => id).filter((id) => id !== used),
    );
  });

  test('the second one turns up later', () => {
    const first = mine('completed', { id: '800', age: OLD });
    const seen = observe([shows(mine('in_progress')), shows(mine('in_progress'), first)]);
    expect(seen.map(({ verdict }) => verdict)).toEqual(['pending', 'completed']);
    expect(seen[1]).toMatchObject({ watch: { id: '800' }, duplicates: [{ id: '801' }] });
  });

  test('the same one on two pages is no twin, and one without a usable id is', () => {
    const [seen] = observe([
      shows(mine('completed'), mine('completed'), mine('completed', { id: '', age: 1 })),
    ]);
    expect([seen?.snapshot?.id, seen?.duplicates.map(({ id }) => id)]).toEqual(['801', ['']]);
  });

  test('another step’s snapshot is no twin', () => {
    const [seen] = observe([shows(mine('completed'), snapshot(), snapshot({ description: null }))]);
    expect(seen?.duplicates).toEqual([]);
  });
});

test('by key: completed before pending before failed, then the oldest', () => {
  const at = (id: string, status: string, age: number): Snapshot => mine(status, { id, age });
  const listed = [
    at('f', 'failed', 9),
    at('p', 'in_progress', 8),
    at('new', 'completed', 1),
    at('old', 'completed', 5),
    snapshot(),
  ];
  expect(findByKey(listed, KEY).map(({ id }) => id)).toEqual(['old', 'new', 'p', 'f']);
});

describe('which of two snapshots with one key may go', () => {
  test.each<[string, string, readonly string[], readonly number[] | null]>([
    ['the second, when the first is completed', 'completed', ['completed'], [1]],
    ['the second, whatever becomes of it', 'completed', ['in_progress'], [1]],
    ['all others', 'completed', ['failed', 'completed'], [1, 2]],
    ['the first, when it has failed and the second is completed', 'failed', ['completed'], [0]],
    ['all but the completed one', 'failed', ['in_progress', 'completed', 'completed'], [0, 1, 3]],
    ['none, while the first is in progress', 'in_progress', ['completed'], null],
    ['none, while nobody knows a word for it', 'thinking', ['completed'], null],
    ['none, when the first has failed and the second is in progress', 'failed', ['in_progress'], null],
    ['none, when both have failed', 'failed', ['failed'], null],
  ])('%s', (_name, own, others, expected) => {
    const [first = snapshot(), ...duplicates] = [own, ...others].map((status) => mine(status));
    const extras = findExtras(first, duplicates);
    expect(extras?.map((each) => [first, ...duplicates].indexOf(each)) ?? null).toEqual(expected);
  });
});
