import { type DeleteInputs } from '../../github/inputs/commands.ts';
import { type DeletionState } from '../../github/job-files/deletion-record.ts';
import { type Alert, describeError } from '../../github/log.ts';
import { type SummaryRow } from '../../github/summary.ts';
import { provesAbsence } from '../../snapshots/lookup.ts';
import { describeMaker, isOwn, parseMarker } from '../../snapshots/marker.ts';
import { BUDGETS } from '../../snapshots/polling/schedule.ts';
import { COMPLETED } from '../../snapshots/status.ts';
import { isAddressable, type Snapshot, type SnapshotList } from '../../vps/model.ts';
import { createLimiter, settleAll } from '../common/concurrency.ts';
import { type Deps, within } from '../common/deps.ts';
import { FailedError, onlyError } from '../common/errors.ts';
import { labelOfServer, printId } from '../common/labels.ts';
import { requireList } from '../common/lists.ts';
import { renderReport, writeReport } from '../common/report.ts';
import { deleteAndReport, stateOf } from '../retention/deletion.ts';

type Outcome = 'deleted' | 'gone' | 'failed' | 'planned';

/**
 * The `delete` action: deletes the named snapshots. All are checked before the first is deleted, and one that
 * this repository did not make stops everything, because it means that the list of ids is not what it was
 * taken for; `force` deletes exactly the ids that are named. Throws where one is left.
 */
export async function remove(inputs: DeleteInputs, deps: Deps): Promise<void> {
  const { snapshotIds } = inputs;
  if (snapshotIds.length === 0) return deps.log.notice('Nothing to delete', "'snapshot_id' is empty.");
  const budget = within(deps, BUDGETS.cleanUp);
  const report: DeleteReport = { inputs, listed: [], outcomes: new Map() };
  await writeReport(
    deps,
    async () => {
      try {
        const list = await requireList(
          (limits) => deps.api.listSnapshots({}, limits),
          budget,
          'Nothing deleted',
          `nothing was deleted: ${snapshotIds.join(', ')}`,
        );
        report.listed = list.snapshots;
        refuseWords(snapshotIds, list);
        refuseOthers(inputs, list, deps);
        const limit = createLimiter();
        // Side by side, so that one that waits uses up no other one's time.
        await settleAll(
          snapshotIds.map((id) =>
            limit(async () => void report.outcomes.set(id, await removeOne(id, list, inputs, budget))),
          ),
        );
      } finally {
        const deleted = snapshotIds.filter((id) => report.outcomes.get(id) === 'deleted');
        deps.runner.setOutput('deleted', deleted.join(','));
      }
      const left = snapshotIds.filter((id) => report.outcomes.get(id) === 'failed');
      if (left.length === 0) return;
      throw new FailedError(
        'Not all deleted',
        `Not known to be deleted: ${left.join(', ')}. The reason of each is in the log above.`,
      );
    },
    (alerts) => summarize(report, alerts, deps),
  );
}

interface DeleteReport {
  readonly inputs: DeleteInputs;
  listed: readonly Snapshot[];
  readonly outcomes: Map<string, Outcome>;
}

/** Names, ids in other letters, and what only the `restore` action takes: nothing of that is "already gone". */
function refuseWords(words: readonly string[], { snapshots }: SnapshotList): void {
  const problems = words.flatMap((word) => {
    if (snapshots.some(({ id }) => id === word)) return [];
    if (word === 'latest') return [`'latest' is for the restore action: name the snapshots to delete`];
    const alike = snapshots.find(({ id }) => id?.toLowerCase() === word.toLowerCase());
    if (alike !== undefined) return [`'${word}' is listed as ${printId(alike.id)}: write the id like that`];
    const named = snapshots.filter(({ name }) => name === word);
    const ids = named.map(({ id }) => printId(id)).join(', ');
    return named.length === 0 ? [] : [`'${word}' is the name of ${ids}: write the id`];
  });
  if (problems.length === 0) return;
  throw new FailedError(
    'Nothing deleted',
    `'snapshot_id' takes ids, so nothing was deleted:\n${problems.map((problem) => `- ${problem}`).join('\n')}`,
  );
}

