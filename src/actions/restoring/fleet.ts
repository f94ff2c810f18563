import { describeError } from '../../github/log.ts';
import { startRestoration } from '../../snapshots/polling/restoration.ts';
import { EXTRA_READ_MS } from '../../snapshots/polling/schedule.ts';
import { type Deps } from '../common/deps.ts';
import { CancelledError } from '../common/errors.ts';
import { createHeartbeat } from '../common/heartbeat.ts';
import { checkHealth } from '../server/health.ts';
import { type ServerReader } from '../server/reader.ts';
import {
  checkRestore,
  type CheckOptions,
  createRestoreReaders,
  reportCheck,
  type ReportedCheck,
} from './check.ts';
import { requestRestore } from './request.ts';
import {
  type CheckedRestore,
  type FinishedRestore,
  idsOfTarget,
  refuseRestore,
  type RequestedRestore,
  type Restore,
  type RestoreTarget,
} from './restore.ts';
import { watchRestore } from './watch.ts';

export interface RestoreOptions extends Omit<CheckOptions, 'readers'> {
  readonly healthUrls: readonly string[];
  /** What limits the time, for people: `restore_timeout (30m)`. */
  readonly limit: string;
  /** Called whenever a request may have been taken, before it is confirmed. */
  readonly onRequested: (restores: readonly Restore[]) => Promise<void>;
}

const USUAL = 'a restore usually takes 5 to 15 minutes';

/**
 * Restores servers: all are read and checked, and the checks printed, before the first request; then all requests go
 * out at once, and each restore is watched to its end. Throws nothing that the API does; each result says what is
 * known. Throws {@link CancelledError} after a cancel.
 */
export async function restoreServers(
  targets: readonly RestoreTarget[],
  deps: Deps,
  options: RestoreOptions,
): Promise<readonly FinishedRestore[]> {
  const heartbeat = createHeartbeat('restoring', deps, USUAL);
  const checkOptions = { ...options, readers: createRestoreReaders(targets, deps) };
  const restores: Restore[] = targets.map((target) =>
    refuseRestore({ target, snapshot: null, serverStatus: null }, 'it is not checked yet', {
      byHand: 'none',
    }),
  );
  const checking = targets.map(async (target, index) => {
    const checked = await checkRestore(target, deps, checkOptions);
    reportCheck(checked, deps);
    restores[index] = checked;
    return checked;
  });
  const inTime = await waitForChecks(checking, deps);
  const holder = inTime.find(holdsBackOthers);
  const finished = await allOf(
    checking.map(async (check, index): Promise<FinishedRestore> => {
      const checked = await check;
      if (checked.stage === 'ready' && holder !== undefined) return heldBack(checked, holder.target.label);
      const done = await restoreOne(checked, {
        deps,
        options: { ...checkOptions, heartbeat },
        limit: options.limit,
        onRequested: async (requested) => {
          restores[index] = requested;
          await options.onRequested(restores);
        },
      });
      restores[index] = done;
      return done;
    }),
  );
  return await addHealth(finished, deps, options.healthUrls, checkOptions.readers.servers);
}

/** All values, or the first error once none is at work: an answer may still come to what was requested before a cancel. */
async function allOf<T>(work: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(work);
  return await Promise.all(work);
}

/**
 * The checks of all servers; of those that cannot be read in time the others do not wait any longer: they are
 * restored when they can be read.
 */
async function waitForChecks<T>(checking: readonly Promise<T>[], deps: Deps): Promise<readonly T[]> {
  const done: T[] = [];
  const all = Promise.all(checking.map(async (check) => void done.push(await check)));
  const patience = new AbortController();
  await Promise.race([all, deps.clock.sleep(deps.schedule.span('refusal'), patience.signal)]);
  patience.abort();
  return [...done];
}

interface One {
  readonly deps: Deps;
  readonly options: Omit<Parameters<typeof requestRestore>[2], 'onRequested'>;
  readonly limit: string;
  readonly onRequested: (restore: RequestedRestore) => Promise<void>;
}

