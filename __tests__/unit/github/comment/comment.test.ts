import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createGithubComment } from '../../../../src/github/comment.ts';
import { readJob } from '../../../../src/github/job.ts';
import type { Log } from '../../../../src/github/log.ts';
import {
  bodyOf,
  close,
  github,
  lines,
  listed,
  ON_COMMIT,
  onPull,
  open,
  post,
  PULLS,
  reset,
  TOKEN,
  type Answer,
} from './github-api.ts';

beforeAll(open);
beforeEach(reset);
afterAll(close);

test('without a token there is no comment', () => {
  const log = {} as Log;
  expect(
    createGithubComment('', {
      job: readJob({}),
      log,
      runner: { hide: () => undefined },
      transport: () => Promise.reject(new Error('nothing is sent')),
    }),
  ).toBeUndefined();
});

/** What `comment-update.test.ts` is about. */
const LISTS_COMMENTS = /^GET .*\/comments\?/;

describe('where it is posted', () => {
  const PULL = { number: 7, state: 'open' };
  const CLOSED = { number: 3, state: 'closed' };
  const OF_5 = { pull_request: { number: 5 } };
  const OF_8 = { pull_requests: [{ number: 8 }] };

  /** With the pull request, none for the commit, and what is answered to the question for those of the commit. */
  test.each<[string, string, unknown, number | null, (Answer | null)?]>([
    ['on the pull request of the event', 'pull_request', OF_5, 5],
    ['on the pull request of an event with the secrets of its target', 'pull_request_target', OF_5, 5],
    [
      'on the pull request of a comment on its code',
      'pull_request_review_comment',
      { ...OF_5, comment: { id: 1 } },
      5,
    ],
    ['on the pull request that was reviewed', 'pull_request_review', OF_5, 5],
    [
      'on the pull request that somebody commented on',
      'issue_comment',
      { issue: { number: 6, pull_request: {} }, comment: { id: 1 } },
      6,
    ],
    [
      'on the pull request of the workflow run that started this one',
      'workflow_run',
      { workflow_run: { pull_requests: [{ number: 8 }, { number: 9 }] } },
      8,
    ],
    ['on the pull request of the check suite', 'check_suite', { check_suite: OF_8 }, 8],
    ['on the pull request of the pushed commit', 'push', { ref: 'x' }, 7, [PULL]],
    ['on an open one rather than a closed one', 'push', {}, 7, [CLOSED, PULL]],
    ['on the merged one that brought the commit', 'push', {}, 3, [CLOSED]],
    ['on the commit, which has no pull request', 'push', {}, null, []],
    ['on the commit, where pull requests may not be read', 'push', {}, null, 403],
    ['on the commit, where pull requests are not found', 'push', {}, null, 404],
    ['on the commit of a schedule', 'schedule', { schedule: '0 3 * * *' }, null],
    ['on the commit of a button', 'workflow_dispatch', { inputs: {} }, null],
    ['as of a push without the name of an event', '', {}, null, []],
    ['without an event', 'push', undefined, null, []],
    ['with an event that is no JSON', 'push', '{', null, []],
    ['with an event that is null', 'push', 'null', null, []],
    ['with an event that is a list', 'push', '[]', null, []],
    ['with a number that is none', 'push', { pull_request: { number: '5' } }, null, []],
  ])('%s', async (_name, eventName, event, pull, ofCommit = null) => {
    const place = pull === null ? ON_COMMIT : onPull(pull);
    github.answers = { [place]: {}, ...(ofCommit !== null && { [PULLS]: ofCommit }) };
    await post(event, { eventName });
    const asked = [...(ofCommit === null ? [] : [PULLS]), place];
    expect([lines().filter((line) => !LISTS_COMMENTS.test(line)), github.said]).toEqual([asked, []]);
  });

  test.each([
    'check_run',
    'create',
    'deployment',
    'deployment_status',
    'issues',
    'merge_group',
    'registry_package',
    'release',
    'repository_dispatch',
    'status',
    'workflow_call',
  ])('on the run’s commit: %s', async (eventName) => {
    github.answers = { [ON_COMMIT]: {} };
    await post({ action: 'x', [eventName]: { pull_requests: [{ number: 8 }] } }, { eventName });
    expect([lines().at(-1), github.said]).toEqual([ON_COMMIT, []]);
  });

  test.each<[string, string, unknown, RegExp]>([
    [
      'a comment on an issue',
      'issue_comment',
      { issue: { number: 6 } },
      /on an issue, not on a pull request/,
    ],
    ['a comment without an event', 'issue_comment', undefined, /on an issue, not on a pull request/],
    [
      'a workflow run of none',
      'workflow_run',
      { workflow_run: { pull_requests: [] } },
      /is about no pull request/,
    ],
    [
      'a workflow run that says nothing of them',
      'workflow_run',
      { workflow_run: {} },
      /is about no pull request/,
    ],
    [
      'a check suite of none',
      'check_suite',
      { check_suite: { pull_requests: [] } },
      /is about no pull request/,
    ],
    [
      'a check suite, whose event is of a workflow run',
      'check_suite',
      { workflow_run: { pull_requests: [{ number: 8 }] } },
      /is about no pull request/,
    ],
  ])('nowhere, with a notice: %s', async (_name, eventName, event, reason) => {
    await post(event, { eventName });
    expect([lines(), github.said]).toEqual([
      [],
      [expect.stringMatching(/^notice: No comment on GitHub: No comment is/)],
    ]);
    expect(github.said[0]).toMatch(reason);
  });

  test('once, with the text as it is and the token as it must', async () => {
    github.answers = { [onPull(5)]: {} };
    await post(OF_5, { text: '### Rolled back\n- `801`' });
    expect(bodyOf(onPull(5))).toMatch(
      /^<!-- vps-snapshot run=900 job=deploy step=snapshot of=[0-9a-f]{8} -->\n### Rolled back\n- `801`$/,
    );
    expect(lines().filter((line) => line === onPull(5))).toHaveLength(1);
    expect(new Set(github.requests.map(({ authorization }) => authorization))).toEqual(
      new Set([`token ${TOKEN}`]),
    );
    expect(github.hidden).toEqual([TOKEN]);
  });
});

