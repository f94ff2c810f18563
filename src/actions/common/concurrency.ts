import { describeError } from '../../github/log.ts';
import { FailedError } from './errors.ts';

/** How many servers are worked on at a time: polite to the API, quick enough for a fleet. */
const CONCURRENCY = 3;

/**
 * Runs `work` for each item side by side. After the first failure nothing new is started; what has started is
 * waited for, then what failed is thrown.
 */
export async function forEachConcurrently<T>(
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
