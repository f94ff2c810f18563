import { type PostInputs } from '../../github/inputs/actions.ts';
import { type SavedState, type StepRecord } from '../../github/state.ts';
import { restoreCommand } from '../../github/summary.ts';
import { checkRollback } from '../../snapshots/interlocks.ts';
import { decidePost, type Decision, readRestoreIf } from '../../snapshots/policy.ts';
import { createSchedule } from '../../snapshots/schedule.ts';
import { cleanUp, deleteSnapshots, deleteDuplicates } from './clean-up.ts';
import { type Deps } from '../common/deps.ts';
import { FailedError } from '../common/errors.ts';
import {
  recoverRecord,
  isCompleted,
  isLossless,
  isUncertain,
  leaveAsSaved,
  type RecoveredRecord,
  needsLook,
  startLeftStopped,
} from './recovery.ts';
import { describeForGithub, reportRestore } from '../restoring/report.ts';
import { describeDecision, type PostReport, summarizePost } from './summary.ts';
import { isStoppedByUs, START_MS } from '../server/power.ts';
import { writeReport } from '../common/report.ts';
import { type RestoreTarget } from '../restoring/request.ts';
import { restoreServers } from '../restoring/restore.ts';
import { labelOf } from '../common/labels.ts';

/** Time for everything that is no restore. */
const CLEANUP_MS = 5 * 60_000;
/** After a cancel the runner allows about 4 min 45 s for all posts together (runner facts). */
const CANCEL_MS = 4 * 60_000;

type Usable = Extract<SavedState, { readonly kind: 'usable' }>;

/**
 * The root action's post step (design §3.4): starts what main left stopped, then restores, cleans up or reports,
 * as one pure decision over the saved state says. `connect` gives what the step works with, and is called only for a
 * state that can be acted on. The exit code is 1 before, and is set to 0 as soon as it is known that nothing red will
 * follow; throws where the step is red for a reason that is not told yet.
 */
export async function post(
  saved: SavedState,
  inputs: PostInputs,
  idle: Pick<Deps, 'log' | 'runner'>,
  connect: (step: StepRecord) => Deps,
): Promise<void> {
  if (saved.kind !== 'usable' || madeNothing(saved)) {
    endIdle(saved, idle);
    if (saved.kind === 'unreadable') await startReadable(saved, inputs, idle, connect);
    return;
  }
  const { step, servers } = saved;
  const deps = connect(step);
  const decision = decidePost({
    policy: step.policy,
    // A dry run made nothing; it shows what would follow if it had.
    succeeded: step.succeeded || step.dryRun,
    statusBefore: step.statusBefore,
    jobStatus: inputs.jobStatus,
    restoreIf: inputs.restoreIf,
  });
  const stopped = servers.some(({ power }) => isStoppedByUs(power));
  if (step.dryRun || !(isRed(decision) || stopped)) idle.runner.setExitCode(0);
  const dry = step.dryRun ? 'Dry run, nothing is done. ' : '';
  idle.log.info(`${dry}${describeDecision(decision, step)}, because ${decision.why}.`);
  warnNotAsked(step, inputs, idle);
  const work = !step.dryRun && hasWork(decision, saved);
  const report: PostReport = {
    step,
    decision,
    missingToken: work && inputs.tokenProblem !== '',
    recoveredRecords: servers.map((record) => leaveAsSaved(record, deps)),
    restores: [],
    pruned: [],
    deleted: [],
  };
  await writeReport(
    deps,
    async () => {
      if (report.missingToken) throw noToken(decision.why, servers, inputs);
      if (work) await act(report, saved, inputs, deps);
      else if (step.dryRun && decision.action === 'clean_up') await planCleanUp(report, inputs, deps);
      else reportKept(report, deps);
      if (decision.action === 'keep' && decision.red === true && !step.dryRun) throw notRestored(report);
    },
    (alerts) => summarizePost(report, alerts, deps.log.events()),
  );
}

/** Nothing was started, or nobody can know: no request is sent, and the step is green. */
function endIdle(saved: SavedState, { log, runner }: Pick<Deps, 'log' | 'runner'>): void {
  if (saved.kind === 'unreadable') {
    log.warning(
      'State not readable',
      `${saved.why}, so nothing is looked up, restored or deleted. Look at the snapshots in the panel of VPS.org.`,
    );
  } else {
    log.info(`Nothing to do: ${saved.kind === 'none' ? saved.why : 'the snapshot step made no snapshot'}.`);
  }
  runner.setExitCode(0);
}

