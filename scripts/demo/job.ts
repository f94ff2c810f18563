import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { emptyFile, readCommandFile } from './command-file.ts';
import { type Contexts, evaluate } from './expression.ts';
import { LogView } from './log-view.ts';
import { readAction } from './manifest.ts';
import { runBundle } from './process.ts';
import { type Screen } from './screen.ts';
import { type DemoTime } from './time.ts';

type Status = 'success' | 'failure' | 'cancelled';

/** What stands for the shell: the lines that a command writes, and whether it breaks. */
export type Command = () => {
  readonly says: readonly string[];
  readonly breaks?: boolean;
  /** How long it takes on the fast clock. */
  readonly minutes?: number;
};

export interface JobOptions {
  /** The `steps:` of the job. */
  readonly steps: string;
  /** The commands that a `run:` may name. */
  readonly commands?: Readonly<Record<string, Command>>;
  /** What expressions see beside `job`, `steps`, `secrets` and `vars`. */
  readonly contexts?: Contexts;
  /** The repository's variables, beside `VPS_API_URL`. */
  readonly vars?: Readonly<Record<string, string>>;
  readonly runId?: string;
  readonly attempt?: number;
  readonly name?: string;
}

interface JobWorld {
  readonly screen: Screen;
  readonly time: DemoTime;
  /** An empty folder for the files of this job. */
  readonly folder: string;
  readonly apiUrl: string;
  readonly token: string;
}

interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
  readonly run?: string;
  readonly if?: string;
  readonly 'continue-on-error'?: boolean;
}

/** What a started step left behind, also for its post step. */
interface Trace {
  readonly step: Step;
  readonly label: string;
  outcome: Status | 'skipped';
  conclusion: Status | 'skipped';
  outputs: Readonly<Record<string, string>>;
  state: ReadonlyMap<string, string>;
}

/** What one process of an action did. */
export interface Told {
  readonly label: string;
  readonly log: string;
  readonly summary: string;
}

/**
 * A small workflow runner: runs the steps of one job as the real one would, with the files, variables and
 * signals by which it and an action talk. The steps are run one by one, so that a story can be told between them.
 */
export class Job {
  status: Status = 'success';
  /** Everything that the actions of this job said, in order. */
  readonly told: Told[] = [];
  readonly #world: JobWorld;
  readonly #options: JobOptions;
  readonly #left: Step[];
  readonly #traces: Trace[] = [];
  /** Everything beside log and summary that left the actions: outputs and state. */
  #files = '';

  constructor(world: JobWorld, options: JobOptions) {
    this.#world = world;
    this.#options = options;
    this.#left = parse(options.steps) as Step[];
    mkdirSync(path.join(world.folder, 'temp'), { recursive: true });
    world.screen.workflow(options.steps.trim());
  }

  /** Runs the next step; with `cancelAt`, somebody cancels the job when the log says that. */
  async next(options: { readonly cancelAt?: RegExp } = {}): Promise<void> {
    const step = this.#left.shift();
    if (step === undefined) throw new Error('the job has no further step');
    const label = step.name ?? step.uses ?? step.run ?? '';
    const trace: Trace = {
      step,
      label,
      outcome: 'skipped',
      conclusion: 'skipped',
      outputs: {},
      state: new Map(),
    };
    this.#traces.push(trace);
    if (this.status !== 'success' && step.if !== 'always()') return;
    const { screen } = this.#world;
    screen.beginStep(label);
    trace.outcome =
      step.uses === undefined ? await this.#runCommand(step) : await this.#runMain(trace, step.uses, options);
    screen.endStep(trace.outcome);
    if (step.uses !== undefined) this.#showSummary();
    const tolerated = trace.outcome === 'failure' && step['continue-on-error'] === true;
    trace.conclusion = tolerated ? 'success' : trace.outcome;
    if (trace.conclusion !== 'success') this.status = trace.conclusion;
  }

  /** Runs what is left of the steps, then the post steps, last in first out. */
  async end(): Promise<void> {
    while (this.#left.length > 0) await this.next();
    for (const trace of this.#traces.toReversed()) {
      const bundle = trace.step.uses === undefined ? undefined : readAction(trace.step.uses).post;
      if (bundle === undefined || trace.outcome === 'skipped') continue;
      const { screen } = this.#world;
      screen.beginStep(`Post ${trace.label}`);
      const outcome = await this.#runProcess(`Post ${trace.label}`, trace, bundle, {});
      screen.endStep(outcome);
      this.#showSummary();
      if (outcome === 'failure' && this.status === 'success') this.status = 'failure';
    }
    this.#world.screen.jobEnd(this.status);
  }

  outputs(id: string): Readonly<Record<string, string>> {
    return this.#traces.find(({ step }) => step.id === id)?.outputs ?? {};
  }

  /** Whether a text left the actions by any way; the command that hides the token has to name it. */
  leaked(text: string): boolean {
    return [this.#files, ...this.told.flatMap(({ log, summary }) => [log, summary])].some((all) =>
      all.includes(text),
    );
  }

  async #runCommand({ run = '' }: Step): Promise<Status> {
    const command = this.#options.commands?.[run];
    if (command === undefined) throw new Error(`the story has no command "${run}"`);
    const { says, breaks = false, minutes = 0 } = command();
    await this.#world.time.pass(minutes);
    for (const text of says) this.#show({ kind: 'plain', folded: false, text });
    if (breaks)
      this.#show({ kind: 'Error', folded: false, text: 'Error: Process completed with exit code 1.' });
    return breaks ? 'failure' : 'success';
  }

