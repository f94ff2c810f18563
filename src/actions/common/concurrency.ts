import { describeError } from '../../github/log.ts';
import { CancelledError, FailedError } from './errors.ts';

/** How many servers are changed at a time: polite to the API, quick enough for a fleet. */
const CONCURRENCY = 3;

/** Runs work when there is room for it; after the first failure nothing new is started. */
export type Limiter = (work: () => Promise<void>) => Promise<void>;

/** Work that was not started because other work had failed. */
export class NotStartedError extends Error {
  override readonly name = 'NotStartedError';
}

export function createLimiter(): Limiter {
  const waiting: (() => void)[] = [];
  let running = 0;
  let hasFailed = false;
  return async (work) => {
    if (running >= CONCURRENCY) await new Promise<void>((resolve) => waiting.push(resolve));
    running += 1;
    try {
      if (hasFailed) throw new NotStartedError('not started, because another server failed');
      await work();
    } catch (error) {
      hasFailed = true;
      throw error;
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };
}

/**
 * Waits for all of it, whatever fails, then throws what did. One cause that ended several counts once, as a cancel does,
 * and what was not started because of it is none.
 */
export async function settleAll(work: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(work);
  const reasons = results.flatMap((result) =>
    result.status === 'rejected' && !(result.reason instanceof NotStartedError)
      ? [result.reason as unknown]
      : [],
  );
  const failures = [...new Set(reasons)].filter((reason) => !(reason instanceof CancelledError));
  const [first] = failures.length > 0 ? failures : reasons;
  if (failures.length > 1)
    throw new FailedError('Several servers failed', failures.map(describeError).join('\n'));
  if (first !== undefined) throw first;
}
