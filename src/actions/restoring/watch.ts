import {
  hearOfServer,
  observeServer,
  type Restoration,
  type RestorePhase,
} from '../../snapshots/polling/restoration.ts';
import { isSameWord } from '../../snapshots/status.ts';
import { type Server } from '../../vps/model.ts';
import { type Deps } from '../common/deps.ts';
import { FailedError } from '../common/errors.ts';
import { type Heartbeat } from '../common/heartbeat.ts';
import { poll } from '../common/poll.ts';
import { type SharedValue } from '../common/shared-read.ts';
import { describeError } from '../../github/log.ts';
import { followServer, type ServerReader, type SharedServerReader } from '../server/reader.ts';
import { startServer } from '../server/start.ts';
import { type FinishedRestore, idsOfTarget, type RequestedRestore, UNCONFIRMED } from './restore.ts';

export interface WatchOptions {
  readonly servers: SharedServerReader;
  readonly heartbeat: Heartbeat;
  /** What limits the time, for people: `restore_timeout (30m)`. */
  readonly limit: string;
}

/** How the watch ended: in a phase that ends a restore, or with the budget. */
interface Watched {
  readonly phase: RestorePhase;
  readonly restoration: Restoration;
  /** The server's word, `null` where it could not be read in the end. */
  readonly status: string | null;
  readonly lastStatus: string | null;
  /** Why the last read had no answer, empty where it had one. */
  readonly outage: string;
}

/**
 * Watches a requested restore until it is seen to have started and ended, and starts the server if it ended stopped
 * (`docs/how-it-works/restoring.md`, "Confirming a restore"). Throws nothing that the API does: what was not seen is
 * said.
 */
export async function watchRestore(
  requested: RequestedRestore,
  deps: Deps,
  options: WatchOptions,
): Promise<FinishedRestore> {
  const { target, mismatch } = requested;
  const isForeign = requested.restoration.request === 'foreign';
  const known = { target, snapshot: requested.snapshot, requestedAt: requested.requestedAt, isForeign };
  const { isSentTwice } = requested.restoration;
  const wasUp = requested.restoration.before?.status === 'active';
  const watched = await watchUntilEnd(requested, deps, options);
  const { status, phase } = watched;
  const restored = { ...known, serverStatus: status, wasUp, isSentTwice };
  const ended =
    phase === 'stopped' && target.startIfStopped
      ? await startAfterwards(restored, deps, options.servers)
      : null;
  if (mismatch !== null) {
    const serverStatus = ended === null ? status : ended.serverStatus;
    return { ...known, stage: 'unconfirmed', serverStatus, reason: mismatch, isMismatch: true };
  }
  if (ended !== null) return ended;
  if (phase === 'active' || phase === 'stopped')
    return { ...restored, stage: 'restored', isStarted: false, health: null };
  const notAgain =
    requested.notAgain === undefined ? '' : `; no second one was requested: ${requested.notAgain}`;
  const reason = `${describeUnconfirmed(watched, isForeign, options.limit)}${notAgain}`;
  if (watched.lastStatus === 'stopped' && target.startIfStopped)
    return { ...known, stage: 'down', serverStatus: status, reason, hasEnded: false };
  return { ...known, stage: 'unconfirmed', serverStatus: status, reason, isMismatch: false };
}

async function startAfterwards(
  known: Omit<Extract<FinishedRestore, { readonly stage: 'restored' }>, 'stage' | 'isStarted' | 'health'>,
  deps: Deps,
  servers: ServerReader,
): Promise<FinishedRestore> {
  const { target } = known;
  try {
    const stop = { wasSeen: true, acceptedAt: deps.clock.now(), isOfRestore: true };
    // As the watch reads it: the API may have no call for one server. Servers that ended together are read by one list.
    const read = followServer(servers, idsOfTarget(target), deps.clock.now() - 1);
    await startServer(
      { id: target.serverId, label: target.label },
      deps,
      stop,
      async (limits) => (await read(limits)).value,
    );
    return { ...known, stage: 'restored', serverStatus: 'active', isStarted: true, health: null };
  } catch (error) {
    if (!(error instanceof FailedError)) throw error;
    const whose = known.isForeign ? 'another restore was running, which' : 'the restore';
    const reason = `${whose} ended with the server stopped, and it was not seen up again (${describeError(error.cause ?? error)})`;
    return { ...known, stage: 'down', serverStatus: 'stopped', reason, hasEnded: true };
  }
}

async function watchUntilEnd(
  { target, restoration, serverStatus }: RequestedRestore,
  deps: Deps,
  { servers, heartbeat }: WatchOptions,
): Promise<Watched> {
  const { clock, log, schedule } = deps;
  const startedAt = clock.now();
  const ids = idsOfTarget(target);
  const read = followServer(servers, ids, restoration.requestedAt);
  let state = restoration;
  let phase: RestorePhase = 'requested';
  let status = serverStatus;
  let reported: string | null = null;
  const stop = servers.listen(ids, ({ value }) => {
    state = hearOfServer(state, value);
  });
  const result = await poll<SharedValue<Server>, true>(deps, {
    read,
    patience: 'never',
    pause: () =>
      status === 'restoring' ? schedule.work('restore', clock.now() - startedAt) : schedule.fastPoll,
    beat: () => heartbeat.beat(),
    decide: ({ value: server, readAt }, now) => {
      if (reported === null || !isSameWord(server.status, reported))
        log.event(target.label, `server is '${server.status || 'without a status'}'`);
      reported = server.status;
      status = server.status;
      const before = phase;
      // Another server's watch may have read it a while ago, and a read that was limited took its time.
      ({ state, phase } = observeServer(state, server, now, schedule, readAt));
      if (phase === 'unseen' && before !== 'unseen')
        log.event(target.label, 'nothing shows that it has started; still watching', UNCONFIRMED);
      heartbeat.set(target.label, `'${status}'`);
      return phase === 'active' || phase === 'stopped' || phase === 'broken' ? true : null;
    },
  }).finally(stop);
  const failure = result.kind === 'timeout' ? result.failure : null;
  // What was read before an outage that lasted to the end is not the state of the server now.
  return {
    phase,
    restoration: state,
    status: failure === null ? status : null,
    lastStatus: status,
    outage: failure?.message ?? '',
  };
}

/** Why a restore that was watched to the end of the budget, or to a broken server, is not confirmed. */
function describeUnconfirmed(
  { phase, restoration, status, lastStatus, outage }: Watched,
  isForeign: boolean,
  limit: string,
): string {
  const last = lastStatus === null ? '' : `, last seen '${lastStatus}'`;
  const server = status === null ? `the server cannot be read${last}` : `the server is '${status}'`;
  const failed = outage === '' ? '' : `; last attempt to read it failed: ${outage}`;
  const twice = restoration.isSentTwice ? '; two restores may be under way' : '';
  const foreign = isForeign ? 'another restore is running, and its end was not confirmed: ' : '';
  if (phase === 'broken') return `${foreign}${server}${twice}`;
  const over = `${limit}, ${server}`;
  const unknown = !restoration.hasStarted
    ? 'nothing shows that the restore has started; '
    : lastStatus === 'stopped'
      ? 'nothing shows whether the restore has ended, so the server was not started; '
      : '';
  return `${foreign}${unknown}${over}${twice}${failed}`;
}
