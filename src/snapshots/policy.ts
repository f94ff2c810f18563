/** What the post step does: one pure decision over what main saved and how the job went (design §3.4). */

export type OnFailure = 'keep' | 'restore' | 'delete';
export type OnSuccess = 'keep' | 'delete';

export interface Policy {
  readonly onFailure: OnFailure;
  readonly onCancel: OnFailure;
  readonly onSuccess: OnSuccess;
  /** 0 = off. */
  readonly keepLast: number;
}

export interface PostFacts {
  readonly policy: Policy;
  /** Main saved "succeeded": every snapshot was made, and completed unless the user chose not to wait. */
  readonly succeeded: boolean;
  /** `job.status` as main read it. */
  readonly statusBefore: string;
  /** `job.status` as post reads it. */
  readonly jobStatus: string;
  /** `restore_if` as post reads it, trimmed. */
  readonly restoreIf: string;
}

export type Decision =
  | { readonly action: 'keep'; readonly why: string; readonly red?: boolean }
  | { readonly action: 'restore'; readonly why: string }
  | { readonly action: 'delete'; readonly why: string }
  | { readonly action: 'clean_up'; readonly why: string };

/** What `restore_if` says; `null` for anything that is no boolean. */
export function readRestoreIf(value: string): 'yes' | 'no' | 'unset' | null {
  if (value === '') return 'unset';
  if (/^(true|True|TRUE)$/.test(value)) return 'yes';
  if (/^(false|False|FALSE)$/.test(value)) return 'no';
  return null;
}

/** The rules 2 to 4 of design §3.4, in their order; the first that matches wins. */
export function decidePost(facts: PostFacts): Decision {
  const restoreIf = readRestoreIf(facts.restoreIf);
  if (!facts.succeeded) return decideUnfinished(facts, restoreIf === 'yes');
  if (restoreIf === null) {
    return {
      action: 'keep',
      red: true,
      why: `'restore_if' is ${JSON.stringify(facts.restoreIf)}, which is neither true nor false`,
    };
  }
  const { jobStatus } = facts;
  if (jobStatus !== 'success' && jobStatus !== 'failure' && jobStatus !== 'cancelled') {
    return { action: 'keep', why: `the job's status is ${JSON.stringify(jobStatus)}, which is unknown here` };
  }
  if (restoreIf === 'yes') return { action: 'restore', why: "'restore_if' is true" };
  if (jobStatus === 'success') {
    return { action: 'clean_up', why: `the job succeeded and 'on_success' is '${facts.policy.onSuccess}'` };
  }
  return decideFailed(facts, jobStatus, restoreIf === 'no');
}

function decideUnfinished(facts: PostFacts, restoreAsked: boolean): Decision {
  const deleted =
    (facts.jobStatus === 'failure' && facts.policy.onFailure === 'delete') ||
    (facts.jobStatus === 'cancelled' && facts.policy.onCancel === 'delete');
  const why = 'the snapshot step did not succeed, so no deploy could rely on its snapshot';
  if (deleted) return { action: 'delete', why };
  return { action: 'keep', why: `${why}; nothing is restored`, red: restoreAsked };
}

function decideFailed(
  facts: PostFacts,
  jobStatus: 'failure' | 'cancelled',
  restoreForbidden: boolean,
): Decision {
  const input = jobStatus === 'failure' ? 'on_failure' : 'on_cancel';
  const wanted = jobStatus === 'failure' ? facts.policy.onFailure : facts.policy.onCancel;
  const ended = jobStatus === 'failure' ? 'the job failed' : 'the job was cancelled or timed out';
  const note = restoreForbidden ? ", and 'restore_if' is false" : '';
  if (wanted !== 'restore') return { action: wanted, why: `${ended} and '${input}' is '${wanted}'${note}` };
  if (restoreForbidden) return { action: 'keep', why: `${ended}, but 'restore_if' is false` };
  if (facts.statusBefore === 'failure' || facts.statusBefore === 'cancelled') {
    return {
      action: 'keep',
      why: `the job had already ended as '${facts.statusBefore}' when the snapshot was taken, which says nothing about the deploy`,
    };
  }
  return { action: 'restore', why: `${ended} and '${input}' is 'restore'` };
}
