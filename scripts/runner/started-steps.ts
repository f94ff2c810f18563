import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/**
 * Where each start of a bundle is noted, one line each: starting processes is what most of the time of `npm test` goes
 * into, so that their number is a budget of the CI (scripts/jest/reporter.ts).
 */
export const STARTED_STEPS = 'VPS_STARTED_STEPS';

/** Called for every process that runs a bundle. */
export function noteStart(entry: string): void {
  const file = process.env[STARTED_STEPS];
  if (file !== undefined) appendFileSync(file, `${entry}\n`);
}

export function countStarts(file: string): number {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0;
}
