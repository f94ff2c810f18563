import { parentPort, workerData } from 'node:worker_threads';
import { generatePlan } from './plan/generate-plan.ts';
import { checkPlan, watchRejections } from './check-plan.ts';
import type { Violation } from './run/record.ts';

export interface WorkerInput {
  readonly firstSeed: number;
  readonly seeds: number;
  /** How many seeds all workers have taken; negative when they should stop. */
  readonly taken: Int32Array;
}

export interface FailedRun {
  readonly seed: number;
  readonly violations: readonly Violation[];
}

/** Seeds that are taken at a time. */
const CHUNK = 20;

watchRejections();
const { firstSeed, seeds, taken } = workerData as WorkerInput;
for (;;) {
  const from = Atomics.add(taken, 0, CHUNK);
  if (from < 0 || from >= seeds) break;
  for (let index = from; index < Math.min(from + CHUNK, seeds); index += 1) {
    const seed = firstSeed + index;
    const { violations } = await checkPlan(generatePlan(seed));
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    if (violations.length > 0) parentPort?.postMessage({ seed, violations } satisfies FailedRun);
  }
}
