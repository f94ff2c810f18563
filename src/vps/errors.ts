import { type FailureKind, type Method } from './transport.ts';

/**
 * How a request ended without a usable answer:
 * `http` an answer with a status other than 2xx · `malformed` a 2xx whose body does not fit the schema ·
 * `deadline` there is no time left to send it · `cancelled` the job was cancelled · `unsafe_id` the id may not
 * stand in a path · else the transport's kind.
 */
export type ErrorKind =
  Exclude<FailureKind, 'aborted'> | 'http' | 'malformed' | 'deadline' | 'cancelled' | 'unsafe_id';

export interface VpsErrorFields {
  readonly kind: ErrorKind;
  readonly method: Method;
  /** Path and query below the API's address; never the host's user info or the token. */
  readonly path: string;
  /** Absent where there was no answer; of what was not sent, the status that stands in its way. */
  readonly status?: number | undefined;
  /** The body was a web page: a proxy or a firewall answered in place of the API. */
  readonly isHtml?: boolean | undefined;
  /** A refusal of a read that had not stood long enough to be believed when the time was up. */
  readonly isStray?: boolean | undefined;
  /** The API's own reason, cleaned and cut. */
  readonly detail?: string | undefined;
  /** What was wrong with the certificate, the handshake or the proxy. */
  readonly reason?: string | undefined;
  /** Milliseconds that the API asked to wait. */
  readonly retryAfter?: number | undefined;
  /** How often it was tried, where that was more than once. */
  readonly tries?: number | undefined;
}

/** The one error of the API client. Callers decide from its fields, never from its text. */
export class VpsError extends Error implements Omit<VpsErrorFields, 'tries'> {
  override readonly name = 'VpsError';
  readonly kind: ErrorKind;
  readonly method: Method;
  readonly path: string;
  readonly status: number | undefined;
  readonly isHtml: boolean;
  readonly isStray: boolean;
  readonly detail: string | undefined;
  readonly reason: string | undefined;
  readonly retryAfter: number | undefined;

  constructor(fields: VpsErrorFields, options?: ErrorOptions) {
    super(describe(fields) + (fields.tries === undefined ? '' : ` (tried ${fields.tries} times)`), options);
    this.kind = fields.kind;
    this.method = fields.method;
    this.path = fields.path;
    this.status = fields.status;
    this.isHtml = fields.isHtml === true;
    this.isStray = fields.isStray === true;
    this.detail = fields.detail;
    this.reason = fields.reason;
    this.retryAfter = fields.retryAfter;
  }

  /** The same error, saying how often it was met, and whether it is a refusal that did not stand long enough. */
  tried(tries: number, isStray = false): VpsError {
    if (tries <= 1 && !isStray) return this;
    const { kind, method, path, status, isHtml, detail, reason, retryAfter } = this;
    const known = { kind, method, path, status, isHtml, detail, reason, retryAfter, isStray };
    return new VpsError({ ...known, ...(tries > 1 && { tries }) }, { cause: this.cause });
  }
}

/** What is known about a request that changes something, once its one try is over. */
export type RequestOutcome = 'refused' | 'not_done' | 'unclear';

/**
 * Whether the API refused the request, cannot have carried it out, or may have.
 * A 5xx says nothing: a proxy gives it while the server behind is at work.
 */
export function outcomeOf(error: VpsError): RequestOutcome {
  switch (error.kind) {
    case 'refused':
    case 'unresolved':
    case 'connect_timeout':
    case 'handshake':
    case 'certificate':
    case 'proxy':
    case 'proxy_auth':
    case 'deadline':
    case 'cancelled':
    case 'unsafe_id':
      return 'not_done';
    case 'http':
      return outcomeOfStatus(error.status ?? 0);
    case 'reset':
    case 'timeout':
    case 'cut':
    case 'too_large':
    case 'malformed':
      return 'unclear';
  }
}

function outcomeOfStatus(status: number): RequestOutcome {
  // A redirect is not followed, so that nothing was carried out, wherever it leads.
  if (status === 423 || status === 429 || (status >= 300 && status < 400)) return 'not_done';
  return status >= 400 && status < 500 && status !== 408 ? 'refused' : 'unclear';
}

/**
 * Whether a change was certainly not carried out, and the same request may be taken a moment later: the state of a
 * server, a limit or the way to the API is the cause.
 */
export function isMomentary(error: VpsError): boolean {
  if (outcomeOf(error) === 'unclear') return false;
  if (error.kind === 'http') {
    const { status = 0 } = error;
    return (
      status === 400 || status === 409 || status === 423 || status === 429 || (error.isHtml && status >= 400)
    );
  }
  return !['deadline', 'cancelled', 'unsafe_id'].includes(error.kind);
}

/** Whether the server may still be at work on a request with an unclear answer. */
export function isSlow(error: VpsError): boolean {
  return error.kind === 'timeout' || error.status === 504 || error.status === 408;
}

