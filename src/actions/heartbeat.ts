import { formatElapsed } from '../github/values.ts';
import { type Deps } from './deps.ts';

const HEARTBEAT_MS = 30_000;
/** A last look after a deadline may take this long: what is done by then is no failure. */
const LAST_LOOK_MS = 10_000;

/** One line in the log about every 30 s for everything that is waited for, however much that is. */
export interface Heartbeat {
  /** Notes what is waited for, and how it stands. */
  set(subject: string, state: string): void;
  /** It is not waited for any more. */
  remove(subject: string): void;
  /** Says so, if it is time to. */
  beat(): void;
}

/** A heartbeat that says "Still `doing` after …: …". */
export function createHeartbeat(doing: string, { clock, log }: Pick<Deps, 'clock' | 'log'>): Heartbeat {
  const begun = clock.now();
  const waiting = new Map<string, string>();
  let spoken = begun;
  return {
    set: (subject, state) => void waiting.set(subject, state),
    remove: (subject) => void waiting.delete(subject),
    beat() {
      const now = clock.now();
      if (waiting.size === 0 || now - spoken < HEARTBEAT_MS) return;
      spoken = now;
      const states = [...waiting].map(([subject, state]) => `${subject}: ${state}`);
      log.info(`Still ${doing} after ${formatElapsed(now - begun)}: ${states.join(', ')}`);
    },
  };
}

/** The deadline of one look in a wait until `until`. */
export function lookDeadline(until: number, { clock }: Pick<Deps, 'clock'>): number {
  return Math.max(until, clock.now() + LAST_LOOK_MS);
}
