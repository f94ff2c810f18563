import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Server } from 'node:net';
import path from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
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
export function makeCertificate(folder: string, host: string): Certificate {
  const keyFile = path.join(folder, 'key.pem');
  const file = path.join(folder, 'cert.pem');
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1']
      .concat(['-subj', '/CN=test', '-addext', `subjectAltName=DNS:${host},IP:127.0.0.1`])
      .concat(['-keyout', keyFile, '-out', file]),
    { stdio: 'pipe' },
  );
  return { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(file, 'utf8'), file };
}

/** The same server over TLS. */
export async function openTls(address: string, { key, cert }: Certificate): Promise<Listening> {
  return await listen(createTlsServer({ key, cert }, (client) => join(client, portOf(address))));
}

export interface Proxy extends AsyncDisposable {
  readonly origin: string;
  /** The hosts and ports that were asked for, in order. */
  readonly asked: readonly string[];
}

/** An HTTP proxy: `answer` says to which port of this machine a tunnel leads, or with which status it is refused. */
export async function openProxy(
  answer: (asked: string, nth: number) => { readonly port: number } | { readonly status: number },
): Promise<Proxy> {
  const asked: string[] = [];
  const server = createServer();
  server.on('connect', (request: IncomingMessage, client: Duplex) => {
    const host = request.url ?? '';
    asked.push(host);
    const decided = answer(host, asked.length);
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
    [Symbol.asyncDispose]: listening[Symbol.asyncDispose],
  };
}
