import { type PowerRecord } from '../../github/state.ts';
import { POLL_LIMITS, type Schedule } from '../../snapshots/schedule.ts';
import { outcomeOf, isTransient, VpsError } from '../../vps/errors.ts';
import { type Server } from '../../vps/model.ts';
import { type Deps, pause } from '../common/deps.ts';
import { FailedError } from '../common/errors.ts';
import { createHeartbeat } from '../common/heartbeat.ts';
import { look } from '../common/poll.ts';

/** Time for a stop to be confirmed (design §3.7). */
const STOP_MS = 5 * 60_000;
/** Time for a start: the API may refuse one while it makes a snapshot, which takes up to 10 minutes [D]. */
export const START_MS = 15 * 60_000;

/** Main stopped this server, or tried to, and has not seen it active again. */
export function isStoppedByUs(power: PowerRecord | null): power is PowerRecord {
  return power !== null && power.found === 'active' && power.stop !== 'none' && !power.started;
}

export interface PowerTarget {
  /** The id to ask for. */
  readonly id: string;
  readonly label: string;
}

export interface PowerOptions {
  readonly schedule: Schedule;
  /** Monotonic deadline. */
  readonly until: number;
}

/**
 * Stops a running server and waits until it is `stopped`; leaves a stopped one alone. `on.read` is called with what
 * the server says first, `on.save` before each step that changes something. Throws {@link FailedError} where the
 * server is in no state to be stopped, the API refuses, or it does not stop in time; then the caller starts it again.
 */
export async function stopServer(
  target: PowerTarget,
  deps: Deps,
  schedule: Schedule,
  on: { readonly read: (server: Server) => void; readonly save: (power: PowerRecord) => void },
): Promise<void> {
  const { save } = on;
  const until = deps.clock.now() + STOP_MS;
  const server = await readBefore(target, deps, until);
  on.read(server);
  if (server.status === 'stopped') {
    save({ found: 'stopped', stop: 'none', started: false });
    deps.log.event(target.label, 'the server is stopped already and stays so');
    return;
  }
  if (server.status !== 'active') {
    throw new FailedError(
      'Server not stopped',
      `${target.label}: the server is '${server.status || 'without a status'}', neither active nor stopped, so it is not stopped for a snapshot. Look at it in the panel of VPS.org; no snapshot was made.`,
    );
  }
  save({ found: 'active', stop: 'requested', started: false });
  deps.log.event(target.label, 'stopping the server');
  try {
    await deps.api.powerServer(target.id, 'stop', until);
  } catch (error) {
    if (!(error instanceof VpsError)) throw error;
    if (outcomeOf(error) !== 'unclear') {
      save({ found: 'active', stop: 'none', started: false });
      throw powerRefused(target, 'stop', error);
    }
    deps.log.event(target.label, `unclear answer to the stop request: ${error.message}`);
  }
  while (deps.clock.now() < until) {
    await pause(deps, schedule.fastPoll);
    const seen = await look(() => deps.api.getServer(target.id, until)).catch((error: unknown) => {
      throw stopUnseen(target, error);
    });
    if ('value' in seen && seen.value.status === 'stopped') {
      save({ found: 'active', stop: 'confirmed', started: false });
      deps.log.event(target.label, 'the server is stopped');
      return;
    }
  }
  throw new FailedError(
    'Server not stopped',
    `${target.label}: the server did not stop within 5 minutes. It is started again, and no snapshot was made. Look at it in the panel of VPS.org, or take the snapshot without 'stop_server'.`,
  );
}

async function readBefore(target: PowerTarget, deps: Deps, until: number): Promise<Server> {
  try {
    return await deps.api.getServer(target.id, until);
  } catch (error) {
    throw new FailedError(
      'Server not stopped',
      `${target.label}: 'stop_server' needs to read the server's state, which failed; no snapshot was made. The token needs the permission to read and to stop servers, or use 'stop_server: false'.`,
      { cause: error },
    );
  }
}

/**
 * Starts a server and waits until it is `active`. One in a transition is waited for first; a refusal is tried
 * again within the time. `doubtful` says that the server may still be about to stop, so that `active` must be
 * seen for a while. Throws {@link FailedError} with what to do.
 */
