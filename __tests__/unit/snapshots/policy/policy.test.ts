import { describe, expect, test } from '@jest/globals';
import {
  decidePost,
  mayRestore,
  readRestoreIf,
  type Policy,
  type PostFacts,
} from '../../../../src/snapshots/policy.ts';
import { decide, DEFAULTS, type ANY, type Outcome } from './policy-stand.ts';

/**
 * Rule 4 of `docs/how-it-works/post-step.md`, "The decision table". `wanted` is `on_failure` for a
 * failed job and `on_cancel` for a cancelled one.
 */
const TABLE: readonly (readonly [
  status: string,
  restoreIf: string,
  wanted: (typeof ANY)[number],
  outcome: Outcome,
])[] = [
  ['success', '', 'keep', 'clean_up'],
  ['success', '', 'restore', 'clean_up'],
  ['success', '', 'delete', 'clean_up'],
  ['success', 'false', 'keep', 'clean_up'],
  ['success', 'false', 'restore', 'clean_up'],
  ['success', 'false', 'delete', 'clean_up'],
  ['success', 'true', 'keep', 'restore'],
  ['success', 'true', 'restore', 'restore'],
  ['success', 'true', 'delete', 'restore'],
  ['failure', '', 'keep', 'keep, warning'],
  ['failure', '', 'restore', 'restore'],
  ['failure', '', 'delete', 'delete'],
  ['failure', 'false', 'keep', 'keep'],
  ['failure', 'false', 'restore', 'keep'],
  ['failure', 'false', 'delete', 'delete'],
  ['failure', 'true', 'keep', 'restore'],
  ['failure', 'true', 'restore', 'restore'],
  ['failure', 'true', 'delete', 'restore'],
  ['cancelled', '', 'keep', 'keep, warning'],
  ['cancelled', '', 'restore', 'restore'],
  ['cancelled', '', 'delete', 'delete'],
  ['cancelled', 'false', 'keep', 'keep'],
  ['cancelled', 'false', 'restore', 'keep'],
  ['cancelled', 'false', 'delete', 'delete'],
  ['cancelled', 'true', 'keep', 'restore'],
  ['cancelled', 'true', 'restore', 'restore'],
  ['cancelled', 'true', 'delete', 'restore'],
  ['', 'true', 'keep', 'keep, red'],
  ['', '', 'restore', 'keep, red'],
  ['', '', 'keep', 'keep'],
  ['skipped', 'true', 'delete', 'keep, red'],
  ['skipped', '', 'restore', 'keep, red'],
  ['skipped', 'false', 'restore', 'keep, red'],
  ['skipped', '', 'delete', 'keep'],
  ['Success', 'true', 'restore', 'keep, red'],
  ['Success', '', 'keep', 'keep'],
  ['canceled', '', 'restore', 'keep, red'],
  ['canceled', 'false', 'delete', 'keep'],
];

/** The policy of the row: the option that the status asks for says `wanted`, and the other something else. */
function policyFor(status: string, wanted: (typeof ANY)[number]): PostFacts['policy'] {
  const other = wanted === 'keep' ? 'restore' : 'keep';
  const isCancel = status === 'cancelled';
  return {
    ...DEFAULTS.policy,
    onFailure: isCancel ? other : wanted,
    onCancel: isCancel ? wanted : status === 'failure' ? other : wanted,
  };
}

describe('main succeeded', () => {
  test.each(TABLE)('job %j, restore_if %j, wanted %s: %s', (jobStatus, restoreIf, wanted, outcome) => {
    expect(decide({ jobStatus, restoreIf, policy: policyFor(jobStatus, wanted) })).toBe(outcome);
  });

  test.each(['failure', 'cancelled'])('the job had already ended as %s when main ran', (statusBefore) => {
    for (const [jobStatus, restoreIf, wanted, outcome] of TABLE) {
      // That failure says nothing about the deploy, so that only `restore_if` restores.
      const expected = outcome === 'restore' && restoreIf !== 'true' ? 'keep, warning' : outcome;
      const decided = decide({ jobStatus, restoreIf, statusBefore, policy: policyFor(jobStatus, wanted) });
      expect([jobStatus, restoreIf, wanted, decided]).toEqual([jobStatus, restoreIf, wanted, expected]);
    }
  });

  test.each(['junk', 'yes', '1', 'tRUE', ' true', 'true\n', 'failure', '${{ x }}'])(
    'restore_if %j is neither true, false nor empty: keep, red',
    (restoreIf) => {
      for (const [jobStatus, , wanted] of TABLE) {
        expect(decide({ jobStatus, restoreIf, policy: policyFor(jobStatus, wanted) })).toBe('keep, red');
      }
    },
  );
});

