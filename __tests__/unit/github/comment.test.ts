import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { describeForGithub } from '../../../src/actions/restoring/report.ts';
import type { Restore } from '../../../src/actions/restoring/request.ts';
import { readJob } from '../../../src/github/job.ts';
import type { Log } from '../../../src/github/log.ts';
import { createGithubComment } from '../../../src/github/comment.ts';
import { serve, type Loopback } from '../vps/loopback.ts';
import { restoreTarget, snapshot } from '../snapshots/samples.ts';

const TOKEN = 'ghs_secret_token';
const SHA = '0123456789abcdef0123456789abcdef01234567';
const PULLS = `GET /repos/acme/shop/commits/${SHA}/pulls`;
const ON_COMMIT = `POST /repos/acme/shop/commits/${SHA}/comments`;
const onPull = (number: number): string => `POST /repos/acme/shop/issues/${number}/comments`;

interface Request {
  readonly line: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** What this stand-in of GitHub's API answers: a body with 200 or 201, another status, or nothing. */
type Answer = object | number | 'silence' | 'cut';

const folder = mkdtempSync(path.join(tmpdir(), 'notice-'));
const environment = { ...process.env };
let server: Loopback;
let answers: Readonly<Record<string, Answer>> = {};
let requests: Request[] = [];
let onSilence = (): void => undefined;
let warnings: string[] = [];
let hidden: string[] = [];

beforeAll(async () => {
  server = await serve((message, response) => void answer(message, response));
  // Read by @actions/github when it is loaded, which is when the first comment is written.
  process.env['GITHUB_API_URL'] = `http://127.0.0.1:${server.port}`;
});

afterAll(async () => {
  process.env = environment;
  await server.close();
  rmSync(folder, { recursive: true });
});

beforeEach(() => {
  answers = {};
  requests = [];
  warnings = [];
  hidden = [];
});

afterEach(() => {
  onSilence = () => undefined;
});

async function answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const chunk of message) body += String(chunk);
  const line = `${message.method} ${message.url}`;
  requests.push({ line, authorization: message.headers.authorization, body });
  const reply = answers[line] ?? 404;
  if (reply === 'silence') return onSilence();
  response.setHeader('content-type', 'application/json');
  if (reply === 'cut') {
    response.writeHead(201, { 'content-length': '999' }).write('{"id":');
    response.destroy();
    return;
  }
  response.statusCode = typeof reply === 'number' ? reply : message.method === 'POST' ? 201 : 200;
  response.end(JSON.stringify(typeof reply === 'number' ? { message: `no: ${TOKEN}` } : reply));
}

async function tell(event: unknown, text = 'told', token = TOKEN): Promise<void> {
  const eventPath = path.join(folder, 'event.json');
  if (event !== undefined)
    writeFileSync(eventPath, typeof event === 'string' ? event : JSON.stringify(event));
  const job = readJob({
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_REPOSITORY_OWNER: 'acme',
    GITHUB_SHA: SHA,
    GITHUB_EVENT_PATH: event === undefined ? path.join(folder, 'none') : eventPath,
  });
  const log = {
    warning: (title: string, why: string) => warnings.push(`${title}: ${why}`),
  } as unknown as Log;
  const runner = { hide: (secret: string) => hidden.push(secret) };
  await createGithubComment(token, { job, log, runner })?.tell(text);
}

const lines = (): string[] => requests.map(({ line }) => line);

test('without a token there is no notice', () => {
  const log = {} as Log;
  expect(
    createGithubComment('', { job: readJob({}), log, runner: { hide: () => undefined } }),
  ).toBeUndefined();
});

describe('where it is told', () => {
  const PULL = { number: 7, state: 'open' };

  test.each<[string, unknown, Readonly<Record<string, Answer>>, readonly string[]]>([
    ['on the pull request of the event', { pull_request: { number: 5 } }, { [onPull(5)]: {} }, [onPull(5)]],
    [
      'on the pull request of the commit',
      { ref: 'x' },
      { [PULLS]: [PULL], [onPull(7)]: {} },
      [PULLS, onPull(7)],
    ],
    [
      'on an open one rather than a closed one',
      {},
      { [PULLS]: [{ number: 3, state: 'closed' }, PULL], [onPull(7)]: {} },
      [PULLS, onPull(7)],
    ],
    ['on the commit, which has no pull request', {}, { [PULLS]: [], [ON_COMMIT]: {} }, [PULLS, ON_COMMIT]],
    [
      'on the merged one that brought the commit',
      {},
      { [PULLS]: [{ number: 3, state: 'closed' }], [onPull(3)]: {} },
      [PULLS, onPull(3)],
    ],
    [
      'on the commit, where pull requests may not be read',
      {},
      { [PULLS]: 403, [ON_COMMIT]: {} },
      [PULLS, ON_COMMIT],
    ],
    [
      'on the commit, where pull requests are not found',
      {},
      { [PULLS]: 404, [ON_COMMIT]: {} },
      [PULLS, ON_COMMIT],
    ],
    ['without an event', undefined, { [PULLS]: [PULL], [onPull(7)]: {} }, [PULLS, onPull(7)]],
    ['with an event that is no JSON', '{', { [PULLS]: [PULL], [onPull(7)]: {} }, [PULLS, onPull(7)]],
    ['with an event that is null', 'null', { [PULLS]: [PULL], [onPull(7)]: {} }, [PULLS, onPull(7)]],
    [
      'with a number that is none',
      { pull_request: { number: '5' } },
      { [PULLS]: [PULL], [onPull(7)]: {} },
      [PULLS, onPull(7)],
    ],
  ])('%s', async (_name, event, given, asked) => {
    answers = given;
    await tell(event);
    expect([lines(), warnings]).toEqual([asked, []]);
  });

  test('once, with the text as it is and the token as it must', async () => {
    answers = { [onPull(5)]: {} };
    await tell({ pull_request: { number: 5 } }, '### Rolled back\n- `801`');
    expect(requests.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { body: '### Rolled back\n- `801`' },
    ]);
    expect(requests[0]?.authorization).toBe(`token ${TOKEN}`);
    expect(hidden).toEqual([TOKEN]);
  });
});

