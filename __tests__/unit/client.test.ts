import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../simulator/virtual-clock.ts';
import { createClient, type Answer, type Call } from '../../src/vps/client.ts';
import { VpsError } from '../../src/vps/errors.ts';
import { parseJson, SchemaError } from '../../src/vps/schemas.ts';
import type { FailureKind, Method } from '../../src/vps/transport.ts';
import { NOW } from './samples.ts';
import { createScriptedTransport, type Sent, type Step } from './scripted-transport.ts';

const TOKEN = 'vps_secret_token';
const MINUTE = 60_000;

interface Options {
  readonly method?: Method;
  readonly call?: Partial<Call<unknown>>;
  /** The deadline of the whole call, in milliseconds from its start. */
  readonly until?: number;
  readonly cancelAt?: number;
  readonly retryPause?: number | null;
  readonly random?: number;
}

interface Played {
  readonly answer?: Answer<unknown>;
  readonly error?: VpsError;
  readonly sent: readonly Sent[];
  readonly tookMs: number;
  readonly debug: readonly string[];
}

/** Sends one call over the scripted steps. */
async function play(steps: readonly Step[], options: Options = {}): Promise<Played> {
  const { method = 'GET', until = 10 * MINUTE, cancelAt, retryPause = null, random = 0.5 } = options;
  const clock = new VirtualClock();
  const { transport, sent } = createScriptedTransport(clock, steps);
  const cancelled = new AbortController();
  const debug: string[] = [];
  const send = createClient({
    apiUrl: 'https://a.example/api/v1',
    token: TOKEN,
    transport,
    clock,
    random: () => random,
    retryPause,
    debug: (line) => debug.push(line),
    cancelled: cancelled.signal,
  });
  if (cancelAt === 0) cancelled.abort();
  else if (cancelAt !== undefined) clock.at(cancelAt, () => cancelled.abort());
  const call: Call<unknown> = {
    method,
    path: '/snapshots/',
    until,
    read: ({ body }) => parseJson(body),
    ...options.call,
  };
  const outcome = await clock.run(
    send(call).then(
      (answer) => ({ answer }),
      (error: unknown) => {
        if (error instanceof VpsError) return { error };
        throw error;
      },
    ),
  );
  const tookMs = clock.now();
  // Whatever is still under way may not send anything any more.
  await clock.sleep(20 * MINUTE);
  return { ...outcome, sent, tookMs, debug };
}

const kinds = (...names: FailureKind[]): Step[] => names.map((fails) => ({ fails }));
const OK: Step = { body: '{"ok":true}' };
const status = (code: number, fields: Step = {}): Step => ({ status: code, ...fields });

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

describe('Retry-After holds for later calls too', () => {
  /** When each call was sent and how it ended: one call for each deadline, one after the other. */
  async function converse(
    steps: readonly Step[],
    untils: readonly number[],
    cancelAt?: number,
  ): Promise<{ readonly at: readonly number[]; readonly ends: readonly string[]; readonly tookMs: number }> {
    const clock = new VirtualClock();
    const { transport, sent } = createScriptedTransport(clock, steps);
    const cancelled = new AbortController();
    if (cancelAt !== undefined) clock.at(cancelAt, () => cancelled.abort());
    const send = createClient({
      apiUrl: 'https://a.example/api/v1',
      token: TOKEN,
      transport,
      clock,
      random: () => 0,
      retryPause: null,
      debug: () => undefined,
      cancelled: cancelled.signal,
    });
    const ends: string[] = [];
    await clock.run(async () => {
      for (const until of untils) {
        const call = {
          method: 'POST',
          path: '/x/',
          until,
          read: ({ status: code }) => code,
        } as const satisfies Call<number>;
        ends.push(
          await send(call).then(
            ({ value }) => `${value}`,
            (error: unknown) =>
              error instanceof VpsError ? `${error.kind} ${error.status ?? ''}`.trim() : 'other',
          ),
        );
      }
    });
    return { at: sent.map(({ at }) => at), ends, tookMs: clock.now() };
  }

  const busy = (code: number, seconds: number): Step =>
    status(code, { headers: { 'retry-after': String(seconds) } });

  test.each<[string, readonly Step[], readonly number[], readonly number[], readonly string[]]>([
    ['the next call waits', [busy(503, 60), OK], [MINUTE * 9, MINUTE * 9], [0, 60_000], ['http 503', '200']],
    [
      'it counts from its answer',
      [{ ...busy(503, 60), afterMs: 5000 }, OK],
      [MINUTE * 9, MINUTE * 9],
      [0, 65_000],
      ['http 503', '200'],
    ],
    [
      'a call that ends at that very moment is not sent',
      [busy(503, 60), OK],
      [MINUTE * 9, MINUTE],
      [0],
      ['http 503', 'deadline'],
    ],
    [
      'a call whose time is over by then is not sent',
      [{ ...OK, afterMs: 20_000 }],
      [MINUTE, 20_000],
      [0],
      ['200', 'deadline'],
    ],
    [
      'a call that ends before is not sent',
      [busy(503, 60), OK],
      [MINUTE * 9, 30_000],
      [0],
      ['http 503', 'deadline'],
    ],
    [
      'a call that gave up leaves it behind',
      [busy(429, 60), OK],
      [10_000, 40_000, MINUTE * 9],
      [0, 60_000],
      ['http 429', 'deadline', '200'],
    ],
    [
      'a shorter one does not cut a longer one short',
      [busy(503, 60), OK, OK],
      [MINUTE, MINUTE * 9, MINUTE * 9],
      [0, 60_000, 60_000],
      ['http 503', '200', '200'],
    ],
  ])('%s', async (_name, steps, untils, at, ends) => {
    const told = await converse(steps, untils);
    expect([told.at, told.ends]).toEqual([at, ends]);
  });

  test('a cancel ends the waiting, and nothing is sent', async () => {
    const { at, ends, tookMs } = await converse([busy(503, 60), OK], [MINUTE * 9, MINUTE * 9], 20_000);
    expect([at, ends, tookMs]).toEqual([[0], ['http 503', 'cancelled'], 20_000]);
  });
});

