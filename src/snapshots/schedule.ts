/** How long to pause before the next look (design §2.1 `poll_interval`, §3.3). All in milliseconds. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** A pause while something is in doubt; the spans that the design gives as "looks" are counted in these. */
const DOUBT_PAUSE = 3 * SECOND;
const SPARSE_PAUSE = 15 * SECOND;
const DENSE_PAUSE = 4 * SECOND;
const HEALTH_PAUSE = 5 * SECOND;

/** Spans counted in looks, so that they shrink with `poll_interval`: 10 looks 3 s apart are 30 s. */
export const POLL_LIMITS = {
  /** Absent from complete lists this often after a lost answer: the request was not carried out. */
  unclearCreate: 5,
  /** The same after a time-out or a 504: the server may still be at work on it. */
  slowCreate: 20,
  /** A snapshot once seen, then missing: gone (30 s). */
  gone: 10,
  /** An accepted snapshot that no list shows (2 min). */
  neverListed: 40,
  /** A restore that nothing shows to have started (2 min). */
  begin: 40,
  /** An unclear answer to a restore (60 s). */
  unclearRestore: 20,
  /** Tries to create after a rotation, while the API still says that the server is full (60 s). */
  slotFreed: 20,
  /** Requests to start a server whose state cannot be read (60 s). */
  unseenStart: 20,
  /** `active` seen this often after an unanswered stop request: the stop did not happen (30 s). */
  stillActive: 10,
} as const;

/** When the documented work usually ends, counted from its start: 3–10 and 5–15 minutes [D]. */
const EXPECTED = {
  snapshot: { from: 3 * MINUTE, to: 10 * MINUTE },
  restore: { from: 5 * MINUTE, to: 15 * MINUTE },
} as const;

/** The pauses of one step: the documented schedule, or the user's `poll_interval` in place of every pause. */
export interface Schedule {
  /** Before the next look at running work that began `elapsed` ms ago. */
  work(kind: keyof typeof EXPECTED, elapsed: number): number;
  /** Before the next look at something in doubt. */
  readonly fastPoll: number;
  /** Between two health checks. */
  readonly health: number;
  /** Replaces the backoff between retries; `null` means exponential backoff. */
  readonly retry: number | null;
}

/** The schedule for a `poll_interval` in ms, or `null` for the adaptive one. */
export function createSchedule(pollInterval: number | null): Schedule {
  return {
    work(kind, elapsed) {
      if (pollInterval !== null) return pollInterval;
      const { from, to } = EXPECTED[kind];
      return elapsed >= from && elapsed < to ? DENSE_PAUSE : SPARSE_PAUSE;
    },
    fastPoll: pollInterval ?? DOUBT_PAUSE,
    health: pollInterval ?? HEALTH_PAUSE,
    retry: pollInterval,
  };
}
