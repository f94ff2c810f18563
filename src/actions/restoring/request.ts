import {
  mayRequestAgain,
  observeUnclear,
  type Restoration,
  startRestoration,
  type UnclearRestore,
} from '../../snapshots/restoration.ts';
import { hasStood, stand, type Standing } from '../../snapshots/schedule.ts';
import { idsOf, isOfServer } from '../../snapshots/server.ts';
import { isMomentary, outcomeOf, VpsError } from '../../vps/errors.ts';
import { type RestoreAnswer, type Server } from '../../vps/model.ts';
import { type Deps } from '../common/deps.ts';
import { type Heartbeat } from '../common/heartbeat.ts';
import { pause, poll } from '../common/poll.ts';
import { type SharedValue } from '../common/shared-read.ts';
import { isAtRest, waitForRest } from '../server/rest.ts';
import { checkRestore, type CheckOptions, reportCheck } from './check.ts';
import { type CheckedRestore, type RequestedRestore, type RestoreTarget } from './restore.ts';

export interface RequestOptions extends CheckOptions {
  readonly heartbeat: Heartbeat;
  /** Called as soon as the API may have taken the request, before anybody knows. */
  readonly onRequested: (restore: RequestedRestore) => Promise<void>;
}

type Ready = Extract<CheckedRestore, { readonly stage: 'ready' }>;

/** What became of one request: taken, perhaps taken, or certainly not. */
type Sent =
  | { readonly kind: 'accepted'; readonly answer: RestoreAnswer }
  | { readonly kind: 'unclear'; readonly reason: string; readonly retryAfter?: number | undefined }
  | { readonly kind: 'refused'; readonly error: VpsError };

/**
 * Requests a restore (`docs/how-it-works.md`, "Requesting a restore"): of a server at rest, checked again before each
 * request, again while the API refuses it for the moment, and a second time after an unclear answer only where
 * nothing at all happened.
 */
export async function requestRestore(
  checked: Ready,
  deps: Deps,
  options: RequestOptions,
): Promise<Exclude<CheckedRestore, Ready> | RequestedRestore> {
  let ready = checked;
  let badRequest: Standing | null = null;
  let refusal: VpsError | null = null;
  for (;;) {
    const again = await prepare(ready, deps, options);
    if (again.stage !== 'ready') return withRefusal(again, refusal);
    if (again.serverStatus !== ready.serverStatus) badRequest = null;
    ready = again;
    const requestedAt = deps.clock.now();
    const sent = await send(ready, deps, refusal === null);
    if (sent.kind === 'accepted') return await accept(ready, sent.answer, requestedAt, deps, options);
    if (sent.kind === 'unclear') return await resolveUnclear(ready, requestedAt, sent, deps, options);
    const isNew = refusal?.message !== sent.error.message;
    refusal = sent.error;
    badRequest = refusal.status === 400 && isResting(ready) ? stand(badRequest, deps.clock.now()) : null;
    const isMeant = hasStood(badRequest, deps.schedule.span('badRequest'), deps.clock.now());
    // The wait that the API asks for comes before the checks, which would be old after it.
    const wait = Math.max(deps.schedule.resend, refusal.retryAfter ?? 0);
    const isLate = deps.clock.now() + wait >= deps.until;
    if (isMeant || isLate || !(await mayPass(ready, refusal, deps, options)))
      return refuse(ready, describeRefusal(refusal));
    if (isNew) deps.log.event(ready.target.label, `the restore is not taken yet: ${refusal.message}`);
    options.heartbeat.set(ready.target.label, 'the restore is not taken yet');
    await pause(deps, wait, () => options.heartbeat.beat());
  }
}

