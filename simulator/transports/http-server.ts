import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import { control, rejectConnectionFaults } from './control-paths.ts';
import { applyFault } from '../faults/apply-fault.ts';
import type { Fault } from '../faults/fault.ts';
import { FaultScript } from '../faults/fault-script.ts';
import type { ApiResponse } from '../api/response.ts';
import { BASE_PATH } from '../api/path.ts';
import { SimulatedApi, type SimulatedApiOptions } from '../api/simulated-api.ts';
import type { RequestRecord } from './request-log.ts';
import { ScaledClock } from '../clock/scaled-clock.ts';
import { send } from './http-response.ts';

const HOST = '127.0.0.1';
const CONTROL_PATH = '/_sim/';
const MAX_REQUEST_BYTES = 1024 * 1024;

export interface ServerOptions extends Omit<SimulatedApiOptions, 'clock'> {
  /** 0, when left out: any free port. */
  readonly port?: number;
  /** Virtual seconds per real second, 1 when left out; 0: time moves by `advance` alone. Faults keep real time. */
  readonly timeScale?: number;
  /** When virtual time begins, epoch milliseconds; now when left out. */
  readonly startAt?: number;
  readonly faults?: readonly Fault[];
}

export interface SimulatorServer {
  /** Base of the API, for `api_url`: `http://127.0.0.1:PORT/api/v1`. */
  readonly url: string;
  readonly origin: string;
  readonly api: SimulatedApi;
  readonly faults: FaultScript;
  /** Every request to the API, in order of arrival. */
  readonly requests: readonly RequestRecord[];
  /** Advances virtual time. */
  advance(seconds: number): void;
  /** Ends every connection, including silent ones. */
  close(): Promise<void>;
}

/** Starts the simulator on a loopback port. */
export async function startServer(options: ServerOptions = {}): Promise<SimulatorServer> {
  const clock = new ScaledClock(options.startAt ?? Date.now(), options.timeScale ?? 1);
  const api = new SimulatedApi({ ...options, clock });
  const faults = new FaultScript(rejectConnectionFaults(options.faults ?? []), options.seed);
  const requests: RequestRecord[] = [];
  const timers = new Set<NodeJS.Timeout>();
  const connections = new WeakMap<object, number>();
  let connectionCount = 0;
  let origin = '';

  function advance(seconds: number): void {
    clock.jump(seconds);
    api.advance();
  }

  function after(ms: number, callback: () => void): void {
    if (ms === 0) {
      callback();
      return;
    }
    const timer = setTimeout(() => {
      timers.delete(timer);
      callback();
    }, ms);
    timers.add(timer);
  }

  function answer(request: IncomingMessage, response: ServerResponse, body: string): void {
    const { method = 'GET', url: path = '/' } = request;
    if (path.startsWith(CONTROL_PATH)) {
      const {
        status,
        headers,
        body: text,
      } = control({ api, faults, requests, jump: advance }, method, path, body);
      response.writeHead(status, headers).end(text);
      return;
    }
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    const record: RequestRecord = {
      n: requests.length + 1,
      at: api.now(),
      method,
      path,
      body,
      authorized: api.authorizes(headers),
      processed: false,
      connection: connections.get(request.socket) ?? 0,
    };
    requests.push(record);
    const { effect, delayMs, name } = faults.plan(method, path, performance.now());
    if (name !== undefined) record.fault = name;
    const process = (): ApiResponse => {
      record.processed = true;
      return api.handle({ method, path, headers, body, origin });
    };
    const deliver = (): void => {
      const delivery = applyFault(effect, process, (ms) => {
        after(ms, process);
      });
      if (delivery.kind === 'response') record.status = delivery.response.status;
      after(delayMs, () => {
        send(request, response, delivery);
      });
    };
    after(effect?.kind === 'late' ? effect.ms : 0, deliver);
  }

  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    request.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > MAX_REQUEST_BYTES) request.destroy();
      pieces.push(piece);
    });
    request.on('end', () => {
      answer(request, response, Buffer.concat(pieces).toString('utf8'));
    });
    // A caller that hangs up is no reason to fail.
    request.on('error', () => {});
    response.on('error', () => {});
  });
  server.on('connection', (socket) => {
    connectionCount += 1;
    connections.set(socket, connectionCount);
  });
  server.keepAliveTimeout = 60_000;
  server.listen(options.port ?? 0, HOST);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  origin = `http://${HOST}:${port}`;

  return {
    url: origin + BASE_PATH,
    origin,
    api,
    faults,
    requests,
    advance,
    async close() {
      for (const timer of timers) clearTimeout(timer);
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
