import { type Clock } from '../vps/clock.ts';
import { type Runner } from './runner.ts';

/** Something that happened, for the summary's table. */
export interface LogEvent {
  /** Wall clock, epoch milliseconds. */
  readonly at: number;
  /** The server it is about, empty for the step as a whole. */
  readonly subject: string;
  readonly text: string;
}

export interface Log {
  info(text: string): void;
  debug(text: string): void;
  /** A line of the log that is also an entry of the summary's table. */
  event(subject: string, text: string): void;
  /** Detail that is folded away. */
  group(title: string, lines: readonly string[]): void;
  notice(title: string, text: string): void;
  /** `command` is for people to copy. */
  warning(title: string, text: string, command?: string): void;
  error(title: string, text: string, command?: string, mark?: Pick<Alert, 'isRollback'>): void;
  /** What happened so far, in order. */
  events(): readonly LogEvent[];
  /** The annotations so far. */
  alerts(): readonly Alert[];
}

export interface Alert {
  readonly kind: 'notice' | 'warning' | 'error';
  readonly title: string;
  readonly text: string;
  readonly command?: string;
  /** It reports a rollback that went well, which a summary shows in its own place. */
  readonly isRollback?: boolean;
}

/** The runner shows ten annotations of a kind for a step; the rest would vanish, so it goes to the log. */
const MOST_ANNOTATIONS = 9;

export function createLog(runner: Runner, clock: Pick<Clock, 'wall'>): Log {
  const events: LogEvent[] = [];
  const alerts: Alert[] = [];
  const annotate = (
    kind: Alert['kind'],
    title: string,
    text: string,
    command?: string,
    mark: Pick<Alert, 'isRollback'> = {},
  ): void => {
    const whole = command === undefined ? text : `${text}\n${command}`;
    if (alerts.filter((a) => a.kind === kind).length < MOST_ANNOTATIONS) runner.annotate(kind, title, whole);
    else runner.write(`${kind}: ${title}: ${whole}`);
    alerts.push({ kind, title, text, ...(command !== undefined && { command }), ...mark });
  };
  return {
    info: (text) => runner.write(text),
    debug: (text) => runner.debug(text),
    event(subject, text) {
      events.push({ at: clock.wall(), subject, text });
      runner.write(subject === '' ? text : `${subject}: ${text}`);
    },
    group(title, lines) {
      runner.startGroup(title);
      for (const line of lines) runner.write(line);
      runner.endGroup();
    },
    notice: (title, text) => annotate('notice', title, text),
    warning: (title, text, command) => annotate('warning', title, text, command),
    error: (title, text, command, mark) => annotate('error', title, text, command, mark),
    events: () => events,
    alerts: () => alerts,
  };
}

/** An error with everything that caused it, outermost first, each message once. */
export function describeError(error: unknown): string {
  const messages: string[] = [];
  for (
    let cause: unknown = error, depth = 0;
    cause !== undefined && cause !== null && depth < 6;
    depth += 1
  ) {
    const message = cause instanceof Error ? cause.message || cause.name : JSON.stringify(cause);
    if (!messages.some((known) => known.includes(message))) messages.push(message);
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return messages.join('\n  caused by: ');
}
