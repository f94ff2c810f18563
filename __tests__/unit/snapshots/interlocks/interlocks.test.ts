import { describe, expect, test } from '@jest/globals';
import { checkRollback, type RestoreCheck, type RestoreFacts } from '../../../../src/snapshots/interlocks.ts';
import { beside, COMMON, FACTS, listed, MINE, OTHERS, reasons, THIS_RUN } from './interlock-cases.ts';
import { HOUR, list, markerOf, NAMELESS, NOW, OTHER_KEY, snapshot } from '../samples.ts';

describe('a rollback by the post step', () => {
  test('goes ahead when every interlock holds', () => {
    expect(checkRollback(FACTS)).toEqual({
      refusals: [],
      warnings: [],
      undos: [],
      isUnwaited: false,
      snapshot: MINE,
    });
  });

  test.each(COMMON)('is refused alone because %s', (_name, facts, refusal) => {
    expect(reasons(checkRollback({ ...FACTS, ...facts }))).toEqual([expect.stringMatching(refusal)]);
  });

  test.each<[string, Partial<RestoreFacts>, RegExp]>([
    [
      'nobody saw it completed before the deploy',
      { seenCompleted: null },
      /not confirmed complete before the deploy .* part of the deploy/,
    ],
    ['it carries the marker of another step', { key: OTHER_KEY }, /it carries the marker of another step/],
  ])('is refused alone because %s', (_name, facts, refusal) => {
    expect(reasons(checkRollback({ ...FACTS, ...facts }))).toEqual([expect.stringMatching(refusal)]);
  });

  test.each(OTHERS)('beside %s', (_name, other, checked) => {
    const rollback = checkRollback({ ...FACTS, ...beside(other) });
    expect([rollback.refusals.length, rollback.warnings.length]).toEqual([
      checked === 'refused' ? 1 : 0,
      checked === 'warned' ? 1 : 0,
    ]);
    expect([...reasons(rollback), ...rollback.warnings].join()).toMatch(
      checked === 'ignored' ? /^$/ : /snapshot .*\(900|without a usable id/,
    );
  });

  test.each<[string, Partial<RestoreFacts>, RegExp]>([
    [
      'a newer one is called so',
      beside({ age: 1 }),
      /^a newer snapshot \(900, 'completed'\) was made by run 800 of acme\/shop: a restore would undo/,
    ],
    [
      'one without a readable time is not called newer',
      beside({ created: null }),
      /^a snapshot of unknown time, which may be newer, \(900, 'completed'\) was made by run 800/,
    ],
    [
      'nor is one from the future',
      beside({ age: -HOUR }),
      /^a snapshot of unknown time, which may be newer, \(900/,
    ],
    [
      'one that was made since the first read is called newer',
      { now: NOW - 2 * HOUR, ...beside({ age: 1 }) },
      /^a newer snapshot \(900/,
    ],
    [
      'so is one in a list that does not say the time',
      { list: list([MINE, snapshot({ id: '900', age: 1 })], { now: null }) },
      /^a newer snapshot \(900/,
    ],
    [
      'nor is anything beside a snapshot that has no readable time itself',
      listed({ created: null }, [{ age: 9 * HOUR }]),
      /^a snapshot of unknown time, which may be newer, \(900/,
    ],
    [
      'one of another step of this run is called so',
      beside({ age: 1, description: markerOf({ ...THIS_RUN, step: 'second', key: OTHER_KEY }) }),
      /was made by another step of this run \(job deploy, step second\): a restore would undo/,
    ],
    [
      'one of another use of the step in this run is called so',
      beside({ age: 1, description: markerOf({ ...THIS_RUN, use: 2, key: OTHER_KEY }) }),
      /was made by another step of this run \(job deploy, step snapshot, use 2\)/,
    ],
    [
      'one of another attempt of this run is called so',
      beside({ age: 1, description: markerOf({ ...THIS_RUN, runAttempt: 3, key: OTHER_KEY }) }),
      /was made by attempt 3 of this run \(job deploy, step snapshot\)/,
    ],
    [
      'one of the run of that number on another forge is not',
      beside({ age: 1, description: markerOf({ ...THIS_RUN, host: 'git.example.com', key: OTHER_KEY }) }),
      /was made by run 900 of acme\/shop/,
    ],
    [
      'what was taken before a restore is called so',
      beside({ age: 1, description: markerOf({ isUndo: true }) }),
      /^a newer snapshot \(900, 'completed'\) was made before a restore by run 800 of acme\/shop/,
    ],
  ])('%s', (_name, facts, refusal) => {
    expect(reasons(checkRollback({ ...FACTS, ...facts }))).toEqual([expect.stringMatching(refusal)]);
  });

  test.each<[string, Partial<RestoreFacts>]>([
    ['its marker was lost: the saved id says whose it is', listed({ description: null })],
    ['a second one with its key, whose answer was lost', beside({ age: 1, description: markerOf(THIS_RUN) })],
    [
      'a second one with its key in progress',
      beside({ age: 1, status: 'in_progress', description: markerOf(THIS_RUN) }),
    ],
    ['its age is limited, and it is as old as is allowed', { maxAge: HOUR }],
    [
      'its age is limited, and it was made within the second that the API says',
      { maxAge: 1, ...listed({ created: NOW + 999 }) },
    ],
    ['a server that cannot be read', { serverStatus: null }],
    ['a server that is stopped', { serverStatus: 'stopped' }],
    [
      'a server known by its uuid',
      { serverIds: ['u-1'], ...listed({ server: { id: '5', uuid: 'u-1', name: null } }) },
    ],
  ])('goes ahead: %s', (_name, facts) => {
    expect(checkRollback({ ...FACTS, ...facts }).refusals).toEqual([]);
  });

  test('every refusal is reported at once', () => {
    const { refusals } = checkRollback({
      ...FACTS,
      ...listed({ status: 'failed' }, [{ age: 1 }]),
      serverStatus: 'restoring',
      seenCompleted: null,
      isRestoredByJob: true,
      isRunnersOwn: true,
      maxAge: 1,
    });
    expect(refusals).toHaveLength(7);
  });

  test('one that is not listed is a refusal and no warning', () => {
    expect(checkRollback({ ...FACTS, list: list([]) })).toMatchObject({
      refusals: [{ reason: expect.stringContaining('not in the list') }],
      warnings: [],
      snapshot: null,
    });
  });

  test('a newer marked one of a server that is known by another uuid alone is another server’s', () => {
    const other = { id: null, uuid: '0f2b8c1e-0000-4000-8000-00000000ef01', name: 'db' };
    expect(checkRollback({ ...FACTS, ...beside({ age: 1, server: other }) }).refusals).toEqual([]);
  });
});

describe('where the API has dropped the marker', () => {
  const dropped = (...others: readonly Parameters<typeof snapshot>[0][]): RestoreCheck =>
    checkRollback({ ...FACTS, ...listed({ description: null }, others) });

  test.each<[string, Parameters<typeof snapshot>[0], number]>([
    ['a newer one without a marker may be anybody’s deploy', { age: 1, description: null }, 1],
    ['one of unknown time may be too', { created: null, description: 'by hand' }, 1],
    ['an older one is not', { age: 2 * HOUR, description: null }, 0],
    ['a newer marked one is refused as ever', { age: 1 }, 1],
  ])('%s', (_name, other, refused) => {
    expect(dropped(other)).toMatchObject({ refusals: { length: refused }, warnings: [] });
  });
});

describe('what says something about this server alone holds back no other', () => {
  test.each<[string, Partial<RestoreFacts>, readonly boolean[]]>([
    ['it is being restored', { serverStatus: 'restoring' }, [true]],
    ['this job has restored it', { isRestoredByJob: true }, [true]],
    ['both', { serverStatus: 'restoring', isRestoredByJob: true }, [true, true]],
    ['not a runner on it', { isRunnersOwn: true }, [false]],
    ['not a newer snapshot', beside({ age: 1 }), [false]],
    ['not a snapshot that is gone', { list: list([]) }, [false]],
    ['not one that is too old', { maxAge: 1 }, [false]],
    ['not one that nobody saw completed', { seenCompleted: null }, [false]],
    [
      'not a foreign one beside a running restore',
      { serverStatus: 'restoring', key: OTHER_KEY },
      [true, false],
    ],
  ])('%s', (_name, facts, alone) => {
    const { refusals } = checkRollback({ ...FACTS, ...facts });
    expect(refusals.map(({ isOfServerAlone }) => isOfServerAlone)).toEqual(alone);
  });
});

describe('what forbids a restore by hand as well', () => {
  test.each<[string, Partial<RestoreFacts>, boolean]>([
    ['it is being restored', { serverStatus: 'restoring' }, true],
    ['this job has restored it', { isRestoredByJob: true }, true],
    ['another server would be overwritten', listed({ server: { id: '999', uuid: null, name: null } }), true],
    ['nobody knows which server would be', { ...listed({ server: NAMELESS }), key: OTHER_KEY }, true],
    ['two snapshots have its id', listed({}, [{ id: '801', age: 2 * HOUR }]), true],
    ['not a newer snapshot', beside({ age: 1 }), false],
    ['not a runner on it', { isRunnersOwn: true }, false],
    ['not one that is too old', { maxAge: 1 }, false],
    ['not one that nobody saw completed', { seenCompleted: null }, false],
  ])('%s', (_name, facts, forbids) => {
    const { refusals } = checkRollback({ ...FACTS, ...facts });
    expect(refusals.some(({ forbidsByHand }) => forbidsByHand === true)).toBe(forbids);
  });
});

describe('how old is too old', () => {
  const MINUTE = 60_000;
  test.each([
    [9 * MINUTE + 1, 9 * MINUTE, 'it is 9m 1s old, and at most 9m is allowed'],
    [2 * HOUR + 1, 2 * HOUR, 'it is 2h 1s old, and at most 2h is allowed'],
    [11 * MINUTE, 1500, 'it is 11m old, and at most 1s 500ms is allowed'],
    [50 * HOUR, 36 * HOUR, 'it is 2d 2h old, and at most 1d 12h is allowed'],
    [2000, 1000, 'it is 2s old, and at most 1s is allowed'],
  ])('%d ms where %d ms are allowed', (age, maxAge, reason) => {
    const check = checkRollback({ ...FACTS, maxAge, ...listed({ created: NOW - age }) });
    expect(reasons(check)).toEqual([reason]);
  });
});

describe('a snapshot that names no server', () => {
  const nameless = listed({ server: NAMELESS });

  test("is the step's own, as its marker says", () => {
    expect(checkRollback({ ...FACTS, ...nameless }).refusals).toEqual([]);
  });

  test.each([
    ['of another step', { key: OTHER_KEY }],
    ['without a marker', listed({ server: NAMELESS, description: null })],
  ])('%s is not restored', (_name, facts) => {
    expect(reasons(checkRollback({ ...FACTS, ...nameless, ...facts })).join()).toContain(
      'VPS.org names no server for it',
    );
  });
});
