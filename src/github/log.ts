import { type Clock } from '../vps/clock.ts';
import { entryUrl } from './guide.ts';
import { type Job } from './job.ts';
import { type AnnotationKind, type Runner } from './runner.ts';

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
  /**
   * A line of the log that is also an entry of the summary's table. What holds for now only stands before it in the log, and
   * not in the table, which is read when it may hold no more.
   */
  event(subject: string, text: string, forNow?: string): void;
  /** Detail that is folded away. */
  group(title: string, lines: readonly string[]): void;
  notice(title: string, text: string, more?: AlertParts): void;
  warning(title: string, text: string, more?: AlertParts): void;
  error(title: string, text: string, more?: AlertParts): void;
  /** What happened so far, in order. */
  events(): readonly LogEvent[];
  /** The annotations so far. */
  alerts(): readonly Alert[];
  /** The guide's entry of a title, empty where nobody knows its address. */
  readonly linkTo: (title: string) => string;
}

/** What follows the text of an annotation, which says what is so and what to do. */
export interface AlertParts {
  /** To be copied, on a line of its own. */
  readonly command?: string | undefined;
  /** Causes, and whatever else can be read later. */
  readonly details?: string | undefined;
  /** The first line of the text in short: the headline of a summary. */
  readonly headline?: string | undefined;
  /** What it is about, where a summary goes by that. */
  readonly topic?: AlertTopic | undefined;
}

export type AlertTopic = 'rolled_back' | 'down_after_restore' | 'not_started' | 'not_started_yet';

export interface Alert extends AlertParts {
  readonly kind: AnnotationKind;
  readonly title: string;
  readonly text: string;
}

/** The runner shows ten annotations of a kind for a step; the rest would vanish, so it goes to the log. */
const MOST_ANNOTATIONS = 9;

export function createLog(
  runner: Runner,
  clock: Pick<Clock, 'wall'>,
  job: Pick<Job, 'guideUrl'> = { guideUrl: '' },
): Log {
  const events: LogEvent[] = [];
  const alerts: Alert[] = [];
  const linkTo = (title: string): string => entryUrl(job.guideUrl, title);
  const annotate = (kind: AnnotationKind, title: string, text: string, more: AlertParts = {}): void => {
    const lines = [text, more.command, more.details, linkTo(title)];
    const whole = lines.filter((line) => line !== undefined && line !== '').join('\n');
    if (alerts.filter((a) => a.kind === kind).length < MOST_ANNOTATIONS) runner.annotate(kind, title, whole);
    else runner.write(`${kind}: ${title}: ${whole}`);
    alerts.push({ kind, title, text, ...more });
  };
  return {
    info: (text) => runner.write(text),
    debug: (text) => runner.debug(text),
    event(subject, text, forNow = '') {
      events.push({ at: clock.wall(), subject, text });
      runner.write(`${subject === '' ? '' : `${subject}: `}${forNow}${text}`);
    },
    group(title, lines) {
      runner.startGroup(title);
      for (const line of lines) runner.write(line);
      runner.endGroup();
    },
    notice: (title, text, more) => annotate('notice', title, text, more),
    warning: (title, text, more) => annotate('warning', title, text, more),
    error: (title, text, more) => annotate('error', title, text, more),
    events: () => events,
    alerts: () => alerts,
    linkTo,
  };
}

/** What was thrown, without what caused it. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
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
