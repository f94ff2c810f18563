import { describe, expect, test } from '@jest/globals';
import {
  outcomeOf,
  isDenied,
  isLimited,
  isMomentary,
  isSlow,
  isTransient,
  VpsError,
  type VpsErrorFields,
} from '../../../src/vps/errors.ts';

const error = (kind: VpsErrorFields['kind'], status?: number, detail?: string): VpsError =>
  new VpsError({ kind, method: 'POST', path: '/snapshots/', status, detail });

interface Row {
  readonly kind: VpsErrorFields['kind'];
  readonly status?: number;
  /** What is known about the change that was asked for. */
  readonly outcome: ReturnType<typeof outcomeOf>;
  /** The same question may have another answer later. */
  readonly transient: boolean;
  /** The same change was not carried out, and may be taken a moment later. */
  readonly momentary?: boolean;
  /** The server may still be at work on it. */
  readonly slow?: boolean;
}

const refused = (status: number): Row => ({ kind: 'http', status, outcome: 'refused', transient: false });
const trouble = (status: number): Row => ({ kind: 'http', status, outcome: 'unclear', transient: true });
const redirect = (status: number): Row => ({ kind: 'http', status, outcome: 'not_done', transient: false });
/** It never left the machine, or got no further than a proxy. */
const unsent = (kind: Row['kind']): Row => ({ kind, outcome: 'not_done', transient: true, momentary: true });

const TABLE: readonly Row[] = [
  { ...refused(400), momentary: true },
  refused(401),
  refused(403),
  refused(404),
  refused(405),
  { ...refused(409), transient: true, momentary: true },
  refused(410),
  refused(413),
  refused(422),
  refused(499),
  { kind: 'http', status: 423, outcome: 'not_done', transient: true, momentary: true },
  { kind: 'http', status: 429, outcome: 'not_done', transient: true, momentary: true },
  trouble(408),
  trouble(500),
  trouble(501),
  trouble(502),
  trouble(503),
  { ...trouble(504), slow: true },
  trouble(599),
  { kind: 'http', status: 199, outcome: 'unclear', transient: false },
  redirect(300),
  redirect(301),
  redirect(302),
  redirect(304),
  redirect(399),
  unsent('refused'),
  unsent('unresolved'),
  unsent('connect_timeout'),
  unsent('handshake'),
  unsent('proxy'),
  { ...unsent('certificate'), transient: false },
  { ...unsent('proxy_auth'), transient: false },
  { kind: 'deadline', outcome: 'not_done', transient: true },
  { kind: 'unsafe_id', outcome: 'not_done', transient: false },
  { kind: 'cancelled', outcome: 'not_done', transient: false },
  { kind: 'reset', outcome: 'unclear', transient: true },
  { kind: 'cut', outcome: 'unclear', transient: true },
  { kind: 'timeout', outcome: 'unclear', transient: true, slow: true },
  { kind: 'too_large', status: 201, outcome: 'unclear', transient: false },
  { kind: 'malformed', status: 201, outcome: 'unclear', transient: false },
  { kind: 'malformed', status: 200, outcome: 'unclear', transient: false },
];

describe('what is known after a request', () => {
  test.each(TABLE)('$kind $status: $outcome', (row) => {
    const { kind, status, outcome, transient, momentary = false, slow = false } = row;
    const failed = error(kind, status);
    expect([outcomeOf(failed), isTransient(failed), isMomentary(failed), isSlow(failed)]).toEqual([
      outcome,
      transient,
      momentary,
      slow,
    ]);
  });

  const page = (kind: VpsErrorFields['kind'], status: number): VpsError =>
    new VpsError({ kind, method: 'POST', path: '/snapshots/', status, isHtml: true });

  test.each([
    ['http', 403, 'refused', true],
    ['http', 404, 'refused', true],
    ['http', 302, 'not_done', false],
    ['http', 503, 'unclear', false],
    ['malformed', 200, 'unclear', false],
  ] as const)(
    'a web page in place of an answer, %s %i: %s, and a read may have another answer later',
    (kind, status, outcome, momentary) => {
      const failed = page(kind, status);
      expect([outcomeOf(failed), isTransient(failed), isMomentary(failed), isDenied(failed)]).toEqual([
        outcome,
        true,
        momentary,
        false,
      ]);
    },
  );

  test('a refusal that did not stand long enough proves nothing', () => {
    const stray = error('http', 403).tried(3, true);
    expect([isTransient(stray), isDenied(stray)]).toEqual([true, false]);
  });
});

