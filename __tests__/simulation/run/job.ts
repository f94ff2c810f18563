import { FaultScript } from '../../../simulator/faults/fault-script.ts';
import type { Job } from '../../../src/github/job.ts';
import {
  createFakeCompletionProofs,
  createFakeDeletionRecords,
  createFakeRestoreRecords,
} from '../../integration/harness/test-environment.ts';
import { jobOf, postInputs } from '../../integration/harness/inputs.ts';
import { StepProcess, type Use } from '../../integration/harness/step-process.ts';
import type { Disturbance, Interrupt, JobPlan, SnapshotStep, StepPlan } from '../plan/plan.ts';
import type { DeployRecord, ProcessRecord } from './record.ts';
import { FORGES, REPOSITORIES, type RunEnvironment } from './environment.ts';
import { type ActionStep, useOf } from './step-inputs.ts';

type SnapshotRecord = ProcessRecord & { readonly step: SnapshotStep };
type JobStatus = 'success' | 'failure' | 'cancelled';

/** After a cancel the runner allows this long for all posts together. */
const POSTS_AFTER_CANCEL_MS = 285_000;
const TO_SIGTERM_MS = 7_500;
const TO_SIGKILL_MS = 10_000;

/** What the jobs of a run share. */
export interface Workflow {
  readonly environment: RunEnvironment;
  readonly jobs: JobRun[];
  readonly processes: ProcessRecord[];
  readonly deploys: DeployRecord[];
}

/** One job as the workflow runner runs it: steps in order, cancels and time-outs, then the posts, last in first out. */
export class JobRun {
  readonly done: Promise<void>;
  readonly outputs = new Map<string, string>();
  status: JobStatus = 'success';
  readonly #plan: JobPlan;
  readonly #index: number;
  readonly #workflow: Workflow;
  readonly #completionProofs = createFakeCompletionProofs();
  readonly #restoreRecords = createFakeRestoreRecords();
  readonly #deletionRecords = createFakeDeletionRecords();
  #firstPostAt: number | undefined;
  readonly #posts: SnapshotRecord[] = [];
  #isLost = false;
  #deployFailed = false;
  #current: StepProcess | undefined;
  readonly #interrupted = new AbortController();

  constructor(plan: JobPlan, index: number, workflow: Workflow) {
    this.#plan = plan;
    this.#index = index;
    this.#workflow = workflow;
    this.done = this.#run();
  }

