import { type Log } from '../../github/log.ts';
import { type SnapshotList } from '../../vps/model.ts';
import { type Deps } from './deps.ts';

/** The steps that were reported already: one notice says it for all servers. */
const reported = new WeakSet<Log>();

/** The API's time; the runner's only where the API gives none. */
export function apiTime(list: SnapshotList, { clock, log }: Pick<Deps, 'clock' | 'log'>): number {
  if (list.now !== null) return list.now;
  if (!reported.has(log)) {
    reported.add(log);
    log.notice(
      'No time from the API',
      "The API's answers have no date, so ages are counted by the runner's clock.",
    );
  }
  return clock.wall();
}
