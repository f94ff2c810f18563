import { describe, expect, test } from '@jest/globals';
import { CancelledError } from '../../../../src/actions/common/errors.ts';
import {
  checkHealth,
  probeHealth,
  withoutQuery,
  type HealthResult,
} from '../../../../src/actions/server/health.ts';
import { TransportError, type HttpRequest, type HttpResponse } from '../../../../src/vps/transport.ts';
import { createTestDeps, outcomeOf, type TestDeps } from '../test-deps.ts';

const FIRST = 'https://web.example/health?key=secret';
const answer = (status: number, location?: string): HttpResponse => ({
  status,
  headers: location === undefined ? {} : { location },
  body: '',
});

/** Deps with addresses that answer this, by their order of being asked, each after 100 ms. */
function createStand(
  replies: readonly (HttpResponse | Error)[],
  until: number,
  cancelAt?: number,
): TestDeps & { readonly sent: readonly (HttpRequest & { readonly at: number })[] } {
  const sent: (HttpRequest & { readonly at: number })[] = [];
  const stand: TestDeps = createTestDeps({
    until,
    cancelAt,
    more: {
      async health(request) {
        const reply = replies[Math.min(sent.length, replies.length - 1)] ?? answer(200);
        sent.push({ ...request, at: stand.clock.now() });
        await stand.clock.sleep(100);
        if (reply instanceof Error) throw reply;
        return reply;
      },
    },
  });
  return { ...stand, sent };
}

interface Checked {
  /** Why it failed, `null` where it did not. */
  readonly failure: string | null;
  readonly sent: readonly (HttpRequest & { readonly at: number })[];
  readonly lines: readonly string[];
  readonly tookMs: number;
}

async function check(
  replies: readonly (HttpResponse | Error)[],
  urls: readonly string[] = [FIRST],
  until = 12_000,
): Promise<Checked> {
  const { deps, clock, sent, lines } = createStand(replies, until);
  const result: HealthResult = await clock.run(checkHealth(urls, deps));
  return { failure: result.ok ? null : result.reason, sent, lines, tookMs: clock.now() };
}

test('an address is asked for its status alone, with nothing of ours, for 10 s', async () => {
  const { failure, sent, lines } = await check([answer(204)]);
  expect(failure).toBeNull();
  expect(lines).toEqual(['0 health check passed: https://web.example/health answered 204']);
  expect(sent).toEqual([
    {
      method: 'GET',
      url: FIRST,
      headers: {},
      timeoutMs: 10_000,
      statusOnly: true,
      signal: expect.anything(),
      at: 0,
    },
  ]);
});

