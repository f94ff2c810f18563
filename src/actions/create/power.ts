import { type PowerRecord } from '../../github/state.ts';
import { BUDGETS } from '../../snapshots/polling/schedule.ts';
import { type Deps, within } from '../common/deps.ts';
import { alertOf } from '../common/errors.ts';
import { labelOf } from '../common/labels.ts';
import { type ServerProgress } from '../creating/progress.ts';
import { type PowerTarget } from '../server/power-errors.ts';
import { startServer } from '../server/start.ts';
import { isStoppedByUs, stopServer } from '../server/stop.ts';
import { knownStop } from '../server/known-stop.ts';

function powerTargetOf({ record }: ServerProgress): PowerTarget {
  return { id: record.server, label: labelOf(record) };
}

/** Stops the server of one snapshot; what it was and what was requested is saved before it counts. */
export async function stopForSnapshot(progress: ServerProgress, deps: Deps): Promise<void> {
  await stopServer(powerTargetOf(progress), deps, {
    read: (server) => progress.recordIds(server),
    save: (power) => progress.save({ ...progress.record, power }),
  });
}

/** Starts a server that this step stopped, if it has not been tried before. */
export type Starter = (progress: ServerProgress) => Promise<void>;

/**
 * Starts each server once, for as long as its budget allows; one that is not seen up again is an error here, and the
 * post step's to try again. After a cancel nothing is sent, and the post step does it all.
 */
export function createStarter(deps: Deps): Starter {
  const starts = new Map<ServerProgress, Promise<void>>();
  return async (progress) => {
    const { power } = progress.record;
    if (!isStoppedByUs(power) || deps.cancelled.aborted) return;
    const start = starts.get(progress) ?? startOne(progress, power, deps);
    starts.set(progress, start);
    await start;
  };
}

async function startOne(progress: ServerProgress, power: PowerRecord, deps: Deps): Promise<void> {
  try {
    await startServer(powerTargetOf(progress), within(deps, BUDGETS.start), knownStop(power, deps));
    progress.save({ ...progress.record, power: { ...power, started: true } });
  } catch (error) {
    if (deps.cancelled.aborted) return;
    const { title, text } = alertOf(error);
    deps.log.error(title, `${text}\nThe post step will try again.`);
  }
}
