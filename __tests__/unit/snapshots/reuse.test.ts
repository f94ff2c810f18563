import { describe, expect, test } from '@jest/globals';
import { findReusable, type ReuseFacts } from '../../../src/snapshots/reuse.ts';
import type { Snapshot } from '../../../src/vps/model.ts';
import { FIRST_FORM, HOUR, markerOf, NOW, ORIGIN, snapshot } from './samples.ts';

const EARLIER = { runId: '900', runAttempt: 1 };

/** What attempt 1 of this run left, before its failed deploy. */
const earlier = (fields: Parameters<typeof snapshot>[0] = {}): Snapshot =>
  snapshot({ id: '801', description: markerOf(EARLIER), ...fields });

function find(
  snapshots: readonly Snapshot[],
  fields: Partial<ReuseFacts> = {},
): ReturnType<typeof findReusable> {
  return findReusable({
    snapshots,
    complete: true,
    origin: ORIGIN,
    isCallKnown: true,
    flags: { isProtected: false, isUnwaited: false },
    maxAge: null,
    now: NOW,
    ...fields,
  });
}

describe('the snapshot of an earlier attempt is reused', () => {
  test.each([
    ['alone on the server', [earlier()]],
    ['a second before it is 24 hours old', [earlier({ age: 24 * HOUR - 1000 })]],
    ['in the very instant of its creation', [earlier({ age: 0 })]],
    ['beside an older marked one', [earlier(), snapshot({ age: 2 * HOUR })]],
    ['beside a newer one made by hand', [earlier(), snapshot({ age: 1, description: 'by hand' })]],
    [
      'beside an older one of another forge',
      [
        earlier(),
        snapshot({ age: 2 * HOUR, description: markerOf({ host: 'git.example.com', runId: '900' }) }),
      ],
    ],
    ['with a marker of the first form', [earlier({ description: FIRST_FORM.replace('run=800', 'run=900') })]],
    ['whatever the case of its word', [earlier({ status: 'COMPLETED' })]],
  ])('%s', (_name, snapshots) => {
    expect(find(snapshots)).toMatchObject({ kind: 'reuse', snapshot: { id: '801' } });
  });

  test('that of attempt 1 in attempt 3', () => {
    expect(find([earlier()], { origin: { ...ORIGIN, runAttempt: 3 } })).toMatchObject({
      kind: 'reuse',
      snapshot: { id: '801' },
    });
  });

  test('although its repository, run, job and step have names that do not fit into a marker', () => {
    const long = 'x'.repeat(80);
    const origin = {
      ...ORIGIN,
      repositoryId: `acme/${long}`,
      runId: `1${'0'.repeat(40)}`,
      job: `${long} ü`,
      step: long,
    };
    const description = markerOf({ ...origin, runAttempt: 1 });
    expect(find([earlier({ description })], { origin })).toMatchObject({
      kind: 'reuse',
      snapshot: { id: '801' },
    });
  });
});

