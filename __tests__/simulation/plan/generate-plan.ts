import { Dice } from './rng.ts';
import { drawDisturbance, drawWeather, type Weather } from './generate-disturbance.ts';
import {
  drawPace,
  drawPanel,
  drawServers,
  drawSnapshots,
  drawSwitches,
  type Pace,
} from './generate-environment.ts';
import { applyThemes } from './scenario-bias.ts';
import type { IdSource, JobPlan, Plan, SnapshotOptions, SnapshotStep, StepPlan } from './plan.ts';

const MINUTE = 60_000;

/** What the parts of a plan are drawn with. */
interface Draw {
  readonly dice: Dice;
  readonly pace: Pace;
  readonly weather: Weather;
  readonly servers: number;
  readonly olds: number;
}

/** The plan of a life; the same for the same seed. */
export function drawPlan(seed: number): Plan {
  const dice = new Dice(seed);
  const pace = drawPace(dice);
  const switches = drawSwitches(dice, pace);
  const servers = drawServers(dice);
  const snapshots = drawSnapshots(dice, servers.length);
  const draw: Draw = {
    dice,
    pace,
    weather: drawWeather(dice),
    servers: servers.length,
    olds: snapshots.length,
  };
  return applyThemes(dice, pace, {
    seed: dice.integer(1, 2 ** 31),
    switches,
    latency: dice.weigh([
      [60, [50, 50]],
      [30, [10, 400]],
      [10, [200, 3000]],
    ] as const),
    ...(dice.chance(0.04) && { pageSize: dice.integer(1, 3) }),
    servers,
    snapshots,
    jobs: drawJobs(draw),
    panel: drawPanel(dice, servers.length),
  });
}

function drawJobs(draw: Draw): JobPlan[] {
  const { dice } = draw;
  const first = drawDeployJob(draw, { repository: 0, run: 0, attempt: 1, name: 'deploy', seconds: 0 });
  const jobs = [first];
  const [step] = first.steps.filter((s) => s.kind === 'snapshot');
  if (dice.chance(0.14)) jobs.push(drawRerun(draw, first));
  if (dice.chance(0.1)) {
    const repository = dice.chance(0.5) ? 0 : 1;
    const seconds = dice.span(1, 900);
    jobs.push(drawDeployJob(draw, { repository, run: 1, attempt: 1, name: 'deploy', seconds }));
  }
  if (dice.chance(0.12)) jobs.push(drawRollbackJob(draw, step));
  if (dice.chance(0.12)) jobs.push(drawCleaningJob(draw, step));
  return jobs;
}

type Place = Omit<JobPlan, 'steps'>;

function drawDeployJob(draw: Draw, place: Place): JobPlan {
  const { dice } = draw;
  const steps: StepPlan[] = [];
  if (dice.chance(0.05)) steps.push({ kind: 'build', seconds: 5, fails: dice.chance(0.5) });
  const rounds = dice.chance(0.1) ? 2 : 1;
  for (let round = 1; round <= rounds; round += 1) steps.push(...drawRound(draw, `snapshot-${round}`));
  if (dice.chance(0.12)) steps.push({ kind: 'build', seconds: dice.span(1, 60), fails: dice.chance(0.6) });
  if (dice.chance(0.06)) steps.push({ ...drawSnapshotStep(draw, 'snapshot-3'), always: true });
  const how = dice.weigh([
    [4, 'cancel'],
    [1, 'lost'],
  ] as const);
  return { ...place, steps, ...(dice.chance(0.1) && { end: { seconds: dice.span(1, 1200), how } }) };
}

/** A snapshot, what may lie between, and the deploy. */
function drawRound(draw: Draw, id: string): StepPlan[] {
  const { dice, pace, weather } = draw;
  const snapshot = drawSnapshotStep(draw, id);
  const steps: StepPlan[] = [snapshot];
  if (snapshot.options.wait === false) {
    if (dice.chance(0.5)) steps.push({ kind: 'build', seconds: dice.span(1, 400) });
    if (dice.chance(0.7)) {
      steps.push({
        kind: 'wait',
        of: id,
        main: drawDisturbance(dice, weather, pace, false),
        ...drawTimes(draw),
      });
    }
  }
  if (dice.chance(0.93)) {
    steps.push({
      kind: 'deploy',
      servers: snapshot.servers,
      seconds: dice.span(1, 240),
      fails: dice.chance(0.45),
      tolerated: dice.chance(0.25),
    });
  }
  return steps;
}

function drawTimes({ dice, pace }: Draw): { waitTimeout?: number; pollInterval?: number } {
  return {
    ...(dice.chance(0.3) && { waitTimeout: dice.pick([0.5, 2, 5, 10, 60]) * MINUTE }),
    ...(pace.pollInterval !== undefined && { pollInterval: pace.pollInterval }),
  };
}

function drawSnapshotStep(draw: Draw, id: string): SnapshotStep {
  const { dice, pace, weather, servers } = draw;
  const options = drawOptions(draw);
  const restoreIf = dice.weigh<SnapshotStep['restoreIf']>([
    [60, undefined],
    [30, 'deploy failed'],
    [4, 'true'],
    [3, 'false'],
    [3, 'perhaps'],
  ]);
  const most = dice.chance(0.5) ? servers : 1;
  return {
    kind: 'snapshot',
    id,
    servers: dice.times(most, (index) => index),
    typed: dice.chance(0.85) ? 'id' : 'uuid',
    options,
    ...(restoreIf !== undefined && { restoreIf }),
    main: drawDisturbance(dice, weather, pace, false),
    post: drawDisturbance(dice, weather, pace, true),
    ...(dice.chance(0.02) && { tokenLost: true }),
    ...(dice.chance(0.02) && { tornState: dice.pick(['cut', 'other run', 'no server'] as const) }),
  };
}

