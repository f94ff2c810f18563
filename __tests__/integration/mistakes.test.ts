import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { alertOf } from '../../src/actions/common/errors.ts';
import { createGithubComment } from '../../src/github/comment.ts';
import { createLog } from '../../src/github/log.ts';
import type { HttpResponse } from '../../src/vps/transport.ts';
import { setUp, tearDown, read } from '../unit/github/inputs/input-readers.ts';
import { FakeRunner } from './harness/fake-runner.ts';
import { jobOf, restoreInputs } from './harness/inputs.ts';
import {
  CREATE_REQUEST,
  DELETE,
  FAILED,
  LISTS,
  NO_TOKEN,
  POWER,
  RESTORE,
  RESTORE_REQUEST,
  theirs,
  TWO_SERVERS,
} from './harness/samples.ts';
import { play, type Scenario } from './harness/scenario.ts';
import { TestEnvironment } from './harness/test-environment.ts';

/** Each mistake of `docs/mistakes.md` is made here, and what the table quotes has to be said when it says so. */

const root = path.resolve(import.meta.dirname, '../..');
const page = readFileSync(path.join(root, 'docs/mistakes.md'), 'utf8');

interface Row {
  readonly mistake: string;
  readonly quotes: readonly string[];
  readonly when: string;
  /** The title that the link leads to. */
  readonly title: string;
}

