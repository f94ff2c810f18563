import { describe, expect, test } from '@jest/globals';
import {
  outcomeOf,
  isDenied,
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
  readonly certainty: ReturnType<typeof outcomeOf>;
  /** The same question may have another answer later. */
  readonly transient: boolean;
  /** The server may still be at work on it. */
  readonly slow?: boolean;
}

const refused = (status: number): Row => ({ kind: 'http', status, certainty: 'refused', transient: false });
const trouble = (status: number): Row => ({ kind: 'http', status, certainty: 'unclear', transient: true });

const TABLE: readonly Row[] = [
  refused(400),
  refused(401),
  refused(403),
  refused(404),
  refused(405),
  refused(409),
  refused(410),
  refused(413),
  refused(422),
  refused(499),
  { kind: 'http', status: 429, certainty: 'not_done', transient: true },
  { kind: 'http', status: 408, certainty: 'unclear', transient: true, slow: true },
  trouble(500),
  trouble(501),
  trouble(502),
  trouble(503),
  { ...trouble(504), slow: true },
  trouble(599),
  { kind: 'http', status: 301, certainty: 'unclear', transient: false },
  { kind: 'http', status: 302, certainty: 'unclear', transient: false },
  { kind: 'http', status: 304, certainty: 'unclear', transient: false },
  { kind: 'refused', certainty: 'not_done', transient: true },
  { kind: 'unresolved', certainty: 'not_done', transient: true },
  { kind: 'certificate', certainty: 'not_done', transient: false },
  { kind: 'deadline', certainty: 'not_done', transient: true },
  { kind: 'unsafe_id', certainty: 'not_done', transient: false },
  { kind: 'cancelled', certainty: 'not_done', transient: false },
  { kind: 'reset', certainty: 'unclear', transient: true },
  { kind: 'cut', certainty: 'unclear', transient: true },
  { kind: 'timeout', certainty: 'unclear', transient: true, slow: true },
  { kind: 'too_large', status: 201, certainty: 'unclear', transient: true },
  { kind: 'malformed', status: 201, certainty: 'unclear', transient: true },
  { kind: 'malformed', status: 200, certainty: 'unclear', transient: true },
];

describe('what is known after a request', () => {
  test.each(TABLE)('$kind $status: $certainty', ({ kind, status, certainty, transient, slow = false }) => {
    const happened = error(kind, status);
    expect([outcomeOf(happened), isTransient(happened), isSlow(happened)]).toEqual([
      certainty,
      transient,
      slow,
    ]);
  });
});

test.each([
  [403, true],
  [404, true],
  [405, true],
  [401, false],
  [400, false],
  [429, false],
  [500, false],
])('with %i a token is denied, or there is no such call: %s', (status, denied) => {
  expect(isDenied(error('http', status))).toBe(denied);
});

test('without an answer nothing is denied', () => {
  expect(isDenied(error('reset'))).toBe(false);
});

describe('a message says what failed, why, and what to do', () => {
  test.each<[VpsErrorFields['kind'], number | undefined, string | undefined, string]>([
    ['http', 400, 'name: taken', 'POST /snapshots/ was answered with 400: name: taken'],
    ['http', 403, 'Not allowed.', 'answered with 403: Not allowed. The API token lacks'],
    ['http', 409, undefined, 'POST /snapshots/ was answered with 409'],
    [
      'http',
      401,
      'no',
      'answered with 401: no. The API token is wrong, revoked or expired: make a new one at VPS.org (Account → Developers)',
    ],
    ['http', 403, undefined, 'answered with 403. The API token lacks a permission for this call'],
    [
      'http',
      429,
      undefined,
      'The API limits the number of requests: try again later, or use a longer poll_interval',
    ],
    ['http', 500, undefined, 'The API or a proxy before it is in trouble'],
    ['http', 300, undefined, 'The API sent a redirect'],
    ['http', 399, undefined, 'The API sent a redirect'],
    ['http', 502, undefined, 'The API or a proxy before it is in trouble: try again later'],
    ['http', 301, undefined, "The API sent a redirect, which is not followed: check 'api_url'"],
    [
      'malformed',
      200,
      'the body is empty',
      'the answer (200) is not what the VPS.org API documents: the body is empty',
    ],
    [
      'refused',
      undefined,
      undefined,
      "the connection was refused; check 'api_url' and whether the API is up",
    ],
    ['unresolved', undefined, undefined, "the host name could not be resolved; check 'api_url'"],
    [
      'certificate',
      undefined,
      undefined,
      'certificate was not accepted; for a private authority set NODE_EXTRA_CA_CERTS',
    ],
    ['reset', undefined, undefined, 'the connection was lost before the answer was complete'],
    ['cut', undefined, undefined, 'the answer was cut short'],
    ['timeout', undefined, undefined, 'no complete answer in time'],
    ['too_large', 200, undefined, 'larger than 10 MiB'],
    ['deadline', undefined, 'x', 'not sent, the time for this operation is over (x)'],
    ['unsafe_id', undefined, undefined, 'not sent, the id cannot be used safely'],
    ['cancelled', undefined, undefined, 'because the job was cancelled'],
  ])('%s %s', (kind, status, detail, message) => {
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

  test('how often it was tried', () => {
    const fields: VpsErrorFields = { kind: 'reset', method: 'GET', path: '/x/' };
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
    };
    expect(new VpsError(fields, { cause })).toMatchObject({ ...fields, name: 'VpsError', cause });
  });
});
