import { type ServerRecord } from '../../github/state.ts';
import { isOwn, type Origin, parseMarker } from '../../snapshots/marker.ts';
import {
  isHeldUpByTimes,
  planRetention,
  type RetentionFacts,
  type RetentionRule,
  type RetentionVerdict,
} from '../../snapshots/retention.ts';
import { matchServer } from '../../snapshots/server.ts';
import { isDenied, VpsError } from '../../vps/errors.ts';
import { hasId, type SnapshotList } from '../../vps/model.ts';
import { apiTime } from '../common/api-time.ts';
import { type Deps } from '../common/deps.ts';
import { labelOf, printId } from '../common/labels.ts';
import { confirmServer } from '../server/confirmation.ts';
import { readServer } from '../server/reader.ts';
import { deleteAndReport } from './deletion.ts';

export interface Pruned {
  readonly server: string;
  readonly verdicts: readonly RetentionVerdict[];
  readonly deleted: readonly string[];
  /** This repository's own ones that stay; the others are not judged. */
  readonly kept: readonly string[];
  /** Deletions that did not happen, or are not known to have. */
  readonly failed: readonly string[];
}

export interface PruneOptions {
  readonly rule: RetentionRule;
  readonly by: RetentionFacts['by'];
  readonly origin: Origin;
  /** Ids of this step's own. */
  readonly protectedIds: readonly string[];
  readonly dryRun: boolean;
  /** How the list is read. */
  readonly list: () => Promise<SnapshotList>;
}

/**
 * Lists a server, decides what to keep, says why, and deletes the rest; with `dryRun` it deletes nothing. Throws where
 * nothing may be decided.
 */
export async function pruneServer(
  server: Pick<ServerRecord, 'server' | 'ids' | 'serverName'>,
  deps: Deps,
  options: PruneOptions,
): Promise<Pruned> {
  const { rule, by, origin, protectedIds, dryRun } = options;
  const list = await options.list();
  const match = matchServer(list.snapshots, server.ids);
  const label = labelOf({ server: server.server, serverName: match.name ?? server.serverName });
  if (!list.complete)
    throw new Error(`${label}: the list of snapshots is incomplete, so nothing was deleted`);
  if (match.unknown) {
    throw new Error(
      `${label}: the list shows only snapshots of other servers, so nothing was deleted; check 'server_id'`,
    );
  }
  const facts = { snapshots: match.snapshots, origin, now: apiTime(list, deps), rule, by, protectedIds };
  const verdicts = planRetention(facts);
  const toDelete = verdicts.filter(({ action }) => action === 'delete');
  if (toDelete.length > 0 && !dryRun) {
    if (match.assumed) await confirmServer(server.server, match.snapshots, deps);
    await refuseRestoring(server.server, label, deps);
  }
  if (isHeldUpByTimes(facts)) {
    deps.log.warning(
      'Nothing can be pruned',
      `${label}: no creation time of this repository's snapshots can be read, so none is ever deleted. Delete what nobody needs in the panel of VPS.org.`,
    );
  }
  deps.log.group(
    `Retention for ${label}`,
    verdicts.map(
      ({ snapshot, action, reason }) => `${action} ${printId(snapshot.id)} ${snapshot.name ?? ''}: ${reason}`,
    ),
  );
  const kept = verdicts.flatMap(({ action, snapshot }) =>
    action === 'keep' && hasId(snapshot) && isOwn(parseMarker(snapshot.description), origin)
      ? [snapshot.id]
      : [],
  );
  const deleted: string[] = [];
  const failed: string[] = [];
  for (const { snapshot } of toDelete) {
    if (dryRun) {
      deps.log.event(label, `dry run: snapshot ${printId(snapshot.id)} would be deleted`);
      continue;
    }
    const deletion = await deleteAndReport({ ...snapshot, serverId: server.server }, label, deps);
    if (deletion.ok) deleted.push(deletion.id);
    else if (hasId(snapshot)) failed.push(snapshot.id);
  }
  return { server: label, verdicts, deleted, kept: [...kept, ...failed], failed };
}

/** Nothing is deleted while a restore runs: it may read from what would go. */
async function refuseRestoring(serverId: string, label: string, deps: Deps): Promise<void> {
  try {
    const { status } = await readServer(serverId, deps)({ until: deps.until, patience: 'at_once' });
    if (status !== 'restoring') return;
  } catch (error) {
    if (!(error instanceof VpsError && isDenied(error))) throw error;
    deps.log.notice(
      'Server not read before deleting',
      `${label}: the token may not read the server, so whether a restore is running there is unknown.`,
    );
    return;
  }
  throw new Error(`${label}: the server is being restored, so nothing is deleted`);
}
