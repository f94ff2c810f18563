import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseFaults } from '../../../simulator/fault.ts';
import { GITHUB_ENV } from '../../../scripts/runner/step.ts';
import { runAction } from '../harness/action.ts';
import { type LifeOptions, runLife } from '../harness/job.ts';
import { openStage, type Stage } from '../harness/test-environment.ts';
import { textOf, titlesOf } from '../harness/annotations.ts';
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

function told(site: Website): string[] {
  return site.visits.map(({ method, path: address }) => `${method} ${address.split('?')[0]}`);
}

function bodyOf(visit: Visit | undefined): string {
  return (JSON.parse(visit?.body ?? '{}') as { readonly body?: string }).body ?? '';
}

function failed(site: Website, more: LifeOptions = {}): LifeOptions {
  return {
    ends: 'failure',
    ...more,
    inputs: { on_failure: 'restore', github_token: TOKEN, ...more.inputs },
    env: { GITHUB_API_URL: site.origin, ...more.env },
  };
}

/** The event of a pull request, in the file that the runner names. */
async function pullRequestEvent(stage: Stage, number: number): Promise<Record<string, string>> {
  const file = path.join(stage.temp, 'event.json');
  await writeFile(file, JSON.stringify({ pull_request: { number } }));
  return { GITHUB_EVENT_PATH: file };
}

describe('a rollback is told on GitHub, in one comment', () => {
  test.concurrent("on the event's pull request", async () => {
    await using site = await github([]);
    await using stage = await openStage();
    const { post } = await runLife(stage, failed(site, { env: await pullRequestEvent(stage, 441) }));

    expect(told(site)).toEqual(['POST /repos/acme/shop/issues/441/comments']);
    expect(titlesOf(post)).toEqual(['error: Rolled back']);
  });

  test.concurrent("else on the commit's open pull request", async () => {
    await using site = await github([
      { number: 5, state: 'closed' },
      { number: 7, state: 'open' },
    ]);
    await using stage = await openStage();
    await runLife(stage, failed(site));

    expect(told(site)).toEqual([`GET ${COMMIT}/pulls`, 'POST /repos/acme/shop/issues/7/comments']);
  });

  test.concurrent('else on the commit', async () => {
    await using site = await github([]);
    await using stage = await openStage();
    await runLife(stage, failed(site));

    expect(told(site)).toEqual([`GET ${COMMIT}/pulls`, `POST ${COMMIT}/comments`]);
  });

  test.concurrent('with ids in code spans and the link of the run, and no text of the API', async () => {
    await using site = await github([]);
    await using stage = await openStage({ servers: [{ id: 12345, name: 'the-name-of-the-server' }] });
    await runLife(stage, failed(site));

    const body = bodyOf(site.visits.at(-1));
    expect(body).toContain('`12345`');
    expect(body).toContain('`801`');
    expect(body).toContain('https://github.example/acme/shop/actions/runs/1001');
    expect(body).toContain('restored');
    expect(body).not.toContain('the-name-of-the-server');
  });

  test.concurrent('with the token as authorization, which nothing shows', async () => {
    await using site = await github([]);
    await using stage = await openStage();
    const { main, post } = await runLife(stage, failed(site));

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
    await using stage = await openStage();
    stage.server.faults.add(parseFaults(fault));
    const { post } = await runLife(stage, failed(site));

    expect(post.code).toBe(1);
    expect(told(site).filter((line) => line.startsWith('POST'))).toHaveLength(1);
    expect(bodyOf(site.visits.at(-1))).toMatch(says);
  });

  test.concurrent('one comment for several servers', async () => {
    await using site = await github([]);
    await using stage = await openStage({ servers: [{ id: 12345 }, { id: 7 }] });
    await runLife(stage, failed(site, { inputs: { server_id: '12345,7' } }));

    expect(told(site).filter((line) => line.startsWith('POST'))).toHaveLength(1);
    expect(bodyOf(site.visits.at(-1))).toMatch(/`12345`.*`7`/s);
  });

  test.concurrent('the restore action tells it too', async () => {
    await using site = await github([]);
    await using stage = await openStage({ snapshots: [{ id: 501, name: 'a' }] });
    const inputs = { snapshot_id: '501', github_token: TOKEN };
    const ended = await runAction(stage, 'restore', { inputs, env: { GITHUB_API_URL: site.origin } });

    expect(ended.code).toBe(0);
    expect(told(site).at(-1)).toBe(`POST ${COMMIT}/comments`);
  });
});

describe('nothing is told', () => {
  test.concurrent.each([
    { name: 'after a good deploy', life: { ends: 'success' as const } },
    { name: 'when nothing was to be restored', life: { inputs: { on_failure: 'keep' } } },
    { name: 'without a token', life: { inputs: { github_token: '' } } },
    { name: 'in a dry run', life: { inputs: { dry_run: 'true' } } },
  ])('$name', async ({ life }) => {
    await using site = await github([]);
    await using stage = await openStage();
    await runLife(stage, failed(site, life));

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
    await using stage = await openStage();
    const { post } = await runLife(stage, failed(site));

    expect(titlesOf(post).toSorted()).toEqual(['error: Rolled back', 'warning: No comment on GitHub']);
    expect(textOf(post, 'No comment on GitHub')).toMatch(says);
  });

  test.concurrent('nobody is there', async () => {
    const site = await github([]);
    await site[Symbol.asyncDispose]();
    await using stage = await openStage();
    const { post } = await runLife(stage, failed(site));

    expect(titlesOf(post).toSorted()).toEqual(['error: Rolled back', 'warning: No comment on GitHub']);
  });
});