/** One server from its checks to the end of its restore. */
async function restoreOne(checked: ReportedCheck, one: One): Promise<FinishedRestore> {
  const { deps, options, limit, onRequested } = one;
  const { target, snapshot } = checked;
  // An object, since only a callback changes it.
  const sent: { restore: RequestedRestore | null } = { restore: null };
  const requesting = {
    ...options,
    async onRequested(requested: RequestedRestore) {
      sent.restore = requested;
      await onRequested(requested);
    },
  };
  try {
    const asked = checked.stage === 'ready' ? await requestRestore(checked, deps, requesting) : checked;
    if (asked.stage === 'refused') return asked;
    const requested = asked.stage === 'requested' ? asked : toForeign(asked, deps);
    if (asked.stage === 'foreign')
      deps.log.event(target.label, 'another restore is running; waiting for it to end');
    if (requested.restoration.before === null) {
      const reason = 'the token may not read the server, so nobody can tell whether it was restored';
      return { ...asked, stage: 'unconfirmed', isForeign: false, reason, isMismatch: false };
    }
    const watching = { servers: options.readers.servers, heartbeat: options.heartbeat, limit };
    return await watchRestore(requested, deps, watching);
  } catch (error) {
    if (error instanceof CancelledError || deps.cancelled.aborted) throw error;
    const known = { target, snapshot, serverStatus: null };
    if (sent.restore === null && checked.stage !== 'foreign')
      return refuseRestore(known, `it could not be requested: ${describeError(error)}`);
    const reason = `it could not be followed to its end: ${describeError(error)}`;
    const isForeign = checked.stage === 'foreign';
    const requestedAt = sent.restore?.requestedAt;
    return { ...known, requestedAt, stage: 'unconfirmed', isForeign, reason, isMismatch: false };
  } finally {
    options.heartbeat.remove(target.label);
  }
}

function toForeign(checked: CheckedRestore, { clock }: Pick<Deps, 'clock'>): RequestedRestore {
  const { target, snapshot } = checked;
  const restoration = startRestoration({
    before: { status: 'restoring', updatedAt: null },
    request: 'foreign',
    requestedAt: clock.now(),
  });
  return { target, snapshot, serverStatus: 'restoring', stage: 'requested', restoration, mismatch: null };
}

/** One server that refuses stops all, unless what it says concerns it alone: half of a fleet put back is worse than none. */
export function holdsBackOthers(checked: ReportedCheck): boolean {
  return checked.stage === 'refused' && !checked.isOfServerAlone;
}

function heldBack(checked: CheckedRestore, other: string): FinishedRestore {
  const reason = `the restore of ${other} is refused, and half of the servers put back would be worse than none`;
  return refuseRestore(checked, reason, { isOfServerAlone: false });
}

/** Checks the application once, when all restores have ended, if the server of any of them is up. */
async function addHealth(
  restores: readonly FinishedRestore[],
  deps: Deps,
  urls: readonly string[],
  servers: ServerReader,
): Promise<readonly FinishedRestore[]> {
  const isActive = (restore: FinishedRestore): boolean =>
    restore.stage === 'restored' && restore.serverStatus === 'active';
  if (urls.length === 0 || !restores.some(isActive)) return restores;
  const health = await checkHealth(urls, deps).catch((error: unknown) => ({
    ok: false as const,
    reason: describeError(error),
  }));
  return await Promise.all(
    restores.map(async (restore) => {
      if (restore.stage !== 'restored' || !isActive(restore)) return restore;
      if (health.ok) return { ...restore, health };
      const serverStatus = (await readStatus(restore.target, deps, servers)) ?? restore.serverStatus;
      return { ...restore, serverStatus, health };
    }),
  );
}

/** Of a server whose application does not answer, which may be down by now; `null` where it cannot be read at once. */
async function readStatus(
  target: RestoreTarget,
  { clock, cancelled }: Deps,
  servers: ServerReader,
): Promise<string | null> {
  if (cancelled.aborted) return null;
  const now = clock.now();
  const limits = { until: now + EXTRA_READ_MS, patience: 'at_once' } as const;
  return await servers.read(idsOfTarget(target), now - 1, limits).then(
    ({ value }) => value.status,
    () => null,
  );
}
