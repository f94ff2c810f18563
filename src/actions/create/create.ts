import { type RootInputs } from '../../github/inputs/actions.ts';
import { describeError } from '../../github/log.ts';
import { formatDuration } from '../../github/inputs/values.ts';
import { createSchedule, type Schedule } from '../../snapshots/schedule.ts';
import { areMixed, contradicts } from '../../snapshots/server.ts';
import { isDenied, VpsError } from '../../vps/errors.ts';
import { isAddressable, type Snapshot } from '../../vps/model.ts';
import { waitForSnapshots } from '../waiting/snapshot-wait.ts';
import { summarizeCreate } from './summary.ts';
import { createSnapshot } from '../creating/request.ts';
import { type Deps } from '../common/deps.ts';
import { alertOf, CancelledError, FailedError, AlreadyReportedError } from '../common/errors.ts';
import { forEachConcurrently } from '../common/concurrency.ts';
import { meetServer } from './identity.ts';
import { planServer, type ServerPlan } from './plan.ts';
import { rotateSlot } from './rotation.ts';
import { isStoppedByUs, START_MS, startServer, stopServer } from '../server/power.ts';
import { writeReport } from '../common/report.ts';
import { describeStep, nameSnapshots, saveStep } from './step.ts';
import { publish, type ServerProgress } from '../creating/progress.ts';
import { labelOf, printId } from '../common/labels.ts';

/**
 * The root action's main step: makes a snapshot of each server, waits for it unless told not to, and saves at
 * every point what the post step needs to find what was started. Throws where the step is to be red.
 */
export async function create(inputs: RootInputs, deps: Deps): Promise<void> {
  const schedule = createSchedule(inputs.pollInterval);
  const servers = nameSnapshots(inputs, deps);
  const step = saveStep(deps, describeStep(inputs, deps));
  await writeReport(
    deps,
    async () => {
      try {
        if (inputs.dryRun) return await planOnly(servers, inputs, deps);
        await makeSnapshots(servers, inputs, deps, schedule);
      } finally {
        await startStopped(servers, deps, schedule);
        nameUncertain(servers, deps);
        publish(deps, servers);
      }
      if (deps.cancelled.aborted) throw new CancelledError();
      if (servers.some(({ record }) => isStoppedByUs(record.power)))
        throw new AlreadyReportedError('a server was not started again');
      saveStep(deps, { ...step, succeeded: true });
    },
    (alerts) => summarizeCreate(servers, inputs, deps, alerts),
  );
}

/** Plans all servers, then makes and awaits their snapshots; throws where one is not to be had. */
async function makeSnapshots(
  servers: readonly ServerProgress[],
  inputs: RootInputs,
  deps: Deps,
  schedule: Schedule,
): Promise<void> {
  let until = deps.clock.now() + inputs.waitTimeout;
  const plans = await planServers(servers, inputs, deps, until);
  const made = plans.filter((plan) => plan.kind !== 'reuse');
  if (inputs.stopServer) {
    await forEachConcurrently(made, ({ progress }) =>
      stopServer(targetOf(progress), deps, schedule, {
        read: (server) => progress.meet(server),
        save: (power) => progress.save({ power }),
      }),
    );
    until = deps.clock.now() + inputs.waitTimeout;
  }
  await forEachConcurrently(made, async (plan) => {
    const rotated = await rotateSlot(plan, inputs, deps, until);
    await createSnapshot(plan.progress, deps, { schedule, text: inputs.description, until, rotated });
    publish(deps, servers);
    await warnAboutReading(plan.progress, inputs, deps, until);
  });
  refuseSameServer(servers);
  if (!inputs.wait) return warnAboutProof(servers, inputs, deps);
  const starts: Promise<void>[] = [];
  try {
    await waitForMade(made, servers, inputs, deps, until, (progress) => {
      if (isStoppedByUs(progress.record.power)) starts.push(startEarly(progress, deps, schedule));
    });
  } finally {
    await Promise.all(starts);
  }
}

