import { type AlertParts } from '../../github/log.ts';
import { type PostInputs } from '../../github/inputs/root.ts';
import { type SavedState, type ServerRecord, type StepRecord } from '../../github/state.ts';
import { restoreCommand, startCommand } from '../../github/summary.ts';
import { mayRestore, readRestoreIf } from '../../snapshots/policy.ts';
import { capitalize } from '../../vps/text.ts';
import { type Deps } from '../common/deps.ts';
import { FailedError } from '../common/errors.ts';
import { labelOf, printId } from '../common/labels.ts';
import { describeSoFar } from '../restoring/message.ts';
import { isStoppedByUs } from '../server/stop.ts';
import {
  describeLastSeen,
  isKnownComplete,
  isLossless,
  isUncertain,
  type RecoveredRecord,
} from './recovery.ts';
import { type PostReport } from './summary.ts';

/** What the post step says where it does nothing, can do nothing, or leaves something. */

/** In place of "as the job left it", which nobody knows then. */
export const RESTORE_BY_JOB = 'an earlier step of this job has requested a restore of the server';

/** A restore was asked for, and the rules keep the snapshot instead. */
export function notRestored(report: PostReport): FailedError {
  const { text, ...more } = describeLeft(report);
  return new FailedError('Not restored', text, {
    ...more,
    headline: `Server NOT restored${report.isRestoredByJob ? ` by this step; ${RESTORE_BY_JOB}` : ', it is as the job left it'}`,
  });
}

/** What is so and how to restore by hand, where the server was left as it was. */
function describeLeft(report: PostReport): AlertParts & { readonly text: string } {
  const { decision, deletions, recovered, isRestoredByJob } = report;
  const left = recovered.filter(({ id }) => id === null || !deletions.has(id));
  const text = isRestoredByJob
    ? `NOT restored by this step, because ${decision.reason}; ${RESTORE_BY_JOB}.`
    : `NOT restored: this step left the server as the job left it, because ${decision.reason}.`;
  return { ...offerRestore(text, left, report), details: describeComplete(left) };
}

/** A text with the commands to restore by hand, where there is a snapshot to restore. */
function offerRestore(
  text: string,
  left: readonly RecoveredRecord[],
  { step }: Pick<PostReport, 'step'>,
): AlertParts & { readonly text: string } {
  const commands = left.flatMap((each) =>
    each.id !== null && isKnownComplete(each) && isLossless(each)
      ? [restoreCommand(step.apiUrl, each.id)]
      : [],
  );
  if (commands.length === 0) return { text };
  const advice = 'Decide first. To restore by hand (this overwrites the server and cannot be undone):';
  return { text: `${text}\n${advice}`, command: commands.join('\n') };
}

function describeComplete(recovered: readonly RecoveredRecord[]): string {
  const good = recovered
    .filter(isKnownComplete)
    .map(({ id, record }) => `${printId(id)} of ${labelOf(record)}`);
  return good.length === 0
    ? 'No complete snapshot is known.'
    : `Snapshot ${good.join(', ')} is complete and kept.`;
}

/** The post step has work, and no token to do it with: `problem`. `report` is of a step that was to restore. */
export function missingToken(
  problem: string,
  { reason, report }: { readonly reason: string; readonly report: PostReport | null },
  servers: readonly ServerRecord[],
  inputs: Pick<PostInputs, 'apiUrl'>,
): FailedError {
  const state = report === null ? 'Nothing was done' : 'Server NOT restored';
  const said = `${lineOfStopped(servers)}${state}: the post step has no token (${problem}).\nIn nested composite actions the runner evaluates the inputs of post steps in the wrong place: use this action in the workflow itself or one level deep.`;
  const starts = servers
    .filter(({ power }) => isStoppedByUs(power))
    .map(({ server }) => startCommand(inputs.apiUrl, server));
  const { text, command } =
    report === null
      ? { text: said, command: starts.length === 0 ? undefined : starts.join('\n') }
      : offerRestore(said, report.recovered, report);
  const details = `It was to act, because ${reason}. ${describeMade(servers)}`.trim();
  return new FailedError('Post step without a token', text, { command, details });
}

/** The saved state is of another API than the input says. */
export function otherApi(
  step: StepRecord,
  servers: readonly ServerRecord[],
  inputs: PostInputs,
): FailedError {
  const given = inputs.apiUrl === '' ? 'cannot be read' : `is ${inputs.apiUrl}`;
  const why = 'A state that another step planted would send the token elsewhere.';
  return new FailedError(
    'State of another API',
    `${lineOfStopped(servers)}The post step did nothing: the saved state is of ${step.apiUrl}, and 'api_url' ${given}.\nWrite 'api_url' as a fixed value.`,
    { details: `${why} ${describeMade(servers)}`.trim() },
  );
}

/** The first line where a server is down; empty where none is. */
function lineOfStopped(servers: readonly ServerRecord[]): string {
  const stopped = servers.filter(({ power }) => isStoppedByUs(power)).map(labelOf);
  return stopped.length === 0 ? '' : `LEFT STOPPED, start it by hand: ${stopped.join(', ')}.\n`;
}

