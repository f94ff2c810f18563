import { hasStood, stand, type Standing } from '../../snapshots/polling/schedule.ts';
import { type Deps } from '../common/deps.ts';
import { createHeartbeat } from '../common/heartbeat.ts';
import { pause } from '../common/poll.ts';

/**
 * Reads until a list is complete, or has been incomplete for as long as a refusal has to stand: a list may have changed
 * while its pages were read. Gives what was read last. What a read throws has outlasted its patience, so it is not read
 * again as `poll` would. Throws what the reads throw, and {@link CancelledError}.
 */
export async function readCompleteList<T>(
  read: () => Promise<T>,
  isEnough: (value: T) => boolean,
  deps: Pick<Deps, 'clock' | 'schedule' | 'cancelled' | 'log' | 'until'>,
): Promise<T> {
  const { clock, schedule } = deps;
  const heartbeat = createHeartbeat('waiting for a complete list of snapshots', deps);
  heartbeat.set('the list', 'incomplete');
  let standing: Standing | null = null;
  for (;;) {
    const value = await read();
    const now = clock.now();
    standing = stand(standing, now);
    const isLate = now + schedule.fastPoll >= deps.until;
    if (isEnough(value) || isLate || hasStood(standing, schedule.span('refusal'))) return value;
    await pause(deps, schedule.fastPoll, () => heartbeat.beat());
  }
}
