import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { GITHUB_ENV } from '../../../scripts/runner/step.ts';
import { type ActionResult, runAction, type StartOptions } from '../harness/action.ts';
import { textOf, titlesOf } from '../harness/annotations.ts';
import { type JobOptions, runJob } from '../harness/job.ts';
import { openProxy, portOf } from '../harness/network.ts';
import { own } from '../harness/snapshots.ts';
import {
  AMONG_OTHERS,
  openTestEnvironment,
  type TestEnvironment,
  type TestEnvironmentOptions,
} from '../harness/test-environment.ts';
import { openWebsite, type Page, type Visit, type Website } from '../../../scripts/runner/website.ts';

const TOKEN = 'ghs_0123456789abcdefghij';
const COMMIT = `/repos/acme/shop/commits/${GITHUB_ENV.GITHUB_SHA}`;

/** GitHub as far as a comment needs it: the commit belongs to these pull requests, and what is posted is there. */
function github(pulls: readonly { number: number; state: string }[], refused?: Page): Promise<Website> {
  const comments: { readonly id: number; readonly on: string; readonly body: string }[] = [];
  return openWebsite(({ method, path: address, body }) => {
    const [on = ''] = address.split('?');
    if (on === `${COMMIT}/pulls`) return { status: 200, json: pulls };
    if (method === 'GET') return { status: 200, json: comments.filter((comment) => comment.on === on) };
    if (refused) return refused;
    const comment = { ...(JSON.parse(body) as { readonly body: string }), id: comments.length + 1, on };
    if (method === 'POST') comments.push(comment);
    return { status: method === 'POST' ? 201 : 200, json: comment };
  });
}

function requestsTo(site: Website): string[] {
  return site.visits.map(({ method, path: address }) => `${method} ${address.split('?')[0]}`);
}

function bodyOf(visit: Visit | undefined): string {
  return (JSON.parse(visit?.body ?? '{}') as { readonly body?: string }).body ?? '';
}

function openWithSnapshot(more: TestEnvironmentOptions = {}): Promise<TestEnvironment> {
  return openTestEnvironment({ snapshots: [own(1)], ...more });
}

/** A restore by the restore action, which posts with the same code as the post step. */
async function restore(
  testEnv: TestEnvironment,
  site: Website,
  { inputs, env }: StartOptions = {},
): Promise<ActionResult> {
  return await runAction(testEnv, 'restore', {
    inputs: { snapshot_id: '501', github_token: TOKEN, ...inputs },
    env: { GITHUB_API_URL: site.origin, ...env },
  });
}

function failed(site: Website, more: JobOptions = {}): JobOptions {
  return {
    ends: 'failure',
    ...more,
    inputs: { on_failure: 'restore', github_token: TOKEN, ...more.inputs },
    env: { GITHUB_API_URL: site.origin, ...more.env },
  };
}

