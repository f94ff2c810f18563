import { type WaitInputs } from '../../github/inputs/commands.ts';
import { type Alert, describeError } from '../../github/log.ts';
import { formatDuration } from '../../github/format.ts';
import { setSnapshotOutputs, type SnapshotOutput } from '../../github/outputs.ts';
import { restoreCommand } from '../../github/summary.ts';
import { EXTRA_READ_MS } from '../../snapshots/polling/schedule.ts';
import { isCompleted } from '../../snapshots/status.ts';
import { type Snapshot } from '../../vps/model.ts';
import { settleAll } from '../common/concurrency.ts';
import { type Deps, within } from '../common/deps.ts';
import { FailedError, onlyError } from '../common/errors.ts';
import { labelOfServer } from '../common/labels.ts';
import { requireList } from '../common/lists.ts';
import { renderReport, writeReport } from '../common/report.ts';
import { refuseUnlistedServers } from '../server/unknown-server.ts';
import { createSnapshotWaiter } from '../waiting/snapshot-wait.ts';
import { type WaitTarget } from '../waiting/wait-target.ts';

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
  const budget = within(deps, inputs.waitTimeout);
  const publish = (): void =>
    setSnapshotOutputs(
      deps.runner,
      snapshotIds.map((id) => outputOf(id, seen, serverId)),
    );
  const targets = snapshotIds.map((id) => ({
    id,
    key: null,
    serverId,
    label: () => labelOfServer(seen.get(id)?.server, serverId ?? undefined),
    onSeen: (snapshot: Snapshot) => void seen.set(id, snapshot),
    onCompleted: () => saveProof(id, inputs, deps),
  }));
  await writeReport(
    deps,
    async () => {
      try {
        if (inputs.dryRun) return await readOnce(inputs, serverId, budget, seen);
        await waitForAll(targets, inputs, budget, publish);
      } catch (error) {
        // Of a server that nobody knows no list shows anything.
        if (seen.size === 0 && error instanceof FailedError)
          await refuseUnlistedServers(serverIds, within(deps, EXTRA_READ_MS));
        throw error;
      } finally {
        publish();
      }
    },
    (alerts) => summarize({ inputs, seen, serverId }, alerts, deps),
  );
}

async function waitForAll(
  targets: readonly WaitTarget[],
  inputs: WaitInputs,
  deps: Deps,
  onRound: () => void,
): Promise<void> {
  const timeout = formatDuration(inputs.waitTimeout);
  const waiter = createSnapshotWaiter(deps, {
    timeout,
    timeoutInput: 'wait_timeout',
    firstPatience: 'twice',
    onRound,
  });
  await settleAll(targets.map((target) => waiter.wait(target)));
}

/**
 * The proof is worth something only if nothing had gone wrong by then, and the step stands before the deploy
 * (`docs/how-it-works/waiting.md`, "Completion proof").
 */
function saveProof(id: string, { jobStatus }: WaitInputs, { completionProofs, log }: Deps): void {
  const status = jobStatus.toLowerCase();
  if (status === 'failure' || status === 'cancelled') {
    log.info(
      `The job is '${status}' already, so that snapshot ${id} is complete now proves nothing about the time before the deploy.`,
    );
    return;
  }
  try {
    completionProofs.save(id);
    log.info(
      `Noted for the post step of this job that snapshot ${id} is complete; valid only if this step stands before the deploy.`,
    );
  } catch (error) {
    log.warning(
      'Completion not recorded',
      `Snapshot ${id} is complete, but that could not be written down for the post step of this job, which will not restore it: ${describeError(error)}`,
    );
  }
}

interface WaitReport {
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
): Promise<void> {
  const list = await requireList(
    (limits) => deps.api.listSnapshots(serverId === null ? {} : { serverId }, limits),
    deps,
    'Dry run incomplete',
    'the snapshots could not be listed',
  );
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

function summarize({ inputs, seen, serverId }: WaitReport, alerts: readonly Alert[], deps: Deps): string {
  const { snapshotIds } = inputs;
  const done = snapshotIds.filter((id) => {
    const snapshot = seen.get(id);
    return snapshot !== undefined && isCompleted(snapshot);
  });
  const lead = onlyError(alerts);
  const rows = snapshotIds.map((id) => {
    const snapshot = seen.get(id);
    return {
      server: labelOfServer(snapshot?.server, serverId ?? undefined),
      snapshotId: id,
      name: snapshot?.name ?? null,
      status: snapshot?.status ?? null,
      sizeMb: snapshot?.sizeMb ?? null,
      createdAt: snapshot?.createdAt ?? null,
    };
  });
  const commands = done.map((id) => restoreCommand(inputs.apiUrl, id));
  return renderReport({ headline: headlineOf(done.length, inputs), lead, rows, alerts, commands }, deps);
}

function headlineOf(done: number, { snapshotIds, dryRun }: WaitInputs): string {
  const all = snapshotIds.length;
  const noun = all === 1 ? 'snapshot' : 'snapshots';
  const count = all === 1 ? '' : `: ${done} of ${all}`;
  if (dryRun) return `🔎 Dry run: VPS.org ${noun} not waited for`;
  return done === all ? `📸 VPS.org ${noun} complete` : `❌ VPS.org ${noun} not complete${count}`;
}