describe('what goes wrong is one warning', () => {
  const EVENT = { pull_request: { number: 5 } };
  const LOCKED = { status: 403, message: 'Unable to create comment because issue is locked.' };
  const LIMITED = { status: 403, message: 'You have exceeded a secondary rate limit.' };

  test.each<[string, unknown, Readonly<Record<string, Answer>>, RegExp]>([
    ['a permission for the pull request', EVENT, { [onPull(5)]: 403 }, /permissions: pull-requests: write/],
    ['a pull request that the token does not see', EVENT, { [onPull(5)]: 404 }, /pull-requests: write/],
    ['a forge without that call', {}, { [PULLS]: 404, [ON_COMMIT]: 404 }, /or the forge has no such call/],
    ['a permission for the commit', {}, { [PULLS]: [], [ON_COMMIT]: 403 }, /contents: write/],
    ['a locked conversation', EVENT, { [onPull(5)]: LOCKED }, /: the conversation is locked$/],
    ['a rate limit', EVENT, { [onPull(5)]: LIMITED }, /: GitHub limits the number of requests$/],
    [
      'a rate limit of its own status',
      EVENT,
      { [onPull(5)]: 429 },
      /: GitHub limits the number of requests$/,
    ],
    ['a token that is not valid', EVENT, { [onPull(5)]: 401 }, /'github_token' is not valid/],
    ['a token that is not valid, found out early', {}, { [PULLS]: 401 }, /'github_token' is not valid/],
    ['an outage', EVENT, { [onPull(5)]: 502 }, /comment about the restore could not be posted/],
    ['an outage before the comment', {}, { [PULLS]: 500 }, /comment about the restore could not be posted/],
  ])('%s', async (_name, event, given, why) => {
    github.answers = given;
    await post(event);
    expect(github.said).toEqual([expect.stringMatching(why)]);
    expect(github.said.join()).toMatch(/^warning: No comment on GitHub: /);
    // A comment is no reason to ask twice.
    expect(new Set(lines()).size).toBe(lines().length);
  });

  test('GitHub hangs: each request is given up after 15 s', async () => {
    const times: AbortController[] = [];
    const timeout = jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
      const time = new AbortController();
      // The transport's own deadline is another one.
      if (ms === 15_000) times.push(time);
      return time.signal;
    });
    github.onSilence = () => times.at(-1)?.abort(new DOMException('The operation timed out', 'TimeoutError'));
    github.answers = { [listed(5)]: 'silence', [onPull(5)]: 'silence' };
    await post(EVENT);
    expect(timeout.mock.calls.filter(([ms]) => ms === 15_000)).toHaveLength(2);
    expect(lines()).toEqual([listed(5), onPull(5)]);
    expect(github.said).toEqual([expect.stringMatching(/^warning: No comment on GitHub/)]);
  });
});
