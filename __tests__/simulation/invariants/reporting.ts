import { isAnswered, lastList } from './facts/exchanges.ts';
import { endedByItself, expectedOutcome, namedIds, postsOf, serverCount } from './facts/processes.ts';
import { hasInterference } from './facts/restores.ts';
import { findSnapshot, isCompletedAt, isListedAt, showsField } from './facts/snapshots.ts';
import type { SimulatedRun } from '../run/record.ts';
import { DEMO_TOKEN } from '../../../simulator/api/simulated-api.ts';
import { idInPath } from '../run/environment.ts';

/** Success, failure and output of the commands and the post step are true, safe and short. */

/** A `wait` that succeeds: all of its snapshots were complete when it read its last list. */
export function waitSuccessIsTrue(run: SimulatedRun): string[] {
  return run.processes.flatMap((p) => {
    if (p.use.use !== 'wait' || p.process.exitCode !== 0 || p.use.inputs.dryRun) return [];
    const seen = lastList(run, p)?.processedAt ?? 0;
    return p.use.inputs.snapshotIds.flatMap((id) => {
      const snapshot = findSnapshot(run, id);
      return snapshot !== undefined && isCompletedAt(snapshot, seen)
        ? []
        : [`wait succeeds, and ${id} is not complete`];
    });
  });
}

/** A `restore` that succeeds: this process restored every named snapshot. */
export function restoreSuccessIsTrue(run: SimulatedRun): string[] {
  return run.processes.flatMap((p) => {
    if (p.use.use !== 'restore' || p.process.exitCode !== 0 || p.use.inputs.dryRun) return [];
    const restored = run.effects
      .filter(({ kind, by }) => kind === 'restore' && by === p)
      .map((e) => e.snapshotId);
    const names = restored.map((id) => findSnapshot(run, id)?.name);
    const isMissing = (word: string): boolean => !restored.includes(word) && !names.includes(word);
    const missing = hasInterference(run, p) ? [] : namedIds(p.use).filter(isMissing);
    const { selection, serverIds } = p.use.inputs;
    if (selection.kind === 'latest' && restored.length < serverIds.length && !hasInterference(run, p))
      return [`restore succeeds, and restored ${restored.length} of ${serverIds.length} servers`];
    return missing.map((id) => `restore succeeds, and ${id} was not restored`);
  });
}

/** `deleted` lists only what is deleted, and a `delete` that succeeds leaves nothing that it had to delete. */
export function deletedIsDeleted(run: SimulatedRun): string[] {
  return run.processes.flatMap((p) => {
    const { process, use } = p;
    if (use.use !== 'delete' && use.use !== 'prune') return [];
    const reported = (process.runner.outputs.get('deleted') ?? '').split(',').filter((id) => id !== '');
    const wrong = reported
      .filter((id) => !isGone(run, id))
      .map((id) => `${use.use} reports ${id} as deleted, which it is not`);
    const isMisled = p.exchanges.some(({ record: { method, fault, status } }) =>
      method === 'DELETE' ? fault !== undefined && status === 404 : fault?.includes('wrong_json') === true,
    );
    if (use.use !== 'delete' || process.exitCode !== 0 || use.inputs.dryRun || isMisled) return wrong;
    // What no list shows yet counts as deleted: nobody can tell the two apart.
    const seen = lastList(run, p)?.processedAt ?? -1;
    const left = use.inputs.snapshotIds.filter((id) => !isGone(run, id) && isListed(run, id, seen));
    return [...wrong, ...left.map((id) => `delete succeeds, and ${id} exists`)];
  });
}

function isListed(run: SimulatedRun, id: string, at: number): boolean {
  const snapshot = findSnapshot(run, id);
  return snapshot !== undefined && isListedAt(run, snapshot, at);
}

function isGone(run: SimulatedRun, id: string): boolean {
  const snapshot = findSnapshot(run, id);
  return (
    snapshot === undefined ||
    snapshot.deletedAt !== null ||
    snapshot.deletingAt !== null ||
    (snapshot.phase === 'failed' && run.plan.switches.failed_snapshots === 'gone')
  );
}

/** A clean-up that fails is a warning: the post step of a successful deploy succeeds, whatever the API does. */
export function cleanUpFailsNoDeploy(run: SimulatedRun): string[] {
  return postsOf(run).flatMap((p) => {
    const isAfterSuccess = expectedOutcome(p) === 'clean_up' && p.main.process.exitCode === 0;
    if (!isAfterSuccess || !endedByItself(p) || p.step.tokenLost === true) return [];
    return p.process.exitCode === 0 ? [] : ['a failed clean-up made a successful deploy fail'];
  });
}