describe('deadlines', () => {
  test('a try has 30 s', async () => {
    const { sent, tookMs } = await play([{ silent: true }], { method: 'POST' });
    expect([sent.length, tookMs]).toEqual([1, 30_000]);
  });

  test('a try has no more than what is left of the call', async () => {
    const { sent, tookMs, error } = await play([{ silent: true }], { until: 12_000 });
    expect(sent.map(({ request }) => request.timeoutMs)).toEqual([12_000]);
    expect([error?.kind, tookMs]).toEqual(['timeout', 12_000]);
  });

  test('the last try has the rest', async () => {
    const { sent, tookMs, error } = await play([{ silent: true }], { until: 45_000, random: 0 });
    expect(sent.map(({ request }) => request.timeoutMs)).toEqual([30_000, 15_000]);
    expect([error?.kind, tookMs]).toEqual(['timeout', 45_000]);
  });

  test('a call whose time is over sends nothing', async () => {
    const { sent, error } = await play([OK], { until: 0 });
    expect([sent.length, error?.kind]).toEqual([0, 'deadline']);
  });

  test.each<[string, Step, number]>([
    ['a pause', status(503), 900],
    ['a Retry-After', status(429, { headers: { 'retry-after': '3600' } }), MINUTE],
    ['a Retry-After to the very end', status(429, { headers: { 'retry-after': '60' } }), MINUTE],
  ])('%s that reaches beyond the deadline is not begun', async (_name, step, until) => {
    const { sent, tookMs, error } = await play([step, OK], { until });
    expect([sent.length, tookMs, error?.status]).toEqual([1, 0, step.status]);
  });
});

describe('cancelled', () => {
  test('before the call: nothing is sent', async () => {
    const { sent, error } = await play([OK], { cancelAt: 0, method: 'POST' });
    expect([sent.length, error?.kind]).toEqual([0, 'cancelled']);
  });

  test('while a GET is in flight: it ends at once', async () => {
    const { sent, tookMs, error } = await play([{ silent: true }], { cancelAt: 400 });
    expect([sent.length, tookMs, error?.kind]).toEqual([1, 400, 'cancelled']);
  });

  test.each(['POST', 'DELETE'] as const)(
    'while a %s is in flight: its answer is waited for',
    async (method) => {
      const { answer, tookMs, sent } = await play([{ ...OK, afterMs: 4000 }], { method, cancelAt: 1000 });
      expect([answer?.value, tookMs, sent.length]).toEqual([{ ok: true }, 4000, 1]);
    },
  );

  test('the answer to a change is waited for at most 5 s, and then it is not known', async () => {
    const { error, tookMs, sent } = await play([{ silent: true }], { method: 'POST', cancelAt: 1000 });
    expect([error?.kind, tookMs, sent.length]).toEqual(['reset', 6000, 1]);
  });

  test('in a pause: nothing is sent any more', async () => {
    const { error, tookMs, sent } = await play([status(503)], { cancelAt: 500 });
    expect([error?.kind, tookMs, sent.length]).toEqual(['cancelled', 500, 1]);
    expect(error?.cause).toMatchObject({ status: 503 });
  });

  test.each<[string, Method, Step]>([
    ['a POST that was not taken', 'POST', status(429, { afterMs: 2000 })],
    ['a DELETE whose answer was lost', 'DELETE', { fails: 'reset', afterMs: 2000 }],
  ])('%s is not sent again', async (_name, method, step) => {
    const { error, sent } = await play([step, OK], { method, cancelAt: 1000 });
    expect([error?.kind, sent.length]).toEqual(['cancelled', 1]);
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
