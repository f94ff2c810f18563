import {
  findSnapshot,
  hasEndedWell,
  isAnswered,
  isCompletedAt,
  isInterfered,
  isListedAt,
  lastList,
  postsOf,
  wantedOf,
  widthOf,
} from './facts.ts';
import type { Life } from '../run/record.ts';
import { DEMO_TOKEN } from '../../../simulator/api/simulated-api.ts';
import { idInPath } from '../run/environment.ts';

/** Promise 2 for the siblings and the post step, and what may be said and how much of it. */

/** A green `wait`: all of its snapshots were complete when it read its last list. */
export function greenWaitIsTrue(life: Life): string[] {
  return life.processes.flatMap((p) => {
    if (p.use.use !== 'wait' || p.process.exitCode !== 0 || p.use.inputs.dryRun) return [];
    const seen = lastList(life, p)?.processedAt ?? 0;
    return p.use.inputs.snapshotIds.flatMap((id) => {
      const snapshot = findSnapshot(life, id);
      return snapshot !== undefined && isCompletedAt(snapshot, seen)
        ? []
        : [`wait is green, and ${id} is not complete`];
    });
  });
}

/** A green `restore`: every named snapshot was restored by this process. */
export function greenRestoreIsTrue(life: Life): string[] {
  return life.processes.flatMap((p) => {
    if (p.use.use !== 'restore' || p.process.exitCode !== 0 || p.use.inputs.dryRun) return [];
    const restored = life.effects
      .filter(({ kind, by }) => kind === 'restore' && by === p)
      .map((e) => e.snapshotId);
    const missing = isInterfered(life, p)
      ? []
      : p.use.inputs.snapshotIds.filter((id) => !restored.includes(id));
    return missing.map((id) => `restore is green, and ${id} was not restored`);
  });
}

/** `deleted` lists only what is deleted, and a green `delete` or `prune` left nothing that was to go. */
export function deletedIsDeleted(life: Life): string[] {
  return life.processes.flatMap((p) => {
    const { process, use } = p;
    if (use.use !== 'delete' && use.use !== 'prune') return [];
    const said = (process.runner.outputs.get('deleted') ?? '').split(',').filter((id) => id !== '');
    const wrong = said.filter((id) => !isGone(life, id)).map((id) => `${use.use} says that ${id} is deleted`);
    const isDeceived = p.exchanges.some(({ record: { method, fault, status } }) =>
      method === 'DELETE' ? fault !== undefined && status === 404 : fault?.includes('wrong_json') === true,
    );
    if (use.use !== 'delete' || process.exitCode !== 0 || use.inputs.dryRun || isDeceived) return wrong;
    // What no list shows yet is taken for gone: nobody can tell the two apart.
    const seen = lastList(life, p)?.processedAt ?? -1;
    const left = use.inputs.snapshotIds.filter((id) => !isGone(life, id) && isListed(life, id, seen));
    return [...wrong, ...left.map((id) => `delete is green, and ${id} is there`)];
  });
}

function isListed(life: Life, id: string, at: number): boolean {
  const snapshot = findSnapshot(life, id);
  return snapshot !== undefined && isListedAt(life, snapshot, at);
}

function isGone(life: Life, id: string): boolean {
  const snapshot = findSnapshot(life, id);
  return (
    snapshot === undefined ||
    snapshot.deletedAt !== null ||
    (snapshot.phase === 'failed' && life.plan.switches.failed_snapshots === 'gone')
  );
}

/** Clean-up that fails is a warning: the post step of a good deploy is green, whatever the API does. */
export function cleanUpFailsNoDeploy(life: Life): string[] {
  return postsOf(life).flatMap((p) => {
    const isGood = wantedOf(p) === 'clean_up' && p.main.process.exitCode === 0;
    if (!isGood || !hasEndedWell(p) || p.step.tokenLost === true) return [];
    return p.process.exitCode === 0 ? [] : ['a clean-up failed a good deploy'];
  });
}

