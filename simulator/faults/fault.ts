/** Faults: what may go wrong in one exchange between the API and its caller. */

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
  /** Resets the connection before processing. */
  | { readonly kind: 'reset_before' }
  /** Processes, then resets the connection. */
  | { readonly kind: 'reset_after' }
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
  | { readonly kind: 'refused' | 'unresolved' | 'certificate' };

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
};

/** A fault that cannot be parsed; the message says why. */
export class FaultError extends Error {
  override readonly name = 'FaultError';
}

type Raw = Readonly<Record<string, unknown>>;

const EFFECTS: Readonly<Record<FaultKind, (raw: Raw) => Effect>> = {
  status: (raw) => ({ kind: 'status', ...readStatus(raw) }),
  status_after: (raw) => ({ kind: 'status_after', ...readStatus(raw) }),
  reset_before: () => ({ kind: 'reset_before' }),
  reset_after: () => ({ kind: 'reset_after' }),
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
  certificate: () => ({ kind: 'certificate' }),
};

const FIELDS: Readonly<Record<FaultKind, readonly string[]>> = {
  status: ['status', 'body', 'headers'],
  status_after: ['status', 'body', 'headers'],
  reset_before: [],
  reset_after: [],
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
  certificate: [],
};

export const FAULT_KINDS = Object.keys(EFFECTS) as readonly FaultKind[];
const COMMON_FIELDS = ['method', 'path', 'nth', 'times', 'kind'];

/**
 * Reads one fault or an array of them, from JSON text or from parsed JSON.
 * Only `kind` is required: `method` and `path` are `*`, `nth` is `every`, or 1 when `times` is given.
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
  const times = 'times' in raw ? readCount(raw, 'times') : 1;
  const every = raw['nth'] === 'every' || (!('nth' in raw) && !('times' in raw));
  const nth = every ? 'every' : 'nth' in raw ? readCount(raw, 'nth') : 1;
  return { ...EFFECTS[kind](raw), method, path, nth, times };
}

function readText(raw: Raw, field: string, fallback: string): string {
  const value = raw[field] ?? fallback;
  if (typeof value !== 'string') throw new FaultError(`"${field}" must be a text`);
  return value;
}

function readNumber(raw: Raw, field: string, fallback?: number): number {
  const value = raw[field] ?? fallback;
  if (typeof value !== 'number' || !(value >= 0)) throw new FaultError(`"${field}" must be a number from 0`);
  return value;
}

function readCount(raw: Raw, field: string): number {
  const value = raw[field];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) {
    throw new FaultError(`"${field}" must be a whole number from 1${field === 'nth' ? ' or "every"' : ''}`);
  }
  return value;
}

function readCode(raw: Raw): number {
  const status = raw['status'];
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 200 || status > 599) {
    throw new FaultError('"status" must be a whole number from 200 to 599');
  }
  return status;
}

/** A body as text; anything but text is sent as JSON. */
function readBody(raw: Raw, fallback: string): string {
  const body = raw['body'] ?? fallback;
  return typeof body === 'string' ? body : JSON.stringify(body);
}

function readStatus(raw: Raw): { status: number; body: string; headers: Headers } {
  const headers = raw['headers'] ?? {};
  if (typeof headers !== 'object' || Array.isArray(headers))
    throw new FaultError('"headers" must be an object');
  const read = Object.entries(headers).map(([name, value]) => {
    if (typeof value !== 'string' && typeof value !== 'number')
      throw new FaultError(`header "${name}" must be a text`);
    return [name.toLowerCase(), String(value)] as const;
  });
  return { status: readCode(raw), body: readBody(raw, ''), headers: Object.fromEntries(read) };
}
