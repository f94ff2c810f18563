import { type Limits } from '../../vps/api.ts';
import { type Clock } from '../../vps/clock.ts';

export interface SharedValue<T> {
  readonly value: T;
  /** When its request began (monotonic): it shows nothing that happened later. */
  readonly readAt: number;
}

/** Gives a value whose request began after `newerThan` (monotonic milliseconds). */
export type SharedRead<T> = (newerThan: number, limits: Limits) => Promise<SharedValue<T>>;

/** One read for all who ask at the same time: whoever can use what another one reads gets that. */
export function createSharedRead<T>(
  read: (limits: Limits) => Promise<T>,
  clock: Pick<Clock, 'now'>,
): SharedRead<T> {
  let latest: { readonly readAt: number; readonly value: Promise<T> } | null = null;
  return async (newerThan, limits) => {
    if (latest === null || latest.readAt <= newerThan) {
      const mine = { readAt: clock.now(), value: read(limits) };
      latest = mine;
      // What failed is nothing that the next one could use.
      mine.value.catch(() => {
        if (latest === mine) latest = null;
      });
    }
    const { readAt, value } = latest;
    return { value: await value, readAt };
  };
}
