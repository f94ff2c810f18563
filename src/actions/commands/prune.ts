import { type PruneInputs } from '../../github/inputs/commands.ts';
import { type Alert } from '../../github/log.ts';
import { formatDuration } from '../../github/format.ts';
import { renderSummary } from '../../github/summary.ts';
import { BUDGETS } from '../../snapshots/polling/schedule.ts';
import { type Deps, within } from '../common/deps.ts';
import { describeFailure, FailedError, onlyError } from '../common/errors.ts';
import { requireList } from '../common/lists.ts';
import { writeReport } from '../common/report.ts';
import { type Pruned, pruneServer } from '../retention/pruning.ts';
import { refuseUnknownServer } from '../server/unknown-server.ts';

/**
 * The `prune` action: deletes this repository's older snapshots on each server by one rule, and says why each
 * one stays or goes. One server that cannot be pruned does not keep the others from it. Throws where anything
 * could not be done.
 */
export async function prune(inputs: PruneInputs, deps: Deps): Promise<void> {
  const { keepLast, olderThan } = inputs;
  const age =
    olderThan === null ? '' : `; others are deleted only if older than ${formatDuration(olderThan)}`;
  const newest = keepLast === 1 ? 'newest completed snapshot' : `newest ${keepLast} completed snapshots`;
  deps.log.info(`This repository's ${newest} on each server ${keepLast === 1 ? 'is' : 'are'} kept${age}.`);
  const results: Pruned[] = [];
  await writeReport(
    deps,
    async () => {
      const failures = await pruneAll(inputs, within(deps, BUDGETS.cleanUp), results);
      deps.runner.setOutput('deleted', results.flatMap(({ deleted }) => deleted).join(','));
      deps.runner.setOutput('kept', results.flatMap(({ kept }) => [...kept]).join(','));
      if (failures.length > 0) throw new FailedError('Not all pruned', failures.join('\n'));
    },
    (alerts) => summarize(results, inputs, deps, alerts),
  );
}

/** Prunes server after server; gives what could not be done. */
async function pruneAll(inputs: PruneInputs, deps: Deps, results: Pruned[]): Promise<string[]> {
  const { keepLast, olderThan, dryRun } = inputs;
  const failures: string[] = [];
  for (const server of inputs.serverIds) {
    try {
      await pruneServer({ server, ids: [server], serverName: null }, deps, {
        rule: { keepLast, olderThan },
        by: 'prune',
        origin: deps.job.origin,
        used: null,
        dryRun,
        list: async () =>
          await requireList(
            (limits) => deps.api.listSnapshots({ serverId: server }, limits),
            deps,
            'Not all pruned',
            `nothing was deleted on server ${server}`,
          ),
        onPlan: (pruned) => results.push(pruned),
      });
      if (results.at(-1)?.verdicts.length === 0) {
        // A schedule with a typing error would be green for ever, while the server fills up.
        await refuseUnknownServer(server, deps);
        deps.log.notice(
          'No snapshots listed',
          `VPS.org lists no snapshots for server ${server}. If there should be some, check 'server_id'.`,
        );
      }
    } catch (error) {
      failures.push(`${server}: ${describeFailure(error)}`);
      if (deps.cancelled.aborted) break;
    }
  }
  const left = results.flatMap((result) =>
    result.failed.map((id) => `${result.server}: snapshot ${id} is not confirmed as deleted`),
  );
  return [...failures, ...left];
}

function summarize(
  results: readonly Pruned[],
  inputs: PruneInputs,
  deps: Deps,
  alerts: readonly Alert[],
): string {
  const deleted = results.reduce((sum, each) => sum + each.deleted.length, 0);
  const planned = results.reduce((sum, { verdicts }) => sum + verdicts.filter(isToGo).length, 0);
  const count = inputs.dryRun ? planned : deleted;
  const done = `${count} VPS.org ${count === 1 ? 'snapshot' : 'snapshots'}`;
  const lead = onlyError(alerts);
  const sign = lead === undefined ? '✂️' : '❌ Not all pruned:';
  return renderSummary({
    headline: inputs.dryRun ? `🔎 Dry run: ${done} would be pruned` : `${sign} ${done} pruned`,
    lead,
    retention: results,
    alerts,
    events: deps.log.events(),
    step: deps.job.origin.step,
    linkTo: deps.log.linkTo,
  });
}

function isToGo({ action }: Pruned['verdicts'][number]): boolean {
  return action === 'delete';
}
