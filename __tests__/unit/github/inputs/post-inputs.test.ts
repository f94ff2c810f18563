import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readPostInputs } from '../../../../src/github/inputs/root.ts';
import { setUp, tearDown, give, said, type Given } from './input-readers.ts';

beforeEach(setUp);
afterEach(tearDown);

describe('the post step reads five inputs again and throws for none', () => {
  const post = (inputs: Given): ReturnType<typeof readPostInputs> => {
    give(inputs);
    return readPostInputs();
  };

  test.each<[string, Given, object]>([
    [
      'all',
      { api_token: 'vps_t', github_token: 'ghs_x', job_status: 'Failure', restore_if: 'true' },
      {
        apiToken: 'vps_t',
        githubToken: 'ghs_x',
        jobStatus: 'Failure',
        restoreIf: 'true',
        tokenCheck: { ok: true },
      },
    ],
    [
      'none, as in a nested composite action',
      {},
      {
        apiToken: '',
        githubToken: '',
        jobStatus: '',
        restoreIf: '',
        tokenCheck: { ok: false, reason: expect.stringMatching(/^'api_token': it is empty\. Usual causes/) },
      },
    ],
    [
      'a restore_if that is no boolean',
      { api_token: 'x', restore_if: 'maybe' },
      { restoreIf: 'maybe', tokenCheck: { ok: true } },
    ],
    [
      'a token that is none',
      { api_token: 'a b' },
      { tokenCheck: { ok: false, reason: expect.stringMatching(/^'api_token': it contains a space/) } },
    ],
    [
      'others are not read',
      { api_token: 'x', wait: 'junk', keep_last: 'junk' },
      { tokenCheck: { ok: true } },
    ],
  ])('%s', (_name, inputs, expected) => {
    expect(post(inputs)).toMatchObject(expected);
  });

  test('and masks the tokens', () => {
    post({ api_token: 'vps_t', github_token: 'ghs_x' });
    expect(said()).toMatch(/::add-mask::vps_t[^]*::add-mask::ghs_x/);
  });

  test.each<[string, Given, string]>([
    ['the default', {}, 'https://admin.vps.org/api/v1'],
    ['as main reads it', { api_url: 'http://127.0.0.1:8080/v1/' }, 'http://127.0.0.1:8080/v1'],
    ['one that cannot be read is none', { api_url: 'http://evil.example' }, ''],
  ])('and the address of the API: %s', (_name, inputs, apiUrl) => {
    expect(post({ api_token: 'x', ...inputs })).toMatchObject({ apiUrl, tokenCheck: { ok: true } });
  });
});
