import type { ApiResponse } from '../api/response.ts';
import type { Effect } from './fault.ts';

/** How a response reaches the caller, the same over sockets and in one process. */
export type Delivery =
  | { readonly kind: 'reset' }
  | { readonly kind: 'silence' }
  | {
      readonly kind: 'response';
      readonly response: ApiResponse;
      /** Spaces after the body. */
      readonly padding: number;
      /** Bytes of the body after which the connection ends; undefined: all are sent. */
      readonly keep: number | undefined;
      /** Whether there is no Content-Length. */
      readonly chunked: boolean;
      /** Pause before each byte of the body. */
      readonly msPerByte: number;
    };

function intact(response: ApiResponse): Delivery & { kind: 'response' } {
  return { kind: 'response', response, padding: 0, keep: undefined, chunked: false, msPerByte: 0 };
}

/** A response with a body, for the faults of the body: a 204 becomes an empty object. */
function withBody(response: ApiResponse): ApiResponse {
  if (response.status !== 204) return response;
  return { status: 200, headers: { ...response.headers, 'content-type': 'application/json' }, body: '{}' };
}

/** A response with the type that its body has: a proxy's page is HTML. */
function withType({ status, headers, body }: ApiResponse): ApiResponse {
  return { status, headers: { 'content-type': typeOf(body), ...headers }, body };
}

function typeOf(body: string): string {
  return /^\s*</.test(body) ? 'text/html; charset=utf-8' : 'application/json';
}

/**
 * Applies a fault to one exchange.
 * @param effect the caller has to wait for a `late` one before
 * @param process lets the API process the request; not called when the fault comes before that
 * @param processLater does so that many milliseconds later, when nobody waits for the response
 */
export function applyFault(
  effect: Effect | undefined,
  process: () => ApiResponse,
  processLater: (ms: number) => void,
): Delivery {
  switch (effect?.kind) {
    case 'status':
      return intact(withType(effect));
    case 'status_after':
      process();
      return intact(withType(effect));
    case 'status_early':
      processLater(effect.ms);
      return intact(withType(effect));
    case 'reset_early':
      processLater(effect.ms);
      return { kind: 'reset' };
    case 'reset_after':
      process();
      return { kind: 'reset' };
    case 'silence':
      process();
      return { kind: 'silence' };
    case 'silence_before':
      return { kind: 'silence' };
    case 'cut_body': {
      const response = withBody(process());
      const bytes = Buffer.byteLength(response.body);
      const keep = Math.min(effect.keep ?? Math.floor(bytes / 2), Math.max(0, bytes - 1));
      return { ...intact(response), keep, chunked: effect.chunked };
    }
    case 'drip':
      return { ...intact(withBody(process())), msPerByte: effect.ms_per_byte };
    case 'wrong_json': {
      const response = withBody(process());
      const headers = { ...response.headers, 'content-type': typeOf(effect.body) };
      return intact({ status: effect.status ?? response.status, headers, body: effect.body });
    }
    case 'oversized': {
      const response = withBody(process());
      return { ...intact(response), padding: Math.max(0, effect.bytes - Buffer.byteLength(response.body)) };
    }
    case 'redirect':
      return intact({ status: effect.status, headers: { location: effect.location }, body: '' });
    case 'delay':
    case 'late':
    case undefined:
      return intact(process());
    case 'reset_before':
    // Over sockets the connection is already open when the fault is known: a reset is the closest to it.
    case 'refused':
    case 'unresolved':
    case 'connect_timeout':
    case 'proxy':
    case 'proxy_auth':
    case 'handshake':
    case 'certificate':
      break;
  }
  return { kind: 'reset' };
}