/** A post step that was to do nothing, or cannot trust what it reads, sends nothing. */
export function idlePostAsksNothing(life: Life): string[] {
  return postsOf(life).flatMap((p) => {
    const { step, main, exchanges } = p;
    if (exchanges.length === 0 || main.use.use !== 'main') return [];
    // A server that can still be read from a torn state to have been stopped is started, and nothing else is done.
    const isStarting = exchanges.every(({ record }) => record.path.startsWith('/api/v1/servers/'));
    if (step.tornState === 'other run' || (step.tornState === 'cut' && !isStarting))
      return ['post asks with a state that is not its own'];
    if (step.tornState === 'cut') return [];
    if (step.tokenLost === true) return ['post asks without a token'];
    const { keepLast, onSuccess } = main.use.inputs;
    const isClean = main.exchanges.every(isAnswered);
    const isIdle =
      wantedOf(p) === 'keep' || (wantedOf(p) === 'clean_up' && keepLast === 0 && onSuccess === 'keep');
    return main.process.exitCode === 0 && isClean && isIdle
      ? ['post asks although there is nothing to do']
      : [];
  });
}

/** A dry run sends nothing but GETs. */
export function aDryRunOnlyReads(life: Life): string[] {
  return life.processes.flatMap((p) => {
    const inputs = p.isPost ? p.main?.use.inputs : p.use.inputs;
    if (inputs === undefined || !('dryRun' in inputs) || !inputs.dryRun) return [];
    return p.exchanges
      .filter(({ record }) => record.method !== 'GET')
      .map(({ record }) => `a dry run sends ${record.method} ${idInPath(record.path) ?? ''}`);
  });
}

/** The token is in no log, debug line, annotation, summary, output, state or comment. */
export function theTokenIsNowhere(life: Life): string[] {
  return life.processes.flatMap(({ use, process: { runner } }) => {
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

/** API text begins no workflow command anywhere. */
export function apiTextCommandsNothing(life: Life): string[] {
  return life.processes.flatMap(({ use, process: { runner } }) => {
    const texts = [...runner.lines, ...runner.annotations].map(({ text }) => text);
    const found = texts.find((text) => /^\s*::|##\[|\r/m.test(text));
    return found === undefined ? [] : [`${use.use} writes a command: ${found.slice(0, 80)}`];
  });
}

/** The log stays readable: a line for a change and one each 30 s for each server, and few annotations. */
export function speaksInFewLines(life: Life): string[] {
  return life.processes.flatMap((p) => {
    const { lines, annotations } = p.process.runner;
    const servers = widthOf(p);
    const lasted = Math.min(p.process.endedAt, 48 * 3_600_000) - p.process.startedAt;
    const most = 60 + servers * (40 + lasted / 20_000);
    const kinds = ['notice', 'warning', 'error'] as const;
    const loud = kinds.filter((kind) => annotations.filter((a) => a.kind === kind).length > 10);
    return [
      ...(lines.length > most
        ? [`${p.use.use} writes ${lines.length} lines in ${Math.round(lasted / 1000)} s`]
        : []),
      ...loud.map((kind) => `${p.use.use} makes more than ten annotations (${kind})`),
    ];
  });
}

/** A process that failed says why. */
export function redSaysWhy(life: Life): string[] {
  return life.processes.flatMap((p) => {
    const { process, use } = p;
    if (!hasEndedWell(p) || process.exitCode === 0) return [];
    return process.runner.annotations.some(({ kind }) => kind === 'error')
      ? []
      : [`${use.use} is red and says nothing`];
  });
}

/** No action fails for a mistake of its own. */
export function failsForNoMistakeOfItsOwn(life: Life): string[] {
  return life.processes.flatMap(({ use, process }) =>
    process.runner.annotations
      .filter(({ text }) =>
        /is not (a function|iterable|defined)|Cannot (read|set|destructure)|undefined/.test(text),
      )
      .map(({ text }) => `${use.use}: ${text}`),
  );
}
