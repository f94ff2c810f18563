import { type Alert, type AlertParts, describeError } from '../../github/log.ts';
import { InputError } from '../../github/inputs/reader.ts';
import { RunnerFileError } from '../../github/runner.ts';
import { quoteDetail } from '../../vps/diagnosis.ts';
import { VpsError } from '../../vps/errors.ts';
import { capitalize } from '../../vps/text.ts';
import { type Deps } from './deps.ts';

/** The use case ends because the job was cancelled. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';
  /** What is urgent, for people: a server that is down, or goes down, a snapshot that was deleted. Empty where nothing is. */
  readonly urgent: string;

  constructor(urgent = '', options?: ErrorOptions) {
    super('The job was cancelled', options);
    this.urgent = urgent;
  }
}

/** A use case that ends red. The message: what is so, with which server or snapshot, and on its next line what to do. */
export class FailedError extends Error {
  override readonly name = 'FailedError';
  /** Title of the annotation. */
  readonly title: string;
  /** `details` stand in the place of what the causes say. */
  readonly more: AlertParts;
  /** The API was asked what its token may do, and the message says what it answered. */
  readonly isExplained: boolean;

  constructor(
    title: string,
    message: string,
    options: ErrorOptions & AlertParts & { readonly isExplained?: boolean } = {},
  ) {
    super(message, options);
    const { cause: _cause, isExplained = false, ...more } = options;
    this.title = title;
    this.isExplained = isExplained;
    this.more = more;
  }
}

/**
 * A use case that ends because a request failed: the cause first, then what it leads to, and what to do. `remark` is
 * what the API says of a token that it refused, and further lines.
 */
export function failedRequest(
  title: string,
  consequence: string,
  cause: VpsError,
  remark: string,
): FailedError {
  const { problem, advice } = cause.diagnosis;
  const reason =
    problem === ''
      ? `VPS.org answered with ${cause.status ?? 'no status'}${quoteDetail(cause)}`
      : capitalize(problem);
  const lines = [`${reason}, so ${consequence}.`, advice === '' ? '' : `${capitalize(advice)}.`, remark];
  const deeper = cause.cause === undefined ? '' : `\n  caused by: ${describeError(cause.cause)}`;
  return new FailedError(title, lines.filter((line) => line !== '').join('\n'), {
    cause,
    isExplained: true,
    details: `${cause.request}${deeper}`,
  });
}

/** A use case that ends red, and whose every reason is an annotation already. */
export class AlreadyReportedError extends Error {
  override readonly name = 'AlreadyReportedError';
}

/** The API's failure. Throws a {@link CancelledError} after a cancel, and whatever is no {@link VpsError}. */
export function apiFailureOf(error: unknown, { cancelled }: Pick<Deps, 'cancelled'>): VpsError {
  if (cancelled.aborted) throw new CancelledError();
  if (!(error instanceof VpsError)) throw error;
  return error;
}

/** What people read of an error that ended a use case. */
export function alertOf(error: unknown): Alert {
  const whole = describeError(error);
  if (error instanceof FailedError) {
    const causes = whole.slice(error.message.length).replace(/^\n/, '');
    return {
      kind: 'error',
      title: error.title,
      text: error.message,
      ...error.more,
      details: error.more.details ?? causes,
    };
  }
  if (error instanceof RunnerFileError) {
    const advice = `${whole}\nNothing was requested from VPS.org. The post step and later steps could not know of a snapshot: let the user of this action write the runner's files (a container with another user, a full disk).`;
    return { kind: 'error', title: 'Runner file cannot be written', text: advice };
  }
  const title = error instanceof InputError ? 'Invalid inputs' : 'VPS.org snapshot action failed';
  return { kind: 'error', title, text: whole };
}

/** The same as one text, for a failure among others. */
export function describeFailure(error: unknown): string {
  const { text, details } = alertOf(error);
  return details ? `${text}\n${details}` : text;
}

/** The error that ended a use case, where it is the only one: a summary is headed by it. */
export function onlyError(alerts: readonly Alert[]): Alert | undefined {
  const [first, second] = alerts.filter(({ kind }) => kind === 'error');
  return second === undefined ? first : undefined;
}
