import { describe, expect, test } from '@jest/globals';
import {
  checkRequestedRestore,
  type RestoreCheck,
  type RestoreFacts,
} from '../../../../src/snapshots/interlocks.ts';
import { beside, COMMON, FACTS, listed, OTHERS, reasons } from './interlock-cases.ts';
import { HOUR, list, markerOf, NAMELESS, ORIGIN, snapshot } from '../samples.ts';

describe('a restore that a person asked for', () => {
  const ASKED: RestoreFacts = { ...FACTS, key: null, serverIds: [], seenCompleted: null };
  const other = snapshot({ id: '801', age: HOUR, description: markerOf() });
  const check = (facts: Partial<RestoreFacts> = {}, allowOlder = false): RestoreCheck =>
    checkRequestedRestore({ ...ASKED, ...facts }, ORIGIN, allowOlder);

  test.each<[string, Partial<RestoreFacts>]>([
    ['a snapshot of this repository', { list: list([other]) }],
    ['a snapshot of another repository', listed({ description: markerOf({ repositoryId: '8' }) })],
    ['a snapshot made by hand', listed({ description: 'by hand' })],
    ['a snapshot of this very attempt', {}],
    ['a snapshot of the given server', { serverIds: ['12345'] }],
  ])('goes ahead with %s', (_name, facts) => {
    expect(check(facts)).toMatchObject({ refusals: [], warnings: [], isUnwaited: false });
  });

  describe.each([false, true])('with allow_older: %s', (allowOlder) => {
    test.each(COMMON)('is refused alone because %s', (_name, facts, refusal) => {
      const given = { serverIds: ['12345'], ...facts };
      expect(reasons(check(given, allowOlder))).toEqual([expect.stringMatching(refusal)]);
    });

    test.each(OTHERS)('beside %s', (_name, newer, checked) => {
      const asked = check(beside(newer), allowOlder);
      expect(asked.refusals).toHaveLength(checked === 'refused' && !allowOlder ? 1 : 0);
      expect(asked.warnings).toHaveLength(checked === 'warned' && !allowOlder ? 1 : 0);
      expect(reasons(asked).join()).toMatch(asked.refusals.length > 0 ? /allow_older: true/ : /^$/);
    });
  });

  test.each<[string, Partial<RestoreFacts>, boolean, number]>([
    [
      'an earlier attempt of this run',
      listed({ description: markerOf({ runId: '900', runAttempt: 1 }) }),
      false,
      1,
    ],
    [
      'an earlier attempt, with allow_older',
      listed({ description: markerOf({ runId: '900', runAttempt: 1 }) }),
      true,
      0,
    ],
    ['a later attempt', listed({ description: markerOf({ runId: '900', runAttempt: 3 }) }), false, 0],
    [
      'a first attempt of another run',
      listed({ description: markerOf({ runId: '899', runAttempt: 1 }) }),
      false,
      0,
    ],
    [
      'a first attempt of a run with that number on another forge',
      listed({ description: markerOf({ host: 'git.example.com', runId: '900', runAttempt: 1 }) }),
      false,
      0,
    ],
    [
      'a first attempt of another repository’s run',
      listed({ description: markerOf({ repositoryId: '8', runId: '900', runAttempt: 1 }) }),
      false,
      0,
    ],
  ])('of %s', (_name, facts, allowOlder, refused) => {
    const found = reasons(check(facts, allowOlder));
    expect(found).toHaveLength(refused);
    expect(found.join()).toMatch(refused > 0 ? /made by attempt 1 of this run, and this is attempt 2/ : /^$/);
  });

  test.each([false, true])('one made with wait: false, allow_older: %s, is worth a warning', (allowOlder) => {
    const facts = listed({ description: markerOf({ isUnwaited: true }) });
    expect(check(facts, allowOlder)).toMatchObject({ refusals: [], isUnwaited: true });
  });

  test.each<[string, string, RegExp]>([
    ['the run that restores', '900', /was made by attempt 1 of this run \(job build, step snapshot\)/],
    ['the run that made both', '800', /was made by run 800 of acme\/shop/],
  ])('a newer one of %s', (_name, runId, refusal) => {
    const newer = { age: 1, description: markerOf({ runId, job: 'build' }) };
    expect(reasons(check(listed({ description: markerOf() }, [newer])))).toEqual([
      expect.stringMatching(refusal),
    ]);
  });

  test('an undo may be restored: that is what it is for', () => {
    expect(check(listed({ description: markerOf({ isUndo: true }) }))).toMatchObject({
      refusals: [],
      warnings: [],
    });
  });

  test('an unmarked one beside an unmarked one is restored, with a warning', () => {
    const facts = listed({ description: null }, [{ age: 1, description: null }]);
    expect(check(facts)).toMatchObject({ refusals: [], warnings: [expect.stringContaining('(900,')] });
  });

  test('one that names no server is not restored because somebody named its id', () => {
    expect(reasons(check(listed({ server: NAMELESS }), true))).toEqual([
      expect.stringContaining('names no server'),
    ]);
  });
});

describe('an undo that is newer', () => {
  const UNDO = { age: 1, description: markerOf({ isUndo: true }) };

  test.each<[string, string | null, number]>([
    ['of an earlier restore is worth a notice', null, 1],
    ['that this step took just now is not', '900', 0],
  ])('%s', (_name, undoSnapshotId, warned) => {
    const facts = { ...FACTS, ...beside(UNDO), key: null, seenCompleted: null, undoSnapshotId };
    const { refusals, undos } = checkRequestedRestore(facts, ORIGIN, false);
    expect([refusals, undos.length]).toEqual([[], warned]);
    expect(undos.join()).toMatch(warned === 0 ? /^$/ : /was made before a restore by run 800/);
  });

  test('stands against nothing only as long as it is that one', () => {
    const facts = { ...FACTS, ...beside({ age: 1 }), key: null, undoSnapshotId: '899' };
    expect(checkRequestedRestore(facts, ORIGIN, false).refusals).toHaveLength(1);
  });
});
