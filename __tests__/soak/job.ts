import { FaultScript } from '../../simulator/fault-script.ts';
import type { Job } from '../../src/github/job.ts';
import { createFakeCompletionProofs } from '../integration/harness/test-environment.ts';
import {
  deleteInputs,
  jobOf,
  postInputs,
  pruneInputs,
  restoreInputs,
  rootInputs,
  waitInputs,
} from '../integration/harness/inputs.ts';
import { StepProcess, type Use } from '../integration/harness/step-process.ts';
import type { Disturbance, IdSource, Interrupt, JobPlan, SnapshotStep, StepPlan } from './plan.ts';
import type { DeployRecord, ProcessRecord } from './record.ts';
import { REPOSITORIES, type LifeWorld } from './world.ts';

type ActionStep = Exclude<StepPlan, { kind: 'deploy' | 'build' }>;
type SnapshotRecord = ProcessRecord & { readonly step: SnapshotStep };
type JobStatus = 'success' | 'failure' | 'cancelled';

/** After a cancel the runner allows this long for all posts together. */
const POSTS_AFTER_CANCEL_MS = 285_000;
const TO_SIGTERM_MS = 7_500;
const TO_SIGKILL_MS = 10_000;

/** What jobs of a life share. */
export interface Workflow {
  readonly world: LifeWorld;
  readonly jobs: JobRun[];
  readonly processes: ProcessRecord[];
  readonly deploys: DeployRecord[];
}

/** One job as the workflow runner treats it: steps in order, cancels and time-outs, then the posts, last in first out. */
export class JobRun {
  readonly over: Promise<void>;
  readonly outputs = new Map<string, string>();
  status: JobStatus = 'success';
  readonly #plan: JobPlan;
  readonly #index: number;
  readonly #workflow: Workflow;
  readonly #job: Job;
  readonly #evidence = createFakeCompletionProofs();
  readonly #posts: SnapshotRecord[] = [];
  #isLost = false;
  #deployFailed = false;
  #current: StepProcess | undefined;
  readonly #interrupted = new AbortController();

