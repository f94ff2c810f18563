import type { Clock } from '../../src/vps/clock.ts';
import {
  TransportError,
  type FailureKind,
  type HttpRequest,
  type HttpResponse,
  type Transport,
} from '../../src/vps/transport.ts';
import type { ApiResponse } from '../api/response.ts';
import { applyFault, type Delivery } from '../faults/apply-fault.ts';
import { isConnectionFault, type Fault } from '../faults/fault.ts';
import { FaultScript } from '../faults/fault-script.ts';
import type { SimulatedApi } from '../api/simulated-api.ts';
import type { RequestRecord } from './request-log.ts';

const DEFAULT_LATENCY_MS = 50;
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** How far a request has come: about to leave, processed by the API, answered or failed. */
type Moment = 'sent' | 'processed' | 'ended';

export interface SimulatedTransportOptions {
  readonly api: SimulatedApi;
  /** The caller's clock; once it is killed, its requests get no further. */
  readonly clock: Clock;
  /** The clock of an API with a `late` fault, which goes on when the caller's is killed; `clock` when left out. */
  readonly apiClock?: Clock;
  /** Transports that share a script count their requests together. */
  readonly faults?: FaultScript | readonly Fault[];
  /** Milliseconds from request to response; the API processes it after half of that. 50 when left out. */
  readonly latencyMs?: number | (() => number);
  /** Longer bodies fail as `too_large`. 10 MiB when left out. */
  readonly maxBodyBytes?: number;
  /** Called at each moment of each request, so that a test can cancel or kill right there. */
  readonly onRequest?: (record: Readonly<RequestRecord>, moment: Moment) => void;
  /** Where requests are recorded; transports may share it. */
  readonly requests?: RequestRecord[];
}

export type SimulatedTransport = Transport & { readonly requests: readonly RequestRecord[] };

interface Address {
  readonly origin: string;
  /** With its query. */
  readonly path: string;
}

/** A transport to the API in the same process, in virtual time and with faults. */
export function createSimulatedTransport(options: SimulatedTransportOptions): SimulatedTransport {
  const { api, clock, apiClock = clock, faults = [], requests = [], onRequest } = options;
  const { latencyMs = DEFAULT_LATENCY_MS } = options;
  const script = faults instanceof FaultScript ? faults : new FaultScript(faults);
  const maxBodyBytes = options.maxBodyBytes ?? MAX_BODY_BYTES;
  /** Polls ask for the same address again and again, and parsing one takes its time. */
  const addresses = new Map<string, Address>();

  function readAddress(url: string): Address {
    const { origin, pathname, search } = new URL(url);
    const address = { origin, path: pathname + search };
    addresses.set(url, address);
    return address;
  }

  async function exchange(
    request: HttpRequest,
    record: RequestRecord,
    origin: string,
  ): Promise<HttpResponse> {
    const wire = new Wire(clock, request);
    const half = (typeof latencyMs === 'number' ? latencyMs : latencyMs()) / 2;
    const { effect, delayMs, name } = script.plan(record.method, record.path, apiClock.now());
    if (name !== undefined) record.fault = name;
    if (effect !== undefined && isConnectionFault(effect)) {
      await (effect.kind === 'connect_timeout' ? wire.wait() : wire.pass(half));
      throw fail(effect.kind);
    }
    await wire.pass(half);
    const processLate = async (ms: number): Promise<Delivery> => {
      // Not on the wire: the API processes it whether or not the caller is still waiting.
      const processed = apiClock.sleep(ms).then(() => applyFault(undefined, process, processUnawaited));
      await wire.pass(ms);
      return processed;
    };
    const processUnawaited = (ms: number): void => void apiClock.sleep(ms).then(process);
    const process = (): ApiResponse => {
      const { method, path, body } = record;
      const response = api.handle({ method, path, headers: request.headers, body, origin });
      record.processed = true;
      onRequest?.(record, 'processed');
      return response;
    };
    const delivery =
      effect?.kind === 'late' ? await processLate(effect.ms) : applyFault(effect, process, processUnawaited);
    await wire.pass(half + delayMs);
    return receive(wire, request, delivery, maxBodyBytes);
  }

  const transport = async (request: HttpRequest): Promise<HttpResponse> => {
    const { origin, path } = addresses.get(request.url) ?? readAddress(request.url);
    const record: RequestRecord = {
      n: requests.length + 1,
      at: api.now(),
      method: request.method,
      path,
      body: request.body ?? '',
      authorized: api.authorizes(request.headers),
      processed: false,
    };
    if (request.signal?.aborted === true)
      throw new TransportError('aborted', 'simulated: aborted before it was sent');
    requests.push(record);
    onRequest?.(record, 'sent');
    try {
      const response = await exchange(request, record, origin);
      record.status = response.status;
      return response;
    } catch (error) {
      if (error instanceof TransportError) record.failure = error.kind;
      throw error;
    } finally {
      onRequest?.(record, 'ended');
    }
  };
  return Object.assign(transport, { requests });
}

/** The connection between caller and API: it takes time, and the caller may give up. */
class Wire {
  readonly #clock: Clock;
  readonly #signal: AbortSignal | undefined;
  readonly #deadline: number;

  constructor(clock: Clock, { timeoutMs, signal }: HttpRequest) {
    this.#clock = clock;
    this.#signal = signal;
    this.#deadline = clock.now() + timeoutMs;
  }

  /** Lets time pass, at most until the request's time is up. */
  async pass(ms: number): Promise<void> {
    this.#check();
    const left = this.#deadline - this.#clock.now();
    await this.#clock.sleep(Math.min(ms, left), this.#signal);
    this.#check();
    if (ms >= left) throw new TransportError('timeout', 'simulated: no whole answer in time');
  }

  /** Lets all the time of the request pass. */
  async wait(): Promise<void> {
    this.#check();
    await this.#clock.sleep(this.#deadline - this.#clock.now(), this.#signal);
    this.#check();
  }

  #check(): void {
    if (this.#signal?.aborted === true) throw new TransportError('aborted', 'simulated: aborted');
  }
}

async function receive(
  wire: Wire,
  request: HttpRequest,
  delivery: Delivery,
  maxBodyBytes: number,
): Promise<HttpResponse> {
  switch (delivery.kind) {
    case 'reset':
      throw fail('reset');
    case 'silence':
      await wire.pass(Number.POSITIVE_INFINITY);
      throw fail('timeout');
    case 'response':
      break;
  }
  const { status, headers, body } = delivery.response;
  if (request.statusOnly === true) return { status, headers, body: '' };
  const bytes = Buffer.byteLength(body) + delivery.padding;
  if (bytes > maxBodyBytes) throw fail('too_large');
  if (delivery.keep !== undefined) throw fail('cut');
  if (delivery.msPerByte > 0) await wire.pass(delivery.msPerByte * bytes);
  return { status, headers, body: body + ' '.repeat(delivery.padding) };
}

function fail(kind: FailureKind): TransportError {
  return new TransportError(kind, `simulated: ${kind}`);
}
