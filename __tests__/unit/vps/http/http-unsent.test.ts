import { afterEach, expect, test } from '@jest/globals';
import { VirtualClock } from '../../../../simulator/clock/virtual-clock.ts';
import { outcomeOf, VpsError } from '../../../../src/vps/errors.ts';
import type { FailureKind, Transport } from '../../../../src/vps/transport.ts';
import { answerLookups, PLENTY, SHORT, start, tidyUp, transport } from './http-exchange.ts';
import {
  findClosedPort,
  makeCertificate,
  serve,
  serveProxy,
  serveTcp,
  serveTls,
  type Loopback,
} from '../loopback.ts';
import { createTestClient } from '../client/scripted-client.ts';

/** Failures before the connection to the API stands: what was asked for was certainly not done. */

afterEach(tidyUp);

interface Route {
  /** Where the request is sent. */
  readonly url: string;
  readonly proxyPort?: number;
  /** How often the API saw a request. */
  readonly requests?: () => number;
}

/** An API, as the last station of a route: counts what arrives. */
async function serveApi(isTls: boolean): Promise<Loopback & { readonly requests: () => number }> {
  let count = 0;
  const handler = (_request: unknown, response: { end: () => unknown }): void => {
    count += 1;
    response.end();
  };
  const server = await start(isTls ? serveTls(makeCertificate(), handler) : serve(handler));
  return { ...server, requests: () => count };
}

/** A proxy that refuses every tunnel with these words. */
async function refusing(refusal: string, scheme: 'http' | 'https' = 'https'): Promise<Route> {
  const api = await serveApi(false);
  const proxy = await start(serveProxy(api.port, refusal));
  return { url: `${scheme}://api.example`, proxyPort: proxy.port, requests: api.requests };
}

const onTcp = async (onConnection: Parameters<typeof serveTcp>[0]): Promise<number> =>
  (await start(serveTcp(onConnection))).port;

interface Row {
  readonly name: string;
  readonly route: () => Promise<Route>;
  readonly kind: FailureKind;
  /** Nothing answers at all, so that the time-out has to. */
  readonly hangs?: boolean;
  /** What the message names. */
  readonly says: RegExp;
}

const PROXY = /the proxy did not connect to the API( \(.+\))?, so nothing was sent/;
const LOGIN = /the proxy asks for a login \(407\), so nothing was sent/;
const TLS = /the TLS connection could not be set up( \(.+\))?, so nothing was sent/;
const CERTIFICATE = /certificate was not accepted( \(.+\))?, so nothing was sent/;
const NO_CONNECTION = /no connection in time, so nothing was sent/;

