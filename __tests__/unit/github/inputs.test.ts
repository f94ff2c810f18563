import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type ActionName } from '../../../scripts/runner/actions.ts';
import { readPostInputs } from '../../../src/github/inputs/root.ts';
import { begin, end, give, problems, read, READERS, said, type Given } from './input-readers.ts';

beforeEach(begin);
afterEach(end);

const MINUTE = 60_000;
const API = { apiToken: 'vps_t', apiUrl: 'https://admin.vps.org/api/v1', dryRun: false };

describe('what is left out has these values', () => {
  test.each<[ActionName, object]>([
    [
      'main',
      {
        ...API,
        serverIds: ['12345'],
        nameTemplate: [
          { text: 'deploy-' },
          { placeholder: 'repo' },
          { text: '-' },
          { placeholder: 'run_id' },
          { text: '-' },
          { placeholder: 'run_attempt' },
        ],
        description: '',
        wait: true,
        waitTimeout: 30 * MINUTE,
        pollInterval: null,
        stopServer: false,
        whenFull: 'fail',
        onRerun: 'create',
        onFailure: 'keep',
        onCancel: 'keep',
        onSuccess: 'keep',
        restoreIfGiven: false,
        keepLast: 0,
        restoreTimeout: 30 * MINUTE,
        healthUrls: [],
        jobStatus: '',
      },
    ],
    ['wait', { ...API, snapshotIds: ['801'], serverIds: [], waitTimeout: 30 * MINUTE, pollInterval: null }],
    [
      'restore',
      {
        ...API,
        snapshotIds: ['801'],
        serverId: null,
        allowOlder: false,
        restoreTimeout: 30 * MINUTE,
        pollInterval: null,
        healthUrls: [],
        githubToken: '',
      },
    ],
    ['delete', { ...API, snapshotIds: ['801'], force: false }],
    ['prune', { ...API, serverIds: ['12345'], keepLast: 3, olderThan: null }],
  ])('%s', (action, inputs) => {
    expect(read(action)).toEqual(inputs);
  });
});

describe('each input has one field', () => {
  const SHARED: readonly (readonly [string, string, object])[] = [
    ['api_token', 'vps_other', { apiToken: 'vps_other' }],
    ['api_url', 'http://127.0.0.1:8080/v1/', { apiUrl: 'http://127.0.0.1:8080/v1' }],
    ['dry_run', 'True', { dryRun: true }],
  ];
  const ROWS: Readonly<Record<ActionName, readonly (readonly [string, string, object])[]>> = {
    main: [
      ...SHARED,
      ['server_id', '1, 2\n1', { serverIds: ['1', '2'] }],
      ['name_template', 'a-{sha7}', { nameTemplate: [{ text: 'a-' }, { placeholder: 'sha7' }] }],
      ['description', 'before 1.2', { description: 'before 1.2' }],
      ['wait', 'false', { wait: false }],
      ['wait_timeout', '90s', { waitTimeout: 90_000 }],
      ['poll_interval', '100ms', { pollInterval: 100 }],
      ['stop_server', 'true', { stopServer: true }],
      ['when_full', 'rotate', { whenFull: 'rotate' }],
      ['on_rerun', 'reuse', { onRerun: 'reuse' }],
      ['on_failure', 'restore', { onFailure: 'restore' }],
      ['on_cancel', 'delete', { onCancel: 'delete' }],
      ['on_success', 'delete', { onSuccess: 'delete' }],
      ['restore_if', 'false', { restoreIfGiven: true }],
      ['keep_last', '2', { keepLast: 2 }],
      ['restore_timeout', '1h', { restoreTimeout: 60 * MINUTE }],
      ['health_url', 'https://a.example/', { healthUrls: ['https://a.example/'] }],
      ['github_token', 'ghs_x', {}],
      ['job_status', 'failure', { jobStatus: 'failure' }],
    ],
    wait: [
      ...SHARED,
      ['snapshot_id', '1,,2', { snapshotIds: ['1', '2'] }],
      ['server_id', '5', { serverIds: ['5'] }],
      ['wait_timeout', '2h', { waitTimeout: 120 * MINUTE }],
      ['poll_interval', '5s', { pollInterval: 5000 }],
    ],
    restore: [
      ...SHARED,
      ['snapshot_id', '1 2', { snapshotIds: ['1', '2'] }],
      ['server_id', '5', { serverId: '5' }],
      ['allow_older', 'true', { allowOlder: true }],
      ['restore_timeout', '20m', { restoreTimeout: 20 * MINUTE }],
      ['poll_interval', '5s', { pollInterval: 5000 }],
      ['health_url', 'http://a.example/', { healthUrls: ['http://a.example/'] }],
      ['github_token', 'ghs_x', { githubToken: 'ghs_x' }],
    ],
    delete: [...SHARED, ['snapshot_id', '1', { snapshotIds: ['1'] }], ['force', 'TRUE', { force: true }]],
    prune: [
      ...SHARED,
      ['server_id', '5,6', { serverIds: ['5', '6'] }],
      ['keep_last', '4', { keepLast: 4 }],
      ['older_than', '7d', { olderThan: 7 * 24 * 60 * MINUTE }],
    ],
  };

  test.each(
    Object.entries(ROWS).flatMap(([action, rows]) =>
      rows.map((row) => [action as ActionName, ...row] as const),
    ),
  )('%s: %s', (action, name, value, fields) => {
    const defaults = read(action) as object;
    expect(read(action, { [name]: value })).toEqual({ ...defaults, ...fields });
  });
});