/** With a restore configured: what is not seen complete before the deploy will not be restored. */
function warnAboutProof(servers: readonly ServerProgress[], inputs: RootInputs, deps: Deps): void {
  if (!mayRestore(inputs)) return;
  const ids = servers.map(({ record }) => record.snapshotId).join(',');
  deps.log.notice(
    'Wait before the deploy',
    `A restore is configured, and 'wait' is false: use the wait action with snapshot_id: ${ids} in this job before the deploy. Without it a restore will be refused, because the snapshot may hold half of the deploy.`,
  );
}

/** Whether the post step may have to restore. */
function mayRestore(inputs: RootInputs): boolean {
  return inputs.onFailure === 'restore' || inputs.onCancel === 'restore' || inputs.restoreIfGiven;
}

/** Lists and plans all servers before anything is changed on one. */
async function planServers(
  servers: readonly ServerProgress[],
  inputs: RootInputs,
  deps: Deps,
  until: number,
): Promise<ServerPlan[]> {
  const plans = new Map<ServerProgress, ServerPlan>();
  if (areMixed(inputs.serverIds))
    await Promise.all(servers.map((progress) => meetServer(progress, deps, until)));
  await forEachConcurrently(servers, async (progress) => {
    plans.set(progress, await planServer(progress, inputs, deps, until));
  });
  refuseSameServer(servers);
  return servers.map((progress) => plans.get(progress)).filter((plan) => plan !== undefined);
}

/** One server typed in two forms, as a number and as a UUID, would get two snapshots and lose two slots. */
function refuseSameServer(servers: readonly ServerProgress[]): void {
  for (const [index, { record }] of servers.entries()) {
    const duplicate = servers
      .slice(0, index)
      .find((other) => other.record.ids.some((id) => record.ids.includes(id)));
    if (duplicate === undefined) continue;
    const made = [duplicate.record.snapshotId, record.snapshotId].filter((id) => id !== null);
    const state =
      made.length === 0
        ? 'Nothing was requested.'
        : `Made before that was known: ${made.join(' and ')}; delete one of them.`;
    throw new FailedError(
      'One server named twice',
      `'server_id': ${duplicate.record.server} and ${record.server} are the same server (${record.serverName ?? 'no name'}); give it once. ${state}`,
    );
  }
}

async function planOnly(servers: readonly ServerProgress[], inputs: RootInputs, deps: Deps): Promise<void> {
  const until = deps.clock.now() + inputs.waitTimeout;
  const plans = await planServers(servers, inputs, deps, until);
  for (const plan of plans) {
    const { progress } = plan;
    const unmet = await meetServer(progress, deps, until);
    if (unmet !== null) {
      deps.log.warning(
        'Server not seen',
        `${labelOf(progress.record)}: whether there is such a server is unknown, because it could not be read. ${unmet.message}`,
      );
    }
    progress.save({});
    const parts = [
      inputs.stopServer && plan.kind !== 'reuse' ? 'stop the server if it is active' : '',
      plan.kind === 'rotate' ? `delete snapshot ${plan.toDelete.id} (${plan.why})` : '',
      plan.kind === 'reuse'
        ? `reuse snapshot ${plan.snapshot.id}`
        : `make the snapshot ${progress.record.name}`,
      inputs.stopServer && plan.kind !== 'reuse' ? 'start the server again' : '',
    ];
    deps.log.event(
      labelOf(progress.record),
      `dry run, nothing is changed. Would ${parts.filter((p) => p !== '').join(', ')}`,
    );
  }
}

function targetOf(progress: ServerProgress): { readonly id: string; readonly label: string } {
  return { id: progress.record.server, label: labelOf(progress.record) };
}

/**
 * With a restore configured: says early that its confirmation will fail, not in the night when it is needed.
 * A server that was stopped by this step has been read already.
 */
async function warnAboutReading(
  progress: ServerProgress,
  inputs: RootInputs,
  deps: Deps,
  until: number,
): Promise<void> {
  if (!mayRestore(inputs) || inputs.stopServer) return;
  try {
    progress.meet(await deps.api.getServer(progress.record.server, until));
  } catch (error) {
    const denied = error instanceof VpsError && isDenied(error);
    if (!denied) return;
    deps.log.warning(
      'Restores cannot be confirmed',
      `${labelOf(progress.record)}: the token may not read the server, or the API has no such call, so a restore could be requested but not confirmed, and would end red. ${error.message}`,
    );
  }
}

