import { createDeletionRecords } from '../../github/job-files/deletion-record.ts';
import { createCompletionProofs } from '../../github/job-files/completion-proof.ts';
import { isLoopback } from '../../github/inputs/values.ts';
import { type Job } from '../../github/job.ts';
import { type Log } from '../../github/log.ts';
import { createRestoreRecords } from '../../github/job-files/restore-record.ts';
import { type Runner } from '../../github/runner.ts';
import { createSchedule, type Schedule } from '../../snapshots/polling/schedule.ts';
import { createApi } from '../../vps/api.ts';
import { type ClientPauses, createClient } from '../../vps/client/client.ts';
import { type Clock } from '../../vps/clock.ts';
import { type Transport } from '../../vps/transport.ts';
import { type Deps } from './deps.ts';
import { createOutageLog } from './heartbeat.ts';

/** A step before its inputs are known to be good: it can speak and nothing else. */
export interface StepContext {
  readonly job: Job;
  readonly log: Log;
  readonly runner: Runner;
}

/** The outside world, real or simulated. */
export interface World {
  readonly clock: Clock;
  /** To the API. */
  readonly transport: Transport;
  /** To the addresses of health checks. */
  readonly health: Transport;
  /** In [0, 1). */
  readonly random: () => number;
  /** A random UUID. */
  readonly newKey: () => string;
  readonly cancelled: AbortSignal;
  /** This machine's own addresses. */
  readonly ownAddresses: ReadonlySet<string>;
}

export interface Connection {
  readonly apiToken: string;
  readonly apiUrl: string;
  readonly pollInterval?: number | null;
  /** What will not pass by itself is tried again anyway, as in a post step. */
  readonly persistent?: boolean;
  /** Monotonic milliseconds: the end of all budgets. */
  readonly until?: number;
}

/** The client's pauses by a step's schedule. */
export function pausesOf(schedule: Schedule): ClientPauses {
  return {
    backoff: (tries, chance) => schedule.backoff(tries, chance),
    refusal: schedule.fastPoll,
    spans: { twice: schedule.span('firstRefusal'), standing: schedule.span('refusal') },
    scale: schedule.scale,
  };
}

/** Everything a use case needs. */
export function createDeps(context: StepContext, world: World, connection: Connection): Deps {
  const { log, job, runner } = context;
  const { apiUrl, apiToken, pollInterval = null, persistent = false } = connection;
  const { clock, cancelled, random } = world;
  runner.hide(apiToken);
  const schedule = createSchedule(pollInterval, isLoopback(new URL(apiUrl).hostname));
  const send = createClient({
    apiUrl,
    token: apiToken,
    transport: world.transport,
    clock,
    random,
    pauses: pausesOf(schedule),
    report: { debug: (line) => log.debug(line), ...createOutageLog({ clock, log }), lasting: warnOnce(log) },
    persistent,
    cancelled,
  });
  return {
    ...context,
    clock,
    api: createApi(send),
    health: world.health,
    newKey: world.newKey,
    ownAddresses: world.ownAddresses,
    completionProofs: createCompletionProofs(job, apiUrl),
    restoreRecords: createRestoreRecords(job, apiUrl),
    deletionRecords: createDeletionRecords(job, apiUrl),
    cancelled,
    schedule,
    until: connection.until ?? Number.POSITIVE_INFINITY,
  };
}

/** What only a person can change is said at once, and once. */
function warnOnce(log: Log): (failure: Error) => void {
  let isReported = false;
  return (failure) => {
    if (!isReported) log.warning('The API cannot be reached', `${failure.message}. It is tried again.`);
    isReported = true;
  };
}
