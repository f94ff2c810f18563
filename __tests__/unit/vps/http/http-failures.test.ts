import { getDefaultAutoSelectFamilyAttemptTimeout, setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net';
import { runInThisContext } from 'node:vm';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { HttpResponse } from '../../../../src/vps/transport.ts';
import { answerLookups, ask, exchange, kindOf, PLENTY, SHORT, start, tidyUp } from './http-exchange.ts';
import { findClosedPort, serveTcp, type Handler } from '../loopback.ts';

afterEach(tidyUp);

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
    // Node gives each address 250 ms, which a busy machine may need for a refusal.
    const usual = getDefaultAutoSelectFamilyAttemptTimeout();
    setDefaultAutoSelectFamilyAttemptTimeout(PLENTY);
    const kind = await ask(`http://two.example:${await findClosedPort()}/`).catch(kindOf);
    setDefaultAutoSelectFamilyAttemptTimeout(usual);
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
    // A millisecond may be too short for the connection, too.
    for (const timeoutMs of [0.25, -1]) {
      const kind = await exchange(() => undefined, { timeoutMs });
      expect(['timeout', 'connect_timeout']).toContain(kind);
    }
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
