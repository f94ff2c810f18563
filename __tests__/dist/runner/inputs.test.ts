import { describe, expect, test } from '@jest/globals';
import { runAction } from '../harness/action.ts';
import { textOf, titlesOf } from '../harness/annotations.ts';
import { openTestEnvironment } from '../harness/test-environment.ts';

describe('all mistakes are reported in one error, and nothing is sent', () => {
  test.concurrent.each([
    {
      action: 'main',
      inputs: {
        api_token: '',
        api_url: 'http://vps.example/api/v1',
        server_id: '../../x',
        name_template: 'before {nobody}',
        wait: 'yes',
        wait_timeout: '90',
        poll_interval: '50ms',
        stop_server: '1',
        when_full: 'replace',
        on_rerun: 'again',
        on_failure: 'rollback',
        on_cancel: 'abort',
        on_success: 'restore',
        restore_if: 'maybe',
        keep_last: '-1',
        restore_timeout: 'soon',
        health_url: 'ftp://example.com/',
        dry_run: 'no',
      },
      says: ["'90'".replaceAll("'", '"'), '90s is seconds', 'keep, restore, delete', '{repo}', '100ms'],
    },
    {
      action: 'wait',
      inputs: { api_token: '', snapshot_id: '', server_id: 'a b/c', wait_timeout: '1', poll_interval: '1ms' },
      says: ['its output is not passed on', 'contains a secret'],
    },
    {
      action: 'restore',
      inputs: { api_token: '', snapshot_id: '..', server_id: '1,2', allow_older: 'ja', restore_timeout: '5' },
      says: ['give one server'],
    },
    {
      action: 'delete',
      inputs: { api_token: '', snapshot_id: ',,', force: 'please' },
      says: ['true or false'],
    },
    {
      action: 'prune',
      inputs: { api_token: '', server_id: '', keep_last: '0', older_than: '7' },
      says: ['7d days', '1 to 1000'],
    },
  ] as const)('$action', async ({ action, inputs, says }) => {
    await using testEnv = await openTestEnvironment();
    const result = await runAction(testEnv, action, { inputs });

    expect(result).toMatchObject({ code: 1, requests: [], state: {}, outputs: {} });
    expect(titlesOf(result)).toEqual(['error: Wrong inputs']);
    const text = textOf(result, 'Wrong inputs');
    for (const name of Object.keys(inputs)) expect(text).toContain(`'${name}'`);
    for (const part of says) expect(text).toContain(part);
  });
});

describe('one mistake', () => {
  test.concurrent.each([
    { name: 'an empty token', inputs: { api_token: '' }, says: ['secret is not set', 'fork', 'Dependabot'] },
    { name: 'a token with a line break in it', inputs: { api_token: 'vps_a\nvps_b' }, says: ["'api_token'"] },
    { name: 'a bare number of a duration', inputs: { wait_timeout: '600' }, says: ['600s'] },
    {
      name: 'a password in the address',
      inputs: { api_url: 'https://me:pw@vps.example/api' },
      says: ["'api_url'"],
    },
    {
      name: 'a query in the address',
      inputs: { api_url: 'https://vps.example/api?a=b' },
      says: ["'api_url'"],
    },
    { name: 'http to another machine', inputs: { api_url: 'http://10.0.0.1/api/v1' }, says: ['https'] },
    {
      name: 'stop_server with wait: false',
      inputs: { stop_server: 'true', wait: 'false' },
      says: ["'stop_server'", 'wait: true'],
    },
    {
      name: 'keep_last with on_success: delete',
      inputs: { keep_last: '3', on_success: 'delete' },
      says: ["'keep_last'", 'on_success: delete'],
    },
    {
      name: 'a restore_if that is true before the deploy',
      inputs: { restore_if: 'true' },
      says: ["'restore_if'", "== 'failure'", 'skipped'],
    },
    {
      name: 'an unknown placeholder',
      inputs: { name_template: '{branch}' },
      says: ['{branch}', '{ref}', '{sha7}'],
    },
    {
      name: 'a character no name may have',
      inputs: { name_template: 'deploy {repo}' },
      says: ["'name_template'"],
    },
    {
      name: 'a health check with a password',
      inputs: { health_url: 'https://a:b@c.example/' },
      says: ["'health_url'"],
    },
  ])('$name', async ({ inputs, says }) => {
    await using testEnv = await openTestEnvironment();
    const main = await runAction(testEnv, 'main', { inputs });

    expect(main).toMatchObject({ code: 1, requests: [], state: {} });
    for (const part of says) expect(textOf(main, 'Wrong inputs')).toContain(part);
    expect(main.stdout).not.toMatch(/me:pw|a:b@/);
  });

  test.concurrent('certificates that are not checked', async () => {
    await using testEnv = await openTestEnvironment();
    const main = await runAction(testEnv, 'main', { env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } });

    expect(main).toMatchObject({ code: 1, requests: [] });
    expect(textOf(main, 'Wrong inputs')).toContain('NODE_EXTRA_CA_CERTS');
  });

  test.concurrent('prune without a rule', async () => {
    await using testEnv = await openTestEnvironment();
    const result = await runAction(testEnv, 'prune', { inputs: { server_id: '12345' } });

    expect(result).toMatchObject({ code: 1, requests: [] });
    expect(textOf(result, 'Wrong inputs')).toMatch(/'keep_last'.*'older_than'/s);
  });
});

test.concurrent('the address of the API is never read from the environment', async () => {
  await using testEnv = await openTestEnvironment();
  await using other = await openTestEnvironment();
  const env = {
    VPS_API_URL: other.url,
    VPS_API_TOKEN: 'vps_demo_token',
    API_URL: other.url,
  };
  const main = await runAction(testEnv, 'main', { env });

  expect(main.code).toBe(0);
  expect(other.requests).toEqual([]);
});

test.concurrent.each(['True', 'TRUE', 'true'])('wait: %s is a YAML boolean', async (wait) => {
  await using testEnv = await openTestEnvironment();
  const main = await runAction(testEnv, 'main', { inputs: { wait } });

  expect(main).toMatchObject({ code: 0, outputs: { snapshot_status: 'completed' } });
});

test.concurrent('an empty input means its default', async () => {
  await using testEnv = await openTestEnvironment();
  const inputs = { wait: '', wait_timeout: '', on_failure: '', keep_last: '', name_template: '' };
  const main = await runAction(testEnv, 'main', { inputs });

  expect(main).toMatchObject({ code: 0, outputs: { snapshot_name: 'deploy-shop-1001-1' } });
});
