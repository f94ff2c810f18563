import { type CompletionProofs } from '../../github/completion-proof.ts';
import { type Job } from '../../github/job.ts';
import { type Log } from '../../github/log.ts';
import { type GithubComment } from '../../github/comment.ts';
import { type Runner } from '../../github/runner.ts';
import { type Api } from '../../vps/api.ts';
import { type Clock } from '../../vps/clock.ts';
import { type Transport } from '../../vps/transport.ts';
import { CancelledError } from './errors.ts';

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
  /** Tells a rollback on GitHub; absent without a `github_token`. */
  readonly notice?: GithubComment | undefined;
  /** The job was cancelled: nothing new is sent. */
  readonly cancelled: AbortSignal;
}

/** Pauses; throws {@link CancelledError} when the job is or gets cancelled. */
export async function pause(deps: Pick<Deps, 'clock' | 'cancelled'>, ms: number): Promise<void> {
  if (!deps.cancelled.aborted) await deps.clock.sleep(ms, deps.cancelled);
  if (deps.cancelled.aborted) throw new CancelledError();
}
