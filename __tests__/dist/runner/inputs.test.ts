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
      says: [
        "'90'".replaceAll("'", '"'),
        '90s for seconds',
        'keep, restore, delete',
        '{repo}',
        'at least 1s',
      ],
    },
    {
      action: 'wait',
      inputs: { api_token: '', snapshot_id: '', server_id: 'a b/c', wait_timeout: '1', poll_interval: '1ms' },
      says: ['its output is not passed on', 'contains a secret'],
    },
    {
      action: 'restore',
      inputs: { api_token: '', snapshot_id: '..', server_id: '- 1', allow_older: 'ja', restore_timeout: '5' },
      says: ['YAML list pasted as text'],
    },
    {
      action: 'delete',
      inputs: { api_token: '', snapshot_id: ',,', force: 'please' },
      says: ['true or false'],
    },
    {
      action: 'prune',
      inputs: { api_token: '', server_id: '', keep_last: '0', older_than: '7' },
      says: ['7d for days', '1 to 1000'],
    },
  ] as const)('$action', async ({ action, inputs, says }) => {
    await using testEnv = await openTestEnvironment();
    const result = await runAction(testEnv, action, { inputs });

    expect(result).toMatchObject({ code: 1, requests: [], state: {}, outputs: {} });
    expect(titlesOf(result)).toEqual(['error: Invalid inputs']);
    const text = textOf(result, 'Invalid inputs');
    for (const name of Object.keys(inputs)) expect(text).toContain(`'${name}'`);
    for (const part of says) expect(text).toContain(part);
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

test.concurrent('an empty input means its default, and a boolean is YAML', async () => {
  await using testEnv = await openTestEnvironment();
  const inputs = { wait: 'True', wait_timeout: '', on_failure: '', keep_last: '', name_template: '' };
  const main = await runAction(testEnv, 'main', { inputs });

  expect(main).toMatchObject({ code: 0, outputs: { snapshot_name: 'deploy-shop-1001-1' } });
});
