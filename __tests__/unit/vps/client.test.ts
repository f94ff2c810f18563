import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../../simulator/clock/virtual-clock.ts';
import { SchemaError } from '../../../src/vps/schemas.ts';
import type { Method } from '../../../src/vps/transport.ts';
import { NOW } from '../snapshots/samples.ts';
import { kinds, OK, play, status, TOKEN } from './scripted-client.ts';
import type { Step } from './scripted-transport.ts';

test('a request carries the token, and its body as JSON', async () => {
  const { sent } = await play([OK], { method: 'POST', call: { body: { name: 'a', server_id: 1 } } });
  expect(sent.map(({ request }) => ({ ...request, signal: undefined }))).toEqual([
    {
      method: 'POST',
      url: 'https://a.example/api/v1/snapshots/',
      headers: {
        authorization: `Bearer ${TOKEN}`,
        accept: 'application/json',
        'content-type': 'application/json',
      },
      body: '{"name":"a","server_id":1}',
      timeoutMs: 30_000,
      signal: undefined,
    },
  ]);
});

test('a GET has no body', async () => {
  const { sent } = await play([OK]);
  expect(sent[0]?.request).not.toHaveProperty('body');
});

test.each<[string, Step, number | null]>([
  ['its Date header', { headers: { date: new Date(NOW).toUTCString() } }, NOW],
  ['nothing without one', {}, null],
  ['nothing from an unreadable one', { headers: { date: 'today' } }, null],
])('the API’s time is %s', async (_name, step, now) => {
  expect((await play([{ ...OK, ...step }])).answer).toEqual({ value: { ok: true }, now });
});

describe('tries', () => {
  test.each<[string, Method, readonly Step[], number, string]>([
    ['an answer', 'GET', [OK], 1, 'ok'],
    ['an outage that passes', 'GET', [...kinds('reset', 'timeout', 'cut'), status(503), OK], 5, 'ok'],
    ['an outage that does not', 'GET', kinds('reset'), 5, 'reset'],
    ['a page of a proxy, which passes', 'GET', [{ body: '<html>' }, OK], 2, 'ok'],
    ['a DELETE', 'DELETE', [status(502), OK], 2, 'ok'],
    ['a POST that nobody saw', 'POST', [...kinds('refused', 'unresolved'), status(429), OK], 4, 'ok'],
    ['a POST that is refused for ever', 'POST', kinds('refused'), 5, 'refused'],
    ['a POST after a reset', 'POST', kinds('reset'), 1, 'reset'],
    ['a POST after a time-out', 'POST', kinds('timeout'), 1, 'timeout'],
    ['a POST after a cut body', 'POST', kinds('cut'), 1, 'cut'],
    ['a POST after 503', 'POST', [status(503)], 1, '503'],
    [
      'a POST with an answer that cannot be read',
      'POST',
      [{ status: 201, body: '{"id":' }],
      1,
      'malformed 201',
    ],
    ['an outage after which it is unclear', 'POST', [...kinds('refused', 'reset'), OK], 2, 'reset'],
    ['a refusal', 'GET', [status(401)], 1, '401'],
    ['the last status that is a success', 'GET', [status(299, OK)], 1, 'ok'],
    ['the first one that is none', 'GET', [status(300)], 1, '300'],
    ['a redirect', 'GET', [status(302, { headers: { location: 'https://evil.example/' } })], 1, '302'],
    ['a body that is too large', 'GET', kinds('too_large'), 1, 'too_large'],
    ['a certificate', 'GET', kinds('certificate'), 1, 'certificate'],
  ])('%s: %s', async (_name, method, steps, tries, outcome) => {
    const { sent, answer, error } = await play(steps, { method });
    expect(sent).toHaveLength(tries);
    const failure =
      error && [error.kind, error.status].filter((text) => text !== 'http' && text !== undefined);
    expect(answer ? 'ok' : failure?.join(' ')).toBe(outcome);
  });

  test('pauses grow, with jitter', async () => {
    const { sent } = await play(kinds('reset'), { random: 0.5 });
    expect(sent.map(({ at }) => at)).toEqual([0, 1000, 3000, 7000, 15_000]);
  });

  test('pauses are the poll_interval where there is one', async () => {
    const { sent } = await play(kinds('reset'), { retryPause: 100 });
    expect(sent.map(({ at }) => at)).toEqual([0, 100, 200, 300, 400]);
  });

  test.each<[string, Readonly<Record<string, string>>, number]>([
    ['seconds', { 'retry-after': '7' }, 7000],
    [
      'a date, counted from the API’s own time',
      { 'retry-after': new Date(NOW + 9000).toUTCString(), date: new Date(NOW).toUTCString() },
      9000,
    ],
    [
      'a date, counted from ours where the API tells none',
      { 'retry-after': new Date(new VirtualClock().wall() + 4000).toUTCString() },
      4000,
    ],
    ['unreadable', { 'retry-after': 'later' }, 1000],
  ])('Retry-After: %s', async (_name, headers, pause) => {
    const { sent, answer } = await play([status(429, { headers }), OK], { retryPause: null });
    expect(sent.map(({ at }) => at)).toEqual([0, pause]);
    expect(answer).toBeDefined();
  });
});

