import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decidePost, mayRestore, readRestoreIf, type PostFacts } from '../../../../src/snapshots/policy.ts';
import { ANY, decide } from './policy-stand.ts';

const facts = fc.record<PostFacts>({
  policy: fc.record({
    onFailure: fc.constantFrom(...ANY),
    onCancel: fc.constantFrom(...ANY),
    onSuccess: fc.constantFrom('keep', 'delete'),
    keepLast: fc.nat(5),
    restoreIfGiven: fc.boolean(),
  }),
  succeeded: fc.boolean(),
  wasInterrupted: fc.boolean(),
  statusBefore: fc.constantFrom('success', 'failure', 'cancelled', ''),
  jobStatus: fc.oneof(fc.constantFrom('success', 'failure', 'cancelled'), fc.string()),
  restoreIf: fc.oneof(fc.constantFrom('', 'true', 'True', 'false', 'FALSE'), fc.string()),
  isRestoredByJob: fc.boolean(),
});

describe('whatever the facts', () => {
  test('a restore was asked for, and main had succeeded', () => {
    fc.assert(
      fc.property(facts, (given) => {
        fc.pre(decidePost(given).action === 'restore');
        const { policy, jobStatus, restoreIf, statusBefore } = given;
        const byInput = readRestoreIf(restoreIf) === 'yes';
        const option = { failure: policy.onFailure, cancelled: policy.onCancel }[jobStatus];
        const byOption =
          restoreIf === '' &&
          !policy.restoreIfGiven &&
          option === 'restore' &&
          !/failure|cancelled/.test(statusBefore);
        expect([given.succeeded, byInput || byOption]).toEqual([true, true]);
      }),
    );
  });

  test('what is uncertain, where a restore may be wanted, is red or at least said', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const { policy, jobStatus, restoreIf } = given;
        const isUnknown =
          readRestoreIf(restoreIf) === null ||
          (restoreIf === '' && policy.restoreIfGiven) ||
          (!['success', 'failure', 'cancelled'].includes(jobStatus) && mayRestore(policy));
        fc.pre(given.succeeded && isUnknown);
        expect(decide(given)).toBe(
          jobStatus === 'success' && readRestoreIf(restoreIf) === 'unset' ? 'keep, warning' : 'keep, red',
        );
      }),
    );
  });

  test('a successful job deletes nothing but by its own clean-up, and every decision has a reason', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const { action, reason } = decidePost(given);
        expect(reason).not.toBe('');
        expect(given.jobStatus === 'success' && action === 'delete').toBe(false);
        expect(action === 'clean_up' && given.jobStatus !== 'success').toBe(false);
      }),
    );
  });
});
