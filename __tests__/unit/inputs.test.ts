import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  readDeleteInputs,
  readPostInputs,
  readPruneInputs,
  readRestoreInputs,
  readRootInputs,
  readWaitInputs,
} from '../../src/github/inputs.ts';
import { InputError } from '../../src/github/reader.ts';

type Given = Readonly<Record<string, string>>;

const environment = { ...process.env };
const write = process.stdout.write.bind(process.stdout);
let said = '';

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('INPUT_')) delete process.env[name];
  delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  said = '';
  process.stdout.write = (chunk: string | Uint8Array) => {
    said += String(chunk);
    return true;
  };
});

afterEach(() => {
  process.stdout.write = write;
  process.env = { ...environment };
});

function give(inputs: Given): void {
  for (const [name, value] of Object.entries(inputs)) process.env[`INPUT_${name.toUpperCase()}`] = value;
}

const READERS = {
  root: readRootInputs,
  wait: readWaitInputs,
  restore: readRestoreInputs,
  delete: readDeleteInputs,
  prune: readPruneInputs,
} as const;
type Action = keyof typeof READERS;

/** What has to be given so that nothing is wrong. */
const REQUIRED: Readonly<Record<Action, Given>> = {
  root: { api_token: 'vps_t', server_id: '12345' },
  wait: { api_token: 'vps_t', snapshot_id: '801' },
  restore: { api_token: 'vps_t', snapshot_id: '801' },
  delete: { api_token: 'vps_t', snapshot_id: '801' },
  prune: { api_token: 'vps_t', server_id: '12345', keep_last: '3' },
};

function read(action: Action, inputs: Given = {}): unknown {
  give({ ...REQUIRED[action], ...inputs });
  return READERS[action]();
}

/** The mistakes in the inputs, in the order in which they are told. */
function problems(action: Action, inputs: Given): readonly string[] {
  try {
    read(action, inputs);
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems;
  }
}

const MINUTE = 60_000;
const API = { apiToken: 'vps_t', apiUrl: 'https://admin.vps.org/api/v1', dryRun: false };

