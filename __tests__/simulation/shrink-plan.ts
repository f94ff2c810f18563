import { checkRun } from './invariants/index.ts';
import { simulate } from './run/simulate.ts';
import type { JobPlan, Plan, StepPlan } from './plan/plan.ts';

/** Each run takes some milliseconds. */
const MAX_TRIES = 3000;

/** The simplest plan that still violates the same invariant: leaves out one part after the other, as long as it does. */
export async function shrinkPlan(plan: Plan, invariant: string): Promise<Plan> {
  let best = plan;
  let tries = 0;
  for (let isBetter = true; isBetter && tries < MAX_TRIES;) {
    isBetter = false;
    for (const simpler of simplerPlans(best)) {
      tries += 1;
      if (tries > MAX_TRIES) break;
      if (await violates(simpler, invariant)) {
        best = simpler;
        isBetter = true;
        break;
      }
    }
  }
  return best;
}

async function violates(plan: Plan, invariant: string): Promise<boolean> {
  try {
    return checkRun(await simulate(plan)).some((violation) => violation.invariant === invariant);
  } catch {
    return false;
  }
}

/** Every plan with one part less, the largest parts first. */
function* simplerPlans(plan: Plan): Generator<Plan> {
  // Other jobs refer to a job by its index, so only the last one can be left out.
  if (plan.jobs.length > 1) yield { ...plan, jobs: plan.jobs.slice(0, -1) };
  for (const panel of withoutOne(plan.panel)) yield { ...plan, panel };
  for (const events of withoutOne(plan.events ?? [])) yield { ...plan, events };
  for (const snapshots of withoutOne(plan.snapshots)) yield { ...plan, snapshots };
  for (const name of Object.keys(plan.switches) as (keyof Plan['switches'])[]) {
    // Durations stay: they keep the run short.
    if (!name.endsWith('_seconds')) yield { ...plan, switches: withoutKey(plan.switches, name) };
  }
  if (plan.pageSize !== undefined) yield withoutKey(plan, 'pageSize');
  if (plan.latency[0] !== 50 || plan.latency[1] !== 50) yield { ...plan, latency: [50, 50] };
  for (const jobs of changeOne(plan.jobs, simplerJobs)) yield { ...plan, jobs };
  for (const snapshots of changeOne(plan.snapshots, (s) => (s.takesName ? [withoutKey(s, 'takesName')] : [])))
    yield { ...plan, snapshots };
}

function* simplerJobs(job: JobPlan): Generator<JobPlan> {
  for (const steps of withoutOne(job.steps)) yield { ...job, steps };
  if (job.end !== undefined) yield withoutKey(job, 'end');
  for (const steps of changeOne(job.steps, simplerSteps)) yield { ...job, steps };
  if (job.seconds > 1) yield { ...job, seconds: Math.floor(job.seconds / 2) };
}

const ESSENTIAL = new Set([
  'kind',
  'id',
  'of',
  'ids',
  'servers',
  'seconds',
  'keepLast',
  'idForm',
  'options',
  'main',
  'post',
]);

function* simplerSteps(step: StepPlan): Generator<StepPlan> {
  for (const part of ['main', 'post'] as const) {
    const disturbance = (
      step as { readonly [Part in typeof part]?: { faults: readonly unknown[]; interrupt?: unknown } }
    )[part];
    if (disturbance === undefined) continue;
    for (const faults of withoutOne(disturbance.faults))
      yield { ...step, [part]: { ...disturbance, faults } };
    if (disturbance.interrupt !== undefined) yield { ...step, [part]: { faults: disturbance.faults } };
    for (const faults of changeOne(
      disturbance.faults as readonly { nth: unknown; times: number }[],
      simplerFaults,
    ))
      yield { ...step, [part]: { ...disturbance, faults } };
  }
  for (const name of Object.keys(step)) {
    if (!ESSENTIAL.has(name)) yield withoutKey(step, name as keyof StepPlan);
  }
  if (step.kind === 'snapshot') {
    for (const options of withoutField(step.options)) yield { ...step, options };
    if (step.servers.length > 1) for (const servers of withoutOne(step.servers)) yield { ...step, servers };
  }
  if ('ids' in step && step.ids.length > 1) for (const ids of withoutOne(step.ids)) yield { ...step, ids };
  if ('seconds' in step && step.seconds > 1) yield { ...step, seconds: Math.floor(step.seconds / 2) };
}

function* simplerFaults<T extends { nth: unknown; times: number }>(fault: T): Generator<T> {
  if (fault.times > 1) yield { ...fault, times: 1 };
  if (fault.times > 2) yield { ...fault, times: Math.floor(fault.times / 2) };
  if (typeof fault.nth === 'number' && fault.nth > 1) yield { ...fault, nth: 1 };
  if (fault.nth === 'every') yield { ...fault, nth: 1 };
}

function* withoutOne<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length > 2) yield [];
  for (const index of items.keys()) yield items.toSpliced(index, 1);
}

function* withoutField<T extends object>(fields: T): Generator<T> {
  if (Object.keys(fields).length > 2) yield {} as T;
  for (const name of Object.keys(fields)) yield withoutKey(fields, name as keyof T);
}

function withoutKey<T extends object>(fields: T, name: keyof T): T {
  const { [name]: _gone, ...rest } = fields;
  return rest as T;
}

function* changeOne<T>(items: readonly T[], change: (item: T) => Iterable<T>): Generator<readonly T[]> {
  for (const [index, item] of items.entries())
    for (const changed of change(item)) yield items.with(index, changed);
}
