import { hasStood, type Schedule, stand, type Standing } from '../../../src/snapshots/polling/schedule.ts';
import { observeList, startWatch, type Watch } from '../../../src/snapshots/polling/waiting.ts';
import { type Snapshot, type SnapshotList } from '../../../src/vps/model.ts';

/** A snapshot of which everything is wanted that lists show to its end, its size included. */
export interface Followed {
  readonly watch: Watch;
  readonly snapshot: Snapshot | null;
  /** How long its word has been the same. */
  readonly standing: Standing | null;
  readonly end: 'pending' | 'completed' | 'ended';
}

/** Lists may not show it for as long as there is time: nobody typed its id, so that it is no wrong one. */
const NOT_TYPED = 'contract';

export function startFollowing(id: string): Followed {
  return { watch: startWatch(id, NOT_TYPED), snapshot: null, standing: null, end: 'pending' };
}

/**
 * One more list. A completed one is followed until it has a size, or has none for two minutes; one that has a size and a
 * word that nobody knows has ended as well, once the word stands.
 */
export function follow(
  { watch, snapshot: last, standing: before }: Followed,
  list: SnapshotList,
  now: number,
  schedule: Pick<Schedule, 'span'>,
): Followed {
  const { watch: next, verdict, snapshot } = observeList(watch, list, now, schedule);
  const standing = snapshot === null ? null : stand(snapshot.status === last?.status ? before : null, now);
  const hasSize = snapshot?.sizeMb != null;
  const isCompleted =
    verdict === 'completed'
      ? hasSize || hasStood(standing, schedule.span('notListed'))
      : verdict === 'pending' && hasSize && hasStood(standing, schedule.span('refusal'));
  const isOver = verdict !== 'pending' && verdict !== 'completed';
  return { watch: next, snapshot, standing, end: isCompleted ? 'completed' : isOver ? 'ended' : 'pending' };
}

/** Whether the next list may bring what is still missing of a snapshot that has ended. */
export function isAwaitingSize({ snapshot }: Followed): boolean {
  return snapshot?.status === 'completed';
}
