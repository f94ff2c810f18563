import { type RootInputs } from '../github/inputs.ts';
import { describeError } from '../github/log.ts';
import { formatDuration } from '../github/values.ts';
import { createSchedule, type Schedule } from '../snapshots/schedule.ts';
import { areMixed, contradicts } from '../snapshots/server.ts';
import { isDenied, VpsError } from '../vps/errors.ts';
import { isAddressable, type Snapshot } from '../vps/model.ts';
import { awaitSnapshots } from './awaiting.ts';
import { summarizeCreate } from './create-report.ts';
import { createSnapshot } from './creation.ts';
import { type Deps } from './deps.ts';
import { alertOf, CancelledError, FailedError, ToldError } from './errors.ts';
import { forEachSideBySide } from './side-by-side.ts';
import { meetServer } from './identity.ts';
import { planServer, type ServerPlan } from './plan.ts';
import { rotateSlot } from './rotation.ts';
import { isStoppedByUs, START_MS, startServer, stopServer } from './power.ts';
import { writeReport } from './report.ts';
import { describeStep, nameSnapshots, saveStep } from './step.ts';
import { labelOf, publish, showId, type Track } from './track.ts';

/**
 * The root action's main step: makes a snapshot of each server, waits for it unless told not to, and saves at
 * every point what the post step needs to find what was begun. Throws where the step is to be red.
 */
export async function create(inputs: RootInputs, deps: Deps): Promise<void> {
  const schedule = createSchedule(inputs.pollInterval);
  const tracks = nameSnapshots(inputs, deps);
  const step = saveStep(deps, describeStep(inputs, deps));
  await writeReport(
    deps,
    async () => {
      try {
        if (inputs.dryRun) return await planOnly(tracks, inputs, deps);
        await makeSnapshots(tracks, inputs, deps, schedule);
      } finally {
        await startStopped(tracks, deps, schedule);
        nameUncertain(tracks, deps);
        publish(deps, tracks);
      }
      if (deps.cancelled.aborted) throw new CancelledError();
      if (tracks.some(({ record }) => isStoppedByUs(record.power)))
        throw new ToldError('a server was not started again');
      saveStep(deps, { ...step, succeeded: true });
    },
    (alerts) => summarizeCreate(tracks, inputs, deps, alerts),
  );
}

/** Plans all servers, then makes and awaits their snapshots; throws where one is not to be had. */
async function makeSnapshots(
  tracks: readonly Track[],
  inputs: RootInputs,
  deps: Deps,
  schedule: Schedule,
): Promise<void> {
  let until = deps.clock.now() + inputs.waitTimeout;
  const plans = await planServers(tracks, inputs, deps, until);
  const made = plans.filter((plan) => plan.kind !== 'reuse');
  if (inputs.stopServer) {
    await forEachSideBySide(made, ({ track }) =>
      stopServer(targetOf(track), deps, schedule, {
        read: (server) => track.meet(server),
        save: (power) => track.save({ power }),
      }),
    );
    until = deps.clock.now() + inputs.waitTimeout;
  }
  await forEachSideBySide(made, async (plan) => {
    const rotated = await rotateSlot(plan, inputs, deps, until);
    await createSnapshot(plan.track, deps, { schedule, text: inputs.description, until, rotated });
    publish(deps, tracks);
    await warnAboutReading(plan.track, inputs, deps, until);
  });
  refuseSameServer(tracks);
  if (!inputs.wait) return warnAboutProof(tracks, inputs, deps);
  const starts: Promise<void>[] = [];
  try {
    await waitForSnapshots(made, tracks, inputs, deps, until, (track) => {
      if (isStoppedByUs(track.record.power)) starts.push(startEarly(track, deps, schedule));
    });
  } finally {
    await Promise.all(starts);
  }
}

/** With a restore configured: what is not seen complete before the deploy will not be restored. */
function warnAboutProof(tracks: readonly Track[], inputs: RootInputs, deps: Deps): void {
  if (!mayRestore(inputs)) return;
  const ids = tracks.map(({ record }) => record.snapshotId).join(',');
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
  tracks: readonly Track[],
  inputs: RootInputs,
  deps: Deps,
  until: number,
): Promise<ServerPlan[]> {
  const plans = new Map<Track, ServerPlan>();
  if (areMixed(inputs.serverIds)) await Promise.all(tracks.map((track) => meetServer(track, deps, until)));
  await forEachSideBySide(tracks, async (track) => {
    plans.set(track, await planServer(track, inputs, deps, until));
  });
  refuseSameServer(tracks);
  return tracks.map((track) => plans.get(track)).filter((plan) => plan !== undefined);
}

/** One server typed in two forms, as a number and as a UUID, would get two snapshots and lose two slots. */
function refuseSameServer(tracks: readonly Track[]): void {
  for (const [index, { record }] of tracks.entries()) {
    const twin = tracks
      .slice(0, index)
      .find((other) => other.record.ids.some((id) => record.ids.includes(id)));
    if (twin === undefined) continue;
    const made = [twin.record.snapshotId, record.snapshotId].filter((id) => id !== null);
    const state =
      made.length === 0
        ? 'Nothing was requested.'
        : `Made before that was known: ${made.join(' and ')}; delete one of them.`;
    throw new FailedError(
      'One server named twice',
      `'server_id': ${twin.record.server} and ${record.server} are the same server (${record.serverName ?? 'no name'}); give it once. ${state}`,
    );
  }
}

