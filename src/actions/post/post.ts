import { type DeletionState } from '../../github/job-files/deletion-record.ts';
import { type PostInputs } from '../../github/inputs/root.ts';
import { type SavedState, type ServerRecord, type StepRecord } from '../../github/state.ts';
import { decidePost, type Decision, readRestoreIf } from '../../snapshots/policy.ts';
import { BUDGETS } from '../../snapshots/polling/schedule.ts';
import { type Clock } from '../../vps/clock.ts';
import { type Deps, within } from '../common/deps.ts';
import { labelOf } from '../common/labels.ts';
import { writeReport } from '../common/report.ts';
import { type StepContext } from '../common/wiring.ts';
import { isStoppedByUs } from '../server/stop.ts';
import { cleanUp, deleteDuplicates, type Deletions, deleteSnapshots } from './clean-up.ts';
import {
  missingToken,
  notRestored,
  otherApi,
  reportKept,
  warnInterrupted,
  warnNotAsked,
  warnOfKeep,
  warnUnreadable,
} from './errors.ts';
import { leaveAsSaved, needsList, recoverRecord } from './recovery.ts';
import { rollBack } from './rollback.ts';
import { startLeftStopped } from './start.ts';
import { describeDecision, type PostReport, summarizePost } from './summary.ts';

type Usable = Extract<SavedState, { readonly kind: 'usable' }>;
type Unusable = Exclude<SavedState, Usable>;

/** What the post step works with before it is known whether there is anything to do. */
export interface PostContext extends StepContext {
  readonly clock: Clock;
  /** Everything else; called only for a state that can be acted on. */
  readonly connect: (connection: {
    readonly apiUrl: string;
    readonly pollInterval: number | null;
    readonly until?: number;
  }) => Deps;
  readonly onSignal: (listener: () => void) => void;
  /** When the first post step of this action began in this job, epoch milliseconds; `now` where nobody noted it. */
  readonly firstPostAt: (now: number) => number;
}

/**
 * The root action's post step (`docs/how-it-works/post-step.md`, "The decision table"): starts what main left stopped,
 * then restores, cleans up or reports, as one pure decision over the saved state says. Gives the exit code; it is set
 * to 0 before that as soon as it is known that nothing red will follow. Throws where the step is red for a reason that
 * is not reported yet.
 */
export async function post(saved: SavedState, inputs: PostInputs, context: PostContext): Promise<0 | 1> {
  if (saved.kind !== 'usable') return await endUnusable(saved, inputs, context);
  if (saved.step.apiUrl !== inputs.apiUrl) return endOtherApi(saved, inputs, context);
  if (madeNothing(saved)) return endIdle('the snapshot step made no snapshot', inputs, context);
  const { step, servers } = saved;
  const deps = connectWithin(step, inputs, context);
  const isRestoredByJob = servers.some(({ ids }) => deps.restoreRecords.has(ids));
  const decision = decidePost({
    policy: step.policy,
    succeeded: step.succeeded,
    wasInterrupted: step.interrupted,
    statusBefore: step.statusBefore,
    jobStatus: inputs.jobStatus,
    restoreIf: inputs.restoreIf,
    isRestoredByJob,
  });
  const isStopped = servers.some(({ power }) => isStoppedByUs(power));
  const isRedAnyway = isRed(decision) && !step.dryRun;
  if (!isRedAnyway && !isStopped) context.runner.setExitCode(0);
  const dry = step.dryRun ? 'Dry run, not carried out: ' : '';
  context.log.info(`${dry}${describeDecision(decision, step)}, because ${decision.reason}.`);
  warnNotAsked({ step, isRestoredByJob }, servers, inputs, context);
  const hasToDo = !step.dryRun && hasWork(decision, saved);
  const { tokenCheck } = inputs;
  const report: PostReport = {
    step,
    decision,
    isRestoredByJob,
    isMissingToken: hasToDo && !tokenCheck.ok,
    recovered: servers.map((record) => leaveAsSaved(record, deps)),
    restores: [],
    pruned: [],
    deletions: deletedBefore(servers, deps),
    occasion: inputs.jobStatus === 'cancelled' ? 'Job cancelled' : 'Deploy failed',
    isGoodEnd: decision.action === 'clean_up' && !hasToDo && !step.dryRun,
  };
  context.onSignal(reportSignals(report, context));
  const ended = { allStarted: true };
  await writeReport(
    deps,
    async () => {
      if (hasToDo && !tokenCheck.ok)
        throw missingToken(
          tokenCheck.reason,
          { reason: decision.reason, report: decision.action === 'restore' ? report : null },
          servers,
          inputs,
        );
      if (hasToDo) ended.allStarted = await act(report, saved, deps);
      else if (step.dryRun && decision.action === 'clean_up') await planCleanUp(report, inputs, deps);
      else reportKept(report, deps);
      if (isRedAnyway && decision.action === 'keep') throw notRestored(report);
      if (!step.dryRun) warnOfKeep(report, deps);
    },
    (alerts) => summarizePost(report, alerts, deps),
  );
  return isRedAnyway || !ended.allStarted ? 1 : 0;
}

