import type { Effect, Fault } from '../../../simulator/faults/fault.ts';
import type { Rng } from './rng.ts';
import type { Timing } from './generate-environment.ts';
import type { JobPlan, ExistingSnapshot, Plan, SnapshotStep, StepPlan } from './plan.ts';

/** Adds to some plans a coincidence that random generation alone would produce too seldom. */
export function applyScenarioBiases(rng: Rng, timing: Timing, plan: Plan): Plan {
  let biased = plan;
  for (const [share, bias] of SCENARIO_BIASES) if (rng.chance(share)) biased = bias(rng, timing, biased);
  return biased;
}

type ScenarioBias = (rng: Rng, timing: Timing, plan: Plan) => Plan;

const SCENARIO_BIASES: readonly (readonly [share: number, ScenarioBias])[] = [
  [0.04, loseResponseAndListLate],
  [0.015, processLongAfter],
  [0.03, restoreDuringDeploy],
  [0.03, shiftPages],
  [0.02, createNewerSnapshot],
  [0.015, acceptAndDoNothing],
  [0.015, restoreOntoOtherServer],
  [0.02, callTwice],
];

const EXISTING: ExistingSnapshot = { server: 0, owner: 'own', ageMinutes: 9000, status: 'completed' };

/** A response is lost, and lists show the snapshot only after the request was sent again. */
function loseResponseAndListLate(rng: Rng, { secondsOfPolls }: Timing, plan: Plan): Plan {
  const effect = rng.pick<Effect>([
    { kind: 'reset_after' },
    { kind: 'cut_body', chunked: true },
    { kind: 'status_after', status: 502, body: '', headers: {} },
  ]);
  const fault: Fault = { method: 'POST', path: '/snapshots/', nth: 1, times: 1, ...effect };
  const seconds = secondsOfPolls(5) + 1;
  const isLeftToPost = rng.chance(0.5);
  const isFailing = rng.chance(0.5);
  return {
    ...withFirstStep(plan, (step) => ({
      ...step,
      options: { ...step.options, ...(isLeftToPost && { wait: false }) },
      main: { ...step.main, faults: [fault, ...step.main.faults] },
    })),
    switches: {
      ...plan.switches,
      listed_late: rng.integer(seconds, Math.max(seconds, secondsOfPolls(isLeftToPost ? 20 : 30))),
      ...(isFailing && { fail_share: 0.5, snapshot_seconds: [0, 4] }),
    },
  };
}

/** The API processes a request long after its caller has given up and sent it again. */
function processLongAfter(rng: Rng, { secondsOfPolls }: Timing, plan: Plan): Plan {
  const ms = 30_000 + 1000 * rng.integer(secondsOfPolls(22), secondsOfPolls(22) + 120);
  const fault: Fault = { method: 'POST', path: '/snapshots/', nth: 1, times: 1, kind: 'late', ms };
  return withFirstStep(plan, (step) => ({
    ...step,
    main: { ...step.main, faults: [fault, ...step.main.faults] },
  }));
}

/** Somebody restores an older snapshot while a deploy is failing. */
function restoreDuringDeploy(rng: Rng, timing: Timing, plan: Plan): Plan {
  const biased = withFirstStep(plan, (step) => ({
    ...step,
    options: { ...step.options, onFailure: 'restore' },
  }));
  const restore: StepPlan = {
    kind: 'restore',
    ids: [{ existing: plan.snapshots.length }],
    allowOlder: true,
    main: { faults: [] },
    ...intervalOf(timing),
  };
  const button: JobPlan = {
    repository: 0,
    workflowRun: 5,
    attempt: 1,
    name: 'button',
    seconds: rng.integer(20, 200),
    steps: [restore],
  };
  return { ...biased, snapshots: [...plan.snapshots, EXISTING], jobs: [...biased.jobs, button] };
}

/** Lists have small pages, and change while they are read. */
function shiftPages(rng: Rng, _timing: Timing, plan: Plan): Plan {
  const existing = rng.times(3, (index) => ({ ...EXISTING, ageMinutes: 9000 - index }));
  const remove: StepPlan = {
    kind: 'delete',
    ids: [{ existing: plan.snapshots.length }],
    main: { faults: [] },
  };
  const cleaning: JobPlan = {
    repository: 0,
    workflowRun: 6,
    attempt: 1,
    name: 'cleaning',
    seconds: rng.integer(1, 300),
    steps: [remove],
  };
  return {
    ...plan,
    pageSize: rng.integer(1, 3),
    switches: {
      ...plan.switches,
      page_shift: rng.pick(['insert', 'delete']),
      page_shift_share: rng.pick([0.3, 1]),
    },
    snapshots: [...plan.snapshots, ...existing],
    jobs: [...plan.jobs, cleaning],
  };
}

