import { deleteOne } from './deletion.ts';
import { type ServerRecord } from '../../github/state.ts';
import { isOwn, parseMarker } from '../../snapshots/marker.ts';
import { matchServer } from '../../snapshots/server.ts';
import { planRetention, type RetentionRule, type RetentionVerdict } from '../../snapshots/retention.ts';
import { type Deps } from '../common/deps.ts';
import { confirmServer } from '../server/confirmation.ts';
import { apiTime } from '../common/api-time.ts';
import { labelOf } from '../common/labels.ts';

export interface Pruned {
  readonly server: string;
  readonly verdicts: readonly RetentionVerdict[];
  readonly deleted: readonly string[];
  /** This repository's own ones that stay; the others are not checked. */
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
