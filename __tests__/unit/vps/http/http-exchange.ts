import dns from 'node:dns';
import { jest } from '@jest/globals';
import { createHttpTransport } from '../../../../src/vps/http.ts';
import { TransportError, type HttpRequest, type HttpResponse } from '../../../../src/vps/transport.ts';
import { serve, type Handler, type Loopback } from '../loopback.ts';

/** Long enough for any answer, so that only what never comes runs into it. */
export const PLENTY = 20_000;
/** For what never comes; the connection stands long before that, also on a busy machine. */
export const SHORT = 250;

export const transport = createHttpTransport('test-agent/1');
const open: Loopback[] = [];
const environment = { ...process.env };

/**
 * Each file of tests says itself that this comes after each test: files that are loaded into one process load
 * this module once, and a hook in it would be that of the first of them alone.
 */
export async function tidyUp(): Promise<void> {
  process.env = { ...environment };
  await Promise.all(open.splice(0).map(({ close }) => close()));
}

export async function start<T extends Loopback>(server: Promise<T>): Promise<T> {
  const started = await server;
  open.push(started);
  return started;
}

export async function ask(url: string, request: Partial<HttpRequest> = {}): Promise<HttpResponse> {
  return transport({ method: 'GET', url, headers: {}, timeoutMs: PLENTY, ...request });
}

/** The answer of a server that does this, or the kind of failure. */
export async function exchange(
  handler: Handler,
  request: Partial<HttpRequest> = {},
): Promise<HttpResponse | string> {
  const { port } = await start(serve(handler));
  return ask(`http://127.0.0.1:${port}/x?y=1`, request).catch(kindOf);
}

/** What any host name resolves to in this test: nothing is asked for beyond this machine. */
export function answerLookups(error: Error | null, addresses: readonly object[] = []): void {
  type Lookup = (host: string, options: object, callback: (...answer: unknown[]) => void) => void;
  const names = dns as unknown as { lookup: Lookup };
  jest.spyOn(names, 'lookup').mockImplementation((_host, _options, callback) => {
    process.nextTick(callback, error, addresses);
  });
}

export function kindOf(error: unknown): string {
  if (error instanceof TransportError) return error.kind;
  throw error;
}
