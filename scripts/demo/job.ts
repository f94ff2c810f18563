import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { DEMO_TOKEN } from '../../simulator/api/simulated-api.ts';
import { actionOf, type ActionName, type EntryName, type JobStatus, referenceOf } from '../runner/actions.ts';
import { startStep, type StepResult } from '../runner/step.ts';
import { LogView } from './log-view.ts';
import { type Screen } from './screen.ts';
import { type DemoTime } from './time.ts';

/** No step of the demo takes a tenth of this; one that hangs must not hang the demo. */
const STEP_TIMEOUT_MS = 60_000;

const PRELOAD = ['--import', import.meta.resolve('./fast-time.ts')];

type Inputs = Readonly<Record<string, string | number | boolean>>;

/** What stands for the shell: the lines that a command prints, and whether it fails. */
export type Command = () => {
  readonly prints: readonly string[];
  readonly fails?: boolean;
  /** How long it takes on the fast clock. */
  readonly minutes?: number;
};

/** A step of a workflow: one of the actions, or a command. */
export type Step = { readonly name: string; readonly id?: string } & (
  { readonly uses: ActionName; readonly with: Inputs } | { readonly run: string; readonly command: Command }
);

export interface JobOptions {
  readonly name?: string;
  readonly runId?: string;
  readonly attempt?: number;
  /** What an expression becomes, beside the common ones and those about steps: `{ 'inputs.force': 'true' }`. */
  readonly expressions?: Readonly<Record<string, string>>;
}

interface JobContext {
  readonly screen: Screen;
  readonly time: DemoTime;
  /** For the files of this job. */
  readonly folder: string;
  readonly apiUrl: string;
}

/** What a step has become, also for its post step. */
interface Progress {
  readonly step: Step;
  /** `undefined`: not started. */
  outcome?: JobStatus;
  outputs: Readonly<Record<string, string>>;
  state: Readonly<Record<string, string>>;
}

/** What every step of an action is given, and what is shown of it: nobody else needs an address. */
const SHOWN: Inputs = { api_token: '${{ secrets.VPS_API_TOKEN }}' };
const CONNECTION: Inputs = { ...SHOWN, api_url: '${{ vars.VPS_API_URL }}' };

/** Restore the server if the step `deploy` failed. */
export const RESTORE_IF_DEPLOY_FAILED: Inputs = { restore_if: "${{ steps.deploy.outcome == 'failure' }}" };

/** The step that takes the snapshot, of server 12345 when nothing else is said. */
export function snapshotStep(inputs: Inputs = {}): Step {
  return { name: 'Snapshot', id: 'snapshot', uses: 'main', with: { server_id: 12345, ...inputs } };
}

function showSteps(steps: readonly Step[]): string {
  const shown = steps.map((step) => {
    if ('run' in step) return { name: step.name, id: step.id, run: step.run };
    const uses = referenceOf(actionOf(step.uses));
    return { name: step.name, id: step.id, uses, with: { ...SHOWN, ...step.with } };
  });
  return stringify(shown, { lineWidth: 0 });
}

/** One job: its steps run one by one, so that a scenario can explain and check between them. */
export class Job {
  status: JobStatus = 'success';
  /** What each process of an action left, in order, with the title that a run's page shows. */
  readonly results: (StepResult & { readonly title: string })[] = [];
  readonly #context: JobContext;
  readonly #options: JobOptions;
  readonly #steps: readonly Progress[];
  #started = 0;

  constructor(context: JobContext, steps: readonly Step[], options: JobOptions) {
    this.#context = context;
    this.#options = options;
    this.#steps = steps.map((step) => ({ step, outputs: {}, state: {} }));
    context.screen.workflow(showSteps(steps));
  }

  /** Runs the next step, unless one has failed; with `cancelAt`, somebody cancels the job when the log says that. */
  async next(options: { readonly cancelAt?: RegExp } = {}): Promise<void> {
    const progress = this.#steps[this.#started];
    if (progress === undefined) throw new Error('the job has no further step');
    this.#started += 1;
    if (this.status !== 'success') return;
    const { step } = progress;
    progress.outcome =
      'run' in step
        ? await this.#runCommand(step.name, step.command)
        : await this.#runEntry(step.name, step.uses, progress, options.cancelAt);
    this.status = progress.outcome;
  }

