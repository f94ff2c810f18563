import { create } from '../../../src/actions/create/create.ts';
import { remove } from '../../../src/actions/commands/delete.ts';
import type { Deps } from '../../../src/actions/common/deps.ts';
import { type Connection, createDeps, type StepContext } from '../../../src/actions/common/wiring.ts';
import { AlreadyReportedError, alertOf, CancelledError } from '../../../src/actions/common/errors.ts';
import { post } from '../../../src/actions/post/post.ts';
import { prune } from '../../../src/actions/commands/prune.ts';
import { restore } from '../../../src/actions/commands/restore.ts';
import { wait } from '../../../src/actions/commands/wait.ts';
import type { CommentSubject, GithubComment } from '../../../src/github/comment.ts';
import type { CompletionProofs } from '../../../src/github/job-files/completion-proof.ts';
import type { DeletionRecords } from '../../../src/github/job-files/deletion-record.ts';
import type { RestoreRecords } from '../../../src/github/job-files/restore-record.ts';
import type { Job } from '../../../src/github/job.ts';
import { createLog, type Log } from '../../../src/github/log.ts';
import { loadState } from '../../../src/github/state.ts';
import type { Clock } from '../../../src/vps/clock.ts';
import type { Transport } from '../../../src/vps/transport.ts';
import { ProcessClock } from '../../../simulator/clock/process-clock.ts';
import type {
  DeleteInputs,
  PostInputs,
  PruneInputs,
  RestoreInputs,
  RootInputs,
  WaitInputs,
} from './inputs.ts';
import { FakeRunner } from './fake-runner.ts';

/** One step of a job, with what its entry in `src/entry` would read from the environment. */
export type Use =
  | { readonly use: 'main'; readonly inputs: RootInputs }
  | { readonly use: 'post'; readonly inputs: PostInputs }
  | { readonly use: 'wait'; readonly inputs: WaitInputs }
  | { readonly use: 'restore'; readonly inputs: RestoreInputs }
  | { readonly use: 'delete'; readonly inputs: DeleteInputs }
  | { readonly use: 'prune'; readonly inputs: PruneInputs };

export interface ProcessOptions {
  readonly clock: Clock;
  readonly job: Job;
  /** What the runner keeps of the step: empty for a first process, main's for its post. */
  readonly state: Map<string, string>;
  /** The way to the API for this process, made with its own clock. */
  readonly transport: (clock: Clock) => Transport;
  readonly health: (clock: Clock) => Transport;
  readonly completionProofs: CompletionProofs;
  readonly restoreRecords: RestoreRecords;
  readonly deletionRecords: DeletionRecords;
  /** Shared by all post steps of a job. */
  readonly firstPostAt: (now: number) => number;
  readonly random: () => number;
  readonly newKey: () => string;
  /** None without it. */
  readonly ownAddresses?: ReadonlySet<string>;
  /** Comments on GitHub are put here; none is made without it. */
  readonly comments?: SentComment[];
}

/** A comment on GitHub, and what tells it apart from others. */
export interface SentComment extends CommentSubject {
  readonly markdown: string;
}

export type Signal = 'SIGINT' | 'SIGTERM' | 'SIGKILL';

/** A step's process: starts at once, and can be signalled as the runner does it. */
export class StepProcess {
  readonly runner: FakeRunner;
  /** Resolves when the process is over, however it ended. */
  readonly done: Promise<void>;
  readonly startedAt: number;
  endedAt = Number.POSITIVE_INFINITY;
  /** When the first signal came that the process obeys. */
  cancelledAt = Number.POSITIVE_INFINITY;
  wasKilled = false;
  readonly #clock: ProcessClock;
  readonly #cancelled = new AbortController();
  readonly #goesOnAfterSignals: boolean;
  readonly #listeners: (() => void)[] = [];

  constructor(step: Use, options: ProcessOptions) {
    const { clock } = options;
    this.#clock = new ProcessClock(clock);
    this.#goesOnAfterSignals = step.use === 'post';
    this.runner = new FakeRunner(() => clock.now(), options.state);
    this.startedAt = clock.now();
    this.done = this.#end(clock, this.#run(step, options));
  }

  get isOver(): boolean {
    return this.endedAt !== Number.POSITIVE_INFINITY;
  }

