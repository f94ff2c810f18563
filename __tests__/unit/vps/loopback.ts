import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import {
  connect,
  createServer as createTcpServer,
  type AddressInfo,
  type Server as TcpServer,
} from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { makeCertificate as makeFor } from '../../dist/harness/network.ts';

export type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

/** A server on a free port of this machine that does what a test says. */
export interface Loopback {
  readonly port: number;
  readonly close: () => Promise<void>;
}

async function listen(server: TcpServer, host: string): Promise<Loopback> {
  const sockets = new Set<Duplex>();
  server.on('connection', (socket: Duplex) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

export async function serve(handler: Handler, host = '127.0.0.1'): Promise<Loopback> {
  return listen(createServer(handler), host);
}

export async function serveTls(
  credentials: { key: string; cert: string },
  handler: Handler,
): Promise<Loopback> {
  return listen(createTlsServer(credentials, handler), '127.0.0.1');
}

/** A server below HTTP: gives every connection to `onConnection`. */
export async function serveTcp(onConnection: (socket: Duplex) => void): Promise<Loopback> {
  return listen(createTcpServer(onConnection), '127.0.0.1');
}

/** A port on which nothing listens. */
export async function findClosedPort(): Promise<number> {
  const { port, close } = await serveTcp(() => undefined);
  await close();
  return port;
}

/** A proxy: whatever host is asked for, `port` of this machine answers, or the proxy refuses with this. */
export async function serveProxy(
  port: number,
  refusal: string | null = null,
): Promise<Loopback & { readonly asked: string[] }> {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.statusCode = 400;
    response.end();
  });
  server.on('connect', (request: IncomingMessage, client: Duplex) => {
    asked.push(`CONNECT ${request.url}`);
    if (refusal !== null) {
      client.on('error', () => undefined);
      client.end(refusal);
      return;
    }
    const upstream = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    for (const end of [upstream, client]) {
      end.on('error', () => {
        upstream.destroy();
        client.destroy();
      });
    }
  });
  return { ...(await listen(server, '127.0.0.1')), asked };
}

/** A certificate that nobody but itself has signed; made anew for each run, so that no key lies in the repository. */
export function makeCertificate(): { key: string; cert: string } {
  const folder = mkdtempSync(path.join(tmpdir(), 'certificate-'));
  try {
    return makeFor(folder, 'localhost');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
