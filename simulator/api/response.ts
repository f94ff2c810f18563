/** Requests and responses, with errors in the form of Django REST Framework, as the published clients expect them. */

export interface ApiRequest {
  /** In upper case. */
  readonly method: string;
  /** Path with query, relative to the origin: `/api/v1/snapshots/?server_id=12345`. */
  readonly path: string;
  /** Names in any case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty where there is none. */
  readonly body: string;
  /** The origin that the caller used, for `next` links. */
  readonly origin?: string;
}

export interface ApiResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty for 204. */
  readonly body: string;
}

/** A response with a JSON body. */
export function json(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): ApiResponse {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) };
}

/** `{"detail": …}`: an error about the whole request. */
export function detailError(
  status: number,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): ApiResponse {
  return json(status, { detail }, headers);
}

/** The body of a response, with a text behind its `detail` where it is an error. */
export function withErrorText({ status, body }: ApiResponse, text: string): string {
  if (text === '' || status < 400 || !body.startsWith('{"detail":')) return body;
  const { detail } = JSON.parse(body) as { readonly detail: string };
  return JSON.stringify({ detail: `${detail} ${text}` });
}

/** `{"field": ["…"]}`: errors about single fields. */
export function fieldErrors(fields: Readonly<Record<string, string>>, status = 400): ApiResponse {
  return json(
    status,
    Object.fromEntries(Object.entries(fields).map(([field, message]) => [field, [message]])),
  );
}

/** How the web framework answers an unknown address: with HTML. */
export function htmlNotFound(): ApiResponse {
  return {
    status: 404,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: '<!doctype html>\n<html lang="en"><head><title>Not Found</title></head><body><h1>Not Found</h1></body></html>\n',
  };
}

const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown };

/** An id as JSON: a number where it is all digits, with every digit kept, else a string. */
export function jsonId(id: string): unknown {
  if (!/^\d+$/.test(id)) return id;
  const value = Number(id);
  return Number.isSafeInteger(value) ? value : rawJSON(id);
}