test('a long wait for an answer is heard of', async () => {
  const { lines } = await check([answer(404)], [FIRST], 100_000);
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines)
    expect(line).toMatch(/Still checking health after .*: https:\/\/web\.example\/health: answered 404$/);
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
    expect(failure).toBe(why && `health check failed: https://web.example/health ${why} (asked for 12s)`);
  });

  test('is asked for every 5 s, and a last time when the budget ends', async () => {
    const { sent, tookMs } = await check([answer(503)]);
    expect([sent.map(({ at }) => at), tookMs]).toEqual([[0, 5100, 10_200, 12_000], 12_100]);
  });

  test('that turns well ends it', async () => {
    const { failure, sent } = await check([answer(503), answer(200)]);
    expect([failure, sent.length]).toEqual([null, 2]);
  });

  test('says more than that there was none at last', async () => {
    const { failure } = await check([answer(503), new Error('time-out')]);
    expect(failure).toContain('answered 503');
  });

  test('has what is left at each try, and 2 s at the last one', async () => {
    const { sent, failure } = await check([answer(503)]);
    expect(sent.map(({ timeoutMs }) => timeoutMs)).toEqual([10_000, 6900, 2000, 2000]);
    expect(failure).toContain('answered 503');
  });

  test('is asked for once when no time is left', async () => {
    expect(await check([answer(200)], [FIRST], 0)).toMatchObject({ failure: null, sent: [{ at: 0 }] });
    expect((await check([answer(404)], [FIRST], 0)).failure).toContain('answered 404 (asked for 0s)');
  });

  test('of several addresses: all must be well, and the first that is not is reported', async () => {
    const urls = ['https://a.example/', 'https://b.example/', 'https://c.example/'];
    const { failure, lines } = await check([answer(200), answer(500), answer(404)], urls, 4000);
    expect(failure).toBe('health check failed: https://b.example/ answered 404 (asked for 4s)');
    expect(lines).toEqual(['0 health check passed: https://a.example/ answered 200']);
  });

  test('is not waited for after a cancel', async () => {
    const { deps, clock } = createStand([answer(503)], 60_000, 7000);
    const { error, at } = await outcomeOf(clock, checkHealth([FIRST], deps));
    expect([error, at]).toEqual([new CancelledError(), 7000]);
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
    [299, false],
    [300, true],
    [399, true],
    [400, false],
  ])('is what has an address and a status from 300 to 399: %i, %s', async (status, isFollowed) => {
    const { sent } = await check([answer(status, '/x'), answer(200)]);
    expect(sent[1]?.url === 'https://web.example/x').toBe(isFollowed);
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
  ])('to %s is not followed, and reported at once', async (location) => {
    const { failure, sent, tookMs } = await check([answer(302, location)], [FIRST], 60_000);
    expect([sent.length, tookMs]).toEqual([1, 100]);
    expect(failure).toMatch(
      /^health check failed: https:\/\/web\.example\/health redirects to .* is not followed: give the final address$/,
    );
  });

  test('elsewhere is named as it can be copied, without what may be secret', async () => {
    const { failure } = await check([answer(302, 'https://user:pw@login.example/start?token=1#x')]);
    expect(failure).toContain('redirects to https://login.example/start, which is another host');
    expect((await check([answer(302, 'http://')])).failure).toContain('redirects to an unreadable address,');
  });

  test('is followed five times', async () => {
    const replies = [...Array<HttpResponse>(5).fill(answer(302, '/again')), answer(200)];
    const { failure, sent } = await check(replies);
    expect([failure, sent.length]).toEqual([null, 6]);
  });

  test('is not followed a sixth time', async () => {
    const { failure, sent } = await check([answer(302, '/again')], [FIRST], 4000);
    expect(failure).toBe(
      'health check failed: https://web.example/health did not answer (more than 5 redirects) (asked for 4s)',
    );
    // Two tries in 4 s.
    expect(sent).toHaveLength(12);
  });
});

describe('before anything is changed, each address is asked once', () => {
  const URLS = [
    'https://a.example/x?key=1',
    'https://b.example/',
    'https://c.example/',
    'https://d.example/',
  ];

  test('and those that are not well are named', async () => {
    const replies = [answer(200), answer(503), new Error('no route'), answer(301, 'https://e.example/')];
    const { deps, clock, sent } = createStand(replies, 0);
    expect(await clock.run(probeHealth(URLS, deps))).toEqual([
      'https://b.example/ answered 503',
      'https://c.example/ did not answer (no route)',
      'https://d.example/ redirects to https://e.example/, which is another host or no https any more and is not followed: give the final address',
    ]);
    expect(sent.map(({ url, timeoutMs }) => [url, timeoutMs])).toEqual(URLS.map((url) => [url, 10_000]));
    expect(clock.now()).toBe(100);
  });

  test('where there is one', async () => {
    const { deps, clock, sent } = createStand([], 0);
    expect([await clock.run(probeHealth([], deps)), sent]).toEqual([[], []]);
  });
});

test.each([
  ['https://a.example/x?key=1#y', 'https://a.example/x'],
  ['http://a.example:8080', 'http://a.example:8080/'],
])('%s is shown as %s', (url, shown) => {
  expect(withoutQuery(url)).toBe(shown);
});