async function waitForMade(
  plans: readonly ServerPlan[],
  servers: readonly ServerProgress[],
  inputs: RootInputs,
  deps: Deps,
  until: number,
  onCompleted: (progress: ServerProgress) => void,
): Promise<void> {
  if (plans.length === 0) return;
  const awaited = plans.map(({ progress }) => ({
    id: progress.record.snapshotId ?? '',
    key: progress.record.key,
    serverId: progress.record.server,
    label: () => labelOf(progress.record),
    onSeen: (snapshot: Snapshot) => {
      progress.show({ snapshot });
      progress.save({
        snapshotId: snapshot.id,
        idIsLossless: snapshot.idIsLossless,
        shown: progress.record.shown || !contradicts(snapshot.server, progress.record.ids),
        createdAt: snapshot.createdAt ?? progress.record.createdAt,
        sizeMb: snapshot.sizeMb,
        serverName: snapshot.server.name ?? progress.record.serverName,
      });
      publish(deps, servers);
    },
    onDuplicates: (snapshot: Snapshot, duplicates: readonly Snapshot[]) => {
      progress.save({ duplicates: duplicates.map((s) => s.id).filter((id) => id !== '') });
      for (const duplicate of duplicates) {
        const fate = isAddressable(duplicate)
          ? 'is deleted by the post step'
          : 'stays, because its id cannot be used safely; delete it in the panel of VPS.org';
        deps.log.warning(
          'Two snapshots were made',
          `${labelOf(progress.record)}: the API carried out a request whose answer was lost. Snapshot ${snapshot.id} is used; the second one, ${printId(duplicate.id)}, ${fate}.`,
        );
      }
    },
    onCompleted: () => {
      progress.save({ phase: 'completed' });
      onCompleted(progress);
    },
  }));
  await waitForSnapshots(awaited, deps, {
    schedule: createSchedule(inputs.pollInterval),
    until,
    timeout: formatDuration(inputs.waitTimeout),
  });
}

/** Starts a server while other snapshots are still waited for; what fails is tried again at the end of the step. */
async function startEarly(progress: ServerProgress, deps: Deps, schedule: Schedule): Promise<void> {
  try {
    await startAgain(progress, deps, schedule);
  } catch (error) {
    if (deps.cancelled.aborted) return;
    deps.log.event(labelOf(progress.record), 'the server is not started yet; that is tried again at the end');
    deps.log.debug(describeError(error));
  }
}

async function startAgain(progress: ServerProgress, deps: Deps, schedule: Schedule): Promise<void> {
  const { power } = progress.record;
  if (power === null) return;
  const until = deps.clock.now() + START_MS;
  await startServer(targetOf(progress), deps, { schedule, until, uncertain: power.stop !== 'confirmed' });
  progress.save({ power: { ...power, started: true } });
}

/** A request without a known end is named here as well: the post step may be cut off, too. */
function nameUncertain(servers: readonly ServerProgress[], { log }: Deps): void {
  for (const { record } of servers) {
    if (record.phase !== 'intent') continue;
    log.event(
      labelOf(record),
      `it is unknown whether the snapshot ${record.name} was made; the post step looks for it`,
    );
  }
}

/** After a failure: no server stays stopped. After a cancel nothing is sent, and the post step does this. */
async function startStopped(
  servers: readonly ServerProgress[],
  deps: Deps,
  schedule: Schedule,
): Promise<void> {
  if (deps.cancelled.aborted) return;
  await Promise.all(
    servers
      .filter(({ record }) => isStoppedByUs(record.power))
      .map(async (progress) => {
        try {
          await startAgain(progress, deps, schedule);
        } catch (error) {
          const { title, text } = alertOf(error);
          deps.log.error(title, `${text}\nThe post step tries again.`);
        }
      }),
  );
}
