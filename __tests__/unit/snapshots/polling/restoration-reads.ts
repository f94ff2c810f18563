import {
  observeServer,
  startRestoration,
  type Restoration,
  type RestorePhase,
} from '../../../../src/snapshots/polling/restoration.ts';
import { createSchedule } from '../../../../src/snapshots/polling/schedule.ts';
import { server } from '../samples.ts';

const SECOND = 1000;
const SCHEDULE = createSchedule(null, false);

/** A read of the server so many seconds after the request; without a word of its own the `updated_at` is as before. */
export type Read = readonly [second: number, status: string, updatedAt?: string | null | undefined];

/** Reads that say the same, from one second to another, `pause` seconds apart. */
export function every(
  pause: number,
  from: number,
  to: number,
  status: string,
  updatedAt?: string | null,
): Read[] {
  const reads: Read[] = [];
  for (let second = from; second <= to; second += pause) reads.push([second, status, updatedAt]);
  return reads;
}

export type Known = Partial<Parameters<typeof startRestoration>[0]>;

export function phasesOf(reads: readonly Read[], known: Known = {}, schedule = SCHEDULE): RestorePhase[] {
  let state: Restoration = startRestoration({
    before: server('active'),
    request: 'accepted',
    requestedAt: 0,
    ...known,
  });
  return reads.map(([second, status, updatedAt = 'before']) => {
    const seen = observeServer(state, server(status, updatedAt), second * SECOND, schedule);
    state = seen.state;
    return seen.phase;
  });
}
