import { describe, expect, test } from '@jest/globals';
import { findRunning } from '../../../../src/snapshots/slots.ts';
import type { Snapshot } from '../../../../src/vps/model.ts';
import { HOUR, KEY, markerOf, NAMELESS, NOW, OTHER_KEY, snapshot } from '../samples.ts';
import { five, FOREIGN, IN_PROGRESS, own, plan, PROTECTED } from './slots-stand.ts';

const unmarked = (id: string): Snapshot => snapshot({ id, description: 'by hand', age: 99 * HOUR });

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
      five(own('1', { description: markerOf({ runId: '900' }) })),
      {},
      /this run/,
    ],
    [
      'the only own one is of an earlier attempt of this run',
      five(own('1', { description: markerOf({ runId: '900', runAttempt: 1 }) })),
      {},
      /this run/,
    ],
    [
      'the only own one has no readable time',
      five(own('1', { created: null })),
      {},
      /usable id, server, time or status/,
    ],
    [
      'the only own one is from the future',
      five(own('1', { age: -1000 })),
      {},
      /usable id, server, time or status/,
    ],
    [
      'the only own one has an id that lost digits',
      five(own('1', { idIsLossless: false })),
      {},
      /usable id, server, time or status/,
    ],
    ['the only own one has no usable id', five(own('')), {}, /usable id, server, time or status/],
    [
      'the only own one names no server',
      five(own('1', { server: NAMELESS })),
      {},
      /usable id, server, time or status/,
    ],
    ['the only own one is being deleted', five(own('1', { status: 'deleting' })), {}, /are being deleted/],
    [
      'the only own one is of this run',
      five(own('1', { description: markerOf({ runId: '900' }) })),
      {},
      /^this repository's own ones were made by this run/,
    ],
    [
      'the own ones are protected',
      five(own('1', PROTECTED), own('2', PROTECTED)),
      {},
      /^2 of this repository's own are protected$/,
    ],
    [
      'one is protected, and the other of this run',
      five(own('1', PROTECTED), own('2', { description: markerOf({ runId: '900' }) })),
      {},
      /^1 of this repository's own are protected; its others were made by this run/,
    ],
    [
      'a failed one is protected',
      five(own('1', { ...PROTECTED, status: 'failed' })),
      {},
      /^1 of this repository's own are protected$/,
    ],
    [
      'an own one is in progress for exactly a day',
      five(own('1'), own('2', IN_PROGRESS(24 * HOUR))),
      {},
      /in progress/,
    ],
    [
      'an own one is in progress for a time that nobody knows',
      five(own('1'), own('2', { status: 'in_progress', created: null })),
      {},
      /in progress/,
    ],
    [
      'an own one of this run is in progress',
      five(own('1'), own('2', { status: 'in_progress', description: markerOf({ runId: '900' }) })),
      {},
      /in progress/,
    ],
    [
      'the only one with this repository’s id is of another forge',
      five(own('1', { description: markerOf({ host: 'git.example.com' }) })),
      {},
      /none .* made by this repository/,
    ],
  ])('%s', (_name, snapshots, fields, reason) => {
    expect(plan(snapshots, fields)).toEqual({ kind: 'full', reason: expect.stringMatching(reason) });
  });
});

describe('somebody else works on the server', () => {
  test.each([
    ['a marked snapshot in progress', { status: 'in_progress' }, 1],
    ['one of another repository', { status: 'in_progress', description: markerOf({ repositoryId: '8' }) }, 1],
    ['one with an unknown word', { status: 'uploading' }, 1],
    ['not this step’s own', { status: 'in_progress', description: markerOf({ key: KEY }) }, 0],
    ['not a completed one', { status: 'completed' }, 0],
    ['not a failed one', { status: 'failed' }, 0],
    ['not one made by hand', { status: 'in_progress', description: 'by hand' }, 0],
    ['one whose time nobody knows', { status: 'in_progress', created: null }, 1],
    ['not one that has been in progress for more than a day', { status: 'in_progress', age: 25 * HOUR }, 0],
    ['not one that is being deleted', { status: 'deleting' }, 0],
    ['one without a status', { status: '', age: 23 * HOUR }, 1],
    ['not one that has been without a status for more than a day', { status: '', age: 25 * HOUR }, 0],
  ])('%s', (_name, fields, count) => {
    expect(
      findRunning([snapshot({ description: markerOf({ key: OTHER_KEY }), ...fields })], KEY, NOW),
    ).toHaveLength(count);
  });
});
