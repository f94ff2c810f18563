import { type RootInputs } from '../../github/inputs/actions.ts';
import { type Snapshot } from '../../vps/model.ts';
import { type Deps } from '../common/deps.ts';
import { FailedError } from '../common/errors.ts';
import { confirmServer } from '../server/confirmation.ts';
import { type PlanInputs, planServer, type ServerPlan } from './plan.ts';
import { labelOf } from '../common/labels.ts';

/**
 * Carries a planned rotation out; gives the snapshot that was deleted, if any. After a stop, which takes its time,
 * the list is read and checked again first.
 */
export async function rotateSlot(
  plan: ServerPlan,
  inputs: PlanInputs & Pick<RootInputs, 'stopServer'>,
  deps: Deps,
  until: number,
): Promise<Snapshot | null> {
  const { progress } = plan;
  const current =
    plan.kind === 'rotate' && inputs.stopServer
      ? await planServer(progress, { ...inputs, onRerun: 'create' }, deps, until)
      : plan;
  if (current.kind !== 'rotate') return null;
  const { toDelete, why, lastRestorePoint } = current;
  const label = labelOf(progress.record);
  if (lastRestorePoint) {
    deps.log.warning(
      'Only restore point deleted',
      `${label}: snapshot ${toDelete.id} is this repository's only completed one there, and is deleted to make room. Until the new one is complete there is none.`,
    );
  }
  try {
    if (current.assumed) await confirmServer(progress.record.server, [toDelete], deps, until);
    deps.log.event(
      label,
      `deleting snapshot ${toDelete.id} (${toDelete.name ?? 'no name'}) to make room: ${why}`,
    );
    const deleted = await deps.api.deleteSnapshot(toDelete.id, until);
    deps.log.event(
      label,
      deleted ? `snapshot ${toDelete.id} deleted` : `snapshot ${toDelete.id} was gone already`,
    );
  } catch (cause) {
    throw new FailedError(
      'No slot was freed',
      `${label}: snapshot ${toDelete.id} (${why}) was to be deleted to make room, and that could not be confirmed, so no snapshot was made. Look at the server's snapshots in the panel of VPS.org, then run the job again.`,
      { cause },
    );
  }
  progress.show({ before: (progress.before ?? []).filter((s) => s.id !== toDelete.id) });
  return toDelete;
}
