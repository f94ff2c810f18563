import { type Job } from '../job.ts';
import { createJobFiles } from './job-files.ts';

/**
 * Proof that the `wait` action saw a snapshot completed, for the post step of the same job
 * (`docs/how-it-works/waiting.md`, "Completion proof"). A small file under `RUNNER_TEMP` for each.
 */
export interface CompletionProofs {
  /** Notes that the snapshot was seen completed; throws where it cannot be written down. */
  save(snapshotId: string): void;
  /** Whether the `wait` action of this very job saw it completed. */
  has(snapshotId: string): boolean;
}

export function createCompletionProofs(job: Job, apiUrl: string): CompletionProofs {
  const files = createJobFiles('completed', job, apiUrl);
  return {
    save(id) {
      if (job.temp === '') throw new Error('RUNNER_TEMP is not set');
      files.write(id);
    },
    has: (id) => files.read(id) !== null,
  };
}