describe('what an error tells', () => {
  test('the API’s reason, status and Retry-After', async () => {
    const step = status(429, { body: '{"detail":"Slow down."}', headers: { 'retry-after': '5' } });
    const { error } = await play([step], { until: 1000 });
    expect(error).toMatchObject({
      kind: 'http',
      method: 'GET',
      path: '/snapshots/',
      status: 429,
      detail: 'Slow down.',
      retryAfter: 5000,
    });
  });

  test('what is wrong with an answer', async () => {
    const read = (): never => {
      throw new SchemaError('no snapshot');
    };
    const { error } = await play([OK], { method: 'POST', call: { read } });
    expect(error).toMatchObject({ kind: 'malformed', status: 200, detail: 'no snapshot' });
  });

  test.each<[string, Step]>([
    ['a detail', status(400, { body: JSON.stringify({ detail: `bad token ${TOKEN}` }) })],
    ['a page', status(502, { body: `<h1>${TOKEN}</h1>` })],
    [
      'a detail that is cut inside it',
      status(400, { body: JSON.stringify({ detail: 'x'.repeat(290) + TOKEN }) }),
    ],
    ['an answer that cannot be read', { body: `oops ${TOKEN}` }],
  ])('never the token: %s', async (_name, step) => {
    const { error, debug } = await play([step], { method: 'POST' });
    expect(error?.message).not.toMatch(/vps_se/);
    expect(JSON.stringify(error)).not.toMatch(/vps_se/);
    expect(debug.join()).not.toMatch(/vps_se/);
  });
});

test.each<[string, readonly Step[], RegExp]>([
  ['was met five times', kinds('reset'), /\(tried 5 times\)$/],
  ['was met once', [status(401)], /^(?!.*tried)/],
  ['was met at last', [...kinds('reset'), status(404)], /404.*\(tried 2 times\)$/],
])('an error says how often it %s', async (_name, steps, message) => {
  const { error } = await play(steps);
  expect(error?.message).toMatch(message);
});

test('each try is one line: method, path, what came of it, and the time', async () => {
  const steps = [
    status(503, { afterMs: 40 }),
    { fails: 'reset', afterMs: 7 },
    { ...OK, afterMs: 120 },
  ] as const;
  const { debug } = await play(steps, { retryPause: 100, call: { body: { secret: 'body' } } });
  expect(debug).toEqual([
    'GET /snapshots/ 503 40 ms',
    'GET /snapshots/ reset 7 ms',
    'GET /snapshots/ 200 120 ms',
  ]);
});

test('a request that was given up is told as such', async () => {
  const { debug } = await play([{ silent: true }], { cancelAt: 30 });
  expect(debug).toEqual(['GET /snapshots/ aborted 30 ms']);
});
