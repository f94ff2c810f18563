import { refuseSameServer, identifyServer } from './identity.ts';
import { type RootInputs } from '../../github/inputs/root.ts';
import { type PowerRecord, type StepRecord } from '../../github/state.ts';
import { BUDGETS } from '../../snapshots/polling/schedule.ts';
import { VpsError } from '../../vps/errors.ts';
import { areMixed } from '../../snapshots/server.ts';
import { createLimiter, type Limiter, settleAll } from '../common/concurrency.ts';
import { type Deps, within } from '../common/deps.ts';
import { AlreadyReportedError, CancelledError, FailedError } from '../common/errors.ts';
import { labelOf } from '../common/labels.ts';
import { explainToken } from '../common/lists.ts';
import { writeReport } from '../common/report.ts';
import { describeRotation } from '../creating/errors.ts';
import { publish, type ServerProgress } from '../creating/progress.ts';
import { isStoppedByUs } from '../server/stop.ts';
import { makeSnapshots } from './pipeline.ts';
import {
  isStale,
  type LatePlan,
  planAgain,
  planServer,
  type PlanOptions,
  renewBudget,
  type ServerPlan,
} from './plan.ts';
import { announceEnd } from './preflight.ts';
import { createStarter } from './power.ts';
import { createPlanReaders } from './readers.ts';
import { nameSnapshots } from './names.ts';
import { describeOrigin, describeStep, saveStep } from './record.ts';
import { summarizeCreate } from './summary.ts';

/**
 * The root action's main step: makes a snapshot of each server, waits for it unless told not to, and saves at
 * every point what the post step needs to find what was begun. Throws where the step is to be red.
 */
export async function create(inputs: RootInputs, deps: Deps): Promise<void> {
  const options = { inputs, origin: describeOrigin(inputs, deps) };
  const servers = nameSnapshots(inputs, deps);
  const step = saveStep(deps, describeStep(inputs, deps));
  const start = createStarter(deps);
  // Every name of the state is written, so that none can be planted through the environment.
  for (const progress of servers) progress.save(progress.record);
  deps.runner.checkFiles();
  const createAll = async (): Promise<void> => {
    try {
      const plans = await planServers(servers, within(deps, BUDGETS.beforeChange), options);
      if (inputs.dryRun) reportPlans(plans, inputs, deps);
      else await makeSnapshots(plans, servers, deps, { ...options, start });
    } catch (error) {
      throw deps.cancelled.aborted ? interruptedBy(error, servers, step, deps) : error;
    } finally {
      await Promise.all(servers.map(start));
      nameUncertain(servers, deps);
      publish(deps, servers);
    }
    if (deps.cancelled.aborted) throw interruptedBy(undefined, servers, step, deps);
    if (servers.some(({ record }) => isStoppedByUs(record.power)))
      throw new AlreadyReportedError('a server was not started again');
    saveStep(deps, { ...step, succeeded: true });
  };
  await writeReport(
    deps,
    async () => {
      try {
        await createAll();
      } catch (error) {
        throw await explainRefusal(error, deps);
      }
    },
    (alerts) => summarizeCreate(servers, inputs, deps, alerts),
  );
}

/** Adds what the token may do to the error that a refusal ended in, where that does not say it yet. */
async function explainRefusal(error: unknown, deps: Deps): Promise<unknown> {
  if (!(error instanceof FailedError && error.cause instanceof VpsError) || error.isExplained) return error;
  const remark = await explainToken(error.cause, deps);
  if (remark === '') return error;
  const { title, message, more, cause } = error;
  return new FailedError(title, `${message}\n${remark}`, { ...more, cause });
}

