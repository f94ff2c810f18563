import { type RootInputs } from '../github/inputs.ts';
import { type Snapshot } from '../vps/model.ts';
import { type Deps } from './deps.ts';
import { FailedError } from './errors.ts';
import { confirmServer } from './identity.ts';
import { type PlanInputs, planServer, type ServerPlan } from './plan.ts';
import { labelOf } from './track.ts';

/**
 * Carries a planned rotation out; gives the snapshot that was deleted, if any. After a stop, which takes its time,
 * the list is read and judged again first.
 */
export async function rotateSlot(
  plan: ServerPlan,
  inputs: PlanInputs & Pick<RootInputs, 'stopServer'>,
  deps: Deps,
  until: number,
): Promise<Snapshot | null> {
  const { track } = plan;
  const current =
    plan.kind === 'rotate' && inputs.stopServer
      ? await planServer(track, { ...inputs, onRerun: 'create' }, deps, until)
      : plan;
  if (current.kind !== 'rotate') return null;
  const { victim, why, lastRestorePoint } = current;
  const label = labelOf(track.record);
  if (lastRestorePoint) {
    deps.log.warning(
      'Only restore point deleted',
      `${label}: snapshot ${victim.id} is this repository's only completed one there, and is deleted to make room. Until the new one is complete there is none.`,
    );
  }
  try {
    if (current.assumed) await confirmServer(track.record.server, [victim], deps, until);
    deps.log.event(
      label,
      `deleting snapshot ${victim.id} (${victim.name ?? 'no name'}) to make room: ${why}`,
    );
    const deleted = await deps.api.deleteSnapshot(victim.id, until);
    deps.log.event(
      label,
      deleted ? `snapshot ${victim.id} deleted` : `snapshot ${victim.id} was gone already`,
    );
  } catch (cause) {
    throw new FailedError(
      'No slot was freed',
      `${label}: snapshot ${victim.id} (${why}) was to be deleted to make room, and that could not be confirmed, so no snapshot was made. Look at the server's snapshots in the panel of VPS.org, then run the job again.`,
      { cause },
    );
  }
  track.show({ before: (track.before ?? []).filter((s) => s.id !== victim.id) });
  return victim;
}
