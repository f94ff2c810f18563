/** One HTTP exchange, without an opinion on what its status means. */

export type Method = 'GET' | 'POST' | 'DELETE';

export interface HttpRequest {
  readonly method: Method | 'PATCH';
  /** Absolute address. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Time for the whole exchange, body included, in milliseconds. */
  readonly timeoutMs: number;
  /** Resolve as soon as the status is known, and drop the body. */
  readonly statusOnly?: boolean;
  /** Ends the exchange at once, with a {@link TransportError} of kind `aborted`. */
  readonly signal?: AbortSignal | undefined;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Sends one request and gives the whole answer, or throws a {@link TransportError}.
 * It never follows a redirect and never repeats anything.
 */
export type Transport = (request: HttpRequest) => Promise<HttpResponse>;

/**
 * Why there is no whole answer. Before the connection stood, so that the server cannot have seen the request:
 * `refused`, `unresolved`, `connect_timeout`, `handshake` (TLS), `certificate`, `proxy` (it opened no tunnel) and
 * `proxy_auth` (it wants to know who asks). After any other kind the server may have acted on it.
 */
export type FailureKind =
  | 'refused'
  | 'unresolved'
  | 'connect_timeout'
  | 'handshake'
  | 'certificate'
  | 'proxy'
  | 'proxy_auth'
  | 'reset'
  | 'timeout'
  | 'cut'
  | 'too_large'
  | 'aborted';

/** What may be wrong with a certificate. */
export const CERTIFICATE_PROBLEMS = {
  expired: 'it has expired',
  notYetValid: 'it is not valid yet',
  revoked: 'it was revoked',
  otherHost: 'it is for another host',
  unknownAuthority: 'it is signed by an authority that this runner does not know',
} as const;

export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly kind: FailureKind;
  /** What was wrong with the certificate, the handshake or the proxy, as a clause; where it is known. */
  readonly reason: string | undefined;

  constructor(
    kind: FailureKind,
    message: string,
    { reason, ...options }: ErrorOptions & { readonly reason?: string | undefined } = {},
  ) {
    super(message, options);
    this.kind = kind;
    this.reason = reason;
  }
}
