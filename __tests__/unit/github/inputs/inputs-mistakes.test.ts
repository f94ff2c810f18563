import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type ActionName } from '../../../../scripts/runner/actions.ts';
import { InputError } from '../../../../src/github/inputs/reader.ts';
import { setUp, tearDown, problems, type Given } from './input-readers.ts';

beforeEach(setUp);
afterEach(tearDown);

describe('a mistake names the input, the value and what is right', () => {
  test.each<[ActionName, string, string, RegExp]>([
    ['main', 'api_token', '', /empty\. Usual causes: the secret is not set/],
    ['main', 'api_token', 'a b', /a space, a line break or another character/],
    ['main', 'api_url', 'http://vps.example', /"http:\/\/vps\.example" is not https/],
    ['main', 'dry_run', 'yes', /"yes" is not a boolean: write true or false/],
    ['main', 'server_id', '', /empty: give the id of the server/],
    ['main', 'server_id', ' , ', /empty: give the id of the server/],
    ['main', 'server_id', '../../x', /"\.\.\/\.\.\/x" cannot be an id/],
    ['main', 'server_id', Array.from({ length: 51 }, (_, n) => n).join(), /more than 50 servers/],
    ['main', 'name_template', '{branch}', /unknown placeholder \{branch\}; known ones are \{owner\}/],
    ['main', 'name_template', 'a b', /" "; only letters, digits/],
    ['main', 'wait', '1', /"1" is not a boolean/],
    ['main', 'wait_timeout', '30', /"30" has no unit: .* 30m for minutes/],
    ['main', 'poll_interval', '500ms', /"500ms" is too short: at least 1s/],
    ['main', 'poll_interval', 'fast', /"fast" is not a duration/],
    ['main', 'stop_server', 'on', /"on" is not a boolean/],
    ['main', 'when_full', 'delete', /"delete" is not one of fail, rotate/],
    ['main', 'on_rerun', 'skip', /"skip" is not one of create, reuse/],
    ['main', 'on_failure', 'rollback', /"rollback" is not one of keep, restore, delete/],
    ['main', 'on_cancel', 'Restore', /"Restore" is not one of keep, restore, delete/],
    ['main', 'on_success', 'restore', /"restore" is not one of keep, delete/],
    [
      'main',
      'restore_if',
      'true',
      /already true before the deploy has run.*== 'failure'.*skipped is not a failed one/,
    ],
    ['main', 'restore_if', 'success', /"success" is neither true nor false nor empty/],
    ['main', 'keep_last', '-1', /"-1" is not a whole number from 0 to 1000/],
    ['main', 'keep_last', 'all', /"all" is not a whole number/],
    ['main', 'restore_timeout', '5 minutes', /"5 minutes" is not a duration/],
    ['main', 'health_url', 'shop.example', /"shop\.example" is not an http\(s\) URL/],
    ['main', 'restore_max_age', '90', /"90" has no unit/],
    ['main', 'restore_max_age', '0s', /too short/],
    ['main', 'protect', '1', /"1" is not a boolean/],
    ['main', 'server_id', '- 12345\n- 12346', /YAML list pasted as text.*commas between them: 12345, 12346$/],
    ['wait', 'snapshot_id', '', /made none or was skipped;.*outputs:.*contains a secret/],
    ['wait', 'snapshot_id', 'a/b', /"a\/b" cannot be an id/],
    ['wait', 'server_id', 'a%2fb', /"a%2fb" cannot be an id/],
    ['wait', 'wait_timeout', '0s', /too short/],
    ['restore', 'snapshot_id', '', /made none or was skipped/],
    ['restore', 'snapshot_id', ',,,', /made none or was skipped/],
    ['restore', 'snapshot_id', 'a.b', /"a\.b" is neither an id nor a name: .* at most 100/],
    ['restore', 'snapshot_id', 'n'.repeat(101), /is neither an id nor a name/],
    ['restore', 'snapshot_id', '- 801', /YAML list pasted as text/],
    ['restore', 'server_id', 'a b/c', /"b\/c" cannot be an id/],
    ['restore', 'max_age', '1', /"1" has no unit/],
    ['restore', 'snapshot_first', 'y', /"y" is not a boolean/],
    ['delete', 'snapshot_id', '- 801', /YAML list pasted as text.*: 801$/],
    ['restore', 'allow_older', 'y', /"y" is not a boolean/],
    ['restore', 'restore_timeout', '40d', /too long: at most 36d/],
    ['restore', 'health_url', 'https://u:p@a.example', /user name or password/],
    ['delete', 'snapshot_id', ',,', /made none or was skipped/],
    ['delete', 'force', 'False!', /"False!" is not a boolean/],
    ['prune', 'server_id', '', /empty: give the id of each server/],
    ['prune', 'server_id', '-', /YAML list pasted as text.*: 12345, 12346$/],
    ['prune', 'keep_last', '0', /"0" is not a whole number from 1 to 1000/],
    ['prune', 'older_than', '7', /"7" has no unit.*7d for days/],
  ])('%s: %s: %j', (action, name, value, message) => {
    const found = problems(action, { [name]: value });
    expect(found).toEqual([expect.stringMatching(message)]);
    expect(found[0]).toMatch(new RegExp(`^'${name}': `));
  });

  test('an address with a password is refused without the password', () => {
    expect(problems('main', { api_url: 'https://u:secret@a.example' }).join()).not.toContain('secret');
  });
});

