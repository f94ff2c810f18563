import { CancelledError, describeFailure, FailedError } from './errors.ts';

/** How many servers are changed at a time: polite to the API, quick enough for a fleet. */
const CONCURRENCY = 3;

/** Runs work when there is room for it; after the first failure nothing new is started. */
export type Limiter = <T>(work: () => Promise<T>) => Promise<T>;

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
      return await work();
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
 * Waits for all of it, whatever fails, then throws what did. One cause that ended several counts once, and what was
 * not started because of it is none. A cancel ends all, so that it is thrown only where nothing else failed.
 */
export async function settleAll(work: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(work);
  const reasons: unknown[] = results
    .filter((result) => result.status === 'rejected')
    .map(({ reason }) => reason as unknown);
  const failures = new Set(
    reasons.filter((reason) => !(reason instanceof NotStartedError || reason instanceof CancelledError)),
  );
  const [first] = failures;
  if (failures.size > 1)
    throw new FailedError('Several servers failed', [...failures].map(describeFailure).join('\n'));
  if (failures.size > 0) throw first;
  if (reasons.some((reason) => reason instanceof CancelledError)) throw new CancelledError();
}