/** After a cancel all post steps of this action share what the runner allows them. */
function connectWithin(step: StepRecord, inputs: PostInputs, context: PostContext): Deps {
  const { clock } = context;
  const { apiUrl, pollInterval } = step;
  if (inputs.jobStatus !== 'cancelled') return context.connect({ apiUrl, pollInterval });
  const elapsed = clock.wall() - context.firstPostAt(clock.wall());
  const until = clock.now() + Math.max(0, BUDGETS.afterCancel - elapsed);
  return context.connect({ apiUrl, pollInterval, until });
}

/**
 * The step's own time-out ends post with signals, and soon after them for good: what is known is written at each, and
 * said at the first.
 */
function reportSignals(report: PostReport, { job, log, runner }: PostContext): () => void {
  let isFirst = true;
  return () => {
    if (isFirst) warnInterrupted(report, { log });
    isFirst = false;
    void runner.writeSummary(summarizePost(report, log.alerts(), { log, job }));
  };
}

/** Rule 0: there is nothing to go by. No request is sent; it is red only where a restore was asked for. */
async function endUnusable(saved: Unusable, inputs: PostInputs, context: PostContext): Promise<0 | 1> {
  if (saved.kind === 'none') return endIdle(saved.reason, inputs, context);
  warnUnreadable(saved, context);
  const { step, servers } = saved;
  const idle = endAsked(inputs, context);
  if (step === null || !servers.some(({ power }) => isStoppedByUs(power))) return idle;
  // Of a state that is torn one thing is done anyway: no server stays stopped that can be read from it.
  if (step.apiUrl !== inputs.apiUrl) return endOtherApi({ step, servers }, inputs, context);
  const { tokenCheck } = inputs;
  if (!tokenCheck.ok) {
    const work = { reason: 'a server is left stopped', report: null };
    throw missingToken(tokenCheck.reason, work, servers, inputs);
  }
  return (await startLeftStopped(servers, step.apiUrl, connectWithin(step, inputs, context))) ? idle : 1;
}

function endIdle(reason: string, inputs: PostInputs, context: PostContext): 0 | 1 {
  context.log.info(`Nothing to do: ${reason}.`);
  return endAsked(inputs, context);
}

/** Somebody counts on a restore that cannot come. */
function endAsked({ restoreIf }: PostInputs, { log }: PostContext): 0 | 1 {
  if (readRestoreIf(restoreIf) !== 'yes') return 0;
  log.error(
    'Not restored',
    "'restore_if' is true, and there is no snapshot of this step to restore, so the server is as the job left it. Look at the log of the snapshot step.",
  );
  return 1;
}

/** A state of another API may be planted: the token is sent nowhere. */
function endOtherApi(
  { step, servers }: { readonly step: StepRecord; readonly servers: readonly ServerRecord[] },
  inputs: PostInputs,
  context: PostContext,
): 0 | 1 {
  const isWork = servers.some(
    ({ snapshotId, phase, power }) => snapshotId !== null || phase === 'intent' || isStoppedByUs(power),
  );
  if (!isWork) return endIdle('the snapshot step made no snapshot', inputs, context);
  throw otherApi(step, servers, inputs);
}

/**
 * Rule 0 of `docs/how-it-works/post-step.md`, "The decision table": main ended before its intent, or its
 * request was refused for certain.
 */