describe('restore_if is empty although main saw one, as in a nested composite action', () => {
  const given = (fields: Partial<Policy>): Policy => ({
    ...DEFAULTS.policy,
    restoreIfGiven: true,
    ...fields,
  });

  test.each<[string, Partial<Policy>, Outcome]>([
    ['success', {}, 'keep, warning'],
    ['success', { onSuccess: 'delete' }, 'keep, warning'],
    ['success', { keepLast: 3 }, 'keep, warning'],
    ['failure', {}, 'keep, red'],
    ['failure', { onFailure: 'restore' }, 'keep, red'],
    ['failure', { onFailure: 'delete' }, 'keep, red'],
    ['cancelled', {}, 'keep, red'],
    ['cancelled', { onCancel: 'delete' }, 'keep, red'],
    ['', {}, 'keep, red'],
    ['skipped', {}, 'keep, red'],
  ])('job %j, %j: %s', (jobStatus, fields, outcome) => {
    expect(decide({ jobStatus, policy: given(fields) })).toBe(outcome);
  });

  test.each<[string, string, Outcome]>([
    ['success', 'true', 'restore'],
    ['success', 'false', 'clean_up'],
    ['failure', 'true', 'restore'],
    ['failure', 'false', 'keep'],
    ['cancelled', 'true', 'restore'],
    ['cancelled', 'false', 'keep'],
    ['skipped', 'false', 'keep, red'],
  ])('not when it says something: job %j, restore_if %j: %s', (jobStatus, restoreIf, outcome) => {
    expect(decide({ jobStatus, restoreIf, policy: given({}) })).toBe(outcome);
  });
});

describe('a restore that was configured and does not come is worth a warning', () => {
  test.each<[string, string, Partial<Policy>, Outcome]>([
    ['on_failure alone, after a cancel', 'cancelled', { onFailure: 'restore' }, 'keep, warning'],
    ['on_cancel alone, after a failure', 'failure', { onCancel: 'restore' }, 'keep, warning'],
    ['not where none was configured', 'failure', {}, 'keep'],
    ['not after a success', 'success', { onFailure: 'restore' }, 'clean_up'],
    [
      'not where the snapshot is deleted',
      'cancelled',
      { onFailure: 'restore', onCancel: 'delete' },
      'delete',
    ],
  ])('%s', (_name, jobStatus, policy, outcome) => {
    expect(decide({ jobStatus, policy: { ...DEFAULTS.policy, ...policy } })).toBe(outcome);
  });

  test.each<[Partial<Policy>, boolean]>([
    [{}, false],
    [{ onSuccess: 'delete', keepLast: 3 }, false],
    [{ onFailure: 'delete', onCancel: 'delete' }, false],
    [{ onFailure: 'restore' }, true],
    [{ onCancel: 'restore' }, true],
    [{ restoreIfGiven: true }, true],
  ])('configured by %j: %s', (policy, expected) => {
    expect(mayRestore({ ...DEFAULTS.policy, ...policy })).toBe(expected);
  });
});

describe('main did not succeed: nothing is restored', () => {
  test.each<[string, (typeof ANY)[number], (typeof ANY)[number], Outcome]>([
    ['success', 'delete', 'delete', 'keep'],
    ['success', 'restore', 'restore', 'keep'],
    ['failure', 'keep', 'delete', 'keep'],
    ['failure', 'restore', 'restore', 'keep'],
    ['failure', 'delete', 'keep', 'delete'],
    ['cancelled', 'delete', 'keep', 'keep'],
    ['cancelled', 'restore', 'restore', 'keep'],
    ['cancelled', 'keep', 'delete', 'delete'],
    ['skipped', 'delete', 'delete', 'keep'],
    ['', 'delete', 'delete', 'keep'],
  ])('job %j, on_failure %s, on_cancel %s: %s', (jobStatus, onFailure, onCancel, outcome) => {
    const policy = { ...DEFAULTS.policy, onFailure, onCancel };
    for (const restoreIf of ['', 'false', 'junk']) {
      expect(decide({ jobStatus, restoreIf, policy, succeeded: false })).toBe(outcome);
    }
  });

  test.each(['success', 'failure', 'cancelled', 'skipped', ''])(
    'a restore that restore_if asks for is refused in red: job %j',
    (jobStatus) => {
      expect(decide({ jobStatus, restoreIf: 'true', succeeded: false })).toBe('keep, red');
    },
  );

  test('a delete that is asked for as well is done: rule 2 comes before what restore_if says', () => {
    const policy = { ...DEFAULTS.policy, onFailure: 'delete' } as const;
    expect(decide({ jobStatus: 'failure', restoreIf: 'true', policy, succeeded: false })).toBe('delete');
  });

  test('on_success: delete deletes nothing', () => {
    expect(decide({ succeeded: false, policy: { ...DEFAULTS.policy, onSuccess: 'delete' } })).toBe('keep');
  });
});