describe('a restore is reported on GitHub, in one comment', () => {
  test.concurrent("on the event's pull request", async () => {
    await using site = await github([]);
    await using testEnv = await openWithSnapshot();
    const file = path.join(testEnv.temp, 'event.json');
    await writeFile(file, JSON.stringify({ pull_request: { number: 441 } }));
    await restore(testEnv, site, { env: { GITHUB_EVENT_PATH: file } });

    const comments = '/repos/acme/shop/issues/441/comments';
    expect(requestsTo(site)).toEqual([`GET ${comments}`, `POST ${comments}`]);
  });

  test.concurrent("of a push on the commit's open pull request", async () => {
    await using site = await github([
      { number: 5, state: 'closed' },
      { number: 7, state: 'open' },
    ]);
    await using testEnv = await openWithSnapshot();
    await restore(testEnv, site, { env: { GITHUB_EVENT_NAME: 'push' } });

    expect(requestsTo(site).at(-1)).toBe('POST /repos/acme/shop/issues/7/comments');
  });

  test.concurrent(
    'a rollback of several servers else on the commit, with ids and no text of the API',
    async () => {
      await using site = await github([]);
      await using testEnv = await openTestEnvironment({
        ...AMONG_OTHERS,
        servers: [{ id: 12345, name: 'the-name-of-the-server' }, { id: 7 }],
      });
      const { main, post } = await runJob(testEnv, failed(site, { inputs: { server_id: '12345,7' } }));

      const comments = `${COMMIT}/comments`;
      expect(requestsTo(site)).toEqual([`GET ${COMMIT}/pulls`, `GET ${comments}`, `POST ${comments}`]);
      const body = bodyOf(site.visits.at(-1));
      expect(body).toMatch(/`12345`.*`7`/s);
      for (const { id } of testEnv.actualState().snapshots) expect(body).toContain(`\`${id}\``);
      expect(body).toContain('https://github.example/acme/shop/actions/runs/1001');
      expect(body).toContain('restored');
      expect(body).not.toContain('the-name-of-the-server');
      // The token is sent, and shown nowhere.
      expect(site.visits.every(({ headers }) => headers.authorization?.includes(TOKEN))).toBe(true);
      for (const step of [main, post]) {
        const shown =
          step.stdout.replaceAll(`::add-mask::${TOKEN}`, '') + JSON.stringify([step.outputs, step.state]);
        expect(shown + step.stderr + step.summary).not.toContain(TOKEN);
      }
    },
  );

  test.concurrent('one that is not confirmed as well', async () => {
    await using site = await github([]);
    await using testEnv = await openWithSnapshot({ switches: { restore_seconds: [1e6, 1e6] } });
    await restore(testEnv, site, { inputs: { restore_timeout: '10s' } });

    expect(requestsTo(site).filter((line) => line.startsWith('POST'))).toHaveLength(1);
    expect(bodyOf(site.visits.at(-1))).toMatch(/not confirmed/);
  });

  test.concurrent("through the runner's proxy", async () => {
    await using site = await github([]);
    await using proxy = await openProxy(() => ({ port: portOf(site.origin) }));
    await using testEnv = await openWithSnapshot();
    const env = { GITHUB_API_URL: 'http://github.test', http_proxy: proxy.origin };
    const result = await restore(testEnv, site, { env });

    expect(titlesOf(result)).toEqual(['notice: Restored']);
    expect(new Set(proxy.asked)).toEqual(new Set(['github.test:80']));
    expect(requestsTo(site).at(-1)).toBe(`POST ${COMMIT}/comments`);
  });

  test.concurrent("which a later attempt writes anew, through the runner's proxy", async () => {
    await using site = await github([]);
    await using proxy = await openProxy(() => ({ port: portOf(site.origin) }));
    await using testEnv = await openTestEnvironment();
    const env = { GITHUB_API_URL: 'http://github.test', http_proxy: proxy.origin };
    await runJob(testEnv, failed(site, { env }));
    await runJob(testEnv, failed(site, { env: { ...env, GITHUB_RUN_ATTEMPT: '2' } }));

    expect(requestsTo(site).filter((line) => !line.startsWith('GET'))).toEqual([
      `POST ${COMMIT}/comments`,
      'PATCH /repos/acme/shop/comments/1',
    ]);
    expect(bodyOf(site.visits.at(-1))).toContain('`802`');
    expect(new Set(proxy.asked)).toEqual(new Set(['github.test:80']));
  });
});

describe('no comment', () => {
  test.concurrent.each([
    { name: 'when nothing was to be restored', options: { inputs: { on_failure: 'keep' } } },
    { name: 'without a token', options: { inputs: { github_token: '' } } },
  ])('$name', async ({ options }) => {
    await using site = await github([]);
    await using testEnv = await openTestEnvironment();
    await runJob(testEnv, failed(site, options));

    expect(site.visits).toEqual([]);
  });
});

describe('GitHub does not take the comment: a warning, and the restore is what it was', () => {
  test.concurrent('403', async () => {
    const json = { message: 'Resource not accessible by integration' };
    await using site = await github([], { status: 403, json });
    await using testEnv = await openWithSnapshot();
    const result = await restore(testEnv, site);

    expect(titlesOf(result)).toEqual(['notice: Restored', 'warning: No comment on GitHub']);
    expect(textOf(result, 'No comment on GitHub')).toMatch(
      /'permissions: pull-requests: write'.*'contents: write'/s,
    );
  });

  test.concurrent('no connection', async () => {
    const site = await github([]);
    await site[Symbol.asyncDispose]();
    await using testEnv = await openWithSnapshot();
    const result = await restore(testEnv, site);

    expect(result.code).toBe(0);
    expect(titlesOf(result)).toEqual(['notice: Restored', 'warning: No comment on GitHub']);
  });
});