describe('what is left out has these values', () => {
  test.each<[Action, object]>([
    [
      'root',
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
  const ROWS: Readonly<Record<Action, readonly (readonly [string, string, object])[]>> = {
    root: [
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
    Object.entries(ROWS).flatMap(([action, rows]) => rows.map((row) => [action as Action, ...row] as const)),
  )('%s: %s', (action, name, value, fields) => {
    const defaults = read(action) as object;
    expect(read(action, { [name]: value })).toEqual({ ...defaults, ...fields });
  });
});

describe('a mistake names the input, the value and what is right', () => {
  test.each<[Action, string, string, RegExp]>([
    ['root', 'api_token', '', /empty\. Usual causes: the secret is not set/],
    ['root', 'api_token', 'a b', /a space, a line break or another character/],
    ['root', 'api_url', 'http://vps.example', /"http:\/\/vps\.example" is not https/],
    ['root', 'dry_run', 'yes', /"yes" is not a boolean: write true or false/],
    ['root', 'server_id', '', /empty: give the id of the server/],
    ['root', 'server_id', ' , ', /empty: give the id of the server/],
    ['root', 'server_id', '../../x', /"\.\.\/\.\.\/x" cannot be an id/],
    ['root', 'server_id', Array.from({ length: 51 }, (_, n) => n).join(), /more than 50 servers/],
    ['root', 'name_template', '{branch}', /unknown placeholder \{branch\}; known ones are \{owner\}/],
    ['root', 'name_template', 'a b', /" "; only letters, digits/],
    ['root', 'wait', '1', /"1" is not a boolean/],
    ['root', 'wait_timeout', '30', /"30" has no unit: .* 30m minutes/],
    ['root', 'poll_interval', '99ms', /"99ms" is too short: at least 100ms/],
    ['root', 'poll_interval', 'fast', /"fast" is not a duration/],
    ['root', 'stop_server', 'on', /"on" is not a boolean/],
    ['root', 'when_full', 'delete', /"delete" is not one of fail, rotate/],
    ['root', 'on_rerun', 'skip', /"skip" is not one of create, reuse/],
    ['root', 'on_failure', 'rollback', /"rollback" is not one of keep, restore, delete/],
    ['root', 'on_cancel', 'Restore', /"Restore" is not one of keep, restore, delete/],
    ['root', 'on_success', 'restore', /"restore" is not one of keep, delete/],
    [
      'root',
      'restore_if',
      'true',
      /already true before the deploy has run.*== 'failure'.*skipped is not a failed one/,
    ],
    ['root', 'restore_if', 'success', /"success" is neither true nor false nor empty/],
    ['root', 'keep_last', '-1', /"-1" is not a whole number from 0 to 1000/],
    ['root', 'keep_last', 'all', /"all" is not a whole number/],
    ['root', 'restore_timeout', '5 minutes', /"5 minutes" is not a duration/],
    ['root', 'health_url', 'shop.example', /"shop\.example" is not an http\(s\) URL/],
    ['wait', 'snapshot_id', '', /made none or was skipped;.*outputs:.*contains a secret/],
    ['wait', 'snapshot_id', 'a/b', /"a\/b" cannot be an id/],
    ['wait', 'server_id', 'a%2fb', /"a%2fb" cannot be an id/],
    ['wait', 'wait_timeout', '0s', /too short/],
    ['restore', 'snapshot_id', '', /made none or was skipped/],
    ['restore', 'server_id', '1,2', /give one server/],
    ['restore', 'allow_older', 'y', /"y" is not a boolean/],
    ['restore', 'restore_timeout', '40d', /too long: at most 36d/],
    ['restore', 'health_url', 'https://u:p@a.example', /user name or password/],
    ['delete', 'snapshot_id', ',,', /made none or was skipped/],
    ['delete', 'force', 'False!', /"False!" is not a boolean/],
    ['prune', 'server_id', '', /empty: give the id of each server/],
    ['prune', 'keep_last', '0', /"0" is not a whole number from 1 to 1000/],
    ['prune', 'older_than', '7', /"7" has no unit.*7d days/],
  ])('%s: %s: %j', (action, name, value, message) => {
    const found = problems(action, { [name]: value });
    expect(found).toEqual([expect.stringMatching(message)]);
    expect(found[0]).toMatch(new RegExp(`^'${name}': `));
  });

  test('an address with a password is refused without the password', () => {
    expect(problems('root', { api_url: 'https://u:secret@a.example' }).join()).not.toContain('secret');
  });
});

describe('contradictions', () => {
  test.each<[string, Action, Given, readonly RegExp[]]>([
    [
      'stop_server without wait',
      'root',
      { stop_server: 'true', wait: 'false' },
      [/^'stop_server': it needs 'wait: true'/],
    ],
    ['stop_server with wait', 'root', { stop_server: 'true', wait: 'true' }, []],
    [
      'keep_last with on_success: delete',
      'root',
      { keep_last: '1', on_success: 'delete' },
      [/^'keep_last': .*on_success: delete/],
    ],
    ['keep_last off with on_success: delete', 'root', { keep_last: '0', on_success: 'delete' }, []],
    [
      'prune without a rule',
      'prune',
      { keep_last: '', older_than: '' },
      [/^'keep_last': give 'keep_last' or 'older_than'/],
    ],
    [
      'several snapshots of one server',
      'restore',
      { snapshot_id: '1,2', server_id: '5' },
      [/^'snapshot_id': .*'server_id'/],
    ],
    ['one snapshot of one server', 'restore', { snapshot_id: '1', server_id: '5' }, []],
  ])('%s', (_name, action, inputs, messages) => {
    expect(problems(action, inputs)).toEqual(messages.map((message) => expect.stringMatching(message)));
  });
});

test('all mistakes are told together', () => {
  const wrong = {
    api_token: '',
    api_url: 'ftp://x',
    dry_run: 'x',
    server_id: '..',
    name_template: '{x}',
    wait: 'x',
    wait_timeout: '1',
    poll_interval: '1',
    stop_server: 'x',
    when_full: 'x',
    on_rerun: 'x',
    on_failure: 'x',
    on_cancel: 'x',
    on_success: 'x',
    restore_if: 'x',
    keep_last: 'x',
    restore_timeout: '1',
    health_url: 'x',
  };
  const found = problems('root', wrong);
  expect(found.map((text) => /^'(\w+)': /.exec(text)?.[1] ?? '').toSorted()).toEqual(
    Object.keys(wrong).toSorted(),
  );
  const { message } = new InputError(found);
  expect(message).toMatch(/^The inputs have 18 mistakes; nothing was sent to VPS\.org:\n- '/);
  for (const text of found) expect(message).toContain(`- ${text}`);
});

test('one mistake is one mistake', () => {
  expect(new InputError(["'wait': no"]).message).toBe(
    "The inputs have a mistake; nothing was sent to VPS.org:\n- 'wait': no",
  );
});

test('as many servers as the state of a step holds', () => {
  const ids = Array.from({ length: 50 }, (_, index) => String(index));
  expect(read('root', { server_id: ids.join() })).toMatchObject({ serverIds: ids });
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
    expect(read('root')).toMatchObject({ apiUrl: 'https://admin.vps.org/api/v1', apiToken: 'vps_t' });
  });

  test.each(Object.keys(READERS) as Action[])('%s: may not turn the check of certificates off', (action) => {
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    expect(problems(action, {})).toEqual([
      expect.stringMatching(/NODE_TLS_REJECT_UNAUTHORIZED=0.*NODE_EXTRA_CA_CERTS/),
    ]);
  });

  test('white space round a value is dropped, as the runner does', () => {
    expect(read('root', { server_id: '  7\n', wait: ' false ' })).toMatchObject({
      serverIds: ['7'],
      wait: false,
    });
  });
});

describe('a token is masked before anything else is said', () => {
  test.each(Object.keys(READERS) as Action[])('%s', (action) => {
    read(action);
    expect(said).toMatch(/^::add-mask::vps_t(\r?\n|$)/m);
  });

  test.each(['root', 'restore'] as const)('%s: that for GitHub too', (action) => {
    read(action, { github_token: 'ghs_x' });
    expect(said).toMatch(/^::add-mask::ghs_x/m);
  });

  test('even one that is refused, line by line', () => {
    expect(problems('root', { api_token: 'first\nsecond' })).toHaveLength(1);
    expect(said).toMatch(/::add-mask::first\r?\n::add-mask::second/);
  });

  test('an empty one is no mask', () => {
    expect(problems('root', { api_token: '' })).toHaveLength(1);
    expect(said).toBe('');
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
    expect(said).toMatch(/::add-mask::vps_t[^]*::add-mask::ghs_x/);
  });

  test('without the check of certificates the token may not be used', () => {
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    expect(post({ api_token: 'vps_t' }).tokenProblem).toContain('NODE_TLS_REJECT_UNAUTHORIZED');
  });
});
