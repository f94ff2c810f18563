import type { VirtualClock } from '../../../simulator/clock/virtual-clock.ts';
import {
  TransportError,
  type FailureKind,
  type HttpRequest,
  type Transport,
} from '../../../src/vps/transport.ts';

/** What happens to one request: an answer after some time, a failure, or nothing ever. */
export interface Step {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly fails?: FailureKind;
  readonly afterMs?: number;
  readonly silent?: boolean;
}

export interface Sent {
  readonly at: number;
  readonly request: HttpRequest;
}

/** Plays the steps one by one, in virtual time, and keeps what was sent; the last step is played for ever. */
export function createScriptedTransport(
  clock: VirtualClock,
  steps: readonly Step[],
): { readonly transport: Transport; readonly sent: Sent[] } {
  const sent: Sent[] = [];
  const transport: Transport = async (request) => {
    const { timeoutMs, signal } = request;
    const step = steps[Math.min(sent.length, steps.length - 1)] ?? {};
    sent.push({ at: clock.now(), request });
    const takes = step.silent === true ? Infinity : (step.afterMs ?? 0);
    await clock.sleep(Math.min(takes, timeoutMs), signal);
    if (signal?.aborted === true) throw new TransportError('aborted', 'scripted');
    if (takes > timeoutMs) throw new TransportError('timeout', 'scripted');
    if (step.fails !== undefined) throw new TransportError(step.fails, 'scripted');
    return { status: step.status ?? 200, headers: step.headers ?? {}, body: step.body ?? '{}' };
  };
  return { transport, sent };
}
