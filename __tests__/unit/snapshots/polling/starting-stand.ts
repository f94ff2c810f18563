import { createSchedule } from '../../../../src/snapshots/polling/schedule.ts';
import {
  createStarting,
  noteStart,
  observeStart,
  type Starting,
} from '../../../../src/snapshots/polling/starting.ts';

export const SCHEDULE = createSchedule(null, false);

/** A read of the server, `null` for one without an answer, or a start that was taken or refused. */
export type Event = readonly [seconds: number, what: string | null];
export const TAKEN = '<start taken>';
export const REFUSED = '<start refused>';

/** The clock when the stop was taken. */
export const START = 1e7;

/** What is known after these events, counted from the stop. */
export function after(
  events: readonly Event[],
  wasSeen = false,
  isOfRestore = false,
): { readonly state: Starting; readonly now: number } {
  let state = createStarting({ wasSeen, acceptedAt: START, isOfRestore });
  let now = START;
  for (const [seconds, what] of events) {
    now = START + seconds * 1000;
    if (what === TAKEN || what === REFUSED) state = noteStart(state, what === TAKEN, now);
    // What a server says that cannot be read is unknown.
    else state = what === null ? { ...state, word: null } : observeStart(state, what, now);
  }
  return { state, now };
}

/** `active` every 3 s. */
export const activeFrom = (from: number, to: number): Event[] =>
  Array.from({ length: Math.floor((to - from) / 3) + 1 }, (_, n) => [from + 3 * n, 'active']);