/** Another repository's run creates its snapshot during the deploy, which then fails. */
function createNewerSnapshot(rng: Rng, timing: Timing, plan: Plan): Plan {
  const biased = withFirstStep(plan, (step) => ({
    ...step,
    options: { ...step.options, onFailure: 'restore' },
  }));
  const snapshot: StepPlan = {
    kind: 'snapshot',
    id: 'snapshot-1',
    servers: [0],
    idForm: 'id',
    options: intervalOf(timing),
    main: { faults: [] },
    post: { faults: [] },
  };
  const other: JobPlan = {
    repository: 1,
    workflowRun: 7,
    attempt: 1,
    name: 'deploy',
    seconds: rng.integer(5, 200),
    steps: [snapshot],
  };
  return { ...biased, jobs: [...biased.jobs, other] };
}

/** The API accepts the restore after a failed deploy, and does nothing. */
function acceptAndDoNothing(_rng: Rng, _timing: Timing, plan: Plan): Plan {
  const fault: Fault = {
    method: 'POST',
    path: '/snapshots/*/restore/',
    nth: 1,
    times: 1,
    kind: 'status',
    status: 200,
    body: '{"status":"success"}',
    headers: {},
  };
  return withFirstStep(plan, (step) => ({
    ...step,
    options: { ...step.options, onFailure: 'restore' },
    post: { faults: [fault] },
  }));
}

/** A snapshot of another server is to be restored, and lists show all servers. */
function restoreOntoOtherServer(rng: Rng, timing: Timing, plan: Plan): Plan {
  const servers =
    plan.servers.length > 1 ? plan.servers : [...plan.servers, { id: '20001', status: 'active' } as const];
  const restore: StepPlan = {
    kind: 'restore',
    ids: [{ existing: plan.snapshots.length }],
    server: 1,
    allowOlder: true,
    main: { faults: [] },
    ...intervalOf(timing),
  };
  const button: JobPlan = {
    repository: 0,
    workflowRun: 8,
    attempt: 1,
    name: 'button',
    seconds: rng.integer(1, 600),
    steps: [restore],
  };
  return {
    ...plan,
    servers,
    switches: { ...plan.switches, server_filter: 'ignored' },
    snapshots: [...plan.snapshots, EXISTING],
    jobs: [...plan.jobs, button],
  };
}

/** A workflow calls a reusable one twice: one call follows the other, or is run again by itself. */
function callTwice(rng: Rng, _timing: Timing, plan: Plan): Plan {
  const [first] = plan.jobs;
  if (first === undefined) return plan;
  const isDeploy = ({ name, workflowRun }: JobPlan): boolean =>
    name === first.name && workflowRun === first.workflowRun;
  const jobs = plan.jobs.map((job) => (isDeploy(job) ? { ...job, call: 'first' } : job));
  const steps = first.steps.map((step): StepPlan => {
    if (step.kind === 'snapshot') return { ...step, options: { ...step.options, onRerun: 'reuse' } };
    if (step.kind === 'restore') return { ...step, ids: [{ job: plan.jobs.length, step: 'snapshot-1' }] };
    return step.kind === 'deploy' ? { ...step, fails: rng.chance(0.4) } : step;
  });
  const second: JobPlan = {
    ...first,
    call: 'second',
    attempt: rng.integer(1, 2),
    seconds: rng.integer(1, 300),
    steps,
  };
  return { ...plan, jobs: [...jobs, second] };
}

/** Changes the first snapshot step of the first job; the deploy that follows fails. */
function withFirstStep(plan: Plan, change: (step: SnapshotStep) => SnapshotStep): Plan {
  const [first, ...others] = plan.jobs;
  if (first === undefined) return plan;
  const at = first.steps.findIndex(({ kind }) => kind === 'snapshot');
  const steps = first.steps.map((step, index): StepPlan => {
    if (index === at && step.kind === 'snapshot') return change(step);
    return step.kind === 'deploy' ? { ...step, fails: true, continueOnError: false } : step;
  });
  return { ...plan, jobs: [{ ...first, steps }, ...others] };
}

/** The lags of a run match the poll interval of all its steps. */
function intervalOf({ pollInterval }: Timing): { readonly pollInterval?: number } {
  return pollInterval === undefined ? {} : { pollInterval };
}