  async #runMain(trace: Trace, uses: string, options: { readonly cancelAt?: RegExp }): Promise<Status> {
    return await this.#runProcess(trace.label, trace, readAction(uses).main, options);
  }

  async #runProcess(
    label: string,
    trace: Trace,
    bundle: string,
    options: { readonly cancelAt?: RegExp },
  ): Promise<Status> {
    const number = this.told.length + 1;
    const file = (name: string): string => emptyFile(path.join(this.#world.folder, `${number}-${name}`));
    const files = {
      GITHUB_OUTPUT: file('output'),
      GITHUB_STATE: file('state'),
      GITHUB_STEP_SUMMARY: file('summary.md'),
    };
    const view = new LogView();
    const raw: string[] = [];
    const cancel = { sent: false };
    const exitCode = await runBundle({
      bundle,
      env: { ...this.#environment(trace), ...files },
      onLine: (line, signal) => {
        if (!line.startsWith('::add-mask::')) raw.push(line);
        for (const shown of view.show(line)) this.#show(shown);
        if (cancel.sent || options.cancelAt?.test(line) !== true) return;
        cancel.sent = true;
        this.#show({ kind: 'Error', folded: false, text: 'Error: The operation was canceled.' });
        signal('SIGINT');
      },
    });
    trace.state = new Map([...trace.state, ...readCommandFile(files.GITHUB_STATE)]);
    trace.outputs = { ...trace.outputs, ...Object.fromEntries(readCommandFile(files.GITHUB_OUTPUT)) };
    this.#files += readFileSync(files.GITHUB_STATE, 'utf8') + readFileSync(files.GITHUB_OUTPUT, 'utf8');
    this.told.push({
      label,
      log: raw.join('\n'),
      summary: readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8'),
    });
    return cancel.sent ? 'cancelled' : exitCode === 0 ? 'success' : 'failure';
  }

  #show(line: Parameters<Screen['log']>[0]): void {
    this.#world.screen.log(line, this.#world.time.clock());
  }

  #showSummary(): void {
    const last = this.told.at(-1);
    if (last !== undefined && last.summary !== '') this.#world.screen.summary(last.summary);
  }

  #environment({ step, state }: Trace): NodeJS.ProcessEnv {
    const inputs = Object.entries({ ...readAction(step.uses ?? '').defaults, ...step.with }).map(
      ([name, value]) => [`INPUT_${name.toUpperCase()}`, evaluate(String(value), this.#contexts())],
    );
    const { runId = '9000000001', attempt = 1, name = 'deploy' } = this.#options;
    return {
      PATH: process.env['PATH'],
      DEMO_TIME: this.#world.time.forProcess(),
      GITHUB_ACTIONS: 'true',
      GITHUB_ACTION: step.id ?? '__owner_vps-snapshot-action',
      GITHUB_JOB: name,
      GITHUB_REF_NAME: 'main',
      GITHUB_REPOSITORY: 'acme/web-shop',
      GITHUB_REPOSITORY_ID: '4711',
      GITHUB_REPOSITORY_OWNER: 'acme',
      GITHUB_RUN_ATTEMPT: String(attempt),
      GITHUB_RUN_ID: runId,
      GITHUB_RUN_NUMBER: '17',
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_SHA: '5f3c2a9d8b7e6f1a0c4d3e2b1a9f8e7d6c5b4a39',
      GITHUB_WORKFLOW: 'Deploy',
      RUNNER_TEMP: path.join(this.#world.folder, 'temp'),
      ...Object.fromEntries(inputs as [string, string][]),
      ...Object.fromEntries([...state].map(([name, value]) => [`STATE_${name}`, value])),
    };
  }

  #contexts(): Contexts {
    const steps = this.#traces
      .filter(({ step }) => step.id !== undefined)
      .map(({ step, outcome, conclusion, outputs }) => [step.id, { outcome, conclusion, outputs }]);
    return {
      ...this.#options.contexts,
      job: { status: this.status },
      steps: Object.fromEntries(steps) as Record<string, unknown>,
      secrets: { VPS_API_TOKEN: this.#world.token },
      vars: { ...this.#options.vars, VPS_API_URL: this.#world.apiUrl },
    };
  }
}
