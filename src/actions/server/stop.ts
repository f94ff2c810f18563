import { type PowerRecord } from '../../github/state.ts';
import { BUDGETS, CERTAIN_READS } from '../../snapshots/polling/schedule.ts';
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
import { requestPower } from './power-request.ts';
import { createServerReader, noteServers, readServer } from './reader.ts';
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
  let status = '';
  const reader = noteServers(createServerReader('address', deps), (server) => void ({ status } = server));
  try {
    const rest = await waitForRest(reader, deps, {
      serverIds: [target.id],
      label: target.label,
      newerThan: Number.NEGATIVE_INFINITY,
      patience: 'standing',
      heartbeat: createHeartbeat('waiting for the server', deps),
      // Whatever it means, nothing is stopped in a state that nobody knows.
      unknownWords: 'wait',
    });
    if (rest.kind === 'done') return rest.value.server;
    throw rest.failure ?? notAtRest(target, status);
  } catch (error) {
    if (!(error instanceof VpsError)) throw error;
    throw unreadableBeforeStop(target, error);
  }
}

/**
 * Sends the stop, again where the API refuses it for the moment; what was taken, or may have been, is saved, and what
 * was certainly not done is saved as such before the next one.
 */
async function requestStop(target: PowerTarget, deps: Deps, { save }: StopEvents): Promise<void> {
  const found = 'active' as const;
  const heartbeat = createHeartbeat('waiting until the server can be stopped', deps);
  deps.log.event(target.label, 'stopping the server');
  for (let tries = 1; ; tries += 1) {
    save({ found, stop: 'requested', stopAcceptedAt: deps.clock.wall(), started: false });
    const failure = await requestPower('stop', target, deps);
    if (failure === null) {
      save({ found, stop: 'accepted', stopAcceptedAt: deps.clock.wall(), started: false });
      return;
    }
    if (outcomeOf(failure) === 'unclear') {
      deps.log.event(target.label, `unclear answer to the stop request: ${failure.message}`);
      return;
    }
    save({ found, stop: 'none', stopAcceptedAt: null, started: false });
    if (deps.cancelled.aborted) throw new CancelledError();
    const isLate = deps.clock.now() + deps.schedule.resend >= deps.until;
    if (isLate || !(await mayPass(target, deps, failure))) throw stopRefused(target, failure);
    if (tries === 1) deps.log.event(target.label, `the stop is not taken yet: ${failure.message}`);
    heartbeat.set(target.label, failure.message);
    await pause(deps, deps.schedule.resend, () => heartbeat.beat());
  }
}

/** Whether a refusal may pass by itself. Of a bad request that is so only where the server's state can be the cause. */
async function mayPass(target: PowerTarget, deps: Deps, failure: VpsError): Promise<boolean> {
  if (!isMomentary(failure)) return false;
  return failure.status !== 400 || failure.isHtml || !(await isResting(target, deps));
}

/** Whether the state of the server is no reason for a refusal. */
async function isResting({ id }: PowerTarget, deps: Deps): Promise<boolean> {
  try {
    return isAtRest(await readServer(id, deps)({ until: deps.until, patience: 'at_once' }));
  } catch {
    return true;
  }
}

async function waitUntilStopped(target: PowerTarget, deps: Deps, { save }: StopEvents): Promise<void> {
  const heartbeat = createHeartbeat('waiting until the server is stopped', deps);
  let reads = 0;
  const result = await poll<Server, true>(deps, {
    read: readServer(target.id, deps),
    patience: 'never',
    pause: () => deps.schedule.fastPoll,
    beat: () => heartbeat.beat(),
    decide: ({ status }) => {
      heartbeat.set(target.label, `'${status}'`);
      // One read may be stale, and show an earlier stop.
      reads = status === 'stopped' ? reads + 1 : 0;
      return reads >= CERTAIN_READS ? true : null;
    },
  });
  if (result.kind === 'timeout') throw stopNotSeen(target, result.failure);
  save({ found: 'active', stop: 'confirmed', stopAcceptedAt: deps.clock.wall(), started: false });
  deps.log.event(target.label, 'the server is stopped');
}
