import { describeError } from '../github/log.ts';
import { type ServerRecord, type StepRecord } from '../github/state.ts';
import { matchServer } from '../snapshots/server.ts';
import { meaningOf } from '../snapshots/status.ts';
import { planRetention, type RetentionRule, type RetentionVerdict } from '../snapshots/retention.ts';
import { type Deps } from './deps.ts';
import { apiTime } from './plan.ts';
import { type Leftover } from './leftovers.ts';
import { labelOf } from './track.ts';

/** Deletes one snapshot; gives what became of it. A refusal is a warning: what stays is named. */
export async function deleteOne(
  id: string,
  label: string,
  deps: Deps,
  until: number,
): Promise<'deleted' | 'gone' | 'failed'> {
  try {
    const deleted = await deps.api.deleteSnapshot(id, until);
    deps.log.event(label, deleted ? `snapshot ${id} deleted` : `snapshot ${id} was gone already`);
    return deleted ? 'deleted' : 'gone';
  } catch (error) {
    deps.log.warning(
      'Snapshot not deleted',
      `${label}: snapshot ${id} could not be deleted and still uses a slot; delete it in the panel of VPS.org or with the delete action. ${describeError(error)}`,
    );
    return 'failed';
  }
}

export interface Pruned {
  readonly server: string;
  readonly verdicts: readonly RetentionVerdict[];
  readonly deleted: readonly string[];
  readonly kept: readonly string[];
  /** Deletions that the API refused. */
  readonly failed: readonly string[];
}

/** Lists a server, decides what to keep, says why, and deletes the rest; with `dryRun` it deletes nothing. */
export async function pruneServer(
  server: Pick<ServerRecord, 'server' | 'ids' | 'serverName'>,
  rule: RetentionRule,
  protectedIds: readonly string[],
  deps: Deps,
  options: { readonly until: number; readonly dryRun: boolean },
): Promise<Pruned> {
  const list = await deps.api.listSnapshots({ serverId: server.server }, options.until);
  const match = matchServer(list.snapshots, server.ids);
  const label = labelOf({ server: server.server, serverName: match.name ?? server.serverName });
  if (!list.complete) throw new Error(`${label}: the list of snapshots is incomplete, so nothing is deleted`);
  if (match.unknown) {
    throw new Error(
      `${label}: the list shows only snapshots of other servers, so nothing is deleted; check 'server_id'`,
    );
  }
  const verdicts = planRetention({
    snapshots: match.snapshots,
    origin: deps.job.origin,
    now: apiTime(list, deps),
    rule,
    protectedIds,
  });
  deps.log.group(
    `Retention on ${label}`,
    verdicts.map(({ snapshot, action, why }) => `${action} ${snapshot.id} ${snapshot.name ?? ''}: ${why}`),
  );
  const kept = verdicts.filter(({ action }) => action === 'keep').map(({ snapshot }) => snapshot.id);
  const deleted: string[] = [];
  const failed: string[] = [];
  for (const { snapshot, action } of verdicts) {
    if (action === 'keep') continue;
    if (options.dryRun) {
      deps.log.event(label, `dry run: snapshot ${snapshot.id} would be deleted`);
      continue;
    }
    const outcome = await deleteOne(snapshot.id, label, deps, options.until);
    if (outcome === 'deleted') deleted.push(snapshot.id);
    if (outcome === 'failed') failed.push(snapshot.id);
  }
  return { server: label, verdicts, deleted, kept: [...kept, ...failed], failed };
}

/** What the clean-up of a good deploy did. */
export interface CleanedUp {
  readonly pruned: readonly Pruned[];
  readonly deleted: readonly string[];
}

/**
 * Cleans up after a successful job: `on_success`, then `keep_last`. Never throws: a good deploy is not failed
 * by what it leaves behind.
 */
export async function cleanUp(
  leftovers: readonly Leftover[],
  step: StepRecord,
  deps: Deps,
  until: number,
): Promise<CleanedUp> {
  const deleted: string[] = [];
  const pruned: Pruned[] = [];
  if (step.policy.onSuccess === 'delete') deleted.push(...(await deleteSnapshots(leftovers, deps, until)));
  else deleted.push(...(await deleteTwins(leftovers, deps, until)));
  if (step.policy.keepLast > 0) {
    const rule = { keepLast: step.policy.keepLast, olderThan: null };
    for (const { record } of leftovers) {
      try {
        const ours = record.snapshotId === null ? [] : [record.snapshotId];
        pruned.push(await pruneServer(record, rule, ours, deps, { until, dryRun: false }));
      } catch (error) {
        deps.log.warning('Older snapshots not deleted', `${labelOf(record)}: ${describeError(error)}`);
      }
    }
  }
  return { pruned, deleted };
}

/** Deletes this step's snapshots, twins included; gives the ids that are gone. */
export async function deleteSnapshots(
  leftovers: readonly Leftover[],
  deps: Deps,
  until: number,
): Promise<string[]> {
  const gone: string[] = [];
  for (const { record } of leftovers) {
    for (const id of [record.snapshotId, ...record.twins].filter((text) => text !== null)) {
      if ((await deleteOne(id, labelOf(record), deps, until)) !== 'failed') gone.push(id);
    }
  }
  return gone;
}

/**
 * Deletes the second snapshot that a repeated request made. While the first is not known to be completed the
 * second stays: it may turn out to be the only restore point.
 */
export async function deleteTwins(
  leftovers: readonly Leftover[],
  deps: Deps,
  until: number,
): Promise<string[]> {
  const gone: string[] = [];
  for (const { record, status } of leftovers) {
    const completed = record.phase === 'completed' || (status !== null && meaningOf(status) === 'completed');
    for (const id of record.twins) {
      if (!completed) {
        deps.log.warning(
          'Two snapshots were made',
          `${labelOf(record)}: snapshots ${record.snapshotId} and ${id} were made by this step, because an answer of the API was lost. Neither is known to be completed, so both stay; delete one when the other is.`,
        );
      } else if ((await deleteOne(id, labelOf(record), deps, until)) !== 'failed') {
        gone.push(id);
      }
    }
  }
  return gone;
}
