import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type ActionName } from '../../../../scripts/runner/actions.ts';
import { setUp, tearDown, problems, read, READERS, said, type Given } from './input-readers.ts';

beforeEach(setUp);
afterEach(tearDown);

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
        restoreMaxAge: null,
        isProtected: false,
        healthUrls: [],
        jobStatus: '',
        leg: '',
      },
    ],
    [
      'wait',
      {
        ...API,
        snapshotIds: ['801'],
        serverIds: [],
        waitTimeout: 30 * MINUTE,
        pollInterval: null,
        jobStatus: '',
      },
    ],
    [
      'restore',
      {
        ...API,
        selection: { kind: 'named', words: ['801'] },
        serverIds: [],
        allowOlder: false,
        maxAge: null,
        snapshotFirst: false,
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
      ['poll_interval', '1s', { pollInterval: 1000 }],
      ['stop_server', 'true', { stopServer: true }],
      ['when_full', 'rotate', { whenFull: 'rotate' }],
      ['on_rerun', 'reuse', { onRerun: 'reuse' }],
      ['on_failure', 'restore', { onFailure: 'restore' }],
      ['on_cancel', 'delete', { onCancel: 'delete' }],
      ['on_success', 'delete', { onSuccess: 'delete' }],
      ['restore_if', 'false', { restoreIfGiven: true }],
      ['keep_last', '2', { keepLast: 2 }],
      ['restore_timeout', '1h', { restoreTimeout: 60 * MINUTE }],
      ['restore_max_age', '36h', { restoreMaxAge: 36 * 60 * MINUTE }],
      ['protect', 'true', { isProtected: true }],
      ['health_url', 'https://a.example/', { healthUrls: ['https://a.example/'] }],
      ['github_token', 'ghs_x', {}],
      ['job_status', 'failure', { jobStatus: 'failure' }],
      ['matrix', '{"os":"linux"}', { leg: expect.stringMatching(/^[0-9a-f]{8}$/) }],
      ['matrix', 'null', { leg: '' }],
    ],
    wait: [
      ...SHARED,
      ['snapshot_id', '1,,2', { snapshotIds: ['1', '2'] }],
      ['server_id', '5', { serverIds: ['5'] }],
      ['wait_timeout', '2h', { waitTimeout: 120 * MINUTE }],
      ['poll_interval', '5s', { pollInterval: 5000 }],
      ['job_status', 'failure', { jobStatus: 'failure' }],
    ],
    restore: [
      ...SHARED,
      ['snapshot_id', '1 2', { selection: { kind: 'named', words: ['1', '2'] } }],
      ['server_id', '5, 6', { serverIds: ['5', '6'] }],
      ['allow_older', 'true', { allowOlder: true }],
      ['max_age', '7d', { maxAge: 7 * 24 * 60 * MINUTE }],
      ['snapshot_first', 'true', { snapshotFirst: true }],
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

  test('is measured in days', () => {
    expect(read('prune', { keep_last: '', older_than: '365d' })).toMatchObject({
      olderThan: 365 * 24 * 60 * MINUTE,
    });
  });
});

describe('an age', () => {
  test.each([
    ['main', 'restore_max_age'],
    ['restore', 'max_age'],
    ['prune', 'older_than'],
  ] as const)('%s: %s reaches back for years, but not for ever', (action, name) => {
    expect(problems(action, { [name]: '3650d' })).toEqual([]);
    expect(problems(action, { [name]: '3651d' })).toEqual([expect.stringMatching(/too long: at most 3650d/)]);
  });
});

describe('an empty snapshot_id is no mistake in a dry run', () => {
  test.each(['wait', 'delete'] as const)('%s', (action) => {
    expect(read(action, { snapshot_id: '', dry_run: 'true' })).toMatchObject({ snapshotIds: [] });
  });

  test('restore', () => {
    const inputs = read('restore', { snapshot_id: '', dry_run: 'true' });
    expect(inputs).toMatchObject({ selection: { kind: 'named', words: [] } });
  });
});

describe('the shortest poll_interval', () => {
  const LOCAL = 'http://127.0.0.1:8080/api/v1';
  test.each<[string, Given, number]>([
    ['of any address', { poll_interval: '1s' }, 1000],
    ['of any address, in ms', { poll_interval: '1000ms' }, 1000],
    ['of this machine', { poll_interval: '100ms', api_url: LOCAL }, 100],
    ['of this machine by its name', { poll_interval: '100ms', api_url: 'https://localhost/v1' }, 100],
    ['of this machine by IPv6', { poll_interval: '100ms', api_url: 'http://[::1]:3000/v1' }, 100],
  ])('%s', (_name, inputs, pollInterval) => {
    for (const action of ['main', 'wait', 'restore'] as const)
      expect(read(action, inputs)).toMatchObject({ pollInterval });
  });

  test.each<[string, Given]>([
    ['at least 1s', { poll_interval: '999ms' }],
    ['at least 1s', { poll_interval: '100ms', api_url: 'https://127.0.0.1.example.com/' }],
    ['at least 100ms', { poll_interval: '99ms', api_url: LOCAL }],
    // An address that is refused decides nothing.
    ['at least 1s', { poll_interval: '999ms', api_url: 'http://admin.vps.org/' }],
  ])('is %s: %j', (least, inputs) => {
    for (const action of ['main', 'wait', 'restore'] as const)
      expect(problems(action, inputs).join()).toMatch(new RegExp(`is too short: ${least}$`));
  });
});

describe('which snapshots to restore', () => {
  const NAME = 'deploy-shop-900-1';
  const named = (...words: string[]): object => ({ selection: { kind: 'named', words } });
  test.each<[string, Given, object]>([
    ['ids, as people write them', { snapshot_id: '#801, "0802"' }, named('801', '802')],
    ['a name', { snapshot_id: NAME }, named(NAME)],
    ['a name of 100 characters', { snapshot_id: 'n'.repeat(100) }, named('n'.repeat(100))],
    ['a name and an id', { snapshot_id: `${NAME} 801` }, named(NAME, '801')],
    ['a name that begins with `latest`', { snapshot_id: 'latest-1' }, named('latest-1')],
    ['`latest` in capitals is a name', { snapshot_id: 'LATEST' }, named('LATEST')],
    [
      'the newest of a server, by a schedule, with an age',
      { snapshot_id: 'latest', server_id: '5', max_age: '1d' },
      { selection: { kind: 'latest' }, serverIds: ['5'], maxAge: 24 * 60 * MINUTE },
    ],
    [
      'the newest of several servers',
      { snapshot_id: ' "latest" ', server_id: '5,6', max_age: '1d' },
      { selection: { kind: 'latest' }, serverIds: ['5', '6'] },
    ],
  ])('%s', (_name, inputs, expected) => {
    expect(read('restore', inputs)).toMatchObject(expected);
  });

  test('`latest` needs no age where a person started the workflow', () => {
    const inputs = read('restore', { snapshot_id: 'latest', server_id: '5' }, 'workflow_dispatch');
    expect(inputs).toMatchObject({ selection: { kind: 'latest' }, maxAge: null });
  });
});

describe('the environment', () => {
  test('cannot send the token elsewhere', () => {
    Object.assign(process.env, {
      VPS_API_URL: 'https://evil.example',
      VPS_API_TOKEN: 'x',
      API_URL: 'https://evil.example',
    });
    expect(read('main')).toMatchObject({ apiUrl: 'https://admin.vps.org/api/v1', apiToken: 'vps_t' });
  });

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
