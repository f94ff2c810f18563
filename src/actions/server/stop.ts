import { type PowerRecord } from '../../github/state.ts';
import { BUDGETS } from '../../snapshots/schedule.ts';
import { isMomentary, outcomeOf, VpsError } from '../../vps/errors.ts';
import { type Server } from '../../vps/model.ts';
import { type Deps, within } from '../common/deps.ts';
import { CancelledError } from '../common/errors.ts';
import { createHeartbeat } from '../common/heartbeat.ts';
import { pause, poll } from '../common/poll.ts';
import {
  notAtRest,
  type PowerTarget,
  stopNotSeen,
  stopRefused,
  unreadableBeforeStop,
} from './power-errors.ts';
import { createServerReader } from './reader.ts';
import { isAtRest, waitForRest } from './rest.ts';

/** Main stopped this server, or tried to, and has not seen it up again. */
export function isStoppedByUs(power: PowerRecord | null): power is PowerRecord {
  return power !== null && power.found === 'active' && power.stop !== 'none' && !power.started;
}

export interface StopEvents {
  /** What the server says first. */
  readonly read: (server: Server) => void;
  /** Called before each step that changes something. */
  readonly save: (power: PowerRecord) => void;
}

/**
 * Stops a running server and waits until it is `stopped`; leaves a stopped one alone. Throws a FailedError where
 * the server is in no state to be stopped, the API refuses, or it does not stop in time; then the caller starts it again.
 */
export async function stopServer(target: PowerTarget, deps: Deps, on: StopEvents): Promise<void> {
  const server = await readAtRest(target, within(deps, BUDGETS.stop));
  on.read(server);
  if (server.status === 'stopped') {
    on.save({ found: 'stopped', stop: 'none', stopAcceptedAt: null, started: false });
    deps.log.event(target.label, 'the server is already stopped and stays stopped');
    return;
  }
  if (server.status !== 'active') throw notAtRest(target, server.status);
  const budget = within(deps, BUDGETS.stop);
  await requestStop(target, budget, on);
  await waitUntilStopped(target, budget, on);
}

async function readAtRest(target: PowerTarget, deps: Deps): Promise<Server> {
  const heartbeat = createHeartbeat('waiting for the server', deps);
  const options = {
    serverIds: [target.id],
    label: target.label,
    newerThan: Number.NEGATIVE_INFINITY,
    patience: 'standing',
    heartbeat,
  } as const;
  try {
    const rest = await waitForRest(createServerReader(1, deps), deps, options);
    if (rest.kind === 'done') return rest.value.server;
    throw rest.failure ?? notAtRest(target, 'in no state of rest');
  } catch (error) {
    if (!(error instanceof VpsError)) throw error;
    throw unreadableBeforeStop(target, error);
  }
}

/** Sends the stop, again where the API refuses it for the moment; what was taken, or may have been, is saved. */
async function requestStop(target: PowerTarget, deps: Deps, { save }: StopEvents): Promise<void> {
  const found = 'active' as const;
  const stopAcceptedAt = deps.clock.wall();
  save({ found, stop: 'requested', stopAcceptedAt, started: false });
  deps.log.event(target.label, 'stopping the server');
  for (;;) {
    try {
      await deps.api.powerServer(target.id, 'stop', deps);
      save({ found, stop: 'accepted', stopAcceptedAt: deps.clock.wall(), started: false });
      return;
    } catch (error) {
      if (!(error instanceof VpsError)) throw error;
      if (outcomeOf(error) === 'unclear') {
        deps.log.event(target.label, `unclear answer to the stop request: ${error.message}`);
        return;
      }
      const isOfMoment = isMomentary(error) && !(await isResting(target, deps));
      if (!isOfMoment || deps.clock.now() + deps.schedule.resend >= deps.until) {
        save({ found, stop: 'none', stopAcceptedAt: null, started: false });
        if (deps.cancelled.aborted) throw new CancelledError();
        throw stopRefused(target, error);
      }
      await pause(deps, deps.schedule.resend);
    }
  }
}

/** Whether the state of the server is no reason for a refusal. */
async function isResting({ id }: PowerTarget, deps: Deps): Promise<boolean> {
  try {
    return isAtRest(await deps.api.getServer(id, { until: deps.until, patience: 'at_once' }));
  } catch {
    return true;
  }
}

async function waitUntilStopped(target: PowerTarget, deps: Deps, { save }: StopEvents): Promise<void> {
  const heartbeat = createHeartbeat('waiting until the server is stopped', deps);
  const result = await poll<Server, true>(deps, {
    read: (limits) => deps.api.getServer(target.id, limits),
    patience: 'never',
    pause: () => deps.schedule.fastPoll,
    beat: () => heartbeat.beat(),
    decide: ({ status }) => {
      heartbeat.set(target.label, `'${status}'`);
      return status === 'stopped' ? true : null;
    },
  });
  if (result.kind === 'timeout') throw stopNotSeen(target, result.failure);
  save({ found: 'active', stop: 'confirmed', stopAcceptedAt: deps.clock.wall(), started: false });
  deps.log.event(target.label, 'the server is stopped');
}
