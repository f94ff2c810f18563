import { VirtualClock } from '../../../../simulator/clock/virtual-clock.ts';
import { createSchedule } from '../../../../src/snapshots/polling/schedule.ts';
import type { Answer, Call } from '../../../../src/vps/client/call.ts';
import {
  createClient,
  type ClientPauses,
  type ClientReport,
  type Send,
} from '../../../../src/vps/client/client.ts';
import { VpsError } from '../../../../src/vps/errors.ts';
import { parseJson } from '../../../../src/vps/schemas.ts';
import type { FailureKind, Method, Transport } from '../../../../src/vps/transport.ts';
import { createScriptedTransport, type Sent, type Step } from '../scripted-transport.ts';

export const API_URL = 'https://a.example/api/v1';
export const TOKEN = 'vps_secret_token';
export const MINUTE = 60_000;

/** What the client said to whoever reports it, each with its time. */
export interface Reported {
  readonly debug: string[];
  readonly waiting: { readonly at: number; readonly what: number | string; readonly elapsed: number }[];
  readonly answered: number[];
  readonly lasting: string[];
}

export interface ClientSettings {
  readonly clock: VirtualClock;
  readonly transport: Transport;
  readonly cancelled?: AbortSignal;
  readonly random?: number;
  readonly persistent?: boolean;
  /** For an API on this machine that is asked every so many milliseconds. */
  readonly pollInterval?: number;
}

/** A client with the pauses of a real step, and what it reports. */
export function createTestClient(settings: ClientSettings): {
  readonly send: Send;
  readonly reported: Reported;
} {
  const { clock, transport, random = 0.5, persistent = false, pollInterval } = settings;
  const reported: Reported = { debug: [], waiting: [], answered: [], lasting: [] };
  const report: ClientReport = {
    debug: (line) => void reported.debug.push(line),
    waiting: (failure, elapsed) =>
      void reported.waiting.push({ at: clock.now(), what: failure.status ?? failure.kind, elapsed }),
    answered: () => void reported.answered.push(clock.now()),
    lasting: (failure) => void reported.lasting.push(failure.kind),
  };
  const send = createClient({
    apiUrl: API_URL,
    token: TOKEN,
    transport,
    clock,
    random: () => random,
    pauses: pausesOf(pollInterval),
    report,
    persistent,
    cancelled: settings.cancelled ?? new AbortController().signal,
  });
  return { send, reported };
}

function pausesOf(pollInterval: number | undefined): ClientPauses {
  const schedule = createSchedule(pollInterval ?? null, pollInterval !== undefined);
  return {
    backoff: (tries, random) => schedule.backoff(tries, random),
    refusal: schedule.fastPoll,
    spans: { twice: schedule.span('firstRefusal'), standing: schedule.span('refusal') },
    scale: schedule.scale,
  };
}

interface Options {
  readonly method?: Method;
  readonly call?: Partial<Call<unknown>>;
  /** The deadline of the whole call, in milliseconds from its start. */
  readonly until?: number;
  readonly cancelAt?: number;
  readonly random?: number;
  readonly persistent?: boolean;
  readonly pollInterval?: number;
}

interface Played extends Reported {
  readonly answer?: Answer<unknown>;
  readonly error?: VpsError;
  readonly sent: readonly Sent[];
  readonly tookMs: number;
}

/** Sends one call over the scripted steps. */
export async function play(steps: readonly Step[], options: Options = {}): Promise<Played> {
  const { method = 'GET', until = 10 * MINUTE, cancelAt, call, ...settings } = options;
  const clock = new VirtualClock();
  const { transport, sent } = createScriptedTransport(clock, steps);
  const cancelled = new AbortController();
  const { send, reported } = createTestClient({ clock, transport, cancelled: cancelled.signal, ...settings });
  if (cancelAt === 0) cancelled.abort();
  else if (cancelAt !== undefined) clock.at(cancelAt, () => cancelled.abort());
  const whole: Call<unknown> = {
    method,
    path: '/snapshots/',
    until,
    read: ({ body }) => parseJson(body),
    ...call,
  };
  const outcome = await clock.run(
    send(whole).then(
      (answer) => ({ answer }),
      (error: unknown) => {
        if (error instanceof VpsError) return { error };
        throw error;
      },
    ),
  );
  const tookMs = clock.now();
  // Whatever is still under way may not send anything any more.
  await clock.sleep(20 * MINUTE);
  return { ...outcome, ...reported, sent, tookMs };
}

export const kinds = (...names: FailureKind[]): Step[] => names.map((fails) => ({ fails }));
export const OK: Step = { body: '{"ok":true}' };
export const status = (code: number, fields: Step = {}): Step => ({ status: code, ...fields });
/** The same step so many times. */
export const times = (count: number, step: Step): Step[] => Array<Step>(count).fill(step);
export const retryAfter = (code: number, seconds: number | string): Step =>
  status(code, { headers: { 'retry-after': String(seconds) } });
