import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { control, refuseUnreachable } from './control-paths.ts';
import { deform } from '../faults/apply-fault.ts';
import type { Fault } from '../faults/fault.ts';
import { FaultScript } from '../faults/fault-script.ts';
import { BASE_PATH, Machine, type MachineOptions } from '../api/simulated-api.ts';
import type { RequestRecord } from './request-log.ts';
import { ScaledClock } from '../clock/scaled-clock.ts';
import { send } from './http-response.ts';

const HOST = '127.0.0.1';
const CONTROL_PATH = '/_sim/';
const MAX_REQUEST_BYTES = 1024 * 1024;

export interface ServerOptions extends Omit<MachineOptions, 'clock'> {
  /** 0, when left out: any free one. */
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
  readonly machine: Machine;
  readonly faults: FaultScript;
  /** Every request to the API, in order of arrival. */
  readonly requests: readonly RequestRecord[];
  /** Moves virtual time ahead. */
  advance(seconds: number): void;
  /** Ends every connection, the silent ones too. */
  close(): Promise<void>;
}

/** Starts the simulator on a loopback port. */
export async function startServer(options: ServerOptions = {}): Promise<SimulatorServer> {
  const clock = new ScaledClock(options.startAt ?? Date.now(), options.timeScale ?? 1);
  const machine = new Machine({ ...options, clock });
  const faults = new FaultScript(refuseUnreachable(options.faults ?? []));
  const requests: RequestRecord[] = [];
  const late = new Set<NodeJS.Timeout>();
  let origin = '';

  function advance(seconds: number): void {
    clock.jump(seconds);
    machine.advance();
  }

  function after(ms: number, act: () => void): void {
    if (ms === 0) {
      act();
      return;
    }
    const timer = setTimeout(() => {
      late.delete(timer);
      act();
    }, ms);
    late.add(timer);
  }

  function answer(request: IncomingMessage, response: ServerResponse, body: string): void {
    const { method = 'GET', url: path = '/' } = request;
    if (path.startsWith(CONTROL_PATH)) {
      const {
        status,
        headers,
        body: text,
      } = control({ machine, faults, requests, jump: advance }, method, path, body);
      response.writeHead(status, headers).end(text);
      return;
    }
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    const record: RequestRecord = {
      n: requests.length + 1,
      at: machine.now(),
      method,
      path,
      body,
      authorized: machine.authorizes(headers),
      processed: false,
    };
    requests.push(record);
    const { effect, delayMs, name } = faults.plan(method, path);
    if (name !== undefined) record.fault = name;
    const deliver = (): void => {
      const delivery = deform(effect, () => {
        record.processed = true;
        return machine.handle({ method, path, headers, body, origin });
      });
      if (delivery.kind === 'answer') record.status = delivery.answer.status;
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
    // A caller that hangs up is nothing to fail over.
    request.on('error', () => {});
    response.on('error', () => {});
  });
  server.keepAliveTimeout = 60_000;
  server.listen(options.port ?? 0, HOST);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  origin = `http://${HOST}:${port}`;

  return {
    url: origin + BASE_PATH,
    origin,
    machine,
    faults,
    requests,
    advance,
    async close() {
      for (const timer of late) clearTimeout(timer);
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
