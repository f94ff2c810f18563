import { type WaitInputs } from '../../github/inputs/actions.ts';
import { type Alert } from '../../github/log.ts';
import { setSnapshotOutputs, type SnapshotOutput } from '../../github/outputs.ts';
import { renderSummary, restoreCommand } from '../../github/summary.ts';
import { formatDuration } from '../../github/inputs/values.ts';
import { createSchedule } from '../../snapshots/schedule.ts';
import { meaningOf } from '../../snapshots/status.ts';
import { type Snapshot } from '../../vps/model.ts';
import { waitForSnapshots } from '../waiting/snapshot-wait.ts';
import { type Deps } from '../common/deps.ts';
import { writeReport } from '../common/report.ts';
import { labelOfServer } from '../common/labels.ts';

type Seen = ReadonlyMap<string, Snapshot>;

/**
 * The `wait` action: waits until snapshots that another step or job requested are completed, and leaves proof
 * of it for the post step of the same job. Throws where one is not.
 */
export async function wait(inputs: WaitInputs, deps: Deps): Promise<void> {
  const { snapshotIds, serverIds } = inputs;
  if (snapshotIds.length === 0) return deps.log.notice('Nothing to wait for', "'snapshot_id' is empty.");
  const seen = new Map<string, Snapshot>();
  const serverId = serverIds.length === 1 ? (serverIds[0] ?? null) : null;
  const until = deps.clock.now() + inputs.waitTimeout;
  const publish = (): void =>
    setSnapshotOutputs(
      deps.runner,
      snapshotIds.map((id) => outputOf(id, seen, serverId)),
    );
  const awaited = snapshotIds.map((id) => ({
    id,
    key: null,
    serverId,
    label: () => labelOfServer(seen.get(id)?.server, serverId ?? undefined),
    onSeen: (snapshot: Snapshot) => {
      seen.set(id, snapshot);
      publish();
    },
    onCompleted: () => deps.completionProofs.save(id),
  }));
  await writeReport(
    deps,
    async () => {
      try {
        if (inputs.dryRun) return await readOnce(inputs, serverId, deps, seen, until);
        const schedule = createSchedule(inputs.pollInterval);
        await waitForSnapshots(awaited, deps, {
          schedule,
          until,
          timeout: formatDuration(inputs.waitTimeout),
        });
      } finally {
        publish();
      }
    },
    (alerts) => summarize({ inputs, seen, serverId }, alerts, deps),
  );
}

interface Report {
  readonly inputs: WaitInputs;
  readonly seen: Seen;
  readonly serverId: string | null;
}

/** The dry run: says how each snapshot stands now, and leaves no proof. */
async function readOnce(
  { snapshotIds }: WaitInputs,
  serverId: string | null,
  deps: Deps,
  seen: Map<string, Snapshot>,
  until: number,
): Promise<void> {
  const list = await deps.api.listSnapshots(serverId === null ? {} : { serverId }, until);
  for (const id of snapshotIds) {
    const snapshot = list.snapshots.find((s) => s.id === id);
    if (snapshot) seen.set(id, snapshot);
    deps.log.event(
      '',
      `dry run: snapshot ${id} is ${snapshot ? `'${snapshot.status}'` : 'not listed'}; it is not waited for`,
    );
  }
}

function outputOf(id: string, seen: Seen, serverId: string | null): SnapshotOutput {
  const snapshot = seen.get(id);
  return {
    server_id: snapshot?.server.id ?? snapshot?.server.uuid ?? serverId ?? '',
    server_name: snapshot?.server.name ?? null,
    snapshot_id: id,
    name: snapshot?.name ?? null,
    status: snapshot?.status ?? null,
    size_mb: snapshot?.sizeMb ?? null,
    created_at: snapshot?.createdAt ?? null,
  };
}

function summarize({ inputs, seen, serverId }: Report, alerts: readonly Alert[], deps: Deps): string {
  const { snapshotIds } = inputs;
  const isDone = (id: string): boolean => meaningOf(seen.get(id)?.status ?? '') === 'completed';
  const done = snapshotIds.filter(isDone);
  const all = snapshotIds.length;
  const headline = inputs.dryRun
    ? '🔎 VPS.org snapshot: dry run, not waited'
    : done.length === all
      ? `📸 VPS.org ${all === 1 ? 'snapshot' : 'snapshots'} complete`
      : `❌ VPS.org snapshot not complete: ${done.length} of ${all} completed`;
  return renderSummary({
    headline,
    rows: snapshotIds.map((id) => {
      const snapshot = seen.get(id);
      return {
        server: labelOfServer(snapshot?.server, serverId ?? undefined),
        snapshotId: id,
        name: snapshot?.name ?? null,
        status: snapshot?.status ?? null,
        sizeMb: snapshot?.sizeMb ?? null,
        createdAt: snapshot?.createdAt ?? null,
      };
    }),
    alerts,
    events: deps.log.events(),
    commands: done.map((id) => restoreCommand(inputs.apiUrl, id)),
  });
}
