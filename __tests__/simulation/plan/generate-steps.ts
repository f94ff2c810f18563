import { generateDisturbance, type FaultProfile } from './generate-disturbance.ts';
import type { Timing } from './generate-environment.ts';
import type { IdSource, SnapshotOptions, SnapshotStep, StepPlan } from './plan.ts';
import type { Rng } from './rng.ts';

const MINUTE = 60_000;

/** What the parts of a plan are generated from. */
export interface Context {
  readonly rng: Rng;
  readonly timing: Timing;
  readonly faultProfile: FaultProfile;
  readonly servers: number;
  readonly existingSnapshots: number;
}

/** A snapshot step, what may run in between, and the deploy. */
export function generateSnapshotAndDeploy(context: Context, id: string): StepPlan[] {
  const { rng, timing, faultProfile } = context;
  const snapshot = generateSnapshotStep(context, id);
  const steps: StepPlan[] = [snapshot];
  if (snapshot.options.wait === false) {
    if (rng.chance(0.5)) steps.push({ kind: 'build', seconds: rng.logUniform(1, 400) });
    if (rng.chance(0.7)) {
      steps.push({
        kind: 'wait',
        of: id,
        main: generateDisturbance(rng, faultProfile, timing, false),
        ...generateTimeouts(context),
      });
    }
  }
  if (rng.chance(0.93)) {
    steps.push({
      kind: 'deploy',
      servers: snapshot.servers,
      seconds: rng.logUniform(1, 240),
      fails: rng.chance(0.45),
      continueOnError: rng.chance(0.25),
    });
  }
  return steps;
}

function generateTimeouts({ rng, timing }: Context): { waitTimeout?: number; pollInterval?: number } {
  return {
    ...(rng.chance(0.3) && { waitTimeout: rng.pick([0.5, 2, 5, 10, 60]) * MINUTE }),
    ...(timing.pollInterval !== undefined && { pollInterval: timing.pollInterval }),
  };
}

export function generateSnapshotStep(context: Context, id: string): SnapshotStep {
  const { rng, timing, faultProfile, servers } = context;
  const options = generateOptions(context);
  const restoreIf = rng.weighted<SnapshotStep['restoreIf']>([
    [60, undefined],
    [30, 'deploy failed'],
    [4, 'true'],
    [3, 'false'],
    [3, 'perhaps'],
  ]);
  const most = rng.chance(0.5) ? servers : 1;
  return {
    kind: 'snapshot',
    id,
    servers: rng.times(most, (index) => index),
    idForm: rng.chance(0.85) ? 'id' : 'uuid',
    options,
    ...(restoreIf !== undefined && { restoreIf }),
    main: generateDisturbance(rng, faultProfile, timing, false),
    post: generateDisturbance(rng, faultProfile, timing, true),
    ...(rng.chance(0.02) && { tokenLost: true }),
    ...(rng.chance(0.02) && { tornState: rng.pick(['cut', 'other run', 'no server'] as const) }),
  };
}

function generateOptions(context: Context): SnapshotOptions {
  const { rng } = context;
  const wait = rng.chance(0.8);
  const onSuccess = rng.weighted([
    [65, undefined],
    [35, 'delete'],
  ] as const);
  const policies = [
    [40, undefined],
    [45, 'restore'],
    [15, 'delete'],
  ] as const;
  const onFailure = rng.weighted<'restore' | 'delete' | undefined>(policies);
  const onCancel = rng.weighted<'restore' | 'delete' | undefined>(policies);
  const isDeleting = [onFailure, onCancel, onSuccess].includes('delete');
  return {
    ...generateTimeouts(context),
    ...(!wait && { wait }),
    ...(wait && rng.chance(0.22) && { stopServer: true }),
    ...(rng.chance(0.6) && { whenFull: 'rotate' }),
    ...(rng.chance(0.5) && { onRerun: 'reuse' }),
    ...(onFailure && { onFailure }),
    ...(onCancel && { onCancel }),
    ...(onSuccess && { onSuccess }),
    ...(!onSuccess && rng.chance(0.5) && { keepLast: rng.integer(1, 4) }),
    ...(rng.chance(0.2) && { restoreTimeout: rng.pick([0.5, 2, 10]) * MINUTE }),
    ...(rng.chance(0.1) && { healthUrls: generateHealthUrls(rng) }),
    ...(rng.chance(0.1) && { description: rng.pick(['before the update', 'x'.repeat(300)]) }),
    ...(!isDeleting && rng.chance(0.08) && { isProtected: true }),
    ...(rng.chance(0.08) && { restoreMaxAge: rng.pick([1, 3, 20, 24 * 60]) * MINUTE }),
    ...(rng.chance(0.03) && { dryRun: true }),
  };
}

function generateHealthUrls(rng: Rng): string[] {
  return rng.times(rng.integer(1, 4), (index) => `https://web.example/health/${index}`);
}

export function generateIds({ rng, existingSnapshots }: Context, step: SnapshotStep | undefined): IdSource[] {
  const sources: [number, IdSource][] = [[1, { unknown: true }]];
  if (step !== undefined) sources.push([25, { job: 0, step: step.id }]);
  if (existingSnapshots > 0) sources.push([8, { existing: rng.integer(0, existingSnapshots - 1) }]);
  const [head = [1, { unknown: true }] as const, ...rest] = sources;
  return rng.times(
    rng.weighted([
      [8, 1],
      [2, 2],
    ]),
    () => rng.weighted([head, ...rest]),
  );
}

type RestoreStep = Extract<StepPlan, { kind: 'restore' }>;

export function generateRestoreStep(context: Context, ids: readonly IdSource[]): RestoreStep {
  const { rng, timing, faultProfile, servers } = context;
  return {
    kind: 'restore',
    ids,
    ...(rng.chance(0.15) && { latest: rng.times(rng.integer(1, servers), (index) => index) }),
    ...(rng.chance(0.1) && { byName: true }),
    ...(rng.chance(0.15) && { maxAge: rng.logUniform(1, 20_000) * MINUTE }),
    ...(rng.chance(0.12) && { snapshotFirst: true }),
    ...(rng.chance(0.4) && { server: rng.integer(0, servers - 1) }),
    ...(rng.chance(0.3) && { allowOlder: true }),
    ...(rng.chance(0.2) && { restoreTimeout: rng.pick([0.5, 2, 10]) * MINUTE }),
    ...(timing.pollInterval !== undefined && { pollInterval: timing.pollInterval }),
    ...(rng.chance(0.15) && { healthUrls: generateHealthUrls(rng) }),
    ...(rng.chance(0.04) && { dryRun: true }),
    main: generateDisturbance(rng, faultProfile, timing, false),
  };
}
