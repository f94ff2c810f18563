import { formatInstant, type NameValues } from '../../snapshots/name.ts';
import { type Job } from '../job.ts';

/** What the placeholders of `name_template` stand for in this job, at an instant (epoch milliseconds). */
export function nameValuesOf(job: Job, epochMs: number): Omit<NameValues, 'server_id'> {
  const { origin } = job;
  return {
    owner: job.owner,
    repo: job.repository.slice(job.repository.indexOf('/') + 1),
    ref: job.ref,
    sha: job.sha,
    sha7: job.sha.slice(0, 7),
    run_id: origin.runId,
    run_number: job.runNumber,
    run_attempt: String(origin.runAttempt),
    job: origin.job,
    workflow: job.workflow,
    ...formatInstant(epochMs),
  };
}
