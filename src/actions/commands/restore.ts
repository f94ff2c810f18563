import { type RestoreInputs } from '../../github/inputs/actions.ts';
import { type Alert } from '../../github/log.ts';
import { renderSummary } from '../../github/summary.ts';
import { checkAskedRestore } from '../../snapshots/interlocks.ts';
import { createSchedule } from '../../snapshots/schedule.ts';
import { idsOf, isOfServer } from '../../snapshots/server.ts';
import { type Snapshot } from '../../vps/model.ts';
import { type Deps } from '../common/deps.ts';
import { FailedError, AlreadyReportedError } from '../common/errors.ts';
import { requireList } from '../common/lists.ts';
import { describeForGithub, isRestored, reportRestore, toSummary } from '../restoring/report.ts';
import { type Restore, type RestoreTarget } from '../restoring/request.ts';
import { checkRestore, restoreServers } from '../restoring/restore.ts';
import { labelOf } from '../common/labels.ts';
import { writeReport } from '../common/report.ts';

/** Time to find the servers of the snapshots. */
const LIST_MS = 5 * 60_000;

/**
 * The `restore` action: restores the named snapshots, each onto the server it was taken of, and verifies it.
 * Throws unless every restore was confirmed.
 */
export async function restore(inputs: RestoreInputs, deps: Deps): Promise<void> {
  if (inputs.snapshotIds.length === 0)
    return deps.log.notice('Nothing to restore', "'snapshot_id' is empty.");
  const report: Report = { inputs, restores: [] };
  await writeReport(
    deps,
    async () => {
      try {
        const targets = await findTargets(inputs, deps);
        if (inputs.dryRun) return await planOnly(targets, inputs, deps);
        await restoreAll(targets, report, deps);
      } finally {
        setOutputs(report.restores, deps);
      }
    },
    (alerts) => summarize(report, alerts, deps),
  );
}

interface Report {
  readonly inputs: RestoreInputs;
  restores: readonly Restore[];
}

async function restoreAll(targets: readonly RestoreTarget[], report: Report, deps: Deps): Promise<void> {
  const { inputs } = report;
  report.restores = await restoreServers(targets, deps, {
    schedule: createSchedule(inputs.pollInterval),
    until: deps.clock.now() + inputs.restoreTimeout,
    timeout: inputs.restoreTimeout,
    healthUrls: inputs.healthUrls,
    check: (facts) => checkAskedRestore(facts, deps.job.origin, inputs.allowOlder),
    whenRestoring: 'wait',
    async onRequested(restores) {
      report.restores = restores;
      setOutputs(restores, deps);
      await deps.runner.writeSummary(summarize(report, deps.log.alerts(), deps));
    },
  });
  for (const each of report.restores) reportRestore(each, inputs.apiUrl, deps, false);
  await deps.notice?.tell(describeForGithub(report.restores, deps.job));
  const left = report.restores.filter((each) => !isRestored(each)).length;
  if (left > 0) throw new AlreadyReportedError(`${left} of ${report.restores.length} not restored`);
}

/** Finds each snapshot's server; every mistake is told before anything is requested. */
async function findTargets(inputs: RestoreInputs, deps: Deps): Promise<RestoreTarget[]> {
  const { serverId } = inputs;
  const until = deps.clock.now() + LIST_MS;
  const list = await requireList(
    () => deps.api.listSnapshots(serverId === null ? {} : { serverId }, until),
    'Nothing restored',
    `The snapshots could not be listed, so no restore was requested of ${inputs.snapshotIds.join(', ')}.`,
  );
  const problems: string[] = [];
  const targets: RestoreTarget[] = [];
  for (const id of inputs.snapshotIds) {
    const snapshot = list.snapshots.find((s) => s.id === id);
    const server = snapshot?.server.id ?? snapshot?.server.uuid ?? serverId;
    if (snapshot === undefined || server === null) {
      problems.push(
        snapshot === undefined
          ? `snapshot ${id} is not listed${serverId === null ? '' : ` for server ${serverId}`}: it may have been deleted, or belong to another server`
          : `snapshot ${id} names no server`,
      );
      continue;
    }
    if (targets.some((target) => isOfServer(snapshot.server, target.serverIds))) {
      problems.push(
        `snapshot ${id} is of the same server as another one: a server can be put back to one state only`,
      );
    }
    targets.push(targetOf(snapshot, server, serverId));
  }
  if (problems.length > 0) {
    throw new FailedError(
      'Nothing restored',
      `Nothing was requested:\n${problems.map((p) => `- ${p}`).join('\n')}`,
    );
  }
  return targets;
}

