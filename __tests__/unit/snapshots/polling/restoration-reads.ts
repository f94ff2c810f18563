import {
  observeServer,
  startRestoration,
  type Restoration,
  type RestorePhase,
} from '../../../../src/snapshots/polling/restoration.ts';
import { createSchedule } from '../../../../src/snapshots/polling/schedule.ts';
import { server } from '../samples.ts';

const SECOND = 1000;
/** The clock at the request: it does not begin with it. */
const REQUESTED_AT = 1e7;
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
    requestedAt: REQUESTED_AT,
    ...known,
  });
  return reads.map(([second, status, updatedAt = 'before']) => {
    const seen = observeServer(state, server(status, updatedAt), REQUESTED_AT + second * SECOND, schedule);
    state = seen.state;
    return seen.phase;
  });
}

/** Each phase with the second at which it was reached, up to the first that ends the watch. */
export function timelineOf(reads: readonly Read[], known?: Known): string {
  const steps: string[] = [];
  for (const [index, phase] of phasesOf(reads, known).entries()) {
    if (steps.at(-1)?.startsWith(`${phase} `) === true) continue;
    steps.push(`${phase} ${reads[index]?.[0]}`);
    if (phase === 'active' || phase === 'stopped' || phase === 'broken') break;
  }
  return steps.join(', ');
}
