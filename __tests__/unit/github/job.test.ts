import { describe, expect, test } from '@jest/globals';
import { ORIGIN } from '../snapshots/samples.ts';
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
  GITHUB_EVENT_NAME: 'push',
  GITHUB_EVENT_PATH: '/tmp/event.json',
  RUNNER_TEMP: '/tmp/runner',
};

test('a hosted runner', () => {
  expect(readJob(HOSTED)).toEqual({
    // The matrix and the count of uses are not in the environment.
    origin: { ...ORIGIN, leg: '', use: 1 },
    repository: 'acme/shop',
    owner: 'acme',
    ref: 'feature/441',
    sha: '0123456789abcdef',
    runNumber: '17',
    workflow: 'Deploy',
    call: '',
    runUrl: 'https://github.com/acme/shop/actions/runs/900',
    guideUrl: '',
    temp: '/tmp/runner',
    eventName: 'push',
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
    ['no address of its server', { ...HOSTED, GITHUB_SERVER_URL: '' }, { runUrl: '', origin: { host: '' } }],
    ['an address that is none', { ...HOSTED, GITHUB_SERVER_URL: 'forge' }, { origin: { host: '' } }],
    [
      'another forge, with its port',
      { ...HOSTED, GITHUB_SERVER_URL: 'https://Git.example.com:3000' },
      {
        origin: { host: 'git.example.com:3000' },
        runUrl: 'https://Git.example.com:3000/acme/shop/actions/runs/900',
      },
    ],
    ['an attempt of five digits', { ...HOSTED, GITHUB_RUN_ATTEMPT: '12345' }, { origin: { runAttempt: 1 } }],
    ['Gitea, whose pages have other numbers', { ...HOSTED, GITEA_ACTIONS: 'true' }, { runUrl: '' }],
    ['Forgejo, the same', { ...HOSTED, FORGEJO_ACTIONS: 'true' }, { runUrl: '' }],
    ['no event', { ...HOSTED, GITHUB_EVENT_NAME: undefined }, { eventName: '' }],
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

describe('which call of a reusable workflow the job is part of', () => {
  const RUNNER = {
    ...HOSTED,
    GITHUB_WORKFLOW_REF: 'acme/shop/.github/workflows/deploy.yml@refs/heads/main',
    ACTIONS_RUNTIME_URL: 'https://runtime.example/',
  };
  const PLAN = '49b2f4b8-0000-4000-8000-1a2b3c4d5e6f';

  test.each<[string, string | undefined, string | null]>([
    ['of none', `${PLAN}.deploy.__default`, ''],
    ['of none, in a matrix', `${PLAN}.deploy.linux.20`, ''],
    ['of a job’s', `${PLAN}.first.deploy.__default`, 'first'],
    ['of a job with the same id', `${PLAN}.deploy.deploy.__default`, 'deploy'],
    ['of a call in a call', `${PLAN}.first.inner.deploy._2`, 'first.inner'],
    ['of a leg of a matrix of calls', `${PLAN}.first.eu.deploy.__default`, 'first.eu'],
    ['unknown: the place names another job', `${PLAN}.first.build.__default`, null],
    ['unknown: no place', PLAN, null],
    ['unknown: nothing is said', undefined, null],
  ])('%s', (_name, id, call) => {
    const env = { ...RUNNER, ACTIONS_ORCHESTRATION_ID: id };
    expect(readJob(env).call).toBe(call);
  });

  test.each(['GITHUB_WORKFLOW_REF', 'ACTIONS_RUNTIME_URL'])(
    'is no question to a runner without %s, which is not GitHub’s',
    (name) => {
      expect(readJob({ ...RUNNER, [name]: undefined }).call).toBe('');
    },
  );

  test('is the same in a re-run, which has another plan', () => {
    const callIn = (plan: string): string | null =>
      readJob({ ...HOSTED, ACTIONS_ORCHESTRATION_ID: `${plan}.first.deploy.__default` }).call;
    expect(callIn('ba3e4921-0000-4000-8000-000000000001')).toBe(callIn(PLAN));
  });
});