  /** Runs what is left of the steps, then the post steps, last in first out. */
  async end(): Promise<void> {
    while (this.#started < this.#steps.length) await this.next();
    for (const progress of this.#steps.toReversed()) {
      const { step, outcome } = progress;
      const post = 'uses' in step ? actionOf(step.uses).entries[1] : undefined;
      if (post === undefined || outcome === undefined) continue;
      const ended = await this.#runEntry(`Post ${step.name}`, post, progress);
      if (this.status === 'success') this.status = ended;
    }
    this.#context.screen.jobEnd(this.status);
  }

  outputs(id: string): Readonly<Record<string, string>> {
    return this.#steps.find(({ step }) => step.id === id)?.outputs ?? {};
  }

  async #runCommand(title: string, command: Command): Promise<JobStatus> {
    const { screen, time } = this.#context;
    screen.stepStart(title);
    const { prints, fails = false, minutes = 0 } = command();
    await time.pass(minutes);
    for (const text of prints) screen.log({ kind: 'plain', folded: false, text }, time.clock());
    if (fails) this.#showError('Process completed with exit code 1.');
    const outcome = fails ? 'failure' : 'success';
    screen.stepEnd(outcome);
    return outcome;
  }

  async #runEntry(
    title: string,
    entry: EntryName,
    progress: Progress,
    cancelAt?: RegExp,
  ): Promise<JobStatus> {
    const { screen, time, folder } = this.#context;
    screen.stepStart(title);
    const own = path.join(folder, `${this.results.length + 1}-${entry}`);
    mkdirSync(own, { recursive: true });
    const view = new LogView();
    const cancel = { sent: false };
    const step = await startStep(entry, {
      folder: own,
      temp: folder,
      inputs: 'uses' in progress.step ? this.#evaluate({ ...CONNECTION, ...progress.step.with }) : {},
      state: progress.state,
      jobStatus: this.status,
      env: this.#environment(progress.step),
      nodeArguments: PRELOAD,
      onLine: (line) => {
        for (const shown of view.show(line)) screen.log(shown, time.clock());
        if (cancel.sent || cancelAt?.test(line) !== true) return;
        cancel.sent = true;
        this.#showError('The operation was canceled.');
        step.kill('SIGINT');
      },
    });
    const timer = setTimeout(() => {
      step.kill('SIGKILL');
    }, STEP_TIMEOUT_MS);
    const result = await step.ended.finally(() => {
      clearTimeout(timer);
    });
    this.results.push({ ...result, title });
    progress.outputs = { ...progress.outputs, ...result.outputs };
    progress.state = { ...progress.state, ...result.state };
    const outcome = cancel.sent ? 'cancelled' : result.code === 0 ? 'success' : 'failure';
    screen.stepEnd(outcome);
    if (result.summary !== '') screen.summary(result.summary);
    return outcome;
  }

  #showError(text: string): void {
    const { screen, time } = this.#context;
    screen.log({ kind: 'error', folded: false, text: `Error: ${text}` }, time.clock());
  }

  #environment({ id = 'snapshot' }: Step): Record<string, string> {
    const { name = 'deploy', runId = '9000000001', attempt = 1 } = this.#options;
    return {
      DEMO_TIME: this.#context.time.forProcess(),
      GITHUB_ACTION: id,
      GITHUB_ACTION_REF: 'v1',
      GITHUB_ACTION_REPOSITORY: 'acme/vps-snapshot-action',
      GITHUB_JOB: name,
      GITHUB_REPOSITORY: 'acme/web-shop',
      GITHUB_RUN_ATTEMPT: String(attempt),
      GITHUB_RUN_ID: runId,
      GITHUB_SERVER_URL: 'https://github.com',
    };
  }

  /** Replaces the expressions of a step's inputs; the demo knows those that its scenarios use, and no other. */
  #evaluate(inputs: Inputs): Record<string, string> {
    const known: Record<string, string> = {
      'secrets.VPS_API_TOKEN': DEMO_TOKEN,
      'vars.VPS_API_URL': this.#context.apiUrl,
      ...this.#options.expressions,
    };
    for (const { step, outcome, outputs } of this.#steps) {
      known[`steps.${step.id}.outcome == 'failure'`] = String(outcome === 'failure');
      for (const [name, value] of Object.entries(outputs)) known[`steps.${step.id}.outputs.${name}`] = value;
    }
    const evaluate = (text: string): string =>
      text.replaceAll(/\$\{\{ (.*?) \}\}/g, (whole, expression: string) => {
        const value = known[expression];
        if (value === undefined) throw new Error(`the demo cannot evaluate ${whole}`);
        return value;
      });
    return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, evaluate(String(value))]));
  }
}
