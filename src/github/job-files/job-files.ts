import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Job } from '../job.ts';

/** Facts that one step leaves for a later one of the same job. */
export interface JobFiles {
  /** Throws where the file cannot be written. */
  write(subject: string, value?: string): void;
  remove(subject: string): void;
  /** What this very job wrote last; `null` for nothing, and for anything that is not its own text. */
  read(subject: string): string | null;
}

/**
 * Small files under `RUNNER_TEMP`, which the runner empties at the beginning of each job; on a runner that has none
 * nothing is written, and nothing is there. `fact` says what a file is about, `apiUrl` which API its ids belong to.
 */
export function createJobFiles(fact: string, job: Job, apiUrl: string): JobFiles {
  const folder = path.join(job.temp, 'vps-snapshot-action');
  const { repositoryId, runId, runAttempt, job: jobId } = job.origin;
  const headOf = (subject: string): string =>
    JSON.stringify({ version: 1, fact, subject, apiUrl, repositoryId, runId, runAttempt, job: jobId });
  const fileOf = (subject: string): string => {
    const name = createHash('sha256').update(`${apiUrl}\n${subject}`).digest('hex').slice(0, 32);
    return path.join(folder, `${fact}-${name}`);
  };
  return {
    write(subject, value = '') {
      if (job.temp === '') return;
      mkdirSync(folder, { recursive: true });
      writeFileSync(fileOf(subject), `${headOf(subject)}\n${value}\n`);
    },
    remove(subject) {
      if (job.temp !== '') rmSync(fileOf(subject), { force: true });
    },
    read(subject) {
      if (job.temp === '') return null;
      try {
        const text = readFileSync(fileOf(subject), 'utf8');
        const [, value = ''] = text.split('\n');
        // Whole to its last line end: a full disk may have cut it anywhere.
        return text === `${headOf(subject)}\n${value}\n` ? value : null;
      } catch {
        return null;
      }
    },
  };
}

/** What a marker has room for. */
const MOST_USES = 99;

/** How many uses of the action in its job this is, from 1 on; 1 where nobody can count. */
export function countUse(job: Job): number {
  const files = createJobFiles('uses', job, '');
  const use = Number(files.read('count') ?? '0') + 1;
  try {
    files.write('count', String(use));
  } catch {
    return 1;
  }
  return Number.isSafeInteger(use) ? Math.min(use, MOST_USES) : 1;
}

/** When the first post step of this action began in this job, epoch milliseconds: now, if nobody noted it before. */
export function noteFirstPost(job: Job, now: number): number {
  const files = createJobFiles('first-post', job, '');
  const noted = Number(files.read('at') ?? 'NaN');
  if (Number.isFinite(noted) && noted <= now) return noted;
  try {
    files.write('at', String(now));
  } catch {
    // Nobody else can know then, and this one takes the whole time.
  }
  return now;
}
