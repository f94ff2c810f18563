import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Transport } from '../vps/transport.ts';
import { createFetch, type Fetch } from './fetch.ts';
import { type Job } from './job.ts';
import { type Log, messageOf } from './log.ts';
import { type Runner } from './runner.ts';
import { type Origin } from '../snapshots/marker.ts';

/** Reports a restore where people look: on the pull request that the event is about, else on the commit. */
export interface GithubComment {
  /**
   * Writes one comment, or the one of this step, run and servers anew; whatever goes wrong is a warning, never an
   * error.
   */
  post(markdown: string, subject: CommentSubject): Promise<void>;
}

/** What tells two comments of one job and step apart: legs of a matrix, uses and servers. */
export interface CommentSubject extends Pick<Origin, 'leg' | 'use'> {
  readonly serverIds: readonly string[];
}

interface CommentDeps {
  readonly job: Job;
  readonly log: Log;
  readonly runner: Pick<Runner, 'hide'>;
  readonly transport: Transport;
}

/** Where a comment belongs (`docs/how-it-works/output.md`, "The comment on GitHub"). */
type Place =
  | { readonly kind: 'pull_request'; readonly number: number }
  /** The pull request of the commit, if it has one, else the commit. */
  | { readonly kind: 'push' }
  | { readonly kind: 'commit' }
  | { readonly kind: 'none'; readonly reason: string };

/** GitHub answers a comment in about a second; a hanging request must not use up the post step's time. */
const TIMEOUT_MS = 15_000;
const PAGE_SIZE = 100;
/** Pages of comments that are searched for one of this step. */
const MOST_PAGES = 10;

/** The comment for a `github_token`; without one there is none. */
export function createGithubComment(
  githubToken: string,
  { job, log, runner, transport }: CommentDeps,
): GithubComment | undefined {
  if (githubToken === '') return undefined;
  runner.hide(githubToken);
  return {
    async post(markdown, subject) {
      try {
        const place = placeOf(job.eventName, await readEvent(job.eventPath));
        if (place.kind === 'none') log.notice('No comment on GitHub', place.reason);
        else {
          const comment = { marker: markerOf(job, subject), markdown };
          await write({ githubToken, fetch: createFetch(transport) }, job, place, comment);
        }
      } catch (error) {
        log.warning(
          'No comment on GitHub',
          `The comment about the restore could not be posted: ${explain(error)}`,
        );
      }
    },
  };
}

type Event = Readonly<Record<string, unknown>>;

async function readEvent(file: string): Promise<Event> {
  try {
    const event: unknown = JSON.parse(await readFile(file, 'utf8'));
    return objectOf(event) ?? {};
  } catch {
    return {};
  }
}

function objectOf(value: unknown): Event | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Event) : null;
}

function numberOf(value: unknown): number | null {
  const number = objectOf(value)?.['number'];
  return typeof number === 'number' ? number : null;
}

/** The pull request that an event is about, or what stands for it. */
function placeOf(eventName: string, event: Event): Place {
  const own = numberOf(event['pull_request']);
  if (own !== null) return { kind: 'pull_request', number: own };
  switch (eventName) {
    case 'issue_comment': {
      const issue = objectOf(event['issue']);
      const number = objectOf(issue?.['pull_request']) === null ? null : numberOf(issue);
      return numbered(number, 'the comment that started this run is on an issue, not on a pull request');
    }
    case 'workflow_run':
    case 'check_suite': {
      const pulls = objectOf(event[eventName])?.['pull_requests'];
      const first: unknown = Array.isArray(pulls) ? pulls[0] : undefined;
      return numbered(numberOf(first), `the ${eventName} that started this run is about no pull request`);
    }
    case '':
    case 'push':
      return { kind: 'push' };
    default:
      return { kind: 'commit' };
  }
}

function numbered(number: number | null, reason: string): Place {
  return number === null
    ? { kind: 'none', reason: `No comment is posted: ${reason}.` }
    : { kind: 'pull_request', number };
}

/** What a later comment of the same step and run is known by, so that it takes the place of the earlier one. */
function markerOf({ origin }: Job, { serverIds, leg, use }: CommentSubject): string {
  const plain = (text: string): string => text.replace(/[^A-Za-z0-9._/-]+/g, '-');
  const subject = [leg, use, ...serverIds.toSorted()].join('\n');
  const of = createHash('sha256').update(subject).digest('hex').slice(0, 8);
  return `<!-- vps-snapshot run=${plain(origin.runId)} job=${plain(origin.job)} step=${plain(origin.step)} of=${of} -->`;
}

