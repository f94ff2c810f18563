import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Delivery } from '../faults/apply-fault.ts';

const DRIP_PIECE_MS = 20;

/** Sends a delivery over a real connection, with the fault that it has. Silence leaves the connection open. */
export function send(request: IncomingMessage, response: ServerResponse, delivery: Delivery): void {
  if (delivery.kind === 'silence') return;
  if (delivery.kind === 'reset') {
    request.socket.resetAndDestroy();
    return;
  }
  const { response: answer, padding, keep, chunked, msPerByte } = delivery;
  const body = Buffer.concat([Buffer.from(answer.body), Buffer.alloc(padding, ' ')]);
  const hasBody = answer.status !== 204 && answer.status !== 304;
  response.sendDate = false;
  response.writeHead(answer.status, {
    ...answer.headers,
    ...(hasBody && !chunked && { 'content-length': String(body.length) }),
  });
  if (keep !== undefined) {
    // Only once the kept part is sent; otherwise the caller might see a reset before the status.
    response.flushHeaders();
    response.write(body.subarray(0, Math.max(keep, 0)), () => request.socket.destroySoon());
  } else if (msPerByte > 0) {
    drip(response, body, msPerByte);
  } else {
    response.end(hasBody ? body : undefined);
  }
}

/** Sends bytes one after another; several at a time where timers are too slow. */
function drip(response: ServerResponse, body: Buffer, msPerByte: number): void {
  const bytes = Math.max(1, Math.round(DRIP_PIECE_MS / msPerByte));
  let sent = 0;
  response.flushHeaders();
  const timer = setInterval(() => {
    response.write(body.subarray(sent, sent + bytes));
    sent += bytes;
    if (sent < body.length) return;
    clearInterval(timer);
    response.end();
  }, msPerByte * bytes);
  response.on('close', () => {
    clearInterval(timer);
  });
}
