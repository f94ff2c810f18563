import { type Clock, sleepInSlices } from '../clock.ts';
import { type ErrorKind, VpsError } from '../errors.ts';
import { type Answer, type Call, sendOnce, type SendOptions, type Tried, type TryReport } from './call.ts';
import { createGate, type Gate } from './gate.ts';
import { createOutage } from './outage.ts';
import { causeOf, decideRetry, isLasting, isRefusal, type RefusalSpans } from './retry.ts';

/** Time for one try, the same that the vendor's clients give it. */
const TRY_MS = 30_000;
/** How long a change in flight is waited for after a cancel, so that its id can be saved. */
const CANCEL_GRACE_MS = 5_000;

/** The client's pauses, in milliseconds; they shrink for an API on this machine. */
export interface ClientPauses {
  /** Before try number `tries` + 1 of a request that failed; `random` is in [0, 1). */
  backoff(tries: number, random: number): number;
  /** Before a refusal that is not believed yet is tried again. */
  readonly refusal: number;
  readonly spans: RefusalSpans;
  /** Shortens the pauses after a 429 that says nothing about its length. */
  readonly scale: number;
}

/** Where the client reports what it waits for. */
export interface ClientReport extends TryReport {
  /** A request is being tried again; called at least every 10 s while it is. `elapsed` is milliseconds. */
  waiting(failure: VpsError, elapsed: number): void;
  /** The API answers again, after {@link waiting}. */
  answered(): void;
  /** Something that nobody but a person can change stands in the way, and is tried again anyway. */
  lasting(failure: VpsError): void;
}

export interface ClientOptions extends SendOptions {
  /** In [0, 1). */
  readonly random: () => number;
  readonly pauses: ClientPauses;
  readonly report: ClientReport;
  /** What will not pass by itself is tried again until the deadline, as a post step does. */
  readonly persistent: boolean;
}

/** Sends one call with its retries; throws {@link VpsError} for whatever the API or the way to it does. */
export type Send = <T>(call: Call<T>) => Promise<Answer<T>>;

/** The client: deadlines, retries by the table, schema checks and one kind of error round a transport. */
export function createClient(options: ClientOptions): Send {
  const { clock, cancelled, random, pauses, report } = options;
  const grace = graceAfter(cancelled, clock);
  const outage = createOutage(clock, report);
  const gate = createGate({
    clock,
    random,
    scale: pauses.scale,
    cancelled,
    onWaiting: () => outage.report(),
  });
  /** Requests that the API asked not to send again before a time (monotonic). */
  const held = new Map<string, { readonly until: number; readonly failure: VpsError }>();

  const pause = async (ms: number): Promise<void> =>
    await sleepInSlices(clock, ms, cancelled, () => outage.report());

  /** Sits out what the API asked to wait after the same request of an earlier call. */
  async function waitUntilAllowed(call: Call<unknown>, startedAt: number, sendBy: number): Promise<void> {
    const hold = held.get(nameOf(call));
    if (hold === undefined || hold.until <= clock.now()) return;
    if (hold.until >= sendBy) throw notSent(call, hold.failure.status, hold.failure, ASKED_TO_WAIT);
    outage.failed(call, hold.failure, startedAt);
    await pause(hold.until - clock.now());
  }

  async function sendUntilDone<T>(call: Call<T>): Promise<Answer<T>> {
    const startedAt = clock.now();
    const sendBy = Math.min(call.until, call.sendBy ?? call.until);
    let failure: VpsError | undefined;
    let refusedSince = 0;
    let refusals = 0;
    for (let tries = 1; ; tries += 1) {
      // Another call may have been told to wait longer than this one.
      await waitUntilAllowed(call, startedAt, sendBy);
      const passed = await gate.pass(call.method === 'GET' ? 'read' : 'change', sendBy);
      if (cancelled.aborted) throw errorOf(call, 'cancelled', { cause: failure });
      const sentAt = clock.now();
      if (!passed || sentAt >= sendBy) throw noTimeLeft(call, failure, tries - 1, passed);
      const result = await sendOnce(options, call, Math.min(TRY_MS, call.until - sentAt), grace);
      noteAtGate(gate, result, sentAt);
      if ('answer' in result) {
        outage.answered(call, sentAt);
        return result.answer;
      }
      failure = result.error;
      const { status, retryAfter } = failure;
      const allowedAt = clock.now() + (retryAfter ?? 0);
      if (status !== 429 && allowedAt > (held.get(nameOf(call))?.until ?? clock.now()))
        held.set(nameOf(call), { until: allowedAt, failure });
      const cause = causeOf(failure);
      refusals = isRefusal(cause) ? refusals + 1 : 0;
      if (refusals === 1) refusedSince = clock.now();
      const decision =
        call.answers?.includes(status ?? 0) === true
          ? 'final'
          : decideRetry(
              {
                method: call.method,
                cause,
                patience: call.patience ?? 'standing',
                refusedFor: clock.now() - refusedSince,
                refusals,
                once: call.once === true,
                persistent: options.persistent,
              },
              pauses.spans,
            );
      if (decision === 'final') throw failure.tried(tries);
      if (isLasting(cause)) report.lasting(failure);
      outage.failed(call, failure, startedAt);
      const wanted = decision === 'retry_refusal' ? pauses.refusal : pauses.backoff(tries, random());
      const ms = cause === 429 ? 0 : Math.max(wanted, retryAfter ?? 0);
      if (clock.now() + ms >= call.until) throw failure.tried(tries, decision === 'retry_refusal');
      await pause(ms);
    }
  }

  return async (call) => {
    try {
      return await sendUntilDone(call);
    } finally {
      outage.ended(call);
    }
  };
}

function nameOf({ method, path }: Call<unknown>): string {
  return `${method} ${path}`;
}

/** Only what the API itself says opens or closes the gate. */
function noteAtGate(gate: Gate, result: Tried<unknown>, sentAt: number): void {
  if ('answer' in result) return gate.open();
  const { kind, status, retryAfter } = result.error;
  if (status === 429) gate.close(retryAfter, sentAt);
  else if (kind === 'http' && (status ?? 500) < 500) gate.open();
}

const ASKED_TO_WAIT = 'the API asked to wait';
const LIMITED = 'the API limits the number of requests and asked to wait';

/** The API's own answer, with this status, leaves no time to send the call. */
function notSent(
  { method, path }: Call<unknown>,
  status: number | undefined,
  cause: VpsError | undefined,
  detail: string,
): VpsError {
  return new VpsError({ kind: 'deadline', method, path, status, detail }, { cause });
}

/** Nothing is sent any more: the time is up, or it will be before the gate lets the call through. */
function noTimeLeft(
  call: Call<unknown>,
  failure: VpsError | undefined,
  tries: number,
  passed: boolean,
): VpsError {
  if (!passed || failure?.status === 429) return notSent(call, 429, failure, LIMITED);
  return failure === undefined ? errorOf(call, 'deadline') : failure.tried(tries);
}

function errorOf({ method, path }: Call<unknown>, kind: ErrorKind, options?: ErrorOptions): VpsError {
  return new VpsError({ kind, method, path }, options);
}

/** Aborted {@link CANCEL_GRACE_MS} after `cancelled`. */
function graceAfter(cancelled: AbortSignal, clock: Clock): AbortSignal {
  const grace = new AbortController();
  const end = async (): Promise<void> => {
    await clock.sleep(CANCEL_GRACE_MS);
    grace.abort();
  };
  cancelled.addEventListener('abort', () => void end(), { once: true });
  return grace.signal;
}
