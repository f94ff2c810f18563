import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createGithubComment } from '../../../../src/github/comment.ts';
import { readJob } from '../../../../src/github/job.ts';
import type { Log } from '../../../../src/github/log.ts';
import { createHttpTransport } from '../../../../src/vps/http.ts';
import { serve, type Loopback } from '../../vps/loopback.ts';

/** A stand-in of GitHub's API on this machine, and a step that posts a comment to it. */

export const TOKEN = 'ghs_secret_token';
const SHA = '0123456789abcdef0123456789abcdef01234567';
export const PULLS = `GET /repos/acme/shop/commits/${SHA}/pulls`;
export const ON_COMMIT = `POST /repos/acme/shop/commits/${SHA}/comments`;
export const onPull = (number: number): string => `POST /repos/acme/shop/issues/${number}/comments`;
export const listed = (number: number, page = 1): string =>
  `GET /repos/acme/shop/issues/${number}/comments?per_page=100&page=${page}`;
export const update = (comment: number): string => `PATCH /repos/acme/shop/issues/comments/${comment}`;
export const listedOnCommit = `GET /repos/acme/shop/commits/${SHA}/comments?per_page=100&page=1`;
export const updateOnCommit = (comment: number): string => `PATCH /repos/acme/shop/comments/${comment}`;

interface Request {
  readonly line: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

interface Refusal {
  readonly status: number;
  readonly message: string;
}

/** What this stand-in of GitHub's API answers: a body with 200 or 201, another status, or nothing. */
export type Answer = object | number | 'silence';

const folder = mkdtempSync(path.join(tmpdir(), 'comment-'));
const environment = { ...process.env };
let server: Loopback;

interface GithubApi {
  /** By the line of the request. A place without comments has an empty list of them, everything else is 404. */
  answers: Readonly<Record<string, Answer>>;
  requests: Request[];
  /** What was logged. */
  said: string[];
  hidden: string[];
  /** Called for a request that gets no answer. */
  onSilence: () => void;
}

const EMPTY = { answers: {}, requests: [], said: [], hidden: [], onSilence: () => undefined } as const;
export const github: GithubApi = { ...EMPTY, requests: [], said: [], hidden: [] };

/** Before all tests of a file. */
export async function open(): Promise<void> {
  server = await serve((message, response) => void answer(message, response));
  // Read by @actions/github when it is loaded, which is when the first comment is written.
  process.env['GITHUB_API_URL'] = `http://127.0.0.1:${server.port}`;
}

/** After all tests of a file. */
export async function close(): Promise<void> {
  process.env = environment;
  await server.close();
  rmSync(folder, { recursive: true });
}

/** Before each test. */
export function reset(): void {
  Object.assign(github, { ...EMPTY, requests: [], said: [], hidden: [] });
}

const isRefusal = (reply: object): reply is Refusal => 'status' in reply;

async function answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const chunk of message) body += String(chunk);
  const line = `${message.method} ${message.url}`;
  github.requests.push({ line, authorization: message.headers.authorization, body });
  // A place without comments has an empty list of them.
  const reply =
    github.answers[line] ?? (/^GET .*\/(issues\/\d+|commits\/\w+)\/comments/.test(line) ? [] : 404);
  if (reply === 'silence') return github.onSilence();
  const refusal =
    typeof reply === 'number'
      ? { status: reply, message: `no: ${TOKEN}` }
      : typeof reply === 'object' && isRefusal(reply)
        ? reply
        : null;
  response.setHeader('content-type', 'application/json');
  response.statusCode = refusal?.status ?? (message.method === 'POST' ? 201 : 200);
  response.end(JSON.stringify(refusal ?? reply));
}

export interface Posted {
  readonly eventName?: string;
  readonly text?: string;
  readonly servers?: readonly string[];
  readonly leg?: string;
  readonly use?: number;
  readonly env?: Readonly<Record<string, string>>;
}

export async function post(event: unknown, options: Posted = {}): Promise<void> {
  const { eventName = 'push', text = 'posted', servers = ['12345'], leg = '', use = 1, env = {} } = options;
  const eventPath = path.join(folder, 'event.json');
  if (event !== undefined)
    writeFileSync(eventPath, typeof event === 'string' ? event : JSON.stringify(event));
  const job = readJob({
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_REPOSITORY_OWNER: 'acme',
    GITHUB_SHA: SHA,
    GITHUB_RUN_ID: '900',
    GITHUB_JOB: 'deploy',
    GITHUB_ACTION: 'snapshot',
    GITHUB_EVENT_NAME: eventName,
    GITHUB_EVENT_PATH: event === undefined ? path.join(folder, 'none') : eventPath,
    ...env,
  });
  const log = {
    warning: (title: string, why: string) => github.said.push(`warning: ${title}: ${why}`),
    notice: (title: string, why: string) => github.said.push(`notice: ${title}: ${why}`),
  } as unknown as Log;
  const transport = createHttpTransport('test');
  const runner = { hide: (secret: string) => github.hidden.push(secret) };
  await createGithubComment(TOKEN, { job, log, runner, transport })?.post(text, {
    serverIds: servers,
    leg,
    use,
  });
}

export const lines = (): string[] => github.requests.map(({ line }) => line);
export const bodyOf = (line: string): string => {
  const { body = '{}' } = github.requests.find((request) => request.line === line) ?? {};
  return (JSON.parse(body) as { readonly body?: string }).body ?? '';
};