async function planOnly(tracks: readonly Track[], inputs: RootInputs, deps: Deps): Promise<void> {
  const until = deps.clock.now() + inputs.waitTimeout;
  const plans = await planServers(tracks, inputs, deps, until);
  for (const plan of plans) {
    const { track } = plan;
    const unmet = await meetServer(track, deps, until);
    if (unmet !== null) {
      deps.log.warning(
        'Server not seen',
        `${labelOf(track.record)}: whether there is such a server is unknown, because it could not be read. ${unmet.message}`,
      );
    }
    track.save({});
    const parts = [
      inputs.stopServer && plan.kind !== 'reuse' ? 'stop the server if it is active' : '',
      plan.kind === 'rotate' ? `delete snapshot ${plan.victim.id} (${plan.why})` : '',
      plan.kind === 'reuse' ? `reuse snapshot ${plan.snapshot.id}` : `make the snapshot ${track.record.name}`,
      inputs.stopServer && plan.kind !== 'reuse' ? 'start the server again' : '',
    ];
    deps.log.event(
      labelOf(track.record),
      `dry run, nothing is changed. Would ${parts.filter((p) => p !== '').join(', ')}`,
    );
  }
}

function targetOf(track: Track): { readonly id: string; readonly label: string } {
  return { id: track.record.server, label: labelOf(track.record) };
}

/**
 * With a restore configured: says early that its confirmation will fail, not in the night when it is needed.
 * A server that was stopped by this step has been read already.
 */
async function warnAboutReading(track: Track, inputs: RootInputs, deps: Deps, until: number): Promise<void> {
  if (!mayRestore(inputs) || inputs.stopServer) return;
  try {
    track.meet(await deps.api.getServer(track.record.server, until));
  } catch (error) {
    const denied = error instanceof VpsError && isDenied(error);
    if (!denied) return;
    deps.log.warning(
      'Restores cannot be confirmed',
      `${labelOf(track.record)}: the token may not read the server, or the API has no such call, so a restore could be requested but not confirmed, and would end red. ${error.message}`,
    );
  }
}

async function waitForSnapshots(
  plans: readonly ServerPlan[],
  tracks: readonly Track[],
  inputs: RootInputs,
  deps: Deps,
  until: number,
  onCompleted: (track: Track) => void,
): Promise<void> {
  if (plans.length === 0) return;
  const awaited = plans.map(({ track }) => ({
    id: track.record.snapshotId ?? '',
    key: track.record.key,
    serverId: track.record.server,
    label: () => labelOf(track.record),
    onSeen: (snapshot: Snapshot) => {
      track.show({ snapshot });
      track.save({
        snapshotId: snapshot.id,
        exact: snapshot.exact,
        shown: track.record.shown || !contradicts(snapshot.server, track.record.ids),
        createdAt: snapshot.createdAt ?? track.record.createdAt,
        sizeMb: snapshot.sizeMb,
        serverName: snapshot.server.name ?? track.record.serverName,
      });
      publish(deps, tracks);
    },
    onTwins: (snapshot: Snapshot, twins: readonly Snapshot[]) => {
      track.save({ twins: twins.map((s) => s.id).filter((id) => id !== '') });
      for (const twin of twins) {
        const fate = isAddressable(twin)
          ? 'is deleted by the post step'
          : 'stays, because its id cannot be used safely; delete it in the panel of VPS.org';
        deps.log.warning(
          'Two snapshots were made',
          `${labelOf(track.record)}: the API carried out a request whose answer was lost. Snapshot ${snapshot.id} is used; the second one, ${showId(twin.id)}, ${fate}.`,
        );
      }
    },
    onCompleted: () => {
      track.save({ phase: 'completed' });
      onCompleted(track);
    },
  }));
  await awaitSnapshots(awaited, deps, {
    schedule: createSchedule(inputs.pollInterval),
    until,
    timeout: formatDuration(inputs.waitTimeout),
  });
}

/** Starts a server while other snapshots are still waited for; what fails is tried again at the end of the step. */
async function startEarly(track: Track, deps: Deps, schedule: Schedule): Promise<void> {
  try {
    await startAgain(track, deps, schedule);
  } catch (error) {
    if (deps.cancelled.aborted) return;
    deps.log.event(labelOf(track.record), 'the server is not started yet; that is tried again at the end');
    deps.log.debug(describeError(error));
  }
}

async function startAgain(track: Track, deps: Deps, schedule: Schedule): Promise<void> {
  const { power } = track.record;
  if (power === null) return;
  const until = deps.clock.now() + START_MS;
  await startServer(targetOf(track), deps, { schedule, until, doubtful: power.stop !== 'confirmed' });
  track.save({ power: { ...power, started: true } });
}

/** A request without a known end is named here as well: the post step may be cut off, too. */
function nameUncertain(tracks: readonly Track[], { log }: Deps): void {
  for (const { record } of tracks) {
    if (record.phase !== 'intent') continue;
    log.event(
      labelOf(record),
      `it is unknown whether the snapshot ${record.name} was made; the post step looks for it`,
    );
  }
}

/** After a failure: no server stays stopped. After a cancel nothing is sent, and the post step does this. */
async function startStopped(tracks: readonly Track[], deps: Deps, schedule: Schedule): Promise<void> {
  if (deps.cancelled.aborted) return;
  await Promise.all(
    tracks
      .filter(({ record }) => isStoppedByUs(record.power))
      .map(async (track) => {
        try {
          await startAgain(track, deps, schedule);
        } catch (error) {
          const { title, text } = alertOf(error);
          deps.log.error(title, `${text}\nThe post step tries again.`);
        }
      }),
  );
}