test('as many servers as the state of a step holds', () => {
  const ids = Array.from({ length: 50 }, (_, index) => String(index));
  expect(read('main', { server_id: ids.join() })).toMatchObject({ serverIds: ids });
});

describe('a prune by age alone', () => {
  test('keeps the newest one', () => {
    expect(read('prune', { keep_last: '', older_than: '3d' })).toMatchObject({ keepLast: 1 });
  });

  test('reaches back for years, but not for ever', () => {
    expect(problems('prune', { older_than: '3650d' })).toEqual([]);
    expect(problems('prune', { older_than: '3651d' })).toEqual([
      expect.stringMatching(/too long: at most 3650d/),
    ]);
    expect(read('prune', { keep_last: '', older_than: '365d' })).toMatchObject({
      olderThan: 365 * 24 * 60 * MINUTE,
    });
  });
});

test.each(['wait', 'restore', 'delete'] as const)(
  '%s: an empty snapshot_id is no mistake in a dry run',
  (action) => {
    expect(read(action, { snapshot_id: '', dry_run: 'true' })).toMatchObject({ snapshotIds: [] });
  },
);

describe('the environment', () => {
  test('cannot send the token elsewhere', () => {
    Object.assign(process.env, {
      VPS_API_URL: 'https://evil.example',
      VPS_API_TOKEN: 'x',
      API_URL: 'https://evil.example',
    });
    expect(read('main')).toMatchObject({ apiUrl: 'https://admin.vps.org/api/v1', apiToken: 'vps_t' });
  });

  test.each(Object.keys(READERS) as ActionName[])(
    '%s: may not turn the check of certificates off',
    (action) => {
      process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
      expect(problems(action, {})).toEqual([
        expect.stringMatching(/NODE_TLS_REJECT_UNAUTHORIZED=0.*NODE_EXTRA_CA_CERTS/),
      ]);
    },
  );

  test('white space round a value is dropped, as the runner does', () => {
    expect(read('main', { server_id: '  7\n', wait: ' false ' })).toMatchObject({
      serverIds: ['7'],
      wait: false,
    });
  });
});

describe('a token is masked before anything else is said', () => {
  test.each(Object.keys(READERS) as ActionName[])('%s', (action) => {
    read(action);
    expect(said()).toMatch(/^::add-mask::vps_t(\r?\n|$)/m);
  });

  test.each(['main', 'restore'] as const)('%s: that for GitHub too', (action) => {
    read(action, { github_token: 'ghs_x' });
    expect(said()).toMatch(/^::add-mask::ghs_x/m);
  });

  test('even one that is refused, line by line', () => {
    expect(problems('main', { api_token: 'first\nsecond' })).toHaveLength(1);
    expect(said()).toMatch(/::add-mask::first\r?\n::add-mask::second/);
  });

  test('an empty one is no mask', () => {
    expect(problems('main', { api_token: '' })).toHaveLength(1);
    expect(said()).toBe('');
  });
});

describe('the post step reads four inputs again and throws for none', () => {
  const post = (inputs: Given): ReturnType<typeof readPostInputs> => {
    give(inputs);
    return readPostInputs();
  };

  test.each<[string, Given, object]>([
    [
      'all',
      { api_token: 'vps_t', github_token: 'ghs_x', job_status: 'Failure', restore_if: 'true' },
      { apiToken: 'vps_t', githubToken: 'ghs_x', jobStatus: 'failure', restoreIf: 'true', tokenProblem: '' },
    ],
    [
      'none, as in a nested composite action',
      {},
      {
        apiToken: '',
        githubToken: '',
        jobStatus: '',
        restoreIf: '',
        tokenProblem: expect.stringMatching(/^'api_token': it is empty\. Usual causes/),
      },
    ],
    [
      'a restore_if that is no boolean',
      { api_token: 'x', restore_if: 'maybe' },
      { restoreIf: 'maybe', tokenProblem: '' },
    ],
    [
      'a token that is none',
      { api_token: 'a b' },
      { tokenProblem: expect.stringMatching(/^'api_token': it contains a space/) },
    ],
    ['others are not looked at', { api_token: 'x', wait: 'junk', keep_last: 'junk' }, { tokenProblem: '' }],
  ])('%s', (_name, inputs, expected) => {
    expect(post(inputs)).toMatchObject(expected);
  });

  test('and masks the tokens', () => {
    post({ api_token: 'vps_t', github_token: 'ghs_x' });
    expect(said()).toMatch(/::add-mask::vps_t[^]*::add-mask::ghs_x/);
  });

  test('without the check of certificates the token may not be used', () => {
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    expect(post({ api_token: 'vps_t' }).tokenProblem).toContain('NODE_TLS_REJECT_UNAUTHORIZED');
  });
});
