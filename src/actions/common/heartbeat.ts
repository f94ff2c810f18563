import { formatElapsed } from '../../github/format.ts';
import { type VpsError } from '../../vps/errors.ts';
import { type Deps } from './deps.ts';

/** How often something that is waited for has a line in the log. */
const HEARTBEAT_MS = 30_000;
/** A shorter outage is nothing that people need to know. */
const OUTAGE_MS = 10_000;

/** One line in the log every `HEARTBEAT_MS` for everything that is waited for, however much that is. */
export interface Heartbeat {
  /** Notes what is waited for, and its state. */
  set(subject: string, state: string): void;
  /** It is not waited for any more. */
  remove(subject: string): void;
  /** Prints the line, if it is time to. */
  beat(): void;
}

/** So many subjects are named, each with its state; of more the same number for each state, and the rest is counted. */
const MOST_SUBJECTS = 3;

/** A heartbeat that prints "Still `doing` after …: …"; `usual` says how long it usually takes. */
export function createHeartbeat(
  doing: string,
  { clock, log }: Pick<Deps, 'clock' | 'log'>,
  usual = '',
): Heartbeat {
  const startedAt = clock.now();
  const waiting = new Map<string, string>();
  let printedAt = startedAt;
  return {
    set: (subject, state) => void waiting.set(subject, state),
    remove: (subject) => void waiting.delete(subject),
    beat() {
      const now = clock.now();
      if (waiting.size === 0 || now - printedAt < HEARTBEAT_MS) return;
      printedAt = now;
      const hint = usual === '' ? '' : ` (${usual})`;
      log.info(`Still ${doing} after ${formatElapsed(now - startedAt)}${hint}: ${describeAll(waiting)}`);
    },
  };
}

function describeAll(waiting: ReadonlyMap<string, string>): string {
  if (waiting.size <= MOST_SUBJECTS)
    return [...waiting].map(([subject, state]) => `${subject}: ${state}`).join(', ');
  const groups = Map.groupBy(waiting, ([, state]) => state);
  return [...groups]
    .map(([state, members]) => {
      const named = members.slice(0, MOST_SUBJECTS).map(([subject]) => subject);
      const more = members.length - named.length;
      return `${state}: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
    })
    .join(' · ');
}

/** Prints what the API client waits for: an API that does not answer, or that limits the number of requests. */
export function createOutageLog({ clock, log }: Pick<Deps, 'clock' | 'log'>): {
  waiting(failure: VpsError, elapsed: number): void;
  answered(): void;
} {
  let printedAt: number | null = null;
  let endedAt = Number.NEGATIVE_INFINITY;
  return {
    waiting(failure, elapsed) {
      const now = clock.now();
      // Under a limit on requests one short outage follows the other: that is no news each time.
      if (printedAt === null && now - endedAt < HEARTBEAT_MS) return;
      if (elapsed < OUTAGE_MS || (printedAt !== null && now - printedAt < HEARTBEAT_MS)) return;
      const text = `Still waiting for the API after ${formatElapsed(elapsed)}: ${failure.message}`;
      if (printedAt === null) log.event('', text);
      else log.info(text);
      printedAt = now;
    },
    answered() {
      if (printedAt !== null) {
        log.event('', 'the API answers again');
        endedAt = clock.now();
      }
      printedAt = null;
    },
  };
}