/** Of a state that is torn one thing is done all the same: no server stays stopped that can be read from it. */
async function startReadable(
  { step, servers }: Extract<SavedState, { readonly kind: 'unreadable' }>,
  inputs: PostInputs,
  { runner }: Pick<Deps, 'runner'>,
  connect: (step: StepRecord) => Deps,
): Promise<void> {
  if (step === null || !servers.some(({ power }) => isStoppedByUs(power))) return;
  runner.setExitCode(1);
  if (inputs.tokenProblem !== '') throw noToken('a server is left stopped', servers, inputs);
  const deps = connect(step);
  const until = deps.clock.now() + (inputs.jobStatus === 'cancelled' ? CANCEL_MS : START_MS);
  if (await startLeftStopped(servers, deps, createSchedule(step.pollInterval), until)) runner.setExitCode(0);
}

/** A misspelt id in `restore_if` looks like a failure of something else. */
function warnNotAsked(step: StepRecord, inputs: PostInputs, { log }: Pick<Deps, 'log'>): void {
  if (inputs.jobStatus !== 'failure' || readRestoreIf(inputs.restoreIf) !== 'no' || !step.succeeded) return;
  log.warning(
    'Not asked to restore',
    "The job failed and 'restore_if' is false, so nothing is restored, and the server is as the job left it. If it was the deploy that failed, check that 'restore_if' names the id of the deploy step: an unknown id is no error, it is just never 'failure'.",
  );
}

/** Rule 0: main ended before its intent, or its request was refused for certain. */
function madeNothing({ step, servers }: Usable): boolean {
  const isNothing = ({ phase, resent }: Usable['servers'][number]): boolean =>
    (phase === 'planned' || phase === 'refused') && !resent;
  return !step.dryRun && servers.every((record) => isNothing(record) && !isStoppedByUs(record.power));
}

async function act(
  report: PostReport,
  { step, servers }: Usable,
  inputs: PostInputs,
  deps: Deps,
): Promise<void> {
  const { decision } = report;
  const schedule = createSchedule(step.pollInterval);
  const deletes = isDeleting(decision, step);
  const cancelled = inputs.jobStatus === 'cancelled';
  const startedAt = deps.clock.now();
  const until = startedAt + (cancelled ? CANCEL_MS : CLEANUP_MS);
  const starting = startLeftStopped(servers, deps, schedule, startedAt + (cancelled ? CANCEL_MS : START_MS));
  if (decision.action === 'restore') {
    await restore(report, deps, startedAt + Math.min(step.restoreTimeout, cancelled ? CANCEL_MS : Infinity));
  }
  report.recoveredRecords = await Promise.all(
    servers.map(async (record) =>
      needsLook(record, step, deletes)
        ? await recoverRecord(record, deps, schedule, cancelled ? until : deps.clock.now() + CLEANUP_MS)
        : leaveAsSaved(record, deps),
    ),
  );
  if (decision.action === 'delete')
    report.deleted = await deleteSnapshots(report.recoveredRecords, deps, until);
  else if (decision.action === 'clean_up')
    Object.assign(
      report,
      await cleanUp(report.recoveredRecords, step.policy, deps, { until, dryRun: false }),
    );
  else if (decision.action === 'keep')
    report.deleted = await deleteDuplicates(report.recoveredRecords, deps, until);
  reportKept(report, deps);
  // A rollback leaves the job red, however well it went: its exit code stays 1.
  if (!(await starting)) deps.runner.setExitCode(1);
  else if (!isRed(decision)) deps.runner.setExitCode(0);
}

/** The dry run's clean-up: which older snapshots would go, and why. */
async function planCleanUp(report: PostReport, inputs: PostInputs, deps: Deps): Promise<void> {
  if (inputs.tokenProblem !== '')
    return deps.log.warning('No plan', `The plan needs a token: ${inputs.tokenProblem}.`);
  const options = { until: deps.clock.now() + CLEANUP_MS, dryRun: true };
  Object.assign(report, await cleanUp(report.recoveredRecords, report.step.policy, deps, options));
}

function isRed(decision: Decision): boolean {
  return decision.action === 'restore' || (decision.action === 'keep' && decision.red === true);
}