describe('after a restore by a step of this job', () => {
  test.each<[string, Partial<PostFacts>]>([
    ['on_success: delete', { policy: { ...DEFAULTS.policy, onSuccess: 'delete' } }],
    ['keep_last', { policy: { ...DEFAULTS.policy, keepLast: 1 } }],
    ['on_failure: delete', { jobStatus: 'failure', policy: { ...DEFAULTS.policy, onFailure: 'delete' } }],
    [
      'on_cancel: delete, unfinished',
      { jobStatus: 'cancelled', succeeded: false, policy: { ...DEFAULTS.policy, onCancel: 'delete' } },
    ],
  ])('nothing is deleted by %s', (_name, given) => {
    expect(decide({ ...given, isRestoredByJob: true })).toBe('keep');
    expect(decide(given)).not.toBe('keep');
  });
});

describe('the reason names what decided', () => {
  test.each<[string, Partial<PostFacts>, RegExp]>([
    ['restore_if', { restoreIf: 'true' }, /'restore_if' is true/],
    ['an unreadable restore_if', { restoreIf: 'maybe' }, /'restore_if' is "maybe"/],
    [
      'a restore_if that was lost',
      { policy: { ...DEFAULTS.policy, restoreIfGiven: true } },
      /'restore_if' was given and is empty now/,
    ],
    ['success', {}, /the job succeeded/],
    ['an unknown status', { jobStatus: 'skipped' }, /"skipped", which this action does not know/],
    ['a failure', { jobStatus: 'failure' }, /the job failed and 'on_failure' is 'keep'$/],
    [
      'a failure that restore_if does not mean',
      { jobStatus: 'failure', restoreIf: 'false' },
      /the job failed and 'on_failure' is 'keep', and 'restore_if' is false$/,
    ],
    ['a cancel or time-out', { jobStatus: 'cancelled' }, /cancelled or timed out and 'on_cancel' is 'keep'/],
    [
      'restore_if against on_failure',
      { jobStatus: 'failure', restoreIf: 'false', policy: { ...DEFAULTS.policy, onFailure: 'restore' } },
      /but 'restore_if' is false/,
    ],
    [
      'a failure before the snapshot',
      { jobStatus: 'failure', statusBefore: 'failure', policy: { ...DEFAULTS.policy, onFailure: 'restore' } },
      /already 'failure' when the snapshot was taken/,
    ],
    ['a main that was cut off', { succeeded: false }, /^the snapshot step did not succeed, so no deploy/],
    ['a main that failed', { succeeded: false, jobStatus: 'failure' }, /^the snapshot step failed, so/],
    [
      'a main that its own time-out ended',
      { succeeded: false, wasInterrupted: true, jobStatus: 'failure' },
      /^the snapshot step's own time-out ended it, so/,
    ],
    [
      'the same, which the job goes on after',
      { succeeded: false, wasInterrupted: true },
      /^the snapshot step's own time-out ended it, so/,
    ],
    [
      'a main that a cancel or the time-out of the job ended',
      { succeeded: false, wasInterrupted: true, jobStatus: 'cancelled' },
      /^the job was cancelled or timed out before the snapshot step succeeded, so/,
    ],
  ])('%s', (_name, given, reason) => {
    expect(decidePost({ ...DEFAULTS, ...given }).reason).toMatch(reason);
  });
});

test.each([
  ['', 'unset'],
  ['true', 'yes'],
  ['True', 'yes'],
  ['TRUE', 'yes'],
  ['false', 'no'],
  ['False', 'no'],
  ['FALSE', 'no'],
  ['tRue', null],
  ['true ', null],
  ['yes', null],
  ['0', null],
  ['truefalse', null],
  ['null', null],
  ['false positive', null],
  ['a false', null],
  ['true false', null],
  ['truely', null],
  ['untrue', null],
])('restore_if %j says %s', (text, meaning) => {
  expect(readRestoreIf(text)).toBe(meaning);
});
