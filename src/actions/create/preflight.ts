import { type RootInputs } from '../../github/inputs/root.ts';
import { checkRollback } from '../../snapshots/interlocks.ts';
import { mayRestore } from '../../snapshots/policy.ts';
import { COMPLETED } from '../../snapshots/status.ts';
import { type Server, type SnapshotList } from '../../vps/model.ts';
import { apiTime } from '../common/api-time.ts';
import { type Deps } from '../common/deps.ts';
import { FailedError } from '../common/errors.ts';
import { labelOf } from '../common/labels.ts';
import { type ServerProgress } from '../creating/progress.ts';
import { probeHealth } from '../server/health.ts';
import { type Identification } from './identity.ts';
import { type ServerPlan } from './plan.ts';

/** What the job's end will do, and what would be refused then, reported while somebody can change it. */

/** Says in one line what the job's end will do, and asks each health address once. */
export async function announceEnd(inputs: RootInputs, deps: Deps): Promise<void> {
  if (!mayRestore(inputs)) {
    if (inputs.onSuccess === 'delete') deps.log.info(`If ${DELETED_AFTER}`);
    return;
  }
  const silent = await probeHealth(inputs.healthUrls, deps);
  for (const answer of silent) {
    deps.log.warning(
      'Health check fails now',
      `'health_url': ${answer}, before anything was changed. After a restore the same answer would make the post step wait, and end red.`,
    );
  }
  deps.log.info([...describeEnd(inputs), ...describeHealth(inputs, silent)].join(' · '));
}

/** A job that only takes the snapshot succeeds before the deploy has begun. */
const DELETED_AFTER = 'the job succeeds: delete the snapshot, so that no job after this one can restore it';

function describeEnd({ restoreIfGiven, onFailure, onCancel, onSuccess, jobStatus }: RootInputs): string[] {
  // A failure from before the snapshot says nothing about the deploy.
  const hasEnded = ['failure', 'cancelled'].includes(jobStatus.toLowerCase());
  const reallyDone = (action: string): string => {
    if (action !== 'restore') return action;
    // Where it is not true then, it is false, which forbids a restore.
    if (restoreIfGiven) return 'keep';
    return hasEnded ? `keep (the job is '${jobStatus}' already)` : action;
  };
  return [
    ...(restoreIfGiven ? ['If restore_if is true at the end of the job: restore'] : []),
    `${restoreIfGiven ? 'if the job fails otherwise' : 'If the job fails'}: ${reallyDone(onFailure)}`,
    `if the job is cancelled or times out: ${reallyDone(onCancel)}`,
    ...(onSuccess === 'delete' ? [`if ${DELETED_AFTER}`] : []),
  ];
}

function describeHealth({ healthUrls }: RootInputs, silent: readonly string[]): string[] {
  if (healthUrls.length === 0) return ['no health_url, so the application is not checked after a restore'];
  return silent.length === 0 ? ['health_url answers'] : [];
}

/**
 * Runs the checks of a later rollback of this server on what was read already; each that would refuse is a warning.
 */
export function warnOfRefusals(
  { record }: Pick<ServerProgress, 'record'>,
  server: Server | null,
  list: SnapshotList,
  inputs: RootInputs,
  deps: Deps,
): void {
  if (!mayRestore(inputs) || record.snapshotId === null) return;
  const { refusals } = checkRollback({
    snapshotId: record.snapshotId,
    key: record.key,
    serverIds: record.ids,
    list,
    serverStatus: server?.status ?? null,
    seenCompleted: 'the snapshot step',
    maxAge: inputs.restoreMaxAge,
    now: apiTime(list, deps),
    isRestoredByJob: deps.restoreRecords.has(record.ids),
    // Said before the request, by refuseOwnServer.
    isRunnersOwn: false,
    undoSnapshotId: null,
  });
  if (refusals.length === 0) return;
  deps.log.warning(
    'A rollback would be refused',
    `${labelOf(record)}: as things stand now, a rollback to snapshot ${record.snapshotId} would be refused: ${refusals.map(({ reason }) => reason).join('; ')}.\nChange that before the deploy: delete a newer snapshot that nobody needs, or allow more in 'restore_max_age'. Otherwise a restore has to be done by hand, with the restore action.`,
  );
}

/** The same for one that nobody waits for here, right after its request: as if it were complete already. */
export function warnOfRefusalsUnwaited(
  { record, snapshot, before }: ServerProgress,
  { server, list }: Pick<ServerPlan, 'server' | 'list'>,
  inputs: RootInputs,
  deps: Deps,
): void {
  if (snapshot === null) return;
  const own = { ...snapshot, status: COMPLETED };
  const now = list.now === null ? null : Math.max(list.now, own.created ?? 0);
  warnOfRefusals({ record }, server, { ...list, snapshots: [...(before ?? []), own], now }, inputs, deps);
}

/** With a restore configured: what is not seen complete before the deploy will not be restored. */
export function warnOfMissingWait(servers: readonly ServerProgress[], inputs: RootInputs, deps: Deps): void {
  if (!mayRestore(inputs)) return;
  const ids = servers.map(({ record }) => record.snapshotId).join(',');
  deps.log.warning(
    'Wait before the deploy',
    `A restore is configured, and 'wait' is false: use the wait action with snapshot_id: ${ids} in this job before the deploy. Without it a restore will be refused, because the snapshot may contain part of the deploy.`,
  );
}

/** With a restore configured: warns now that its end will not be seen, not only when it is needed. */
export function warnUnread(
  { record }: ServerProgress,
  identified: Identification,
  { log }: Deps,
  inputs: RootInputs,
): void {
  if (identified.kind === 'identified') return;
  if (mayRestore(inputs) && identified.kind === 'denied') {
    log.warning(
      'Restores cannot be confirmed',
      `${labelOf(record)}: the token may not read the server, or the API has no such call, so a restore could be requested but not confirmed, and the post step would fail. ${identified.cause.message}`,
    );
  } else if (identified.kind === 'silent') {
    log.warning(
      'Server cannot be read',
      `${labelOf(record)}: the server could not be read, so whether it is being restored is unknown. ${identified.cause.message}`,
    );
  }
}

/** A runner on the server that it deploys to stops with it, and is overwritten by a restore. */
export function refuseOwnServer(
  { record }: ServerProgress,
  { ipAddress }: Server,
  deps: Deps,
  inputs: RootInputs,
): void {
  if (ipAddress === null || !deps.ownAddresses.has(ipAddress)) return;
  const label = labelOf(record);
  if (inputs.stopServer) {
    throw new FailedError(
      'Runner on the target server',
      `${label}: this runner is on the server itself (${ipAddress}), so 'stop_server' would stop the runner, too. Nothing was requested. Use 'stop_server: false', or run this job on another runner.`,
    );
  }
  if (!mayRestore(inputs)) return;
  deps.log.warning(
    'Runner on the target server',
    `${label}: this runner is on the server itself (${ipAddress}), and a restore would overwrite it in the middle of the job, so the post step will not restore. Restore from another runner: with the restore action in a job on a hosted runner.`,
  );
}