async function write(
  { githubToken, fetch }: { readonly githubToken: string; readonly fetch: Fetch },
  job: Job,
  place: Exclude<Place, { readonly kind: 'none' }>,
  { marker, markdown }: { readonly marker: string; readonly markdown: string },
): Promise<void> {
  const body = `${marker}\n${markdown}`;
  // Loaded only now: it would cost every run some 10 ms for what few of them need. `eager` keeps the bundler from making
  // a chunk of what is a bundle of its own.
  const { getOctokit } = await import(/* webpackMode: "eager" */ '@actions/github');
  const { rest } = getOctokit(githubToken);
  const owner = job.owner;
  const repo = job.repository.slice(job.repository.indexOf('/') + 1);
  const common = (): {
    owner: string;
    repo: string;
    request: { fetch: Fetch; signal: AbortSignal };
  } => ({ owner, repo, request: { fetch, signal: AbortSignal.timeout(TIMEOUT_MS) } });

  async function pullRequestOfCommit(): Promise<number | null> {
    try {
      const { data } = await rest.repos.listPullRequestsAssociatedWithCommit({
        ...common(),
        commit_sha: job.sha,
      });
      return (data.find((pull) => pull.state === 'open') ?? data[0])?.number ?? null;
    } catch (error) {
      // A token that may comment on commits only, or a forge without that call: the commit is still a good place.
      if (statusOf(error) === 403 || statusOf(error) === 404) return null;
      throw error;
    }
  }

  const number =
    place.kind === 'pull_request' ? place.number : place.kind === 'push' ? await pullRequestOfCommit() : null;
  // One time limit for all pages.
  const listing = common();
  const onPullRequest = (number: number): Thread => ({
    list: (page) => rest.issues.listComments({ ...listing, issue_number: number, ...page }),
    update: (id) => rest.issues.updateComment({ ...common(), comment_id: id, body }),
    create: () => rest.issues.createComment({ ...common(), issue_number: number, body }),
  });
  const onCommit: Thread = {
    list: (page) => rest.repos.listCommentsForCommit({ ...listing, commit_sha: job.sha, ...page }),
    update: (id) => rest.repos.updateCommitComment({ ...common(), comment_id: id, body }),
    create: () => rest.repos.createCommitComment({ ...common(), commit_sha: job.sha, body }),
  };
  const thread = number === null ? onCommit : onPullRequest(number);
  const earlier = await findEarlier(thread, marker).catch(() => null);
  if (earlier === null || !(await isUpdated(thread, earlier))) await thread.create();
}

/** The comments of a pull request or of a commit, and what is to be written there. */
interface Thread {
  list(page: { readonly per_page: number; readonly page: number }): Promise<{
    readonly data: readonly { readonly id: number; readonly body?: string }[];
  }>;
  update(id: number): Promise<unknown>;
  create(): Promise<unknown>;
}

/** The comment of an earlier attempt or an earlier part of this step. */
async function findEarlier(thread: Thread, marker: string): Promise<number | null> {
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const { data } = await thread.list({ per_page: PAGE_SIZE, page });
    const mine = data.find((comment) => comment.body?.startsWith(marker) === true);
    if (mine !== undefined) return mine.id;
    if (data.length < PAGE_SIZE) break;
  }
  return null;
}

/** Whether it was written anew; somebody else's, who copied the marker, cannot be. */
async function isUpdated(thread: Thread, comment: number): Promise<boolean> {
  try {
    await thread.update(comment);
    return true;
  } catch (error) {
    if (statusOf(error) === 403 || statusOf(error) === 404) return false;
    throw error;
  }
}

function statusOf(error: unknown): unknown {
  return error instanceof Error && 'status' in error ? error.status : undefined;
}

/** What a refusal means; GitHub uses 403 for a missing permission, a locked conversation and its rate limit alike. */
function explain(error: unknown): string {
  const status = statusOf(error);
  const message = messageOf(error);
  if (status === 401) return "'github_token' is not valid";
  if (status === 429 || (status === 403 && /rate limit/i.test(message)))
    return 'GitHub limits the number of requests';
  if (status === 403 && /locked/i.test(message)) return 'the conversation is locked';
  if (status === 403) {
    return "'github_token' lacks a permission: the job needs 'permissions: pull-requests: write' for a comment on a pull request, and 'contents: write' for one on a commit";
  }
  if (status === 404) {
    return "there is no such place, 'github_token' may not see it (the job needs 'permissions: pull-requests: write' or 'contents: write'), or the forge has no such call";
  }
  return message;
}
