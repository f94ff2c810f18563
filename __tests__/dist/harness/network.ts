import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Server } from 'node:net';
import path from 'node:path';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { type Duplex, pipeline } from 'node:stream';

/** What stands between a step and its API: proxies, certificates, ports on which nothing listens for a while. */

interface Listening extends AsyncDisposable {
  readonly port: number;
}

async function listen(server: Server, port = 0): Promise<Listening> {
  const sockets = new Set<Duplex>();
  server.on('connection', (socket: Duplex) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Carries bytes both ways until one end is gone. */
function join(client: Duplex, port: number): void {
  const upstream = connect(port, '127.0.0.1');
  pipeline(client, upstream, () => {});
  pipeline(upstream, client, () => {});
}

export function portOf(address: string): number {
  return Number(new URL(address).port);
}

export interface Gate extends AsyncDisposable {
  /** Its own port in place of the one in `address`. */
  readonly url: string;
  /** From now on connections are refused. */
  readonly close: () => Promise<void>;
  readonly open: () => Promise<void>;
}

/** A way to a server of this machine that can be closed, as if nothing listened there, and opened again. */
export async function openGate(address: string): Promise<Gate> {
  const start = (port?: number): Promise<Listening> =>
    listen(
      createTcpServer((client) => join(client, portOf(address))),
      port,
    );
  let listening: Listening | null = await start();
  const { port } = listening;
  const url = new URL(address);
  url.port = String(port);
  const close = async (): Promise<void> => {
    await listening?.[Symbol.asyncDispose]();
    listening = null;
  };
  return {
    url: url.href,
    close,
    async open() {
      listening ??= await start(port);
    },
    [Symbol.asyncDispose]: close,
  };
}

export interface Certificate {
  readonly key: string;
  readonly cert: string;
  /** For `NODE_EXTRA_CA_CERTS`. */
  readonly file: string;
}

/** A certificate that its own key signed; made anew, so that no key lies in the repository. */
export function makeCertificate(folder: string, host: string, { isExpired = false } = {}): Certificate {
  const name = `${host}${isExpired ? '-expired' : ''}`;
  const keyFile = path.join(folder, `${name}.key.pem`);
  const file = path.join(folder, `${name}.pem`);
  const openssl = (...args: string[]): Buffer => execFileSync('openssl', args, { stdio: 'pipe' });
  openssl(
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'],
    ...['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${host},IP:127.0.0.1`],
    ...['-keyout', keyFile, '-out', file],
  );
  if (isExpired) openssl('x509', '-in', file, '-signkey', keyFile, '-days', '-1', '-out', file);
  return { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(file, 'utf8'), file };
}

/** The same server over TLS. */
export async function openTls(
  address: string,
  { key, cert }: Certificate,
  options: TlsOptions = {},
): Promise<Listening> {
  const server = createTlsServer({ key, cert, ...options }, (client) => join(client, portOf(address)));
  return await listen(server);
}

export interface Proxy extends AsyncDisposable {
  readonly origin: string;
  /** The hosts and ports that were asked for, in order. */
  readonly asked: readonly string[];
  /** `Proxy-Authorization` of each, decoded. */
  readonly logins: readonly string[];
}

/** To which port of this machine a tunnel leads, with which status it is refused, or what happens in place of an answer. */
export type ProxyAnswer = { readonly port: number } | { readonly status: number } | 'close' | 'silence';

/** An HTTP proxy. */
export async function openProxy(answer: (asked: string, nth: number) => ProxyAnswer): Promise<Proxy> {
  const asked: string[] = [];
  const logins: string[] = [];
  const server = createServer();
  server.on('connect', (request: IncomingMessage, client: Duplex) => {
    const host = request.url ?? '';
    asked.push(host);
    const [, login = ''] = /^Basic (.+)$/.exec(request.headers['proxy-authorization'] ?? '') ?? [];
    logins.push(Buffer.from(login, 'base64').toString());
    const decided = answer(host, asked.length);
    if (decided === 'silence') return;
    if (decided === 'close') {
      client.destroy();
      return;
    }
    if ('status' in decided) {
      client.end(`HTTP/1.1 ${decided.status} No\r\n\r\n`);
      return;
    }
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    join(client, decided.port);
  });
  const listening = await listen(server);
  return {
    origin: `http://127.0.0.1:${listening.port}`,
    asked,
    logins,
    [Symbol.asyncDispose]: listening[Symbol.asyncDispose],
  };
}
