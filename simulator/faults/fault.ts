/** Faults: what may go wrong in one exchange between the API and its caller. */

import {
  FaultError,
  readBody,
  readCode,
  readCount,
  readNumber,
  readShare,
  readStatus,
  readText,
  type Raw,
} from './fields.ts';

const DEFAULT_OVERSIZE = 20 * 1024 * 1024;
const DEFAULT_LOCATION = 'https://elsewhere.example/api/v1/';
const DEFAULT_WRONG_BODY = '<!doctype html>\n<html><body><h1>Welcome</h1></body></html>\n';

/** What a fault does. "Processed" means that the API acts on the request; times are milliseconds. */
export type Effect =
  /** Answers with this, without processing. */
  | { readonly kind: 'status'; readonly status: number; readonly body: string; readonly headers: Headers }
  /** Processes, then answers with this. */
  | {
      readonly kind: 'status_after';
      readonly status: number;
      readonly body: string;
      readonly headers: Headers;
    }
  /** Answers with this at once, and processes that much later. */
  | {
      readonly kind: 'status_early';
      readonly status: number;
      readonly body: string;
      readonly headers: Headers;
      readonly ms: number;
    }
  /** Resets the connection before processing. */
  | { readonly kind: 'reset_before' }
  /** Processes, then resets the connection. */
  | { readonly kind: 'reset_after' }
  /** Resets the connection at once, and processes that much later. */
  | { readonly kind: 'reset_early'; readonly ms: number }
  /** Processes, then ends the connection inside the body, after `keep` bytes (half when left out). */
  | { readonly kind: 'cut_body'; readonly keep?: number; readonly chunked: boolean }
  /** Processes, then never answers. */
  | { readonly kind: 'silence' }
  /** Neither processes nor answers. */
  | { readonly kind: 'silence_before' }
  /** Processes, then sends the body byte by byte. */
  | { readonly kind: 'drip'; readonly ms_per_byte: number }
  /** Processes, then answers with the right status and another body. */
  | { readonly kind: 'wrong_json'; readonly body: string; readonly status?: number }
  /** Processes, then answers with the right body, padded to this many bytes with spaces. */
  | { readonly kind: 'oversized'; readonly bytes: number }
  /** Answers with a redirect, without processing. */
  | { readonly kind: 'redirect'; readonly status: number; readonly location: string }
  /** Processes at once, and answers that much later; can be combined with another fault. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Processes that much later, even when the caller has given up by then, and answers then. */
  | { readonly kind: 'late'; readonly ms: number }
  /** No connection. Only in one process: over sockets the simulator has to accept before it knows the path. */
  | { readonly kind: ConnectionFaultKind };

/** How a connection fails; `proxy` and `proxy_auth`: a proxy refuses CONNECT, the latter with a 407. */
const CONNECTION_FAULTS = [
  'refused',
  'unresolved',
  'connect_timeout',
  'proxy',
  'proxy_auth',
  'handshake',
  'certificate',
] as const;
type ConnectionFaultKind = (typeof CONNECTION_FAULTS)[number];

type Headers = Readonly<Record<string, string>>;

export type FaultKind = Effect['kind'];

export type Fault = Effect & {
  /** `GET`, `POST`, `DELETE`, …, or `*`. */
  readonly method: string;
  /** Below the base path and without query; `*` stands for one segment, and alone for any path. */
  readonly path: string;
  /** Which matching request it applies to, counted from 1, or `every`. */
  readonly nth: number | 'every';
  /** How many matching requests in a row, from `nth` on. */
  readonly times: number;
  /** In place of `times`: how long it applies, from the `nth` one on. */
  readonly for_ms?: number;
  /** Requests count only when this much time has passed since the first request of all. */
  readonly after_ms?: number;
  /** The share of these requests that it applies to; all of them when left out. */
  readonly share?: number;
};

/** Whether an effect keeps the connection from being made. */
export function isConnectionFault(effect: Effect): effect is Effect & { kind: ConnectionFaultKind } {
  return CONNECTION_FAULTS.some((kind) => kind === effect.kind);
}

