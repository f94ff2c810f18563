import { type Agent, type ClientRequest } from 'node:http';
import { type Socket } from 'node:net';
import { HttpClient, type HttpClientResponse } from '@actions/http-client';
import { type RequestHandler } from '@actions/http-client/lib/interfaces';
import { LONGEST_TIMER } from './clock.ts';
import { isDirect, KeptAgent } from './http-agent.ts';
import {
  CERTIFICATE_PROBLEMS,
  type FailureKind,
  type HttpRequest,
  type HttpResponse,
  type Transport,
  TransportError,
} from './transport.ts';

/** Bodies above this are not read. */
const BODY_LIMIT = 10 * 1024 * 1024;

/**
 * The transport over sockets. `@actions/http-client` brings proxies and certificates as users expect them from an
 * action; three of its traps are closed here: its body readers never resolve on a cut body, its socket time-out
 * restarts with every byte, and its redirects take the token along. With `keepAlive` reads share their connections; a
 * change always has one of its own.
 */
export function createHttpTransport(
  userAgent: string | undefined,
  { keepAlive = false }: { readonly keepAlive?: boolean } = {},
): Transport {
  const kept = new KeptAgent();
  return async (request) => {
    const shared = keepAlive && request.method === 'GET' ? kept : null;
    const timeout = AbortSignal.timeout(Math.ceil(Math.min(Math.max(1, request.timeoutMs), LONGEST_TIMER)));
    const signal = request.signal ? AbortSignal.any([timeout, request.signal]) : timeout;
    const handler = new ExchangeHandler(signal, userAgent === undefined, shared);
    const client = new HttpClient(userAgent, [handler], {
      allowRedirects: false,
      keepAlive: shared !== null,
    });
    try {
      const answer = client.request(request.method, request.url, request.body ?? '', { ...request.headers });
      const response = await Promise.race([answer, rejectOnAbort(signal)]);
      return await readResponse(response, request.statusOnly === true);
    } catch (error) {
      // Whatever it was may have befallen the others of its connections as well.
      shared?.drop();
      throw toTransportError(error, request, timeout, handler.isConnected);
    } finally {
      if (shared === null) client.dispose();
      else shared.note();
    }
  };
}

/** A proxy that hangs gives the request no socket to abort, so that the request alone would never resolve. */
function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
  });
}

/**
 * Hands the deadline to the request itself, which is the only way to end one that hangs in its body, and notes when
 * the connection stands: a request that failed before that was never sent.
 */
class ExchangeHandler implements RequestHandler {
  isConnected = false;
  readonly #signal: AbortSignal;
  readonly #anonymous: boolean;
  readonly #shared: KeptAgent | null;

  constructor(signal: AbortSignal, anonymous: boolean, shared: KeptAgent | null) {
    this.#signal = signal;
    this.#anonymous = anonymous;
    this.#shared = shared;
  }

  prepareRequest(options: Parameters<RequestHandler['prepareRequest']>[0]): void {
    options.signal = this.#signal;
    // The library adds the runner's orchestration id to an agent name even where there is none.
    if (this.#anonymous && options.headers) delete (options.headers as Record<string, unknown>)['user-agent'];
    const own = options.agent as Agent;
    // The library passes `[::1]` with its brackets on to the resolver; a proxy is asked for it as it is written.
    if (isDirect(own) && options.host?.startsWith('[')) options.host = options.host.slice(1, -1);
    const agent = (this.#shared?.choose(own) ?? own) as unknown as RequestAgent;
    const addRequest: RequestAgent['addRequest'] = (request, ...rest) => {
      request.once('socket', (socket) => this.#watch(request, socket));
      agent.addRequest(request, ...rest);
    };
    // In front of the agent, which other requests may have as well.
    options.agent = Object.create(agent, { addRequest: { value: addRequest } }) as Agent;
  }

  #watch(request: ClientRequest, socket: Socket): void {
    const note = (): void => void (this.isConnected = true);
    if (request.reusedSocket) note();
    else if ('encrypted' in socket) socket.once('secureConnect', note);
    else if (socket.connecting) socket.once('connect', note);
    else note();
  }

  canHandleAuthentication(): boolean {
    return false;
  }

  handleAuthentication(): Promise<HttpClientResponse> {
    return Promise.reject(new Error('no authentication is negotiated'));
  }
}

/** What Node's agents and the one for tunnels have in common: each is handed the request that wants a socket. */
interface RequestAgent {
  addRequest(request: ClientRequest, ...rest: unknown[]): void;
}

async function readResponse({ message }: HttpClientResponse, statusOnly: boolean): Promise<HttpResponse> {
  const status = message.statusCode ?? 0;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  if (statusOnly) {
    message.destroy();
    return { status, headers, body: '' };
  }
  if (Number(headers['content-length'] ?? 0) > BODY_LIMIT) throw tooLarge(message);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT) throw tooLarge(message);
    chunks.push(chunk);
  }
  if (!message.complete) throw new TransportError('cut', 'the body ended early');
  // Without a byte order mark, which is no JSON.
  return { status, headers, body: new TextDecoder().decode(Buffer.concat(chunks)) };
}

