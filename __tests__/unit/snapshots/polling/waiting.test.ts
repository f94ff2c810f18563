import { describe, expect, test } from '@jest/globals';
import { createSchedule } from '../../../../src/snapshots/polling/schedule.ts';
import { observeList, startWatch, type Observation } from '../../../../src/snapshots/polling/waiting.ts';
import type { Snapshot, SnapshotList } from '../../../../src/vps/model.ts';
import { HOUR, KEY, list, markerOf, snapshot } from '../samples.ts';

const mine = (status: string, fields: Parameters<typeof snapshot>[0] = {}): Snapshot =>
  snapshot({ id: '801', status, description: markerOf({ key: KEY }), ...fields });

const EMPTY = list([]);
const OTHERS = list([snapshot(), snapshot({ description: null })]);
const PART = list([], { complete: false });
/** As many pages as are read at most, and more that are not. */
const LONG = list([snapshot()], { complete: false, pages: 50 });
const times = (count: number, one: SnapshotList): SnapshotList[] => Array<SnapshotList>(count).fill(one);
const shows = (...snapshots: Snapshot[]): SnapshotList => list(snapshots);

interface Options {
  readonly key?: string | null;
  /** Seconds between two lists. */
  readonly pause?: number;
  readonly schedule?: ReturnType<typeof createSchedule>;
}

/** What each of these lists said about snapshot 801. */
function observe(
  lists: readonly SnapshotList[],
  { key = KEY, pause = 3, schedule = createSchedule(null, false) }: Options = {},
): Observation[] {
  let watch = startWatch('801', key);
  return lists.map((one, index) => {
    const observation = observeList(watch, one, index * pause * 1000, schedule);
    watch = observation.watch;
    return observation;
  });
}

/** The first verdict that ends the waiting, and after how many seconds. */
function end(lists: readonly SnapshotList[], options: Options = {}): string {
  const verdicts = observe(lists, options).map(({ verdict }) => verdict);
  const first = verdicts.findIndex((verdict) => verdict !== 'pending');
  return first < 0 ? 'pending' : `${verdicts[first]} at ${first * (options.pause ?? 3)}`;
}

describe('lists, and what they say', () => {
  test.each<[string, readonly SnapshotList[], string]>([
    ['in progress', [shows(mine('in_progress'))], 'pending'],
    ['completed', [shows(mine('in_progress')), shows(mine('completed'))], 'completed at 3'],
    ['completed at the first read', [shows(mine('COMPLETED'))], 'completed at 0'],
    ['completed without a size', [shows(mine('completed', { sizeMb: null }))], 'completed at 0'],
    ['failed', [shows(mine('in_progress')), shows(mine('failed'))], 'failed at 3'],
    [
      'completed under no usable id, beside the one with an id',
      [shows(mine('completed', { id: null, idIsLossless: false }), mine('in_progress'))],
      'pending',
    ],
    ['an unknown word is pending', times(500, shows(mine('verifying'))), 'pending'],
    ['a blank word is pending', times(500, shows(mine(''))), 'pending'],
    [
      'completed after unknown words',
      [...times(3, shows(mine('odd'))), shows(mine('completed'))],
      'completed at 9',
    ],
    ['listed late', [...times(400, EMPTY), shows(mine('completed'))], 'completed at 1200'],
    ['never listed: pending for as long as there is time', times(2000, EMPTY), 'pending'],
    ['never listed among others', times(2000, OTHERS), 'pending'],
    ['incomplete lists say nothing of what they do not show', times(500, PART), 'pending'],
    ['seen, then missing for less than 30 s', [shows(mine('odd')), ...times(10, EMPTY)], 'pending'],
    ['seen, then missing for 30 s', [shows(mine('odd')), ...times(11, EMPTY)], 'gone at 33'],
    [
      'seen, then missing, then back, then missing',
      [shows(mine('odd')), ...times(10, EMPTY), shows(mine('odd')), ...times(10, EMPTY)],
      'pending',
    ],
    [
      'incomplete lists between do not count, and do not reset',
      [shows(mine('odd')), EMPTY, ...times(20, PART), EMPTY, EMPTY, EMPTY],
      'gone at 72',
    ],
    [
      'one complete list among incomplete ones is no proof',
      [shows(mine('odd')), EMPTY, ...times(200, PART), EMPTY, EMPTY],
      'pending',
    ],
    ['shown by an incomplete list', [list([mine('completed')], { complete: false })], 'completed at 0'],
  ])('%s', (_name, lists, expected) => {
    expect(end(lists)).toBe(expected);
  });

  test('gone rests on four lists at least, however far apart they are', () => {
    const lists = [shows(mine('odd')), ...times(9, EMPTY)];
    expect(end(lists, { pause: 60 })).toBe('gone at 240');
  });

  test('an API of this machine is asked faster, and its spans are as much shorter', () => {
    const options = { pause: 0.1, schedule: createSchedule(100, true) };
    expect(end([shows(mine('odd')), ...times(10, EMPTY)], options)).toBe('pending');
    expect(end([shows(mine('odd')), ...times(11, EMPTY)], options)).toMatch(/^gone at 1\.1/);
    expect(end(times(41, OTHERS), { ...options, key: null })).toBe('wrong_id at 4');
  });

  test('a snapshot whose marker was lost is known by its id', () => {
    expect(end([shows(mine('completed', { description: null }))])).toBe('completed at 0');
  });

  test('a snapshot that the list shows under another id is known by its key', () => {
    const [seen] = observe([shows(mine('completed', { id: 'u-801' }))]);
    expect(seen).toMatchObject({ verdict: 'completed', watch: { id: 'u-801' }, duplicates: [] });
  });
});

