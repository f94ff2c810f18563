import { capitalize } from './text.ts';
import { CERTIFICATE_PROBLEMS, type FailureKind, type Method } from './transport.ts';

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
  readonly diagnosis: Diagnosis;
  /** The request and its answer alone, without the diagnosis that the message has. */
  readonly request: string;

  constructor(fields: VpsErrorFields, options?: ErrorOptions) {
    const tries = fields.tries === undefined ? '' : ` (tried ${fields.tries} times)`;
    super(describe(fields) + tries, options);
    this.diagnosis = diagnose(fields);
    this.request = describeRequest(fields) + tries;
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
export function isDenied(error: unknown): boolean {
  if (!(error instanceof VpsError) || error.isHtml || error.isStray) return false;
  const { status } = error;
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

/** What is wrong and what helps, for people; the first letters are small. `advice` is empty where nobody can say. */
export interface Diagnosis {
  readonly problem: string;
  readonly advice: string;
}

function describe(fields: VpsErrorFields): string {
  const { problem, advice } = diagnose(fields);
  const request = describeRequest(fields);
  if (fields.kind === 'http' || (fields.kind === 'malformed' && problem !== ''))
    return problem === '' ? request : `${request}. ${capitalize(problem)}: ${advice}`;
  if (fields.kind === 'malformed') return request;
  return `${request}: ${problem}${advice === '' ? '' : `; ${advice}`}`;
}

/** The request, and what it was answered with where it was. */
function describeRequest({ kind, method, path, status, detail }: VpsErrorFields): string {
  const reason = detail ? `: ${withoutDot(detail)}` : '';
  const request = `${method} ${path}`;
  const answer = status ?? 'no status';
  if (kind === 'http') return `${request} was answered with ${answer}${reason}`;
  if (kind === 'malformed')
    return `${request}: the answer (${answer}) is not what the VPS.org API documents${reason}`;
  return request;
}

/** The API's own reason as a part of a sentence; empty where it gave none. */
export function quoteDetail({ detail }: Pick<VpsErrorFields, 'detail'>): string {
  return detail ? ` (${withoutDot(detail)})` : '';
}

function withoutDot(text: string): string {
  return text.replace(/\.$/, '');
}

const PRIVATE_AUTHORITY = 'for a private authority set NODE_EXTRA_CA_CERTS';
const CERTIFICATE_ADVICE: ReadonlyMap<string | undefined, string> = new Map([
  [CERTIFICATE_PROBLEMS.expired, 'whoever runs the server has to renew it'],
  [CERTIFICATE_PROBLEMS.notYetValid, "check the runner's clock"],
  [CERTIFICATE_PROBLEMS.otherHost, "check 'api_url'"],
  [CERTIFICATE_PROBLEMS.revoked, 'whoever runs the server has to renew it'],
]);

function diagnose(fields: VpsErrorFields): Diagnosis {
  const { kind } = fields;
  const reason = fields.reason === undefined ? '' : ` (${fields.reason})`;
  switch (kind) {
    case 'http':
      return diagnoseStatus(fields);
    case 'malformed':
      return fields.isHtml === true ? WEB_PAGE : NOTHING;
    case 'refused':
      return { problem: 'the connection was refused', advice: "check 'api_url' and whether the API is up" };
    case 'unresolved':
      return {
        problem: 'the host name could not be resolved',
        advice: "check 'api_url' and the runner's network",
      };
    case 'connect_timeout':
      return {
        problem: 'no connection in time, so nothing was sent',
        advice: "check 'api_url', the runner's network and its proxy",
      };
    case 'handshake':
      return {
        problem: `the TLS connection could not be set up${reason}, so nothing was sent`,
        advice: "check 'api_url' and what stands between the runner and it",
      };
    case 'certificate':
      return {
        problem: `the server's certificate was not accepted${reason}, so nothing was sent`,
        advice: CERTIFICATE_ADVICE.get(fields.reason) ?? PRIVATE_AUTHORITY,
      };
    case 'proxy':
      return {
        problem: `the proxy did not connect to the API${reason}, so nothing was sent`,
        advice: 'check HTTPS_PROXY and NO_PROXY of the runner',
      };
    case 'proxy_auth':
      return {
        problem: 'the proxy asks for a login (407), so nothing was sent',
        advice: 'give it in HTTPS_PROXY as http://user:password@host:port, or exclude the API with NO_PROXY',
      };
    case 'reset':
      return { problem: 'the connection was lost before the answer was complete', advice: '' };
    case 'cut':
      return { problem: 'the answer was cut short', advice: '' };
    case 'timeout':
      return { problem: 'no complete answer in time', advice: '' };
    case 'too_large':
      return { problem: 'the answer is larger than 10 MiB and was not read', advice: '' };
    case 'deadline':
      return {
        problem: `not sent, the time for this operation is up${quoteDetail(fields)}`,
        advice: '',
      };
    case 'unsafe_id':
      return { problem: 'not sent, the id cannot be used safely', advice: '' };
    case 'cancelled':
      return { problem: 'not sent or not waited for, because the job was cancelled', advice: '' };
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

const NOTHING: Diagnosis = { problem: '', advice: '' };
const WEB_PAGE: Diagnosis = {
  problem:
    'the answer is a web page, so it does not come from the API but from a proxy or a firewall before it',
  advice: "check 'api_url', and let whoever runs them allow this runner",
};

function diagnoseStatus(fields: VpsErrorFields): Diagnosis {
  const { status = 0 } = fields;
  if (fields.isHtml === true && status < 500) return WEB_PAGE;
  switch (status) {
    case 401:
      return {
        problem: 'the API token is wrong, revoked or expired',
        advice:
          "create a new one at VPS.org (Account → Developers) and store it as the secret that 'api_token' names",
      };
    case 403:
      return {
        problem: `the API token lacks a permission for this call, likely ${purposeOf(fields)}`,
        advice: 'give it at VPS.org (Account → Developers), or use another token',
      };
    case 404:
      return /^\/snapshots\/(\?|$)/.test(fields.path) && fields.method === 'GET'
        ? { problem: 'there is no such address', advice: "check 'api_url', which normally ends in /api/v1" }
        : NOTHING;
    case 429:
      return {
        problem: 'the API limits the number of requests',
        advice: 'try again later, or use a longer poll_interval',
      };
    default:
      if (status >= 500)
        return { problem: 'the API or a proxy in front of it has a problem', advice: 'try again later' };
      if (status >= 300 && status < 400)
        return {
          problem: 'the API answered with a redirect, which is not followed',
          advice: "check 'api_url'",
        };
      return NOTHING;
  }
}
