import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isOwn, parseMarker } from '../../../../src/snapshots/marker.ts';
import {
  planRetention,
  type RetentionFacts,
  type RetentionVerdict,
} from '../../../../src/snapshots/retention.ts';
import type { Snapshot } from '../../../../src/vps/model.ts';
import { HOUR, markerOf, NAMELESS, NOW, ORIGIN, snapshot } from '../samples.ts';

const anySnapshot = fc
  .record({
    repositoryId: fc.constantFrom('7', '7', '7', '8', null),
    host: fc.constantFrom('github.com', 'github.com', 'github.com', 'git.example.com'),
    runId: fc.constantFrom('800', '801', '802', '900'),
    isProtected: fc.constantFrom(false, false, false, true),
    isUndo: fc.constantFrom(false, false, false, true),
    isNameless: fc.constantFrom(false, false, false, true),
    status: fc.constantFrom(
      ...['completed', 'completed', 'completed', 'COMPLETED'],
      ...['failed', 'in_progress', 'odd', 'deleting', ''],
    ),
    created: fc.option(
      fc.oneof(fc.integer({ min: NOW - 8, max: NOW + 1500 }), fc.integer({ min: NOW - 30 * HOUR, max: NOW })),
      { freq: 8 },
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

const anyPlan = fc.record({
  snapshots: fc.array(anySnapshot, { maxLength: 12, size: 'max' }),
  by: fc.constantFrom('keep_last' as const, 'prune' as const),
  rule: fc.record({
    keepLast: fc.integer({ min: 1, max: 4 }),
    olderThan: fc.option(fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 20 * HOUR }))),
  }),
});

const plan = (given: Pick<RetentionFacts, 'snapshots' | 'rule' | 'by'>): RetentionVerdict[] =>
  planRetention({ origin: ORIGIN, now: NOW, used: null, ...given });

const deleted = (verdicts: readonly RetentionVerdict[]): Snapshot[] =>
  verdicts.filter(({ action }) => action === 'delete').map(({ snapshot: each }) => each);

const isOwnCompleted = (s: Snapshot): boolean =>
  isOwn(parseMarker(s.description), ORIGIN) && s.status.toLowerCase() === 'completed';

/** What the user asked to keep N of. */
const isRestorePoint = (s: Snapshot): boolean => {
  const marker = parseMarker(s.description);
  return (
    isOwnCompleted(s) &&
    marker?.isProtected === false &&
    !marker.isUndo &&
    s.idIsLossless &&
    s.server.id !== null &&
    s.created !== null &&
    s.created < NOW + 1000
  );
};

describe('whatever the list', () => {
  test('each snapshot has one verdict with a reason', () => {
    fc.assert(
      fc.property(anyPlan, (given) => {
        const verdicts = plan(given);
        expect(new Set(verdicts.map((v) => v.snapshot))).toEqual(new Set(given.snapshots));
        expect(verdicts).toHaveLength(given.snapshots.length);
        expect(verdicts.filter(({ reason }) => reason === '')).toEqual([]);
      }),
    );
  });

  test('nothing foreign, protected, unfinished, of this run, or without a usable id, server or time is deleted', () => {
    let deletions = 0;
    fc.assert(
      fc.property(anyPlan, (given) => {
        for (const s of deleted(plan(given))) {
          deletions += 1;
          const marker = parseMarker(s.description);
          const age = NOW - (s.created ?? Infinity);
          const isUndoOfOld = marker?.isUndo === true && age > 24 * HOUR;
          const allowed =
            isOwn(marker, ORIGIN) &&
            marker?.runId !== '900' &&
            marker?.isProtected === false &&
            (/^(completed|failed)$/i.test(s.status) || (s.status !== 'deleting' && age > 24 * HOUR)) &&
            (!marker.isUndo || isUndoOfOld || !isOwnCompleted(s)) &&
            s.idIsLossless &&
            s.server.id !== null &&
            age > -1000 &&
            (given.by === 'keep_last' || age >= HOUR) &&
            (given.rule.olderThan === null || isUndoOfOld || age > given.rule.olderThan);
          expect(allowed).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
    expect(deletions).toBeGreaterThan(30);
  });

  test('keep_last deletes nothing that may be newer than all of this run’s own', () => {
    fc.assert(
      fc.property(anyPlan, (given) => {
        const mine = given.snapshots.filter((s) => {
          const marker = parseMarker(s.description);
          return isOwn(marker, ORIGIN) && marker?.runId === '900';
        });
        fc.pre(mine.length > 0);
        for (const s of deleted(plan({ ...given, by: 'keep_last' }))) {
          const isOlder = mine.some(({ created }) => created !== null && created > (s.created ?? Infinity));
          expect(isOlder).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('as many usable restore points as were asked for stay, or all there were', () => {
    fc.assert(
      fc.property(anyPlan, (given) => {
        const usable = given.snapshots.filter(isRestorePoint);
        const gone = new Set(deleted(plan(given)));
        const left = usable.filter((each) => !gone.has(each));
        expect(left.length).toBeGreaterThanOrEqual(Math.min(given.rule.keepLast, usable.length));
      }),
      { numRuns: 1000 },
    );
  });

  test('beside an ordinary one that is deleted there are N that are no older, and stay', () => {
    fc.assert(
      fc.property(anyPlan, (given) => {
        const gone = new Set(deleted(plan(given)));
        const points = given.snapshots.filter(isRestorePoint);
        for (const s of points.filter((each) => gone.has(each))) {
          const newer = points.filter(
            (each) => !gone.has(each) && (each.created ?? 0) >= (s.created ?? Infinity),
          );
          expect(newer.length).toBeGreaterThanOrEqual(given.rule.keepLast);
        }
      }),
    );
  });

  test('what is no restore point is deleted first, and what is kept comes last', () => {
    fc.assert(
      fc.property(anyPlan, (given) => {
        const ranks = plan(given).map(({ action, snapshot: s }) =>
          action === 'keep' ? 2 : isOwnCompleted(s) ? 1 : 0,
        );
        expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
      }),
      { numRuns: 300 },
    );
  });

  test('what is cut off after some deletions still leaves the newest', () => {
    fc.assert(
      fc.property(anyPlan, (given) => {
        const times = deleted(plan(given))
          .filter(isOwnCompleted)
          .map(({ created }) => created ?? Infinity);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
      }),
    );
  });
});