describe('a snapshot that a person named', () => {
  const someoneElse: Options = { key: null };

  test('is known by its id alone', () => {
    const lists = [shows(snapshot({ id: '802' }), snapshot({ id: '801' }))];
    expect(end(lists, someoneElse)).toBe('completed at 0');
  });

  test.each<[string, readonly SnapshotList[], string]>([
    ['not listed for less than 2 minutes', times(40, OTHERS), 'pending'],
    ['not listed for 2 minutes: the id is wrong', times(41, OTHERS), 'wrong_id at 120'],
    ['not listed by incomplete lists', times(500, PART), 'pending'],
    ['out of reach: lists that are longer than is read', times(41, LONG), 'wrong_id at 120'],
    [
      'seen once, then out of reach',
      [shows(snapshot({ id: '801', status: 'odd' })), ...times(500, LONG)],
      'pending',
    ],
    [
      'seen once, then missing',
      [shows(snapshot({ id: '801', status: 'odd' })), ...times(11, OTHERS)],
      'gone at 33',
    ],
    // It could be that of somebody else, or this one: its absence proves nothing.
    [
      'not listed beside one without a usable id',
      times(500, list([snapshot(), snapshot({ id: null })])),
      'pending',
    ],
  ])('%s', (_name, lists, expected) => {
    expect(end(lists, someoneElse)).toBe(expected);
  });

  test('is never reported unlisted: nobody knows that it was ever accepted', () => {
    expect(observe(times(100, EMPTY), someoneElse).filter(({ isUnlisted }) => isUnlisted)).toEqual([]);
  });
});

describe('a snapshot of this step that was accepted and that no list shows', () => {
  /** Seconds after which it is reported. */
  const toldAt = (lists: readonly SnapshotList[]): number | null => {
    const index = observe(lists).findIndex(({ isUnlisted }) => isUnlisted);
    return index < 0 ? null : index * 3;
  };

  test.each<[string, readonly SnapshotList[], number | null]>([
    ['after 2 minutes', times(60, EMPTY), 120],
    ['also beside one without a usable id', times(60, list([snapshot({ id: null })])), 120],
    ['not before', times(40, EMPTY), null],
    ['not by incomplete lists', times(500, PART), null],
    ['not when it was seen before', [shows(mine('odd')), ...times(100, EMPTY)], null],
    ['not when it is listed', times(100, shows(mine('odd'))), null],
  ])('is worth a warning %s', (_name, lists, at) => {
    expect(toldAt(lists)).toBe(at);
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

  test('the same one on two pages is no duplicate, and one without a usable id is', () => {
    const [seen] = observe([
      shows(mine('completed'), mine('completed'), mine('completed', { id: null, age: 1 })),
    ]);
    expect([seen?.snapshot?.id, seen?.duplicates.map(({ id }) => id)]).toEqual(['801', [null]]);
  });

  test.each<[string, readonly (string | null)[], readonly (string | null)[]]>([
    ['none while the snapshot is not listed', [], []],
    ['not the same one listed twice', ['801', '801'], []],
    ['not the snapshot itself, although it has no usable id', [null], []],
    ['another one without a usable id', ['801', null], [null]],
    ['none where nothing has a usable id', [null, null], []],
  ])('duplicates: %s', (_name, listed, expected) => {
    const [seen] = observe([shows(...listed.map((id) => mine('completed', { id })))]);
    // Not `toEqual`, which takes a list of nothing for an empty one.
    expect(seen?.duplicates.map(({ id }) => id)).toStrictEqual(expected);
  });

  test('another step’s snapshot is no duplicate', () => {
    const [seen] = observe([shows(mine('completed'), snapshot(), snapshot({ description: null }))]);
    expect(seen?.duplicates).toEqual([]);
  });
});