function madeNothing({ step, servers }: Usable): boolean {
  const isNothing = ({ phase, resentAt }: ServerRecord): boolean =>
    (phase === 'planned' || phase === 'refused') && resentAt === null;
  // A dry run that succeeded shows what would follow if it had made one.
  const isShown = step.dryRun && step.succeeded;
  return !isShown && servers.every((record) => isNothing(record) && !isStoppedByUs(record.power));
}

/** Does what was decided; gives whether every server that main stopped is up again. */
async function act(report: PostReport, { step, servers }: Usable, deps: Deps): Promise<boolean> {
  const { decision } = report;
  const isDeletion = isDeleting(decision, step);
  const starting = startLeftStopped(servers, step.apiUrl, deps);
  if (decision.action === 'restore') await restoreAll(report, deps);
  const budget = within(deps, BUDGETS.cleanUp);
  report.recovered = await Promise.all(
    servers.map(async (record) =>
      needsList(record, step, isDeletion) ? await recoverRecord(record, budget) : leaveAsSaved(record, deps),
    ),
  );
  if (decision.action === 'delete') note(report, await deleteSnapshots(report.recovered, budget));
  else if (decision.action === 'clean_up') await cleanUpAll(report, budget, false);
  else if (decision.action === 'keep' && !report.isRestoredByJob)
    note(report, await deleteDuplicates(report.recovered, budget));
  reportKept(report, deps);
  return await starting;
}

async function restoreAll(report: PostReport, deps: Deps): Promise<void> {
  report.restores = await rollBack(report.recovered, report, deps, async (restores) => {
    report.restores = restores;
    await deps.runner.writeSummary(summarizePost(report, deps.log.alerts(), deps));
  });
}

/** The dry run's clean-up: which older snapshots would go, and why. */
async function planCleanUp(
  report: PostReport,
  { tokenCheck }: Pick<PostInputs, 'tokenCheck'>,
  deps: Deps,
): Promise<void> {
  if (!tokenCheck.ok)
    return deps.log.warning('Dry run incomplete', `The plan needs a token: ${tokenCheck.reason}.`);
  await cleanUpAll(report, within(deps, BUDGETS.cleanUp), true);
}

async function cleanUpAll(report: PostReport, deps: Deps, dryRun: boolean): Promise<void> {
  const { recovered, pruned, deletions } = await cleanUp(report.recovered, report.step.policy, deps, dryRun);
  report.recovered = recovered;
  report.pruned = pruned;
  note(report, deletions);
}

function note(report: PostReport, deletions: Deletions): void {
  report.deletions = new Map([...report.deletions, ...deletions]);
}

/** What the `delete` action of this job left word of. */
function deletedBefore(servers: readonly ServerRecord[], { deletionRecords, log }: Deps): Deletions {
  const deletions = new Map<string, DeletionState>();
  for (const record of servers) {
    const { snapshotId } = record;
    const state = snapshotId === null ? null : deletionRecords.read(snapshotId);
    if (snapshotId === null || state === null) continue;
    deletions.set(snapshotId, state);
    const what =
      state === 'deleted'
        ? `snapshot ${snapshotId} was deleted by an earlier step of this job`
        : `an earlier step of this job requested the deletion of snapshot ${snapshotId}, outcome unknown`;
    log.event(labelOf(record), what);
  }
  return deletions;
}

/** A rollback leaves the job red, however well it went. */
function isRed(decision: Decision): boolean {
  return decision.action === 'restore' || (decision.action === 'keep' && decision.alarm === 'red');
}

/** Whether any request is needed: a post step with nothing to do sends none. */
function hasWork(decision: Decision, { step, servers }: Usable): boolean {
  const isDeletion = isDeleting(decision, step);
  const isPruning = decision.action === 'clean_up' && step.policy.keepLast > 0;
  if (decision.action === 'restore' || isDeletion || isPruning) return true;
  return servers.some((record) => isStoppedByUs(record.power) || needsList(record, step, false));
}

/** Whether the step's own snapshot is to go. */
function isDeleting({ action }: Decision, { policy }: StepRecord): boolean {
  return action === 'delete' || (action === 'clean_up' && policy.onSuccess === 'delete');
}
