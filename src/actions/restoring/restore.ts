import { describeError } from '../../github/log.ts';
import { type RestoreCheck, type RestoreFacts } from '../../snapshots/interlocks.ts';
import { idsOf } from '../../snapshots/server.ts';
import { isDenied, VpsError } from '../../vps/errors.ts';
import { type Server } from '../../vps/model.ts';
import { type Deps } from '../common/deps.ts';
import { checkHealth } from '../server/health.ts';
import { createHeartbeat } from '../common/heartbeat.ts';
import { requestRestore, type Restore, type RestoreOptions, type RestoreTarget } from './request.ts';
import { watchRestore } from './watch.ts';

export interface RollbackOptions extends RestoreOptions {
  readonly healthUrls: readonly string[];
  readonly check: (facts: RestoreFacts) => RestoreCheck;
  /** What to do with a server that is being restored by somebody else: refuse, or wait for its end. */
  readonly whenRestoring: 'refuse' | 'wait';
  /** Called whenever a request may have been taken, before it is confirmed. */
  readonly onRequested: (restores: readonly Restore[]) => Promise<void>;
}

/**
 * Puts servers back (design §3.4, §3.5): all are read and checked, and the judgements printed, before the first
 * request; then all requests go out at once, and each restore is watched to its end. Throws nothing that the API
 * does; each result says what is known.
 */
export async function restoreServers(
  targets: readonly RestoreTarget[],
  deps: Deps,
  options: RollbackOptions,
): Promise<readonly Restore[]> {
  const checks = await Promise.all(targets.map((target) => checkRestore(target, deps, options)));
  const restores: Restore[] = [...checks];
  const heartbeat = createHeartbeat('restoring', deps);
  await Promise.all(
    checks.map(async (checked, index) => {
      const tell = async (restore: Restore): Promise<void> => {
        restores[index] = restore;
        await options.onRequested(restores);
      };
      const asked =
        checked.stage === 'checked' ? await requestRestore(checked, deps, options, tell) : checked;
      const watched = asked.stage === 'requested' || asked.stage === 'other';
      restores[index] = watched ? await watchRestore(asked, deps, options, heartbeat) : asked;
    }),
  );
  return await addHealth(restores, deps, options);
}

/** Reads what the interlocks need, prints how they stand, and says whether the restore may be requested. */
export async function checkRestore(
  target: RestoreTarget,
  deps: Deps,
  options: Pick<RollbackOptions, 'until' | 'check' | 'whenRestoring'>,
): Promise<Restore & { readonly stage: 'checked' | 'other' | 'refused' }> {
  const restore = {
    target,
    stage: 'refused',
    snapshot: null,
    absent: false,
    before: null,
    requested: false,
    accepted: false,
    sawRestoring: false,
    confirmed: false,
    started: false,
    health: 'not_checked',
    serverStatus: null,
    reason: '',
  } as const;
  try {
    const list = await deps.api.listSnapshots({ serverId: target.serverId }, options.until);
    const before = await readServer(target, deps, options.until);
    const other = before?.status === 'restoring' && options.whenRestoring === 'wait';
    const { snapshot, refusals, warnings } = options.check({
      snapshotId: target.snapshotId,
      key: target.key,
      serverIds: [...target.serverIds, ...(before === null ? [] : idsOf(before))],
      list,
      serverStatus: other ? null : (before?.status ?? null),
      seenCompleted: target.seenCompleted,
    });
    for (const warning of warnings)
      deps.log.warning('Newer snapshot on the server', `${target.label}: ${warning}.`);
    const taken = snapshot && `${snapshot.status}, created ${snapshot.createdAt ?? 'at an unknown time'}`;
    deps.log.group(`Interlocks for ${target.label}`, [
      `snapshot ${target.snapshotId}: ${taken ?? 'not listed'}`,
      ...(target.key === null ? [] : [`seen completed by: ${target.seenCompleted ?? 'nobody'}`]),
      `server: ${before?.status ?? 'could not be read'}`,
      ...(refusals.length === 0
        ? [before === null ? 'the others hold' : 'all hold']
        : refusals.map((refusal) => `REFUSED: ${refusal}`)),
    ]);
    const read = {
      ...restore,
      snapshot,
      absent: snapshot === null && list.complete,
      before,
      serverStatus: before?.status ?? null,
    };
    if (refusals.length > 0) return { ...read, reason: refusals.join('; ') };
    if (other) deps.log.event(target.label, 'another restore is running; waiting for its end');
    return { ...read, stage: other ? 'other' : 'checked' };
  } catch (error) {
    return { ...restore, reason: `what a restore depends on could not be read: ${describeError(error)}` };
  }
}

/** The server, or `null` where the token may not read it or the API has no such call [C]. */
async function readServer(target: RestoreTarget, deps: Deps, until: number): Promise<Server | null> {
  try {
    return await deps.api.getServer(target.serverId, until);
  } catch (error) {
    if (!(error instanceof VpsError && isDenied(error))) throw error;
    deps.log.warning(
      'Server cannot be read',
      `${target.label}: a restore cannot be confirmed. ${error.message}`,
    );
    return null;
  }
}

/** Checks the application once, when all restores have ended, if the server of any of them is up. */
async function addHealth(
  restores: readonly Restore[],
  deps: Deps,
  options: RollbackOptions,
): Promise<readonly Restore[]> {
  const isUp = ({ stage, serverStatus }: Restore): boolean => stage === 'ended' && serverStatus === 'active';
  if (options.healthUrls.length === 0 || !restores.some(isUp)) return restores;
  const failure = await checkHealth(options.healthUrls, deps, options).catch(describeError);
  return restores.map((restore) => {
    if (!isUp(restore)) return restore;
    const reason = [restore.reason, failure ?? ''].filter((text) => text !== '').join('; ');
    return { ...restore, health: failure === null ? 'passed' : 'failed', reason };
  });
}
