import { changes, describeRequest, headlineOf } from '../harness/outcome.ts';
import type { Played } from '../harness/scenario.ts';
import type { StepProcess } from '../harness/step-process.ts';
import { START } from '../harness/test-environment.ts';

interface Entry {
  /** Milliseconds since the job began. */
  readonly at: number;
  readonly text: string;
}

/** Outputs that say in JSON what the others say. */
const JSON_OUTPUTS = ['snapshots', 'restores'];

/**
 * What a user sees of a job: the requests that change something, log and annotations by the second, the headline of each
 * summary, the outputs, the comment on GitHub, and what is there in the end. Heartbeats and requests that only read are
 * left out: they follow a schedule, which has tests of its own. Of a step in `brief` only the annotations are shown.
 */
export function recordOf({ testEnv, steps }: Played, brief: readonly string[] = []): string {
  const lines = steps.flatMap(({ name, process }, index) => {
    const until = steps[index + 1]?.process.startedAt ?? Number.POSITIVE_INFINITY;
    const requests = testEnv.requests
      .filter(changes)
      .map((request) => ({ at: request.at - START, text: `> ${describeRequest(request)}` }))
      .filter(({ at }) => at >= process.startedAt && at < until)
      // Epoch milliseconds have no room for fractions: a request stands behind what the log said of the same instant.
      .map(({ at, text }) => ({ at: at + 1, text }));
    return [
      `== ${name}: exit ${process.exitCode} after ${seconds(process.endedAt - process.startedAt)}`,
      ...(brief.includes(name) ? showAnnotations(process) : showStep(process, requests)),
    ];
  });
  const comments = testEnv.comments
    .flatMap(({ markdown }) => markdown.split('\n'))
    .filter((l) => l.startsWith('- '));
  const snapshots = testEnv.existing().map(({ id, phase }) => `snapshot ${id} ${phase}`);
  const servers = testEnv.actualState.servers.map(({ id, phase }) => `server ${id} ${phase}`);
  return [
    ...lines,
    ...(comments.length === 0 ? [] : ['== comment on GitHub', ...comments]),
    '== in the end',
    [...snapshots, ...servers].join(', '),
    '',
  ].join('\n');
}

function showStep({ runner }: StepProcess, requests: readonly Entry[]): string[] {
  const lines = runner.lines.filter(({ text }) => !text.startsWith('Still '));
  const entries = [...lines, ...requests, ...annotationsOf(runner)];
  const outputs = [...runner.outputs].filter(([output]) => !JSON_OUTPUTS.includes(output));
  return [
    ...showEntries(entries),
    ...(runner.summary === '' ? [] : [`summary: ${headlineOf(runner.summary)}`]),
    ...(outputs.length === 0 ? [] : [outputs.map(([output, value]) => `${output}=${value}`).join(' ')]),
  ];
}

function showAnnotations({ runner }: StepProcess): string[] {
  return showEntries(annotationsOf(runner));
}

function annotationsOf(runner: StepProcess['runner']): Entry[] {
  return runner.annotations.map(({ at, kind, title, text }) => ({ at, text: `${kind} "${title}" ${text}` }));
}

function showEntries(entries: readonly Entry[]): string[] {
  return fold(entries.toSorted((a, b) => a.at - b.at)).flatMap(({ at, text }) => {
    const [first, ...more] = text.split('\n').filter((line) => line.trim() !== '');
    return [`${seconds(at)} ${first}`, ...more.map((line) => `  ${line}`)];
  });
}

/** Equal entries in a row are one, with the time of the last. */
function fold(entries: readonly Entry[]): Entry[] {
  return entries.flatMap((entry, index) => {
    if (entry.text === entries[index - 1]?.text) return [];
    const next = entries.findIndex(({ text }, other) => other > index && text !== entry.text);
    const end = next === -1 ? entries.length : next;
    const last = entries[end - 1];
    if (last === undefined || end - index === 1) return [entry];
    return [{ ...entry, text: `${entry.text} ×${end - index} until ${seconds(last.at)}` }];
  });
}

function seconds(ms: number): string {
  return `${Math.floor(ms / 1000)}s`;
}