/** Whether the API does not let this token ask, or has no such call; it does not tell the two apart. */
export function isDenied(error: VpsError): boolean {
  const { status } = error;
  if (error.isHtml || error.isStray) return false;
  return status === 401 || status === 403 || status === 404 || status === 405;
}

/** Whether a call was not sent because the API limits the number of requests, whatever they are about. */
export function isLimited(error: unknown): boolean {
  return error instanceof VpsError && error.kind === 'deadline' && error.status === 429;
}

/** Whether the same question may have another answer later: an outage, not a refusal. */
export function isTransient(error: VpsError): boolean {
  if (error.isHtml || error.isStray) return true;
  if (error.kind === 'http') {
    const { status = 0 } = error;
    return status === 408 || status === 409 || status === 423 || status === 429 || status >= 500;
  }
  return !['certificate', 'proxy_auth', 'cancelled', 'unsafe_id', 'malformed', 'too_large'].includes(
    error.kind,
  );
}

function describe(fields: VpsErrorFields): string {
  const { kind, method, path, status } = fields;
  const detail = fields.detail?.replace(/\.$/, '');
  const reason = fields.reason === undefined ? '' : ` (${fields.reason})`;
  const request = `${method} ${path}`;
  switch (kind) {
    case 'http':
      return `${request} was answered with ${status}${detail ? `: ${detail}` : ''}${adviceFor(fields)}`;
    case 'malformed':
      return `${request}: the answer (${status ?? 'no status'}) is not what the VPS.org API documents${detail ? `: ${detail}` : ''}${fields.isHtml === true ? PROXY_ADVICE : ''}`;
    case 'refused':
      return `${request}: the connection was refused; check 'api_url' and whether the API is up`;
    case 'unresolved':
      return `${request}: the host name could not be resolved; check 'api_url' and the runner's network`;
    case 'connect_timeout':
      return `${request}: no connection in time, so nothing was sent; check 'api_url', the runner's network and its proxy`;
    case 'handshake':
      return `${request}: the TLS connection could not be set up${reason}, so nothing was sent; check 'api_url' and what stands between the runner and it`;
    case 'certificate':
      return `${request}: the server's certificate was not accepted${reason}, so nothing was sent${reason === '' ? '; for a private authority set NODE_EXTRA_CA_CERTS' : ''}`;
    case 'proxy':
      return `${request}: the proxy did not connect to the API${reason}, so nothing was sent; check HTTPS_PROXY and NO_PROXY of the runner`;
    case 'proxy_auth':
      return `${request}: the proxy asks for a login (407), so nothing was sent; give it in HTTPS_PROXY as http://user:password@host:port, or exclude the API with NO_PROXY`;
    case 'reset':
      return `${request}: the connection was lost before the answer was complete`;
    case 'cut':
      return `${request}: the answer was cut short`;
    case 'timeout':
      return `${request}: no complete answer in time`;
    case 'too_large':
      return `${request}: the answer is larger than 10 MiB and was not read`;
    case 'deadline':
      return `${request}: not sent, the time for this operation is up${detail ? ` (${detail})` : ''}`;
    case 'unsafe_id':
      return `${request}: not sent, the id cannot be used safely`;
    case 'cancelled':
      return `${request}: not sent or not waited for, because the job was cancelled`;
  }
}

/** What a call is for, in the words of a permission. */
function purposeOf({ method, path }: VpsErrorFields): string {
  const [, resource, , call] = path.split('/');
  if (resource === 'servers') return call === 'power' ? 'to start and stop servers' : 'to read servers';
  if (method === 'GET') return 'to read snapshots';
  if (method === 'DELETE') return 'to delete snapshots';
  return call === 'restore' ? 'to restore snapshots' : 'to make snapshots';
}

const PROXY_ADVICE =
  ". The answer is a web page, so it does not come from the API but from a proxy or a firewall before it: check 'api_url', and let whoever runs them allow this runner";

function adviceFor(fields: VpsErrorFields): string {
  const { status } = fields;
  if (fields.isHtml === true && (status ?? 0) < 500) return PROXY_ADVICE;
  switch (status) {
    case 401:
      return ". The API token is wrong, revoked or expired: create a new one at VPS.org (Account → Developers) and store it as the secret that 'api_token' names";
    case 403:
      return `. The API token lacks a permission for this call, likely ${purposeOf(fields)}: give it at VPS.org (Account → Developers), or use another token`;
    case 404:
      return /^\/snapshots\/(\?|$)/.test(fields.path) && fields.method === 'GET'
        ? ". There is no such address: check 'api_url', which normally ends in /api/v1"
        : '';
    case 429:
      return '. The API limits the number of requests: try again later, or use a longer poll_interval';
    default:
      if (status !== undefined && status >= 500)
        return '. The API or a proxy in front of it has a problem: try again later';
      if (status !== undefined && status >= 300 && status < 400) {
        return ". The API answered with a redirect, which is not followed: check 'api_url'";
      }
      return '';
  }
}
