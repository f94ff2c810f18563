import { request as httpRequest } from 'node:http';
import type { Method } from '../../../../src/vps/transport.ts';
import { AUTHORIZED } from '../api/test-api.ts';

/** How an exchange ended: with a complete response, or with the kind of its failure. */
export interface Outcome {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly body?: string;
  readonly failure?: string;
}

export interface Exchange {
  readonly outcome: Promise<Outcome>;
  /** Resolves with the status as soon as there is one. */
  readonly head: Promise<number>;
  /** Gives up as a caller does whose time is over; the outcome is then `timeout`. */
  readonly giveUp: () => void;
}

const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** One exchange over a connection of its own, with nothing retried or followed. */
export function open(url: string, method: Method, body = ''): Exchange {
  const head = Promise.withResolvers<number>();
  const { promise: outcome, resolve } = Promise.withResolvers<Outcome>();
  const request = httpRequest(url, { method, headers: AUTHORIZED, agent: false }, (response) => {
    const { statusCode: status = 0, headers } = response;
    head.resolve(status);
    const pieces: Buffer[] = [];
    let bytes = 0;
    response.on('data', (piece: Buffer) => {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes <= MAX_BODY_BYTES) return;
      resolve({ failure: 'too_large' });
      request.destroy();
    });
    response.on('end', () => {
      resolve({ status, headers, body: Buffer.concat(pieces).toString('utf8') });
    });
    response.on('error', () => {
      resolve({ failure: 'cut' });
    });
  });
  request.on('error', () => {
    resolve({ failure: 'reset' });
  });
  request.end(body);
  return {
    outcome,
    head: head.promise,
    giveUp: () => {
      resolve({ failure: 'timeout' });
      request.destroy();
    },
  };
}

/** The complete response to a request without faults. */
export async function ask(url: string, method: Method = 'GET', body?: unknown): Promise<Outcome> {
  return open(url, method, body === undefined ? '' : JSON.stringify(body)).outcome;
}

/** The JSON in the response to a request without faults. */
export async function askJson(url: string, method: Method = 'GET', body?: unknown): Promise<unknown> {
  return JSON.parse((await ask(url, method, body)).body ?? '');
}
