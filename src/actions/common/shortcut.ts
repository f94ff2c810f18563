import { type Limits } from '../../vps/api.ts';
import { isLimited, VpsError } from '../../vps/errors.ts';
import { type Deps } from './deps.ts';
import { createSharedRead, type SharedValue } from './shared-read.ts';

/** One read for all, which saves requests where it works, and must not hold up what can be read one by one. */
export interface Shortcut<T> {
  /** `null` where it does not answer in time, or is not taken any more. */
  read(newerThan: number, limits: Limits): Promise<SharedValue<T> | null>;
  /** After `null` the same was read one by one: it is not all of the API that does not answer. */
  noteDetour(): void;
}

/** What has failed so often in a row, while others were answered, is not tried again. */
const MOST_FAILURES = 2;

/**
 * The read has to answer within the schedule's span; how long the API makes requests wait that are too many is not part
 * of it.
 */
export function createShortcut<T>(
  read: (limits: Limits) => Promise<T>,
  { clock, schedule }: Pick<Deps, 'clock' | 'schedule'>,
): Shortcut<T> {
  const shared = createSharedRead((limits) => read({ ...limits, patience: 'at_once' }), clock);
  let failures = 0;
  /** The last failure; the same for all who waited for the one read. */
  let failure: VpsError | null = null;

  async function readInTime(newerThan: number, limits: Limits): Promise<SharedValue<T>> {
    try {
      return await shared(newerThan, {
        ...limits,
        until: Math.min(limits.until, clock.now() + schedule.span('sharedRead')),
      });
    } catch (error) {
      // It was not sent: the API limits the requests, and one for each server would only be more of them.
      if (!isLimited(error) || clock.now() >= limits.until) throw error;
      return await shared(newerThan, limits);
    }
  }

  return {
    async read(newerThan, limits) {
      if (failures >= MOST_FAILURES) return null;
      try {
        const value = await readInTime(newerThan, limits);
        failure = null;
        failures = 0;
        return value;
      } catch (error) {
        if (!(error instanceof VpsError) || error.kind === 'cancelled') throw error;
        failure = error;
        return null;
      }
    },
    noteDetour() {
      // What is not there will not be there later.
      if (failure !== null) failures += failure.status === 404 ? MOST_FAILURES : 1;
      failure = null;
    },
  };
}
