import { type PostInputs } from '../github/inputs.ts';
import { type SavedState, type ServerRecord, type StepRecord } from '../github/state.ts';
import { renderSummary, restoreCommand } from '../github/summary.ts';
import { checkRollback } from '../snapshots/interlocks.ts';
import { decidePost, type Decision } from '../snapshots/policy.ts';
import { createSchedule } from '../snapshots/schedule.ts';
import { cleanUp, deleteSnapshots, deleteTwins, type Pruned } from './cleanup.ts';
import { type Deps, FailedError } from './deps.ts';
import { findLeftover, isLeftStopped, isUncertain, type Leftover, startLeftStopped } from './leftovers.ts';
import { describeForGithub, isRestored, tellResult, toSummary } from './outcome.ts';
import { type RestoreResult, type RestoreTarget } from './restoring.ts';
import { rollBack } from './rollback.ts';
import { labelOf } from './track.ts';

/** Time for everything that is no restore. */
const CLEANUP_MS = 5 * 60_000;
/** After a cancel the runner allows about 4 min 45 s for all posts together (runner facts). */
const CANCEL_MS = 4 * 60_000;

type Usable = Extract<SavedState, { readonly kind: 'usable' }>;

/** What post did so far, for the summary. */
interface Report {
  readonly decision: Decision;
  leftovers: readonly Leftover[];
  restores: readonly RestoreResult[];
  pruned: readonly Pruned[];
  deleted: readonly string[];
}

/**
 * The root action's post step (design §3.4): starts what main left stopped, then restores, cleans up or reports,
 * as one pure decision over the saved state says. `connect` gives what needs the network and is called only if
 * something is to be sent. The exit code is set to 0 as soon as it is known that nothing red will follow; throws
 * where the step is red for a reason that is not told yet.
 */
export async function post(
  saved: SavedState,
  inputs: PostInputs,
  idle: Pick<Deps, 'log' | 'runner'>,
  connect: (step: StepRecord) => Deps,
): Promise<void> {
  if (saved.kind !== 'usable') {
    const text = `${saved.why}, so nothing was done and nothing was requested.`;
    if (saved.kind === 'unreadable') {
      idle.log.warning('State not readable', `${text} Look at the snapshots in the panel of VPS.org.`);
    } else {
      idle.log.info(`Nothing to do: ${text}`);
    }
    return idle.runner.setExitCode(0);
  }
  const { step, servers } = saved;
  const decision = decidePost({
    policy: step.policy,
    // A dry run made nothing; it shows what would follow if it had.
    succeeded: step.succeeded || step.dryRun,
    statusBefore: step.statusBefore,
    jobStatus: inputs.jobStatus,
    restoreIf: inputs.restoreIf,
  });
  if (!isRed(decision)) idle.runner.setExitCode(0);
  idle.log.info(
    `The job is '${inputs.jobStatus}': ${describeDecision(decision, step)}, because ${decision.why}.`,
  );
  const report: Report = {
    decision,
    leftovers: servers.map((record) => ({ record, status: null })),
    restores: [],
    pruned: [],
    deleted: [],
  };
  if (step.dryRun) {
    idle.log.info('Dry run: none of it is done.');
  } else if (hasWork(decision, saved)) {
    if (inputs.tokenProblem !== '') throw noToken(decision, servers, inputs);
    return await act(report, saved, inputs, connect(step));
  } else {
    tellKept(report.leftovers, idle);
  }
  await idle.runner.writeSummary(summarize(report, step, idle));
  if (isRed(decision) && !step.dryRun) throw notRestored(decision, servers, step);
  if (step.dryRun) idle.runner.setExitCode(0);
}