test.each([
  [403, true],
  [404, true],
  [405, true],
  [401, true],
  [400, false],
  [402, false],
  [410, false],
  [429, false],
  [500, false],
])('with %i a token is denied, or there is no such call: %s', (status, denied) => {
  expect(isDenied(error('http', status))).toBe(denied);
});

test.each<[string, boolean, Error]>([
  ['a call that a 429 held back', true, error('deadline', 429)],
  ['one that a 503 held back', false, error('deadline', 503)],
  ['one that was too late', false, error('deadline')],
  ['one that was answered with 429', false, error('http', 429)],
  ['a mistake in the code', false, Object.assign(new Error('a bug'), { kind: 'deadline', status: 429 })],
])('%s was not sent because of a limit on all requests: %s', (_name, expected, failure) => {
  expect(isLimited(failure)).toBe(expected);
});

test('without an answer nothing is denied', () => {
  expect(isDenied(error('reset'))).toBe(false);
});

describe('a message says what failed, why, and what to do', () => {
  test.each<[VpsErrorFields['kind'], number | undefined, string, string?]>([
    ['http', 400, 'POST /snapshots/ was answered with 400: name: taken', 'name: taken'],
    ['http', 403, 'answered with 403: Not allowed. The API token lacks', 'Not allowed.'],
    ['http', 409, 'POST /snapshots/ was answered with 409'],
    [
      'http',
      401,
      'answered with 401: no. The API token is wrong, revoked or expired: create a new one at VPS.org (Account → Developers)',
      'no',
    ],
    ['http', 403, 'answered with 403. The API token lacks a permission for this call'],
    ['http', 429, 'The API limits the number of requests: try again later, or use a longer poll_interval'],
    ['http', 500, 'The API or a proxy in front of it has a problem'],
    ['http', 300, 'The API answered with a redirect'],
    ['http', 399, 'The API answered with a redirect'],
    ['http', 502, 'The API or a proxy in front of it has a problem: try again later'],
    ['http', 301, "The API answered with a redirect, which is not followed: check 'api_url'"],
    [
      'malformed',
      200,
      'the answer (200) is not what the VPS.org API documents: the body is empty',
      'the body is empty',
    ],
    ['refused', undefined, "the connection was refused; check 'api_url' and whether the API is up"],
    ['unresolved', undefined, "the host name could not be resolved; check 'api_url'"],
    [
      'certificate',
      undefined,
      'certificate was not accepted, so nothing was sent; for a private authority set NODE_EXTRA_CA_CERTS',
    ],
    ['connect_timeout', undefined, 'no connection in time, so nothing was sent'],
    ['handshake', undefined, 'the TLS connection could not be set up, so nothing was sent'],
    [
      'proxy',
      undefined,
      'the proxy did not connect to the API, so nothing was sent; check HTTPS_PROXY and NO_PROXY of the runner',
    ],
    [
      'proxy_auth',
      undefined,
      'the proxy asks for a login (407), so nothing was sent; give it in HTTPS_PROXY as http://user:password@host:port',
    ],
    ['reset', undefined, 'the connection was lost before the answer was complete'],
    ['cut', undefined, 'the answer was cut short'],
    ['timeout', undefined, 'no complete answer in time'],
    ['too_large', 200, 'larger than 10 MiB'],
    ['deadline', undefined, 'not sent, the time for this operation is up (x)', 'x'],
    ['deadline', undefined, 'not sent, the time for this operation is up'],
    ['unsafe_id', undefined, 'not sent, the id cannot be used safely'],
    ['cancelled', undefined, 'because the job was cancelled'],
  ])('%s %s', (kind, status, message, detail = '') => {
    expect(error(kind, status, detail).message).toContain(message);
    expect(error(kind, status, detail).message).toMatch(/^POST \/snapshots\//);
  });

  test.each([400, 404, 409, 422, 499])('%i has no advice of its own', (status) => {
    expect(error('http', status).message).toBe(`POST /snapshots/ was answered with ${status}`);
  });

  test.each([
    ['GET', '/snapshots/?server_id=1', 'to read snapshots'],
    ['POST', '/snapshots/', 'to make snapshots'],
    ['POST', '/snapshots/801/restore/', 'to restore snapshots'],
    ['DELETE', '/snapshots/801/', 'to delete snapshots'],
    ['GET', '/servers/1/', 'to read servers'],
    ['POST', '/servers/1/power/', 'to start and stop servers'],
  ] as const)('a 403 to %s %s names the permission: %s', (method, path, purpose) => {
    expect(new VpsError({ kind: 'http', method, path, status: 403 }).message).toContain(`likely ${purpose}:`);
  });

  test.each([
    ['GET', '/snapshots/?server_id=1', true],
    ['GET', '/snapshots/', true],
    ['POST', '/snapshots/', false],
    ['GET', '/servers/1/', false],
    ['DELETE', '/snapshots/801/', false],
  ] as const)('a 404 to %s %s doubts the address: %s', (method, path, doubted) => {
    const { message } = new VpsError({ kind: 'http', method, path, status: 404 });
    expect(message.includes("check 'api_url'")).toBe(doubted);
  });

  test.each([
    [401, 'api_token'],
    [403, 'permission'],
    [404, 'no such address'],
    [302, 'redirect'],
  ])('a web page with %i speaks of what stands before the API, not of %s', (status, word) => {
    const fields = { kind: 'http', method: 'GET', path: '/snapshots/', status } as const;
    const { message } = new VpsError({ ...fields, isHtml: true });
    expect(message).toContain(
      'most likely does not come from the API but from a proxy or a firewall before it',
    );
    expect(message).not.toContain(word);
    expect(new VpsError(fields).message).toContain(word);
  });

  test('a web page with a 200 does so too, and one with a 5xx is trouble anyway', () => {
    const fields = { method: 'GET', path: '/snapshots/', isHtml: true } as const;
    const malformed = { ...fields, kind: 'malformed', status: 200, detail: 'x' } as const;
    expect(new VpsError(malformed).message).toMatch(/documents: x\. The answer is a web page/);
    expect(new VpsError({ ...malformed, isHtml: false }).message).toMatch(/documents: x$/);
    for (const status of [500, 503])
      expect(new VpsError({ ...fields, kind: 'http', status }).message).toContain('has a problem');
  });

  test('how often it was tried', () => {
    const fields: VpsErrorFields = { kind: 'reset', method: 'GET', path: '/x/' };
    expect(new VpsError(fields).tried(5).message).toMatch(/ \(tried 5 times\)$/);
    expect(new VpsError(fields).tried(1).message).not.toMatch(/tried/);
    expect(new VpsError(fields).tried(1, true).message).not.toMatch(/tried/);
    expect(new VpsError({ ...fields, tries: 5 }).message).toMatch(/ \(tried 5 times\)$/);
    expect(new VpsError(fields).message).not.toMatch(/tried/);
  });

  test('fields are there for whoever decides', () => {
    const cause = new Error('socket');
    const fields: VpsErrorFields = {
      kind: 'http',
      method: 'GET',
      path: '/x/',
      status: 429,
      detail: 'd',
      retryAfter: 5,
      isHtml: true,
    };
    expect(new VpsError(fields, { cause })).toMatchObject({ ...fields, name: 'VpsError', cause });
    const often = new VpsError(fields, { cause }).tried(2, true);
    expect(often).toMatchObject({ ...fields, name: 'VpsError', cause, isStray: true });
  });
});

test('what was wrong with a certificate, a handshake or a proxy is said where it is known', () => {
  const request = { method: 'GET', path: '/servers/1/' } as const;
  const reason = 'it has expired';
  const error = new VpsError({ ...request, kind: 'certificate', reason });
  expect(error.message).toMatch(
    /certificate was not accepted \(it has expired\), so nothing was sent; whoever runs the server/,
  );
  expect(error.tried(3)).toMatchObject({ reason, message: expect.stringContaining(`(${reason})`) });
  expect(new VpsError({ ...request, kind: 'handshake', reason }).message).toContain(`set up (${reason})`);
  expect(new VpsError({ ...request, kind: 'proxy', reason }).message).toContain(`to the API (${reason})`);
});
