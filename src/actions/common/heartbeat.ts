import { formatElapsed } from '../../github/inputs/values.ts';
import { type Deps } from './deps.ts';

const HEARTBEAT_MS = 30_000;
/** An API that comes and goes is told this often. */
const OUTAGE_MS = 5 * 60_000;
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
  const startedAt = clock.now();
  const waiting = new Map<string, string>();
  let spoken = startedAt;
  return {
    set: (subject, state) => void waiting.set(subject, state),
    remove: (subject) => void waiting.delete(subject),
    beat() {
      const now = clock.now();
      if (waiting.size === 0 || now - spoken < HEARTBEAT_MS) return;
      spoken = now;
      const states = [...waiting].map(([subject, state]) => `${subject}: ${state}`);
      log.info(`Still ${doing} after ${formatElapsed(now - startedAt)}: ${states.join(', ')}`);
    },
  };
}

/** Tells when the API stops answering and when it answers again; outages that follow soon after are not told. */
export function createOutageLog({ clock, log }: Pick<Deps, 'clock' | 'log'>): {
  /** Notes what a look met: an outage, or an answer. */
  note(outage: string | null): void;
} {
  let toldAt = Number.NEGATIVE_INFINITY;
  let state: 'answers' | 'silent' | 'told' = 'answers';
  return {
    note(outage) {
      if (outage === null) {
        if (state === 'told') log.event('', 'the API answers again');
        state = 'answers';
      } else if (state === 'answers') {
        const text = `the API does not answer, still waiting: ${outage}`;
        state = clock.now() - toldAt < OUTAGE_MS ? 'silent' : 'told';
        if (state === 'silent') return log.debug(text);
        toldAt = clock.now();
        log.event('', text);
      }
    },
  };
}

/** The deadline of one look in a wait until `until`. */
export function pollDeadline(until: number, { clock }: Pick<Deps, 'clock'>): number {
  return Math.max(until, clock.now() + LAST_LOOK_MS);
}
