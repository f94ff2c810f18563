import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../../../simulator/clock/virtual-clock.ts';
import { SchemaError } from '../../../../src/vps/schemas.ts';
import type { Method } from '../../../../src/vps/transport.ts';
import { NOW } from '../../snapshots/samples.ts';
import { kinds, MINUTE, OK, play, retryAfter, status, TOKEN } from './scripted-client.ts';
import type { Step } from '../scripted-transport.ts';

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
  const HTML = { 'content-type': 'text/html; charset=utf-8' };

  test.each<[string, Method, readonly Step[], number, string]>([
    ['an answer', 'GET', [OK], 1, 'ok'],
    [
      'an outage that passes',
      'GET',
      [...kinds('reset', 'timeout', 'cut', 'connect_timeout', 'handshake', 'proxy'), status(503), OK],
      8,
      'ok',
    ],
    ['a page of a proxy, which passes', 'GET', [{ body: '<html>' }, OK], 2, 'ok'],
    [
      'a page with a 403, which passes',
      'GET',
      [status(403, { headers: HTML, body: 'Just a moment…' }), OK],
      2,
      'ok',
    ],
    [
      'a page with a 404, known by how it begins',
      'GET',
      [status(404, { body: ' \n<!DOCTYPE html>' }), OK],
      2,
      'ok',
    ],
    ['a conflict, which passes', 'GET', [status(409), OK], 2, 'ok'],
    ['a DELETE after 502, which may have been carried out', 'DELETE', [status(502), OK], 1, '502'],
    [
      'a POST that nobody saw',
      'POST',
      [
        ...kinds('refused', 'unresolved', 'connect_timeout', 'handshake', 'proxy'),
        status(429),
        status(423),
        OK,
      ],
      8,
      'ok',
    ],
    ['a POST after a reset', 'POST', kinds('reset'), 1, 'reset'],
    ['a POST after a time-out', 'POST', kinds('timeout'), 1, 'timeout'],
    ['a POST after a cut body', 'POST', kinds('cut'), 1, 'cut'],
    ['a POST after 408', 'POST', [status(408)], 1, '408'],
    ['a POST after 409', 'POST', [status(409)], 1, '409'],
    ['a POST after 503', 'POST', [status(503)], 1, '503'],
    ['a POST that a page answers', 'POST', [status(403, { body: '<html>' })], 1, '403'],
    [
      'a POST with an answer that cannot be read',
      'POST',
      [{ status: 201, body: '{"id":' }],
      1,
      'malformed 201',
    ],
    ['a POST that was redirected', 'POST', [status(307)], 1, '307'],
    ['an outage after which it is unclear', 'POST', [...kinds('refused', 'reset'), OK], 2, 'reset'],
    ['the last status that is a success', 'GET', [status(299, OK)], 1, 'ok'],
    ['a body that is too large', 'POST', kinds('too_large'), 1, 'too_large'],
    ['a certificate', 'GET', kinds('certificate'), 1, 'certificate'],
    ['a proxy that wants a login', 'POST', kinds('proxy_auth'), 1, 'proxy_auth'],
  ])('%s: %s', async (_name, method, steps, tries, outcome) => {
    const { sent, answer, error } = await play(steps, { method });
    expect(sent).toHaveLength(tries);
    const failure =
      error && [error.kind, error.status].filter((text) => text !== 'http' && text !== undefined);
    expect(answer ? 'ok' : failure?.join(' ')).toBe(outcome);
  });

  test.each<[string, Method, Step]>([
    ['an outage', 'GET', { fails: 'reset' }],
    ['a POST that is refused', 'POST', { fails: 'refused' }],
    ['a page of a proxy', 'GET', status(403, { body: '<html>' })],
    ['a lock', 'DELETE', status(423)],
  ])('%s is tried again for 30 minutes, for as long as there is time', async (_name, method, step) => {
    const { sent, error, tookMs } = await play([step], { method, until: 30 * MINUTE });
    expect(error?.message).toMatch(/\(tried \d+ times\)$/);
    expect(tookMs).toBeGreaterThan(29.5 * MINUTE);
    expect(sent.length).toBeGreaterThan(150);
    expect(sent.length).toBeLessThan(220);
  });

  test('what its caller repeats by itself is sent once', async () => {
    const { sent, error } = await play(kinds('refused'), { method: 'POST', call: { once: true } });
    expect([sent.length, error?.kind]).toEqual([1, 'refused']);
  });

  test('pauses grow to 20 s, with jitter', async () => {
    const { sent } = await play(kinds('reset'), { random: 0.5, until: MINUTE });
    expect(sent.map(({ at }) => at)).toEqual([0, 1000, 3000, 7000, 15_000, 25_000, 35_000, 45_000, 55_000]);
  });

  test('pauses shrink with the poll_interval for an API on this machine', async () => {
    const { sent } = await play(kinds('reset'), { pollInterval: 300, until: 2000 });
    expect(sent.map(({ at }) => at)).toEqual([0, 100, 300, 700, 1500]);
  });

  test.each<[string, Readonly<Record<string, string>>, number]>([
    ['seconds', { 'retry-after': '7' }, 7000],
    [
      'a date, counted from the API’s own time',
      { 'retry-after': new Date(NOW + 9000).toUTCString(), date: new Date(NOW).toUTCString() },
      9000,
    ],
    [
      'a date, counted from ours where the API gives none',
      { 'retry-after': new Date(new VirtualClock().wall() + 4000).toUTCString() },
      4000,
    ],
    ['none, where a pause is due anyway', { 'retry-after': '0' }, 1000],
    ['unreadable', { 'retry-after': 'later' }, 1000],
  ])('Retry-After of an outage: %s', async (_name, headers, pause) => {
    const { sent, answer } = await play([status(503, { headers }), OK]);
    expect(sent.map(({ at }) => at)).toEqual([0, pause]);
    expect(answer).toBeDefined();
  });
});

