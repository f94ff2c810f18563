import { parentPort, workerData } from 'node:worker_threads';
import { drawPlan } from './plan/generate-plan.ts';
import { judgePlan, watchRejections } from './check-plan.ts';
import type { Violation } from './run/record.ts';

export interface Share {
  readonly firstSeed: number;
  readonly seeds: number;
  /** How many seeds have been taken by all workers; -1 or less when all are to stop. */
  readonly taken: Int32Array;
}

export interface BadLife {
  readonly seed: number;
  readonly violations: readonly Violation[];
}

/** Seeds that are taken at a time. */
const CHUNK = 20;

watchRejections();
const { firstSeed, seeds, taken } = workerData as Share;
for (;;) {
  const from = Atomics.add(taken, 0, CHUNK);
  if (from < 0 || from >= seeds) break;
  for (let index = from; index < Math.min(from + CHUNK, seeds); index += 1) {
    const seed = firstSeed + index;
    const { violations } = await judgePlan(drawPlan(seed));
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    if (violations.length > 0) parentPort?.postMessage({ seed, violations } satisfies BadLife);
  }
}
