import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { GITHUB_ENV } from '../../../scripts/runner/step.ts';
import { runAction } from '../harness/action.ts';
import { textOf, titlesOf } from '../harness/annotations.ts';
import { type JobOptions, runJob } from '../harness/job.ts';
import { openTestEnvironment, type TestEnvironment } from '../harness/test-environment.ts';
import { openWebsite, type Page, type Visit, type Website } from '../../../scripts/runner/website.ts';

const TOKEN = 'ghs_0123456789abcdefghij';
const COMMIT = `/repos/acme/shop/commits/${GITHUB_ENV.GITHUB_SHA}`;

/** GitHub as far as a comment needs it: the commit belongs to these pull requests. */
function github(pulls: readonly { number: number; state: string }[], refused?: Page): Promise<Website> {
  return openWebsite(({ method, path: address }) => {
    if (method === 'GET' && address.startsWith(`${COMMIT}/pulls`)) return { status: 200, json: pulls };
    return refused ?? { status: 201, json: { id: 1 } };
  });
}

function requestsTo(site: Website): string[] {
  return site.visits.map(({ method, path: address }) => `${method} ${address.split('?')[0]}`);
}

function bodyOf(visit: Visit | undefined): string {
  return (JSON.parse(visit?.body ?? '{}') as { readonly body?: string }).body ?? '';
}

function failed(site: Website, more: JobOptions = {}): JobOptions {
  return {
    ends: 'failure',
    ...more,
    inputs: { on_failure: 'restore', github_token: TOKEN, ...more.inputs },
    env: { GITHUB_API_URL: site.origin, ...more.env },
  };
}

/** The event of a pull request, in the file that the runner names. */
async function pullRequestEvent(testEnv: TestEnvironment, number: number): Promise<Record<string, string>> {
  const file = path.join(testEnv.temp, 'event.json');
  await writeFile(file, JSON.stringify({ pull_request: { number } }));
  return { GITHUB_EVENT_PATH: file };
}

