import { type Job } from '../job.ts';
import { createJobFiles } from './job-files.ts';

/**
 * Which servers this job has requested a restore of, so that no later post step of the same job restores one again
 * (`docs/how-it-works/restoring.md`, "One restore in a job"). A small file under `RUNNER_TEMP` for each.
 */
export interface RestoreRecords {
  /** Notes that a restore is about to be requested; a server has several ids. */
  save(serverIds: readonly string[]): void;
  /** The request was certainly refused. */
  withdraw(serverIds: readonly string[]): void;
  /** Whether this very job requested one. */
  has(serverIds: readonly string[]): boolean;
}

export function createRestoreRecords(job: Job, apiUrl: string): RestoreRecords {
  const files = createJobFiles('restore', job, apiUrl);
  return {
    save: (ids) => ids.forEach((id) => files.write(id)),
    withdraw: (ids) => ids.forEach((id) => files.remove(id)),
    has: (ids) => ids.some((id) => files.read(id) !== null),
  };
}