async function act(report: Report, { step, servers }: Usable, inputs: PostInputs, deps: Deps): Promise<void> {
  const { decision } = report;
  const schedule = createSchedule(step.pollInterval);
  const cancelled = inputs.jobStatus === 'cancelled';
  const until = deps.clock.now() + (cancelled ? CANCEL_MS : CLEANUP_MS);
  let started = true;
  try {
    started = await startLeftStopped(servers, deps, schedule, until);
    report.leftovers = await Promise.all(
      report.leftovers.map(async (leftover) =>
        needsLook(leftover.record, step)
          ? await findLeftover(leftover.record, deps, schedule, until)
          : leftover,
      ),
    );
    if (decision.action === 'restore') {
      await restore(report, step, deps, cancelled ? until : deps.clock.now() + step.restoreTimeout);
    } else if (decision.action === 'delete') {
      report.deleted = await deleteSnapshots(report.leftovers, deps, until);
    } else if (decision.action === 'clean_up') {
      Object.assign(report, await cleanUp(report.leftovers, step, deps, until));
    } else {
      if (step.succeeded) report.deleted = await deleteTwins(report.leftovers, deps, until);
      tellKept(report.leftovers, deps);
    }
  } finally {
    await deps.runner.writeSummary(summarize(report, step, deps));
  }
  // A rollback leaves the job red, however well it went: the exit code is 1 from the start.
  if (!started) deps.runner.setExitCode(1);
  if (decision.action === 'keep' && decision.red === true) throw notRestored(decision, servers, step);
}

function isRed(decision: Decision): boolean {
  return decision.action === 'restore' || (decision.action === 'keep' && decision.red === true);
}

function describeDecision({ action }: Decision, { policy }: StepRecord): string {
  if (action === 'keep') return 'the snapshot is kept';
  if (action === 'restore') return 'a restore is due';
  if (action === 'delete') return 'the snapshot is to be deleted';
  const first = policy.onSuccess === 'delete' ? 'the snapshot is to be deleted' : 'the snapshot is kept';
  return policy.keepLast > 0
    ? `${first}, and only this repository's newest ${policy.keepLast} are to be`
    : first;
}

/** A snapshot that main did not follow to its end is looked up before anything is said or done about it. */
function needsLook(record: ServerRecord, step: StepRecord): boolean {
  return isUncertain(record) || (!step.succeeded && record.phase === 'created');
}

/** Whether any request is needed: a post step with nothing to do sends none. */
function hasWork(decision: Decision, { step, servers }: Usable): boolean {
  if (servers.some((r) => isLeftStopped(r) || needsLook(r, step) || r.twins.length > 0)) return true;
  const made = servers.some((record) => record.snapshotId !== null);
  if (decision.action === 'restore') return true;
  if (decision.action === 'delete') return made;
  if (decision.action === 'clean_up')
    return (step.policy.onSuccess === 'delete' && made) || step.policy.keepLast > 0;
  return false;
}

async function restore(report: Report, step: StepRecord, deps: Deps, until: number): Promise<void> {
  const targets = report.leftovers.map(({ record }) => targetOf(record, deps));
  report.restores = await rollBack(targets, deps, {
    schedule: createSchedule(step.pollInterval),
    until,
    timeout: until - deps.clock.now(),
    healthUrls: step.healthUrls,
    check: checkRollback,
    whenRestoring: 'refuse',
    async onRequested(results) {
      report.restores = results;
      await deps.runner.writeSummary(summarize(report, step, deps));
    },
  });
  for (const result of report.restores) tellResult(result, step.apiUrl, deps, true);
  await deps.notice?.tell(describeForGithub(report.restores, deps.job));
}

function targetOf(record: ServerRecord, deps: Deps): RestoreTarget {
  const id = record.snapshotId ?? '';
  const byWait = deps.evidence.has(id) ? 'the wait action of this job' : null;
  return {
    label: labelOf(record),
    serverId: record.server,
    serverIds: record.ids,
    snapshotId: id,
    key: record.key,
    seenCompleted: record.phase === 'completed' ? 'the snapshot step' : byWait,
    startIfStopped: record.power?.found !== 'stopped',
  };
}

