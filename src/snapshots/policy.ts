/**
 * What the post step does: one pure decision over what main saved and how the job went. The numbers of the rules are
 * those of `docs/how-it-works/post-step.md`, "The decision table".
 */

export type OnFailure = 'keep' | 'restore' | 'delete';
export type OnSuccess = 'keep' | 'delete';

export interface Policy {
  readonly onFailure: OnFailure;
  readonly onCancel: OnFailure;
  readonly onSuccess: OnSuccess;
  /** 0 = off. */
  readonly keepLast: number;
  /** Main saw a `restore_if`. */
  readonly restoreIfGiven: boolean;
}

export interface PostFacts {
  readonly policy: Policy;
  /** Main saved "succeeded": every snapshot was made, and completed unless the user chose not to wait. */
  readonly succeeded: boolean;
  /** A signal ended main. */
  readonly wasInterrupted: boolean;
  /** `job.status` as main read it. */
  readonly statusBefore: string;
  /** `job.status` as post reads it. */
  readonly jobStatus: string;
  /** `restore_if` as post reads it, trimmed. */
  readonly restoreIf: string;
  /** A step of this job has requested a restore of one of the servers. */
  readonly isRestoredByJob: boolean;
}

export type Decision =
  | {
      readonly action: 'keep';
      readonly reason: string;
      /** `red` a restore was asked for and cannot be decided · `warning` the user should know · `none`. */
      readonly alarm: 'red' | 'warning' | 'none';
    }
  | { readonly action: 'restore'; readonly reason: string }
  | { readonly action: 'delete'; readonly reason: string }
  | { readonly action: 'clean_up'; readonly reason: string };

/** Whether the job's end may bring a restore. */
export function mayRestore(policy: Pick<Policy, 'onFailure' | 'onCancel' | 'restoreIfGiven'>): boolean {
  return policy.onFailure === 'restore' || policy.onCancel === 'restore' || policy.restoreIfGiven;
}

/** What `restore_if` says; `null` for anything that is no boolean. */
export function readRestoreIf(value: string): 'yes' | 'no' | 'unset' | null {
  if (value === '') return 'unset';
  if (/^(true|True|TRUE)$/.test(value)) return 'yes';
  if (/^(false|False|FALSE)$/.test(value)) return 'no';
  return null;
}

/** Rules 2 to 4 in their order; the first that matches wins. Rules 0 and 1 are about the saved state alone. */
export function decidePost(facts: PostFacts): Decision {
  const restoreIf = readRestoreIf(facts.restoreIf);
  const decision = facts.succeeded
    ? (decideUnreadable(facts, restoreIf) ?? decideFinished(facts, restoreIf))
    : decideUnfinished(facts, restoreIf === 'yes');
  const isDeletion = decision.action === 'delete' || decision.action === 'clean_up';
  if (!isDeletion || !facts.isRestoredByJob) return decision;
  return {
    action: 'keep',
    alarm: 'none',
    reason: `${decision.reason}, but a step of this job has requested a restore of the server, and after a restore nothing is deleted`,
  };
}

/** Rule 2: main did not succeed, so nothing is restored. */
function decideUnfinished(facts: PostFacts, isRestoreAsked: boolean): Decision {
  const isDeleting =
    (facts.jobStatus === 'failure' && facts.policy.onFailure === 'delete') ||
    (facts.jobStatus === 'cancelled' && facts.policy.onCancel === 'delete');
  const reason = `${describeEnd(facts)}, so no deploy could rely on its snapshot`;
  if (isDeleting) return { action: 'delete', reason };
  return { action: 'keep', reason, alarm: isRestoreAsked ? 'red' : 'none' };
}

/** Why main did not succeed: a signal says only that it was to end, and the job's status by what. */
function describeEnd({ jobStatus, wasInterrupted }: PostFacts): string {
  if (jobStatus === 'cancelled')
    return 'the job was cancelled or timed out before the snapshot step succeeded';
  if (wasInterrupted) return "the snapshot step's own time-out ended it";
  return jobStatus === 'failure' ? 'the snapshot step failed' : 'the snapshot step did not succeed';
}

/** Rule 3: what decides about a restore cannot be read. */
function decideUnreadable(facts: PostFacts, restoreIf: ReturnType<typeof readRestoreIf>): Decision | null {
  const { jobStatus, policy } = facts;
  if (restoreIf === null) {
    return {
      action: 'keep',
      alarm: 'red',
      reason: `'restore_if' is ${JSON.stringify(facts.restoreIf)}, which is neither true nor false (write it like \${{ steps.deploy.outcome == 'failure' }})`,
    };
  }
  if (restoreIf === 'unset' && policy.restoreIfGiven) {
    return {
      action: 'keep',
      alarm: jobStatus === 'success' ? 'warning' : 'red',
      reason:
        "'restore_if' was given and is empty now, as in a nested composite action, so nobody can tell whether the deploy failed",
    };
  }
  if (!['success', 'failure', 'cancelled'].includes(jobStatus)) {
    return {
      action: 'keep',
      alarm: mayRestore(policy) || restoreIf === 'yes' ? 'red' : 'none',
      reason: `the job's status is ${JSON.stringify(jobStatus)}, which this action does not know`,
    };
  }
  return null;
}

/** Rule 4: the table of job status and `restore_if`. */
function decideFinished(facts: PostFacts, restoreIf: ReturnType<typeof readRestoreIf>): Decision {
  const { jobStatus, policy } = facts;
  if (restoreIf === 'yes') return { action: 'restore', reason: "'restore_if' is true" };
  if (jobStatus === 'success') {
    return { action: 'clean_up', reason: `the job succeeded and 'on_success' is '${policy.onSuccess}'` };
  }
  const hasFailed = jobStatus === 'failure';
  const input = hasFailed ? 'on_failure' : 'on_cancel';
  const wanted = hasFailed ? policy.onFailure : policy.onCancel;
  const ended = hasFailed ? 'the job failed' : 'the job was cancelled or timed out';
  const isForbidden = restoreIf === 'no';
  const note = isForbidden ? ", and 'restore_if' is false" : '';
  if (wanted === 'delete') return { action: 'delete', reason: `${ended} and '${input}' is 'delete'${note}` };
  // A restore that is configured and does not come is worth a warning: somebody may count on it.
  const alarm = mayRestore(policy) && !isForbidden ? 'warning' : 'none';
  if (wanted === 'keep') return { action: 'keep', alarm, reason: `${ended} and '${input}' is 'keep'${note}` };
  if (isForbidden) return { action: 'keep', alarm, reason: `${ended}, but 'restore_if' is false` };
  if (facts.statusBefore === 'failure' || facts.statusBefore === 'cancelled') {
    return {
      action: 'keep',
      alarm,
      reason: `the job's status was already '${facts.statusBefore}' when the snapshot was taken, which says nothing about the deploy`,
    };
  }
  return { action: 'restore', reason: `${ended} and '${input}' is 'restore'` };
}
