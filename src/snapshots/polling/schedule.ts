/**
 * The spans, pauses and budgets of what the actions wait for, in milliseconds. `docs/timing.md` says of each number what it
 * is for, and names those that stand elsewhere: the client's own, and the heartbeat.
 *
 * A **budget** is never scaled. A **span** protects: something has to stand that long, and in enough answered reads. A
 * **pause** lies between two reads or requests. Spans and pauses shrink with `poll_interval` for an API on this machine.
 */

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** How long an operation may take in all. */
export const BUDGETS = {
  /** Main: inputs, list, server and plan, before anything is changed. */
  beforeChange: 2 * MINUTE,
  /** A stop, from its request until it is confirmed. */
  stop: 5 * MINUTE,
  /** A start, the same: the API may refuse one while it makes a snapshot, which takes up to 10 minutes. */
  start: 15 * MINUTE,
  /** The snapshots that `snapshot_first` takes. */
  undo: 30 * MINUTE,
  /** Clean-up, `delete` and `prune`. */
  cleanUp: 5 * MINUTE,
  /** All post steps together after a cancel: the runner allows about 4 min 45 s. */
  afterCancel: 4 * MINUTE,
} as const;

/** One more read beyond the budget of its step, which makes a message or a decision truer. */
export const EXTRA_READ_MS = 5 * SECOND;

/** How long something has to stand before it counts. */
export const SPANS = {
  /** A refusal of a read, before it is believed; `firstRefusal` at the first read of a step. */
  refusal: 60 * SECOND,
  firstRefusal: 3 * SECOND,
  /** A snapshot that was listed and is missing from complete lists: gone. */
  gone: 30 * SECOND,
  /** An accepted snapshot that no list shows: worth a warning. */
  notListed: 2 * MINUTE,
  /** A snapshot id that a person typed and complete lists do not show: wrong. */
  wrongId: 2 * MINUTE,
  /** A restore that nothing shows to have started: said, and watched on. */
  restoreStart: 2 * MINUTE,
  /** Nothing of a restore shows after an unclear answer to its request. */
  unclearRestore: 60 * SECOND,
  /** `active` after a restore: ended. The longer one where `restoring` was never seen, or two requests were sent. */
  restoreEnd: 15 * SECOND,
  uncertainRestoreEnd: 90 * SECOND,
  /** `stopped` and never `restoring` after a request that was answered with `restoring`: it has ended stopped. */
  unseenRestore: 15 * MINUTE,
  /** A 400 to a restore request while the server rests: the API means it. */
  badRequest: 2 * MINUTE,
  /** A server word that nobody knows and that does not change: a restore is requested anyway. */
  unknownWord: 2 * MINUTE,
  /** After a rotation a 400 means that the server is still counted as full. */
  rotation: 60 * SECOND,
  /** A start is repeated this often until the server is up. */
  startAgain: 30 * SECOND,
  /** `active` after a start where `stopped` was never seen, and how long an accepted stop may still take effect. */
  activeAgain: 60 * SECOND,
  lateStop: 6 * MINUTE,
  /** Complete lists show what became of a DELETE that was not answered with 204. */
  deletion: 60 * SECOND,
  /** One list for all servers that does not come is given up in favour of one request for each. */
  sharedRead: 20 * SECOND,
  /** What a safety check rests on may be this old. */
  freshness: 15 * SECOND,
} as const;

/** Reads that each span rests on at the least, however short it is. */
export const LEAST_READS = 4;

/** A read may be stale: so many in a row are believed where nothing has to stand for a span. */
export const CERTAIN_READS = 2;

/** Complete lists, one fast poll apart, that must not show a snapshot after a lost answer to its request. */
export const LOST_ANSWER_READS = {
  /** The request was not carried out. */
  usual: 5,
  /** After a time-out, a 504 or a killed process: the server may still be at work on it. */
  slow: 20,
} as const;

const FAST_POLL = 3 * SECOND;
/** The longest pause while something is uncertain, whatever `poll_interval` says. */
const LONGEST_FAST_POLL = 4 * SECOND;
const HEALTH_PAUSE = 5 * SECOND;
const RESEND_PAUSE = 15 * SECOND;
const SPARSE_PAUSE = 15 * SECOND;
const DENSE_PAUSE = 4.75 * SECOND;
const FIRST_BACKOFF = SECOND;
const LONGEST_BACKOFF = 20 * SECOND;
/** What the pause grows to before the documented time begins, as a part of the time that has passed. */
const RAMP = 0.1;

/** When the documented work usually ends, counted from its start. */
const EXPECTED = {
  snapshot: { from: 3 * MINUTE, to: 10 * MINUTE },
  restore: { from: 5 * MINUTE, to: 15 * MINUTE },
} as const;

/** The pauses and spans of one step. */
export interface Schedule {
  /** Before the next read of running work that started `elapsed` ms ago. */
  work(kind: keyof typeof EXPECTED, elapsed: number): number;
  /** Before the next read of something uncertain. */
  readonly fastPoll: number;
  /** Between two health checks. */
  readonly health: number;
  /** Between two requests for a change that the API refuses for the moment. */
  readonly resend: number;
  /** One of {@link SPANS} at this step's scale. */
  span(name: keyof typeof SPANS): number;
  /** Before try number `tries` + 1 of a failed request: exponential with full jitter, `random` in [0, 1). */
  backoff(tries: number, random: number): number;
  /** At most 1: what spans and pauses are multiplied with. */
  readonly scale: number;
}

/**
 * The schedule for a `poll_interval` in ms, or `null` for the adaptive one. For an API on this machine everything
 * but budgets shrinks with it, in the proportion of one fast poll to 3 s.
 */
export function createSchedule(pollInterval: number | null, isLoopback: boolean): Schedule {
  const scale = isLoopback && pollInterval !== null ? Math.min(1, pollInterval / FAST_POLL) : 1;
  return {
    work: (kind, elapsed) => pollInterval ?? adaptivePause(kind, elapsed),
    fastPoll: Math.min(pollInterval ?? FAST_POLL, LONGEST_FAST_POLL),
    health: pollInterval ?? HEALTH_PAUSE,
    resend: RESEND_PAUSE * scale,
    span: (name) => SPANS[name] * scale,
    backoff: (tries, random) => random * Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** tries) * scale,
    scale,
  };
}

/** A ramp before the documented time, dense within it, sparse after it. */
function adaptivePause(kind: keyof typeof EXPECTED, elapsed: number): number {
  const { from, to } = EXPECTED[kind];
  if (elapsed < from) return Math.min(SPARSE_PAUSE, Math.max(FAST_POLL, elapsed * RAMP));
  return elapsed < to ? DENSE_PAUSE : SPARSE_PAUSE;
}

/** Something that stands: since when, and in how many answered reads. */
export interface Standing {
  readonly since: number;
  /** The last read that showed it: what is not read says nothing. */
  readonly until: number;
  readonly reads: number;
}

/**
 * One more read that shows the same; `null` begins anew. It was answered at `now` and sent at `readAt`, and shows some
 * instant between: what stands began by `now` at the latest, and has stood until `readAt` at the least.
 */
export function stand(standing: Standing | null, now: number, readAt = now): Standing {
  return { since: standing?.since ?? now, until: readAt, reads: (standing?.reads ?? 0) + 1 };
}

/** Whether it has stood for `span` milliseconds, and in {@link LEAST_READS} reads. */
export function hasStood(standing: Standing | null, span: number): boolean {
  return standing !== null && standing.reads >= LEAST_READS && standing.until - standing.since >= span;
}
