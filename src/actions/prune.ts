import { describeError } from '../github/log.ts';
import { type PruneInputs } from '../github/inputs.ts';
import { renderSummary } from '../github/summary.ts';
import { formatDuration } from '../github/values.ts';
import { pruneServer, type Pruned } from './cleanup.ts';
import { type Deps, FailedError } from './deps.ts';

/** Time for each server's list and deletions. */
const TIMEOUT_MS = 10 * 60_000;

/**
 * The `prune` action: deletes this repository's older snapshots on each server by one rule, and says why each
 * one stays or goes. One server that cannot be pruned does not keep the others from it. Throws where anything
 * could not be done.
 */
export async function prune(inputs: PruneInputs, deps: Deps): Promise<void> {
  const { keepLast, olderThan, dryRun } = inputs;
  const age =
    olderThan === null ? '' : `, and of the others only those older than ${formatDuration(olderThan)} go`;
  deps.log.info(`The newest ${keepLast} completed snapshots of this repository stay on each server${age}.`);
  const results: Pruned[] = [];
  const failures: string[] = [];
  for (const server of inputs.serverIds) {
    const until = deps.clock.now() + TIMEOUT_MS;
    try {
      const target = { server, ids: [server], serverName: null };
      results.push(await pruneServer(target, { keepLast, olderThan }, [], deps, { until, dryRun }));
    } catch (error) {
      failures.push(`${server}: ${describeError(error)}`);
      if (deps.cancelled.aborted) break;
    }
  }
  deps.runner.setOutput('deleted', results.flatMap(({ deleted }) => deleted).join(','));
  deps.runner.setOutput('kept', results.flatMap(({ kept }) => kept).join(','));
  failures.push(
    ...results.flatMap(({ server, failed }) =>
      failed.map((id) => `${server}: snapshot ${id} was not deleted`),
    ),
  );
  await deps.runner.writeSummary(summarize(results, inputs, deps));
  if (failures.length > 0) throw new FailedError('Not all pruned', failures.join('\n'));
}

function summarize(results: readonly Pruned[], inputs: PruneInputs, deps: Deps): string {
  const count = results.reduce((sum, { deleted }) => sum + deleted.length, 0);
  return renderSummary({
    headline: inputs.dryRun
      ? '🔎 VPS.org snapshots: dry run, nothing was pruned'
      : `✂️ ${count} VPS.org snapshots pruned on ${inputs.serverIds.length} servers`,
    retention: results,
    alerts: deps.log.alerts(),
    events: deps.log.events(),
  });
}
