/** How the fields of a fault are read from JSON. */

/** A fault that cannot be parsed; the message says why. */
export class FaultError extends Error {
  override readonly name = 'FaultError';
}

export type Raw = Readonly<Record<string, unknown>>;

export function readText(raw: Raw, field: string, fallback: string): string {
  const value = raw[field] ?? fallback;
  if (typeof value !== 'string') throw new FaultError(`"${field}" must be a text`);
  return value;
}

export function readNumber(raw: Raw, field: string, fallback?: number): number {
  const value = raw[field] ?? fallback;
  if (typeof value !== 'number' || !(value >= 0)) throw new FaultError(`"${field}" must be a number from 0`);
  return value;
}

export function readShare(raw: Raw, field: string): number {
  const value = readNumber(raw, field);
  if (value > 1) throw new FaultError(`"${field}" must be a number from 0 to 1`);
  return value;
}

export function readCount(raw: Raw, field: string): number {
  const value = raw[field];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) {
    throw new FaultError(`"${field}" must be a whole number from 1${field === 'nth' ? ' or "every"' : ''}`);
  }
  return value;
}

export function readCode(raw: Raw): number {
  const status = raw['status'];
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 200 || status > 599) {
    throw new FaultError('"status" must be a whole number from 200 to 599');
  }
  return status;
}

/** A body as text; anything but text is sent as JSON. */
export function readBody(raw: Raw, fallback: string): string {
  const body = raw['body'] ?? fallback;
  return typeof body === 'string' ? body : JSON.stringify(body);
}

export function readStatus(raw: Raw): {
  status: number;
  body: string;
  headers: Readonly<Record<string, string>>;
} {
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