function drawOptions(draw: Draw): SnapshotOptions {
  const { dice } = draw;
  const wait = dice.chance(0.8);
  const onSuccess = dice.weigh([
    [65, undefined],
    [35, 'delete'],
  ] as const);
  const three = [
    [40, undefined],
    [45, 'restore'],
    [15, 'delete'],
  ] as const;
  const onFailure = dice.weigh<'restore' | 'delete' | undefined>(three);
  const onCancel = dice.weigh<'restore' | 'delete' | undefined>(three);
  return {
    ...drawTimes(draw),
    ...(!wait && { wait }),
    ...(wait && dice.chance(0.22) && { stopServer: true }),
    ...(dice.chance(0.6) && { whenFull: 'rotate' }),
    ...(dice.chance(0.5) && { onRerun: 'reuse' }),
    ...(onFailure && { onFailure }),
    ...(onCancel && { onCancel }),
    ...(onSuccess && { onSuccess }),
    ...(!onSuccess && dice.chance(0.5) && { keepLast: dice.integer(1, 4) }),
    ...(dice.chance(0.2) && { restoreTimeout: dice.pick([0.5, 2, 10]) * MINUTE }),
    ...(dice.chance(0.1) && { healthUrls: drawHealth(dice) }),
    ...(dice.chance(0.1) && { description: dice.pick(['before the update', 'x'.repeat(300)]) }),
    ...(dice.chance(0.03) && { dryRun: true }),
  };
}

function drawHealth(dice: Dice): string[] {
  return dice.times(dice.integer(1, 4), (index) => `https://web.example/health/${index}`);
}

function drawRerun(draw: Draw, first: JobPlan): JobPlan {
  const { dice } = draw;
  const again = drawDeployJob(draw, { ...first, attempt: 2, needs: 0, seconds: dice.span(1, 3000) });
  if (dice.chance(0.2)) return again;
  // The same steps with the same options: only chance, and so their fate, is another one.
  const steps = first.steps.map((step): StepPlan => {
    if (step.kind === 'snapshot') return { ...step, ...pickFate(drawSnapshotStep(draw, step.id)) };
    return step.kind === 'deploy' ? { ...step, fails: dice.chance(0.4) } : step;
  });
  return { ...again, steps };
}

function pickFate({ main, post }: SnapshotStep): Pick<SnapshotStep, 'main' | 'post'> {
  return { main, post };
}

function drawIds({ dice, olds }: Draw, step: SnapshotStep | undefined): IdSource[] {
  const sources: [number, IdSource][] = [[1, { unknown: true }]];
  if (step !== undefined) sources.push([25, { job: 0, step: step.id }]);
  if (olds > 0) sources.push([8, { old: dice.integer(0, olds - 1) }]);
  const [head = [1, { unknown: true }] as const, ...rest] = sources;
  return dice.times(
    dice.weigh([
      [8, 1],
      [2, 2],
    ]),
    () => dice.weigh([head, ...rest]),
  );
}

function drawRollbackJob(draw: Draw, step: SnapshotStep | undefined): JobPlan {
  const { dice, pace, weather, servers } = draw;
  const restore: StepPlan = {
    kind: 'restore',
    always: true,
    ids: drawIds(draw, step),
    ...(dice.chance(0.4) && { server: dice.integer(0, servers - 1) }),
    ...(dice.chance(0.3) && { allowOlder: true }),
    ...(dice.chance(0.2) && { restoreTimeout: dice.pick([0.5, 2, 10]) * MINUTE }),
    ...(pace.pollInterval !== undefined && { pollInterval: pace.pollInterval }),
    ...(dice.chance(0.15) && { healthUrls: drawHealth(dice) }),
    ...(dice.chance(0.04) && { dryRun: true }),
    main: drawDisturbance(dice, weather, pace, false),
  };
  const seconds = dice.span(1, 300);
  const place = dice.weigh<Omit<Place, 'seconds'>>([
    [6, { repository: 0, run: 0, attempt: 1, name: 'rollback', needs: 0 }],
    [1, { repository: 0, run: 0, attempt: 2, name: 'rollback', needs: 0 }],
    [3, { repository: 0, run: 3, attempt: 1, name: 'button' }],
  ]);
  return { ...place, seconds, steps: [restore] };
}

function drawCleaningJob(draw: Draw, step: SnapshotStep | undefined): JobPlan {
  const { dice, pace, weather, servers } = draw;
  const main = drawDisturbance(dice, weather, pace, false);
  const dry = dice.chance(0.05) && { dryRun: true };
  const cleaning: StepPlan = dice.chance(0.5)
    ? { kind: 'delete', ids: drawIds(draw, step), ...(dice.chance(0.3) && { force: true }), ...dry, main }
    : {
        kind: 'prune',
        servers: dice.times(servers, (index) => index),
        keepLast: dice.integer(1, 4),
        ...(dice.chance(0.4) && { olderThan: dice.span(1, 20_000) * MINUTE }),
        ...dry,
        main,
      };
  const waits = dice.chance(0.6) && { needs: 0 };
  return {
    repository: 0,
    run: 4,
    attempt: 1,
    name: 'cleaning',
    seconds: dice.span(1, 600),
    ...waits,
    steps: [cleaning],
  };
}