describe('what goes wrong is one warning', () => {
  const EVENT = { pull_request: { number: 5 } };

  test.each<[string, unknown, Readonly<Record<string, Answer>>, RegExp]>([
    ['a permission for the pull request', EVENT, { [onPull(5)]: 403 }, /permissions: pull-requests: write/],
    ['a pull request that the token does not see', EVENT, { [onPull(5)]: 404 }, /pull-requests: write/],
    ['a permission for the commit', {}, { [PULLS]: [], [ON_COMMIT]: 403 }, /contents: write/],
    ['a token that is not valid', EVENT, { [onPull(5)]: 401 }, /'github_token' is not valid/],
    ['a token that is not valid, found out early', {}, { [PULLS]: 401 }, /'github_token' is not valid/],
    ['an outage', EVENT, { [onPull(5)]: 502 }, /could not be told on GitHub/],
    ['an outage before the comment', {}, { [PULLS]: 500 }, /could not be told on GitHub/],
  ])('%s', async (_name, event, given, why) => {
    answers = given;
    await tell(event);
    expect(warnings).toEqual([expect.stringMatching(why)]);
    expect(warnings.join()).toMatch(/^No comment on GitHub: /);
    // A comment is no reason to ask twice.
    expect(new Set(lines()).size).toBe(lines().length);
  });

  test('GitHub hangs: the request is given up after 15 s', async () => {
    const time = new AbortController();
    const timeout = jest.spyOn(AbortSignal, 'timeout').mockReturnValue(time.signal);
    onSilence = () => time.abort(new DOMException('The operation timed out', 'TimeoutError'));
    answers = { [onPull(5)]: 'silence' };
    await tell(EVENT);
    expect(timeout).toHaveBeenCalledWith(15_000);
    expect(warnings).toEqual([expect.stringMatching(/^No comment on GitHub/)]);
  });
});

describe('what it says', () => {
  const result = (fields: Partial<Restore>): Restore => ({
    target: restoreTarget({ label: '@octocat <b>evil</b> (12345)' }),
    stage: 'ended',
    before: null,
    absent: false,
    snapshot: snapshot({ name: '@octocat', status: '[x](https://evil.example)' }),
    accepted: true,
    sawRestoring: false,
    requested: true,
    confirmed: true,
    started: false,
    health: 'not_checked',
    serverStatus: '<b>@octocat</b>',
    reason: 'answered with 400: @octocat https://evil.example',
    ...fields,
  });
  const job = readJob({
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_RUN_ID: '900',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_JOB: 'deploy',
    GITHUB_SHA: SHA,
  });

  test.each<[string, Partial<Restore>, RegExp]>([
    ['restored', {}, /server `12345`, snapshot `801`: .*restored/],
    ['restored, but not well', { health: 'failed' }, /health check failed/],
    ['not confirmed', { confirmed: false }, /not confirmed/],
    ['not restored', { requested: false, confirmed: false }, /not restored/],
  ])('%s', (_name, fields, text) => {
    const body = describeForGithub([result(fields)], job);
    expect(body).toMatch(text);
    expect(body).toContain('https://github.com/acme/shop/actions/runs/900');
  });

  test('no text of the API', () => {
    const states: Partial<Restore>[] = [
      {},
      { health: 'failed' },
      { confirmed: false },
      { requested: false, confirmed: false },
    ];
    const body = describeForGithub(states.map(result), job);
    expect(body).not.toMatch(/octocat|evil|<b>|answered/);
    expect(body.match(/`801`/g)).toHaveLength(4);
  });

  test('one comment for several servers', async () => {
    answers = { [onPull(5)]: {} };
    await tell({ pull_request: { number: 5 } }, describeForGithub([result({}), result({})], job));
    expect(lines()).toEqual([onPull(5)]);
  });
});
