import type { Answer } from '../api/response.ts';
import type { Effect } from './fault.ts';

/** How an answer reaches the caller, the same over sockets and in one process. */
export type Delivery =
  | { readonly kind: 'reset' }
  | { readonly kind: 'silence' }
  | {
      readonly kind: 'answer';
      readonly answer: Answer;
      /** Spaces after the body. */
      readonly padding: number;
      /** Bytes of the body after which the connection ends; undefined: all of them come. */
      readonly keep: number | undefined;
      /** Whether the length is left open. */
      readonly chunked: boolean;
      /** Pause before each byte of the body. */
      readonly msPerByte: number;
    };

function whole(answer: Answer): Delivery & { kind: 'answer' } {
  return { kind: 'answer', answer, padding: 0, keep: undefined, chunked: false, msPerByte: 0 };
}

/** An answer that may have a body: a fault of the body turns a 204 into an empty object. */
function embody(answer: Answer): Answer {
  if (answer.status !== 204) return answer;
  return { status: 200, headers: { ...answer.headers, 'content-type': 'application/json' }, body: '{}' };
}

function given({ status, headers, body }: Answer): Answer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body };
}

/**
 * Applies a fault to one exchange.
 * @param effect a `late` one has to be waited for before
 * @param act lets the API act on the request; it is not called when the fault comes before
 */
export function deform(effect: Effect | undefined, act: () => Answer): Delivery {
  switch (effect?.kind) {
    case 'status':
      return whole(given(effect));
    case 'status_after':
      act();
      return whole(given(effect));
    case 'reset_after':
      act();
      return { kind: 'reset' };
    case 'silence':
      act();
      return { kind: 'silence' };
    case 'silence_before':
      return { kind: 'silence' };
    case 'cut_body': {
      const answer = embody(act());
      const bytes = Buffer.byteLength(answer.body);
      const keep = Math.min(effect.keep ?? Math.floor(bytes / 2), Math.max(0, bytes - 1));
      return { ...whole(answer), keep, chunked: effect.chunked };
    }
    case 'drip':
      return { ...whole(embody(act())), msPerByte: effect.ms_per_byte };
    case 'wrong_json': {
      const answer = embody(act());
      return whole({ ...answer, status: effect.status ?? answer.status, body: effect.body });
    }
    case 'oversized': {
      const answer = embody(act());
      return { ...whole(answer), padding: Math.max(0, effect.bytes - Buffer.byteLength(answer.body)) };
    }
    case 'redirect':
      return whole({ status: effect.status, headers: { location: effect.location }, body: '' });
    case 'delay':
    case 'late':
    case undefined:
      return whole(act());
    case 'reset_before':
    // Over sockets the connection stands already when the fault is found, so ending it is as near as it gets.
    case 'refused':
    case 'unresolved':
    case 'certificate':
      break;
  }
  return { kind: 'reset' };
}
