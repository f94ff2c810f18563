import { describeDiagnosis, describeRequest, diagnose, type Diagnosis } from './diagnosis.ts';
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
  readonly diagnosis: Diagnosis;
  /** The request and its answer alone, without the diagnosis that the message has. */
  readonly request: string;

  constructor(fields: VpsErrorFields, options?: ErrorOptions) {
    const tries = fields.tries === undefined ? '' : ` (tried ${fields.tries} times)`;
    const diagnosis = diagnose(fields);
    super(describeDiagnosis(fields, diagnosis) + tries, options);
    this.diagnosis = diagnosis;
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
  return error.kind === 'timeout' || error.status === 504;
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
