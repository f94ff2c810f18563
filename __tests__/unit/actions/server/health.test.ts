import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../../simulator/clock/virtual-clock.ts';
import type { Deps } from '../../../src/actions/common/deps.ts';
import { checkHealth } from '../../../src/actions/server/health.ts';
import { TransportError, type HttpRequest, type HttpResponse } from '../../../src/vps/transport.ts';

const FIRST = 'https://web.example/health?key=secret';
const answer = (status: number, location?: string): HttpResponse => ({
  status,
  headers: location === undefined ? {} : { location },
  body: '',
});

interface Checked {
  readonly failure: string | null;
  readonly sent: readonly HttpRequest[];
  readonly events: readonly string[];
  /** Lines of the heartbeat. */
  readonly lines: readonly string[];
  readonly tookMs: number;
}

/** Checks addresses that answer this, by their order of being asked. */
async function check(
  replies: readonly (HttpResponse | Error)[],
  urls: readonly string[] = [FIRST],
  until = 12_000,
): Promise<Checked> {
  const clock = new VirtualClock();
  const sent: HttpRequest[] = [];
  const events: string[] = [];
  const lines: string[] = [];
  const deps = {
    clock,
    cancelled: new AbortController().signal,
    log: {
      event: (_label: string, text: string) => events.push(text),
      info: (text: string) => lines.push(text),
      debug: () => undefined,
    },
    async health(request: HttpRequest) {
      const reply = replies[Math.min(sent.length, replies.length - 1)] ?? answer(200);
      sent.push(request);
      await clock.sleep(100);
      if (reply instanceof Error) throw reply;
      return reply;
    },
  } as unknown as Deps;
  const failure = await clock.run(checkHealth(urls, deps, { schedule: { health: 5000 }, until }));
  return { failure, sent, events, lines, tookMs: clock.now() };
}

test('an address is asked for its status alone, with nothing of ours, for 10 s', async () => {
  const { failure, sent, events } = await check([answer(204)]);
  expect(failure).toBeNull();
  expect(events).toEqual(['health check passed: https://web.example/health answered 204']);
  expect(sent).toEqual([
    {
      method: 'GET',
      url: FIRST,
      headers: {},
      timeoutMs: 10_000,
      statusOnly: true,
      signal: expect.anything(),
    },
  ]);
});

test('a long wait for an answer is heard of each 30 s', async () => {
  const { lines } = await check([answer(404)], [FIRST], 70_000);
  expect(lines).toEqual([
    'Still asking after 30s: https://web.example/health: answered 404',
    'Still asking after 1m 01s: https://web.example/health: answered 404',
  ]);
});

describe('an answer', () => {
  test.each<[string, HttpResponse | Error, string | null]>([
    ['200', answer(200), null],
    ['299', answer(299), null],
    ['199', answer(199), 'answered 199'],
    ['300 without an address', answer(300), 'answered 300'],
    ['304', answer(304), 'answered 304'],
    ['404', answer(404), 'answered 404'],
    ['a status that only has an address', answer(503, '/well'), 'answered 503'],
    [
      'none',
      new TransportError('reset', 'the connection was reset'),
      'did not answer (the connection was reset)',
    ],
  ])('%s', async (_name, reply, why) => {
    const { failure } = await check([reply]);
    expect(failure).toBe(why && `health check failed: https://web.example/health ${why} (asked for 10s)`);
  });

  test('is asked for every 5 s, until the time is over', async () => {
    const { sent, tookMs } = await check([answer(503)]);
    expect([sent.length, tookMs]).toEqual([3, 10_300]);
  });

  test('that turns well ends it', async () => {
    const { failure, sent } = await check([answer(503), answer(200)]);
    expect([failure, sent.length]).toEqual([null, 2]);
  });

  test('tells more than that there was none at last', async () => {
    const { failure } = await check([answer(503), new Error('time-out')]);
    expect(failure).toContain('answered 503');
  });

  test('has no longer than what is left', async () => {
    const { sent, failure } = await check([answer(503)], [FIRST], 3000);
    expect(sent.map(({ timeoutMs }) => timeoutMs)).toEqual([3000]);
    expect(failure).toContain('answered 503');
  });

  test('has what is left at each try', async () => {
    const { sent } = await check([answer(503)]);
    expect(sent.map(({ timeoutMs }) => timeoutMs)).toEqual([10_000, 6900, 1800]);
  });

  test('is not asked for when no time is left', async () => {
    const { sent, failure } = await check([answer(200)], [FIRST], 0);
    expect(sent).toEqual([]);
    expect(failure).toContain('did not answer (no time left)');
  });

  test('of several addresses: all must be well, and the first that is not is told', async () => {
    const urls = ['https://a.example/', 'https://b.example/', 'https://c.example/'];
    const { failure } = await check([answer(200), answer(500), answer(404)], urls, 4000);
    expect(failure).toBe('health check failed: https://b.example/ answered 500 (asked for 0s)');
  });
});

describe('a redirect', () => {
  test.each<[string, string, string]>([
    ['to another path', '/well', 'https://web.example/well'],
    ['to another port', 'https://web.example:8443/', 'https://web.example:8443/'],
    ['to a path beside it', 'well?x=1', 'https://web.example/well?x=1'],
  ])('%s is followed', async (_name, location, url) => {
    const { failure, sent } = await check([answer(302, location), answer(200)]);
    expect([failure, sent[1]?.url]).toEqual([null, url]);
  });

  test('from http to https is followed', async () => {
    const replies = [answer(301, 'https://web.example/'), answer(200)];
    expect((await check(replies, ['http://web.example/'])).failure).toBeNull();
  });

  test('from http to http is followed', async () => {
    const { sent } = await check([answer(301, '/x'), answer(200)], ['http://web.example/']);
    expect(sent.map(({ url }) => url)).toEqual(['http://web.example/', 'http://web.example/x']);
  });

  test.each([
    [300, 2],
    [399, 2],
    [299, 1],
    [400, 3],
  ])('is what has an address and a status from 300 to 399: %i is asked %i times', async (status, times) => {
    const { sent } = await check(
      [answer(status, '/x'), answer(status, '/x'), answer(status, '/x')].slice(0, times),
      [FIRST],
      7000,
    );
    const moved = sent.filter(({ url }) => url.endsWith('/x')).length;
    expect(moved > 0).toBe(status >= 300 && status < 400);
  });

  test.each([
    'https://evil.example/',
    'https://web.example.evil.example/',
    'http://web.example/',
    '//evil.example/',
    'https://user@web.example/',
    'https://:secret@web.example/',
    'ftp://web.example/',
    'http://',
  ])('to %s is not followed', async (location) => {
    const { failure, sent } = await check([answer(302, location)], [FIRST], 4000);
    expect(sent).toHaveLength(1);
    expect(failure).toContain('did not answer (redirected to another host or from https to http)');
  });

  test.each([
    [5, null],
    [
      6,
      'health check failed: https://web.example/health did not answer (more than 5 redirects) (asked for 0s)',
    ],
  ])('%i of them', async (count, failure) => {
    const replies = [...Array<HttpResponse>(count).fill(answer(302, '/again')), answer(200)];
    expect((await check(replies, [FIRST], 4000)).failure).toBe(failure);
  });
});
