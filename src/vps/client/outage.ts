import { type ClientReport } from './client.ts';
import { type Clock } from '../clock.ts';
import { type VpsError } from '../errors.ts';

interface Failing {
  readonly failure: VpsError;
  /** Monotonic. */
  readonly since: number;
}

/** What the calls of a client wait for, reported as one: the oldest call that is being tried again. */
export interface Outage {
  /** A try failed, and the call is going to be tried again. */
  failed(call: object, failure: VpsError, startedAt: number): void;
  /** A call had its answer, to a request that was sent at `sentAt` (monotonic). */
  answered(call: object, sentAt: number): void;
  /** A call is over, however it ended. */
  ended(call: object): void;
  /** Somebody is still waiting. */
  report(): void;
}

export function createOutage(
  clock: Pick<Clock, 'now'>,
  report: Pick<ClientReport, 'waiting' | 'answered'>,
): Outage {
  const failing = new Map<object, Failing>();
  /** Whoever waits for a turn without a failure of its own waits because of this one. */
  let last: (Failing & { readonly at: number }) | null = null;
  let isOut = false;
  return {
    failed(call, failure, startedAt) {
      const since = Math.min(startedAt, last?.since ?? startedAt);
      last = { failure, since, at: clock.now() };
      failing.set(call, { failure, since });
      isOut = true;
    },
    answered(call, sentAt) {
      failing.delete(call);
      // What was under way before the last failure tells nothing about the API after it.
      if (last !== null && sentAt >= last.at) last = null;
      if (!isOut || last !== null || failing.size > 0) return;
      isOut = false;
      report.answered();
    },
    ended: (call) => void failing.delete(call),
    report() {
      const [oldest = last] = failing.values();
      if (oldest !== null) report.waiting(oldest.failure, clock.now() - oldest.since);
    },
  };
}