  /** The code that the runner sees; a killed process has none and counts as failed. */
  get exitCode(): 0 | 1 {
    return this.wasKilled ? 1 : this.runner.exitCode;
  }

  signal(signal: Signal): void {
    if (this.isOver) return;
    if (signal === 'SIGKILL') {
      this.wasKilled = true;
      this.runner.close();
      this.#clock.kill();
    } else if (this.#goesOnAfterSignals) {
      for (const listener of this.#listeners) listener();
    } else if (!this.#cancelled.signal.aborted) {
      this.cancelledAt = this.#clock.now();
      this.#cancelled.abort();
    }
  }

  async #end(clock: Clock, work: Promise<void>): Promise<void> {
    await Promise.race([work, this.#clock.killed]);
    this.endedAt = clock.now();
    // Nothing outlives its process.
    this.#clock.kill();
  }

  /** A killed process sends nothing more, even where its code has not come to rest yet. */
  #whileAlive(transport: Transport): Transport {
    return async (request) => {
      if (!this.#clock.isAlive) await new Promise<never>(() => {});
      return await transport(request);
    };
  }

  /** As `src/entry/start.ts` runs a use case. */
  async #run(step: Use, options: ProcessOptions): Promise<void> {
    const { job } = options;
    const log = createLog(this.runner, this.#clock, job);
    // Whoever starts a process has hold of it before its first request.
    await Promise.resolve();
    try {
      const code = await this.#perform(step, { job, log, runner: this.runner }, options);
      if (this.#cancelled.signal.aborted) throw new CancelledError();
      this.runner.setExitCode(code);
    } catch (error) {
      this.runner.setExitCode(1);
      reportFailure(error, log, this.#cancelled.signal.aborted);
    }
  }

  /** As the files of `src/entry`. */
  async #perform(step: Use, context: StepContext, options: ProcessOptions): Promise<0 | 1> {
    const { comments, completionProofs, restoreRecords, deletionRecords } = options;
    const comment: GithubComment | undefined = comments && {
      post(markdown, subject) {
        comments.push({ markdown, ...subject });
        return Promise.resolve();
      },
    };
    const world = {
      clock: this.#clock,
      transport: this.#whileAlive(options.transport(this.#clock)),
      health: options.health(this.#clock),
      random: options.random,
      newKey: options.newKey,
      ownAddresses: options.ownAddresses ?? new Set<string>(),
      cancelled: this.#cancelled.signal,
    };
    const connect = (connection: Connection): Deps => ({
      ...createDeps(context, world, connection),
      completionProofs,
      restoreRecords,
      deletionRecords,
    });
    switch (step.use) {
      case 'post': {
        const { inputs } = step;
        const saved = loadState(context.job.origin, (name) => options.state.get(name) ?? '');
        return await post(saved, inputs, {
          ...context,
          clock: this.#clock,
          onSignal: (listener) => void this.#listeners.push(listener),
          firstPostAt: options.firstPostAt,
          connect: (connection) => ({
            ...connect({ ...connection, apiToken: inputs.apiToken, persistent: true }),
            comment,
          }),
        });
      }
      case 'main':
        await create(step.inputs, connect(step.inputs));
        return 0;
      case 'wait':
        await wait(step.inputs, connect(step.inputs));
        return 0;
      case 'restore':
        await restore(step.inputs, { ...connect(step.inputs), comment });
        return 0;
      case 'delete':
        await remove(step.inputs, connect(step.inputs));
        return 0;
      case 'prune':
        await prune(step.inputs, connect(step.inputs));
        return 0;
    }
  }
}

/** As `src/entry/start.ts` reports it. */
export function reportFailure(error: unknown, log: Log, wasCancelled: boolean): void {
  if (error instanceof AlreadyReportedError) return log.debug(error.message);
  if (wasCancelled) {
    const { urgent, cause } = error instanceof CancelledError ? error : { urgent: '', cause: error };
    if (cause !== undefined && !(cause instanceof CancelledError)) log.info(alertOf(cause).text);
    log.error('Interrupted', `${urgent}\nThe job was cancelled, or a time-out ended this step.`.trim());
  } else {
    const { kind: _kind, title, text, ...more } = alertOf(error);
    log.error(title, text, more);
  }
}