const EFFECTS: Readonly<Record<FaultKind, (raw: Raw) => Effect>> = {
  status: (raw) => ({ kind: 'status', ...readStatus(raw) }),
  status_after: (raw) => ({ kind: 'status_after', ...readStatus(raw) }),
  status_early: (raw) => ({ kind: 'status_early', ...readStatus(raw), ms: readNumber(raw, 'ms') }),
  reset_before: () => ({ kind: 'reset_before' }),
  reset_after: () => ({ kind: 'reset_after' }),
  reset_early: (raw) => ({ kind: 'reset_early', ms: readNumber(raw, 'ms') }),
  cut_body: (raw) => {
    const chunked = raw['chunked'] ?? false;
    if (typeof chunked !== 'boolean') throw new FaultError('"chunked" must be true or false');
    return { kind: 'cut_body', chunked, ...('keep' in raw && { keep: readNumber(raw, 'keep') }) };
  },
  silence: () => ({ kind: 'silence' }),
  silence_before: () => ({ kind: 'silence_before' }),
  drip: (raw) => ({ kind: 'drip', ms_per_byte: readNumber(raw, 'ms_per_byte', 1000) }),
  wrong_json: (raw) => ({
    kind: 'wrong_json',
    body: readBody(raw, DEFAULT_WRONG_BODY),
    ...('status' in raw && { status: readCode(raw) }),
  }),
  oversized: (raw) => ({ kind: 'oversized', bytes: readNumber(raw, 'bytes', DEFAULT_OVERSIZE) }),
  redirect: (raw) => ({
    kind: 'redirect',
    status: 'status' in raw ? readCode(raw) : 302,
    location: readText(raw, 'location', DEFAULT_LOCATION),
  }),
  delay: (raw) => ({ kind: 'delay', ms: readNumber(raw, 'ms') }),
  late: (raw) => ({ kind: 'late', ms: readNumber(raw, 'ms') }),
  refused: () => ({ kind: 'refused' }),
  unresolved: () => ({ kind: 'unresolved' }),
  connect_timeout: () => ({ kind: 'connect_timeout' }),
  proxy: () => ({ kind: 'proxy' }),
  proxy_auth: () => ({ kind: 'proxy_auth' }),
  handshake: () => ({ kind: 'handshake' }),
  certificate: () => ({ kind: 'certificate' }),
};

const FIELDS: Readonly<Record<FaultKind, readonly string[]>> = {
  status: ['status', 'body', 'headers'],
  status_after: ['status', 'body', 'headers'],
  status_early: ['status', 'body', 'headers', 'ms'],
  reset_before: [],
  reset_after: [],
  reset_early: ['ms'],
  cut_body: ['keep', 'chunked'],
  silence: [],
  silence_before: [],
  drip: ['ms_per_byte'],
  wrong_json: ['body', 'status'],
  oversized: ['bytes'],
  redirect: ['status', 'location'],
  delay: ['ms'],
  late: ['ms'],
  refused: [],
  unresolved: [],
  connect_timeout: [],
  proxy: [],
  proxy_auth: [],
  handshake: [],
  certificate: [],
};

export const FAULT_KINDS = Object.keys(EFFECTS) as readonly FaultKind[];
const COMMON_FIELDS = ['method', 'path', 'nth', 'times', 'for_ms', 'after_ms', 'share', 'kind'];

/**
 * Reads one fault or an array of them, from JSON text or from parsed JSON.
 * Only `kind` is required: `method` and `path` are `*`, `nth` is `every`, or 1 when `times` or `for_ms` is given.
 */
export function parseFaults(given: unknown): readonly Fault[] {
  const parsed = typeof given === 'string' ? parseJson(given) : given;
  return (Array.isArray(parsed) ? (parsed as readonly unknown[]) : [parsed]).map((raw, index) => {
    try {
      return parseFault(raw);
    } catch (error) {
      if (!(error instanceof FaultError)) throw error;
      const which = Array.isArray(parsed) ? `fault ${index + 1}` : 'fault';
      throw new FaultError(`${which}: ${error.message}`, { cause: error });
    }
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new FaultError(`a fault is JSON, not ${JSON.stringify(text.slice(0, 80))}`, { cause: error });
  }
}

function parseFault(given: unknown): Fault {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new FaultError('must be an object');
  }
  const raw = given as Raw;
  const kind = FAULT_KINDS.find((known) => known === raw['kind']);
  if (kind === undefined) {
    throw new FaultError(
      `"kind" must be one of ${FAULT_KINDS.join(', ')}, not ${JSON.stringify(raw['kind'])}`,
    );
  }
  const known = [...COMMON_FIELDS, ...FIELDS[kind]];
  const unknown = Object.keys(raw).find((field) => !known.includes(field));
  if (unknown !== undefined)
    throw new FaultError(`"${unknown}" is not a field of ${kind}: ${known.join(', ')}`);

  const method = readText(raw, 'method', '*').toUpperCase();
  if (!/^([A-Z]+|\*)$/.test(method)) throw new FaultError('"method" must be a method or *');
  const path = readText(raw, 'path', '*');
  if (path !== '*' && !/^\/[^?#]*$/.test(path)) {
    throw new FaultError('"path" must begin with / below the base path, without query, or be *');
  }
  return { ...EFFECTS[kind](raw), method, path, ...readOccurrence(raw) };
}

function readOccurrence(raw: Raw): Omit<Fault, 'method' | 'path' | keyof Effect> {
  const isLimited = 'times' in raw || 'for_ms' in raw;
  if ('times' in raw && 'for_ms' in raw) throw new FaultError('"times" and "for_ms" exclude each other');
  if (raw['nth'] === 'every' && 'for_ms' in raw) throw new FaultError('"for_ms" begins at a number: "nth"');
  const every = raw['nth'] === 'every' || (!('nth' in raw) && !isLimited);
  return {
    nth: every ? 'every' : 'nth' in raw ? readCount(raw, 'nth') : 1,
    times: 'times' in raw ? readCount(raw, 'times') : 1,
    ...('for_ms' in raw && { for_ms: readNumber(raw, 'for_ms') }),
    ...('after_ms' in raw && { after_ms: readNumber(raw, 'after_ms') }),
    ...('share' in raw && { share: readShare(raw, 'share') }),
  };
}
