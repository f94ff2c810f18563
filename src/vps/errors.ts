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
  /** Absent where there was no answer. */
  readonly status?: number | undefined;
  /** The API's own reason, cleaned and cut. */
  readonly detail?: string | undefined;
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
  readonly detail: string | undefined;
  readonly retryAfter: number | undefined;

  constructor(fields: VpsErrorFields, options?: ErrorOptions) {
    super(describe(fields) + (fields.tries === undefined ? '' : ` (tried ${fields.tries} times)`), options);
    this.kind = fields.kind;
    this.method = fields.method;
    this.path = fields.path;
    this.status = fields.status;
    this.detail = fields.detail;
    this.retryAfter = fields.retryAfter;
  }
}

/** What is known about a request that changes something, once its one try is over (design §3.2). */
export type RequestOutcome = 'refused' | 'not_done' | 'unclear';

/**
 * Whether the API refused the request, cannot have carried it out, or may have.
 * A 5xx says nothing: a proxy gives it while the server behind is at work.
 */
export function outcomeOf(error: VpsError): RequestOutcome {
  switch (error.kind) {
    case 'refused':
    case 'unresolved':
    case 'certificate':
    case 'deadline':
    case 'cancelled':
    case 'unsafe_id':
      return 'not_done';
    case 'http':
      if (error.status === 429) return 'not_done';
      return error.status !== undefined && error.status >= 400 && error.status < 500 && error.status !== 408
        ? 'refused'
        : 'unclear';
    case 'reset':
    case 'timeout':
    case 'cut':
    case 'too_large':
    case 'malformed':
      return 'unclear';
  }
}

/** Whether the server may still be at work on a request with an unclear answer. */
export function isSlow(error: VpsError): boolean {
  return error.kind === 'timeout' || error.status === 504 || error.status === 408;
}

/** Whether the API does not let this token ask, or has no such call; it does not tell the two apart. */
export function isDenied(error: VpsError): boolean {
  return error.status === 403 || error.status === 404 || error.status === 405;
}

/** Whether the same question may have another answer later: an outage, not a refusal. */
export function isTransient(error: VpsError): boolean {
  if (error.kind === 'http')
    return error.status === 408 || error.status === 429 || (error.status ?? 0) >= 500;
  return error.kind !== 'certificate' && error.kind !== 'cancelled' && error.kind !== 'unsafe_id';
}

function describe(fields: VpsErrorFields): string {
  const { kind, method, path, status } = fields;
  const detail = fields.detail?.replace(/\.$/, '');
  const request = `${method} ${path}`;
  switch (kind) {
    case 'http':
      return `${request} was answered with ${status}${detail ? `: ${detail}` : ''}${adviceFor(fields)}`;
    case 'malformed':
      return `${request}: the answer (${status ?? 'no status'}) is not what the VPS.org API documents${detail ? `: ${detail}` : ''}`;
    case 'refused':
      return `${request}: the connection was refused; check 'api_url' and whether the API is up`;
    case 'unresolved':
      return `${request}: the host name could not be resolved; check 'api_url' and the runner's network`;
    case 'certificate':
      return `${request}: the server's certificate was not accepted; for a private authority set NODE_EXTRA_CA_CERTS`;
    case 'reset':
      return `${request}: the connection was lost before the answer was complete`;
    case 'cut':
      return `${request}: the answer was cut short`;
    case 'timeout':
      return `${request}: no complete answer in time`;
    case 'too_large':
      return `${request}: the answer is larger than 10 MiB and was not read`;
    case 'deadline':
      return `${request}: not sent, the time for this operation is over${detail ? ` (${detail})` : ''}`;
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

function adviceFor(fields: VpsErrorFields): string {
  const { status } = fields;
  switch (status) {
    case 401:
      return ". The API token is wrong, revoked or expired: make a new one at VPS.org (Account → Developers) and store it as the secret that 'api_token' names";
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
        return '. The API or a proxy before it is in trouble: try again later';
      if (status !== undefined && status >= 300 && status < 400) {
        return ". The API sent a redirect, which is not followed: check 'api_url'";
      }
      return '';
  }
}
