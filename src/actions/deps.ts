import { type Evidence } from '../github/evidence.ts';
import { type Job } from '../github/job.ts';
import { describeError, type Log } from '../github/log.ts';
import { type Notice } from '../github/notice.ts';
import { type Runner } from '../github/runner.ts';
import { type Api } from '../vps/api.ts';
import { type Clock } from '../vps/clock.ts';
import { type Transport } from '../vps/transport.ts';

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
  readonly evidence: Evidence;
  /** Tells a rollback on GitHub; absent without a `github_token`. */
  readonly notice?: Notice | undefined;
  /** The job was cancelled: nothing new is sent. */
  readonly cancelled: AbortSignal;
}

/** The use case ends because the job was cancelled. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';

  constructor() {
    super('The job was cancelled');
  }
}

/** Pauses; throws {@link CancelledError} when the job is or gets cancelled. */
export async function pause(deps: Pick<Deps, 'clock' | 'cancelled'>, ms: number): Promise<void> {
  if (!deps.cancelled.aborted) await deps.clock.sleep(ms, deps.cancelled);
  if (deps.cancelled.aborted) throw new CancelledError();
}

/** A use case that ends red for a reason that is already told in full. */
export class FailedError extends Error {
  override readonly name = 'FailedError';
  /** Title of the annotation. */
  readonly title: string;

  constructor(title: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.title = title;
  }
}

/** How many servers are worked on at a time: polite to the API, quick enough for a fleet. */
const CONCURRENCY = 3;

/**
 * Runs `work` for each item side by side. After the first failure nothing new is begun; what has begun is
 * waited for, then what failed is thrown.
 */
export async function forEachSideBySide<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined && failures.length === 0; item = queue.shift()) {
      try {
        await work(item);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  if (failures.length > 1)
    throw new FailedError('Several servers failed', failures.map(describeError).join('\n'));
  if (failures.length > 0) throw failures[0];
}
