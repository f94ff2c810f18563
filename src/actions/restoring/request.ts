import {
  isUnchanged,
  mayRequestAgain,
  observeUnclear,
  type Restoration,
  startRestoration,
  type UnclearRestore,
} from '../../snapshots/polling/restoration.ts';
import { hasStood, stand, type Standing } from '../../snapshots/polling/schedule.ts';
import { idsOf, isOfServer, printServer } from '../../snapshots/server.ts';
import { isMomentary, outcomeOf, type VpsError } from '../../vps/errors.ts';
import { type RestoreAnswer, type Server } from '../../vps/model.ts';
import { type Deps } from '../common/deps.ts';
import { pause, poll } from '../common/poll.ts';
import { type SharedValue } from '../common/shared-read.ts';
import { followServer } from '../server/reader.ts';
import { checkRestore, type CheckOptions, reportCheck } from './check.ts';
import { type Blocked, isResting, makeReady, type Ready, type ReadyOptions } from './readiness.ts';
import {
  idsOfTarget,
  refuseRestore,
  type RequestedRestore,
  type RestoreTarget,
  UNCONFIRMED,
} from './restore.ts';
import { sendRestore, type Sent } from './send.ts';

export interface RequestOptions extends ReadyOptions {
  /** Called as soon as the API may have taken the request, before anybody knows. */
  readonly onRequested: (restore: RequestedRestore) => Promise<void>;
}

/**
 * Requests a restore (`docs/how-it-works/restoring.md`, "Requesting a restore"): of a server at rest, checked again
 * before each request, again while the API refuses it for the moment, and a second time after an unclear answer only
 * where nothing at all happened.
 */
export async function requestRestore(
  checked: Ready,
  deps: Deps,
  options: RequestOptions,
): Promise<Blocked | RequestedRestore> {
  const { label, snapshotId } = checked.target;
  let ready = checked;
  let badRequest: Standing | null = null;
  let refusal: VpsError | null = null;
  for (;;) {
    const again = await makeReady(ready, deps, options);
    if (again.stage !== 'ready') return withRefusal(again, refusal);
    if (again.serverStatus !== ready.serverStatus) badRequest = null;
    ready = again;
    const requestedAt = deps.clock.now();
    if (refusal === null) deps.log.event(label, `requesting the restore of snapshot ${snapshotId}`);
    const sent = await sendRestore(ready, deps);
    if (sent.kind === 'accepted') return await accept(ready, sent.answer, requestedAt, deps, options);
    if (sent.kind === 'unclear') return await resolveUnclear(ready, requestedAt, sent, deps, options);
    if (isTooOld(sent.error, deps)) {
      options.heartbeat.set(label, 'waiting until the API takes requests again');
      await pause(deps, deps.schedule.fastPoll, () => options.heartbeat.beat());
      continue;
    }
    const isNew = refusal === null || refusal.message !== sent.error.message;
    refusal = sent.error;
    badRequest = refusal.status === 400 && isResting(ready) ? stand(badRequest, deps.clock.now()) : null;
    const isMeant = hasStood(badRequest, deps.schedule.span('badRequest'));
    const isLate = deps.clock.now() + deps.schedule.resend >= deps.until;
    if (refusal.status === 404 && (await isGone(ready, refusal, deps, options)))
      return refuseRestore(ready, 'the snapshot is gone: VPS.org knows it no more, and no list shows it', {
        byHand: 'find',
        wasSent: true,
      });
    if (isMeant || isLate || !(isMomentary(refusal) || refusal.status === 404))
      return refuseRestore(ready, describeRefusal(refusal), { wasSent: true });
    // The same refusal again and again is one line, and a heartbeat.
    if (isNew)
      deps.log.event(label, `the restore is not taken yet; it is requested again: ${refusal.message}`);
    options.heartbeat.set(label, 'the restore is not taken yet');
    await pause(deps, deps.schedule.resend, () => options.heartbeat.beat());
  }
}

/** Whether a request was not sent only because its turn would have come when its checks were too old. */
function isTooOld({ kind }: VpsError, { clock, schedule, until }: Deps): boolean {
  return kind === 'deadline' && clock.now() + schedule.fastPoll < until;
}

/** The API took the request: whether it is about what was asked for is for its answer to say. */
async function accept(
  ready: Ready,
  answer: RestoreAnswer,
  requestedAt: number,
  deps: Deps,
  options: RequestOptions,
  isSentTwice = false,
): Promise<RequestedRestore> {
  const { target, before } = ready;
  const restoration = startRestoration({
    before,
    request: 'accepted',
    isAnnounced: answer.serverStatus === 'restoring',
    isSentTwice,
    requestedAt,
  });
  const requested = toRequested(ready, restoration, findMismatch(target, before, answer));
  deps.log.event(target.label, 'VPS.org accepted the request', UNCONFIRMED);
  await options.onRequested(requested);
  return requested;
}

/** What the API says it restores, where that is another snapshot or another server. */
function findMismatch(target: RestoreTarget, before: Server | null, answer: RestoreAnswer): string | null {
  const ids = [...idsOfTarget(target), ...(before === null ? [] : idsOf(before))];
  const isOtherServer = idsOf(answer.server).length > 0 && !isOfServer(answer.server, ids);
  const isOtherSnapshot = answer.snapshotId !== null && answer.snapshotId !== target.snapshotId;
  if (!isOtherServer && !isOtherSnapshot) return null;
  return `VPS.org says it restores snapshot ${answer.snapshotId ?? 'unknown'} of server ${printServer(answer.server)}, which is not what was requested`;
}

