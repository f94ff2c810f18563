import { create } from '../../../src/actions/create/create.ts';
import { remove } from '../../../src/actions/commands/delete.ts';
import type { Deps } from '../../../src/actions/common/deps.ts';
import { AlreadyReportedError, alertOf, CancelledError } from '../../../src/actions/common/errors.ts';
import { post } from '../../../src/actions/post/post.ts';
import { prune } from '../../../src/actions/commands/prune.ts';
import { restore } from '../../../src/actions/commands/restore.ts';
import { wait } from '../../../src/actions/commands/wait.ts';
import type { CompletionProofs } from '../../../src/github/completion-proof.ts';
import type { Job } from '../../../src/github/job.ts';
import { createLog, type Log } from '../../../src/github/log.ts';
import { loadState } from '../../../src/github/state.ts';
import { createApi } from '../../../src/vps/api.ts';
import { createClient } from '../../../src/vps/client.ts';
import type { Clock } from '../../../src/vps/clock.ts';
import type { Transport } from '../../../src/vps/transport.ts';
import { Lifetime } from '../../../simulator/clock/process-clock.ts';
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
  readonly random: () => number;
  readonly newKey: () => string;
  /** Comments on GitHub are put here; none is made without it. */
  readonly comments?: string[];
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
  readonly #clock: Lifetime;
  readonly #cancelled = new AbortController();
  readonly #ignoresSignals: boolean;

  constructor(step: Use, options: ProcessOptions) {
    const { clock } = options;
    this.#clock = new Lifetime(clock);
    this.#ignoresSignals = step.use === 'post';
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
    } else if (!this.#ignoresSignals && !this.#cancelled.signal.aborted) {
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
    const log = createLog(this.runner, this.#clock);
    // Whoever starts a process has hold of it before its first request.
    await Promise.resolve();
    try {
      await perform(step, { job, log, runner: this.runner }, this.#depsFrom(log, options), options.comments);
      if (this.#cancelled.signal.aborted) throw new CancelledError();
    } catch (error) {
      this.runner.setExitCode(1);
      reportFailure(error, log, this.#cancelled.signal.aborted);
    }
  }

  /** As `src/entry/start.ts` creates them. */
  #depsFrom(log: Log, options: ProcessOptions): CreateDeps {
    const clock = this.#clock;
    const { runner } = this;
    return ({ apiToken, apiUrl, pollInterval = null }) => {
      runner.hide(apiToken);
      const send = createClient({
        apiUrl,
        token: apiToken,
        transport: this.#whileAlive(options.transport(clock)),
        clock,
        random: options.random,
        retryPause: pollInterval,
        debug: (line) => log.debug(line),
        cancelled: this.#cancelled.signal,
      });
      return {
        job: options.job,
        log,
        runner,
        clock,
        api: createApi(send, apiUrl),
        health: options.health(clock),
        newKey: options.newKey,
        completionProofs: options.completionProofs,
        cancelled: this.#cancelled.signal,
      };
    };
  }
}

/** What there is of a step before its inputs are read. */
interface StepContext extends Pick<Deps, 'job' | 'log'> {
  readonly runner: FakeRunner;
}
type CreateDeps = (connection: {
  readonly apiToken: string;
  readonly apiUrl: string;
  readonly pollInterval?: number | null;
}) => Deps;

/** As the files of `src/entry`. */
async function perform(
  step: Use,
  context: StepContext,
  createDeps: CreateDeps,
  comments?: string[],
): Promise<void> {
  const notice = comments && {
    tell(markdown: string) {
      comments.push(markdown);
      return Promise.resolve();
    },
  };
  switch (step.use) {
    case 'post': {
      const { inputs } = step;
      const saved = loadState(context.job.origin, (name) => context.runner.state.get(name) ?? '');
      await post(saved, inputs, context, ({ apiUrl, pollInterval }) => ({
        ...createDeps({ apiToken: inputs.apiToken, apiUrl, pollInterval }),
        notice,
      }));
      return;
    }
    case 'main':
      await create(step.inputs, createDeps(step.inputs));
      break;
    case 'wait':
      await wait(step.inputs, createDeps(step.inputs));
      break;
    case 'restore':
      await restore(step.inputs, { ...createDeps(step.inputs), notice });
      break;
    case 'delete':
      await remove(step.inputs, createDeps(step.inputs));
      break;
    case 'prune':
      await prune(step.inputs, createDeps(step.inputs));
      break;
  }
  context.runner.setExitCode(0);
}

/** As `src/entry/start.ts` reports it. */
function reportFailure(error: unknown, log: Log, wasCancelled: boolean): void {
  if (error instanceof AlreadyReportedError) return log.debug(error.message);
  const { title, text, command } = alertOf(error);
  if (wasCancelled) {
    if (!(error instanceof CancelledError)) log.info(text);
    log.error('Cancelled', 'The job was cancelled.');
  } else {
    log.error(title, text, command);
  }
}