describe('none is reused, and the reason names the condition:', () => {
  test.each<[string, readonly Snapshot[], Partial<ReuseFacts>, RegExp]>([
    ['a first attempt', [earlier()], { origin: { ...ORIGIN, runAttempt: 1 } }, /first attempt/],
    ['a call of a reusable workflow that nobody knows', [earlier()], { isCallKnown: false }, /of which call/],
    ['an incomplete list', [earlier()], { complete: false }, /incomplete/],
    ['an empty server', [], {}, /no earlier attempt/],
    ['no marker', [earlier({ description: 'by hand' })], {}, /no earlier attempt/],
    [
      'another repository',
      [earlier({ description: markerOf({ ...EARLIER, repositoryId: '8' }) })],
      {},
      /no earlier attempt/,
    ],
    [
      'another run',
      [earlier({ description: markerOf({ ...EARLIER, runId: '899' }) })],
      {},
      /no earlier attempt/,
    ],
    [
      'this very attempt',
      [earlier({ description: markerOf({ ...EARLIER, runAttempt: 2 }) })],
      {},
      /no earlier attempt/,
    ],
    [
      'another job',
      [earlier({ description: markerOf({ ...EARLIER, job: 'build' }) })],
      {},
      /no earlier attempt/,
    ],
    [
      'another step',
      [earlier({ description: markerOf({ ...EARLIER, step: 'second' }) })],
      {},
      /no earlier attempt/,
    ],
    [
      'another matrix leg',
      [earlier({ description: markerOf({ ...EARLIER, leg: '0a1b2c3d' }) })],
      {},
      /no earlier attempt/,
    ],
    [
      'no matrix leg, where this step has one',
      [earlier()],
      { origin: { ...ORIGIN, leg: '0a1b2c3d' } },
      /no earlier attempt/,
    ],
    [
      'another use of the step',
      [earlier({ description: markerOf({ ...EARLIER, use: 2 }) })],
      {},
      /no earlier attempt/,
    ],
    [
      'another forge',
      [earlier({ description: markerOf({ ...EARLIER, host: 'git.example.com' }) })],
      {},
      /no earlier attempt/,
    ],
    ['an undo', [earlier({ description: markerOf({ ...EARLIER, isUndo: true }) })], {}, /no earlier attempt/],
    [
      'a later attempt',
      [earlier({ description: markerOf({ ...EARLIER, runAttempt: 3 }) })],
      {},
      /no earlier attempt/,
    ],
    ['a run that says no attempt', [earlier()], { origin: { ...ORIGIN, runAttempt: 1 } }, /first attempt/],
    ['older than restore_max_age', [earlier()], { maxAge: HOUR - 1 }, /older than 'restore_max_age'/],
    ['in progress', [earlier({ status: 'in_progress' })], {}, /not completed \('in_progress'\)/],
    ['failed', [earlier({ status: 'failed' })], {}, /not completed \('failed'\)/],
    ['an id that lost digits', [earlier({ idIsLossless: false })], {}, /no usable id/],
    ['no id', [earlier({ id: null })], {}, /no usable id/],
    ['24 hours old', [earlier({ age: 24 * HOUR })], {}, /24 hours/],
    ['no readable time', [earlier({ created: null })], {}, /missing, unreadable or in the future/],
    ['a time in the future', [earlier({ age: -1000 })], {}, /missing, unreadable or in the future/],
    [
      'a newer one of this repository',
      [earlier(), snapshot({ id: '802', age: 1 })],
      {},
      /^another marked snapshot \(802\) that is newer or of this run/,
    ],
    [
      'a newer one of another repository, in progress',
      [
        earlier(),
        snapshot({ id: '802', age: 1, status: 'in_progress', description: markerOf({ repositoryId: '8' }) }),
      ],
      {},
      /^another marked snapshot \(802\) that is newer or of this run/,
    ],
    [
      'a marked one of the same second',
      [earlier(), snapshot({ id: '802' })],
      {},
      /^another marked snapshot \(802\) that is newer or of this run/,
    ],
    [
      'an older one of this run, of another job',
      [
        earlier(),
        snapshot({ id: '802', age: 9 * HOUR, description: markerOf({ ...EARLIER, job: 'build' }) }),
      ],
      {},
      /^another marked snapshot \(802\) that is newer or of this run/,
    ],
    [
      'an older one of this run, of another leg',
      [
        earlier(),
        snapshot({ id: '802', age: 9 * HOUR, description: markerOf({ ...EARLIER, leg: '0a1b2c3d' }) }),
      ],
      {},
      /^another marked snapshot \(802\)/,
    ],
    [
      'an older failed one of this very step',
      [earlier(), earlier({ id: '802', status: 'failed', age: 9 * HOUR })],
      {},
      /^another marked snapshot \(802\)/,
    ],
    [
      'a newer undo',
      [earlier(), snapshot({ id: '802', age: 1, description: markerOf({ isUndo: true }) })],
      {},
      /^another marked snapshot \(802\)/,
    ],
    [
      'a newer one of another forge',
      [earlier(), snapshot({ id: '802', age: 1, description: markerOf({ host: 'git.example.com' }) })],
      {},
      /^another marked snapshot \(802\)/,
    ],
    [
      'a marked one without a time',
      [earlier(), snapshot({ id: '802', created: null })],
      {},
      /^another marked snapshot \(802\) that is newer or of this run/,
    ],
  ])('%s', (_name, snapshots, fields, reason) => {
    expect(find(snapshots, fields)).toEqual({ kind: 'create', reason: expect.stringMatching(reason) });
  });

  test('two of them: the second was made after the first, failed deploy', () => {
    const second = earlier({ id: '802', age: 1, description: markerOf({ ...EARLIER, runAttempt: 2 }) });
    expect(find([earlier(), second], { origin: { ...ORIGIN, runAttempt: 3 } })).toEqual({
      kind: 'create',
      reason: expect.stringMatching(/^2 earlier snapshots qualify/),
    });
  });
});

describe('only with the same protect and the same wait', () => {
  const NONE = { isProtected: false, isUnwaited: false };
  const BOTH = { isProtected: true, isUnwaited: true };

  const findWith = (then: ReuseFacts['flags'], flags: ReuseFacts['flags']): ReturnType<typeof find> =>
    find([earlier({ description: markerOf({ ...EARLIER, ...then }) })], { flags });

  test.each([
    ['neither', NONE],
    ['both', BOTH],
  ])('%s', (_name, flags) => {
    expect(findWith(flags, flags)).toMatchObject({ kind: 'reuse' });
  });

  test.each<[string, ReuseFacts['flags'], ReuseFacts['flags'], RegExp]>([
    ['protected now', NONE, { ...NONE, isProtected: true }, /another 'protect'/],
    ['protected then', { ...NONE, isProtected: true }, NONE, /another 'protect'/],
    ['not waited for now', NONE, { ...NONE, isUnwaited: true }, /another 'wait'/],
    ['not waited for then', { ...NONE, isUnwaited: true }, NONE, /another 'wait'/],
  ])('not %s', (_name, then, flags, reason) => {
    expect(findWith(then, flags)).toEqual({ kind: 'create', reason: expect.stringMatching(reason) });
  });
});

test('one that is as old as restore_max_age allows is reused', () => {
  expect(find([earlier()], { maxAge: HOUR })).toMatchObject({ kind: 'reuse' });
});
