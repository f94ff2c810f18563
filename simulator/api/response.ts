/** Answers in the manner of Django REST Framework, as the vendor's clients expect them [C]. */

export interface MachineRequest {
  /** In upper case. */
  readonly method: string;
  /** Path with query, relative to the origin: `/api/v1/snapshots/?server_id=12345`. */
  readonly path: string;
  /** Names in any case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty where there is none. */
  readonly body: string;
  /** Where the caller reached the API, for `next` links. */
  readonly origin?: string;
}

export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty for 204. */
  readonly body: string;
}

/** An answer with a JSON body. */
export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) };
}

/** `{"detail": …}`: an error that is about the whole request. */
export function refuse(
  status: number,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return json(status, { detail }, headers);
}

/** `{"field": ["…"]}`: an error that is about what was sent. */
export function reject(fields: Readonly<Record<string, string>>): Answer {
  return json(400, Object.fromEntries(Object.entries(fields).map(([field, fault]) => [field, [fault]])));
}

/** What the web framework says to an address that it does not know: HTML. */
export function unknownAddress(): Answer {
  return {
    status: 404,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: '<!doctype html>\n<html lang="en"><head><title>Not Found</title></head><body><h1>Not Found</h1></body></html>\n',
  };
}

const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown };

/** An id as JSON: a number where it is all digits, with every digit kept, else a string. */
export function showId(id: string): unknown {
  if (!/^\d+$/.test(id)) return id;
  const value = Number(id);
  return Number.isSafeInteger(value) ? value : rawJSON(id);
}