const ROWS: readonly Row[] = [
  {
    name: 'a proxy refuses CONNECT with 407',
    route: () =>
      refusing('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="x"\r\n\r\n'),
    kind: 'proxy_auth',
    says: LOGIN,
  },
  {
    name: 'a proxy refuses CONNECT with 407, for an API without TLS',
    route: () => refusing('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n', 'http'),
    kind: 'proxy_auth',
    says: LOGIN,
  },
  {
    name: 'a proxy refuses CONNECT with 503',
    route: () => refusing('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\nno'),
    kind: 'proxy',
    says: PROXY,
  },
  {
    name: 'a proxy refuses CONNECT with 403',
    route: () => refusing('HTTP/1.1 403 Forbidden\r\n\r\n'),
    kind: 'proxy',
    says: PROXY,
  },
  {
    name: 'a proxy refuses CONNECT with 503, for an API without TLS',
    route: () => refusing('HTTP/1.1 503 Service Unavailable\r\n\r\n', 'http'),
    kind: 'proxy',
    says: PROXY,
  },
  { name: 'a proxy hangs up', route: () => refusing(''), kind: 'proxy', says: PROXY },
  {
    name: 'a proxy speaks something else than HTTP',
    route: () => refusing('SSH-2.0-OpenSSH_9.6\r\n\r\n'),
    kind: 'proxy',
    says: PROXY,
  },
  {
    name: 'a proxy is away',
    route: async () => ({ url: 'https://api.example', proxyPort: await findClosedPort() }),
    kind: 'proxy',
    says: PROXY,
  },
  {
    name: 'a proxy never answers',
    route: async () => ({ url: 'https://api.example', proxyPort: await onTcp(() => undefined) }),
    kind: 'connect_timeout',
    hangs: true,
    says: NO_CONNECTION,
  },
  {
    name: 'the API accepts the connection and never finishes TLS',
    route: async () => ({ url: `https://127.0.0.1:${await onTcp(() => undefined)}` }),
    kind: 'connect_timeout',
    hangs: true,
    says: NO_CONNECTION,
  },
  {
    name: 'the API never finishes TLS behind a proxy',
    route: async () => {
      const proxy = await start(serveProxy(await onTcp(() => undefined)));
      return { url: 'https://api.example', proxyPort: proxy.port };
    },
    kind: 'connect_timeout',
    hangs: true,
    says: NO_CONNECTION,
  },
  {
    name: 'the API hangs up instead of TLS',
    route: async () => ({
      url: `https://127.0.0.1:${await onTcp((socket) => socket.once('data', () => socket.end()))}`,
    }),
    kind: 'handshake',
    says: TLS,
  },
  {
    name: 'the API resets the connection instead of TLS',
    route: async () => ({
      url: `https://127.0.0.1:${await onTcp((socket) => socket.once('data', () => socket.destroy()))}`,
    }),
    kind: 'handshake',
    says: TLS,
  },
  {
    name: 'the API speaks no TLS',
    route: async () => {
      const api = await serveApi(false);
      return { url: `https://127.0.0.1:${api.port}`, requests: api.requests };
    },
    kind: 'handshake',
    says: TLS,
  },
  {
    name: 'the API speaks no TLS behind a proxy',
    route: async () => {
      const api = await serveApi(false);
      const proxy = await start(serveProxy(api.port));
      return { url: 'https://api.example', proxyPort: proxy.port, requests: api.requests };
    },
    kind: 'handshake',
    says: TLS,
  },
  {
    name: 'the API has a certificate that nobody signed',
    route: async () => {
      const api = await serveApi(true);
      return { url: `https://127.0.0.1:${api.port}`, requests: api.requests };
    },
    kind: 'certificate',
    says: CERTIFICATE,
  },
  {
    name: 'the API has a certificate that nobody signed, behind a proxy',
    route: async () => {
      const api = await serveApi(true);
      const proxy = await start(serveProxy(api.port));
      return { url: 'https://api.example', proxyPort: proxy.port, requests: api.requests };
    },
    kind: 'certificate',
    says: CERTIFICATE,
  },
  {
    name: 'nobody listens',
    route: async () => ({ url: `http://127.0.0.1:${await findClosedPort()}` }),
    kind: 'refused',
    says: /the connection was refused/,
  },
  {
    name: 'the host has no address',
    route: () => {
      answerLookups(Object.assign(new Error('none'), { code: 'ENOTFOUND', syscall: 'getaddrinfo' }));
      return Promise.resolve({ url: 'https://api.example' });
    },
    kind: 'unresolved',
    says: /the host name could not be resolved/,
  },
];

test.each(ROWS)('$name: $kind, and not done', async ({ route, kind, hangs = false, says }) => {
  const { url, proxyPort, requests } = await route();
  if (proxyPort !== undefined) {
    process.env['https_proxy'] = `http://127.0.0.1:${proxyPort}`;
    process.env['http_proxy'] = `http://127.0.0.1:${proxyPort}`;
  }
  const viaRoute: Transport = (request) =>
    transport({ ...request, url: `${url}/`, timeoutMs: hangs ? SHORT : PLENTY });
  const { send, reported } = createTestClient({ clock: new VirtualClock(), transport: viaRoute });
  const call = { method: 'POST', path: '/snapshots/801/restore/', until: 60_000, once: true } as const;
  const error: unknown = await send({ ...call, read: () => null }).catch((reason: unknown) => reason);
  if (!(error instanceof VpsError)) throw error;
  expect([error.kind, outcomeOf(error)]).toEqual([kind, 'not_done']);
  expect(error.message).toMatch(says);
  expect(reported.debug).toEqual([expect.stringMatching(`^POST /snapshots/801/restore/ ${kind} `)]);
  expect(requests?.() ?? 0).toBe(0);
});

test('a request that was sent, and whose answer never comes, is another thing', async () => {
  const hanging = await start(serve(() => undefined));
  const url = `http://127.0.0.1:${hanging.port}/`;
  const error: unknown = await transport({ method: 'POST', url, headers: {}, timeoutMs: SHORT }).catch(
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ kind: 'timeout', message: `no answer in ${SHORT} ms` });
});
