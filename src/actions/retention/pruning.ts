import { type ServerRecord } from '../../github/state.ts';
import { isOwn, type Origin, parseMarker } from '../../snapshots/marker.ts';
import {
  isHeldUpByTimes,
  planRetention,
  type RetentionFacts,
  type RetentionRule,
  type RetentionVerdict,
  type UsedSnapshot,
} from '../../snapshots/retention.ts';
import { matchServer } from '../../snapshots/server.ts';
import { isDenied } from '../../vps/errors.ts';
import { hasId, type SnapshotList } from '../../vps/model.ts';
import { apiTime } from '../common/api-time.ts';
import { type Deps } from '../common/deps.ts';
import { labelOf, printId } from '../common/labels.ts';
import { confirmServer, learnIds } from '../server/confirmation.ts';
import { readServer } from '../server/reader.ts';
import { deleteAndReport } from './deletion.ts';

export interface Pruned {
  readonly server: string;
  readonly verdicts: readonly RetentionVerdict[];
  /** A dry run: nothing is carried out. */
  readonly isPlan: boolean;
  readonly deleted: string[];
  /** This repository's own ones that stay; the others are not checked. */
  readonly kept: Set<string>;
  /** Deletions that did not happen, or are not known to have. */
  readonly failed: string[];
}

export interface PruneOptions {
  readonly rule: RetentionRule;
  readonly by: RetentionFacts['by'];
  readonly origin: Origin;
  /** This step's own, where it has one. */
  readonly used: UsedSnapshot | null;
  readonly dryRun: boolean;
  /** How the list is read. */
  readonly list: () => Promise<SnapshotList>;
  /** Called as soon as it is decided what stays; what becomes of the rest is added then. */
  readonly onPlan: (pruned: Pruned) => void;
}

/**
 * Lists a server, decides what to keep, says why, and deletes the rest; with `dryRun` it deletes nothing. Throws where
 * nothing may be decided or deleted.
 */
export async function pruneServer(
  server: Pick<ServerRecord, 'server' | 'ids' | 'serverName'>,
  deps: Deps,
  options: PruneOptions,
): Promise<void> {
  const { rule, by, origin, used, dryRun } = options;
  const list = await options.list();
  const shown = matchServer(list.snapshots, server.ids);
  const match = shown.unknown ? matchServer(list.snapshots, await learnIds(server.server, deps)) : shown;
  const label = labelOf({ server: server.server, serverName: match.name ?? server.serverName });
  if (!list.complete) throw new Error('the list of snapshots is incomplete, so nothing was deleted');
  if (match.unknown)
    throw new Error(
      "the list shows only snapshots of other servers, so nothing was deleted; check 'server_id'",
    );
  const facts = { snapshots: match.snapshots, origin, now: apiTime(list, deps), rule, by, used };
  const verdicts = planRetention(facts);
  const toDelete = verdicts.filter(({ action }) => action === 'delete');
  const stays = dryRun ? verdicts.filter(({ action }) => action === 'keep') : verdicts;
  const own = stays.filter(({ snapshot }) => isOwn(parseMarker(snapshot.description), origin));
  const kept = new Set(own.flatMap(({ snapshot }) => (hasId(snapshot) ? [snapshot.id] : [])));
  const pruned: Pruned = { server: label, verdicts, isPlan: dryRun, deleted: [], kept, failed: [] };
  const isChange = toDelete.length > 0 && !dryRun;
  if (isChange && match.assumed) await confirmServer(server.server, match.snapshots, deps);
  options.onPlan(pruned);
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
  const refuseRestoring = createRestoringCheck(server.server, label, deps);
  for (const { snapshot } of toDelete) {
    if (dryRun) {
      deps.log.event(label, `dry run: snapshot ${printId(snapshot.id)} would be deleted`);
      continue;
    }
    await refuseRestoring();
    const id = printId(snapshot.id);
    // Until the answer is there it is neither: a cancel may cut it off.
    kept.delete(id);
    const deletion = await deleteAndReport({ ...snapshot, serverId: server.server }, label, deps);
    if (deletion.ok) pruned.deleted.push(id);
    else {
      pruned.failed.push(id);
      kept.add(id);
    }
  }
}

/**
 * Nothing is deleted while a restore runs: it may read from what would go. Asked before each deletion, since one may
 * begin between two of them; that the token may not read the server has to stand once, and is said once.
 */
function createRestoringCheck(serverId: string, label: string, deps: Deps): () => Promise<void> {
  const read = readServer(serverId, deps);
  const denied = { isKnown: false };
  return async () => {
    try {
      const { status } = await read({ until: deps.until, patience: 'standing' });
      if (status === 'restoring') throw new Error('the server is being restored, so nothing is deleted');
    } catch (error) {
      if (!isDenied(error)) throw error;
      if (denied.isKnown) return;
      denied.isKnown = true;
      deps.log.notice(
        'Server not read before deleting',
        `${label}: the token may not read the server, so whether a restore is running there is unknown.`,
      );
    }
  };
}