/** Whether any request is needed: a post step with nothing to do sends none. */
function hasWork(decision: Decision, { step, servers }: Usable): boolean {
  const deletes = isDeleting(decision, step);
  if (servers.some((record) => isStoppedByUs(record.power) || needsLook(record, step, deletes))) return true;
  const made = servers.some((record) => record.snapshotId !== null);
  if (decision.action === 'restore') return true;
  return (deletes && made) || (decision.action === 'clean_up' && step.policy.keepLast > 0);
}

/** Whether the step's own snapshot is to go. */
function isDeleting({ action }: Decision, { policy }: StepRecord): boolean {
  return action === 'delete' || (action === 'clean_up' && policy.onSuccess === 'delete');
}

async function restore(report: PostReport, deps: Deps, until: number): Promise<void> {
  const { step } = report;
  const write = async (): Promise<void> =>
    await deps.runner.writeSummary(summarizePost(report, deps.log.alerts(), deps.log.events()));
  report.restores = await restoreServers(report.recoveredRecords.map(targetOf), deps, {
    schedule: createSchedule(step.pollInterval),
    until,
    timeout: until - deps.clock.now(),
    healthUrls: step.healthUrls,
    check: checkRollback,
    whenRestoring: 'refuse',
    async onRequested(restores) {
      report.restores = restores;
      await write();
    },
  });
  for (const each of report.restores) reportRestore(each, step.apiUrl, deps, true);
  await write();
  await deps.notice?.tell(describeForGithub(report.restores, deps.job));
}

function targetOf(recovered: RecoveredRecord): RestoreTarget {
  const { record, id, awaited } = recovered;
  const byWait = awaited ? 'the wait action of this job' : null;
  return {
    label: labelOf(record),
    serverId: record.server,
    serverIds: record.ids,
    snapshotId: id ?? '',
    idIsLossless: isLossless(recovered),
    name: record.name,
    createdAt: record.createdAt,
    key: record.key,
    seenCompleted: record.phase === 'completed' ? 'the snapshot step' : byWait,
    startIfStopped: record.power?.found !== 'stopped',
  };
}

/** A restore was asked for, and the rules keep the snapshot instead. */
function notRestored({ decision, recoveredRecords, step }: PostReport): FailedError {
  const commands = recoveredRecords
    .filter((recovered) => isCompleted(recovered) && isLossless(recovered))
    .map(({ id }) => restoreCommand(step.apiUrl, id ?? ''));
  const byHand = commands.length === 0 ? '' : ' To restore by hand (overwrites the server):';
  return new FailedError('Not restored', `Nothing was restored, because ${decision.why}.${byHand}`, {
    ...(commands.length > 0 && { command: commands.join('\n') }),
  });
}

/** The post step cannot reach the API although it had to. */
function noToken(why: string, servers: Usable['servers'], inputs: PostInputs): FailedError {
  const made = servers
    .filter((record) => record.snapshotId !== null || isUncertain(record))
    .map((record) => `${record.snapshotId ?? `${record.name} (uncertain)`} of ${labelOf(record)}`);
  const stopped = servers.filter(({ power }) => isStoppedByUs(power)).map(labelOf);
  return new FailedError(
    'Post step without a token',
    [
      `The post step had work, because ${why}, but can do none of it and sent nothing: ${inputs.tokenProblem}.`,
      'In nested composite actions the runner reads the inputs of post steps in the wrong place: use this action in the workflow itself or one level deep.',
      made.length > 0 ? `Snapshots: ${made.join(', ')}.` : '',
      stopped.length > 0 ? `LEFT STOPPED, to be started by hand: ${stopped.join(', ')}.` : '',
    ]
      .filter((text) => text !== '')
      .join(' '),
  );
}

/** Names everything that stays, and says how it is known to be. */
function reportKept({ recoveredRecords, deleted, restores }: PostReport, { log }: Pick<Deps, 'log'>): void {
  for (const recovered of recoveredRecords) {
    const { record, id, found, looked } = recovered;
    const label = labelOf(record);
    const restored = restores.some(({ target }) => target.snapshotId === id);
    if (id !== null && !restored && !deleted.includes(id) && !(looked && found === null)) {
      const word = found?.status ?? (isCompleted(recovered) ? 'completed' : 'not known to be completed');
      log.event(label, `snapshot ${id} (${record.name}) is kept, ${word}`);
    }
    const duplicates = recovered.duplicates
      .filter((duplicate) => !deleted.includes(duplicate.id))
      .map((duplicate) => duplicate.id || 'one without a usable id');
    if (duplicates.length > 0)
      log.event(label, `made twice, because an answer was lost; also there: ${duplicates.join(', ')}`);
  }
}
