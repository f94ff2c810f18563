import { readFile } from 'node:fs/promises';
import { type Job } from './job.ts';
import { type Log } from './log.ts';
import { type Runner } from './runner.ts';

/** Reports a rollback where people look: on the pull request, else on the commit. */
export interface GithubComment {
  /** Writes one comment; whatever goes wrong is a warning, never an error. */
  post(markdown: string): Promise<void>;
}

interface CommentDeps {
  readonly job: Job;
  readonly log: Log;
  readonly runner: Pick<Runner, 'hide'>;
}

/** GitHub answers a comment in about a second; a hanging request must not use up the post step's time. */
const TIMEOUT_MS = 15_000;

/** The notice for a `github_token`; without one none is posted. */
export function createGithubComment(
  githubToken: string,
  { job, log, runner }: CommentDeps,
): GithubComment | undefined {
  if (githubToken === '') return undefined;
  runner.hide(githubToken);
  return {
    async post(markdown) {
      try {
        await comment(githubToken, job, markdown);
      } catch (error) {
        log.warning(
          'No comment on GitHub',
          `The comment about the restore could not be posted: ${explain(error)}`,
        );
      }
    },
  };
}

async function comment(githubToken: string, job: Job, body: string): Promise<void> {
  // Loaded only now: it would cost every run some 10 ms for what few of them need.
  const { getOctokit } = await import('@actions/github');
  const octokit = getOctokit(githubToken, { request: { signal: AbortSignal.timeout(TIMEOUT_MS) } });
  const repository = { owner: job.owner, repo: job.repository.slice(job.repository.indexOf('/') + 1) };
  const number = (await pullRequestOfEvent(job.eventPath)) ?? (await pullRequestOfCommit());
  if (number !== undefined)
    await octokit.rest.issues.createComment({ ...repository, issue_number: number, body });
  else await octokit.rest.repos.createCommitComment({ ...repository, commit_sha: job.sha, body });

  async function pullRequestOfCommit(): Promise<number | undefined> {
    try {
      const { data } = await octokit.rest.repos.listPullRequestsAssociatedWithCommit({
        ...repository,
        commit_sha: job.sha,
      });
      return (data.find((pull) => pull.state === 'open') ?? data[0])?.number;
    } catch (error) {
      // A token that may comment on commits only: the commit is still a good place.
      if (statusOf(error) === 403 || statusOf(error) === 404) return undefined;
      throw error;
    }
  }
}

async function pullRequestOfEvent(file: string): Promise<number | undefined> {
  try {
    const event = JSON.parse(await readFile(file, 'utf8')) as {
      readonly pull_request?: { readonly number?: unknown };
    };
    const number = event.pull_request?.number;
    return typeof number === 'number' ? number : undefined;
  } catch {
    return undefined;
  }
}

function statusOf(error: unknown): unknown {
  return error instanceof Error && 'status' in error ? error.status : undefined;
}

function explain(error: unknown): string {
  const status = statusOf(error);
  if (status === 401) return "'github_token' is not valid";
  if (status === 403 || status === 404) {
    return "'github_token' lacks a permission: the job needs 'permissions: pull-requests: write' for a comment on a pull request, and 'contents: write' for one on a commit";
  }
  return error instanceof Error ? error.message : String(error);
}
