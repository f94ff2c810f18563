import { type Clock } from '../clock.ts';
import { type ErrorKind, VpsError } from '../errors.ts';
import { parseDetail, SchemaError } from '../schemas.ts';
import { isWebPage } from '../text.ts';
import {
  type FailureKind,
  type HttpResponse,
  type Method,
  type Transport,
  TransportError,
} from '../transport.ts';
import { parseRetryAfter, type RefusalPatience } from './retry.ts';

export interface Call<T> {
  readonly method: Method;
  /** Below the API's address, with its query. */
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Monotonic milliseconds after which nothing of this call is sent or waited for. */
  readonly until: number;
  /** Monotonic milliseconds after which it is not sent any more, because what it rests on is too old then. */
  readonly sendBy?: number | undefined;
  /** How long a refusal of a read is tried again; `standing` where nothing is said. */
  readonly patience?: RefusalPatience | undefined;
  /** A change that the caller repeats by itself, because something has to be checked before each try. */
  readonly once?: boolean;
  /** Statuses that answer this very question, and are thrown at once. */
  readonly answers?: readonly number[];
  /** Reads an answer with a 2xx status; throws {@link SchemaError} where it is not what is documented. */
  readonly read: (response: HttpResponse) => T;
}

export interface Answer<T> {
  readonly value: T;
  /** The API's time (`Date` header), epoch milliseconds. */
  readonly now: number | null;
}

/** How one try ended. */
export type Tried<T> = { readonly answer: Answer<T> } | { readonly error: VpsError };

export interface TryReport {
  /** One line for each try: method, path, status, milliseconds. */
  debug(line: string): void;
}

/** What calls are sent with. */
export interface SendOptions {
  /** Without a slash at its end. */
  readonly apiUrl: string;
  readonly token: string;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly report: TryReport;
  /** The job was cancelled: nothing new is sent. */
  readonly cancelled: AbortSignal;
}

/** Sends a call once; a change that is under way has until `grace` after a cancel. */
export async function sendOnce<T>(
  options: SendOptions,
  call: Call<T>,
  timeoutMs: number,
  grace: AbortSignal,
): Promise<Tried<T>> {
  const { clock } = options;
  const startedAt = clock.now();
  const note = (outcome: string | number): void => {
    options.report.debug(`${call.method} ${call.path} ${outcome} ${Math.round(clock.now() - startedAt)} ms`);
  };
  try {
    const response = await options.transport({
      method: call.method,
      url: options.apiUrl + call.path,
      headers: {
        authorization: `Bearer ${options.token}`,
        accept: 'application/json',
        'content-type': 'application/json',
      },
      ...(call.body && { body: JSON.stringify(call.body) }),
      timeoutMs,
      signal: call.method === 'GET' ? options.cancelled : grace,
    });
    note(response.status);
    // An API may repeat the token in an error; from here on it would be a text like any other.
    const body = response.body.replaceAll(options.token, '***');
    return readAnswer(call, { ...response, body }, clock);
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    const { kind, reason } = error;
    note(reason === undefined ? kind : `${kind} (${reason})`);
    const { method, path } = call;
    return {
      error: new VpsError({ method, path, kind: kindOf(method, kind), reason }, { cause: error }),
    };
  }
}

function readAnswer<T>(call: Call<T>, response: HttpResponse, clock: Clock): Tried<T> {
  const { status, headers, body } = response;
  const date = Date.parse(headers['date'] ?? '');
  const now = Number.isNaN(date) ? null : date;
  const { method, path } = call;
  const retryAfter = parseRetryAfter(headers['retry-after'], now ?? clock.wall());
  // An API's own framework may call an answer without a body `text/html`.
  const isPage = /^text\/html\b/i.test(headers['content-type'] ?? '') && body.trim() !== '';
  const isHtml = isPage || isWebPage(body);
  const fields = { method, path, status, isHtml, retryAfter } as const;
  if (status < 200 || status >= 300)
    return { error: new VpsError({ ...fields, kind: 'http', detail: parseDetail(body) }) };
  try {
    return { answer: { value: call.read(response), now } };
  } catch (cause) {
    if (!(cause instanceof SchemaError)) throw cause;
    return { error: new VpsError({ ...fields, kind: 'malformed', detail: cause.message }) };
  }
}

/** A change that was given up half-way may have been carried out: that is a lost answer, not a cancel. */
function kindOf(method: Method, kind: FailureKind): ErrorKind {
  if (kind !== 'aborted') return kind;
  return method === 'GET' ? 'cancelled' : 'reset';
}
