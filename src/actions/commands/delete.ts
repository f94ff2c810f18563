import { type DeleteInputs } from '../../github/inputs/actions.ts';
import { type Alert } from '../../github/log.ts';
import { renderSummary, type SummaryRow } from '../../github/summary.ts';
import { isOwn, parseMarker } from '../../snapshots/marker.ts';
import { provesAbsence } from '../../snapshots/lookup.ts';
import { isAddressable, type Snapshot, type SnapshotList } from '../../vps/model.ts';
import { deleteOne } from '../retention/deletion.ts';
import { type Deps } from '../common/deps.ts';
import { FailedError } from '../common/errors.ts';
import { requireList } from '../common/lists.ts';
import { writeReport } from '../common/report.ts';
import { labelOfServer } from '../common/labels.ts';

/** Time for the list and all deletions. */
const TIMEOUT_MS = 10 * 60_000;

type Outcome = 'deleted' | 'gone' | 'failed' | 'planned';

/**
 * The `delete` action: deletes the named snapshots. All are checked before the first is deleted, and one that
 * this repository did not make stops everything, because it means that the list of ids is not what it was
 * taken for; `force` deletes exactly the ids that are named. Throws where one is left.
 */
export async function remove(inputs: DeleteInputs, deps: Deps): Promise<void> {
  const { snapshotIds } = inputs;
  if (snapshotIds.length === 0) return deps.log.notice('Nothing to delete', "'snapshot_id' is empty.");
  const until = deps.clock.now() + TIMEOUT_MS;
  const report: Report = { inputs, listed: [], outcomes: new Map() };
  await writeReport(
    deps,
    async () => {
      try {
        const list = await requireList(
          () => deps.api.listSnapshots({}, until),
          'Nothing deleted',
          `The snapshots could not be listed, so none was deleted: ${snapshotIds.join(', ')}.`,
        );
        report.listed = list.snapshots;
        refuseForeign(inputs, list, deps);
        for (const id of snapshotIds) {
          const snapshot = list.snapshots.find((s) => s.id === id);
          report.outcomes.set(id, await removeOne(id, snapshot, provesAbsence(list), inputs, deps, until));
        }
      } finally {
        const deleted = snapshotIds.filter((id) => report.outcomes.get(id) === 'deleted');
        deps.runner.setOutput('deleted', deleted.join(','));
      }
      const left = snapshotIds.filter((id) => report.outcomes.get(id) === 'failed');
      if (left.length === 0) return;
      throw new FailedError(
        'Not all deleted',
        `Not known to be deleted: ${left.join(', ')}. The reason of each stands above.`,
      );
    },
    (alerts) => summarize(report, alerts, deps),
  );
}

interface Report {
  readonly inputs: DeleteInputs;
  listed: readonly Snapshot[];
  readonly outcomes: Map<string, Outcome>;
}

function refuseForeign({ snapshotIds, force }: DeleteInputs, list: SnapshotList, deps: Deps): void {
  const refusals = snapshotIds.flatMap((id) => {
    const snapshot = list.snapshots.find((s) => s.id === id);
    if (snapshot === undefined) {
      return provesAbsence(list) || force
        ? []
        : [`${id}: not in the list, which does not show everything, so nobody can tell whose it is`];
    }
    if (!isAddressable(snapshot)) return [`${id}: too large a number to be sure of its digits`];
    const marker = parseMarker(snapshot.description);
    if (force || isOwn(marker, deps.job.origin)) return [];
    return [
      `${id} (${snapshot.name ?? 'no name'}): ${marker ? `made by ${marker.repository}` : 'not made by this action'}`,
    ];
  });
  if (refusals.length === 0) return;
  throw new FailedError(
    'Nothing deleted',
    `Not all of the named snapshots were made by this repository, so none was deleted:\n${refusals.map((r) => `- ${r}`).join('\n')}\nCheck 'snapshot_id'; 'force: true' deletes every named snapshot, whoever made it.`,
  );
}

async function removeOne(
  id: string,
  snapshot: Snapshot | undefined,
  complete: boolean,
  inputs: DeleteInputs,
  deps: Deps,
  until: number,
): Promise<Outcome> {
  const label = snapshot === undefined ? '' : labelOfServer(snapshot.server);
  if (snapshot === undefined && complete) {
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
  const outcome = await deleteOne({ id, idIsLossless: true }, label, deps, until);
  if (outcome === 'gone') deps.log.notice('Already gone', `Snapshot ${id} is not there any more.`);
  return outcome;
}

function summarize({ inputs, listed, outcomes }: Report, alerts: readonly Alert[], deps: Deps): string {
  const words = {
    deleted: 'deleted',
    gone: 'was gone already',
    failed: 'not known to be deleted',
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
  const deleted = [...outcomes.values()].filter((outcome) => outcome === 'deleted').length;
  const gone = [...outcomes.values()].filter((outcome) => outcome === 'gone').length;
  return renderSummary({
    headline: inputs.dryRun
      ? '🔎 VPS.org snapshots: dry run, nothing was deleted'
      : `${deleted + gone < rows.length ? '❌' : '🗑️'} ${deleted} of ${rows.length} VPS.org snapshots deleted`,
    rows,
    alerts,
    events: deps.log.events(),
  });
}
