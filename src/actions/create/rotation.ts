import { BUDGETS } from '../../snapshots/polling/schedule.ts';
import { type VpsError } from '../../vps/errors.ts';
import { describeError } from '../../github/log.ts';
import { type Deps, within } from '../common/deps.ts';
import { FailedError } from '../common/errors.ts';
import { labelOf } from '../common/labels.ts';
import { deleteSnapshot } from '../retention/deletion.ts';
import { confirmServer } from '../server/confirmation.ts';
import { isStale, planAgain, type PlanOptions, type ServerPlan } from './plan.ts';

/**
 * Carries a planned rotation out; gives when that was done (monotonic), `null` where there was nothing to delete.
 * After a stop, or whatever else took its time, the plan is made again first, on a fresh list.
 */
export async function rotateSlot(plan: ServerPlan, deps: Deps, options: PlanOptions): Promise<number | null> {
  if (plan.kind !== 'rotate') return null;
  const budget = within(deps, BUDGETS.cleanUp);
  const { progress } = plan;
  const isOld = isStale(plan, deps) || options.inputs.stopServer;
  const current = isOld ? await planAgain(plan, budget, options) : plan;
  if (current.kind !== 'rotate') return null;
  const { toDelete, reason, isLastRestorePoint } = current;
  const label = labelOf(progress.record);
  if (isLastRestorePoint) {
    deps.log.warning(
      'Only restore point deleted',
      `${label}: snapshot ${toDelete.id} is this repository's only complete one on the server and is deleted to make room. Until the new one is complete there is no restore point.`,
    );
  }
  deps.log.event(
    label,
    `deleting snapshot ${toDelete.id} (${toDelete.name ?? 'no name'}) to make room: ${reason}`,
  );
  await freeSlot(current, budget);
  deps.log.event(label, `snapshot ${toDelete.id} deleted`);
  progress.recordRotation(toDelete, true);
  return deps.clock.now();
}

async function freeSlot(plan: Extract<ServerPlan, { readonly kind: 'rotate' }>, deps: Deps): Promise<void> {
  const { toDelete, assumed, progress } = plan;
  const serverId = progress.record.server;
  const failed = (reason: string, cause?: VpsError): FailedError =>
    new FailedError(
      'No slot was freed',
      `${labelOf(progress.record)}: snapshot ${toDelete.id} (${plan.reason}) was to be deleted to make room, and that could not be confirmed, so no snapshot was made. Look at the server's snapshots in the panel of VPS.org, then run the job again. The reason: ${reason}`,
      // The reason is what it says.
      { cause, details: '' },
    );
  if (assumed) {
    const { status } = await confirmServer(serverId, [toDelete], deps).catch((error: unknown) => {
      throw failed(describeError(error));
    });
    if (status === 'restoring') throw failed('the server is being restored, so nothing is deleted');
  }
  const deletion = await deleteSnapshot({ ...toDelete, serverId }, deps);
  if (deletion.ok) return;
  if (deletion.state === 'unknown') progress.recordRotation(toDelete, false);
  throw failed(deletion.reason, deletion.cause);
}
