import { type Job } from '../job.ts';
import { createJobFiles } from './job-files.ts';

/** What became of a DELETE: confirmed, or no answer and no list shows it. */
export type DeletionState = 'deleted' | 'unknown';

/**
 * Which snapshots the `delete` action of this job has deleted, or may have, so that a later post step does not call them
 * kept (`docs/how-it-works/retention.md`, "The delete action"). A small file under `RUNNER_TEMP` for each.
 */
export interface DeletionRecords {
  /** Throws where the file cannot be written. */
  save(snapshotId: string, state: DeletionState): void;
  read(snapshotId: string): DeletionState | null;
}

export function createDeletionRecords(job: Job, apiUrl: string): DeletionRecords {
  const files = createJobFiles('deletion', job, apiUrl);
  return {
    save: (id, state) => files.write(id, state),
    read(id) {
      const state = files.read(id);
      return state === 'deleted' || state === 'unknown' ? state : null;
    },
  };
}
