import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isOwn, parseMarker } from '../../../src/snapshots/marker.ts';
import { findRunning, planSlot, type SlotFacts } from '../../../src/snapshots/slots.ts';
import type { Snapshot } from '../../../src/vps/model.ts';
import { HOUR, KEY, mark, NOW, ORIGIN, OTHER_KEY, snapshot } from './samples.ts';

const own = (id: string, fields: Parameters<typeof snapshot>[0] = {}): Snapshot =>
  snapshot({ id, ...fields });
const foreign = (id: string): Snapshot =>
  snapshot({ id, description: mark({ repositoryId: '8' }), age: 99 * HOUR });
const unmarked = (id: string): Snapshot => snapshot({ id, description: 'by hand', age: 99 * HOUR });
const FOREIGN = ['91', '92', '93', '94', '95', '96'].map(foreign);

/** Five snapshots: the given ones, and foreign ones for the rest. */
const five = (...given: Snapshot[]): Snapshot[] => [...given, ...FOREIGN].slice(0, 5);

function plan(snapshots: readonly Snapshot[], fields: Partial<SlotFacts> = {}): ReturnType<typeof planSlot> {
  return planSlot({ snapshots, complete: true, whenFull: 'rotate', origin: ORIGIN, now: NOW, ...fields });
}

describe('a slot is free', () => {
  test.each([
    ['none', [], 'fail'],
    ['four', FOREIGN.slice(0, 4), 'fail'],
    ['four, with when_full: rotate', FOREIGN.slice(0, 4), 'rotate'],
  ] as const)('with %s', (_name, snapshots, whenFull) => {
    expect(plan(snapshots, { whenFull })).toEqual({ kind: 'free' });
  });
});

describe('the server is full, and nothing is deleted', () => {
  test.each([
    ['when_full is fail', five(own('1')), { whenFull: 'fail' as const }, /'when_full' is 'fail'/],
    ['more than five are listed', FOREIGN, { whenFull: 'fail' as const }, /'fail'/],
    ['the list is incomplete', five(own('1')), { complete: false }, /incomplete/],
    ['none is own', five(unmarked('1')), {}, /none .* made by this repository/],
    ['an own one is in progress', five(own('1'), own('2', { status: 'in_progress' })), {}, /in progress/],
    ['an own one has an unknown word', five(own('1'), own('2', { status: 'verifying' })), {}, /in progress/],
    [
      'the only own one is of this run',
      five(own('1', { description: mark({ runId: '900' }) })),
      {},
      /this run/,
    ],
    [
      'the only own one is of an earlier attempt of this run',
      five(own('1', { description: mark({ runId: '900', runAttempt: 1 }) })),
      {},
      /this run/,
    ],
    ['the only own one has no readable time', five(own('1', { created: null })), {}, /usable id or time/],
    ['the only own one is from the future', five(own('1', { age: -1000 })), {}, /usable id or time/],
    [
      'the only own one has an id that lost digits',
      five(own('1', { idIsLossless: false })),
      {},
      /usable id or time/,
    ],
    ['the only own one has no usable id', five(own('')), {}, /usable id or time/],
  ])('%s', (_name, snapshots, fields, why) => {
    expect(plan(snapshots, fields)).toEqual({ kind: 'full', why: expect.stringMatching(why) });
  });
});

describe('what a rotation deletes', () => {
  test.each([
    [
      'the oldest own one',
      five(own('1', { age: HOUR }), own('2', { age: 3 * HOUR }), own('3')),
      '2',
      /oldest/,
    ],
    [
      'a failed own one first, however new',
      five(own('1', { age: 9 * HOUR }), own('2', { status: 'failed', age: 1 })),
      '2',
      /failed \('failed'\) and is no restore point/,
    ],
    [
      'the oldest of several failed ones',
      five(own('1', { status: 'error' }), own('2', { status: 'canceled', age: 2 * HOUR })),
      '2',
      /canceled/,
    ],
    ['not an older foreign one', five(own('1')), '1', /oldest/],
    [
      'not one of this run, although it is older',
      five(own('1', { age: 9 * HOUR, description: mark({ runId: '900' }) }), own('2')),
      '2',
      /oldest/,
    ],
    ['not one without a time', five(own('1', { created: null }), own('2')), '2', /oldest/],
    ['the own one of six', [...FOREIGN.slice(0, 5), own('1')], '1', /oldest/],
  ])('%s', (_name, snapshots, toDelete, why) => {
    expect(plan(snapshots)).toMatchObject({
      kind: 'rotate',
      toDelete: { id: toDelete },
      why: expect.stringMatching(why),
    });
  });

  test.each([
    ['the only completed own one', five(own('1')), true],
    ['one of two completed own ones', five(own('1'), own('2')), false],
    ['a failed one beside one completed', five(own('1'), own('2', { status: 'failed' })), false],
    ['the last failed one', five(own('1', { status: 'failed' })), false],
  ])('says whether that is the last restore point: %s', (_name, snapshots, lastRestorePoint) => {
    expect(plan(snapshots)).toMatchObject({ kind: 'rotate', lastRestorePoint });
  });
});

const anySnapshot = fc
  .record({
    repositoryId: fc.constantFrom('7', '8', null),
    runId: fc.constantFrom('800', '900'),
    status: fc.constantFrom('completed', 'failed', 'in_progress', 'odd'),
    created: fc.option(fc.integer({ min: NOW - 1000, max: NOW + 1500 })),
    idIsLossless: fc.boolean(),
  })
  .map(({ repositoryId, runId, status, created, idIsLossless }) =>
    snapshot({
      description: repositoryId === null ? 'by hand' : mark({ repositoryId, runId }),
      status,
      created,
      idIsLossless,
    }),
  );

test('a rotation never deletes what is foreign, unfinished, of this run, or without a known age', () => {
  let rotations = 0;
  fc.assert(
    fc.property(fc.array(anySnapshot, { minLength: 5, maxLength: 7 }), (snapshots) => {
      const planned = plan(snapshots);
      if (planned.kind !== 'rotate') return;
      rotations += 1;
      const { toDelete } = planned;
      const marker = parseMarker(toDelete.description);
      const allowed =
        isOwn(marker, ORIGIN) &&
        marker?.runId === '800' &&
        /^(completed|failed)$/.test(toDelete.status) &&
        toDelete.created !== null &&
        toDelete.created < NOW + 1000 &&
        toDelete.idIsLossless;
      expect(allowed).toBe(true);
    }),
    { numRuns: 1000 },
  );
  expect(rotations).toBeGreaterThan(0);
});

describe('somebody else works on the server', () => {
  test.each([
    ['a marked snapshot in progress', { status: 'in_progress' }, 1],
    ['one of another repository', { status: 'in_progress', description: mark({ repositoryId: '8' }) }, 1],
    ['one with an unknown word', { status: 'uploading' }, 1],
    ['not this step’s own', { status: 'in_progress', description: mark({ key: KEY }) }, 0],
    ['not a completed one', { status: 'completed' }, 0],
    ['not a failed one', { status: 'failed' }, 0],
    ['not one made by hand', { status: 'in_progress', description: 'by hand' }, 0],
  ])('%s', (_name, fields, count) => {
    expect(findRunning([snapshot({ description: mark({ key: OTHER_KEY }), ...fields })], KEY)).toHaveLength(
      count,
    );
  });
});
