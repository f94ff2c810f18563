import { type Limits } from '../../vps/api.ts';
import { sleepInSlices } from '../../vps/clock.ts';
import { isTransient, VpsError } from '../../vps/errors.ts';
import { type RefusalPatience } from '../../vps/client/retry.ts';
import { type Deps } from './deps.ts';
import { CancelledError } from './errors.ts';

/** What a poll works with. */
export type PollDeps = Pick<Deps, 'clock' | 'cancelled' | 'until'>;

export interface Poll<T, R> {
  readonly read: (limits: Limits) => Promise<T>;
  /** What a value means at `now` (monotonic): the end of the poll, or `null` to go on. */
  readonly decide: (value: T, now: number) => R | null | Promise<R | null>;
  /** Milliseconds until the next read. */
  readonly pause: () => number;
  /** With `never` every failure but a cancel is ridden out; else a refusal that stands is thrown. */
  readonly patience?: RefusalPatience;
  /** The longest that one read may take, where something has to be done although nothing can be read. */
  readonly readTime?: number;
  /** How long the last read may take after the budget; as long as it usually may, where nothing is said. */
  readonly overtime?: number;
  /** A read that failed and will be repeated. */
  readonly onMiss?: (failure: VpsError) => R | null | Promise<R | null>;
  /** Called at least every 10 s while nothing is read. */
  readonly beat?: () => void;
}

/** `failure` is why the last read had no answer, where it had none. */
export type Polled<R> =
  | { readonly kind: 'done'; readonly value: R }
  | { readonly kind: 'timeout'; readonly failure: VpsError | null };

/** A last read after the budget may take this long: what is done by then is no failure. */
const LAST_READ_MS = 2_000;

/**
 * Reads until a value ends the poll or the budget is over. Outages are ridden out; the last read may begin when the
 * budget ends. Throws {@link CancelledError}, and a {@link VpsError} for a refusal that stood.
 */
export async function poll<T, R>(deps: PollDeps, options: Poll<T, R>): Promise<Polled<R>> {
  const { clock, until } = deps;
  const { patience, readTime = Number.POSITIVE_INFINITY, overtime = LAST_READ_MS } = options;
  for (;;) {
    const now = clock.now();
    const end = Math.min(Math.max(until, now + overtime), now + readTime);
    let failure: VpsError | null = null;
    let result: R | null;
    try {
      const value = await options.read({ until: end, patience });
      result = await options.decide(value, clock.now());
    } catch (error) {
      if (deps.cancelled.aborted) throw new CancelledError();
      if (!(error instanceof VpsError) || !(patience === 'never' || isTransient(error))) throw error;
      failure = error;
      result = (await options.onMiss?.(error)) ?? null;
    }
    if (result !== null) return { kind: 'done', value: result };
    const rest = until - clock.now();
    if (rest <= 0) return { kind: 'timeout', failure };
    options.beat?.();
    await pause(deps, Math.min(options.pause(), rest), options.beat);
  }
}

/**
 * Pauses, and calls `beat` meanwhile, so that a long pause is no silence. Throws {@link CancelledError} when the job
 * is or gets cancelled.
 */
export async function pause(
  { clock, cancelled }: Pick<Deps, 'clock' | 'cancelled'>,
  ms: number,
  beat?: () => void,
): Promise<void> {
  await sleepInSlices(clock, ms, cancelled, beat);
  if (cancelled.aborted) throw new CancelledError();
}