/** After an unclear answer: whether the request was taken, something happened, or it may be sent once more. */
async function resolveUnclear(
  ready: Ready,
  requestedAt: number,
  { reason, retryAfter }: Extract<Sent, { readonly kind: 'unclear' }>,
  deps: Deps,
  options: RequestOptions,
): Promise<RequestedRestore> {
  const { target, before } = ready;
  const { log, clock, schedule } = deps;
  const allowedAt = clock.now() + retryAfter;
  const requested = toRequested(ready, startRestoration({ before, request: 'unclear', requestedAt }), null);
  log.event(target.label, reason, UNCONFIRMED);
  options.heartbeat.set(target.label, 'restore requested, not confirmed');
  await options.onRequested(requested);
  for (;;) {
    const state = await watchUnclear(ready, allowedAt, deps, options);
    if (state.kind === 'taken') {
      const restoration = startRestoration({ before, request: 'unclear', requestedAt, sawRestoring: true });
      return { ...requested, restoration };
    }
    if (clock.now() < allowedAt || !mayRequestAgain(state, schedule)) return requested;
    const again = await checkRestore(target, deps, { ...options, isRestoredByJob: () => false });
    // Whatever is newer now, marked or not, may be what the first request led somebody to do.
    const isAsBefore =
      again.stage === 'ready' &&
      again.warnings.length <= ready.warnings.length &&
      // The checks may have taken their time, too.
      again.before !== null &&
      before !== null &&
      isUnchanged(before, again.before);
    if (!isAsBefore) {
      if (again.stage !== 'foreign') reportCheck(again, deps);
      const against = again.stage === 'refused' ? [again.reason] : again.warnings;
      return against.length === 0 ? requested : { ...requested, notAgain: against.join('; ') };
    }
    log.event(
      target.label,
      'the server shows no change: sending the request once more, so that two restores may be under way',
    );
    const sentAt = clock.now();
    const sent = await sendRestore(again, deps);
    if (sent.kind === 'accepted') return await accept(again, sent.answer, sentAt, deps, options, true);
    if (sent.kind === 'unclear') {
      log.event(target.label, sent.reason, 'restore requested twice, not confirmed: ');
      const twice = { before: again.before, request: 'unclear', isSentTwice: true, requestedAt } as const;
      return { ...requested, restoration: startRestoration(twice) };
    }
    log.event(
      target.label,
      `the second request was not accepted, so only the first one may be under way: ${sent.error.message}`,
    );
    if (!isTooOld(sent.error, deps)) return requested;
  }
}

/** Reads the server for as long as a second request depends on it, which the API may not want before a time. */
async function watchUnclear(
  { target, before }: Ready,
  allowedAt: number,
  deps: Deps,
  options: RequestOptions,
): Promise<UnclearRestore> {
  if (before === null) return { kind: 'changed' };
  let state: UnclearRestore = { kind: 'unchanged', standing: null };
  const { servers } = options.readers;
  const ids = idsOfTarget(target);
  // A read that left before the answer may show the server as it was before the request.
  const answeredAt = deps.clock.now();
  const read = followServer(servers, ids, answeredAt);
  // What a list for other servers shows of this one between its own reads counts, too.
  const stop = servers.listen(ids, ({ value, readAt }) => {
    if (readAt <= answeredAt) return;
    const next = observeUnclear(state, before, value, deps.clock.now(), deps.schedule, readAt);
    if (next.kind !== 'unchanged') state = next;
  });
  const end = Math.max(allowedAt, deps.clock.now()) + deps.schedule.span('unclearRestore') * 2;
  await poll<SharedValue<Server>, true>(
    { ...deps, until: Math.min(deps.until, end) },
    {
      read,
      patience: 'never',
      // The watch that follows has the last read.
      overtime: 0,
      pause: () => deps.schedule.fastPoll,
      beat: () => options.heartbeat.beat(),
      // The minute runs from the first answer to a read that began after it, which may be another server's.
      decide: ({ value, readAt }, now) => {
        state = observeUnclear(state, before, value, now, deps.schedule, readAt);
        const mayEnd = readAt >= allowedAt && mayRequestAgain(state, deps.schedule);
        return state.kind !== 'unchanged' || mayEnd ? true : null;
      },
    },
  ).finally(stop);
  return state;
}

/** A 404 is believed once a complete list does not show the snapshot. */
async function isGone(
  ready: Ready,
  refusal: VpsError,
  deps: Deps,
  options: RequestOptions,
): Promise<boolean> {
  if (refusal.isHtml) return false;
  const checked = await checkRestore(ready.target, deps, {
    ...options,
    readers: { ...options.readers, lists: () => freshList(ready.target, deps) },
  });
  return checked.stage === 'refused' && checked.byHand === 'find';
}

function freshList(target: RestoreTarget, deps: Deps): ReturnType<CheckOptions['readers']['lists']> {
  return async (_newerThan, limits) => {
    const readAt = deps.clock.now();
    return { value: await deps.api.listSnapshots({ serverId: target.serverId }, limits), readAt };
  };
}

function toRequested(ready: Ready, restoration: Restoration, mismatch: string | null): RequestedRestore {
  const { target, snapshot, serverStatus, now } = ready;
  return { stage: 'requested', target, snapshot, serverStatus, requestedAt: now, restoration, mismatch };
}

/** What stands against it now, and what the API said to the requests before. */
function withRefusal(checked: Blocked, refusal: VpsError | null): Blocked {
  if (checked.stage !== 'refused' || refusal === null) return checked;
  return { ...checked, wasSent: true, reason: `${checked.reason}; before that ${describeRefusal(refusal)}` };
}

function describeRefusal(error: VpsError): string {
  if (outcomeOf(error) === 'refused') return `VPS.org refused the request: ${error.message}`;
  const what = error.kind === 'http' ? 'was not carried out' : 'could not be sent';
  return `the request ${what}: ${error.message}`;
}
