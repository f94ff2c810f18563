import { describe, expect, test } from '@jest/globals';
import {
  isHeldUpByTimes,
  planRetention,
  type RetentionFacts,
  type RetentionVerdict,
} from '../../../../src/snapshots/retention.ts';
import type { Snapshot } from '../../../../src/vps/model.ts';
import { FIRST_FORM, HOUR, markerOf, NAMELESS, NOW, ORIGIN, snapshot } from '../samples.ts';

type Fields = Omit<NonNullable<Parameters<typeof snapshot>[0]>, 'age'>;

const own = (id: string, age: number, fields: Fields = {}): Snapshot =>
  snapshot({ id, age: age * HOUR, ...fields });

const KEEP_1 = { keepLast: 1, olderThan: null };
const FACTS = { origin: ORIGIN, now: NOW, rule: KEEP_1, by: 'keep_last', used: null } as const;

function plan(snapshots: readonly Snapshot[], fields: Partial<RetentionFacts> = {}): RetentionVerdict[] {
  return planRetention({ ...FACTS, snapshots, ...fields });
}

const deleted = (verdicts: readonly RetentionVerdict[]): string[] =>
  verdicts.filter(({ action }) => action === 'delete').map(({ snapshot }) => snapshot.id ?? '');

const NO_TIME = 'its creation time is missing, unreadable or in the future';

describe('why a snapshot is kept or deleted', () => {
  type Old = Fields & { readonly hours?: number };
  /** `old` is checked beside a newest one that is kept, so that it is beyond the newest 1. */
  test.each<[string, Old, 'keep' | 'delete', string, Partial<RetentionFacts>?]>([
    ['one beyond the newest N', {}, 'delete', 'not the newest completed'],
    [
      'one beyond the newest N and older',
      {},
      'delete',
      "not the newest completed, and older than 'older_than'",
      { rule: { keepLast: 1, olderThan: 8 * HOUR } },
    ],
    [
      'one that is not older',
      {},
      'keep',
      "not older than 'older_than'",
      { rule: { keepLast: 1, olderThan: 10 * HOUR } },
    ],
    [
      'one that is exactly so old',
      {},
      'keep',
      "not older than 'older_than'",
      { rule: { keepLast: 1, olderThan: 9 * HOUR } },
    ],
    [
      'one among the newest N',
      {},
      'keep',
      'among the newest 2 completed',
      { rule: { keepLast: 2, olderThan: null } },
    ],
    [
      'one among the newest N, however old',
      { hours: 9000 },
      'keep',
      'among the newest 2 completed',
      { rule: { keepLast: 2, olderThan: HOUR } },
    ],
    ['one made by hand', { description: 'by hand' }, 'keep', 'not made by this action'],
    ['one without a description', { description: null }, 'keep', 'not made by this action'],
    ['one whose marker was cut', { description: markerOf().slice(0, -1) }, 'keep', 'not made by this action'],
    [
      'one of another repository',
      { description: markerOf({ repositoryId: '8', repository: 'acme/web' }) },
      'keep',
      'made by another repository (acme/web)',
    ],
    ['one of this run', { description: markerOf({ runId: '900' }) }, 'keep', 'made by this run'],
    [
      'a failed one of this run',
      { description: markerOf({ runId: '900' }), status: 'failed' },
      'keep',
      'made by this run',
    ],
    ['the one that this step uses', {}, 'keep', 'used by this run', { used: { id: 'old', created: null } }],
    [
      'one of a run with the number of this one on another forge',
      { description: markerOf({ host: 'git.example.com', runId: '900' }) },
      'keep',
      'made by another repository (acme/shop on git.example.com)',
    ],
    [
      'one of another repository that has its name now',
      { description: markerOf({ repositoryId: '8' }) },
      'keep',
      'made by another repository (acme/shop, id 8)',
    ],
    [
      'one with a marker of the first form',
      { description: FIRST_FORM },
      'delete',
      'not the newest completed',
    ],
    [
      'one in progress for exactly a day',
      { hours: 24, status: 'in_progress' },
      'keep',
      "not finished ('in_progress')",
    ],
    [
      'one in progress for more than a day',
      { hours: 24.01, status: 'in_progress' },
      'delete',
      "'in_progress' for more than a day",
    ],
    [
      'one in an unknown state for more than a day',
      { hours: 25, status: 'odd' },
      'delete',
      "'odd' for more than a day",
    ],
    [
      'one in progress for more than a day that is not older',
      { hours: 25, status: 'in_progress' },
      'keep',
      "not older than 'older_than'",
      { rule: { keepLast: 1, olderThan: 26 * HOUR } },
    ],
    [
      'one in progress for a time that nobody knows',
      { hours: 25, status: 'in_progress', created: null },
      'keep',
      NO_TIME,
    ],
    [
      'one that is being deleted',
      { hours: 25, status: 'deleting' },
      'keep',
      "being deleted already ('deleting')",
    ],
    ['one that names no server', { server: NAMELESS }, 'keep', 'it names no server'],
    [
      'a failed one that names no server',
      { server: NAMELESS, status: 'failed' },
      'keep',
      'it names no server',
    ],
    ['one in progress', { status: 'in_progress' }, 'keep', "not finished ('in_progress')"],
    ['one with an unknown word', { status: 'odd' }, 'keep', "not finished ('odd')"],
    ['one without a status', { status: '' }, 'keep', "not finished ('')"],
    ['a failed one', { status: 'failed' }, 'delete', "'failed', not a restore point"],
    [
      'a failed one that is the newest',
      { hours: 0, status: 'error' },
      'delete',
      "'error', not a restore point",
    ],
    [
      'a failed one that is not older',
      { status: 'failed' },
      'keep',
      "not older than 'older_than'",
      { rule: { keepLast: 1, olderThan: 10 * HOUR } },
    ],
    ['one whose id lost digits', { idIsLossless: false }, 'keep', 'its id cannot be used safely'],
    ['a failed one without a readable time', { status: 'failed', created: null }, 'keep', NO_TIME],
    ['one that prune finds without a readable time', { created: null }, 'keep', NO_TIME, { by: 'prune' }],
    [
      'one without a readable time, beside the one that this step uses',
      { created: null },
      'keep',
      NO_TIME,
      { used: { id: 'newest', created: null } },
    ],
    [
      'an undo of more than a day',
      { hours: 25, description: markerOf({ isUndo: true }) },
      'delete',
      'taken before a restore more than 24 hours ago',
    ],
    ['a failed one from the future', { hours: -1, status: 'failed' }, 'keep', NO_TIME],
  ])('%s', (_name, { hours = 9, ...fields }, action, reason, facts = {}) => {
    const old = own('old', hours, fields);
    const verdicts = plan([own('newest', 0.5), old], facts);
    expect(verdicts.find(({ snapshot }) => snapshot === old)).toEqual({ snapshot: old, action, reason });
  });

  test.each([
    ['without a readable time', { created: null }],
    ['from the future', { created: NOW + HOUR }],
  ])('a completed one %s is kept, and is not the newest that stays', (_name, fields) => {
    const [odd, second, third] = [own('1', 0, fields), own('2', 1), own('3', 2)];
    expect(plan([third, second, odd])).toEqual([
      { snapshot: third, action: 'delete', reason: 'not the newest completed' },
      {
        snapshot: odd,
        action: 'keep',
        reason: NO_TIME,
      },
      { snapshot: second, action: 'keep', reason: 'the newest completed' },
    ]);
  });

  test('several that stay are counted', () => {
    const verdicts = plan([own('1', 1), own('2', 2), own('3', 3)], {
      rule: { keepLast: 2, olderThan: null },
    });
    expect(verdicts.map(({ snapshot, reason }) => [snapshot.id, reason])).toEqual([
      ['3', 'beyond the newest 2 completed'],
      ['1', 'among the newest 2 completed'],
      ['2', 'among the newest 2 completed'],
    ]);
  });
});

