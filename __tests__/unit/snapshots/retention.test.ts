import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isOwn, parseMarker } from '../../../src/snapshots/marker.ts';
import {
  planRetention,
  type RetentionFacts,
  type RetentionVerdict,
} from '../../../src/snapshots/retention.ts';
import type { Snapshot } from '../../../src/vps/model.ts';
import { HOUR, mark, NOW, ORIGIN, snapshot } from './samples.ts';

const own = (id: string, age: number, fields: Parameters<typeof snapshot>[0] = {}): Snapshot =>
  snapshot({ id, age: age * HOUR, ...fields });

const KEEP_1 = { keepLast: 1, olderThan: null };

function plan(snapshots: readonly Snapshot[], fields: Partial<RetentionFacts> = {}): RetentionVerdict[] {
  return planRetention({ snapshots, origin: ORIGIN, now: NOW, rule: KEEP_1, ...fields });
}

const deleted = (verdicts: readonly RetentionVerdict[]): string[] =>
  verdicts.filter(({ action }) => action === 'delete').map(({ snapshot }) => snapshot.id);

describe('why a snapshot is kept or deleted', () => {
  /** `old` is checked beside a newest one that is kept, so that it is beyond the newest 1. */
  test.each<[string, Snapshot, Partial<RetentionFacts>, 'keep' | 'delete', string]>([
    ['one beyond the newest N', own('old', 9), {}, 'delete', 'not the newest completed'],
    [
      'one beyond the newest N and older',
      own('old', 9),
      { rule: { keepLast: 1, olderThan: 8 * HOUR } },
      'delete',
      'not the newest completed, and old enough',
    ],
    [
      'one that is not older',
      own('old', 9),
      { rule: { keepLast: 1, olderThan: 10 * HOUR } },
      'keep',
      'not old enough',
    ],
    [
      'one that is exactly so old',
      own('old', 9),
      { rule: { keepLast: 1, olderThan: 9 * HOUR } },
      'keep',
      'not old enough',
    ],
    [
      'one among the newest N',
      own('old', 9),
      { rule: { keepLast: 2, olderThan: null } },
      'keep',
      'among the newest 2 completed',
    ],
    [
      'one among the newest N, however old',
      own('old', 9000),
      { rule: { keepLast: 2, olderThan: HOUR } },
      'keep',
      'among the newest 2 completed',
    ],
    ['one made by hand', own('old', 9, { description: 'by hand' }), {}, 'keep', 'not made by this action'],
    [
      'one without a description',
      own('old', 9, { description: null }),
      {},
      'keep',
      'not made by this action',
    ],
    [
      'one whose marker was cut',
      own('old', 9, { description: mark().slice(0, -1) }),
      {},
      'keep',
      'not made by this action',
    ],
    [
      'one of another repository',
      own('old', 9, { description: mark({ repositoryId: '8', repository: 'acme/web' }) }),
      {},
      'keep',
      'made by another repository (acme/web)',
    ],
    [
      'one of this run',
      own('old', 9, { description: mark({ runId: '900' }) }),
      {},
      'keep',
      'made by this run',
    ],
    [
      'a failed one of this run',
      own('old', 9, { description: mark({ runId: '900' }), status: 'failed' }),
      {},
      'keep',
      'made by this run',
    ],
    ['the one that this step uses', own('old', 9), { protectedIds: ['old'] }, 'keep', 'used by this run'],
    ['one in progress', own('old', 9, { status: 'in_progress' }), {}, 'keep', "not finished ('in_progress')"],
    ['one with an unknown word', own('old', 9, { status: 'odd' }), {}, 'keep', "not finished ('odd')"],
    ['one without a status', own('old', 9, { status: '' }), {}, 'keep', "not finished ('')"],
    ['a failed one', own('old', 9, { status: 'failed' }), {}, 'delete', "'failed' is no restore point"],
    [
      'a failed one that is the newest',
      own('old', 0, { status: 'error' }),
      {},
      'delete',
      "'error' is no restore point",
    ],
    [
      'a failed one that is not older',
      own('old', 9, { status: 'failed' }),
      { rule: { keepLast: 1, olderThan: 10 * HOUR } },
      'keep',
      'not old enough',
    ],
    [
      'one whose id lost digits',
      own('old', 9, { idIsLossless: false }),
      {},
      'keep',
      'its id cannot be used safely',
    ],
    [
      'a failed one without a readable time',
      own('old', 9, { status: 'failed', created: null }),
      {},
      'keep',
      'its creation time is missing, unreadable or in the future',
    ],
    [
      'a failed one from the future',
      own('old', -1, { status: 'failed' }),
      {},
      'keep',
      'its creation time is missing, unreadable or in the future',
    ],
  ])('%s', (_name, old, fields, action, why) => {
    const verdicts = plan([own('newest', 0.5), old], fields);
    expect(verdicts.find(({ snapshot }) => snapshot === old)).toEqual({ snapshot: old, action, why });
  });

  test.each([
    ['without a readable time', { created: null }],
    ['from the future', { created: NOW + HOUR }],
  ])('a completed one %s is kept, and takes a place among the newest', (_name, fields) => {
    const [first, second] = [own('1', 0, fields), own('2', 1)];
    expect(plan([second, first])).toEqual([
      { snapshot: second, action: 'delete', why: 'not the newest completed' },
      { snapshot: first, action: 'keep', why: 'the newest completed' },
    ]);
    expect(
      plan([second, first, own('3', 0, { created: null })], { rule: KEEP_1 }).map(({ why }) => why),
    ).toContain('its creation time is missing, unreadable or in the future');
  });
});

