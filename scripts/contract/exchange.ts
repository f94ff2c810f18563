import { type Clock } from '../../src/vps/clock.ts';
import { type HttpRequest, type Transport, TransportError } from '../../src/vps/transport.ts';

/** One request and what became of it, for the rows to check. */
export interface Exchange {
  /** What it was sent for; `watch.…` for reads that follow something. */
  readonly probe: string;
  readonly method: HttpRequest['method'];
  /** Below the API's address, with its query. */
  readonly path: string;
  /** The body that was sent, empty for none. */
  readonly sent: string;
  /** Monotonic milliseconds. */
  readonly sentAt: number;
  readonly endedAt: number;
  /** How long it took on this machine, in milliseconds. */
  readonly took: number;
  /** `null` where there was no answer. */
  readonly status: number | null;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** The least time between two requests: fewer than any limit on requests that a comparable API has. */
const SPACING_MS = 2_000;
/** What is left of a limit before nothing is sent until it is reset. */
const RESERVE = 3;

/** Keeps every exchange that passes through its transport, and lets none come too soon after another. */
export class Recorder {
  readonly exchanges: Exchange[] = [];
  /** What the requests from now on are for. */
  probe = '';
  readonly #clock: Clock;
  readonly #scale: number;
  #notBefore = 0;

  /** @param scale at most 1: what the spacing is multiplied with, as other pauses are for an API on this machine */
  constructor(clock: Clock, scale: number) {
    this.#clock = clock;
    this.#scale = scale;
  }

  /** The last exchange. */
  last(): Exchange {
    const last = this.exchanges.at(-1);
    if (last === undefined) throw new Error('nothing was exchanged yet');
    return last;
  }

  wrap(transport: Transport, apiUrl: string): Transport {
    return async (request) => {
      const { probe } = this;
      await this.#clock.sleep(Math.max(0, this.#notBefore - this.#clock.now()), request.signal);
      const sentAt = this.#clock.now();
      this.#notBefore = sentAt + SPACING_MS * this.#scale;
      const known = describe(request, apiUrl, probe, sentAt);
      try {
        const response = await transport(request);
        const { status, headers, body } = response;
        this.exchanges.push({ ...known, ...this.#end(sentAt), status, headers, text: body });
        this.#obeyLimit(headers);
        return response;
      } catch (error) {
        if (error instanceof TransportError)
          this.exchanges.push({ ...known, ...this.#end(sentAt), status: null, headers: {}, text: '' });
        throw error;
      }
    };
  }

  #end(sentAt: number): Pick<Exchange, 'endedAt' | 'took'> {
    const endedAt = this.#clock.now();
    return { endedAt, took: endedAt - sentAt };
  }

  #obeyLimit(headers: Readonly<Record<string, string>>): void {
    const limit = readLimit(headers, this.#clock.wall());
    if (limit === null || limit.remaining === null || limit.remaining > RESERVE) return;
    this.#notBefore = Math.max(this.#notBefore, this.#clock.now() + (limit.resetSeconds ?? 1) * 1000);
  }
}

function describe(
  { method, url, body }: HttpRequest,
  apiUrl: string,
  probe: string,
  sentAt: number,
): Pick<Exchange, 'probe' | 'method' | 'path' | 'sent' | 'sentAt'> {
  return { probe, method, path: url.slice(apiUrl.length), sent: body ?? '', sentAt };
}

/** A clock that is faster than this is a simulated one. */
const FAST = 1.5;

/** The exchanges in the time of the API, which runs faster than that of this machine where it is simulated. */
export function inApiTime(exchanges: readonly Exchange[]): readonly Exchange[] {
  const dated = exchanges.flatMap(({ headers, endedAt }) => {
    const date = Date.parse(headers['date'] ?? '');
    return Number.isNaN(date) ? [] : [{ date, endedAt }];
  });
  const [first, last] = [dated[0], dated.at(-1)];
  if (first === undefined || last === undefined || last.endedAt <= first.endedAt) return exchanges;
  const speed = (last.date - first.date) / (last.endedAt - first.endedAt);
  if (speed < FAST) return exchanges;
  return exchanges.map((each) => ({ ...each, sentAt: each.sentAt * speed, endedAt: each.endedAt * speed }));
}

/** What the headers of an answer say about a limit on requests. */
export interface ShownLimit {
  readonly form: 'x' | 'draft';
  readonly limit: number | null;
  readonly remaining: number | null;
  readonly resetSeconds: number | null;
}

/** A time of reset is epoch seconds where it is too large for a number of seconds from now. */
const LARGEST_SPAN = 1e8;

/** Reads `X-RateLimit-…` or `RateLimit-…`; `now` is epoch milliseconds, for an answer that has no `Date`. */
export function readLimit(headers: Readonly<Record<string, string>>, now: number): ShownLimit | null {
  for (const [form, prefix] of [
    ['x', 'x-ratelimit-'],
    ['draft', 'ratelimit-'],
  ] as const) {
    const number = (name: string): number | null => {
      const value = /^\d+/.exec(headers[prefix + name]?.trim() ?? '')?.[0];
      return value === undefined ? null : Number(value);
    };
    const [limit, remaining, reset] = [number('limit'), number('remaining'), number('reset')];
    if (limit === null && remaining === null) continue;
    const date = Date.parse(headers['date'] ?? '');
    const seconds = (Number.isNaN(date) ? now : date) / 1000;
    const resetSeconds =
      reset === null ? null : Math.max(0, reset > LARGEST_SPAN ? Math.ceil(reset - seconds) : reset);
    return { form, limit, remaining, resetSeconds };
  }
  return null;
}
