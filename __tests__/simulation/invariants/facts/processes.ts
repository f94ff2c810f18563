import { type SnapshotStep } from '../../plan/plan.ts';
import { type ProcessRecord, type SimulatedRun } from '../../run/record.ts';

/** Facts about steps: what they were given, and how they ended. */

export type MainRecord = ProcessRecord & { readonly step: SnapshotStep };

export type PostRecord = MainRecord & { readonly main: MainRecord };

/** Main steps of the root action. */
export function mainsOf(run: SimulatedRun): MainRecord[] {
  return run.processes.filter((p): p is MainRecord => p.use.use === 'main');
}

export function isPost(p: ProcessRecord): p is PostRecord {
  return p.main !== undefined;
}

export function postsOf(run: SimulatedRun): PostRecord[] {
  return run.processes.filter(isPost);
}

export function postOf(run: SimulatedRun, main: ProcessRecord): PostRecord | undefined {
  return postsOf(run).find((p) => p.main === main);
}

/** The actual ids of the servers that a step was given. */
export function serversOf(run: SimulatedRun, { step }: ProcessRecord): string[] {
  const indexes = 'servers' in step ? step.servers : [];
  return indexes.map((index) => run.plan.servers[index]?.id ?? 'none');
}

/** The output of a main step: one snapshot id for each server, empty where it has none. */
export function outputIds({ process }: ProcessRecord): string[] {
  return (process.runner.outputs.get('snapshot_id') ?? '').split(',');
}

/** Whether a text contains an id that is not part of a longer word. */
export function mentions(text: string, word: string): boolean {
  let at = text.indexOf(word);
  while (at !== -1) {
    const before = text.charAt(at - 1);
    const after = text.charAt(at + word.length);
    if (!/[A-Za-z0-9]/.test(before) && !/[A-Za-z0-9]/.test(after)) return true;
    at = text.indexOf(word, at + 1);
  }
  return false;
}

/** Whether a process ended by itself. */
export function endedByItself({ process }: ProcessRecord): boolean {
  return process.isOver && !process.wasKilled;
}

export type ExpectedOutcome = 'restore' | 'delete' | 'clean_up' | 'keep';

/** What a post step has to do, written down a second time, independently of the sources. */
export function expectedOutcome({ use, main, step }: PostRecord): ExpectedOutcome {
  if (use.use !== 'post' || main.use.use !== 'main') return 'keep';
  const { jobStatus, restoreIf } = use.inputs;
  const { onFailure, onCancel, jobStatus: statusBefore } = main.use.inputs;
  const ended = { failure: onFailure, cancelled: onCancel, success: 'clean_up' } as const;
  const policy = ended[jobStatus as keyof typeof ended];
  if (main.process.exitCode !== 0) return policy === 'delete' ? 'delete' : 'keep';
  if (step.restoreIf === 'perhaps') return 'keep';
  if (restoreIf === 'true') return 'restore';
  if (policy !== 'restore') return policy;
  return restoreIf === 'false' || statusBefore !== 'success' ? 'keep' : 'restore';
}

/** The most servers that a process works on. */
export function serverCount({ step, use }: ProcessRecord): number {
  if ('servers' in step) return step.servers.length;
  if ('latest' in step) return step.latest.length;
  return Math.max(1, namedIds(use).length);
}

/** The snapshots that a person named to a step. */
export function namedIds({ inputs }: ProcessRecord['use']): readonly string[] {
  if ('snapshotIds' in inputs) return inputs.snapshotIds;
  return 'selection' in inputs && inputs.selection.kind === 'named' ? inputs.selection.words : [];
}

/** When a process has used its budget up, all but its last request. */
export function isBudgetOver({ process, use, main }: ProcessRecord, budget: number): boolean {
  const afterCancel = use.use === 'post' && use.inputs.jobStatus === 'cancelled';
  const given = main === undefined ? undefined : main.process.endedAt;
  const most = afterCancel ? Math.min(budget, AFTER_CANCEL_MS) : budget;
  // After a cancel the budget began with the job's first post step, which comes soon after main at the earliest.
  const since = afterCancel ? Math.min(process.startedAt, (given ?? 0) + LAST_REQUEST_MS) : process.startedAt;
  return process.endedAt - since >= most - LAST_REQUEST_MS;
}

const AFTER_CANCEL_MS = 4 * 60_000;

const LAST_REQUEST_MS = 45_000;