describe('a rollback is reported on GitHub, in one comment', () => {
  test.concurrent("on the event's pull request", async () => {
    await using site = await github([]);
    await using testEnv = await openTestEnvironment();
    const { post } = await runJob(testEnv, failed(site, { env: await pullRequestEvent(testEnv, 441) }));

    expect(requestsTo(site)).toEqual(['POST /repos/acme/shop/issues/441/comments']);
    expect(titlesOf(post)).toEqual(['error: Rolled back']);
  });

  test.concurrent("else on the commit's open pull request", async () => {
    await using site = await github([
      { number: 5, state: 'closed' },
      { number: 7, state: 'open' },
    ]);
    await using testEnv = await openTestEnvironment();
    await runJob(testEnv, failed(site));

    expect(requestsTo(site)).toEqual([`GET ${COMMIT}/pulls`, 'POST /repos/acme/shop/issues/7/comments']);
  });

  test.concurrent('else on the commit', async () => {
    await using site = await github([]);
    await using testEnv = await openTestEnvironment();
    await runJob(testEnv, failed(site));

    expect(requestsTo(site)).toEqual([`GET ${COMMIT}/pulls`, `POST ${COMMIT}/comments`]);
  });

  test.concurrent('with ids in code spans and the link of the run, and no text of the API', async () => {
    await using site = await github([]);
    await using testEnv = await openTestEnvironment({
      servers: [{ id: 12345, name: 'the-name-of-the-server' }],
    });
    await runJob(testEnv, failed(site));

    const body = bodyOf(site.visits.at(-1));
    expect(body).toContain('`12345`');
    expect(body).toContain('`801`');
    expect(body).toContain('https://github.example/acme/shop/actions/runs/1001');
    expect(body).toContain('restored');
    expect(body).not.toContain('the-name-of-the-server');
  });

  test.concurrent('with the token as authorization, which nothing shows', async () => {
    await using site = await github([]);
    await using testEnv = await openTestEnvironment();
    const { main, post } = await runJob(testEnv, failed(site));

    expect(site.visits.every(({ headers }) => headers.authorization?.includes(TOKEN))).toBe(true);
    for (const step of [main, post]) {
      const shown =
        step.stdout.replaceAll(`::add-mask::${TOKEN}`, '') + JSON.stringify([step.outputs, step.state]);
      expect(shown + step.stderr + step.summary).not.toContain(TOKEN);
    }
  });

  test.concurrent.each([
    {
      name: 'not confirmed',
      fault: { kind: 'status', status: 403, path: '/servers/*/', nth: 3, times: 99 },
      says: /not confirmed/,
    },
    {
      name: 'refused',
      fault: { kind: 'status', status: 400, method: 'POST', path: '/snapshots/*/restore/' },
      says: /not restored/i,
    },
  ])('a rollback that is $name as well', async ({ fault, says }) => {
    await using site = await github([]);
    await using testEnv = await openTestEnvironment();
    testEnv.addFaults(fault);
    const { post } = await runJob(testEnv, failed(site));

    expect(post.code).toBe(1);
    expect(requestsTo(site).filter((line) => line.startsWith('POST'))).toHaveLength(1);
    expect(bodyOf(site.visits.at(-1))).toMatch(says);
  });

  test.concurrent('one comment for several servers', async () => {
    await using site = await github([]);
    await using testEnv = await openTestEnvironment({ servers: [{ id: 12345 }, { id: 7 }] });
    await runJob(testEnv, failed(site, { inputs: { server_id: '12345,7' } }));

    expect(requestsTo(site).filter((line) => line.startsWith('POST'))).toHaveLength(1);
    expect(bodyOf(site.visits.at(-1))).toMatch(/`12345`.*`7`/s);
  });

  test.concurrent('the restore action reports it too', async () => {
    await using site = await github([]);
    await using testEnv = await openTestEnvironment({ snapshots: [{ id: 501, name: 'a' }] });
    const inputs = { snapshot_id: '501', github_token: TOKEN };
    const result = await runAction(testEnv, 'restore', { inputs, env: { GITHUB_API_URL: site.origin } });

    expect(result.code).toBe(0);
    expect(requestsTo(site).at(-1)).toBe(`POST ${COMMIT}/comments`);
  });
});

describe('no comment', () => {
  test.concurrent.each([
    { name: 'after a good deploy', options: { ends: 'success' as const } },
    { name: 'when nothing was to be restored', options: { inputs: { on_failure: 'keep' } } },
    { name: 'without a token', options: { inputs: { github_token: '' } } },
    { name: 'in a dry run', options: { inputs: { dry_run: 'true' } } },
  ])('$name', async ({ options }) => {
    await using site = await github([]);
    await using testEnv = await openTestEnvironment();
    await runJob(testEnv, failed(site, options));

    expect(site.visits).toEqual([]);
  });
});

describe('GitHub does not take the comment: a warning, and the rollback is what it was', () => {
  test.concurrent.each([
    {
      name: '403',
      page: { status: 403, json: { message: 'Resource not accessible by integration' } },
      says: /'permissions: pull-requests: write'.*'contents: write'/s,
    },
    { name: '401', page: { status: 401, json: { message: 'Bad credentials' } }, says: /not valid/ },
    { name: '500', page: { status: 500, json: { message: 'Oops' } }, says: /could not be told/ },
  ])('$name', async ({ page, says }) => {
    await using site = await github([], page);
    await using testEnv = await openTestEnvironment();
    const { post } = await runJob(testEnv, failed(site));

    expect(titlesOf(post).toSorted()).toEqual(['error: Rolled back', 'warning: No comment on GitHub']);
    expect(textOf(post, 'No comment on GitHub')).toMatch(says);
  });

  test.concurrent('no connection', async () => {
    const site = await github([]);
    await site[Symbol.asyncDispose]();
    await using testEnv = await openTestEnvironment();
    const { post } = await runJob(testEnv, failed(site));

    expect(titlesOf(post).toSorted()).toEqual(['error: Rolled back', 'warning: No comment on GitHub']);
  });
});
