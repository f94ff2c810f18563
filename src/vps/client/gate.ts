import { type Clock, SLICE_MS } from '../clock.ts';

/** What is sent next when the API limits the number of requests: changes first. */
export type Priority = 'change' | 'read';

interface Waiter {
  readonly priority: Priority;
  readonly until: number;
  readonly resolve: (passed: boolean) => void;
}

export interface GateOptions {
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Shortens the pauses for an API on this machine, 1 for any other. `Retry-After` is never shortened. */
  readonly scale: number;
  readonly cancelled: AbortSignal;
  /** Called at least every {@link SLICE_MS} while somebody waits here. */
  readonly onWaiting: () => void;
}

/** The way out for all requests of a process, which narrows when the API says that there are too many. */
export interface Gate {
  /** Waits for its turn; false when it cannot come before `until`, or after a cancel. */
  pass(priority: Priority, until: number): Promise<boolean>;
  /**
   * The API answered 429, or asked to wait, to a request sent at `sentAt` (monotonic): nothing is sent for a while,
   * and then one request after the other.
   */
  close(retryAfter: number | undefined, sentAt: number): void;
  /** The API took a request: the way widens again. */
  open(): void;
}

/** Between two requests after a 429, and the least of it while others wait: they do not leave at one instant. */
const FIRST_SPACING = 250;
const LEAST_SPACING = 100;
const LONGEST_SPACING = 15_000;
const SHORTEST_PAUSE = 1000;
/** Short against the minute that limits are usually counted over: what is left of it would go unused. */
const LONGEST_PAUSE = 10_000;
/** What each answer that is no 429 leaves of the spacing. */
const WIDENING = 0.9;

/**
 * A gate that is open until the API limits requests. Waiters do not wake at one instant: they leave one by one, with
 * a spacing that doubles when the API limits them once more and shrinks with each answer, so that it ends up at what the
 * API allows.
 */
export function createGate(options: GateOptions): Gate {
  const { clock, random, scale, cancelled } = options;
  const queue: Waiter[] = [];
  let notBefore = 0;
  let spacing = 0;
  let closings = 0;
  let lastPass = Number.NEGATIVE_INFINITY;
  let closedAt = Number.NEGATIVE_INFINITY;
  let pumping = false;

  const readyAt = (): number => Math.max(notBefore, lastPass + spacing);
  const isHopeless = (until: number): boolean =>
    cancelled.aborted || Math.max(notBefore, clock.now()) >= until;

  function dropHopeless(): void {
    for (const waiter of queue.filter(({ until }) => isHopeless(until))) {
      queue.splice(queue.indexOf(waiter), 1);
      waiter.resolve(false);
    }
  }

  async function pump(): Promise<void> {
    pumping = true;
    for (;;) {
      dropHopeless();
      if (queue.length === 0) break;
      if (readyAt() > clock.now()) {
        const firstEnd = Math.min(...queue.map(({ until }) => until));
        const wait = Math.min(readyAt() - clock.now(), firstEnd - clock.now(), SLICE_MS);
        // Never less than a millisecond: what is left of a sum of fractions may be too small to move a clock.
        await clock.sleep(Math.max(1, wait), cancelled);
        options.onWaiting();
        continue;
      }
      const change = queue.findIndex(({ priority }) => priority === 'change');
      const [next] = queue.splice(Math.max(0, change), 1);
      lastPass = clock.now();
      next?.resolve(true);
    }
    pumping = false;
  }

  return {
    async pass(priority, until) {
      if (cancelled.aborted) return false;
      if (queue.length === 0 && readyAt() <= clock.now()) {
        lastPass = clock.now();
        return true;
      }
      if (isHopeless(until)) return false;
      const passed = new Promise<boolean>((resolve) => queue.push({ priority, until, resolve }));
      if (!pumping) void pump();
      return await passed;
    },
    close(retryAfter, sentAt) {
      // What was under way already when the gate closed tells nothing new about the pace.
      if (sentAt <= closedAt) {
        notBefore = Math.max(notBefore, clock.now() + (retryAfter ?? 0));
        return dropHopeless();
      }
      closedAt = clock.now();
      closings += 1;
      const backoff =
        Math.min(LONGEST_PAUSE, SHORTEST_PAUSE * 2 ** (closings - 1)) * (0.5 + random() / 2) * scale;
      notBefore = Math.max(notBefore, clock.now() + Math.max(retryAfter ?? 0, backoff));
      // Several in a row say one thing: the API takes nothing yet. How fast it takes what, only an answer tells.
      if (closings === 1)
        spacing = Math.min(LONGEST_SPACING * scale, Math.max(FIRST_SPACING * scale, spacing * 2));
      dropHopeless();
    },
    open() {
      closings = 0;
      spacing *= WIDENING;
      const least = LEAST_SPACING * scale;
      if (spacing < least) spacing = queue.length > 0 && spacing > 0 ? least : 0;
    },
  };
}