export async function startServer(
  target: PowerTarget,
  deps: Deps,
  options: PowerOptions & { readonly uncertain?: boolean },
): Promise<void> {
  const { schedule, until } = options;
  let active = 0;
  let startCooldown = 0;
  let last: VpsError | undefined;
  const heartbeat = createHeartbeat('starting', deps);
  for (;;) {
    const seen = await look(() => deps.api.getServer(target.id, until)).catch(
      async (error: unknown) => await startUnseen(target, deps, options, error),
    );
    if ('outage' in seen) last = seen.outage;
    const status = 'value' in seen ? seen.value.status : '';
    active = status === 'active' ? active + 1 : 0;
    if (active >= (options.uncertain === true ? POLL_LIMITS.stillActive : 1)) {
      deps.log.event(target.label, 'the server is active');
      return;
    }
    startCooldown -= 1;
    if (status === 'stopped' && startCooldown <= 0) {
      if (last === undefined) deps.log.event(target.label, 'starting the server');
      const failure = await requestStart(target, deps, until);
      // The same failure again and again is one line, and a heartbeat.
      if (failure !== undefined && (failure.kind !== last?.kind || failure.status !== last.status)) {
        deps.log.event(target.label, `the start request failed and is tried again: ${failure.message}`);
      }
      last = failure;
      // An accepted request is given time to show before it is repeated.
      startCooldown = last === undefined ? POLL_LIMITS.gone : 0;
    }
    if (deps.clock.now() + schedule.fastPoll >= until) throw notStarted(target, status, last);
    heartbeat.set(target.label, last?.message ?? `'${status}'`);
    heartbeat.beat();
    await pause(deps, schedule.fastPoll);
  }
}

/**
 * A server whose state can no longer be read is asked to start all the same, rather than left stopped. One that
 * refuses may still be about to stop, and is asked again for a while.
 */
async function startUnseen(
  target: PowerTarget,
  deps: Deps,
  { schedule, until }: PowerOptions,
  cause: unknown,
): Promise<never> {
  deps.log.event(target.label, 'the server cannot be read; requesting a start all the same');
  let failure = await requestStart(target, deps, until);
  for (let tries = 1; failure !== undefined && tries < POLL_LIMITS.unseenStart; tries += 1) {
    if (deps.clock.now() + schedule.fastPoll >= until) break;
    await pause(deps, schedule.fastPoll);
    failure = await requestStart(target, deps, until);
  }
  const outcome =
    failure === undefined
      ? 'a start was requested, not confirmed'
      : `each request to start it failed, at last with: ${failure.message}`;
  throw new FailedError(
    'Server not started',
    `${target.label}: the server's state cannot be read, so it is unknown whether it is active; ${outcome}. Look at it in the panel of VPS.org, and START IT BY HAND if it is stopped.`,
    { cause },
  );
}

/** Sends a start request; gives the failure that a later try may not meet, throws one that it will. */
async function requestStart(target: PowerTarget, deps: Deps, until: number): Promise<VpsError | undefined> {
  try {
    await deps.api.powerServer(target.id, 'start', until);
    return undefined;
  } catch (error) {
    if (!(error instanceof VpsError)) throw error;
    const lasting =
      error.status === 401 || error.status === 403 || error.status === 404 || error.kind === 'certificate';
    if (lasting || !(isTransient(error) || error.kind === 'http')) throw powerRefused(target, 'start', error);
    return error;
  }
}

function stopUnseen(target: PowerTarget, cause: unknown): FailedError {
  return new FailedError(
    'Server not stopped',
    `${target.label}: a stop was requested, and then the server's state could not be read, so it is unknown whether it stopped. It is started again, and no snapshot was made.`,
    { cause },
  );
}

function powerRefused(target: PowerTarget, action: 'start' | 'stop', cause: unknown): FailedError {
  const unknown = cause instanceof VpsError && cause.status === 404;
  const reason = unknown
    ? 'VPS.org knows no such server or no such call (the power call is not in its documentation)'
    : 'VPS.org did not take the request';
  const next =
    action === 'stop'
      ? "No snapshot was made. Give the token the permission to stop and start servers, or use 'stop_server: false'."
      : 'START IT BY HAND in the panel of VPS.org if it is stopped.';
  return new FailedError(
    action === 'stop' ? 'Server not stopped' : 'Server not started',
    `${target.label}: the server could not be ${action === 'stop' ? 'stopped' : 'started'}: ${reason}. ${next}`,
    { cause },
  );
}

function notStarted(target: PowerTarget, status: string, cause: unknown): FailedError {
  return new FailedError(
    'Server not started',
    `${target.label}: the server is ${status === '' ? 'in an unknown state' : `'${status}'`} and was not seen active in time. START IT BY HAND in the panel of VPS.org if it is stopped.`,
    { cause },
  );
}
