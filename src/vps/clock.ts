/** Longest time in milliseconds that a timer of the runtime takes; a longer one would end at once. */
export const LONGEST_TIMER = 2 ** 31 - 1;

/** Time as the code sees it; tests pass a virtual one. */
export interface Clock {
  /** Monotonic milliseconds: for deadlines and pauses, never for ages. */
  now(): number;
  /** The machine's wall clock, epoch milliseconds: for names and for what people read. */
  wall(): number;
  /** Resolves after `ms`, or at once when `signal` is aborted; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
