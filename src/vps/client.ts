import { type Clock } from './clock.ts';
import { type ErrorKind, VpsError } from './errors.ts';
import { mayRetry, MAX_TRIES, parseRetryAfter, retryDelay, type FailureCause } from './retry.ts';
import { parseDetail, SchemaError } from './schemas.ts';
import {
  type FailureKind,
  type HttpResponse,
  type Method,
  type Transport,
  TransportError,
} from './transport.ts';

/** Time for one try (design §4; the vendor's clients use the same [C]). */
const TRY_MS = 30_000;
/** How long a change in flight is waited for after a cancel, so that its id can be saved (design §3.2). */
const CANCEL_GRACE_MS = 5_000;

export interface ClientOptions {
  /** Without a slash at its end. */
  readonly apiUrl: string;
  readonly token: string;
  readonly transport: Transport;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Replaces the backoff between tries, in milliseconds. */
  readonly retryPause: number | null;
  /** One line for each try: method, path, status, milliseconds. */
  readonly debug: (line: string) => void;
  /** The job was cancelled: nothing new is sent. */
  readonly cancelled: AbortSignal;
}

export interface Call<T> {
  readonly method: Method;
  /** Below the API's address, with its query. */
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Monotonic milliseconds after which nothing of this call is sent or waited for. */
  readonly until: number;
  /** Reads an answer with a 2xx status; throws {@link SchemaError} where it is not what is documented. */
  readonly read: (response: HttpResponse) => T;
}

export interface Answer<T> {
  readonly value: T;
  /** The API's time (`Date` header), epoch milliseconds. */
  readonly now: number | null;
}

/** Sends one call with its retries; throws {@link VpsError} for whatever the API or the way to it does. */
export type Send = <T>(call: Call<T>) => Promise<Answer<T>>;

/** The client: deadlines, retries by the table, schema checks and one kind of error round a transport. */
export function createClient(options: ClientOptions): Send {
  const { clock } = options;
  const cancelGrace = cancelGraceAfter(options.cancelled, clock);
  /** The API asked not to be asked before; it holds for all calls, also for those that come later. */
  let notBefore = 0;
  return async (call) => {
    let last: VpsError | undefined;
    for (let tries = 1; ; tries += 1) {
      if (notBefore >= call.until)
        throw failure(call, 'deadline', { cause: last }, 'the API asked to wait longer');
      if (notBefore > clock.now()) await clock.sleep(notBefore - clock.now(), options.cancelled);
      if (options.cancelled.aborted) throw failure(call, 'cancelled', { cause: last });
      const remaining = call.until - clock.now();
      if (remaining <= 0) throw last ?? failure(call, 'deadline');
      const result = await sendOnce(options, call, Math.min(TRY_MS, remaining), cancelGrace);
      if ('answer' in result) return result.answer;
      last = result.error;
      if (last.retryAfter !== undefined) notBefore = Math.max(notBefore, clock.now() + last.retryAfter);
      if (tries >= MAX_TRIES || !mayRetry(call.method, causeOf(last))) throw withTries(last, tries);
      const delay = retryDelay(tries, last.retryAfter, options.random(), options.retryPause);
      if (clock.now() + delay >= call.until) throw withTries(last, tries);
      await clock.sleep(delay, options.cancelled);
    }
  };
}

async function sendOnce<T>(
  options: ClientOptions,
  call: Call<T>,
  timeoutMs: number,
  cancelGrace: AbortSignal,
): Promise<{ readonly answer: Answer<T> } | { readonly error: VpsError }> {
  const { clock } = options;
  const startedAt = clock.now();
  const note = (outcome: string | number): void => {
    options.debug(`${call.method} ${call.path} ${outcome} ${Math.round(clock.now() - startedAt)} ms`);
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
      signal: call.method === 'GET' ? options.cancelled : cancelGrace,
    });
    note(response.status);
    // An API may repeat the token in an error; from here on it would be a text like any other.
    const body = response.body.replaceAll(options.token, '***');
    return readAnswer(call, { ...response, body }, clock);
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    note(error.kind);
    return { error: failure(call, kindOf(call.method, error.kind), { cause: error }) };
  }
}

function readAnswer<T>(
  call: Call<T>,
  response: HttpResponse,
  clock: Clock,
): { readonly answer: Answer<T> } | { readonly error: VpsError } {
  const { status, headers, body } = response;
  const date = Date.parse(headers['date'] ?? '');
  const now = Number.isNaN(date) ? null : date;
  if (status < 200 || status >= 300) {
    const retryAfter = parseRetryAfter(headers['retry-after'], now ?? clock.wall());
    const fields = {
      kind: 'http',
      method: call.method,
      path: call.path,
      status,
      detail: parseDetail(body),
      retryAfter,
    } as const;
    return { error: new VpsError(fields) };
  }
  try {
    return { answer: { value: call.read(response), now } };
  } catch (cause) {
    if (!(cause instanceof SchemaError)) throw cause;
    return {
      error: new VpsError({
        kind: 'malformed',
        method: call.method,
        path: call.path,
        status,
        detail: cause.message,
      }),
    };
  }
}

function failure(
  call: { readonly method: Method; readonly path: string },
  kind: ErrorKind,
  options?: ErrorOptions,
  detail?: string,
): VpsError {
  return new VpsError({ kind, method: call.method, path: call.path, detail }, options);
}

/** The same error, saying how often it was met. */
function withTries(error: VpsError, tries: number): VpsError {
  if (tries === 1) return error;
  const { kind, method, path, status, detail, retryAfter } = error;
  return new VpsError({ kind, method, path, status, detail, retryAfter, tries }, { cause: error.cause });
}

/** A change that was given up half-way may have been carried out: that is a lost answer, not a cancel. */
function kindOf(method: Method, kind: FailureKind): ErrorKind {
  if (kind !== 'aborted') return kind;
  return method === 'GET' ? 'cancelled' : 'reset';
}

function causeOf(error: VpsError): FailureCause {
  return error.kind === 'http' ? (error.status ?? 0) : error.kind;
}

/** Aborted {@link CANCEL_GRACE_MS} after `cancelled`. */
function cancelGraceAfter(cancelled: AbortSignal, clock: Clock): AbortSignal {
  const cancelGrace = new AbortController();
  const end = async (): Promise<void> => {
    await clock.sleep(CANCEL_GRACE_MS);
    cancelGrace.abort();
  };
  cancelled.addEventListener('abort', () => void end(), { once: true });
  return cancelGrace.signal;
}