/** The server at rest, and checks that are fresh; else what stands against the request now. */
async function prepare(ready: Ready, deps: Deps, options: RequestOptions): Promise<CheckedRestore> {
  const { clock, schedule } = deps;
  const isFresh = clock.now() - ready.readAt <= schedule.span('freshness');
  let checked: CheckedRestore = isFresh ? ready : await checkRestore(ready.target, deps, options);
  while (checked.stage === 'ready' && !isResting(checked)) {
    const rest = await waitForRest(options.readers.servers, deps, {
      serverIds: [ready.target.serverId, ...ready.target.serverIds],
      label: ready.target.label,
      orStatus: 'restoring',
      newerThan: checked.readAt,
      patience: 'standing',
      heartbeat: options.heartbeat,
    });
    if (rest.kind === 'timeout')
      return refuse(
        checked,
        `the server did not come to rest; it is '${checked.before?.status ?? 'unknown'}'`,
      );
    checked = await checkRestore(ready.target, deps, options);
    if (!rest.value.isKnown) break;
  }
  return checked;
}

/** Sends one request. Which answer proves what is said in `docs/how-it-works.md`, "Lost answers". */
async function send({ target, before, snapshot }: Ready, deps: Deps, isFirst: boolean): Promise<Sent> {
  const { log, api, restoreRecords } = deps;
  // A later step may know the server by another of its ids.
  const known = [before, snapshot?.server].flatMap((server) => (server ? idsOf(server) : []));
  const ids = [...new Set([target.serverId, ...target.serverIds, ...known])];
  const isRecorded = restoreRecords.has(ids);
  try {
    restoreRecords.save(ids);
  } catch (error) {
    log.warning(
      'Restore not recorded',
      `${target.label}: that this job restores the server could not be written down for its later steps: ${String(error)}`,
    );
  }
  if (isFirst) log.event(target.label, `requesting the restore of snapshot ${target.snapshotId}`);
  try {
    const answer = await api.restoreSnapshot(target.snapshotId, deps);
    if (answer.status === 'success') return { kind: 'accepted', answer };
    return { kind: 'unclear', reason: `the API answered with the status '${answer.status || 'none'}'` };
  } catch (error) {
    if (!(error instanceof VpsError)) throw error;
    if (outcomeOf(error) === 'unclear')
      return { kind: 'unclear', reason: error.message, retryAfter: error.retryAfter };
    if (!isRecorded) restoreRecords.withdraw(ids);
    return { kind: 'refused', error };
  }
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
  deps.log.event(target.label, 'restore requested, not confirmed yet');
  await options.onRequested(requested);
  return requested;
}

/** What the API says it restores, where that is another snapshot or another server. */
function findMismatch(target: RestoreTarget, before: Server | null, answer: RestoreAnswer): string | null {
  const ids = [target.serverId, ...target.serverIds, ...(before === null ? [] : idsOf(before))];
  const isOtherServer = idsOf(answer.server).length > 0 && !isOfServer(answer.server, ids);
  const isOtherSnapshot = answer.snapshotId !== null && answer.snapshotId !== target.snapshotId;
  if (!isOtherServer && !isOtherSnapshot) return null;
  return `VPS.org says it restores snapshot ${answer.snapshotId ?? 'unknown'} of server ${answer.server.id ?? answer.server.uuid ?? 'unknown'}, which is not what was requested`;
}

/** After an unclear answer: whether the request was taken, something happened, or it may be sent once more. */
async function resolveUnclear(
  ready: Ready,
  requestedAt: number,
  { reason, retryAfter = 0 }: Extract<Sent, { kind: 'unclear' }>,
  deps: Deps,
  options: RequestOptions,
): Promise<RequestedRestore> {
  const { target, before } = ready;
  const requested = toRequested(ready, startRestoration({ before, request: 'unclear', requestedAt }), null);
  deps.log.event(target.label, `restore requested, not confirmed: ${reason}`);
  await options.onRequested(requested);
  const state = await watchUnclear(ready, retryAfter, deps, options);
  if (state.kind === 'taken') {
    const restoration = startRestoration({ before, request: 'unclear', requestedAt, sawRestoring: true });
    return { ...requested, restoration };
  }
  const isEarly = deps.clock.now() < requestedAt + retryAfter;
  if (isEarly || !mayRequestAgain(state, deps.clock.now(), deps.schedule)) return requested;
  const again = await checkRestore(target, deps, { ...options, isRestoredByJob: () => false });
  if (again.stage !== 'ready') {
    if (again.stage === 'refused') reportCheck(again, deps);
    return requested;
  }
  deps.log.event(target.label, 'the server shows no change: sending the request once more');
  const sentAt = deps.clock.now();
  const sent = await send(again, deps, true);
  if (sent.kind === 'accepted') return await accept(again, sent.answer, sentAt, deps, options, true);
  const why = sent.kind === 'unclear' ? sent.reason : sent.error.message;
  deps.log.event(target.label, `two restores may be under way; the second request: ${why}`);
  const restoration = startRestoration({
    before: again.before,
    request: 'unclear',
    isSentTwice: true,
    requestedAt,
  });
  return { ...requested, restoration };
}

