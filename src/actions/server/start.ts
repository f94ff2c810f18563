import {
  createStarting,
  isUp,
  type KnownStop,
  mayStillStop,
  noteStart,
  observeStart,
  type Starting,
  wantsStart,
} from '../../snapshots/polling/starting.ts';
import { isDenied, type VpsError } from '../../vps/errors.ts';
import { type Limits } from '../../vps/api.ts';
import { type Server } from '../../vps/model.ts';
import { type Deps } from '../common/deps.ts';
import { createHeartbeat } from '../common/heartbeat.ts';
import { poll } from '../common/poll.ts';
import { NOT_STARTED_YET, notStarted, type PowerTarget } from './power-errors.ts';
import { requestPower } from './power-request.ts';
import { readServer } from './reader.ts';

/** A start is sent even while the server cannot be read: no single request may hold the next one up for longer. */
const READ_MS = 15_000;

/**
 * Starts a server, and waits until it is up and will stay so (`docs/how-it-works/power.md`, "Starting"). A refusal
 * is tried again within the budget, whatever it is. Throws a FailedError with what is so and what to do.
 */
export async function startServer(
  target: PowerTarget,
  deps: Deps,
  stop: KnownStop,
  read: (limits: Limits) => Promise<Server> = readServer(target.id, deps),
): Promise<void> {
  const { clock, schedule, log } = deps;
  const heartbeat = createHeartbeat('waiting until the server is up', deps);
  let state = createStarting(stop);
  let status: string | null = null;
  const last: { refusal: VpsError | null; isWarned: boolean } = { refusal: null, isWarned: false };
  const reported = new Set<string>();

  /** The same failures again and again, in whatever order, are one line each, and a heartbeat. */
  function report(failure: VpsError): void {
    const what = `${failure.kind} ${failure.status ?? ''}`;
    if (state.word !== 'active' && !reported.has(what)) {
      reported.add(what);
      log.event(target.label, `the start request failed, trying again: ${failure.message}`);
    }
    if (!isDenied(failure) || !isDenied(last.refusal) || last.isWarned) return;
    // It may be a stray answer and is tried again; but whoever can start the server should know now.
    last.isWarned = true;
    log.warning(
      NOT_STARTED_YET,
      `${target.label}: VPS.org refuses the start, and it is tried again. START IT BY HAND in the panel of VPS.org if it is stopped. ${failure.message}`,
      { topic: 'not_started_yet' },
    );
  }

  async function act(next: Starting): Promise<true | null> {
    state = next;
    if (isUp(state, clock.now(), schedule)) {
      log.event(target.label, 'the server is active');
      return true;
    }
    if (!wantsStart(state, clock.now(), schedule)) return null;
    if (state.lastStart === null) log.event(target.label, 'starting the server');
    const failure = await requestPower('start', target, { ...deps, until: clock.now() + READ_MS });
    if (failure !== null) report(failure);
    last.refusal = failure;
    const isUpAlready = state.word === 'active' && (failure?.status === 400 || failure?.status === 409);
    state = noteStart(state, failure === null || isUpAlready, clock.now());
    return null;
  }

  const result = await poll<Server, true>(deps, {
    read,
    patience: 'never',
    readTime: READ_MS,
    pause: () => schedule.fastPoll,
    beat: () => heartbeat.beat(),
    decide: async (server, now) => {
      status = server.status;
      heartbeat.set(target.label, `'${status}'`);
      return await act(observeStart(state, status, now));
    },
    onMiss: async (failure) => {
      status = null;
      heartbeat.set(target.label, failure.message);
      return await act({ ...state, word: null });
    },
  });
  if (result.kind === 'done') return;
  throw notStarted(target, {
    status,
    isAccepted: state.isStartAccepted,
    mayStillStop: mayStillStop(state, clock.now(), schedule),
    cause: last.refusal ?? result.failure,
  });
}