describe('what will not pass by itself', () => {
  test.each(['certificate', 'proxy_auth'] as const)(
    '%s: a post step tries on within its budget, and reports it at once',
    async (kind) => {
      const { answer, lasting, sent } = await play([...kinds(kind, kind), OK], { persistent: true });
      expect([answer?.value, sent.length, lasting]).toEqual([{ ok: true }, 3, [kind, kind]]);
    },
  );

  test.each(['certificate', 'proxy_auth'] as const)('%s: any other step ends with it', async (kind) => {
    const { error, lasting, sent } = await play(kinds(kind));
    expect([error?.kind, sent.length, lasting]).toEqual([kind, 1, []]);
  });

  test('an outage is not called lasting', async () => {
    expect((await play([...kinds('refused'), OK], { persistent: true })).lasting).toEqual([]);
  });
});

describe('what an error says', () => {
  test('the API’s reason, status and Retry-After', async () => {
    const step = status(503, { body: '{"detail":"Slow down."}', headers: { 'retry-after': '5' } });
    const { error } = await play([step], { until: 1000 });
    expect(error).toMatchObject({
      kind: 'http',
      method: 'GET',
      path: '/snapshots/',
      status: 503,
      detail: 'Slow down.',
      retryAfter: 5000,
    });
  });

  test('what is wrong with an answer', async () => {
    const read = (): never => {
      throw new SchemaError('no snapshot');
    };
    const { error } = await play([OK], { method: 'POST', call: { read } });
    expect(error).toMatchObject({ kind: 'malformed', status: 200, detail: 'no snapshot', isHtml: false });
  });

  test.each<[string, Step, boolean]>([
    ['a page by its type', status(403, { headers: { 'content-type': 'Text/HTML' }, body: 'no' }), true],
    ['a page by its beginning', status(403, { body: '<HTML lang="en">' }), true],
    [
      'JSON',
      status(403, { headers: { 'content-type': 'application/json' }, body: '{"detail":"<html>"}' }),
      false,
    ],
    ['another type', status(403, { headers: { 'content-type': 'text/htmlx' }, body: 'no' }), false],
    ['no body of this type', status(403, { headers: { 'content-type': 'text/html' }, body: ' \n' }), false],
    ['text about a page', status(403, { body: 'see <html>' }), false],
  ])('whether a web page came in its place: %s', async (_name, step, isHtml) => {
    expect((await play([step], { method: 'POST' })).error).toMatchObject({ status: 403, isHtml });
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
  ['was met three times', kinds('reset'), /\(tried 3 times\)$/],
  ['was met once', kinds('certificate'), /^(?!.*tried)/],
  ['was met at last', kinds('reset', 'certificate'), /certificate.*\(tried 2 times\)$/],
])('an error says how often it %s', async (_name, steps, message) => {
  const { error } = await play(steps, { until: 5000 });
  expect(error?.message).toMatch(message);
});

test('each try is one line: method, path, what came of it, and the time', async () => {
  const steps = [
    status(503, { afterMs: 40 }),
    { fails: 'reset', afterMs: 7 },
    { ...OK, afterMs: 120 },
  ] as const;
  const { debug } = await play(steps, { call: { body: { secret: 'body' } } });
  expect(debug).toEqual([
    'GET /snapshots/ 503 40 ms',
    'GET /snapshots/ reset 7 ms',
    'GET /snapshots/ 200 120 ms',
  ]);
});

test('a request that was given up is reported as such', async () => {
  const { debug } = await play([{ silent: true }], { cancelAt: 30 });
  expect(debug).toEqual(['GET /snapshots/ aborted 30 ms']);
});

test('an answer that its caller asked for is no refusal, and thrown at once', async () => {
  const { error, sent } = await play([status(404)], { call: { answers: [404] } });
  expect([error?.status, error?.isStray, sent.length]).toEqual([404, false, 1]);
  expect((await play([retryAfter(503, 1), OK], { call: { answers: [404] } })).sent).toHaveLength(2);
});