function targetOf(snapshot: Snapshot, server: string, askedServer: string | null): RestoreTarget {
  return {
    label: labelOf({ server, serverName: snapshot.server.name }),
    serverId: askedServer ?? server,
    // With a server asked for, the interlock compares the snapshot with that one, not with its own.
    serverIds: askedServer === null ? idsOf(snapshot.server) : [askedServer],
    snapshotId: snapshot.id,
    idIsLossless: snapshot.idIsLossless,
    name: snapshot.name,
    createdAt: snapshot.createdAt,
    key: null,
    seenCompleted: null,
    startIfStopped: true,
  };
}

/** The dry run: judges as the restore itself would, and requests nothing. */
async function planOnly(targets: readonly RestoreTarget[], inputs: RestoreInputs, deps: Deps): Promise<void> {
  const until = deps.clock.now() + LIST_MS;
  const words = {
    checked: 'would be restored',
    other: 'would be restored by nobody: another restore runs, whose end would be waited for',
    refused: 'would be refused',
  };
  const refused: string[] = [];
  for (const target of targets) {
    const { stage, reason } = await checkRestore(target, deps, {
      until,
      check: (facts) => checkAskedRestore(facts, deps.job.origin, inputs.allowOlder),
      whenRestoring: 'wait',
    });
    if (stage === 'refused') refused.push(`${target.label}, snapshot ${target.snapshotId}: ${reason}`);
    deps.log.event(target.label, `dry run: snapshot ${target.snapshotId} ${words[stage]}`);
  }
  if (refused.length > 0) throw new FailedError('Would not be restored', refused.join('\n'));
}

function setOutputs(results: readonly Restore[], { runner }: Deps): void {
  runner.setOutput('restored', String(results.length > 0 && results.every(isRestored)));
  runner.setOutput(
    'restores',
    JSON.stringify(
      results.map((result) => ({
        server_id: result.target.serverId,
        server_name: result.snapshot?.server.name ?? null,
        snapshot_id: result.target.snapshotId,
        requested: result.requested,
        confirmed: result.confirmed,
        started: result.started,
        health: result.health,
        server_status: result.serverStatus,
        reason: result.reason,
      })),
    ),
  );
}

function summarize({ restores, inputs }: Report, alerts: readonly Alert[], { log }: Deps): string {
  return renderSummary({
    headline: inputs.dryRun ? '🔎 VPS.org restore: dry run, nothing was requested' : headlineOf(restores),
    restores: toSummary(restores),
    alerts,
    events: log.events(),
  });
}

function headlineOf(restores: readonly Restore[]): string {
  const restored = restores.filter(isRestored).length;
  if (restored > 0 && restored === restores.length) {
    return restored === 1 ? '⏪ VPS.org server restored' : `⏪ ${restored} VPS.org servers restored`;
  }
  if (restores.length > 0 && restores.every((each) => each.confirmed)) {
    return '⚠️ VPS.org server restored, but the health check failed';
  }
  if (restores.some((each) => each.requested)) {
    return `⚠️ VPS.org restore requested, confirmed for ${restored} of ${restores.length}`;
  }
  return '❌ VPS.org server not restored';
}
