import { expect, test } from '@jest/globals';
import type { Switches } from '../../../../simulator/api/switches.ts';
import { TestApi } from '../api/test-api.ts';

const TOKENS = { tokens: [{ token: 'a' }, { token: 'b' }] };

/** The status of a request of this token, and what the answer says of waiting. */
function ask(api: TestApi, token = 'a'): string {
  const { status, headers } = api.call('GET', '/snapshots/', undefined, { authorization: `Bearer ${token}` });
  return [status, headers['retry-after']].filter((part) => part !== undefined).join(' ');
}

test.each([
  ['token', '200'],
  ['account', '429 60'],
] as const)('the limit of a %s: another token gets %s', (scope, answered) => {
  const api = new TestApi({ rate_limit: 2, rate_limit_scope: scope }, TOKENS);
  expect([ask(api), ask(api), ask(api), ask(api, 'b')]).toEqual(['200', '200', '429 60', answered]);
});

test.each([
  // The clock of the tests begins at a full minute.
  ['sliding', [40, 50, 59, 60, 99, 100], ['200', '200', '429 41', '429 40', '429 1', '200']],
  ['fixed', [40, 50, 59, 60, 60, 61], ['200', '200', '429 1', '200', '200', '429 59']],
] as const)('a %s window', (form, seconds, answers) => {
  const api = new TestApi({ rate_limit: 2, rate_limit_window: form }, TOKENS);
  let passed = 0;
  const answered = seconds.map((at) => {
    api.pass(at - passed);
    passed = at;
    return ask(api);
  });
  expect(answered).toEqual(answers);
});

test.each([
  ['seconds', '429 20'],
  ['date', '429 Thu, 15 Jan 2026 12:01:00 GMT'],
  ['none', '429'],
  ['zero', '429 0'],
] as const satisfies readonly (readonly [Switches['retry_after'], string])[])(
  'Retry-After in the form %s: %s',
  (form, answered) => {
    const api = new TestApi({ rate_limit: 1, rate_limit_window: 'fixed', retry_after: form }, TOKENS);
    ask(api.pass(40));
    expect(ask(api)).toBe(answered);
  },
);
