import { BUDGETS } from '../../snapshots/schedule.ts';
import { type Deps, within } from '../common/deps.ts';
import { alertOf } from '../common/errors.ts';
import { labelOf } from '../common/labels.ts';
import { type ServerProgress } from '../creating/progress.ts';
import { type PowerTarget } from '../server/power-errors.ts';
import { startServer } from '../server/start.ts';
import { isStoppedByUs, stopServer } from '../server/stop.ts';
import { knownStop } from '../server/known-stop.ts';

export function powerTargetOf({ record }: ServerProgress): PowerTarget {
  return { id: record.server, label: labelOf(record) };
}

/** Stops the server of one snapshot; what it was and what was requested is saved before it counts. */
export async function stopForSnapshot(progress: ServerProgress, deps: Deps): Promise<void> {
  await stopServer(powerTargetOf(progress), deps, {
    read: (server) => progress.recordIds(server),
    save: (power) => progress.save({ power }),
  });
}

/** Starts a server that this step stopped. Throws a FailedError where it is not seen up again. */
export async function startAgain(progress: ServerProgress, deps: Deps): Promise<void> {
  const { power } = progress.record;
  if (!isStoppedByUs(power)) return;
  const target = powerTargetOf(progress);
  await startServer(target, within(deps, BUDGETS.start), knownStop(power, deps));
  progress.save({ power: { ...power, started: true } });
}

/** After a failure: no server stays stopped. After a cancel nothing is sent, and the post step does this. */
export async function startStopped(servers: readonly ServerProgress[], deps: Deps): Promise<void> {
  if (deps.cancelled.aborted) return;
  await Promise.all(
    servers.map(async (progress) => {
      try {
        await startAgain(progress, deps);
      } catch (error) {
        if (deps.cancelled.aborted) return;
        const { title, text } = alertOf(error);
        deps.log.error(title, `${text}\nThe post step will try again.`);
      }
    }),
  );
}