/** Reads the server for as long as a second request depends on it. */
async function watchUnclear(
  { target, before }: Ready,
  retryAfter: number,
  deps: Deps,
  options: RequestOptions,
): Promise<UnclearRestore> {
  if (before === null) return { kind: 'changed' };
  let state: UnclearRestore = { kind: 'unchanged', standing: null };
  // A read that left before the answer may show the server as it was before the request.
  let newerThan = deps.clock.now();
  // As long as the API asks to wait nothing could be sent anyway.
  const earliest = deps.clock.now() + retryAfter;
  const end = Math.max(
    deps.clock.now() + deps.schedule.span('unclearRestore') * 2,
    earliest + deps.schedule.resend,
  );
  await poll<SharedValue<Server>, true>(
    { ...deps, until: Math.min(deps.until, end) },
    {
      read: async (limits) =>
        await options.readers.servers.read([target.serverId, ...target.serverIds], newerThan, limits),
      patience: 'never',
      pause: () => deps.schedule.fastPoll,
      beat: () => options.heartbeat.beat(),
      // What another server's read has shown is as old as that read.
      decide: ({ value, readAt }) => {
        newerThan = readAt;
        state = observeUnclear(state, before, value, readAt);
        const mayEnd = readAt >= earliest && mayRequestAgain(state, readAt, deps.schedule);
        return state.kind !== 'unchanged' || mayEnd ? true : null;
      },
    },
  );
  return state;
}

/** Whether a refusal may pass by itself. A 404 is believed once a complete list does not show the snapshot. */
async function mayPass(
  ready: Ready,
  refusal: VpsError,
  deps: Deps,
  options: RequestOptions,
): Promise<boolean> {
  if (refusal.status !== 404 || refusal.isHtml) return isMomentary(refusal);
  const checked = await checkRestore(ready.target, deps, {
    ...options,
    readers: { ...options.readers, lists: () => freshList(ready.target, deps) },
  });
  return !(checked.stage === 'refused' && checked.isAbsent);
}

function freshList(target: RestoreTarget, deps: Deps): ReturnType<CheckOptions['readers']['lists']> {
  return async (_newerThan, limits) => {
    const readAt = deps.clock.now();
    return { value: await deps.api.listSnapshots({ serverId: target.serverId }, limits), readAt };
  };
}

function isResting({ before }: Ready): boolean {
  return before === null || isAtRest(before);
}

function toRequested(ready: Ready, restoration: Restoration, mismatch: string | null): RequestedRestore {
  const { target, snapshot, serverStatus } = ready;
  return { stage: 'requested', target, snapshot, serverStatus, restoration, mismatch };
}

function refuse(ready: Ready, reason: string): CheckedRestore & { readonly stage: 'refused' } {
  const { target, snapshot, serverStatus } = ready;
  return {
    stage: 'refused',
    target,
    snapshot,
    serverStatus,
    reason,
    isOfServerAlone: true,
    isAbsent: false,
  };
}

/** What stands against it now, and what the API said to the requests before. */
function withRefusal(
  checked: Exclude<CheckedRestore, Ready>,
  refusal: VpsError | null,
): Exclude<CheckedRestore, Ready> {
  if (checked.stage !== 'refused' || refusal === null) return checked;
  return { ...checked, reason: `${checked.reason}; before that ${describeRefusal(refusal)}` };
}

function describeRefusal(error: VpsError): string {
  const isRefused = outcomeOf(error) === 'refused';
  return `${isRefused ? 'VPS.org refused the request' : 'the request could not be sent'}: ${error.message}`;
}
