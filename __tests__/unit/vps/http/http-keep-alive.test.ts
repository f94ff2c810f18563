import { once } from 'node:events';
import tls from 'node:tls';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createHttpTransport } from '../../../../src/vps/http.ts';
import type { HttpRequest, Transport } from '../../../../src/vps/transport.ts';
import { kindOf, PLENTY, start, tidyUp } from './http-exchange.ts';
import { makeCertificate, serve, serveProxy, serveTls, type Handler, type Loopback } from '../loopback.ts';

/** Reads share their connections, changes have one each: how many a server sees, and who is hurt when one is cut. */

let transport: Transport;
beforeEach(() => {
  transport = createHttpTransport('test-agent/1', { keepAlive: true });
});
afterEach(tidyUp);

interface Api extends Loopback {
  /** The connection of each request, in order: `GET 1`, `POST 2`. */
  readonly seen: string[];
}

async function open(
  handler: Handler,
  certificate: ReturnType<typeof makeCertificate> | null = null,
): Promise<Api> {
  const seen: string[] = [];
  const sockets: object[] = [];
  const counting: Handler = (request, response) => {
    if (!sockets.includes(request.socket)) sockets.push(request.socket);
    seen.push(`${request.method} ${sockets.indexOf(request.socket) + 1}`);
    return request.resume().on('end', () => handler(request, response));
  };
  const server = await start(certificate === null ? serve(counting) : serveTls(certificate, counting));
  return { ...server, seen };
}

const ok: Handler = (_request, response) => response.end('{}');

async function send(api: Loopback, request: Partial<HttpRequest> = {}): Promise<number | string> {
  const url = `http://127.0.0.1:${api.port}/`;
  const answer = transport({ method: 'GET', url, headers: {}, timeoutMs: PLENTY, ...request });
  return await answer.then(({ status }) => status, kindOf);
}

test('reads share one connection, and each change has its own', async () => {
  const api = await open(ok);
  for (const method of ['GET', 'GET', 'POST', 'GET', 'DELETE', 'POST', 'GET'] as const)
    expect(await send(api, { method })).toBe(200);
  expect(api.seen).toEqual(['GET 1', 'GET 1', 'POST 2', 'GET 1', 'DELETE 3', 'POST 4', 'GET 1']);
});

test('without keepAlive each read has its own as well', async () => {
  transport = createHttpTransport('test-agent/1');
  const api = await open(ok);
  expect([await send(api), await send(api)]).toEqual([200, 200]);
  expect(api.seen).toEqual(['GET 1', 'GET 2']);
});

test('an answer with any status leaves the connection open', async () => {
  const statuses = [500, 404, 302, 200];
  const api = await open((_request, response) =>
    response.writeHead(statuses[api.seen.length - 1] ?? 0).end('x'),
  );
  for (const status of statuses) expect(await send(api)).toBe(status);
  expect(new Set(api.seen)).toEqual(new Set(['GET 1']));
});

describe('a connection that cannot be trusted any more is left', () => {
  test('when the server closed it between two reads', async () => {
    const closed: Promise<unknown>[] = [];
    const api = await open((request, response) => {
      closed.push(once(request.socket, 'close'));
      response.end('{}', () => request.socket.end());
    });
    expect(await send(api)).toBe(200);
    // Closed at both ends: the client has heard of it.
    await Promise.all(closed);
    expect(await send(api)).toBe(200);
    expect(api.seen).toEqual(['GET 1', 'GET 2']);
  });

  test('after a read that failed: the next one has a new one', async () => {
    const api = await open((request, response) => {
      if (api.seen.length === 2) request.socket.destroy();
      else response.end('{}');
    });
    expect([await send(api), await send(api), await send(api)]).toEqual([200, 'reset', 200]);
    expect(api.seen).toEqual(['GET 1', 'GET 1', 'GET 2']);
  });

  test('after it was silent for longer than 30 s', async () => {
    const now = jest.spyOn(performance, 'now');
    const api = await open(ok);
    now.mockReturnValue(1000);
    await send(api);
    now.mockReturnValue(31_000);
    await send(api);
    now.mockReturnValue(61_001);
    await send(api);
    expect(api.seen).toEqual(['GET 1', 'GET 1', 'GET 2']);
  });
});

test('a read that fails does not hurt another one that is under way', async () => {
  let answerFirst = (): void => {};
  const api = await open((request, response) => {
    if (api.seen.length === 1) answerFirst = () => void response.end('{}');
    else {
      request.socket.destroy();
      answerFirst();
    }
  });
  expect(await Promise.all([send(api), send(api)])).toEqual([200, 'reset']);
});

test('a reset on a connection that stood already was sent', async () => {
  const certificate = makeCertificate();
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), certificate.cert]);
  const api = await open((request, response) => {
    if (api.seen.length === 1) response.end('{}');
    else request.socket.destroy();
  }, certificate);
  const url = `https://127.0.0.1:${api.port}/`;
  expect([await send(api, { url }), await send(api, { url })]).toEqual([200, 'reset']);
  expect(api.seen).toEqual(['GET 1', 'GET 1']);
});

test('through a proxy each request opens a tunnel of its own', async () => {
  const api = await open(ok);
  const proxy = await start(serveProxy(api.port));
  Object.assign(process.env, { http_proxy: `http://127.0.0.1:${proxy.port}`, no_proxy: '', NO_PROXY: '' });
  const url = 'http://api.example/';
  expect([await send(api, { url }), await send(api, { url })]).toEqual([200, 200]);
  expect(proxy.asked).toEqual(['CONNECT api.example:80', 'CONNECT api.example:80']);
});