describe('what counts as one of the newest N', () => {
  test.each<[string, Snapshot, readonly string[]]>([
    ['a completed own one', own('new', 0), ['old']],
    ['one of this run', own('new', 0, { description: mark({ runId: '900' }) }), ['old']],
    ['not one in progress', own('new', 0, { status: 'in_progress' }), []],
    ['not a failed one', own('new', 0, { status: 'failed' }), ['new']],
    ['not a foreign one', own('new', 0, { description: mark({ repositoryId: '8' }) }), []],
    ['not one made by hand', own('new', 0, { description: '' }), []],
    ['an id that cannot be used does not count', own('new', 0, { idIsLossless: false }), []],
    ['no id does not count', own('', 0), []],
  ])('%s', (_name, newest, gone) => {
    expect(deleted(plan([newest, own('old', 9)]))).toEqual(gone);
  });
});

test('deletions come first: failed ones, then from the oldest on, so that a cut-off leaves the newest', () => {
  const snapshots = [
    own('new', 1),
    own('a', 4),
    own('failed-late', 2, { status: 'failed' }),
    own('b', 6),
    own('failed-early', 5.5, { status: 'error' }),
    own('c', 5),
    own('foreign', 9, { description: 'by hand' }),
    own('pending', 3, { status: 'in_progress' }),
  ];
  const verdicts = plan(snapshots);
  expect(deleted(verdicts)).toEqual(['failed-early', 'failed-late', 'b', 'c', 'a']);
  expect(verdicts.slice(5).map(({ snapshot }) => snapshot.id)).toEqual(['new', 'pending', 'foreign']);
});

const anySnapshot = fc
  .record({
    repositoryId: fc.constantFrom('7', '7', '7', '8', null),
    runId: fc.constantFrom('800', '801', '802', '900'),
    status: fc.constantFrom('completed', 'completed', 'COMPLETED', 'failed', 'in_progress', 'odd', ''),
    created: fc.option(fc.integer({ min: NOW - 8, max: NOW + 1500 }), { freq: 8 }),
    idIsLossless: fc.constantFrom(true, true, true, false),
  })
  .map(({ repositoryId, runId, status, created, idIsLossless }) =>
    snapshot({
      description: repositoryId === null ? 'by hand' : mark({ repositoryId, runId }),
      status,
      created,
      idIsLossless,
    }),
  );