describe('what counts as one of the newest N', () => {
  test.each<[string, Snapshot, readonly string[]]>([
    ['a completed own one', own('new', 0), ['old']],
    ['one of this run', own('new', 0, { description: markerOf({ runId: '900' }) }), ['old']],
    ['not one in progress', own('new', 0, { status: 'in_progress' }), []],
    ['not a failed one', own('new', 0, { status: 'failed' }), ['new']],
    ['not a foreign one', own('new', 0, { description: markerOf({ repositoryId: '8' }) }), []],
    ['not one made by hand', own('new', 0, { description: '' }), []],
    ['an id that cannot be used does not count', own('new', 0, { idIsLossless: false }), []],
    ['no id does not count', own('', 0), []],
    [
      'one that names no server does not count: `restore` would refuse it',
      own('new', 0, { server: NAMELESS }),
      [],
    ],
    [
      'one of another forge does not count',
      own('new', 0, { description: markerOf({ host: 'git.example.com' }) }),
      [],
    ],
    ['one without a readable time does not count', own('new', 0, { created: null }), []],
    ['one from the future does not count', own('new', -1), []],
  ])('%s', (_name, newest, gone) => {
    expect(deleted(plan([newest, own('old', 9)]))).toEqual(gone);
  });
});

test('deletions come first: failed and dead ones, then from the oldest on, so that a cut-off leaves the newest', () => {
  const snapshots = [
    own('new', 1),
    own('a', 4),
    own('failed-late', 2, { status: 'failed' }),
    own('b', 6),
    own('failed-early', 5.5, { status: 'error' }),
    own('c', 5),
    own('foreign', 9, { description: 'by hand' }),
    own('dead', 30, { status: 'in_progress' }),
    own('undo', 26, { description: markerOf({ isUndo: true }) }),
    own('pending', 3, { status: 'in_progress' }),
  ];
  const verdicts = plan(snapshots);
  expect(deleted(verdicts)).toEqual(['dead', 'failed-early', 'failed-late', 'undo', 'b', 'c', 'a']);
  expect(verdicts.slice(7).map(({ snapshot }) => snapshot.id)).toEqual(['new', 'pending', 'foreign']);
});

describe('times that nobody can read stand in the way of any deletion', () => {
  const undated = (id: string): Snapshot => own(id, 1, { created: null });
  const held = (...snapshots: Snapshot[]): boolean => isHeldUpByTimes({ ...FACTS, snapshots });

  test.each([
    ['of two own ones', held(undated('1'), undated('2')), true],
    ['of two from the future', held(own('1', -1), own('2', -2)), true],
    ['of one, which would stay anyway', held(undated('1')), false],
    ['not where one can be read', held(undated('1'), undated('2'), own('3', 1)), false],
    [
      'not where all others are foreign',
      held(undated('1'), own('2', 1, { created: null, description: 'by hand' })),
      false,
    ],
    ['not of none', held(), false],
  ])('%s', (_name, isHeldUp, expected) => {
    expect(isHeldUp).toBe(expected);
  });
});
