import { describe, expect, test } from '@jest/globals';
import { readJob } from '../../../src/github/job.ts';

const HOSTED = {
  GITHUB_REPOSITORY: 'acme/shop',
  GITHUB_REPOSITORY_ID: '7',
  GITHUB_REPOSITORY_OWNER: 'acme',
  GITHUB_RUN_ID: '900',
  GITHUB_RUN_ATTEMPT: '2',
  GITHUB_RUN_NUMBER: '17',
  GITHUB_JOB: 'deploy',
  GITHUB_ACTION: 'snapshot',
  GITHUB_SHA: '0123456789abcdef',
  GITHUB_REF: 'refs/heads/feature/441',
  GITHUB_REF_NAME: 'feature/441',
  GITHUB_WORKFLOW: 'Deploy',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_EVENT_PATH: '/tmp/event.json',
  RUNNER_TEMP: '/tmp/runner',
};

test('a hosted runner', () => {
  expect(readJob(HOSTED)).toEqual({
    origin: {
      repositoryId: '7',
      repository: 'acme/shop',
      runId: '900',
      runAttempt: 2,
      job: 'deploy',
      step: 'snapshot',
      sha: '0123456789abcdef',
    },
    repository: 'acme/shop',
    owner: 'acme',
    ref: 'feature/441',
    sha: '0123456789abcdef',
    runNumber: '17',
    workflow: 'Deploy',
    runUrl: 'https://github.com/acme/shop/actions/runs/900',
    temp: '/tmp/runner',
    eventPath: '/tmp/event.json',
  });
});

describe('a runner that says less', () => {
  test.each<[string, NodeJS.ProcessEnv, object]>([
    [
      'no repository id: the full name stands for it',
      { ...HOSTED, GITHUB_REPOSITORY_ID: '' },
      { origin: { repositoryId: 'acme/shop' } },
    ],
    ['no attempt', { ...HOSTED, GITHUB_RUN_ATTEMPT: undefined }, { origin: { runAttempt: 1 } }],
    ['an attempt that is no number', { ...HOSTED, GITHUB_RUN_ATTEMPT: 'x' }, { origin: { runAttempt: 1 } }],
    ['no owner', { ...HOSTED, GITHUB_REPOSITORY_OWNER: undefined }, { owner: 'acme' }],
    ['no name of the ref', { ...HOSTED, GITHUB_REF_NAME: '' }, { ref: 'feature/441' }],
    ['a tag without its name', { ...HOSTED, GITHUB_REF_NAME: '', GITHUB_REF: 'refs/tags/v1' }, { ref: 'v1' }],
    ['no address of its server', { ...HOSTED, GITHUB_SERVER_URL: '' }, { runUrl: '' }],
    [
      'nothing',
      {},
      {
        repository: '',
        owner: '',
        ref: '',
        runUrl: '',
        temp: '',
        origin: { repositoryId: '', runAttempt: 1 },
      },
    ],
  ])('%s', (_name, env, job) => {
    expect(readJob(env)).toMatchObject(job);
  });
});
