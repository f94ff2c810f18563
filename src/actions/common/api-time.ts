import { type SnapshotList } from '../../vps/model.ts';
import { type Deps } from './deps.ts';

/** The API's time; the runner's only where the API tells none. */
export function apiTime(list: SnapshotList, deps: Pick<Deps, 'clock' | 'log'>): number {
  if (list.now !== null) return list.now;
  deps.log.notice(
    'No time from the API',
    "The API's answers have no date, so ages are counted by the runner's clock.",
  );
  return deps.clock.wall();
}
