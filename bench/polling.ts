import { createSchedule } from '../src/snapshots/polling/schedule.ts';

/** What polling costs, and how late a completion is seen, computed for completions all over a span of time. */

/** Before the next poll, `elapsed` ms after the work began; `nth` counts polls from 1. */
type Pause = (elapsed: number, nth: number) => number;

interface Polling {
  readonly name: string;
  readonly pause: Pause;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** One round trip. */
const LATENCY = 100;
/** Completions that a span of time is represented by. */
const SAMPLES = 2000;

const constant =
  (seconds: number): Pause =>
  () =>
    seconds * SECOND;

/**
 * What others do by default: the Go client of Hetzner Cloud polls every 0.5 s; the AWS waiter for snapshots every 15 s, and
 * that of its second Go SDK with a pause that doubles from 15 s to 120 s, of which a random part above 15 s is taken (here
 * half of it).
 */
export const POLLINGS: readonly Polling[] = [
  { name: 'this action', pause: (elapsed) => createSchedule(null, false).work('snapshot', elapsed) },
  ...[1, 3, 5, 10, 15].map((seconds) => ({ name: `every ${seconds} s`, pause: constant(seconds) })),
  { name: 'hcloud-go', pause: constant(0.5) },
  {
    name: 'AWS waiter (Go, v2)',
    pause: (_elapsed, nth) => (15 + (Math.min(120, 15 * 2 ** (nth - 1)) - 15) / 2) * SECOND,
  },
];

/** From and to, in seconds: when the work is completed. */
export const SPANS = [
  [10, 60],
  [60, 180],
  [180, 600],
  [600, 1200],
  [1200, 2400],
] as const;

export interface PollingCost {
  readonly requests: number;
  /** Seconds between a completion and the poll that shows it. */
  readonly delay: number;
}

/** Means over completions that are spread evenly over the span, in seconds. */
export function costOf({ pause }: Polling, [from, to]: readonly [number, number]): PollingCost {
  let requests = 0;
  let delay = 0;
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const completed = (from + ((to - from) * (sample + 0.5)) / SAMPLES) * SECOND;
    let now = 0;
    let polls = 1;
    while (now < completed) {
      now += pause(now, polls) + LATENCY;
      polls += 1;
    }
    requests += polls;
    delay += now - completed;
  }
  return { requests: requests / SAMPLES, delay: delay / SAMPLES / SECOND };
}

export function pollingOf(name: string): Polling {
  const polling = POLLINGS.find((each) => each.name === name);
  if (polling === undefined) throw new Error(`no polling is called ${name}`);
  return polling;
}

/** The span within which the API's documentation says that a snapshot is completed. */
export const DOCUMENTED = [(3 * MINUTE) / SECOND, (10 * MINUTE) / SECOND] as const;