/** A post step that has nothing to do, or cannot trust its state, sends nothing. */
export function idlePostSendsNothing(run: SimulatedRun): string[] {
  return postsOf(run).flatMap((p) => {
    const { step, main, exchanges } = p;
    if (exchanges.length === 0 || main.use.use !== 'main') return [];
    // If a damaged state still shows that a server was stopped, it is started, and nothing else is done.
    const isStarting = exchanges.every(({ record }) => record.path.startsWith('/api/v1/servers/'));
    if (step.tornState === 'other run' || (step.tornState === 'cut' && !isStarting))
      return ['post sends requests with a state that is not its own'];
    if (step.tornState === 'cut') return [];
    if (step.tokenLost === true) return ['post sends requests without a token'];
    const { keepLast, onSuccess } = main.use.inputs;
    const isClean = main.exchanges.every(isAnswered) && showsField(run, 'id');
    const isIdle =
      expectedOutcome(p) === 'keep' ||
      (expectedOutcome(p) === 'clean_up' && keepLast === 0 && onSuccess === 'keep');
    return main.process.exitCode === 0 && isClean && isIdle
      ? ['post sends requests although there is nothing to do']
      : [];
  });
}

/** A dry run sends nothing but GETs. */
export function dryRunOnlyReads(run: SimulatedRun): string[] {
  return run.processes.flatMap((p) => {
    const inputs = p.isPost ? p.main?.use.inputs : p.use.inputs;
    if (inputs === undefined || !('dryRun' in inputs) || !inputs.dryRun) return [];
    return p.exchanges
      .filter(({ record }) => record.method !== 'GET')
      .map(({ record }) => `a dry run sends ${record.method} ${idInPath(record.path) ?? ''}`);
  });
}

/** The token is in no log, debug line, annotation, summary, output, state or comment. */
export function tokenNeverLeaks(run: SimulatedRun): string[] {
  return run.processes.flatMap(({ use, process: { runner } }) => {
    const places: readonly (readonly [string, () => boolean])[] = [
      ['a line of the log', () => runner.lines.some(({ text }) => text.includes(DEMO_TOKEN))],
      ['a debug line', () => runner.debugLines.some((text) => text.includes(DEMO_TOKEN))],
      [
        'an annotation',
        () => runner.annotations.some(({ title, text }) => (title + text).includes(DEMO_TOKEN)),
      ],
      ['an output', () => [...runner.outputs.values()].some((text) => text.includes(DEMO_TOKEN))],
      ['the state', () => [...runner.state.values()].some((text) => text.includes(DEMO_TOKEN))],
      ['a summary', () => runner.summaries.some((text) => text.includes(DEMO_TOKEN))],
    ];
    return places.filter(([, has]) => has()).map(([place]) => `the token is in ${place} of ${use.use}`);
  });
}

/** No text of the API can start a workflow command. */
export function apiTextRunsNoWorkflowCommand(run: SimulatedRun): string[] {
  return run.processes.flatMap(({ use, process: { runner } }) => {
    const texts = [...runner.lines, ...runner.annotations].map(({ text }) => text);
    const found = texts.find((text) => /^\s*::|##\[|\r/m.test(text));
    return found === undefined ? [] : [`${use.use} writes a command: ${found.slice(0, 80)}`];
  });
}

/** The log stays readable: a line for each change, heartbeats, and few annotations. */
export function logStaysShort(run: SimulatedRun): string[] {
  return run.processes.flatMap((p) => {
    const { lines, annotations } = p.process.runner;
    const servers = serverCount(p);
    const lasted = Math.min(p.process.endedAt, 48 * 3_600_000) - p.process.startedAt;
    const most = 60 + servers * (40 + lasted / 20_000);
    const kinds = ['notice', 'warning', 'error'] as const;
    const overused = kinds.filter((kind) => annotations.filter((a) => a.kind === kind).length > 10);
    return [
      ...(lines.length > most
        ? [`${p.use.use} writes ${lines.length} lines in ${Math.round(lasted / 1000)} s`]
        : []),
      ...overused.map((kind) => `${p.use.use} makes more than ten annotations (${kind})`),
    ];
  });
}

/** A process that fails reports a reason. */
export function failureReportsReason(run: SimulatedRun): string[] {
  return run.processes.flatMap((p) => {
    const { process, use } = p;
    if (!endedByItself(p) || process.exitCode === 0) return [];
    return process.runner.annotations.some(({ kind }) => kind === 'error')
      ? []
      : [`${use.use} fails and reports no reason`];
  });
}

/** No action fails because of a bug of its own. */
export function neverFailsByItsOwnBug(run: SimulatedRun): string[] {
  return run.processes.flatMap(({ use, process }) =>
    process.runner.annotations
      .filter(({ text }) =>
        /is not (a function|iterable|defined)|Cannot (read|set|destructure)|undefined/.test(text),
      )
      .map(({ text }) => `${use.use}: ${text}`),
  );
}