/** Reads and plans all servers before anything is changed on one. */
async function planServers(
  servers: readonly ServerProgress[],
  deps: Deps,
  options: PlanOptions,
): Promise<ServerPlan[]> {
  const { inputs } = options;
  if (areMixed(inputs.serverIds))
    await Promise.all(servers.map((progress) => identifyServer(progress, deps)));
  if (inputs.onRerun === 'reuse' && deps.job.call === null) {
    deps.log.notice(
      'No snapshot is reused',
      "'on_rerun: reuse' has no effect: this runner does not say whether the job is part of a reusable workflow, so the snapshot could be that of another call. A new one is created.",
    );
  }
  const limit = createLimiter();
  const readers = createPlanReaders(servers.length, deps);
  const announcing = announceEnd(inputs, deps);
  const planning = servers.map((progress) =>
    limit(async () => await planServer(progress, deps, options, readers)),
  );
  await settleAll([announcing, ...planning]);
  refuseSameServer(servers);
  return await planLate(await Promise.all(planning), deps, options, limit);
}

/**
 * Makes the plans that wait for a restore, once no other one has failed, and then those again that have become old
 * meanwhile.
 */
async function planLate(
  planned: readonly (ServerPlan | LatePlan)[],
  deps: Deps,
  options: PlanOptions,
  limit: Limiter,
): Promise<ServerPlan[]> {
  const waiting = planned.map(async (each) => (typeof each === 'function' ? await each() : each));
  await settleAll(waiting);
  const plans = await Promise.all(waiting);
  if (!planned.some((each) => typeof each === 'function')) return plans;
  const budget = renewBudget(deps);
  const again = plans.map(async (plan) =>
    plan.kind === 'create' && isStale(plan, deps)
      ? await limit(async () => await planAgain(plan, budget, options))
      : plan,
  );
  await settleAll(again);
  return await Promise.all(again);
}

/** The dry run: says what would be done on each server. */
function reportPlans(plans: readonly ServerPlan[], inputs: RootInputs, deps: Deps): void {
  for (const plan of plans) {
    const { record } = plan.progress;
    const isMade = plan.kind !== 'reuse';
    if (plan.server === null) {
      deps.log.warning(
        'Server cannot be read',
        `${labelOf(record)}: it is unknown whether this server exists, because it could not be read.`,
      );
    }
    const parts = [
      inputs.stopServer && isMade ? 'stop the server if it is active' : '',
      plan.kind === 'rotate' ? `delete snapshot ${plan.toDelete.id} (${plan.reason})` : '',
      plan.kind === 'reuse' ? `reuse snapshot ${plan.snapshot.id}` : `create the snapshot ${record.name}`,
      inputs.stopServer && isMade ? 'start the server again' : '',
    ];
    const would = parts.filter((part) => part !== '').join(', ');
    deps.log.event(labelOf(record), `dry run, nothing is changed. Would ${would}`);
  }
}

/** A signal ended the step: says which servers are down, or go down, which post starts, and what is gone for nothing. */
function interruptedBy(
  cause: unknown,
  servers: readonly ServerProgress[],
  step: StepRecord,
  deps: Deps,
): CancelledError {
  saveStep(deps, { ...step, interrupted: true });
  const down = servers.flatMap(({ record }) => {
    if (!isStoppedByUs(record.power)) return [];
    const text = `${describeStop(record.power)}; the post step starts it again`;
    deps.log.event(labelOf(record), text);
    return [`${labelOf(record)}: ${text}.`];
  });
  const deleted = servers
    .filter(({ rotated, record }) => rotated !== null && record.snapshotId === null)
    .map((progress) => `${labelOf(progress.record)}:${describeRotation(progress)}`);
  const urgent = [...down, ...deleted];
  return new CancelledError(urgent.join('\n'), { cause });
}

function describeStop({ stop }: PowerRecord): string {
  switch (stop) {
    case 'confirmed':
      return 'the server is STOPPED';
    case 'accepted':
      return 'VPS.org took the stop of this server, so that it goes down';
    default:
      return 'a stop of this server was requested, and VPS.org may have taken it';
  }
}

/** A request without a known end is named here as well: the post step may be cut off, too. */
function nameUncertain(servers: readonly ServerProgress[], { log }: Deps): void {
  for (const { record } of servers) {
    if (record.phase !== 'intent') continue;
    log.event(
      labelOf(record),
      `it is unknown whether the snapshot ${record.name} was made; the post step will look for it`,
    );
  }
}