describe('contradictions', () => {
  test.each<[string, ActionName, Given, readonly RegExp[]]>([
    [
      'stop_server without wait',
      'main',
      { stop_server: 'true', wait: 'false' },
      [/^'stop_server': it needs 'wait: true'/],
    ],
    ['stop_server with wait', 'main', { stop_server: 'true', wait: 'true' }, []],
    [
      'keep_last with on_success: delete',
      'main',
      { keep_last: '1', on_success: 'delete' },
      [/^'keep_last': .*on_success: delete/],
    ],
    ['keep_last off with on_success: delete', 'main', { keep_last: '0', on_success: 'delete' }, []],
    [
      'prune without a rule',
      'prune',
      { keep_last: '', older_than: '' },
      [/^'keep_last': give 'keep_last' or 'older_than'/],
    ],
    ['several snapshots of one server', 'restore', { snapshot_id: '1,2', server_id: '5' }, []],
    [
      'latest without a server',
      'restore',
      { snapshot_id: 'latest', max_age: '1d' },
      [/^'server_id': it is required with 'snapshot_id: latest'/],
    ],
    [
      'latest without an age, where nobody started the workflow',
      'restore',
      { snapshot_id: 'latest', server_id: '5' },
      [/^'max_age': it is required with 'snapshot_id: latest', unless a person started the workflow/],
    ],
    [
      'latest with an age that is a mistake of its own',
      'restore',
      { snapshot_id: 'latest', server_id: '5', max_age: 'x' },
      [/^'max_age': "x" is not a duration/],
    ],
    [
      'latest beside an id',
      'restore',
      { snapshot_id: 'latest, 801', server_id: '5', max_age: '1d' },
      [/^'snapshot_id': 'latest' stands alone/],
    ],
    [
      'protect with on_failure: delete',
      'main',
      { protect: 'true', on_failure: 'delete' },
      [/^'protect': it cannot be used with on_failure set to 'delete'/],
    ],
    [
      'protect with every delete',
      'main',
      { protect: 'true', on_failure: 'delete', on_cancel: 'delete', on_success: 'delete' },
      [/^'protect': .*on_failure or on_cancel or on_success/],
    ],
    ['protect with restores', 'main', { protect: 'true', on_failure: 'restore', keep_last: '3' }, []],
    ['deletes without protect', 'main', { protect: 'false', on_failure: 'delete' }, []],
  ])('%s', (_name, action, inputs, messages) => {
    expect(problems(action, inputs)).toEqual(messages.map((message) => expect.stringMatching(message)));
  });
});

test('all mistakes are reported together', () => {
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
    restore_max_age: '1',
    protect: 'x',
    health_url: 'x',
  };
  const found = problems('main', wrong);
  expect(found.map((text) => /^'(\w+)': /.exec(text)?.[1] ?? '').toSorted()).toEqual(
    Object.keys(wrong).toSorted(),
  );
  const { message } = new InputError(found);
  expect(message).toMatch(/^The inputs have 20 mistakes; nothing was sent to VPS\.org:\n- '/);
  for (const text of found) expect(message).toContain(`- ${text}`);
});

test('a mistake in the address of this machine makes its short poll_interval none', () => {
  const given = { api_url: 'http://127.0.0.1:8080/api/v1?page=1', poll_interval: '100ms' };
  expect(problems('main', given)).toEqual([expect.stringMatching(/^'api_url': /)]);
});

test('a name that is too long for what its placeholders stand for is reported with the others, once', () => {
  const given = {
    server_id: `1, ${'a'.repeat(60)}, ${'b'.repeat(64)}`,
    name_template: '{server_id}-{server_id}',
  };
  expect(problems('main', { ...given, wait: 'x' })).toEqual([
    expect.stringMatching(/^'wait': /),
    expect.stringMatching(/^'name_template': the name would have 121 characters; /),
  ]);
});

test('one mistake is one mistake', () => {
  expect(new InputError(["'wait': no"]).message).toBe(
    "The inputs have a mistake; nothing was sent to VPS.org:\n- 'wait': no",
  );
});
