import { type HttpRequest, type Transport } from '../vps/transport.ts';

/** What a client of a JSON API asks of `fetch`. */
interface FetchOptions {
  readonly method: HttpRequest['method'];
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

export type Fetch = (url: string, options: FetchOptions) => Promise<Response>;

/** GitHub answers with one where a repository was renamed. */
const MOST_REDIRECTS = 3;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 307, 308]);

/**
 * `fetch` over the transport that everything else goes through, so that proxies and certificates are the same for all.
 * Redirects are followed on the same origin, with method and body: the token goes nowhere else.
 */
export function createFetch(transport: Transport): Fetch {
  return async (url, { method, headers, body, signal }) => {
    let address = url;
    for (let redirects = 0; ; redirects += 1) {
      const answer = await transport({
        method,
        url: address,
        headers,
        ...(body !== undefined && { body }),
        timeoutMs: Number.POSITIVE_INFINITY,
        signal,
      });
      if (!REDIRECTS.has(answer.status)) return toResponse(answer);
      const target = URL.parse(answer.headers['location'] ?? '', address);
      if (target?.origin !== new URL(url).origin || redirects === MOST_REDIRECTS)
        throw new Error(`GitHub answered with a redirect (${answer.status}), which is not followed`);
      address = target.href;
    }
  };
}

function toResponse({ status, headers, body }: Awaited<ReturnType<Transport>>): Response {
  return new Response(status === 204 || status === 304 ? null : body, { status, headers: { ...headers } });
}
