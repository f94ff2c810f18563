import { type ServerRecord } from '../../github/state.ts';
import { startCommand } from '../../github/summary.ts';
import { BUDGETS } from '../../snapshots/polling/schedule.ts';
import { type Deps, within } from '../common/deps.ts';
import { alertOf } from '../common/errors.ts';
import { labelOf } from '../common/labels.ts';
import { knownStop } from '../server/known-stop.ts';
import { NOT_STARTED } from '../server/power-errors.ts';
import { startServer } from '../server/start.ts';
import { isStoppedByUs } from '../server/stop.ts';

/** Starts what main left stopped; gives whether all are up again. Failures are reported. */
export async function startLeftStopped(
  records: readonly ServerRecord[],
  apiUrl: string,
  deps: Deps,
): Promise<boolean> {
  const started = await Promise.all(records.map((record) => startOne(record, apiUrl, deps)));
  return started.every(Boolean);
}

async function startOne(record: ServerRecord, apiUrl: string, deps: Deps): Promise<boolean> {
  const { power } = record;
  if (!isStoppedByUs(power)) return true;
  const label = labelOf(record);
  deps.log.event(label, 'the snapshot step stopped this server and ended before it was active again');
  try {
    await startServer({ id: record.server, label }, within(deps, BUDGETS.start), knownStop(power, deps));
    return true;
  } catch (error) {
    const { text, details } = alertOf(error);
    deps.log.error(NOT_STARTED, `${text}\nOr with this command:`, {
      command: startCommand(apiUrl, record.server),
      details,
      topic: 'not_started',
    });
    return false;
  }
}
