import { type DeletionState } from '../../github/job-files/deletion-record.ts';
import { describeError } from '../../github/log.ts';
import { findExtras } from '../../snapshots/lookup.ts';
import { type Policy } from '../../snapshots/policy.ts';
import { COMPLETED, IN_PROGRESS } from '../../snapshots/status.ts';
import { parseTime } from '../../vps/model.ts';
import { createLimiter } from '../common/concurrency.ts';
import { type Deps } from '../common/deps.ts';
import { labelOf, printId } from '../common/labels.ts';
import { deleteAndReport, stateOf } from '../retention/deletion.ts';
import { type Pruned, pruneServer } from '../retention/pruning.ts';
import { isLossless, type Duplicate, type RecoveredRecord } from './recovery.ts';

/** What the clean-up of a good deploy did. */
export interface CleanedUp {
  /** The records as the lists read for `keep_last` show them. */
  readonly recovered: readonly RecoveredRecord[];
  readonly pruned: readonly Pruned[];
  readonly deletions: Deletions;
}

/** What became of the snapshots whose deletion was requested, by their ids. */
export type Deletions = ReadonlyMap<string, DeletionState>;

/**
 * Cleans up after a successful job: `on_success`, then `keep_last`; a dry run only plans it. A good deploy is not
 * failed by what it leaves behind: what goes wrong is a warning.
 */
export async function cleanUp(
  recoveredRecords: readonly RecoveredRecord[],
  { onSuccess, keepLast }: Policy,
  deps: Deps,
  dryRun: boolean,
): Promise<CleanedUp> {
  const remove = onSuccess === 'delete' ? deleteSnapshots : deleteDuplicates;
  const deletions: Deletions = dryRun ? new Map() : await remove(recoveredRecords, deps);
  const limit = createLimiter();
  const recovered = new Map(recoveredRecords.map((each) => [each.record, each]));
  async function pruneOne(before: RecoveredRecord): Promise<readonly Pruned[]> {
    const { record, id } = before;
    const planned: Pruned[] = [];
    try {
      await pruneServer(record, deps, {
        rule: { keepLast, olderThan: null },
        by: 'keep_last',
        origin: deps.job.origin,
        used: id === null ? null : { id, created: parseTime(record.createdAt) },
        dryRun,
        list: async () => await deps.api.listSnapshots({ serverId: record.server }, deps),
        onPlan(each) {
          planned.push(each);
          recovered.set(record, readIn(each, before, deps));
        },
      });
    } catch (error) {
      deps.log.warning('Older snapshots not deleted', `${labelOf(record)}: ${describeError(error)}`);
    }
    return planned;
  }
  // Side by side, so that one server that waits uses up nobody else's time.
  const toPrune = keepLast > 0 ? recoveredRecords : [];
  const pruned = await Promise.all(toPrune.map((each) => limit(async () => await pruneOne(each))));
  return { recovered: [...recovered.values()], pruned: pruned.flat(), deletions };
}

/** A complete list was read, so nothing is said of the step's own snapshot that it does not show. */
function readIn({ verdicts }: Pruned, before: RecoveredRecord, { log }: Deps): RecoveredRecord {
  if (before.id === null) return before;
  const found = verdicts.find(({ snapshot }) => snapshot.id === before.id)?.snapshot ?? null;
  if (found === null) log.event(labelOf(before.record), `snapshot ${before.id} is not listed at the moment`);
  return { ...before, wasRead: true, found };
}

/** Deletes this step's snapshots, duplicates included. */
export async function deleteSnapshots(
  recoveredRecords: readonly RecoveredRecord[],
  deps: Deps,
): Promise<Deletions> {
  const deletions = new Map<string, DeletionState>();
  const limit = createLimiter();
  async function deleteOnServer(recovered: RecoveredRecord): Promise<void> {
    for (const each of [...certainOf(recovered, deps), ...recovered.duplicates])
      await deleteOne(each, recovered, deletions, deps);
  }
  await Promise.all(recoveredRecords.map((each) => limit(async () => await deleteOnServer(each))));
  return deletions;
}

async function deleteOne(
  each: Duplicate,
  { record }: RecoveredRecord,
  deletions: Map<string, DeletionState>,
  deps: Deps,
): Promise<void> {
  const deletion = await deleteAndReport({ ...each, serverId: record.server }, labelOf(record), deps);
  const state = stateOf(deletion);
  if (each.id !== null && state !== null) deletions.set(each.id, state);
}

/** The step's own snapshot, if it has one and this is certain to be it. */
function certainOf(recovered: RecoveredRecord, { log }: Deps): Duplicate[] {
  const { record, found, id } = recovered;
  if (found === null && id === null) return [];
  const status = found?.status ?? (record.phase === 'completed' ? COMPLETED : IN_PROGRESS);
  if (found !== null || record.shown) return [{ id, idIsLossless: isLossless(recovered), status }];
  log.warning(
    'Snapshot not deleted',
    `${labelOf(record)}: VPS.org named ${printId(id)} as the new snapshot, but no list of this server shows it, so it may be a different one. It was not deleted; look for it in the panel of VPS.org.`,
  );
  return [];
}

/**
 * Deletes the second snapshot that a repeated request made, or the first where that one has failed. While no list
 * of this post step shows one of them completed, both stay: each may turn out to be the only restore point.
 */
export async function deleteDuplicates(
  recoveredRecords: readonly RecoveredRecord[],
  deps: Deps,
): Promise<Deletions> {
  const deletions = new Map<string, DeletionState>();
  for (const recovered of recoveredRecords) {
    const { record, id, found, duplicates } = recovered;
    const label = labelOf(record);
    const extras = found === null ? null : findExtras<Duplicate>(found, duplicates);
    for (const each of extras ?? []) await deleteOne(each, recovered, deletions, deps);
    if (extras !== null) continue;
    for (const duplicate of duplicates) {
      deps.log.warning(
        'Two snapshots were made',
        `${label}: snapshots ${id ?? 'unknown'} and ${duplicate.id ?? '(without a usable id)'} were both made by this step, because an answer from the API was lost. The first is not known to be complete, so both are kept; delete one once the other is complete.`,
      );
    }
  }
  return deletions;
}
