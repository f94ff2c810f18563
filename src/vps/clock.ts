/** Longest time in milliseconds that a timer of the runtime takes; a longer one would end at once. */
export const LONGEST_TIMER = 2 ** 31 - 1;

/** A longer pause is cut into slices, in milliseconds, so that somebody can say what is waited for. */
export const SLICE_MS = 10_000;

/** Sleeps `ms`, or until `signal` is aborted, and calls `beat` after each slice. */
export async function sleepInSlices(
  clock: Pick<Clock, 'sleep'>,
  ms: number,
  signal: AbortSignal,
  beat?: () => void,
): Promise<void> {
  for (let rest = ms; rest > 0 && !signal.aborted; rest -= SLICE_MS) {
    await clock.sleep(Math.min(rest, SLICE_MS), signal);
    beat?.();
  }
}

/** Time as the code sees it; tests pass a virtual one. */
export interface Clock {
  /** Monotonic milliseconds: for deadlines and pauses, never for ages. */
  now(): number;
  /** The machine's wall clock, epoch milliseconds: for names and for what people read. */
  wall(): number;
  /** Resolves after `ms`, or at once when `signal` is aborted; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