const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) =>
    line
      .slice(2, -2)
      .split(' | ')
      .map((cell) => cell.trim()),
  )
  .filter(([mistake = '']) => mistake !== 'mistake' && !mistake.startsWith('-'))
  .map(([mistake = '', said = '', when = '', more = '']): Row => ({
    mistake: mistake.replaceAll('`', ''),
    quotes: [...said.matchAll(/`([^`]+)`/g)].map(([, quote = '']) => quote),
    when,
    title: /^\[(.*)\]\(troubleshooting\.md#/.exec(more)?.[1] ?? '',
  }));

/** What the steps before the deploy say, and what those say that come after a failed one. */
interface Said {
  readonly before: string;
  readonly after: string;
}

const DEPLOY_FAILED: Scenario = { main: RESTORE, post: FAILED };

async function job(scenario: Scenario): Promise<Said> {
  const { steps } = await play(scenario);
  const said = (isAfter: boolean): string =>
    steps
      .filter(({ name }) => (name === 'post' || name === 'restore') === isAfter)
      .map(({ process }) => process.runner.visible())
      .join('\n');
  return { before: said(false), after: said(true) };
}

function refused(status: number, where: object, body: object | string = {}): Pick<Scenario, 'faults'> {
  return { faults: { ...where, nth: 1, times: 999, kind: 'status', status, body } };
}

/** The inputs of main are read before anything else. */
function inputs(given: Readonly<Record<string, string>>): () => Promise<Said> {
  return () => Promise.resolve({ before: mistakesOf('main', given), after: '' });
}

function mistakesOf(action: 'main' | 'restore', given: Readonly<Record<string, string>>): string {
  try {
    read(action, given);
    return '';
  } catch (error) {
    const { title, text } = alertOf(error);
    return `${title}: ${text}`;
  }
}

async function twoSteps(): Promise<Said> {
  const testEnv = new TestEnvironment();
  const first = await testEnv.main(RESTORE);
  const second = await testEnv.main(RESTORE, { job: jobOf({ step: 'snapshot-2' }) });
  const posts = [
    await testEnv.post(second, FAILED, { job: jobOf({ step: 'snapshot-2' }) }),
    await testEnv.post(first, FAILED),
  ];
  const said = (steps: readonly { readonly runner: FakeRunner }[]): string =>
    steps.map(({ runner }) => runner.visible()).join('\n');
  return { before: said([first, second]), after: said(posts) };
}

/** GitHub refuses the comment, as it does without the permission. */
async function withoutCommentPermission(): Promise<Said> {
  const runner = new FakeRunner(() => 0);
  const body = JSON.stringify({ message: 'Resource not accessible by integration' });
  const transport = (): Promise<HttpResponse> => Promise.resolve({ status: 403, headers: {}, body });
  const context = { job: jobOf(), log: createLog(runner, { wall: () => 0 }), runner, transport };
  await createGithubComment('ghs_token', context)?.post('restored', {
    serverIds: ['12345'],
    leg: '',
    use: 1,
  });
  return { before: '', after: runner.visible() };
}

/** A later job, for which the snapshot is gone. */
const restoreDeleted = (): Promise<Said> =>
  job({ commands: [{ use: 'restore', inputs: restoreInputs({ snapshotIds: ['801'] }) }] });

const MISTAKES: Readonly<Record<string, () => Promise<Said>>> = {
  'secret not set': inputs({ api_token: '' }),
  'pull request from a fork, or Dependabot': inputs({ api_token: '' }),
  'token wrong or revoked': () => job({ ...DEPLOY_FAILED, ...refused(401, LISTS) }),
  'token revoked during the job': () =>
    job({
      ...DEPLOY_FAILED,
      between: (testEnv) => testEnv.addFaults({ ...LISTS, nth: 1, times: 9999, kind: 'status', status: 401 }),
    }),
  'wrong server id': () => job({ ...DEPLOY_FAILED, main: { ...RESTORE, serverIds: ['77'] } }),
  'wrong server id in restore': () =>
    job({
      main: {},
      commands: [{ use: 'restore', inputs: restoreInputs({ snapshotIds: ['801'], serverIds: ['77'] }) }],
    }),
  'name in the place of an id': () =>
    job({ ...DEPLOY_FAILED, main: { ...RESTORE, serverIds: ['web-server-01'] } }),
  'number without a unit': inputs({ wait_timeout: '30' }),
  'restore-if': inputs({ 'restore-if': 'false' }),
  'misspelt input': inputs({ health_urls: 'https://web.example/' }),
  'misspelt step id in restore_if': () =>
    job({ main: { restoreIfGiven: true }, post: { ...FAILED, restoreIf: 'false' } }),
  'wrong health address': () =>
    job({
      ...DEPLOY_FAILED,
      main: { ...RESTORE, healthUrls: ['https://web.example/helth'] },
      health: () => 404,
    }),
  'wait: false without wait': () => job({ ...DEPLOY_FAILED, main: { ...RESTORE, wait: false } }),
  'two steps that restore one server': twoSteps,
  'no permission to read snapshots': () => job({ ...DEPLOY_FAILED, switches: { permissions: [] } }),
  'no permission to make snapshots': () => job({ ...DEPLOY_FAILED, ...refused(403, CREATE_REQUEST) }),
  'no permission to read servers': () =>
    job({ ...DEPLOY_FAILED, switches: { permissions: ['snapshots:read', 'snapshots:write'] } }),
  'no permission to stop servers': () =>
    job({ ...DEPLOY_FAILED, main: { ...RESTORE, stopServer: true }, ...refused(403, POWER) }),
  'no permission to start servers': () =>
    job({ ...DEPLOY_FAILED, switches: { after_restore: 'stopped' }, ...refused(403, POWER) }),
  'no permission to restore snapshots': () => job({ ...DEPLOY_FAILED, ...refused(403, RESTORE_REQUEST) }),
  'no permission to delete snapshots': () =>
    job({ main: { onSuccess: 'delete' }, post: {}, ...refused(403, DELETE) }),
  'no permission to comment on GitHub': withoutCommentPermission,
  "server full of others' snapshots": () => job({ ...DEPLOY_FAILED, snapshots: [1, 2, 3, 4, 5].map(theirs) }),
  'wrong api_url': () => job({ ...DEPLOY_FAILED, ...refused(404, LISTS) }),
  'api_url of a web page': () =>
    job({ ...DEPLOY_FAILED, ...refused(404, LISTS, '<!doctype html><html></html>') }),
  'output of a skipped job': () =>
    Promise.resolve({ before: '', after: mistakesOf('restore', { snapshot_id: '' }) }),
  "output of a matrix, which keeps the last leg's": () =>
    job({
      servers: TWO_SERVERS,
      main: { serverIds: ['2'] },
      commands: [{ use: 'restore', inputs: restoreInputs({ snapshotIds: ['801'], serverIds: ['1'] }) }],
    }),
  'nested composite action': () => job({ ...DEPLOY_FAILED, post: { ...FAILED, ...NO_TOKEN } }),
  'on_success: delete in a job that only takes the snapshot': async () => ({
    before: (await job({ main: { onSuccess: 'delete' } })).before,
    after: (await restoreDeleted()).after,
  }),
};

beforeEach(setUp);
afterEach(tearDown);

test('the table and the tests have the same mistakes', () => {
  expect(rows.map(({ mistake }) => mistake)).toEqual(Object.keys(MISTAKES));
  for (const { quotes, when } of rows) {
    expect(quotes.length).toBeGreaterThan(0);
    expect(['before the deploy', 'fire drill']).toContain(when);
  }
});

describe('a mistake', () => {
  test.each(rows)('$mistake ($when)', async ({ mistake, quotes, when, title }) => {
    const said = await MISTAKES[mistake]?.();
    for (const quote of quotes) {
      const isBefore = said?.before.includes(quote);
      expect(when === 'fire drill' ? said?.after : said?.before).toContain(quote);
      // What can be said before the deploy is not left to a drill.
      expect(isBefore).toBe(when === 'before the deploy');
    }
    expect(title).not.toBe('');
    expect(`${said?.before}\n${said?.after}`).toContain(`${title}: `);
  });
});

test('a job after one that deleted its snapshot finds none: the entry that the table leads to', async () => {
  const { after } = await job({ main: { onSuccess: 'delete' }, post: {} });
  expect(after).toContain('snapshot 801 deleted');
  const later = await restoreDeleted();
  expect(later.after).toContain('Nothing restored: ');
  expect(later.after).toContain('snapshot 801 is not listed');
});
