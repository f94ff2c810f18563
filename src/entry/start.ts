import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Deps } from '../actions/common/deps.ts';
import { alertOf, CancelledError, AlreadyReportedError } from '../actions/common/errors.ts';
import { createCompletionProofs } from '../github/completion-proof.ts';
import { type Job, readJob } from '../github/job.ts';
import { createLog, type Log } from '../github/log.ts';
import { InputError } from '../github/inputs/reader.ts';
import { createRunner, type Runner } from '../github/runner.ts';
import { renderSummary } from '../github/summary.ts';
import { createApi } from '../vps/api.ts';
import { createClient } from '../vps/client.ts';
import { type Clock, LONGEST_TIMER } from '../vps/clock.ts';
import { createHttpTransport } from '../vps/http.ts';

const USER_AGENT = 'vps-snapshot-action/1';

const clock: Clock = {
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

/** A step before its inputs are known to be good: it can speak and nothing else. */
export interface StepContext {
  readonly job: Job;
  readonly log: Log;
  readonly runner: Runner;
}

export interface Connection {
  readonly apiToken: string;
  readonly apiUrl: string;
  readonly pollInterval?: number | null;
}

function createContext(): StepContext {
  const runner = createRunner();
  return { job: readJob(process.env), runner, log: createLog(runner, clock) };
}

/** Everything a use case needs, wired to the real world. */
export function createDeps(context: StepContext, connection: Connection, cancelled: AbortSignal): Deps {
  const { log, job, runner } = context;
  const { apiUrl, apiToken, pollInterval } = connection;
  runner.hide(apiToken);
  const send = createClient({
    apiUrl,
    token: apiToken,
    transport: createHttpTransport(USER_AGENT),
    clock,
    random: Math.random,
    retryPause: pollInterval ?? null,
    debug: (line) => log.debug(line),
    cancelled,
  });
  return {
    ...context,
    clock,
    api: createApi(send, apiUrl),
    health: createHttpTransport(undefined),
    newKey: randomUUID,
    completionProofs: createCompletionProofs(job, apiUrl),
    cancelled,
  };
}

const NOTHING_FOLLOWS = 'Nothing new was sent after that; what was requested before stands in the log.';
/** An abandoned request or timer must not hold a step that has said its last word. */
const EXIT_DELAY_MS = 250;

export interface RunOptions {
  /** A post step is not signalled by the runner; whoever does it all the same does not stop a rollback. */
  readonly ignoreSignals?: boolean;
  /** What becomes of a step that is cut off, for people. */
  readonly whenCancelled?: string;
}

/**
 * Runs a step to its end. The exit code is 1 from the start and becomes 0 only where the step says so: whatever
 * ends the process early, a promise that never settles included, ends it red. All that is thrown becomes one
 * annotation.
 */
export async function run(
  body: (context: StepContext, cancelled: AbortSignal) => Promise<void>,
  options: RunOptions = {},
): Promise<void> {
  process.exitCode = 1;
  const context = createContext();
  const cancelled = new AbortController();
  const onSignal = (): void => {
    if (options.ignoreSignals !== true) cancelled.abort();
    else context.log.info('A signal to stop was noted; the post step goes on to its end.');
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    await body(context, cancelled.signal);
    if (cancelled.signal.aborted) throw new CancelledError();
  } catch (error) {
    process.exitCode = 1;
    reportFailure(
      error,
      context,
      cancelled.signal.aborted ? (options.whenCancelled ?? NOTHING_FOLLOWS) : null,
    );
    if (error instanceof InputError) await summarizeMistakes(context);
  } finally {
    setTimeout(() => process.exit(), EXIT_DELAY_MS).unref();
  }
}

/** Mistakes in the inputs end a step before it has anything else to tell in a summary. */
async function summarizeMistakes({ log, runner }: StepContext): Promise<void> {
  const headline = '❌ Wrong inputs, nothing was sent to VPS.org';
  await runner.writeSummary(renderSummary({ headline, alerts: log.alerts() }));
}

function reportFailure(error: unknown, { log }: StepContext, whenCancelled: string | null): void {
  if (error instanceof AlreadyReportedError) return log.debug(error.message);
  const { title, text, command } = alertOf(error);
  if (whenCancelled !== null) {
    if (!(error instanceof CancelledError)) log.info(text);
    return log.error('Cancelled', `The job was cancelled. ${whenCancelled}`);
  }
  log.error(title, text, command);
  if (error instanceof Error) log.debug(error.stack ?? '');
}
