import { execFileSync } from 'node:child_process';
import dns from 'node:dns';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runInThisContext } from 'node:vm';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { createHttpTransport } from '../../src/vps/http.ts';
import { TransportError, type HttpRequest, type HttpResponse } from '../../src/vps/transport.ts';
import {
  findClosedPort,
  serve,
  serveProxy,
  serveTcp,
  serveTls,
  type Handler,
  type Loopback,
} from './loopback.ts';

/** Long enough for any answer, so that only what never comes runs into it. */
const PLENTY = 20_000;
/** For what never comes. */
const SHORT = 60;

const transport = createHttpTransport('test-agent/1');
const open: Loopback[] = [];
const environment = { ...process.env };

afterEach(async () => {
  process.env = { ...environment };
  await Promise.all(open.splice(0).map(({ close }) => close()));
});

async function start<T extends Loopback>(server: Promise<T>): Promise<T> {
  const started = await server;
  open.push(started);
  return started;
}

async function ask(url: string, request: Partial<HttpRequest> = {}): Promise<HttpResponse> {
  return transport({ method: 'GET', url, headers: {}, timeoutMs: PLENTY, ...request });
}

/** The answer of a server that does this, or the kind of failure. */
async function exchange(
  handler: Handler,
  request: Partial<HttpRequest> = {},
): Promise<HttpResponse | string> {
  const { port } = await start(serve(handler));
  return ask(`http://127.0.0.1:${port}/x?y=1`, request).catch(kindOf);
}

/** What any host name resolves to in this test: nothing is asked for beyond this machine. */
function answerLookups(error: Error | null, addresses: readonly object[] = []): void {
  type Lookup = (host: string, options: object, callback: (...answer: unknown[]) => void) => void;
  const names = dns as unknown as { lookup: Lookup };
  jest.spyOn(names, 'lookup').mockImplementation((_host, _options, callback) => {
    process.nextTick(callback, error, addresses);
  });
}

function kindOf(error: unknown): string {
  if (error instanceof TransportError) return error.kind;
  throw error;
}

