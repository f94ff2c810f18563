import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isOwn, parseMarker } from '../../../../src/snapshots/marker.ts';
import { HOUR, markerOf, NAMELESS, NOW, ORIGIN, snapshot } from '../samples.ts';
import { five, FOREIGN, IN_PROGRESS, own, plan, PROTECTED } from './slots-stand.ts';

const UNDO = { description: markerOf({ isUndo: true }) };

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
      /failed \('failed'\) and is not a restore point/,
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
      five(own('1', { age: 9 * HOUR, description: markerOf({ runId: '900' }) }), own('2')),
      '2',
      /oldest/,
    ],
    ['not one without a time', five(own('1', { created: null }), own('2')), '2', /oldest/],
    [
      'an own one that was in progress for more than a day, like a failed one',
      five(own('1', { age: 99 * HOUR }), own('2', IN_PROGRESS(24 * HOUR + 1))),
      '2',
      /^it has been 'in_progress' for more than a day$/,
    ],
    [
      'the oldest of failed and dead ones',
      five(own('1', IN_PROGRESS(30 * HOUR)), own('2', { status: 'failed', age: 40 * HOUR }), own('3')),
      '2',
      /failed/,
    ],
    [
      'an undo before ordinary ones, however new',
      five(own('1', { age: 99 * HOUR }), own('2', { ...UNDO, age: 1 })),
      '2',
      /^it was taken before a restore, to undo it$/,
    ],
    [
      'the oldest of several undos',
      five(own('1', { ...UNDO, age: HOUR }), own('2', { ...UNDO, age: 2 * HOUR })),
      '2',
      /undo/,
    ],
    [
      'a failed one before an undo',
      five(own('1', { ...UNDO, age: 9 * HOUR }), own('2', { status: 'failed' })),
      '2',
      /failed/,
    ],
    [
      'a dead one before an undo',
      five(own('1', { ...UNDO, age: 99 * HOUR }), own('2', IN_PROGRESS(25 * HOUR))),
      '2',
      /more than a day/,
    ],
    [
      'an undo of a run of its own is not chosen',
      five(own('1', { description: markerOf({ runId: '900', isUndo: true }) }), own('2')),
      '2',
      /oldest/,
    ],
    [
      'not a protected one, although it is older',
      five(own('1', { ...PROTECTED, age: 9 * HOUR }), own('2')),
      '2',
      /oldest/,
    ],
    [
      'not a failed one that is protected',
      five(own('1', { ...PROTECTED, status: 'failed' }), own('2')),
      '2',
      /oldest/,
    ],
    [
      'not an undo that is protected',
      five(own('1', { description: markerOf({ isUndo: true, isProtected: true }) }), own('2')),
      '2',
      /oldest/,
    ],
    [
      'one made with wait: false like any other',
      five(own('1', { age: 9 * HOUR, description: markerOf({ isUnwaited: true }) }), own('2')),
      '1',
      /oldest/,
    ],
    [
      'not one that is being deleted, which blocks nothing either',
      five(own('1', { status: 'deleting', age: 9 * HOUR }), own('2')),
      '2',
      /oldest/,
    ],
    [
      'not one without a status, which after a day blocks nothing either',
      five(own('1', { status: '', age: 25 * HOUR }), own('2')),
      '2',
      /oldest/,
    ],
    [
      'not an older one that names no server',
      five(own('1', { server: NAMELESS, age: 9 * HOUR }), own('2')),
      '2',
      /oldest/,
    ],
    [
      'beside a dead one of this run, another one',
      five(own('1', { ...IN_PROGRESS(30 * HOUR), description: markerOf({ runId: '900' }) }), own('2')),
      '2',
      /oldest/,
    ],
    ['the own one of six', [...FOREIGN.slice(0, 5), own('1')], '1', /oldest/],
  ])('%s', (_name, snapshots, toDelete, reason) => {
    expect(plan(snapshots)).toMatchObject({
      kind: 'rotate',
      toDelete: { id: toDelete },
      reason: expect.stringMatching(reason),
    });
  });

  test.each([
    ['the only completed own one', five(own('1')), true],
    ['one of two completed own ones', five(own('1'), own('2')), false],
    ['a failed one beside one completed', five(own('1'), own('2', { status: 'failed' })), false],
    ['the last failed one', five(own('1', { status: 'failed' })), false],
    [
      'one beside one of this run',
      five(own('1'), own('2', { description: markerOf({ runId: '900' }) })),
      false,
    ],
    [
      'one beside a failed one of this run',
      five(own('1'), own('2', { status: 'failed', description: markerOf({ runId: '900' }) })),
      true,
    ],
    ['one beside a protected one', five(own('1'), own('2', PROTECTED)), false],
    ['a dead one beside one completed', five(own('1'), own('2', IN_PROGRESS(30 * HOUR))), false],
  ])('says whether that is the last restore point: %s', (_name, snapshots, isLastRestorePoint) => {
    expect(plan(snapshots)).toMatchObject({ kind: 'rotate', isLastRestorePoint });
  });
});

const anySnapshot = fc
  .record({
    repositoryId: fc.constantFrom('7', '7', '7', '8', null),
    host: fc.constantFrom('github.com', 'github.com', 'github.com', 'git.example.com'),
    runId: fc.constantFrom('800', '800', '900'),
    isProtected: fc.constantFrom(false, false, true),
    isUndo: fc.constantFrom(false, false, true),
    isNameless: fc.constantFrom(false, false, false, true),
    status: fc.constantFrom('completed', 'completed', 'failed', 'in_progress', 'odd', 'deleting'),
    created: fc.option(
      fc.oneof(fc.integer({ min: NOW - 1000, max: NOW + 1500 }), fc.constant(NOW - 30 * HOUR)),
    ),
    idIsLossless: fc.constantFrom(true, true, true, false),
  })
  .map(({ repositoryId, host, runId, isProtected, isUndo, isNameless, ...fields }) =>
    snapshot({
      ...fields,
      ...(isNameless && { server: NAMELESS }),
      description:
        repositoryId === null ? 'by hand' : markerOf({ repositoryId, host, runId, isProtected, isUndo }),
    }),
  );

test('a rotation never deletes what is foreign, protected, unfinished, of this run, nameless, or without a known age', () => {
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
        !marker.isProtected &&
        (/^(completed|failed)$/.test(toDelete.status) ||
          (toDelete.status !== 'deleting' && (toDelete.created ?? NOW) < NOW - 24 * HOUR)) &&
        toDelete.server.id !== null &&
        toDelete.created !== null &&
        toDelete.created < NOW + 1000 &&
        toDelete.idIsLossless;
      expect(allowed).toBe(true);
      // What is in progress blocks a rotation, unless it is dead.
      const own = snapshots.filter((s) => isOwn(parseMarker(s.description), ORIGIN));
      const young = own.filter((s) => s.created === null || s.created > NOW - 24 * HOUR);
      expect(young.filter(({ status }) => /^(in_progress|odd)$/.test(status))).toEqual([]);
    }),
    { numRuns: 1000 },
  );
  expect(rotations).toBeGreaterThan(50);
});
