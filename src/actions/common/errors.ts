import { type Alert, describeError } from '../../github/log.ts';
import { InputError } from '../../github/inputs/reader.ts';
import { RunnerFileError } from '../../github/runner.ts';
import { VpsError } from '../../vps/errors.ts';
import { type Deps } from './deps.ts';

/** The use case ends because the job was cancelled. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';
  /** What is urgent, for people: a server that is down, or goes down. Empty where nothing is. */
  readonly urgent: string;

  constructor(urgent = '', options?: ErrorOptions) {
    super('The job was cancelled', options);
    this.urgent = urgent;
  }
}

/** A use case that ends red: what happened, to which server or snapshot, and what to do. */
export class FailedError extends Error {
  override readonly name = 'FailedError';
  /** Title of the annotation. */
  readonly title: string;
  /** A command for people to copy. */
  readonly command: string | undefined;

  constructor(title: string, message: string, options: ErrorOptions & { readonly command?: string } = {}) {
    super(message, options);
    this.title = title;
    this.command = options.command;
  }
}

/** A use case that ends red, and whose every reason is an annotation already. */
export class AlreadyReportedError extends Error {
  override readonly name = 'ToldError';
}

/** What the API did, of something that was thrown. Throws a {@link CancelledError} after a cancel, else what is no {@link VpsError}. */
export function apiFailureOf(error: unknown, { cancelled }: Pick<Deps, 'cancelled'>): VpsError {
  if (cancelled.aborted) throw new CancelledError();
  if (!(error instanceof VpsError)) throw error;
  return error;
}

/** What people are told of an error that ended a use case. */
export function alertOf(error: unknown): Alert {
  const text = describeError(error);
  if (error instanceof FailedError) {
    return {
      kind: 'error',
      title: error.title,
      text,
      ...(error.command !== undefined && { command: error.command }),
    };
  }
  if (error instanceof RunnerFileError) {
    const advice = `${text}\nNothing was requested from VPS.org. The post step and later steps could not know of a snapshot: let the user of this action write the runner's files (a container with another user, a full disk).`;
    return { kind: 'error', title: 'Runner file cannot be written', text: advice };
  }
  const title = error instanceof InputError ? 'Invalid inputs' : 'VPS.org snapshot action failed';
  return { kind: 'error', title, text };
}