function notRestored(decision: Decision, servers: readonly ServerRecord[], step: StepRecord): FailedError {
  const commands = servers.flatMap(({ snapshotId }) =>
    snapshotId === null ? [] : [restoreCommand(step.apiUrl, snapshotId)],
  );
  const byHand =
    commands.length === 0 ? '' : ` To restore by hand (overwrites the server):\n${commands.join('\n')}`;
  return new FailedError('Not restored', `Nothing was restored: ${decision.why}.${byHand}`);
}

/** The post step cannot reach the API although it had to. */
function noToken(decision: Decision, servers: readonly ServerRecord[], inputs: PostInputs): FailedError {
  const made = servers
    .filter((record) => record.snapshotId !== null || record.phase === 'intent')
    .map((record) => `${record.snapshotId ?? `${record.name} (uncertain)`} of ${labelOf(record)}`);
  const stopped = servers.filter(isLeftStopped).map(labelOf);
  return new FailedError(
    'Post step without a token',
    [
      `The post step had work, because ${decision.why}, but can do none of it and sent nothing: ${inputs.tokenProblem}.`,
      'In nested composite actions the runner reads the inputs of post steps in the wrong place: use this action in the workflow itself or one level deep.',
      made.length > 0 ? `Snapshots: ${made.join(', ')}.` : '',
      stopped.length > 0 ? `LEFT STOPPED, to be started by hand: ${stopped.join(', ')}.` : '',
    ]
      .filter((text) => text !== '')
      .join(' '),
  );
}

function tellKept(leftovers: readonly Leftover[], { log }: Pick<Deps, 'log'>): void {
  for (const { record, status } of leftovers) {
    if (record.snapshotId === null) continue;
    const word = status ?? (record.phase === 'completed' ? 'completed' : 'not waited for');
    log.event(labelOf(record), `snapshot ${record.snapshotId} (${record.name}) is kept, ${word}`);
  }
}

function summarize(report: Report, step: StepRecord, { log }: Pick<Deps, 'log'>): string {
  const kept = report.leftovers.filter(
    ({ record }) => record.snapshotId !== null && !report.deleted.includes(record.snapshotId),
  );
  return renderSummary({
    headline: headlineOf(report, step),
    explanation: `Because ${report.decision.why}.`,
    restores: toSummary(report.restores),
    rows: report.leftovers.map(({ record, status }) => ({
      server: labelOf(record),
      snapshotId: record.snapshotId,
      name: record.snapshotId === null ? null : record.name,
      status: statusOf({ record, status }, report),
      sizeMb: record.sizeMb,
      createdAt: record.createdAt,
    })),
    retention: report.pruned,
    alerts: log.alerts(),
    events: log.events(),
    commands: kept.map(({ record }) => restoreCommand(step.apiUrl, record.snapshotId ?? '')),
  });
}

function statusOf({ record, status }: Leftover, { deleted }: Report): string {
  if (record.snapshotId !== null && deleted.includes(record.snapshotId)) return 'deleted';
  return status ?? (record.phase === 'created' ? 'requested, not waited for' : record.phase);
}

function headlineOf({ decision, restores, deleted }: Report, step: StepRecord): string {
  if (step.dryRun) return '🔎 VPS.org snapshot: dry run, nothing was changed';
  switch (decision.action) {
    case 'restore':
      if (restores.length === 0) return '⏪ VPS.org rollback: not begun';
      if (restores.every(isRestored)) return '⏪ Rolled back: the deploy was undone, the job stays red';
      return restores.some((r) => r.requested)
        ? '⚠️ Rollback requested, not confirmed'
        : '❌ Not rolled back';
    case 'keep':
      return decision.red === true ? '❌ Not rolled back' : '📸 VPS.org snapshot kept';
    case 'delete':
    case 'clean_up':
      return deleted.length > 0 ? '🧹 VPS.org snapshot cleaned up' : '📸 VPS.org snapshot kept';
  }
}
