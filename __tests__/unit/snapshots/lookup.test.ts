import { describe, expect, test } from '@jest/globals';
import { findByKey, findExtras, findUnmarked, provesAbsence } from '../../../src/snapshots/lookup.ts';
import type { Snapshot, SnapshotList } from '../../../src/vps/model.ts';
import { KEY, list, markerOf, snapshot } from './samples.ts';

const mine = (status: string, fields: Parameters<typeof snapshot>[0] = {}): Snapshot =>
  snapshot({ status, description: markerOf({ key: KEY }), ...fields });

test.each<[string, SnapshotList, boolean]>([
  ['a usable id each', list([snapshot(), snapshot({ description: null })]), true],
  ['none at all', list([]), true],
  ['one without a usable id', list([snapshot(), snapshot({ id: null })]), false],
  ['an incomplete list', list([], { complete: false }), false],
])('a snapshot that a person named is absent from a list with %s', (_name, one, absent) => {
  expect(provesAbsence(one)).toBe(absent);
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

describe('an unmarked snapshot of this step’s name', () => {
  const known = snapshot({ id: '700', name: 'deploy-1', description: null });
  const unmarked = snapshot({ id: '801', name: 'deploy-1', description: null });

  test.each<[string, readonly Snapshot[], readonly Snapshot[] | null, string | undefined]>([
    ['is likely its own, on an API that drops descriptions', [unmarked], [], '801'],
    ['that was there before is not', [known], [known], undefined],
    ['that came beside an older one of the name is', [known, unmarked], [known], '801'],
    ['with a marker is somebody else’s', [{ ...unmarked, description: markerOf() }], [], undefined],
    ['of another name is not', [{ ...unmarked, name: 'deploy-2' }], [], undefined],
    ['is, where nobody knows what was there before', [unmarked], null, '801'],
  ])('%s', (_name, listed, before, id) => {
    expect(findUnmarked(listed, 'deploy-1', before)?.id).toBe(id);
  });
});
