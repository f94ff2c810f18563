import { describe, expect, test } from '@jest/globals';
import { TestApi, AUTHORIZED, START, type Json } from './test-api.ts';

const SNAPSHOTS = '/snapshots/';

describe('who may do what', () => {
  const basic = { authorization: 'Basic dXNlcjpwdw==' };
  const wrong = { authorization: 'Bearer vps_other' };
  test.each([
    ['no token', {}, 401, 'Authentication credentials were not provided.'],
    ['another scheme', basic, 401, 'Authentication credentials were not provided.'],
    ['an unknown token', wrong, 401, 'Invalid token.'],
    ['the token under a capitalized name', { Authorization: 'Bearer vps_demo_token' }, 200, undefined],
  ])('%s', (_, headers, status, detail) => {
    const answer = new TestApi().call('GET', SNAPSHOTS, undefined, headers);
    expect(answer.status).toBe(status);
    expect((JSON.parse(answer.body) as Json)['detail']).toBe(detail);
  });

  test.each([
    ['GET', '/snapshots/', 'snapshots:read', 200],
    ['POST', '/snapshots/', 'snapshots:write', 400],
    ['DELETE', '/snapshots/1/', 'snapshots:write', 404],
    ['POST', '/snapshots/1/restore/', 'snapshots:write', 404],
    ['GET', '/servers/', 'servers:read', 200],
    ['GET', '/servers/12345/', 'servers:read', 200],
    ['POST', '/servers/12345/power/', 'servers:power', 400],
  ])('%s %s needs %s', (method, path, permission, status) => {
    const permitted = new TestApi({ permissions: [permission] });
    expect(permitted.call(method, path, {}).status).toBe(status);
    const others = ['snapshots:read', 'snapshots:write', 'servers:read', 'servers:power'];
    const refused = new TestApi({ permissions: others.filter((other) => other !== permission) });
    expect(refused.call(method, path, {}).status).toBe(403);
    expect(refused.call(method, path, {}).body).toMatch(/^\{"detail":"You do not have permission/);
  });

  test('any token may ask what it may do, and each has its own list', () => {
    const api = new TestApi({}, { tokens: [{ token: 'a', name: 'ci', permissions: ['servers:read'] }] });
    const answer = api.call('GET', '/account/me/', undefined, { authorization: 'Bearer a' });
    expect(answer.status).toBe(200);
    expect((JSON.parse(answer.body) as Json)['token']).toEqual({ name: 'ci', permissions: ['servers:read'] });
    expect(api.call('GET', '/account/me/').status).toBe(401);
    expect(api.simulated.authorizes({ authorization: 'Bearer a' })).toBe(true);
    expect(api.simulated.authorizes(AUTHORIZED)).toBe(false);
  });

  test('a token can be taken away', () => {
    const api = new TestApi();
    api.simulated.setTokens([]);
    expect(api.call('GET', SNAPSHOTS).status).toBe(401);
  });
});

describe('addresses', () => {
  test.each([
    ['GET', '/snapshots', 404],
    ['GET', '/nothing/', 404],
    ['GET', '/account/you/', 404],
    ['GET', '/snapshots/1/other/', 404],
    ['GET', '/snapshots/1/restore/now/', 404],
    ['GET', '/snapshots/%zz/', 404],
    ['GET', '//', 404],
    ['GET', '/servers/999/', 404],
    ['DELETE', '/snapshots/999/', 404],
    ['POST', '/snapshots/999/restore/', 404],
    ['GET', '/snapshots/801/', 405],
    ['PUT', '/snapshots/', 405],
    ['GET', '/snapshots/801/restore/', 405],
    ['DELETE', '/servers/12345/', 405],
    ['GET', '/servers/12345/power/', 405],
  ])('%s %s: %i', (method, path, status) => {
    const api = new TestApi({}, { snapshots: [{ name: 'old' }] });
    expect(api.call(method, path).status).toBe(status);
  });

  test('a refused method names the allowed ones', () => {
    expect(new TestApi().call('PUT', SNAPSHOTS).headers['allow']).toBe('GET, POST');
  });

  test('each response has the virtual time', () => {
    expect(new TestApi().pass(90).call('GET', SNAPSHOTS).headers['date']).toBe(
      'Thu, 15 Jan 2026 12:01:30 GMT',
    );
    expect(new TestApi({ date_header: false }).call('GET', SNAPSHOTS).headers).not.toHaveProperty('date');
  });

  test('a text of the tester stands in every detail', () => {
    expect(new TestApi({ error_text: '::error::x' }).call('DELETE', '/snapshots/9/').body).toBe(
      '{"detail":"Snapshot not found. ::error::x"}',
    );
  });
});

describe('rate limit', () => {
  test.each([
    ['seconds', '50'],
    ['date', 'Thu, 15 Jan 2026 12:01:00 GMT'],
    ['none', undefined],
  ] as const)('Retry-After as %s', (form, value) => {
    const api = new TestApi({ rate_limit: 2, retry_after: form });
    api.list();
    api.pass(10).list();
    const answer = api.call('GET', SNAPSHOTS);
    expect(answer.status).toBe(429);
    expect(answer.headers['retry-after']).toBe(value);
    expect(api.pass(49).call('GET', SNAPSHOTS).status).toBe(429);
    expect(api.pass(1).call('GET', SNAPSHOTS).status).toBe(200);
  });
});

function stateAfter(seed: number): string {
  const api = new TestApi({ snapshot_seconds: [180, 600] }, { seed });
  api.create('a');
  api.create('b');
  return JSON.stringify(api.pass(1000).state());
}

test('the same seed gives the same state, another seed another one', () => {
  expect(stateAfter(7)).toBe(stateAfter(7));
  expect(stateAfter(7)).not.toBe(stateAfter(8));
  expect(new TestApi().state().now).toBe(START);
});
