import { type CompletionProofs } from '../../github/job-files/completion-proof.ts';
import { type DeletionRecords } from '../../github/job-files/deletion-record.ts';
import { type GithubComment } from '../../github/comment.ts';
import { type Job } from '../../github/job.ts';
import { type Log } from '../../github/log.ts';
import { type RestoreRecords } from '../../github/job-files/restore-record.ts';
import { type Runner } from '../../github/runner.ts';
import { type Schedule } from '../../snapshots/polling/schedule.ts';
import { type Api } from '../../vps/api.ts';
import { type Clock } from '../../vps/clock.ts';
import { type Transport } from '../../vps/transport.ts';

/** Everything with an effect that a use case may use; tests pass their own. */
export interface Deps {
  readonly clock: Clock;
  readonly api: Api;
  /** For health checks: carries no token. */
  readonly health: Transport;
  /** A random UUID. */
  readonly newKey: () => string;
  readonly job: Job;
  readonly log: Log;
  readonly runner: Runner;
  readonly completionProofs: CompletionProofs;
  readonly restoreRecords: RestoreRecords;
  readonly deletionRecords: DeletionRecords;
  /** Posts a comment about a rollback on GitHub; absent without a `github_token`. */
  readonly comment?: GithubComment | undefined;
  /** This machine's own addresses. */
  readonly ownAddresses: ReadonlySet<string>;
  /** The job was cancelled: nothing new is sent. */
  readonly cancelled: AbortSignal;
  readonly schedule: Schedule;
  /** Monotonic milliseconds: the end of the budget of what is being done. */
  readonly until: number;
}

/** The same with a budget of `ms` from now on, and never more than what there is. */
export function within<T extends Pick<Deps, 'clock' | 'until'>>(deps: T, ms: number): T {
  return { ...deps, until: Math.min(deps.until, deps.clock.now() + ms) };
}
