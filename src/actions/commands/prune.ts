import { type PruneInputs } from '../../github/inputs/commands.ts';
import { type Alert } from '../../github/log.ts';
import { formatDuration } from '../../github/format.ts';
import { BUDGETS } from '../../snapshots/polling/schedule.ts';
import { idsOf } from '../../snapshots/server.ts';
import { createLimiter } from '../common/concurrency.ts';
import { type Deps, within } from '../common/deps.ts';
import { describeFailure, FailedError, onlyError } from '../common/errors.ts';
import { requireList } from '../common/lists.ts';
import { renderReport, writeReport } from '../common/report.ts';
import { type Pruned, pruneServer } from '../retention/pruning.ts';
import { refuseUnlistable, refuseUnlistedServers } from '../server/unknown-server.ts';

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
  const results: Results = new Map();
  await writeReport(
    deps,
    async () => {
      const failures = await pruneAll(inputs, within(deps, BUDGETS.cleanUp), results);
      const all = inOrder(results, inputs);
      deps.runner.setOutput('deleted', all.flatMap(({ deleted }) => deleted).join(','));
      // One that names no server may be on any of them.
      const kept = new Set(all.flatMap((each) => [...each.kept]));
      deps.runner.setOutput('kept', [...kept].join(','));
      if (failures.length > 0) throw new FailedError('Not all pruned', failures.join('\n'));
    },
    (alerts) => summarize(inOrder(results, inputs), inputs, deps, alerts),
  );
}

/** What was decided and done, in the order of the input. */
type Results = Map<string, Pruned>;

function inOrder(results: Results, { serverIds }: PruneInputs): readonly Pruned[] {
  return serverIds.flatMap((server) => results.get(server) ?? []);
}

/** Prunes the servers side by side, so that one that waits uses up nobody else's time; gives what could not be done. */
async function pruneAll(inputs: PruneInputs, deps: Deps, results: Results): Promise<string[]> {
  const limit = createLimiter();
  const failures = await Promise.all(
    inputs.serverIds.map((server) =>
      limit(async () => {
        try {
          await pruneOne(server, inputs, deps, results);
          return [];
        } catch (error) {
          return [`${server}: ${describeFailure(error)}`];
        }
      }),
    ),
  );
  const left = inOrder(results, inputs).flatMap((result) =>
    result.failed.map((id) => `${result.server}: snapshot ${id} is not confirmed as deleted`),
  );
  return [...failures.flat(), ...left];
}

async function pruneOne(server: string, inputs: PruneInputs, deps: Deps, results: Results): Promise<void> {
  const { keepLast, olderThan, dryRun } = inputs;
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
      ).catch(refuseUnlistable([server], deps)),
    onPlan(pruned) {
      refuseSameServer(pruned, results);
      results.set(server, pruned);
    },
  });
  if (results.get(server)?.verdicts.length !== 0) return;
  // A schedule with a typing error would be green for ever, while the server fills up.
  await refuseUnlistedServers([server], deps);
  deps.log.notice(
    'No snapshots listed',
    `VPS.org lists no snapshots for server ${server}. If there should be some, check 'server_id'.`,
  );
}

/** One server typed in two forms, as a number and as a UUID, is pruned once. */
function refuseSameServer({ verdicts }: Pruned, results: Results): void {
  const shown = new Set(
    verdicts.flatMap(({ snapshot: { id, server } }) => (idsOf(server).length > 0 ? (id ?? []) : [])),
  );
  for (const [typed, other] of results)
    if (other.verdicts.some(({ snapshot: { id } }) => id !== null && shown.has(id)))
      throw new Error(`this is the same server as ${typed}; give it once`);
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
  const headline = inputs.dryRun ? `🔎 Dry run: ${done} would be pruned` : `${sign} ${done} pruned`;
  return renderReport({ headline, lead, retention: results, alerts }, deps);
}

function isToGo({ action }: Pruned['verdicts'][number]): boolean {
  return action === 'delete';
}
