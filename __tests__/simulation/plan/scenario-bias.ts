import type { Effect, Fault } from '../../../simulator/faults/fault.ts';
import type { Dice } from './rng.ts';
import type { Pace } from './generate-environment.ts';
import type { JobPlan, OldSnapshot, Plan, SnapshotStep, StepPlan } from './plan.ts';

/**
 * Coincidences that chance alone would bring about too seldom, each given to some lives on top of what was drawn
 * for them.
 */
export function applyThemes(dice: Dice, pace: Pace, plan: Plan): Plan {
  let themed = plan;
  for (const [share, theme] of THEMES) if (dice.chance(share)) themed = theme(dice, pace, themed);
  return themed;
}

type Theme = (dice: Dice, pace: Pace, plan: Plan) => Plan;

const THEMES: readonly (readonly [share: number, Theme])[] = [
  [0.04, loseAnswerOfLateList],
  [0.015, actLongAfter],
  [0.03, pressButtonDuringDeploy],
  [0.03, shiftPages],
  [0.02, meetNewerSnapshot],
  [0.015, promiseAndDoNothing],
  [0.015, nameAnotherServer],
];

const OLD: OldSnapshot = { server: 0, by: 'own', minutes: 9000, status: 'completed' };

/** An answer is lost, and lists show the snapshot only after the request was sent once more. */
function loseAnswerOfLateList(dice: Dice, { looks }: Pace, plan: Plan): Plan {
  const effect = dice.pick<Effect>([
    { kind: 'reset_after' },
    { kind: 'cut_body', chunked: true },
    { kind: 'status_after', status: 502, body: '', headers: {} },
  ]);
  const fault: Fault = { method: 'POST', path: '/snapshots/', nth: 1, times: 1, ...effect };
  const seconds = looks(5) + 1;
  const isLeftToPost = dice.chance(0.5);
  const isFailing = dice.chance(0.5);
  return {
    ...withFirstStep(plan, (step) => ({
      ...step,
      options: { ...step.options, ...(isLeftToPost && { wait: false }) },
      main: { ...step.main, faults: [fault, ...step.main.faults] },
    })),
    switches: {
      ...plan.switches,
      listed_late: dice.integer(seconds, Math.max(seconds, looks(isLeftToPost ? 20 : 30))),
      ...(isFailing && { fail_share: 0.5, snapshot_seconds: [0, 4] }),
    },
  };
}

/** The API gets to a request that its caller has long given up and sent once more. */
function actLongAfter(dice: Dice, { looks }: Pace, plan: Plan): Plan {
  const ms = 30_000 + 1000 * dice.integer(looks(22), looks(22) + 120);
  const fault: Fault = { method: 'POST', path: '/snapshots/', nth: 1, times: 1, kind: 'late', ms };
  return withFirstStep(plan, (step) => ({
    ...step,
    main: { ...step.main, faults: [fault, ...step.main.faults] },
  }));
}

/** Somebody restores an older snapshot while a deploy is going wrong. */
function pressButtonDuringDeploy(dice: Dice, pace: Pace, plan: Plan): Plan {
  const themed = withFirstStep(plan, (step) => ({
    ...step,
    options: { ...step.options, onFailure: 'restore' },
  }));
  const restore: StepPlan = {
    kind: 'restore',
    ids: [{ old: plan.snapshots.length }],
    allowOlder: true,
    main: { faults: [] },
    ...intervalOf(pace),
  };
  const button: JobPlan = {
    repository: 0,
    run: 5,
    attempt: 1,
    name: 'button',
    seconds: dice.integer(20, 200),
    steps: [restore],
  };
  return { ...themed, snapshots: [...plan.snapshots, OLD], jobs: [...themed.jobs, button] };
}

/** Lists come in small pages, and change while they are read. */
function shiftPages(dice: Dice, _pace: Pace, plan: Plan): Plan {
  const old = dice.times(3, (index) => ({ ...OLD, minutes: 9000 - index }));
  const remove: StepPlan = { kind: 'delete', ids: [{ old: plan.snapshots.length }], main: { faults: [] } };
  const cleaning: JobPlan = {
    repository: 0,
    run: 6,
    attempt: 1,
    name: 'cleaning',
    seconds: dice.integer(1, 300),
    steps: [remove],
  };
  return {
    ...plan,
    pageSize: dice.integer(1, 3),
    switches: {
      ...plan.switches,
      page_shift: dice.pick(['insert', 'delete']),
      page_shift_share: dice.pick([0.3, 1]),
    },
    snapshots: [...plan.snapshots, ...old],
    jobs: [...plan.jobs, cleaning],
  };
}

/** Another repository's run makes its snapshot during the deploy, which then fails. */
function meetNewerSnapshot(dice: Dice, pace: Pace, plan: Plan): Plan {
  const themed = withFirstStep(plan, (step) => ({
    ...step,
    options: { ...step.options, onFailure: 'restore' },
  }));
  const snapshot: StepPlan = {
    kind: 'snapshot',
    id: 'snapshot-1',
    servers: [0],
    typed: 'id',
    options: intervalOf(pace),
    main: { faults: [] },
    post: { faults: [] },
  };
  const other: JobPlan = {
    repository: 1,
    run: 7,
    attempt: 1,
    name: 'deploy',
    seconds: dice.integer(5, 200),
    steps: [snapshot],
  };
  return { ...themed, jobs: [...themed.jobs, other] };
}

/** The API says yes to the restore of a failed deploy, and does nothing. */
function promiseAndDoNothing(_dice: Dice, _pace: Pace, plan: Plan): Plan {
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

/** A snapshot is to be restored onto a server that it is not of, and lists show all servers. */
function nameAnotherServer(dice: Dice, pace: Pace, plan: Plan): Plan {
  const servers =
    plan.servers.length > 1 ? plan.servers : [...plan.servers, { id: '20001', status: 'active' } as const];
  const restore: StepPlan = {
    kind: 'restore',
    ids: [{ old: plan.snapshots.length }],
    server: 1,
    allowOlder: true,
    main: { faults: [] },
    ...intervalOf(pace),
  };
  const button: JobPlan = {
    repository: 0,
    run: 8,
    attempt: 1,
    name: 'button',
    seconds: dice.integer(1, 600),
    steps: [restore],
  };
  return {
    ...plan,
    servers,
    switches: { ...plan.switches, server_filter: 'ignored' },
    snapshots: [...plan.snapshots, OLD],
    jobs: [...plan.jobs, button],
  };
}

/** Changes the first snapshot step of the first job; the deploy that follows fails. */
function withFirstStep(plan: Plan, change: (step: SnapshotStep) => SnapshotStep): Plan {
  const [first, ...others] = plan.jobs;
  if (first === undefined) return plan;
  const at = first.steps.findIndex(({ kind }) => kind === 'snapshot');
  const steps = first.steps.map((step, index): StepPlan => {
    if (index === at && step.kind === 'snapshot') return change(step);
    return step.kind === 'deploy' ? { ...step, fails: true, tolerated: false } : step;
  });
  return { ...plan, jobs: [{ ...first, steps }, ...others] };
}

/** The lags of a life fit to what all of its steps are told. */
function intervalOf({ pollInterval }: Pace): { readonly pollInterval?: number } {
  return pollInterval === undefined ? {} : { pollInterval };
}