function describeMade(servers: readonly ServerRecord[]): string {
  const made = servers
    .filter((record) => record.snapshotId !== null || isUncertain(record))
    .map((record) => `${record.snapshotId ?? `${record.name} (uncertain)`} of ${labelOf(record)}`);
  return made.length === 0 ? '' : `Snapshots: ${made.join(', ')}.`;
}

/** Nothing is done by a torn state; what it may have left is for a person to look at, a server that is down first. */
export function warnUnreadable(
  { reason, step, torn }: Extract<SavedState, { readonly kind: 'unreadable' }>,
  { log }: Pick<Deps, 'log'>,
): void {
  const start = 'look at it in the panel of VPS.org, and START IT BY HAND if it is stopped';
  const stopped =
    step?.stopsServers === true
      ? `${capitalize(torn.join(', '))} may be STOPPED by this step: ${start}.`
      : '';
  const unknown =
    step === null ? ` If the step stops servers ('stop_server'), one may be STOPPED: ${start}.` : '';
  log.warning(
    'Saved state not readable',
    `${stopped} ${capitalize(reason)}, so nothing is looked up, restored or deleted.${unknown} Check the snapshots in the panel of VPS.org.`.trim(),
  );
}

/** The runner may end the process at any moment after this: what is so by now comes first. */
export function warnInterrupted(report: PostReport, { log }: Pick<Deps, 'log'>): void {
  const { decision, restores, recovered, step } = report;
  const stopped = recovered.filter(({ record }) => isStoppedByUs(record.power));
  const isRestoring = decision.action === 'restore' && !step.dryRun;
  const state = [
    ...stopped.map(({ record }) => `${labelOf(record)}: stopped by the snapshot step; check that it runs.`),
    ...(isRestoring && restores.length === 0
      ? ['Server NOT restored yet: VPS.org has answered no restore request so far.']
      : []),
    ...restores.map((restore) => `${restore.target.label}: ${describeSoFar(restore)}.`),
  ];
  const cause =
    "The runner asked the post step to end, likely because of the step's own timeout-minutes, which covers the post step as well. It goes on for as long as it is let.";
  log.warning('Post step interrupted', [...state, cause].join('\n'));
}

/** A misspelt id in `restore_if` looks like a failure of something else. */
export function warnNotAsked(
  { step, isRestoredByJob }: Pick<PostReport, 'step' | 'isRestoredByJob'>,
  servers: readonly ServerRecord[],
  { jobStatus, restoreIf }: PostInputs,
  { log }: Pick<Deps, 'log'>,
): void {
  if (readRestoreIf(restoreIf) !== 'no' || !step.succeeded) return;
  if (jobStatus !== 'failure' && jobStatus !== 'cancelled') return;
  const end = jobStatus === 'failure' ? 'failed' : 'was cancelled or timed out';
  const left = isRestoredByJob
    ? `is restored by this step; ${RESTORE_BY_JOB}`
    : 'is restored: this step left the server as the job left it';
  const what = step.dryRun ? 'would be restored' : left;
  log.notice(
    'Not asked to restore',
    `The job ${end} and 'restore_if' is false, so nothing ${what}.\nIf it was the deploy that failed, check that 'restore_if' names the id of the deploy step: an unknown id is no error, it is just never 'failure'.`,
    { headline: headlineOfLeft(isRestoredByJob), details: describeMade(servers) },
  );
}

function headlineOfLeft(isRestoredByJob: boolean): string {
  return isRestoredByJob
    ? `Not restored by this step: ${RESTORE_BY_JOB}`
    : 'Not restored: the server is as the job left it';
}

/** A restore is configured and did not come: somebody may count on it. */
export function warnOfKeep(report: PostReport, { log }: Pick<Deps, 'log'>): void {
  const { decision, step } = report;
  if (decision.action !== 'keep' || decision.alarm !== 'warning' || !mayRestore(step.policy)) return;
  const { text, ...more } = describeLeft(report);
  log.warning('Kept, not restored', text, {
    ...more,
    headline: headlineOfLeft(report.isRestoredByJob),
  });
}

/** Names everything that stays, and says how it is known to be. */
export function reportKept({ recovered, deletions, restores }: PostReport, { log }: Pick<Deps, 'log'>): void {
  for (const each of recovered) {
    const { record, id, found, wasRead } = each;
    const label = labelOf(record);
    // A restore is of all of them, and has its own reports.
    if (id !== null && restores.length === 0 && !deletions.has(id) && !(wasRead && found === null)) {
      const word =
        found?.status ?? (isKnownComplete(each) ? describeLastSeen(each) : 'not known to be completed');
      log.event(label, `snapshot ${id} (${record.name}) is kept, ${word}`);
    }
    const duplicates = each.duplicates
      .filter(({ id: one }) => one === null || !deletions.has(one))
      .map((duplicate) => duplicate.id ?? 'one without a usable id');
    if (duplicates.length > 0)
      log.event(
        label,
        `more than one snapshot was made, because an answer was lost; also there: ${duplicates.join(', ')}`,
      );
  }
}