  constructor(plan: JobPlan, index: number, workflow: Workflow) {
    this.#plan = plan;
    this.#index = index;
    this.#workflow = workflow;
    this.#job = jobOf({
      ...REPOSITORIES[plan.repository],
      runId: String(9000 + plan.run),
      runAttempt: plan.attempt,
      job: plan.name,
    });
    this.over = this.#run();
  }

  get #world(): LifeWorld {
    return this.#workflow.world;
  }

  async #run(): Promise<void> {
    const { needs, seconds, end, steps } = this.#plan;
    if (needs !== undefined) await this.#workflow.jobs[needs]?.over;
    await this.#world.clock.sleep(seconds * 1000);
    const forget =
      end === undefined
        ? undefined
        : this.#world.clock.at(this.#world.now + end.seconds * 1000, () => this.#interrupt(end.how));
    for (const step of steps) {
      if (this.#isLost) break;
      if (this.status !== 'success' && !('always' in step && step.always)) continue;
      await this.#step(step);
    }
    if (!this.#isLost) await this.#runPosts();
    forget?.();
  }

  async #step(step: StepPlan): Promise<void> {
    if (step.kind === 'build' || step.kind === 'deploy') {
      if (step.kind === 'deploy') this.#deploy(step.servers);
      await this.#world.clock.sleep(step.seconds * 1000, this.#interrupted.signal);
      if (step.kind === 'deploy' && !this.#interrupted.signal.aborted) {
        this.#deploy(step.servers);
        this.#deployFailed = step.fails === true;
      }
      const isTolerated = step.kind === 'deploy' && step.tolerated === true;
      if (step.fails === true && !isTolerated) this.#fail();
      return;
    }
    const use = this.#useOf(step);
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
    const deadline = this.#world.now + POSTS_AFTER_CANCEL_MS;
    for (const main of this.#posts.toReversed()) {
      if (this.#isLost || (wasCancelled && this.#world.now >= deadline)) return;
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
        ...(step.tokenLost === true && { apiToken: '', tokenProblem: "'api_token': it is empty" }),
      });
      const state = main.process.runner.state;
      tearState(state, step.tornState);
      const forget = wasCancelled
        ? this.#world.clock.at(deadline, () => this.#current?.signal('SIGKILL'))
        : undefined;
      const post = await this.#start(step, { use: 'post', inputs }, step.post, state, main);
      forget?.();
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
    const world = this.#world;
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
      clock: world.wholeClock,
      job: this.#job,
      state,
      completionProofs: this.#evidence,
      random: () => world.random.next(),
      newKey: () => world.random.uuid(),
      health: (life) => world.health(life, urls),
      transport: (life) =>
        world.transport(life, script, record, (request, moment) => {
          if (interrupt === undefined || 'ms' in interrupt.at) return;
          if (interrupt.at.request === request && interrupt.at.moment === moment) this.#apply(interrupt);
        }),
    });
    record.process = process;
    this.#workflow.processes.push(record);
    this.#current = process;
    const forget =
      interrupt !== undefined && 'ms' in interrupt.at
        ? world.clock.at(world.now + interrupt.at.ms, () => this.#apply(interrupt))
        : undefined;
    await process.done;
    forget?.();
    record.phases = new Map(world.machine.state().servers.map(({ id, phase }) => [id, phase]));
    this.#current = undefined;
    return record;
  }

  #apply({ how }: Interrupt): void {
    if (how === 'cancel' || how === 'lost') return this.#interrupt(how);
    const process = this.#current;
    this.#world.note(`${how}: job ${this.#index}`);
    if (how === 'kill') process?.signal('SIGKILL');
    else if (process !== undefined) this.#terminate(process);
  }

  #interrupt(how: 'cancel' | 'lost'): void {
    if (this.#isLost || this.status === 'cancelled') return;
    this.#world.note(`${how}: job ${this.#index}`);
    if (how === 'lost') {
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
    const { clock } = this.#world;
    process.signal('SIGINT');
    const killAt = clock.now() + TO_SIGKILL_MS;
    clock.at(clock.now() + TO_SIGTERM_MS, () => process.signal('SIGTERM'));
    clock.at(killAt, () => process.signal('SIGKILL'));
  }

  #fail(): void {
    if (this.status === 'success') this.status = 'failure';
  }

  #deploy(servers: readonly number[]): void {
    const { world, deploys } = this.#workflow;
    const ids = servers.map((server) => world.serverId(server));
    for (const id of ids) world.machine.deploy(id);
    deploys.push({ jobIndex: this.#index, begunAt: world.now, serverIds: ids });
  }

  #idsOf(sources: readonly IdSource[]): string[] {
    const ids = sources.flatMap((source): string[] => {
      if ('unknown' in source) return ['999999'];
      if ('old' in source) return [this.#world.oldId(source.old) ?? '999998'];
      return (this.#workflow.jobs[source.job]?.outputs.get(source.step) ?? '').split(',');
    });
    return [...new Set(ids.filter((id) => id !== ''))];
  }

  /** What the inputs of a step amount to; undefined where they are an error. */
  #useOf(step: ActionStep): Use | undefined {
    const world = this.#world;
    if (step.kind === 'snapshot') {
      const serverIds = step.servers.map((server) => world.typedId(server, step.typed));
      const restoreIfGiven = step.restoreIf !== undefined;
      const inputs = rootInputs({ ...step.options, serverIds, restoreIfGiven, jobStatus: this.status });
      return { use: 'main', inputs };
    }
    if (step.kind === 'prune') {
      const { keepLast, olderThan = null, dryRun = false } = step;
      const serverIds = step.servers.map((server) => world.serverId(server));
      return { use: 'prune', inputs: pruneInputs({ serverIds, keepLast, olderThan, dryRun }) };
    }
    const snapshotIds = this.#idsOf(step.kind === 'wait' ? [{ job: this.#index, step: step.of }] : step.ids);
    if (snapshotIds.length === 0) return undefined;
    switch (step.kind) {
      case 'wait': {
        const { waitTimeout, pollInterval } = step;
        return { use: 'wait', inputs: waitInputs(defined({ snapshotIds, waitTimeout, pollInterval })) };
      }
      case 'delete': {
        const { force, dryRun } = step;
        return { use: 'delete', inputs: deleteInputs(defined({ snapshotIds, force, dryRun })) };
      }
      case 'restore': {
        const { allowOlder, restoreTimeout, pollInterval, healthUrls, dryRun } = step;
        const serverId = step.server === undefined ? null : world.serverId(step.server);
        if (serverId !== null && snapshotIds.length > 1) return undefined;
        const given = { snapshotIds, serverId, allowOlder, restoreTimeout, pollInterval, healthUrls, dryRun };
        return { use: 'restore', inputs: restoreInputs(defined(given)) };
      }
    }
  }
}

function tearState(state: Map<string, string>, how: SnapshotStep['tornState']): void {
  if (how === undefined) return;
  const [name, text] = [...state].at(-1) ?? ['step', ''];
  if (how === 'cut') state.set(name, text.slice(0, text.length / 2));
  else if (how === 'no server') state.delete('server_0');
  else state.set('step', (state.get('step') ?? '').replace(/"runId":"\d+"/, '"runId":"1"'));
}

type Defined<T> = { [Key in keyof T]: Exclude<T[Key], undefined> };

/** Without what is left out, so that defaults stay. */
function defined<T extends object>(given: T): Partial<Defined<T>> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<
    Defined<T>
  >;
}
