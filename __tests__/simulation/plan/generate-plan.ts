import { Rng } from './rng.ts';
import { generateDisturbance, generateFaultProfile } from './generate-disturbance.ts';
import {
  generateTiming,
  generateEvents,
  generatePanel,
  generateServers,
  generateExistingSnapshots,
} from './generate-environment.ts';
import {
  type Context,
  generateIds,
  generateRestoreStep,
  generateSnapshotAndDeploy,
  generateSnapshotStep,
} from './generate-steps.ts';
import { generateSwitches } from './generate-switches.ts';
import { applyScenarioBiases } from './scenario-bias.ts';
import type { JobPlan, Plan, SnapshotStep, StepPlan } from './plan.ts';

const MINUTE = 60_000;

/** The plan of a run; the same for the same seed. */
export function generatePlan(seed: number): Plan {
  const rng = new Rng(seed);
  const timing = generateTiming(rng);
  const switches = generateSwitches(rng, timing);
  const servers = generateServers(rng);
  const snapshots = generateExistingSnapshots(rng, servers.length);
  const context: Context = {
    rng,
    timing,
    faultProfile: generateFaultProfile(rng),
    servers: servers.length,
    existingSnapshots: snapshots.length,
  };
  return applyScenarioBiases(rng, timing, {
    seed: rng.integer(1, 2 ** 31),
    switches,
    latency: rng.weighted([
      [60, [50, 50]],
      [30, [10, 400]],
      [10, [200, 3000]],
    ] as const),
    ...(rng.chance(0.04) && { pageSize: rng.integer(1, 3) }),
    servers,
    snapshots,
    jobs: generateJobs(context),
    panel: generatePanel(rng, servers.length),
    events: generateEvents(rng, servers),
  });
}

function generateJobs(context: Context): JobPlan[] {
  const { rng } = context;
  const first = generateDeployJob(context, {
    ...(rng.chance(0.04) && { leg: LEGS[0] }),
    repository: 0,
    workflowRun: 0,
    attempt: 1,
    name: 'deploy',
    seconds: 0,
  });
  const jobs = [first];
  const [step] = first.steps.filter((s) => s.kind === 'snapshot');
  if (rng.chance(0.14)) jobs.push(generateRerun(context, first));
  if (first.leg !== undefined) jobs.push(generateLeg(context, first));
  if (rng.chance(0.1)) {
    const repository = rng.chance(0.5) ? 0 : 1;
    const seconds = rng.logUniform(1, 900);
    const fields = { repository, workflowRun: 1, attempt: 1, name: 'deploy', seconds } as const;
    jobs.push(generateDeployJob(context, { ...fields, ...(rng.chance(0.3) && { forge: 1 as const }) }));
  }
  if (rng.chance(0.12)) jobs.push(generateRollbackJob(context, step));
  if (rng.chance(0.12)) jobs.push(generateCleanUpJob(context, step));
  return jobs;
}

type JobFields = Omit<JobPlan, 'steps'>;

function generateDeployJob(context: Context, fields: JobFields): JobPlan {
  const { rng } = context;
  const steps: StepPlan[] = [];
  if (rng.chance(0.05)) steps.push({ kind: 'build', seconds: 5, fails: rng.chance(0.5) });
  const rounds = rng.chance(0.1) ? 2 : 1;
  for (let round = 1; round <= rounds; round += 1)
    steps.push(...generateSnapshotAndDeploy(context, `snapshot-${round}`));
  // Two uses that the runner names alike.
  if (rounds === 2 && rng.chance(0.4))
    for (const [at, step] of steps.entries())
      if (step.kind === 'snapshot' && step.id === 'snapshot-2')
        steps[at] = { ...step, id: 'snapshot-1', ordinal: 2 };
  if (rng.chance(0.12)) steps.push({ kind: 'build', seconds: rng.logUniform(1, 60), fails: rng.chance(0.6) });
  if (rng.chance(0.06)) steps.push({ ...generateSnapshotStep(context, 'snapshot-3'), always: true });
  if (fields.workflowRun === 0 && fields.attempt === 1 && rng.chance(0.05))
    steps.push({
      ...generateRestoreStep(context, [{ job: 0, step: 'snapshot-1' }]),
      always: rng.chance(0.8),
    });
  const kind = rng.weighted([
    [4, 'cancel'],
    [1, 'lost'],
  ] as const);
  return { ...fields, steps, ...(rng.chance(0.1) && { end: { seconds: rng.logUniform(1, 1200), kind } }) };
}

function generateRerun(context: Context, first: JobPlan): JobPlan {
  const { rng } = context;
  const again = generateDeployJob(context, {
    ...first,
    attempt: 2,
    needs: 0,
    seconds: rng.logUniform(1, 3000),
  });
  if (rng.chance(0.2)) return again;
  // The same steps with the same options: only what goes wrong differs.
  const steps = first.steps.map((step): StepPlan => {
    if (step.kind === 'snapshot')
      return { ...step, ...pickDisturbances(generateSnapshotStep(context, step.id)) };
    return step.kind === 'deploy' ? { ...step, fails: rng.chance(0.4) } : step;
  });
  return { ...again, steps };
}

function pickDisturbances({ main, post }: SnapshotStep): Pick<SnapshotStep, 'main' | 'post'> {
  return { main, post };
}

const LEGS = ['0a1b2c3d', '4e5f6071'] as const;

/** The other leg of a matrix: the same job of the same run on the same servers. */
function generateLeg(context: Context, first: JobPlan): JobPlan {
  const { rng } = context;
  const fields = { ...first, leg: LEGS[1], seconds: rng.logUniform(1, 300) };
  return generateDeployJob(context, rng.chance(0.5) ? { ...fields, attempt: 2 } : fields);
}

function generateRollbackJob(context: Context, step: SnapshotStep | undefined): JobPlan {
  const { rng } = context;
  const restore: StepPlan = { ...generateRestoreStep(context, generateIds(context, step)), always: true };
  const seconds = rng.logUniform(1, 300);
  const fields = rng.weighted<Omit<JobFields, 'seconds'>>([
    [6, { repository: 0, workflowRun: 0, attempt: 1, name: 'rollback', needs: 0 }],
    [1, { repository: 0, workflowRun: 0, attempt: 2, name: 'rollback', needs: 0 }],
    [3, { repository: 0, workflowRun: 3, attempt: 1, name: 'button' }],
  ]);
  return { ...fields, seconds, steps: [restore] };
}

function generateCleanUpJob(context: Context, step: SnapshotStep | undefined): JobPlan {
  const { rng, timing, faultProfile, servers } = context;
  const main = generateDisturbance(rng, faultProfile, timing, false);
  const dryRun = rng.chance(0.05) && { dryRun: true };
  const cleanUp: StepPlan = rng.chance(0.5)
    ? {
        kind: 'delete',
        ids: generateIds(context, step),
        ...(rng.chance(0.3) && { force: true }),
        ...dryRun,
        main,
      }
    : {
        kind: 'prune',
        servers: rng.times(servers, (index) => index),
        keepLast: rng.integer(1, 4),
        ...(rng.chance(0.4) && { olderThan: rng.logUniform(1, 20_000) * MINUTE }),
        ...dryRun,
        main,
      };
  const needs = rng.chance(0.6) && { needs: 0 };
  return {
    repository: 0,
    workflowRun: 4,
    attempt: 1,
    name: 'cleaning',
    seconds: rng.logUniform(1, 600),
    ...needs,
    steps: [cleanUp],
  };
}
