import { VirtualClock } from '../../../simulator/clock/virtual-clock.ts';
import { createClient, type Answer, type Call } from '../../../src/vps/client.ts';
import { VpsError } from '../../../src/vps/errors.ts';
import { parseJson } from '../../../src/vps/schemas.ts';
import type { FailureKind, Method } from '../../../src/vps/transport.ts';
import { createScriptedTransport, type Sent, type Step } from './scripted-transport.ts';

export const TOKEN = 'vps_secret_token';
export const MINUTE = 60_000;

interface Options {
  readonly method?: Method;
  readonly call?: Partial<Call<unknown>>;
  /** The deadline of the whole call, in milliseconds from its start. */
  readonly until?: number;
  readonly cancelAt?: number;
  readonly retryPause?: number | null;
  readonly random?: number;
}

interface Played {
  readonly answer?: Answer<unknown>;
  readonly error?: VpsError;
  readonly sent: readonly Sent[];
  readonly tookMs: number;
  readonly debug: readonly string[];
}

/** Sends one call over the scripted steps. */
export async function play(steps: readonly Step[], options: Options = {}): Promise<Played> {
  const { method = 'GET', until = 10 * MINUTE, cancelAt, retryPause = null, random = 0.5 } = options;
  const clock = new VirtualClock();
  const { transport, sent } = createScriptedTransport(clock, steps);
  const cancelled = new AbortController();
  const debug: string[] = [];
  const send = createClient({
    apiUrl: 'https://a.example/api/v1',
    token: TOKEN,
    transport,
    clock,
    random: () => random,
    retryPause,
    debug: (line) => debug.push(line),
    cancelled: cancelled.signal,
  });
  if (cancelAt === 0) cancelled.abort();
  else if (cancelAt !== undefined) clock.at(cancelAt, () => cancelled.abort());
  const call: Call<unknown> = {
    method,
    path: '/snapshots/',
    until,
    read: ({ body }) => parseJson(body),
    ...options.call,
  };
  const outcome = await clock.run(
    send(call).then(
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
  return { ...outcome, sent, tookMs, debug };
}

export const kinds = (...names: FailureKind[]): Step[] => names.map((fails) => ({ fails }));
export const OK: Step = { body: '{"ok":true}' };
export const status = (code: number, fields: Step = {}): Step => ({ status: code, ...fields });
