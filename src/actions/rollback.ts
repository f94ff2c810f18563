import { type RestoreCheck, type RestoreFacts } from '../snapshots/interlocks.ts';
import { VpsError } from '../vps/errors.ts';
import { type Server } from '../vps/model.ts';
import { type Deps } from './deps.ts';
import { checkHealth } from './health.ts';
import {
  confirm,
  type Health,
  messageOf,
  type Progress,
  request,
  type RestoreOptions,
  type RestoreResult,
  type RestoreTarget,
} from './restoring.ts';

export interface RollbackOptions extends RestoreOptions {
  readonly healthUrls: readonly string[];
  readonly check: (facts: RestoreFacts) => RestoreCheck;
  /** What to do with a server that is being restored by somebody else: refuse, or wait for its end. */
  readonly whenRestoring: 'refuse' | 'wait';
  /** Called when all requests are out, before the first is confirmed. */
  readonly onRequested: (results: readonly RestoreResult[]) => Promise<void>;
}

/**
 * Puts servers back, in this order for all of them (design §3.4, §3.5): read and judge, say so, request,
 * confirm, start, check. Never throws for what the API does; each result says what is known.
 */
export async function rollBack(
  targets: readonly RestoreTarget[],
  deps: Deps,
  options: RollbackOptions,
): Promise<RestoreResult[]> {
  const judged = await Promise.all(targets.map((target) => judge(target, deps, options)));
  const requested = await Promise.all(judged.map((progress) => request(progress, deps, options)));
  await options.onRequested(requested);
  const ended = await Promise.all(requested.map((progress) => confirm(progress, deps, options)));
  return await addHealth(ended, deps, options);
}

/** Reads what the interlocks need and prints how they stand; a refusal is the result's `reason`. */
async function judge(target: RestoreTarget, deps: Deps, options: RollbackOptions): Promise<Progress> {
  const none: Progress = {
    target,
    snapshot: null,
    requested: false,
    confirmed: false,
    started: false,
    health: 'not_checked',
    serverStatus: null,
    reason: '',
    before: null,
    watchOther: false,
  };
  try {
    const list = await deps.api.listSnapshots({ serverId: target.serverId }, options.until);
    const before = await readServer(target, deps, options.until);
    const foreign = before?.status === 'restoring' && options.whenRestoring === 'wait';
    const { snapshot, refusals, warnings } = options.check({
      snapshotId: target.snapshotId,
      key: target.key,
      serverIds: [...target.serverIds, ...[before?.id, before?.uuid].filter((id) => id != null)],
      list,
      serverStatus: foreign ? null : (before?.status ?? null),
      seenCompleted: target.seenCompleted,
    });
    for (const warning of warnings)
      deps.log.warning('Newer snapshot on the server', `${target.label}: ${warning}.`);
    deps.log.group(`Interlocks for ${target.label}`, [
      `snapshot ${target.snapshotId}: ${snapshot ? `${snapshot.status}, created ${snapshot.createdAt ?? 'at an unknown time'}` : 'not listed'}`,
      `seen completed by: ${target.seenCompleted ?? 'nobody'}`,
      `server: ${before?.status ?? 'could not be read'}`,
      ...(refusals.length === 0 ? ['all hold'] : refusals.map((refusal) => `REFUSED: ${refusal}`)),
    ]);
    const state = { ...none, snapshot, before, serverStatus: before?.status ?? null };
    if (refusals.length > 0) return { ...state, reason: `not restored: ${refusals.join('; ')}` };
    return foreign ? { ...state, watchOther: true } : state;
  } catch (error) {
    return {
      ...none,
      reason: `not restored: what a restore depends on could not be read (${messageOf(error)})`,
    };
  }
}

/** The server, or `null` where the token may not read it or the API has no such call [C]. */
async function readServer(target: RestoreTarget, deps: Deps, until: number): Promise<Server | null> {
  try {
    return await deps.api.getServer(target.serverId, until);
  } catch (error) {
    const denied =
      error instanceof VpsError && (error.status === 403 || error.status === 404 || error.status === 405);
    if (!denied) throw error;
    deps.log.warning(
      'Server cannot be read',
      `${target.label}: a restore cannot be confirmed. ${error.message}`,
    );
    return null;
  }
}

async function addHealth(
  ended: readonly Progress[],
  deps: Deps,
  options: RollbackOptions,
): Promise<RestoreResult[]> {
  const watched = ended.filter((p) => p.confirmed || (p.watchOther && p.serverStatus === 'active'));
  let health: Health = 'not_checked';
  let reason = '';
  if (watched.length > 0 && options.healthUrls.length > 0) {
    const failure = await checkHealth(options.healthUrls, deps, options).catch(messageOf);
    health = failure === null ? 'passed' : 'failed';
    reason = failure ?? '';
  }
  return ended.map(({ before: _before, watchOther: _watchOther, ...result }, index) => {
    const progress = ended[index];
    if (progress === undefined || !watched.includes(progress)) return result;
    return { ...result, health, reason: [result.reason, reason].filter((text) => text !== '').join('; ') };
  });
}
