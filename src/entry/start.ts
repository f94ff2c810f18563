import { randomUUID } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { type Deps } from '../actions/common/deps.ts';
import { AlreadyReportedError, alertOf, CancelledError, onlyError } from '../actions/common/errors.ts';
import { type Connection, createDeps, type StepContext, type World } from '../actions/common/wiring.ts';
import { renderReport } from '../actions/common/report.ts';
import { readJob } from '../github/job.ts';
import { createLog } from '../github/log.ts';
import { InputError } from '../github/inputs/reader.ts';
import { createRunner } from '../github/runner.ts';
import { type Clock, LONGEST_TIMER } from '../vps/clock.ts';
import { createHttpTransport } from '../vps/http.ts';
import { type Transport } from '../vps/transport.ts';

const USER_AGENT = 'vps-snapshot-action/1';

/** The machine's own time. */
export const clock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  async sleep(ms, signal) {
    try {
      await delay(Math.min(ms, LONGEST_TIMER), undefined, signal && { signal });
    } catch {
      // Aborted: the sleeper looks at the signal itself.
    }
  },
};

/** A running step: what it can speak with, and how it gets everything else. */
export interface Step extends StepContext {
  readonly clock: Clock;
  /** To anything but the API. */
  readonly transport: Transport;
  connect(connection: Connection): Deps;
  /** Called for SIGINT and SIGTERM, where the step goes on anyway. */
  onSignal(listener: () => void): void;
}

const NOTHING_FOLLOWS = 'Nothing new was sent after that; what was requested before is in the log.';
/** An abandoned request or timer must not hold a step that is at its end. */
const EXIT_DELAY_MS = 250;

export interface RunOptions {
  /** A post step is ended by its own time-out with a signal; it reports what is known, and goes on. */
  readonly goesOnAfterSignals?: boolean;
  /** The files for state and outputs have to be writable before anything is changed. */
  readonly needsFiles?: boolean;
  /** What becomes of a step that is cut off, for people. */
  readonly whenCancelled?: string;
}

/**
 * Runs a step to its end. The exit code is 1 from the start and becomes 0 only where `body` gives 0: whatever ends the
 * process early, a promise that never settles included, ends it red. All that is thrown becomes one annotation.
 */
export async function run(body: (step: Step) => Promise<0 | 1>, options: RunOptions = {}): Promise<void> {
  process.exitCode = 1;
  // That a bundled library calls something old is nothing that a user could change.
  process.noDeprecation = true;
  surviveClosedStreams();
  const runner = createRunner({ needsFiles: options.needsFiles === true });
  const job = readJob(process.env);
  const context = { job, runner, log: createLog(runner, clock, job) };
  const cancelled = new AbortController();
  const listeners: (() => void)[] = [];
  const onSignal = (): void => {
    if (options.goesOnAfterSignals !== true) cancelled.abort();
    else for (const listener of listeners) listener();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    warnOfEnvironment(context);
    const code = await body({
      ...context,
      clock,
      transport: createHttpTransport(USER_AGENT),
      connect: (connection) => createDeps(context, worldOf(cancelled.signal), connection),
      onSignal: (listener) => void listeners.push(listener),
    });
    if (cancelled.signal.aborted) throw new CancelledError();
    process.exitCode = code;
  } catch (error) {
    process.exitCode = 1;
    const whenCancelled = cancelled.signal.aborted ? (options.whenCancelled ?? NOTHING_FOLLOWS) : null;
    reportFailure(error, context, whenCancelled);
    if (error instanceof InputError) await summarizeMistakes(context);
  } finally {
    setTimeout(() => process.exit(), EXIT_DELAY_MS).unref();
  }
}

function worldOf(cancelled: AbortSignal): World {
  return {
    clock,
    transport: createHttpTransport(USER_AGENT, { keepAlive: true }),
    health: createHttpTransport(undefined),
    random: Math.random,
    newKey: randomUUID,
    ownAddresses: readOwnAddresses(),
    cancelled,
  };
}

/** The addresses under which others reach this machine. */
function readOwnAddresses(): ReadonlySet<string> {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return new Set(all.filter(({ internal }) => !internal).map(({ address }) => address));
}

/** A reader that went away or a full disk must not end a step between a request and what has to follow it. */
function surviveClosedStreams(): void {
  const ignore = (): void => {};
  process.stdout.on('error', ignore);
  process.stderr.on('error', ignore);
}

/** What earlier steps of the job may have put into the environment, and what becomes of it. */
function warnOfEnvironment({ log }: StepContext): void {
  if (process.env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0') {
    // Read by Node at each connection: without it certificates are checked again.
    delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    log.warning(
      'Certificate checks stay on',
      'NODE_TLS_REJECT_UNAUTHORIZED=0 is set, and anybody on the way could read the token; it is ignored. For a private authority set NODE_EXTRA_CA_CERTS instead.',
    );
  }
  const name = ['https_proxy', 'HTTPS_PROXY'].find((each) => (process.env[each] ?? '') !== '');
  if (name !== undefined && !/^https?:\/\//i.test(process.env[name] ?? '')) {
    log.warning(
      'Proxy address without a scheme',
      `${name} does not begin with http://, so it may be ignored, and requests may go out directly: write http://host:port.`,
    );
  }
}

/** Mistakes in the inputs end a step before it has anything else to say in a summary. */
async function summarizeMistakes(context: StepContext): Promise<void> {
  const headline = '❌ Invalid inputs: nothing was sent to VPS.org';
  const alerts = context.log.alerts();
  await context.runner.writeSummary(renderReport({ headline, lead: onlyError(alerts), alerts }, context));
}

function reportFailure(error: unknown, { log }: StepContext, whenCancelled: string | null): void {
  if (error instanceof AlreadyReportedError) return log.debug(error.message);
  if (whenCancelled !== null) {
    const { urgent, cause } = error instanceof CancelledError ? error : { urgent: '', cause: error };
    if (cause !== undefined && !(cause instanceof CancelledError)) log.info(alertOf(cause).text);
    const ended = `The job was cancelled, or a time-out ended this step. ${whenCancelled}`;
    return log.error('Interrupted', urgent === '' ? ended : `${urgent}\n${ended}`);
  }
  const { kind: _kind, title, text, ...more } = alertOf(error);
  log.error(title, text, more);
  if (error instanceof Error) log.debug(error.stack ?? '');
}