describe('an answer', () => {
  test.each([
    [
      'with its length',
      (body: string): Handler =>
        (_request, response) =>
          response.end(body),
    ],
    [
      'in chunks',
      (body: string): Handler =>
        (_request, response) => {
          response.write(body.slice(0, 3));
          response.end(body.slice(3));
        },
    ],
    [
      'until the connection ends',
      (body: string): Handler =>
        (_request, response) => {
          response.useChunkedEncodingByDefault = false;
          response.removeHeader('transfer-encoding');
          response.writeHead(200, { connection: 'close' });
          response.end(body);
        },
    ],
  ])('%s is read whole', async (_name, handler) => {
    const body = '{"name":"Größe 🧀"}';
    expect(await exchange(handler(body))).toMatchObject({ status: 200, body });
  });

  test.each([204, 301, 302, 400, 401, 404, 429, 500, 503])('with status %i is an answer', async (status) => {
    const answer = await exchange((_request, response) => {
      response.writeHead(status, {
        'Retry-After': '5',
        'Set-Cookie': ['a', 'b'],
        location: 'http://evil.example/',
      });
      response.end();
    });
    expect(answer).toMatchObject({ status, headers: { 'retry-after': '5', 'set-cookie': 'a, b' }, body: '' });
  });

  test('that redirects is not followed', async () => {
    let requests = 0;
    const answer = await exchange((_request, response) => {
      requests += 1;
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    expect([answer, requests]).toEqual([expect.objectContaining({ status: 307 }), 1]);
  });

  test('that asks for a password is not answered', async () => {
    const answer = await exchange((_request, response) => {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end('no');
    });
    expect(answer).toMatchObject({ status: 401, body: 'no' });
  });
});

describe('a request', () => {
  interface Seen {
    readonly line: string;
    readonly headers: IncomingHttpHeaders;
    readonly body: string;
  }

  async function see(request: Partial<HttpRequest>, through = transport): Promise<Seen> {
    const seen = Promise.withResolvers<Seen>();
    const { port } = await start(
      serve(async (message, response) => {
        let body = '';
        for await (const chunk of message) body += String(chunk);
        seen.resolve({ line: `${message.method} ${message.url}`, headers: message.headers, body });
        response.end();
      }),
    );
    const url = `http://127.0.0.1:${port}/api/v1/a%2Fb/?c=d%26e`;
    await through({ method: 'GET', url, headers: {}, timeoutMs: PLENTY, ...request });
    return seen.promise;
  }

  test('arrives as it was meant', async () => {
    const headers = { authorization: 'Bearer vps_t', 'content-type': 'application/json' };
    const { line, headers: sent, body } = await see({ method: 'POST', headers, body: '{"name":"Größe"}' });
    expect([line, body]).toEqual(['POST /api/v1/a%2Fb/?c=d%26e', '{"name":"Größe"}']);
    expect(sent).toMatchObject({ ...headers, 'content-length': '18' });
    expect(sent['user-agent']).toMatch(/^test-agent\/1/);
  });

  test('without an agent tells nothing of ours, also where the runner has an id for its job', async () => {
    process.env['ACTIONS_ORCHESTRATION_ID'] = 'orchestration-7';
    const { headers } = await see({}, createHttpTransport(undefined));
    expect(headers['user-agent']).toBeUndefined();
    expect(JSON.stringify(headers)).not.toMatch(/orchestration|actions|authorization/i);
  });
});

describe('there is no whole answer', () => {
  const CUT: readonly (readonly [name: string, text: string])[] = [
    ['a body that is shorter than its length', 'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"id":'],
    ['no body, although it has a length', 'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n'],
    ['chunks without the last one', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n{"id":\r\n'],
    ['half a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n50\r\n{"id":'],
    ['half of its head', 'HTTP/1.1 200 OK\r\nContent-Le'],
    ['nothing', ''],
    ['something else than HTTP', 'SSH-2.0-OpenSSH_9.6\r\n\r\n'],
  ];

  test.each(CUT)('the connection ends after %s', async (_name, text) => {
    const { port } = await start(
      serveTcp((socket) => {
        socket.once('data', () => socket.end(text));
      }),
    );
    const kind = await ask(`http://127.0.0.1:${port}/`, { method: 'POST', body: '{}' }).catch(kindOf);
    // Both mean the same: nobody knows what the server did.
    expect(['cut', 'reset']).toContain(kind);
  });

  test('the connection is reset before an answer', async () => {
    expect(await exchange((request) => request.socket.resetAndDestroy())).toBe('reset');
  });

  test('the connection is reset inside the body', async () => {
    const kind = await exchange((request, response) => {
      response.writeHead(200, { 'content-length': '50' });
      response.write('{', () => request.socket.resetAndDestroy());
    });
    expect(['cut', 'reset']).toContain(kind);
  });

  test('nobody listens', async () => {
    expect(await ask(`http://127.0.0.1:${await findClosedPort()}/`).catch(kindOf)).toBe('refused');
  });

  test('nobody listens on any of the addresses of the host', async () => {
    const addresses = [
      { address: '::1', family: 6 },
      { address: '127.0.0.1', family: 4 },
    ];
    answerLookups(null, addresses);
    // Jest gives tests a class of their own, while a socket's error is of node's.
    const own = globalThis.AggregateError;
    globalThis.AggregateError = runInThisContext('AggregateError') as typeof AggregateError;
    const kind = await ask(`http://two.example:${await findClosedPort()}/`).catch(kindOf);
    globalThis.AggregateError = own;
    expect(kind).toBe('refused');
  });

  test.each(['ENOTFOUND', 'EAI_AGAIN'])('the host has no address: %s', async (code) => {
    answerLookups(Object.assign(new Error(code), { code, syscall: 'getaddrinfo' }));
    expect(await ask('http://nowhere.example/').catch(kindOf)).toBe('unresolved');
  });

  test.each<[string, Handler]>([
    ['nothing at all', () => undefined],
    [
      'a head, and then silence',
      (_request, response) => response.writeHead(200, { 'content-length': '9' }).flushHeaders(),
    ],
    [
      'half a body, and then silence',
      (_request, response) => {
        response.writeHead(200, { 'content-length': '9' });
        response.write('{');
      },
    ],
    [
      'one byte after the other, so that the socket is never idle',
      (_request, response) => {
        response.writeHead(200, { 'content-length': '1000000' });
        const drip = setInterval(() => response.write(' '), 5);
        response.on('close', () => clearInterval(drip));
      },
    ],
  ])('in time comes %s', async (_name, handler) => {
    expect(await exchange(handler, { timeoutMs: SHORT })).toBe('timeout');
  });

  test('a time-out is any number of milliseconds, also one that timers do not take', async () => {
    const answer: Handler = (_request, response) => response.end('ok');
    expect(await exchange(answer, { timeoutMs: 10_000.25 })).toMatchObject({ status: 200 });
    expect(await exchange(answer, { timeoutMs: 1e12 })).toMatchObject({ status: 200 });
    expect(await exchange(() => undefined, { timeoutMs: 0.25 })).toBe('timeout');
    expect(await exchange(() => undefined, { timeoutMs: -1 })).toBe('timeout');
  });

  test.each<[string, Handler]>([
    [
      'which says so',
      (_request, response) =>
        response.writeHead(200, { 'content-length': String(20 * 1024 * 1024) }).flushHeaders(),
    ],
    [
      'which does not say so',
      (_request, response) => {
        const piece = Buffer.alloc(1024 * 1024, ' ');
        for (let sent = 0; sent < 20; sent += 1) response.write(piece);
        response.end();
      },
    ],
  ])('the body has 20 MiB, %s', async (_name, handler) => {
    expect(await exchange(handler)).toBe('too_large');
  });

  test('a body of just 10 MiB is read', async () => {
    const limit = 10 * 1024 * 1024;
    const answer = await exchange((_request, response) => response.end(Buffer.alloc(limit, 'x')));
    expect((answer as HttpResponse).body).toHaveLength(limit);
    expect(await exchange((_request, response) => response.end(Buffer.alloc(limit + 1, 'x')))).toBe(
      'too_large',
    );
  });
});

describe('given up', () => {
  test('before it is sent', async () => {
    let requests = 0;
    const kind = await exchange(
      (_request, response) => {
        requests += 1;
        response.end();
      },
      { signal: AbortSignal.abort() },
    );
    expect([kind, requests]).toEqual(['aborted', 0]);
  });

  test.each(['before an answer', 'inside the body'])(
    '%s: at once, and the server sees it',
    async (moment) => {
      const controller = new AbortController();
      const closed = Promise.withResolvers<void>();
      const kind = await exchange(
        (_request, response) => {
          response.on('close', closed.resolve);
          if (moment === 'inside the body') {
            response.writeHead(200, { 'content-length': '9' });
            response.write('{');
          }
          // One turn later, so that a head that was sent has arrived.
          setImmediate(() => controller.abort());
        },
        { signal: controller.signal },
      );
      expect(kind).toBe('aborted');
      await closed.promise;
    },
  );
});

describe('only the status is wanted', () => {
  test('a body without end is not waited for', async () => {
    const closed = Promise.withResolvers<void>();
    const answer = await exchange(
      (_request, response) => {
        response.on('close', closed.resolve);
        response.writeHead(200, { 'content-length': '1000000000' });
        response.write('x');
      },
      { statusOnly: true },
    );
    expect(answer).toMatchObject({ status: 200, body: '' });
    await closed.promise;
  });

  test('a body that is too large is no failure', async () => {
    const answer = await exchange(
      (_request, response) => response.writeHead(503, { 'content-length': '999999999' }).flushHeaders(),
      { statusOnly: true },
    );
    expect(answer).toMatchObject({ status: 503, body: '' });
  });
});

test('an IPv6 address', async () => {
  const { port } = await start(serve((request, response) => response.end(request.headers.host), '::1'));
  expect(await ask(`http://[::1]:${port}/`)).toMatchObject({ status: 200, body: `[::1]:${port}` });
});

/** Made anew for each run, so that no key lies in the repository. */
function makeCertificate(): { key: string; cert: string } {
  const folder = mkdtempSync(path.join(tmpdir(), 'certificate-'));
  try {
    const file = (name: string): string => path.join(folder, name);
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1']
        .concat(['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'])
        .concat(['-keyout', file('key.pem'), '-out', file('cert.pem')]),
      { stdio: 'pipe' },
    );
    return { key: readFileSync(file('key.pem'), 'utf8'), cert: readFileSync(file('cert.pem'), 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('certificates', () => {
  test('one that nobody signed is not accepted, and the request is not sent', async () => {
    let requests = 0;
    const { port } = await start(
      serveTls(makeCertificate(), (_request, response) => {
        requests += 1;
        response.end();
      }),
    );
    expect(await ask(`https://127.0.0.1:${port}/`, { method: 'POST', body: '{}' }).catch(kindOf)).toBe(
      'certificate',
    );
    expect(requests).toBe(0);
  });

  test('a server that speaks no TLS', async () => {
    const { port } = await start(serve((_request, response) => response.end()));
    expect(await ask(`https://127.0.0.1:${port}/`).catch(kindOf)).toBe('reset');
  });
});

describe('a proxy', () => {
  test('is used for a host that is not on this machine', async () => {
    const { port } = await start(
      serve((request, response) => response.end(`${request.headers.host} ${request.url}`)),
    );
    const proxy = await start(serveProxy(port));
    process.env['http_proxy'] = `http://127.0.0.1:${proxy.port}`;
    expect(await ask('http://api.example/api/v1/')).toMatchObject({
      status: 200,
      body: expect.stringMatching(/^api\.example(:80)? \/api\/v1\/$/) as unknown as string,
    });
    expect(proxy.asked).toEqual(['CONNECT api.example:80']);
  });

  test('sees no token of https, and the certificate is checked behind it', async () => {
    const { port } = await start(serveTls(makeCertificate(), (_request, response) => response.end()));
    const proxy = await start(serveProxy(port));
    process.env['https_proxy'] = `http://127.0.0.1:${proxy.port}`;
    const headers = { authorization: 'Bearer vps_t' };
    expect(await ask('https://api.example/api/v1/', { headers }).catch(kindOf)).toBe('certificate');
    expect(proxy.asked).toEqual(['CONNECT api.example:443']);
  });

  test('is not used for this machine, nor for hosts in no_proxy', async () => {
    const { port } = await start(serve((_request, response) => response.end('direct')));
    const proxy = await start(serveProxy(port));
    Object.assign(process.env, { http_proxy: `http://127.0.0.1:${proxy.port}`, no_proxy: 'near.example' });
    answerLookups(null, [{ address: '127.0.0.1', family: 4 }]);
    expect(await ask(`http://127.0.0.1:${port}/`)).toMatchObject({ body: 'direct' });
    expect(await ask(`http://near.example:${port}/`)).toMatchObject({ body: 'direct' });
    expect(proxy.asked).toEqual([]);
  });

  test.each(['is away', 'hangs'])('that %s has its deadline too', async (what) => {
    const hanging = await start(serveTcp(() => undefined));
    const port = what === 'hangs' ? hanging.port : await findClosedPort();
    process.env['http_proxy'] = `http://127.0.0.1:${port}`;
    const timeoutMs = what === 'hangs' ? SHORT : PLENTY;
    const kind = await ask('http://api.example/', { timeoutMs, method: 'POST' }).catch(kindOf);
    expect(kind).toBe(what === 'hangs' ? 'timeout' : 'reset');
  });
});

test('many requests side by side do not mix', async () => {
  const { port } = await start(serve((request, response) => response.end(request.url)));
  const paths = Array.from({ length: 20 }, (_, index) => `/${index}`);
  const answers = await Promise.all(paths.map((one) => ask(`http://127.0.0.1:${port}${one}`)));
  expect(answers.map(({ body }) => body)).toEqual(paths);
});

test('a connection is not left open behind an answer', async () => {
  const { port } = await start(serve((request, response) => response.end(request.headers.connection)));
  expect(await ask(`http://127.0.0.1:${port}/`)).toMatchObject({ body: 'close' });
});