  /** The job as a step sees it. */
  #jobOf(step: ActionStep): Job {
    const { repository, forge = 0, workflowRun, attempt, name, call = '' } = this.#plan;
    const job = jobOf({
      ...REPOSITORIES[repository],
      host: FORGES[forge],
      runId: String(9000 + workflowRun),
      runAttempt: attempt,
      job: name,
      ...('id' in step && { step: step.id, use: step.ordinal ?? 1 }),
    });
    return { ...job, call };
  }

  get #environment(): RunEnvironment {
    return this.#workflow.environment;
  }

  async #run(): Promise<void> {
    const { needs, seconds, end, steps } = this.#plan;
    if (needs !== undefined) await this.#workflow.jobs[needs]?.done;
    await this.#environment.clock.sleep(seconds * 1000);
    const clearTimer =
      end === undefined
        ? undefined
        : this.#environment.clock.at(this.#environment.now + end.seconds * 1000, () =>
            this.#interrupt(end.kind),
          );
    for (const step of steps) {
      if (this.#isLost) break;
      if (this.status !== 'success' && !('always' in step && step.always)) continue;
      await this.#step(step);
    }
    if (!this.#isLost) await this.#runPosts();
    clearTimer?.();
  }

  async #step(step: StepPlan): Promise<void> {
    if (step.kind === 'build' || step.kind === 'deploy') {
      if (step.kind === 'deploy') this.#deploy(step.servers);
      await this.#environment.clock.sleep(step.seconds * 1000, this.#interrupted.signal);
      if (step.kind === 'deploy' && !this.#interrupted.signal.aborted) {
        this.#deploy(step.servers);
        this.#deployFailed = step.fails === true;
      }
      const isTolerated = step.kind === 'deploy' && step.continueOnError === true;
      if (step.fails === true && !isTolerated) this.#fail();
      return;
    }
    const use = useOf(step, {
      environment: this.#environment,
      jobIndex: this.#index,
      jobStatus: this.status,
      leg: this.#plan.leg ?? '',
      jobs: this.#workflow.jobs,
    });
    if (use === undefined) return this.#fail();
    const record = await this.#start(step, use, step.main, new Map());
    if (step.kind === 'snapshot') {
      this.outputs.set(step.id, record.process.runner.outputs.get('snapshot_id') ?? '');
      this.#posts.push(record as SnapshotRecord);
    }
    if (record.process.exitCode !== 0) this.#fail();
  }

  async #runPosts(): Promise<void> {
    const wasCancelled = this.status === 'cancelled';
    const deadline = this.#environment.now + POSTS_AFTER_CANCEL_MS;
    for (const main of this.#posts.toReversed()) {
      if (this.#isLost || (wasCancelled && this.#environment.now >= deadline)) return;
      const { step } = main;
      const texts = {
        'deploy failed': String(this.#deployFailed),
        true: 'true',
        false: 'false',
        perhaps: 'perhaps',
      };
      const inputs = postInputs({
        jobStatus: this.status,
        restoreIf: step.restoreIf === undefined ? '' : texts[step.restoreIf],
        ...(step.tokenLost === true && {
          apiToken: '',
          tokenCheck: { ok: false, reason: "'api_token': it is empty" },
        }),
      });
      const state = main.process.runner.state;
      tearState(state, step.tornState);
      const clearTimer = wasCancelled
        ? this.#environment.clock.at(deadline, () => this.#current?.signal('SIGKILL'))
        : undefined;
      const post = await this.#start(step, { use: 'post', inputs }, step.post, state, main);
      clearTimer?.();
      if (post.process.exitCode !== 0) this.#fail();
    }
  }

  async #start(
    step: ActionStep,
    use: Use,
    disturbance: Disturbance,
    state: Map<string, string>,
    main?: SnapshotRecord,
  ): Promise<ProcessRecord> {
    const environment = this.#environment;
    const { interrupt } = disturbance;
    const script = new FaultScript(disturbance.faults);
    const urls =
      'healthUrls' in step
        ? (step.healthUrls ?? [])
        : step.kind === 'snapshot'
          ? (step.options.healthUrls ?? [])
          : [];
    const record = {
      jobIndex: this.#index,
      job: this.#plan,
      step,
      use,
      exchanges: [],
      phases: new Map(),
      isPost: use.use === 'post',
      ...(main && { main }),
    } as unknown as { -readonly [Key in keyof ProcessRecord]: ProcessRecord[Key] };
    const process = new StepProcess(use, {
      clock: environment.processClock,
      job: this.#jobOf(step),
      state,
      completionProofs: this.#completionProofs,
      restoreRecords: this.#restoreRecords,
      deletionRecords: this.#deletionRecords,
      firstPostAt: (now) => (this.#firstPostAt ??= now),
      random: () => environment.random.next(),
      newKey: () => environment.random.uuid(),
      health: (clock) => environment.health(clock, urls),
      transport: (clock) =>
        environment.transport(clock, script, record, (request, moment) => {
          if (interrupt === undefined || 'ms' in interrupt.at) return;
          if (interrupt.at.request === request && interrupt.at.moment === moment) this.#apply(interrupt);
        }),
    });
    record.process = process;
    this.#workflow.processes.push(record);
    this.#current = process;
    const clearTimer =
      interrupt !== undefined && 'ms' in interrupt.at
        ? environment.clock.at(environment.now + interrupt.at.ms, () => this.#apply(interrupt))
        : undefined;
    await process.done;
    clearTimer?.();
    record.phases = new Map(environment.api.state().servers.map(({ id, phase }) => [id, phase]));
    this.#current = undefined;
    return record;
  }

  #apply({ kind }: Interrupt): void {
    if (kind === 'cancel' || kind === 'lost') return this.#interrupt(kind);
    const process = this.#current;
    this.#environment.note(`${kind}: job ${this.#index}`);
    if (kind === 'kill') process?.signal('SIGKILL');
    else if (process !== undefined) this.#terminate(process);
  }

  #interrupt(kind: 'cancel' | 'lost'): void {
    if (this.#isLost || this.status === 'cancelled') return;
    this.#environment.note(`${kind}: job ${this.#index}`);
    if (kind === 'lost') {
      this.#isLost = true;
      this.#current?.signal('SIGKILL');
    } else {
      this.status = 'cancelled';
      // Post steps are not signalled.
      if (this.#current !== undefined && !this.#isPostRunning()) this.#terminate(this.#current);
    }
    this.#interrupted.abort();
  }

  #isPostRunning(): boolean {
    return this.#workflow.processes.some(({ process, isPost }) => process === this.#current && isPost);
  }

  /** SIGINT, SIGTERM, SIGKILL, as the runner ends a step. */
  #terminate(process: StepProcess): void {
    const { clock } = this.#environment;
    process.signal('SIGINT');
    const killAt = clock.now() + TO_SIGKILL_MS;
    clock.at(clock.now() + TO_SIGTERM_MS, () => process.signal('SIGTERM'));
    clock.at(killAt, () => process.signal('SIGKILL'));
  }

  #fail(): void {
    if (this.status === 'success') this.status = 'failure';
  }

  #deploy(servers: readonly number[]): void {
    const { environment, deploys } = this.#workflow;
    const ids = servers.map((server) => environment.serverId(server));
    for (const id of ids) environment.api.deploy(id);
    deploys.push({ jobIndex: this.#index, startedAt: environment.now, serverIds: ids });
  }
}

function tearState(state: Map<string, string>, damage: SnapshotStep['tornState']): void {
  if (damage === undefined) return;
  const [name, text] = [...state].at(-1) ?? ['step', ''];
  if (damage === 'cut') state.set(name, text.slice(0, text.length / 2));
  else if (damage === 'no server') state.delete('server_0');
  else state.set('step', (state.get('step') ?? '').replace(/"runId":"\d+"/, '"runId":"1"'));
}
