import type { IncomingHttpHeaders } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createHttpTransport } from '../../../../src/vps/http.ts';
import type { HttpRequest } from '../../../../src/vps/transport.ts';
import { ask, exchange, PLENTY, start, tidyUp, transport } from './http-exchange.ts';
import { serve, type Handler } from '../loopback.ts';

afterEach(tidyUp);

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

  test('loses a byte order mark, which is no JSON', async () => {
    expect(await exchange((_request, response) => response.end('\uFEFF{"a":"ü"}'))).toMatchObject({
      body: '{"a":"ü"}',
    });
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

  test('without an agent sends nothing of ours, also where the runner has an id for its job', async () => {
    process.env['ACTIONS_ORCHESTRATION_ID'] = 'orchestration-7';
    const { headers } = await see({}, createHttpTransport(undefined));
    expect(headers['user-agent']).toBeUndefined();
    expect(JSON.stringify(headers)).not.toMatch(/orchestration|actions|authorization/i);
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
