import { describeError } from '../github/log.ts';
import { type ServerRecord } from '../github/state.ts';
import { isOwn, parseMarker } from '../snapshots/marker.ts';
import { type Policy } from '../snapshots/policy.ts';
import { certaintyOf, VpsError } from '../vps/errors.ts';
import { type Snapshot } from '../vps/model.ts';
import { matchServer } from '../snapshots/server.ts';
import { findSurplus } from '../snapshots/waiting.ts';
import { planRetention, type RetentionRule, type RetentionVerdict } from '../snapshots/retention.ts';
import { type Deps } from './deps.ts';
import { confirmServer } from './identity.ts';
import { apiTime } from './plan.ts';
import { isExact, type Leftover, type Twin } from './leftovers.ts';
import { labelOf } from './track.ts';

/** What is needed to delete a snapshot; nothing is deleted by an id that is not exact (design §4). */
export type SnapshotId = Pick<Snapshot, 'id' | 'exact'>;

/**
 * Deletes one snapshot; gives what became of it. Whatever stays, or may, is named in a warning and costs nothing
 * else: a deploy is not failed by what it leaves behind.
 */
export async function deleteOne(
  { id, exact }: SnapshotId,
  label: string,
  deps: Deps,
  until: number,
): Promise<'deleted' | 'gone' | 'failed'> {
  if (!exact) {
    deps.log.warning(
      'Snapshot not deleted',
      id === ''
        ? `${label}: a snapshot without a usable id is not deleted, and uses a slot. Delete it in the panel of VPS.org.`
        : `${label}: snapshot ${id} is not deleted, because it is not certain that this is its id to the last digit. Delete it in the panel of VPS.org.`,
    );
    return 'failed';
  }
  try {
    const deleted = await deps.api.deleteSnapshot(id, until);
    deps.log.event(label, deleted ? `snapshot ${id} deleted` : `snapshot ${id} was gone already`);
    return deleted ? 'deleted' : 'gone';
  } catch (error) {
    const unclear = error instanceof VpsError && certaintyOf(error) === 'unclear';
    const what = unclear
      ? `it is unknown whether snapshot ${id} was deleted`
      : `snapshot ${id} was not deleted and still uses a slot`;
    deps.log.warning(
      'Snapshot not deleted',
      `${label}: ${what}. Delete it in the panel of VPS.org or with the delete action. ${describeError(error)}`,
    );
    return 'failed';
  }
}

export interface Pruned {
  readonly server: string;
  readonly verdicts: readonly RetentionVerdict[];
  readonly deleted: readonly string[];
  /** This repository's own ones that stay; the others are not judged. */
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
  if (match.assumed && !options.dryRun)
    await confirmServer(server.server, match.snapshots, deps, options.until);
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
  const kept = verdicts
    .filter(
      ({ action, snapshot }) =>
        action === 'keep' && isOwn(parseMarker(snapshot.description), deps.job.origin),
    )
    .map(({ snapshot }) => snapshot.id);
  const deleted: string[] = [];
  const failed: string[] = [];
  for (const { snapshot, action } of verdicts) {
    if (action === 'keep') continue;
    if (options.dryRun) {
      deps.log.event(label, `dry run: snapshot ${snapshot.id} would be deleted`);
      continue;
    }
    const outcome = await deleteOne(snapshot, label, deps, options.until);
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
 * Cleans up after a successful job: `on_success`, then `keep_last`; a dry run only plans it. Never throws: a good
 * deploy is not failed by what it leaves behind.
 */
export async function cleanUp(
  leftovers: readonly Leftover[],
  { onSuccess, keepLast }: Policy,
  deps: Deps,
  options: { readonly until: number; readonly dryRun: boolean },
): Promise<CleanedUp> {
  const remove = onSuccess === 'delete' ? deleteSnapshots : deleteTwins;
  const deleted = options.dryRun ? [] : await remove(leftovers, deps, options.until);
  const pruned: Pruned[] = [];
  for (const { record, id } of keepLast > 0 ? leftovers : []) {
    try {
      const ours = id === null ? [] : [id];
      pruned.push(await pruneServer(record, { keepLast, olderThan: null }, ours, deps, options));
    } catch (error) {
      deps.log.warning('Older snapshots not deleted', `${labelOf(record)}: ${describeError(error)}`);
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
  for (const leftover of leftovers) {
    for (const each of [...certainOf(leftover, deps), ...leftover.twins]) {
      if ((await deleteOne(each, labelOf(leftover.record), deps, until)) !== 'failed') gone.push(each.id);
    }
  }
  return gone;
}

/** The step's own snapshot, if it has one and this is certain to be it. */
function certainOf(leftover: Leftover, { log }: Deps): SnapshotId[] {
  const { record, found } = leftover;
  const id = leftover.id ?? found?.id;
  if (id === undefined) return [];
  if (found !== null || record.shown) return [{ id, exact: isExact(leftover) }];
  log.warning(
    'Snapshot not deleted',
    `${labelOf(record)}: VPS.org named ${id} as the new snapshot, and no list of this server shows it, so it may be another one. It is not deleted; look for it in the panel of VPS.org.`,
  );
  return [];
}

/**
 * Deletes the second snapshot that a repeated request made, or the first where that one has failed. While no list
 * of this post step shows one of them completed, both stay: each may turn out to be the only restore point.
 */
export async function deleteTwins(
  leftovers: readonly Leftover[],
  deps: Deps,
  until: number,
): Promise<string[]> {
  const gone: string[] = [];
  for (const leftover of leftovers) {
    const { record, id, found, twins } = leftover;
    const label = labelOf(record);
    const surplus = found === null || twins.length === 0 ? null : findSurplus<Twin>(found, twins);
    for (const each of surplus ?? []) {
      if ((await deleteOne(each, label, deps, until)) !== 'failed') gone.push(each.id);
    }
    if (surplus !== null) continue;
    for (const twin of twins) {
      deps.log.warning(
        'Two snapshots were made',
        `${label}: snapshots ${id ?? 'unknown'} and ${twin.id || '(without a usable id)'} were made by this step, because an answer of the API was lost. The first is not known to be completed, so both stay; delete one when the other is.`,
      );
    }
  }
  return gone;
}