/** What this repository did not make, or what nobody can tell of, stops everything. */
function refuseOthers({ snapshotIds, force }: DeleteInputs, list: SnapshotList, deps: Deps): void {
  const refusals = snapshotIds.flatMap((id) => {
    const snapshot = list.snapshots.find((s) => s.id === id);
    if (snapshot === undefined) {
      return provesAbsence(list) || force
        ? []
        : [`${id}: not in the list, which does not show everything, so it is unknown who made it`];
    }
    if (!isAddressable(snapshot)) return [`${id}: too large a number to be sure of its last digits`];
    const marker = parseMarker(snapshot.description);
    if (force || isOwn(marker, deps.job.origin)) return [];
    return [`${id} (${snapshot.name ?? 'no name'}): ${describeMaker(marker, deps.job.origin)}`];
  });
  if (refusals.length === 0) return;
  throw new FailedError(
    'Nothing deleted',
    `Not all of the named snapshots were made by this repository, so none was deleted:\n${refusals.map((r) => `- ${r}`).join('\n')}\nCheck 'snapshot_id'; 'force: true' deletes every named snapshot, whoever made it.`,
  );
}

async function removeOne(id: string, list: SnapshotList, inputs: DeleteInputs, deps: Deps): Promise<Outcome> {
  const snapshot = list.snapshots.find((s) => s.id === id);
  const label = snapshot === undefined ? '' : labelOfServer(snapshot.server);
  if (snapshot === undefined && provesAbsence(list)) {
    deps.log.notice(
      'Already gone',
      `Snapshot ${id} is not listed: it was deleted before, or is too new to be listed.`,
    );
    return 'gone';
  }
  if (inputs.dryRun) {
    deps.log.event(label, `dry run: snapshot ${id} would be deleted`);
    return 'planned';
  }
  const serverId = snapshot?.server.id ?? snapshot?.server.uuid ?? null;
  const toDelete = { id, idIsLossless: true, status: snapshot?.status ?? COMPLETED, serverId };
  const deletion = await deleteAndReport(toDelete, label, deps);
  const state = stateOf(deletion);
  if (state !== null) noteForPost(id, state, deps);
  return deletion.ok ? 'deleted' : 'failed';
}

/** The post step of the same job reads no list of what it keeps. */
function noteForPost(id: string, state: DeletionState, { deletionRecords, log }: Deps): void {
  try {
    deletionRecords.save(id, state);
  } catch (error) {
    log.debug(`the deletion of snapshot ${id} cannot be noted for the post step: ${describeError(error)}`);
  }
}

function summarize(report: DeleteReport, alerts: readonly Alert[], deps: Deps): string {
  const { inputs, listed, outcomes } = report;
  const words = {
    deleted: 'deleted',
    gone: 'was already gone',
    failed: 'not confirmed as deleted',
    planned: 'would be deleted',
  };
  const rows = inputs.snapshotIds.map((id): SummaryRow => {
    const snapshot = listed.find((s) => s.id === id);
    const outcome = outcomes.get(id);
    return {
      server: snapshot === undefined ? 'unknown' : labelOfServer(snapshot.server),
      snapshotId: id,
      name: snapshot?.name ?? null,
      status: outcome === undefined ? 'not touched' : words[outcome],
      sizeMb: snapshot?.sizeMb ?? null,
      createdAt: snapshot?.createdAt ?? null,
    };
  });
  const lead = onlyError(alerts);
  return renderReport({ headline: headlineOf(report, lead), lead, rows, alerts }, deps);
}

function headlineOf({ inputs, outcomes }: DeleteReport, failure: Alert | undefined): string {
  const all = inputs.snapshotIds.length;
  const count = (wanted: Outcome): number => [...outcomes.values()].filter((each) => each === wanted).length;
  const noun = all === 1 ? 'snapshot' : 'snapshots';
  if (inputs.dryRun && failure === undefined)
    return `🔎 Dry run: ${count('planned')} of ${all} VPS.org ${noun} would be deleted`;
  const sign = count('deleted') + count('gone') < all ? '❌' : '🗑️';
  return `${sign} ${count('deleted')} of ${all} VPS.org ${noun} deleted`;
}
