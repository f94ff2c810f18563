import { decidePost, type Decision, type PostFacts } from '../../../../src/snapshots/policy.ts';

export const DEFAULTS: PostFacts = {
  policy: { onFailure: 'keep', onCancel: 'keep', onSuccess: 'keep', keepLast: 0, restoreIfGiven: false },
  succeeded: true,
  wasInterrupted: false,
  statusBefore: 'success',
  jobStatus: 'success',
  restoreIf: '',
  isRestoredByJob: false,
};

export type Outcome = Decision['action'] | 'keep, red' | 'keep, warning';

export function decide(facts: Partial<PostFacts>): Outcome {
  const decision = decidePost({ ...DEFAULTS, ...facts });
  return decision.action === 'keep' && decision.alarm !== 'none'
    ? `keep, ${decision.alarm}`
    : decision.action;
}

export const ANY = ['keep', 'restore', 'delete'] as const;