function tooLarge(message: { destroy(): unknown }): TransportError {
  message.destroy();
  return new TransportError('too_large', `the body is larger than ${BODY_LIMIT} bytes`);
}

/** Failures of the name look-up and of the connection; everything else before the connection stands is TLS. */
const KINDS: ReadonlyMap<string, FailureKind> = new Map([
  ['connect ECONNREFUSED', 'refused'],
  ['connect EHOSTUNREACH', 'refused'],
  ['connect ENETUNREACH', 'refused'],
  ['connect ETIMEDOUT', 'connect_timeout'],
  ['getaddrinfo ENOTFOUND', 'unresolved'],
  ['getaddrinfo EAI_AGAIN', 'unresolved'],
]);

/** What became of the exchange; an error that no socket gave is a mistake in the code and stays what it is. */
function toTransportError(
  error: unknown,
  request: HttpRequest,
  timeout: AbortSignal,
  isConnected: boolean,
): unknown {
  if (error instanceof TransportError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (request.signal?.aborted) return new TransportError('aborted', message, { cause: error });
  if (timeout.aborted) {
    const kind = isConnected ? 'timeout' : 'connect_timeout';
    const what = isConnected ? 'no answer' : 'no connection';
    return new TransportError(kind, `${what} in ${Math.ceil(request.timeoutMs)} ms`, { cause: error });
  }
  const kind = kindOf(error, message, isConnected);
  if (kind === null) return error;
  return new TransportError(kind, message, { cause: error, reason: reasonOf(kind, error, message) });
}

const { expired, notYetValid, revoked, otherHost, unknownAuthority } = CERTIFICATE_PROBLEMS;

/** What Node's checks of a certificate say. */
const CERTIFICATE_REASONS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: expired,
  CERT_NOT_YET_VALID: notYetValid,
  CERT_REVOKED: revoked,
  ERR_TLS_CERT_ALTNAME_INVALID: otherHost,
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownAuthority,
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
};

function reasonOf(kind: FailureKind, error: unknown, message: string): string | undefined {
  if (kind === 'proxy') {
    const status = /statusCode=(\d+)/.exec(message)?.[1];
    if (status !== undefined) return `it answered with ${status}`;
    return /ECONNREFUSED/.test(message) ? 'nothing listens there' : 'it closed the connection';
  }
  // The code is only sometimes that of OpenSSL; its words are always in the text.
  if (/alert protocol version|unsupported protocol/.test(message))
    return 'the server has no TLS 1.2 or newer';
  if (/wrong version number|packet length too long/.test(message)) return 'what answers does not speak TLS';
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' ? CERTIFICATE_REASONS[code] : undefined;
}

function kindOf(error: unknown, message: string, isConnected: boolean): FailureKind | null {
  // The tunnel's own words: the library gives each of its failures the code of a lost connection.
  const tunnel = /^tunneling socket could not be established, (statusCode=(\d+))?/.exec(message);
  if (tunnel !== null) return tunnel[2] === '407' ? 'proxy_auth' : 'proxy';
  if (message === 'got illegal response body from proxy') return 'proxy';
  // A host with several addresses fails with one error for each of them.
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const { code, syscall } = inner as { readonly code?: unknown; readonly syscall?: unknown };
  if (typeof code !== 'string') return null;
  if (/^ERR_TLS|CERT|SIGNATURE/.test(code)) return 'certificate';
  if (code.startsWith('ERR_') && !/^ERR_(SSL|STREAM|SOCKET)_/.test(code)) return null;
  return KINDS.get(`${String(syscall)} ${code}`) ?? (isConnected ? 'reset' : 'handshake');
}
