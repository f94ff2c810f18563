import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Job } from './job.ts';

/**
 * Proof that the `wait` action saw a snapshot completed, for the post step of the same job (design §2.3):
 * a small file under `RUNNER_TEMP`, which the runner empties at the beginning of each job.
 */
export interface CompletionProofs {
  /** Notes that the snapshot was seen completed. */
  save(snapshotId: string): void;
  /** Whether the `wait` action of this very job saw it completed. */
  has(snapshotId: string): boolean;
}

export function createCompletionProofs(job: Job, apiUrl: string): CompletionProofs {
  const folder = path.join(job.temp, 'vps-snapshot-action');
  const { repositoryId, runId, runAttempt, job: jobId } = job.origin;
  const fileOf = (id: string): string =>
    path.join(folder, `${createHash('sha256').update(`${apiUrl}\n${id}`).digest('hex').slice(0, 32)}.json`);
  const textOf = (id: string): string =>
    JSON.stringify({
      version: 1,
      snapshotId: id,
      apiUrl,
      repositoryId,
      runId,
      runAttempt,
      job: jobId,
      status: 'completed',
    });
  return {
    save(id) {
      if (job.temp === '') return;
      mkdirSync(folder, { recursive: true });
      writeFileSync(fileOf(id), textOf(id));
    },
    has(id) {
      if (job.temp === '') return false;
      try {
        return readFileSync(fileOf(id), 'utf8') === textOf(id);
      } catch {
        return false;
      }
    },
  };
}