const anyPlan = fc.record({
  snapshots: fc.array(anySnapshot, { maxLength: 12, size: 'max' }),
  rule: fc.record({
    keepLast: fc.integer({ min: 1, max: 4 }),
    olderThan: fc.option(fc.integer({ min: 1, max: 5 })),
  }),
});

const isOwnCompleted = (s: Snapshot): boolean =>
  isOwn(parseMarker(s.description), ORIGIN) && s.status.toLowerCase() === 'completed';

describe('whatever the list', () => {
  test('each snapshot has one verdict with a reason', () => {
    fc.assert(
      fc.property(anyPlan, ({ snapshots, rule }) => {
        const verdicts = plan(snapshots, { rule });
        expect(new Set(verdicts.map((v) => v.snapshot))).toEqual(new Set(snapshots));
        expect(verdicts).toHaveLength(snapshots.length);
        expect(verdicts.filter(({ why }) => why === '')).toEqual([]);
      }),
    );
  });

  test('nothing foreign, unfinished, of this run, or without a usable id or time is deleted', () => {
    let deletions = 0;
    fc.assert(
      fc.property(anyPlan, ({ snapshots, rule }) => {
        for (const { snapshot: s, action } of plan(snapshots, { rule })) {
          if (action === 'keep') continue;
          deletions += 1;
          const marker = parseMarker(s.description);
          const allowed =
            marker?.repositoryId === '7' &&
            marker.runId !== '900' &&
            /^(completed|failed)$/i.test(s.status) &&
            s.idIsLossless &&
            s.created !== null &&
            s.created < NOW + 1000 &&
            (rule.olderThan === null || NOW - s.created > rule.olderThan);
          expect(allowed).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
    expect(deletions).toBeGreaterThan(0);
  });

  test('as many usable restore points as were asked for stay, or all there were', () => {
    fc.assert(
      fc.property(anyPlan, ({ snapshots, rule }) => {
        const usable = snapshots.filter((s) => isOwnCompleted(s) && s.idIsLossless);
        const gone = new Set(deleted(plan(snapshots, { rule })));
        const left = usable.filter(({ id }) => !gone.has(id));
        expect(left.length).toBeGreaterThanOrEqual(Math.min(rule.keepLast, usable.length));
      }),
      { numRuns: 500 },
    );
  });

  test('a completed one that is deleted is older than each of the newest N', () => {
    fc.assert(
      fc.property(anyPlan, ({ snapshots, rule }) => {
        const verdicts = plan(snapshots, { rule });
        const gone = verdicts.filter(
          ({ action, snapshot }) => action === 'delete' && isOwnCompleted(snapshot),
        );
        const newest = verdicts.filter(({ why }) => /^(among )?the newest/.test(why));
        for (const { snapshot: s } of gone) {
          for (const { snapshot: kept } of newest) {
            expect(kept.created === null || kept.created >= (s.created ?? Infinity)).toBe(true);
          }
        }
      }),
    );
  });

  test('failed ones are deleted first, and what is kept comes last', () => {
    fc.assert(
      fc.property(anyPlan, ({ snapshots, rule }) => {
        const ranks = plan(snapshots, { rule }).map(({ action, snapshot: s }) =>
          action === 'keep' ? 2 : isOwnCompleted(s) ? 1 : 0,
        );
        expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
      }),
      { numRuns: 300 },
    );
  });

  test('what is cut off after some deletions still leaves the newest', () => {
    fc.assert(
      fc.property(anyPlan, ({ snapshots, rule }) => {
        const gone = plan(snapshots, { rule }).filter(({ action }) => action === 'delete');
        const times = gone
          .filter(({ snapshot }) => isOwnCompleted(snapshot))
          .map(({ snapshot }) => snapshot.created ?? Infinity);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
      }),
    );
  });
});
